//! [`Watch<V>`]: files are registered with a value, and what happens to them comes back as values.
//!
//! Directories are watched and names matched in them, never the files themselves: a save that
//! renames, deletes and creates, or truncates and writes is one event about one name either way.
//! A file need not exist, nor its directory. A save is reported when it is complete (closed, or
//! renamed into place), at once; a file that looks half-saved (empty, just created, or gone) is
//! given 20 ms to become whole. Equal content is not noticed: reading and hashing is for the
//! reader. Register first, read then: what changes in between is reported.
//!
//! A registered directory is about its listing: entries that come and go.
//!
//! The watch threads only ever mark values in the dirty set, so they never wait for the reader.

mod table;

use super::backend::{Backend, Bell, Choice, Handle, Raw, Router, Sink, What, read_once};
use super::dirty::{Dirty, Event, SETTLE};
use parking_lot::{Condvar, Mutex};
use std::cell::Cell;
use std::fs::Metadata;
use std::hash::Hash;
use std::io::ErrorKind;
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
    /// Registered files and directories.
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
    /// The same for the one waiting thread that reads the backends' descriptors itself.
    bell: Option<Bell>,
    /// Whether there is such a thread.
    reading: AtomicBool,
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
    backend: Option<Router>,
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
    /// Starts to watch nothing. Backends are chosen when there is something to watch.
    pub fn new(options: Options) -> Watch<V> {
        let shared = Arc::new(Shared {
            state: Mutex::new(State { table: Table::new(), dirty: Dirty::new(), backend: None, woken: false }),
            news: Condvar::new(),
            bell: Bell::new(),
            reading: AtomicBool::new(false),
            marked: AtomicBool::new(false),
            options,
            hook: Mutex::new(None),
        });
        let router = Router::new(options.backend, options.poll_interval, sink(&shared));
        shared.state.lock().backend = Some(router);
        Watch { shared }
    }

    /// Watches a file, which need not exist. Gives the value that the same path was registered
    /// with before, which is replaced. An event about it that is pending keeps the old value.
    pub fn add_file(&self, path: &Path, value: V) -> Option<V> {
        let path = absolute(path);
        self.with_table(|table, _, backend| table.add(&path, value, backend))
    }

    /// Stops watching a file; gives its value. Nothing is reported because of it from now on.
    pub fn remove_file(&self, path: &Path) -> Option<V> {
        let path = absolute(path);
        self.with_table(|table, dirty, backend| {
            let value = table.remove(&path, backend)?;
            dirty.unmark(&value, &path);
            Some(value)
        })
    }

    /// Watches the listing of a directory, which need not exist: `Changed` when entries come, go
    /// or are replaced, and when the directory itself appears; `Removed` when it goes. Some
    /// backends cannot tell a write to an entry from this. Gives the value before.
    pub fn add_dir(&self, path: &Path, value: V) -> Option<V> {
        let path = absolute(path);
        self.with_table(|table, _, backend| table.add_dir(&path, false, value, backend))
    }

    /// As [`Watch::add_dir`], writes to the entries included.
    pub fn add_dir_content(&self, path: &Path, value: V) -> Option<V> {
        let path = absolute(path);
        self.with_table(|table, _, backend| table.add_dir(&path, true, value, backend))
    }

    /// Stops watching a directory; gives its value.
    pub fn remove_dir(&self, path: &Path) -> Option<V> {
        let path = absolute(path);
        self.with_table(|table, dirty, backend| {
            let value = table.remove_dir(&path, backend)?;
            dirty.unmark(&value, &path);
            Some(value)
        })
    }

    fn with_table<T>(&self, f: impl FnOnce(&mut Table<V>, &mut Dirty<V>, &mut dyn Backend) -> Option<T>) -> Option<T> {
        let mut guard = self.shared.state.lock();
        let state = &mut *guard;
        let result = f(&mut state.table, &mut state.dirty, state.backend.as_mut()?);
        self.shared.after_table(state);
        drop(guard);
        // Whoever reads may have to read from more than before.
        self.shared.ring();
        result
    }

    /// Waits for events, at most for `timeout`, and takes all that are due, in the order in which
    /// the files were first touched. Empty after the time-out, or when woken.
    pub fn wait(&self, timeout: Option<Duration>) -> Vec<Event<V>> {
        let deadline = timeout.and_then(|t| Instant::now().checked_add(t));
        let mut turn = None;
        let mut looked = false;
        let mut state = self.shared.state.lock();
        loop {
            let now = Instant::now();
            let due = state.dirty.due(now);
            if due.is_some_and(|at| at <= now) {
                let events = state.dirty.take_due();
                self.shared.marked.store(state.dirty.due(now).is_some(), Ordering::Release);
                return events;
            }
            if std::mem::take(&mut state.woken) || looked && deadline.is_some_and(|at| at <= now) {
                return Vec::new();
            }
            looked = true;
            let until = due.into_iter().chain(deadline).min();
            if turn.is_none() {
                turn = Turn::take(&self.shared, state.backend.as_ref());
            }
            if let Some(turn) = &turn {
                drop(state);
                turn.read(until);
                state = self.shared.state.lock();
                continue;
            }
            match until {
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

    /// Has `hook` called by a watch thread whenever a file was marked while nobody waits, also if
    /// its event is not due yet: this is how a build that a newer save makes useless is given up.
    /// Must not block.
    pub fn on_mark(&self, hook: impl Fn() + Send + Sync + 'static) {
        *self.shared.hook.lock() = Some(Box::new(hook));
    }

    /// Something that ends waits.
    pub fn waker(&self) -> Waker {
        let shared = self.shared.clone();
        Waker(Arc::new(move || {
            shared.state.lock().woken = true;
            shared.announce();
        }))
    }

    /// How much is watched.
    pub fn counts(&self) -> Counts {
        let state = self.shared.state.lock();
        Counts { files: state.table.file_count(), dirs: state.table.dir_count() }
    }

    /// The name of the backend in use; of several, the one that watches most directories.
    pub fn backend(&self) -> &'static str {
        self.shared.state.lock().backend.as_ref().map_or("none", Router::name)
    }

    /// Which backends are in use, for people: "fanotify", or "inotify (WHY), poll for PATH (WHY)".
    pub fn describe(&self) -> String {
        self.shared.state.lock().backend.as_ref().map_or_else(String::new, Router::describe)
    }
}

impl<V> Drop for Watch<V> {
    fn drop(&mut self) {
        let backend = self.shared.state.lock().backend.take();
        // Its threads may need the lock to end.
        drop(backend);
    }
}

/// The receiver of a backend's events. It does not keep the watch alive: the watch owns the
/// backend, which owns this.
fn sink<V: Clone + Eq + Hash + Send + 'static>(shared: &Arc<Shared<V>>) -> Sink {
    let shared: Weak<Shared<V>> = Arc::downgrade(shared);
    Arc::new(move |batch| {
        if let Some(shared) = shared.upgrade() {
            shared.receive(batch);
        }
    })
}

