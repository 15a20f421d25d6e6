//! [`Watch<V>`]: files are registered with a value, and what happens to them comes back as values.
//!
//! Directories are watched and names matched in them, never the files themselves: a save that
//! renames, deletes and creates, or truncates and writes is one event about one name either way.
//! A file need not exist, nor its directory. A save is reported when it is complete (closed, or
//! renamed into place), at once; a file that looks half-saved (empty, just created, or gone) is
//! given 20 ms to become whole. Equal content is not noticed: reading and hashing is for the
//! reader. Register first, read then: what changes in between is reported.
//!
//! The watch thread only ever marks values in the dirty set, so it never waits for the reader.

mod table;

use super::backend::{self, Backend, Choice, Raw, Sink, WatchError, What};
use super::dirty::{Dirty, Event, SETTLE};
use parking_lot::{Condvar, Mutex, MutexGuard};
use std::hash::Hash;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use table::{Table, Target};

/// How to watch.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The backend.
    pub backend: Choice,
    /// How often polling looks, where it is used.
    pub poll_interval: Duration,
    /// How long a file must be quiet before it is reported. Zero by default: complete saves are
    /// recognised as such.
    pub debounce: Duration,
}

impl Default for Options {
    fn default() -> Options {
        Options { backend: Choice::Auto, poll_interval: Duration::from_millis(500), debounce: Duration::ZERO }
    }
}

/// How much is watched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Counts {
    /// Registered files.
    pub files: usize,
    /// Directories watched for them.
    pub dirs: usize,
}

/// A set of watched files, each with a value. Dropping it ends its threads.
pub struct Watch<V> {
    shared: Arc<Shared<V>>,
}

struct Shared<V> {
    state: Mutex<State<V>>,
    news: Condvar,
    /// Whether the dirty set may hold anything: lets [`Watch::pending`] be cheap.
    marked: AtomicBool,
    options: Options,
    /// Called when something was marked.
    hook: Mutex<Option<Hook>>,
}

type Hook = Box<dyn Fn() + Send + Sync>;

struct State<V> {
    table: Table<V>,
    dirty: Dirty<V>,
    /// `None` only while the watch is being dropped.
    backend: Option<Box<dyn Backend>>,
    /// Events of an older backend are ignored.
    generation: u32,
    /// Backends that were replaced. Their threads may be the very one that replaced them, so they
    /// are ended by somebody else.
    retired: Vec<Box<dyn Backend>>,
    woken: bool,
}

/// Wakes a thread that is in [`Watch::wait`], from anywhere.
#[derive(Clone)]
pub struct Waker(Arc<dyn Fn() + Send + Sync>);

impl Waker {
    /// Makes the present or the next [`Watch::wait`] return, if need be with no events.
    pub fn wake(&self) {
        (self.0)();
    }
}

