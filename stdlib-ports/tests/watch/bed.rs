//! A directory to play in and one backend to watch it, with what may be expected of that backend.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use stdlib_ports::fs::{Choice, Event, Options, Watch};
use tempfile::TempDir;

pub const BACKENDS: [Choice; 4] = [Choice::Fanotify, Choice::Inotify, Choice::Notify, Choice::Poll];
pub const POLL: Duration = Duration::from_millis(5);
/// Ends a test that would hang.
pub const LONG: Duration = Duration::from_secs(10);

pub struct Bed {
    pub backend: Choice,
    dir: TempDir,
}

impl Bed {
    pub fn new(backend: Choice) -> Bed {
        Bed { backend, dir: tempfile::tempdir().unwrap() }
    }

    /// A bed in memory, for as many files as would take a disk seconds.
    pub fn in_memory(&self) -> Bed {
        let memory = Path::new("/dev/shm");
        let dir = tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir());
        Bed { backend: self.backend, dir: dir.unwrap() }
    }

    pub fn name(&self) -> &'static str {
        match self.backend {
            Choice::Auto => "auto",
            Choice::Fanotify => "fanotify",
            Choice::Inotify => "inotify",
            Choice::Notify => "notify",
            Choice::Poll => "poll",
        }
    }

    /// Why this machine does not offer the backend.
    pub fn missing(&self) -> Option<String> {
        let w = self.watch::<u32>(&[("probe", 1)]);
        let described = w.describe();
        (w.backend() != self.name() || described != self.name()).then_some(described)
    }

    /// A path in the directory.
    pub fn p(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.p(name), text).unwrap();
    }

    pub fn options(&self) -> Options {
        Options { backend: self.backend, poll_interval: POLL, ..Options::default() }
    }

    pub fn watch<V: Clone + Eq + std::hash::Hash + Send + std::fmt::Debug + 'static>(
        &self,
        files: &[(&str, V)],
    ) -> Watch<V> {
        let watch = Watch::new(self.options());
        for (name, value) in files {
            assert_eq!(watch.add_file(&self.p(name), value.clone()), None);
        }
        watch
    }

    /// Whether the backend hears of a save as a whole, so that it is one event.
    pub fn exact(&self) -> bool {
        matches!(self.backend, Choice::Fanotify | Choice::Inotify)
    }

    /// Longer than anything that was done can stay unreported.
    pub fn quiet(&self) -> Duration {
        match self.backend {
            Choice::Notify => Duration::from_millis(120),
            Choice::Poll => Duration::from_millis(90),
            _ => Duration::from_millis(50),
        }
    }

    /// The one batch of events that comes, and no other after it, where the backend is exact; the
    /// last word on each value where it is not.
    pub fn expect(&self, watch: &Watch<u32>, events: &[Event<u32>]) {
        if self.exact() {
            let got = watch.wait(Some(LONG));
            assert_eq!(got, events);
            let more = watch.wait(Some(self.quiet()));
            assert_eq!(more, [], "after {got:?}");
        } else {
            self.settles(watch, events);
        }
    }

    /// As [`Bed::expect`] for a save in two steps that began at `start`; a machine that took too
    /// long between them may have it reported as two.
    pub fn expect_since(&self, start: Instant, watch: &Watch<u32>, events: &[Event<u32>]) {
        if start.elapsed() < Duration::from_millis(15) {
            self.expect(watch, events);
        } else {
            self.settles(watch, events);
        }
    }

    /// The last word on each value once all is quiet: some changes are reported in two steps.
    pub fn settles(&self, watch: &Watch<u32>, events: &[Event<u32>]) {
        let mut last: Vec<Event<u32>> = Vec::new();
        let mut timeout = LONG;
        loop {
            let next = watch.wait(Some(timeout));
            if next.is_empty() {
                break;
            }
            for event in next {
                last.retain(|e| value(e) != value(&event));
                last.push(event);
            }
            timeout = self.quiet();
        }
        last.sort_by_key(value);
        assert_eq!(last, events);
    }

    /// Nothing comes.
    pub fn silent(&self, watch: &Watch<u32>) {
        assert_eq!(watch.wait(Some(self.quiet())), []);
    }
}

fn value(event: &Event<u32>) -> Option<u32> {
    match event {
        Event::Changed(v) | Event::Removed(v) => Some(*v),
        Event::Rescan | Event::Err(_) => None,
    }
}

/// Waits for something to become true.
pub fn until(what: &str, mut f: impl FnMut() -> bool) {
    let deadline = Instant::now() + LONG;
    while !f() {
        assert!(Instant::now() < deadline, "{what} did not happen");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Makes a directory and a file in it.
pub fn file_in(dir: &Path, name: &str, text: &str) {
    fs::create_dir_all(dir).unwrap();
    fs::write(dir.join(name), text).unwrap();
}