thread_local! {
    /// Whether this thread is reading the descriptors of a watch.
    static READS: Cell<bool> = const { Cell::new(false) };
}

/// The turn of a waiting thread to read the backends' descriptors; the backends' threads rest.
struct Turn<'s> {
    bell: &'s Bell,
    reading: &'s AtomicBool,
    handles: Vec<Handle>,
}

impl<'s> Turn<'s> {
    /// Nothing if another thread reads, or there is nothing that could be read.
    fn take<V>(shared: &'s Shared<V>, router: Option<&Router>) -> Option<Turn<'s>> {
        let bell = shared.bell.as_ref()?;
        let handles = router.map(Router::handles).filter(|h| !h.is_empty())?;
        if shared.reading.swap(true, Ordering::AcqRel) {
            return None;
        }
        handles.iter().for_each(|h| h.rest(true));
        Some(Turn { bell, reading: &shared.reading, handles })
    }

    fn read(&self, until: Option<Instant>) {
        READS.set(true);
        read_once(self.bell, self.handles.iter().map(Handle::source), until);
        READS.set(false);
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.reading.store(false, Ordering::Release);
        self.handles.iter().for_each(|h| h.rest(false));
    }
}

impl<V> Shared<V> {
    /// Has waiting threads look.
    fn announce(&self) {
        self.news.notify_all();
        self.ring();
    }

    /// Has the thread that reads look, if there is one; this one looks anyway.
    fn ring(&self) {
        if self.reading.load(Ordering::Acquire)
            && !READS.get()
            && let Some(bell) = &self.bell
        {
            bell.ring();
        }
    }
}

impl<V: Clone + Eq + Hash + Send + 'static> Shared<V> {
    fn receive(&self, batch: Vec<Raw>) {
        let mut guard = self.state.lock();
        let state = &mut *guard;
        if state.backend.is_none() {
            return;
        }
        for raw in batch {
            self.handle(state, raw);
        }
        self.after_table(state);
        if state.dirty.due(Instant::now()).is_some() {
            self.marked.store(true, Ordering::Release);
            drop(guard);
            if !self.reading.load(Ordering::Acquire)
                && let Some(hook) = &*self.hook.lock()
            {
                hook();
            }
            self.announce();
        }
    }