impl<V: Clone + Eq + Hash + Send + 'static> Watch<V> {
    /// Starts to watch nothing. Fails only if neither the chosen backend nor, where the choice was
    /// left open, any other works.
    pub fn new(options: Options) -> Result<Watch<V>, WatchError> {
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                table: Table::new(),
                dirty: Dirty::new(),
                backend: None,
                generation: 0,
                retired: Vec::new(),
                woken: false,
            }),
            news: Condvar::new(),
            marked: AtomicBool::new(false),
            options,
            hook: Mutex::new(None),
        });
        let (backend, why) = backend::open(options.backend, options.poll_interval, sink(&shared, 0))?;
        {
            let mut state = shared.state.lock();
            state.backend = Some(backend);
            if let Some(why) = why {
                shared.report(&mut state, why);
            }
        }
        Ok(Watch { shared })
    }

    /// Watches a file, which need not exist. Gives the value that the same path was registered
    /// with before, which is replaced. An event about it that is pending keeps the old value.
    pub fn add_file(&self, path: &Path, value: V) -> Option<V> {
        let path = absolute(path);
        let mut guard = self.shared.state.lock();
        let state = &mut *guard;
        let backend = state.backend.as_deref_mut()?;
        let old = state.table.add(&path, value, backend);
        self.shared.after_table(state);
        self.end_retired(guard);
        old
    }

    /// Stops watching a file; gives its value. Nothing is reported about it from now on, unless
    /// another path has an equal value.
    pub fn remove_file(&self, path: &Path) -> Option<V> {
        let path = absolute(path);
        let mut guard = self.shared.state.lock();
        let state = &mut *guard;
        let backend = state.backend.as_deref_mut()?;
        let value = state.table.remove(&path, backend)?;
        state.dirty.unmark(&value);
        self.end_retired(guard);
        Some(value)
    }

    /// Waits for events, at most for `timeout`, and takes all that are due, in the order in which
    /// the files were first touched. Empty after the time-out, or when woken.
    pub fn wait(&self, timeout: Option<Duration>) -> Vec<Event<V>> {
        let deadline = timeout.and_then(|t| Instant::now().checked_add(t));
        let mut state = self.shared.state.lock();
        loop {
            let now = Instant::now();
            let due = state.dirty.due(now);
            if due.is_some_and(|at| at <= now) {
                let events = state.dirty.take_due();
                self.shared.marked.store(state.dirty.due(now).is_some(), Ordering::Release);
                self.end_retired(state);
                return events;
            }
            if std::mem::take(&mut state.woken) || deadline.is_some_and(|at| at <= now) {
                return Vec::new();
            }
            match due.into_iter().chain(deadline).min() {
                Some(at) => drop(self.shared.news.wait_until(&mut state, at)),
                None => self.shared.news.wait(&mut state),
            }
        }
    }

    /// Whether [`Watch::wait`] would give events at once. Cheap: meant to be asked between the
    /// steps of a build that a newer save shall cancel.
    pub fn pending(&self) -> bool {
        let now = Instant::now();
        self.shared.marked.load(Ordering::Acquire)
            && self.shared.state.lock().dirty.due(now).is_some_and(|at| at <= now)
    }

    /// Has `hook` called by the watch thread whenever a file was marked, also if its event is not
    /// due yet: this is how a build that a newer save makes useless is given up. Must not block.
    pub fn on_mark(&self, hook: impl Fn() + Send + Sync + 'static) {
        *self.shared.hook.lock() = Some(Box::new(hook));
    }

    /// Something that ends waits.
    pub fn waker(&self) -> Waker {
        let shared = self.shared.clone();
        Waker(Arc::new(move || {
            shared.state.lock().woken = true;
            shared.news.notify_all();
        }))
    }

    /// How much is watched.
    pub fn counts(&self) -> Counts {
        let state = self.shared.state.lock();
        Counts { files: state.table.file_count(), dirs: state.table.dir_count() }
    }

    /// The name of the backend in use.
    pub fn backend(&self) -> &'static str {
        self.shared.state.lock().backend.as_ref().map_or("none", |b| b.name())
    }

    /// Ends replaced backends, whose threads may need the lock to end.
    fn end_retired(&self, mut state: MutexGuard<'_, State<V>>) {
        let retired = std::mem::take(&mut state.retired);
        drop(state);
        drop(retired);
    }
}

impl<V> Drop for Watch<V> {
    fn drop(&mut self) {
        let mut state = self.shared.state.lock();
        let backend = state.backend.take();
        let retired = std::mem::take(&mut state.retired);
        // Their threads may need the lock to end.
        drop(state);
        drop((backend, retired));
    }
}

/// The receiver of a backend's events. It does not keep the watch alive: the watch owns the
/// backend, which owns this.
fn sink<V: Clone + Eq + Hash + Send + 'static>(shared: &Arc<Shared<V>>, generation: u32) -> Sink {
    let shared: Weak<Shared<V>> = Arc::downgrade(shared);
    Arc::new(move |batch| {
        if let Some(shared) = shared.upgrade() {
            shared.receive(generation, batch);
        }
    })
}

