//! The dirty set: what has changed and has not been fetched yet. A set, so that a storm of events
//! costs one entry a file; an event is a dirty name, never an entry in a log.

use super::backend::WatchError;
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;
use std::hash::Hash;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a file that looks half-saved (empty, just created, or gone) is given to become whole.
/// A complete save in between is reported at once.
pub(crate) const SETTLE: Duration = Duration::from_millis(20);

/// What a watch reports.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event<V> {
    /// The file exists and may have changed.
    Changed(V),
    /// The file does not exist, and perhaps never did. It stays watched.
    Removed(V),
    /// Events were lost: every file may have changed.
    Rescan,
    /// Watching is restricted from now on; it goes on as well as it can.
    Err(WatchError),
}

struct Entry {
    exists: bool,
    due: Instant,
    /// By whom; empty if by too many to remember.
    paths: SmallVec<[Arc<Path>; 1]>,
}

/// Of more paths than these with one value it is not known which of them are dirty.
const PATHS: usize = 8;

pub(crate) struct Dirty<V> {
    entries: IndexMap<V, Entry, FxBuildHasher>,
    rescan: bool,
    errors: Vec<WatchError>,
}

impl<V: Hash + Eq + Clone> Dirty<V> {
    pub(crate) fn new() -> Dirty<V> {
        Dirty { entries: IndexMap::default(), rescan: false, errors: Vec::new() }
    }

    /// Marks a value because of a path; a later mark of the same value replaces an earlier one,
    /// delay included.
    pub(crate) fn mark(&mut self, value: V, path: &Arc<Path>, exists: bool, delay: Duration) {
        let due = Instant::now() + delay;
        let new = || Entry { exists, due, paths: smallvec::smallvec![path.clone()] };
        let Some(entry) = self.entries.get_mut(&value) else {
            self.entries.insert(value, new());
            return;
        };
        entry.due = due;
        if entry.paths.as_slice() == std::slice::from_ref(path) {
            entry.exists = exists;
            return;
        }
        // One of several files that has gone does not mean that all have.
        entry.exists |= exists;
        if entry.paths.len() >= PATHS {
            entry.paths.clear();
        } else if !entry.paths.is_empty() && !entry.paths.contains(path) {
            entry.paths.push(path.clone());
        }
    }

    /// Takes back what was marked because of a path alone.
    pub(crate) fn unmark(&mut self, value: &V, path: &Path) {
        if let Some(entry) = self.entries.get_mut(value) {
            let before = entry.paths.len();
            entry.paths.retain(|p| &**p != path);
            if before > 0 && entry.paths.is_empty() {
                self.entries.shift_remove(value);
            }
        }
    }

    pub(crate) fn rescan(&mut self) {
        self.rescan = true;
    }

    /// Notes an error; the same one is not repeated before it was fetched.
    pub(crate) fn error(&mut self, error: WatchError) {
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
    }

    /// When the first event is due, `now` standing for "at once"; `None` if there is none.
    pub(crate) fn due(&self, now: Instant) -> Option<Instant> {
        if self.rescan || !self.errors.is_empty() {
            return Some(now);
        }
        self.entries.values().map(|e| e.due).min()
    }

    /// Takes what is due, in the order in which it was first marked.
    pub(crate) fn take_due(&mut self) -> Vec<Event<V>> {
        let now = Instant::now();
        let mut events: Vec<Event<V>> = self.errors.drain(..).map(Event::Err).collect();
        if std::mem::take(&mut self.rescan) {
            events.push(Event::Rescan);
        }
        self.entries.retain(|value, entry| {
            let due = entry.due <= now;
            if due {
                let value = value.clone();
                events.push(if entry.exists { Event::Changed(value) } else { Event::Removed(value) });
            }
            !due
        });
        events
    }
}