    fn handle(&self, state: &mut State<V>, raw: Raw) {
        match raw {
            Raw::Overflow => {
                // Directories may have come and gone unseen.
                state.table.entries_changed(None);
                self.resolve_again(state, &state.table.all(), None);
                state.dirty.rescan();
            }
            Raw::Err(e) => state.dirty.error(e),
            Raw::Mounts => self.resolve_again(state, &state.table.moved(), Some(What::Unknown)),
            Raw::DirGone(key) => {
                let Some(backend) = &mut state.backend else { return };
                let targets = state.table.forget_key(key, backend);
                self.resolve_again(state, &targets, Some(What::Unknown));
            }
            Raw::DirTouched(key) => {
                for target in state.table.through(key) {
                    self.mark(state, &target, What::Unknown);
                }
            }
            Raw::Name { dir, name, what } => {
                if what != What::Written {
                    state.table.entries_changed(Some(dir));
                }
                // A plain file that was saved in any style leaves the table as it is.
                let targets = state.table.concerned(dir, &name, what).into_iter();
                let (moved, plain): (Vec<_>, Vec<_>) = targets.partition(|target| match target {
                    Target::Node(_) => what != What::Written,
                    Target::File(path) => what != What::Written && state.table.is_link(path),
                    Target::Listing(_) => false,
                });
                self.resolve_again(state, &moved, Some(what));
                for target in plain {
                    self.mark(state, &target, what);
                }
            }
        }
    }

    /// Resolves again and, if `what` is given, marks whom that concerned.
    fn resolve_again(&self, state: &mut State<V>, targets: &[Target], what: Option<What>) {
        let Some(backend) = &mut state.backend else { return };
        if targets.is_empty() {
            return;
        }
        let affected = state.table.resolve_again(targets, backend);
        if let Some(what) = what {
            for target in affected {
                self.mark(state, &target, what);
            }
        }
    }

    /// Marks a file or directory according to what it is now, which is younger than the event.
    fn mark(&self, state: &mut State<V>, target: &Target, what: What) {
        let (Target::File(path) | Target::Listing(path)) = target else { return };
        let (exists, meta) = exists(target);
        let Some(value) = state.table.value(target) else { return };
        let half_saved = match &meta {
            Some(m) => m.is_file() && (m.len() == 0 || what == What::Created),
            None => !exists,
        };
        let delay = if half_saved { SETTLE } else { Duration::ZERO };
        state.dirty.mark(value.clone(), path, exists, delay.max(self.options.debounce));
    }

    /// Reports what could not be watched, or not as well as was asked for.
    fn after_table(&self, state: &mut State<V>) {
        let mut errors = std::mem::take(&mut state.table.errors);
        if let Some(router) = &mut state.backend {
            errors.append(&mut router.trouble);
        }
        if errors.is_empty() {
            return;
        }
        for error in errors {
            state.dirty.error(error);
        }
        self.marked.store(true, Ordering::Release);
        self.announce();
    }
}

/// Whether a file or directory exists, and what it is if that can be told.
fn exists(target: &Target) -> (bool, Option<Metadata>) {
    let (Target::File(path) | Target::Listing(path) | Target::Node(path)) = target;
    match path.metadata() {
        Ok(m) => (matches!(target, Target::File(_)) || m.is_dir(), Some(m)),
        Err(e) if e.raw_os_error() == Some(libc::ELOOP) => (false, None),
        // What may not be looked at is there.
        Err(e) => {
            let gone = matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename);
            (!gone, None)
        }
    }
}

/// Absolute without resolving symlinks; a path that cannot be made so is watched as it is.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::fs::backend::{Key, WatchError};

    /// Out of watches from the first one on.
    struct Exhausted;

    const LIMIT: WatchError = WatchError::Limit { sysctl: "fs.inotify.max_user_watches", value: Some(0) };

    impl Backend for Exhausted {
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
        let options =
            Options { poll_interval: Duration::from_millis(10), backend: Choice::Fanotify, ..Options::default() };
        let watch: Watch<u32> = Watch::new(options);
        watch.shared.state.lock().backend.as_mut().unwrap().replace_fanotify(Box::new(Exhausted));

        watch.add_file(&file, 1);
        assert_eq!(watch.backend(), "poll");
        let why = "the limit fs.inotify.max_user_watches is reached";
        assert!(watch.describe().starts_with(&format!("poll ({why}")), "{}", watch.describe());
        assert!(watch.pending());
        assert_eq!(watch.wait(Some(Duration::ZERO)), [Event::Err(LIMIT)]);
        std::fs::write(&file, "22").unwrap();
        assert_eq!(watch.wait(Some(Duration::from_secs(5))), [Event::Changed(1)]);
    }
}