impl<V: Clone + Eq + Hash + Send + 'static> Shared<V> {
    fn receive(self: &Arc<Self>, generation: u32, batch: Vec<Raw>) {
        let mut guard = self.state.lock();
        let state = &mut *guard;
        if generation != state.generation || state.backend.is_none() {
            return;
        }
        for raw in batch {
            self.handle(state, raw);
        }
        self.after_table(state);
        if state.dirty.due(Instant::now()).is_some() {
            self.marked.store(true, Ordering::Release);
            drop(guard);
            if let Some(hook) = &*self.hook.lock() {
                hook();
            }
            self.news.notify_all();
        }
    }

    fn handle(&self, state: &mut State<V>, raw: Raw) {
        let Some(backend) = state.backend.as_deref_mut() else { return };
        match raw {
            Raw::Overflow => {
                // Directories may have come and gone unseen.
                let all: Vec<Target> = state.table.all_files().into_iter().flat_map(targets_of).collect();
                state.table.resolve_again(&all, backend);
                state.dirty.rescan();
            }
            Raw::Err(e) => state.dirty.error(e),
            Raw::DirGone(key) => {
                let targets = state.table.forget_key(key, backend);
                for file in state.table.resolve_again(&targets, backend) {
                    self.mark(state, &file, What::Unknown);
                }
            }
            Raw::Name { dir, name, what } => {
                let targets = state.table.concerned(dir, &name);
                if targets.is_empty() {
                    return;
                }
                // A plain file that was saved in any style leaves the table as it is.
                let (moved, plain): (Vec<_>, Vec<_>) = targets.into_iter().partition(|target| match target {
                    Target::Node(_) => what != What::Written,
                    Target::File(path) => what != What::Written && state.table.is_link(path),
                });
                if !moved.is_empty() {
                    for file in state.table.resolve_again(&moved, backend) {
                        self.mark(state, &file, what);
                    }
                }
                for target in plain {
                    if let Target::File(path) = target {
                        self.mark(state, &path, what);
                    }
                }
            }
        }
    }

    /// Marks a file according to what it is now, which is younger than the event.
    fn mark(&self, state: &mut State<V>, file: &Path, what: What) {
        let meta = file.metadata().ok();
        let Some((value, existed)) = state.table.look(file, meta.is_some()) else { return };
        if meta.is_none() && !existed {
            // Its directory came or went; a file that was missing and still is, is no news.
            return;
        }
        let value = value.clone();
        let half_saved = match &meta {
            None => true,
            Some(m) => m.is_file() && (m.len() == 0 || what == What::Created),
        };
        let delay = if half_saved { SETTLE } else { Duration::ZERO };
        state.dirty.mark(value, meta.is_some(), delay.max(self.options.debounce));
    }

    /// Reports what the table could not watch, and changes to polling where a limit is the reason.
    fn after_table(self: &Arc<Self>, state: &mut State<V>) {
        let errors = std::mem::take(&mut state.table.errors);
        let exhausted = errors.iter().any(WatchError::wants_fallback);
        for error in errors {
            self.report(state, error);
        }
        let may_change = matches!(self.options.backend, Choice::Auto) && state.generation == 0;
        if !exhausted || !may_change {
            return;
        }
        match backend::open(Choice::Poll, self.options.poll_interval, sink(self, 1)) {
            Ok((mut backend, _)) => {
                state.generation = 1;
                state.table.rewatch(&mut *backend);
                state.retired.extend(state.backend.replace(backend));
                // What changed between the two is known to neither.
                state.dirty.rescan();
                self.marked.store(true, Ordering::Release);
                self.news.notify_all();
            }
            Err(e) => self.report(state, e),
        }
    }

    fn report(&self, state: &mut State<V>, error: WatchError) {
        state.dirty.error(error);
        self.marked.store(true, Ordering::Release);
        self.news.notify_all();
    }
}

/// A file, and the directory part of its path.
fn targets_of(file: Arc<Path>) -> [Target; 2] {
    let dir: Arc<Path> = file.parent().unwrap_or(&file).into();
    [Target::Node(dir), Target::File(file)]
}

/// Absolute without resolving symlinks; a path that cannot be made so is watched as it is.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::fs::backend::Key;

    /// Out of watches from the first one on.
    struct Exhausted;

    const LIMIT: WatchError = WatchError::Limit { sysctl: "fs.inotify.max_user_watches", value: Some(0) };

    impl Backend for Exhausted {
        fn name(&self) -> &'static str {
            "exhausted"
        }
        fn watch(&mut self, _dir: &Path, _content: bool) -> Result<Key, WatchError> {
            Err(LIMIT)
        }
        fn unwatch(&mut self, _key: Key) {}
    }

    #[test]
    fn an_exhausted_backend_is_replaced_by_polling() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a");
        std::fs::write(&file, "1").unwrap();
        let options = Options { poll_interval: Duration::from_millis(10), ..Options::default() };
        let watch: Watch<u32> = Watch::new(options).unwrap();
        let old = watch.shared.state.lock().backend.replace(Box::new(Exhausted));
        drop(old);

        watch.add_file(&file, 1);
        assert_eq!(watch.backend(), "poll");
        assert!(watch.pending());
        assert_eq!(watch.wait(Some(Duration::ZERO)), [Event::Err(LIMIT), Event::Rescan]);
        std::fs::write(&file, "22").unwrap();
        assert_eq!(watch.wait(Some(Duration::from_secs(5))), [Event::Changed(1)]);
    }
}
