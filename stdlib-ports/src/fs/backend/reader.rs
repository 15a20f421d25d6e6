//! Who reads a backend's descriptors. While somebody waits for events, that thread reads them
//! itself: a hand-over from one thread to another would double the time from a save to its event.
//! At all other times a thread of the backend's own does, so that the kernel's queue does not fill
//! and a build hears of a newer save.

use super::WatchError;
use parking_lot::{Condvar, Mutex};
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;

/// Descriptors that tell of events, and how to read them.
pub(crate) trait Source: Send + Sync {
    /// What to poll now.
    fn fds(&self) -> Vec<(Arc<OwnedFd>, PollFlags)>;
    /// Reads what is there and hands it on; `ready` is about [`Source::fds`]. Never blocks.
    fn read(&self, fds: &[(Arc<OwnedFd>, PollFlags)], ready: &[bool]);
}

/// An event descriptor: rings in another thread's poll.
pub(crate) struct Bell(OwnedFd);

impl Bell {
    /// A bell that nobody has rung.
    pub(crate) fn new() -> Option<Bell> {
        eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).ok().map(Bell)
    }

    /// Rings; heard once, however often it was rung.
    pub(crate) fn ring(&self) {
        // Only a full counter refuses, and then it is ringing already.
        let _ = rustix::io::write(&self.0, &1u64.to_ne_bytes());
    }

    fn hush(&self) {
        let _ = rustix::io::read(&self.0, &mut [0; 8]);
    }
}

/// Polls some sources and reads those that have something, until the bell rings or a time has
/// come. May return early.
pub(crate) fn read_once<'s>(bell: &Bell, sources: impl Iterator<Item = &'s dyn Source>, until: Option<Instant>) {
    let sources: Vec<_> = sources.map(|s| (s, s.fds())).collect();
    let mut fds = vec![PollFd::new(&bell.0, PollFlags::IN)];
    fds.extend(sources.iter().flat_map(|(_, fds)| fds).map(|(fd, flags)| PollFd::new(fd, *flags)));
    let timeout = until.map(|at| at.saturating_duration_since(Instant::now()));
    let timeout = timeout.and_then(|t| Timespec::try_from(t).ok());
    // Interrupted, or out of memory for a moment: whoever called looks again.
    if rustix::event::poll(&mut fds, timeout.as_ref()).is_err() {
        return;
    }
    let ready: Vec<bool> = fds.iter().map(|fd| !fd.revents().is_empty()).collect();
    if ready.first() == Some(&true) {
        bell.hush();
    }
    let mut at = 1;
    for (source, fds) in &sources {
        let ready = ready.get(at..at + fds.len()).unwrap_or_default();
        at += fds.len();
        if ready.contains(&true) {
            source.read(fds, ready);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Work,
    /// Somebody else reads.
    Rest,
    Stop,
}

struct Shared {
    mode: Mutex<Mode>,
    changed: Condvar,
    bell: Bell,
}

/// A source and its own thread. Dropping it ends the thread.
pub(crate) struct Reader {
    shared: Arc<Shared>,
    source: Arc<dyn Source>,
    thread: Option<JoinHandle<()>>,
}

/// A source that can be read by others than its own thread.
#[derive(Clone)]
pub(crate) struct Handle {
    shared: Arc<Shared>,
    source: Arc<dyn Source>,
}

impl Reader {
    /// Starts to read.
    pub(crate) fn start(name: &str, source: Arc<dyn Source>) -> Result<Reader, WatchError> {
        let bell = Bell::new().ok_or(WatchError::OpenFiles)?;
        let shared = Arc::new(Shared { mode: Mutex::new(Mode::Work), changed: Condvar::new(), bell });
        let thread = std::thread::Builder::new().name(name.into()).spawn({
            let (shared, source) = (shared.clone(), source.clone());
            move || shared.run(&*source)
        });
        let thread = thread.map_err(|e| WatchError::Other(format!("cannot start the watch thread: {e}")))?;
        Ok(Reader { shared, source, thread: Some(thread) })
    }

    /// For others that read.
    pub(crate) fn handle(&self) -> Handle {
        Handle { shared: self.shared.clone(), source: self.source.clone() }
    }

    /// Has the thread ask for the descriptors again.
    pub(crate) fn refresh(&self) {
        self.shared.bell.ring();
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.shared.set(Mode::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Handle {
    /// The source.
    pub(crate) fn source(&self) -> &dyn Source {
        &*self.source
    }

    /// Somebody else reads from now on, or no longer.
    pub(crate) fn rest(&self, rest: bool) {
        self.shared.set(if rest { Mode::Rest } else { Mode::Work });
    }
}

impl Shared {
    fn set(&self, to: Mode) {
        let mut mode = self.mode.lock();
        let from = std::mem::replace(&mut *mode, to);
        drop(mode);
        if from == Mode::Work && to != Mode::Work {
            self.bell.ring();
        }
        self.changed.notify_all();
    }

    fn run(&self, source: &dyn Source) {
        loop {
            let mut mode = self.mode.lock();
            while *mode == Mode::Rest {
                self.changed.wait(&mut mode);
            }
            if *mode == Mode::Stop {
                return;
            }
            drop(mode);
            read_once(&self.bell, std::iter::once(source), None);
        }
    }
}
