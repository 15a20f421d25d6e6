//! The portable backend, through `notify-debouncer-mini`: what the operating system recommends.
//! It says less than the kernel does (only that something happened to a path, be it that somebody
//! read it), and later; it serves where this crate has no backend of its own. So names are looked
//! at when something happened to them, as polling does; and since it does not say that events were
//! lost, they are looked at now and then as well.

use super::poll::{Poll, Shared};
use super::{ALL_NAMES, Backend, Key, Raw, Sink, WatchError, What, limit};
use notify_debouncer_mini::notify::{self, RecommendedWatcher, RecursiveMode};
use notify_debouncer_mini::{DebounceEventResult, Debouncer, new_debouncer};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How long a path must be quiet before the operating system's events are passed on.
const QUIET: Duration = Duration::from_millis(10);
/// Polling is only the second line here, and may be slower than where it is the first.
const SLOWER: u32 = 4;

type Keys = Arc<Mutex<FxHashMap<PathBuf, Key>>>;

pub(super) struct Portable {
    debouncer: Debouncer<RecommendedWatcher>,
    keys: Keys,
    /// Gives the keys as well.
    poll: Poll,
}

impl Portable {
    pub(super) fn new(poll_interval: Duration, sink: Sink) -> Result<Portable, WatchError> {
        let poll = Poll::new(poll_interval * SLOWER, sink.clone())?;
        let keys = Keys::default();
        let handler = {
            let (keys, known) = (keys.clone(), poll.shared());
            move |result: DebounceEventResult| {
                let batch = translate(result, &keys.lock(), &known);
                if !batch.is_empty() {
                    sink(batch);
                }
            }
        };
        let debouncer = new_debouncer(QUIET, handler).map_err(|e| WatchError::Other(format!("notify: {e}")))?;
        Ok(Portable { debouncer, keys, poll })
    }
}

fn translate(result: DebounceEventResult, keys: &FxHashMap<PathBuf, Key>, known: &Shared) -> Vec<Raw> {
    let events = match result {
        Err(e) => return vec![Raw::Err(WatchError::Other(e.to_string())), Raw::Overflow],
        Ok(events) => events,
    };
    let mut batch = Vec::new();
    for event in events {
        // The directory itself: nothing, unless it has gone.
        batch.extend(keys.get(&event.path).copied().filter(|_| !event.path.is_dir()).map(Raw::DirGone));
        let dir = event.path.parent().and_then(|p| keys.get(p).copied());
        if let Some((dir, name)) = dir.zip(event.path.file_name()) {
            for name in [name, OsStr::new(ALL_NAMES)] {
                if known.has_changed(dir, name) {
                    batch.push(Raw::Name { dir, name: name.to_owned(), what: What::Unknown });
                }
            }
        }
    }
    batch
}

impl Backend for Portable {
    fn watch(&mut self, dir: &Path, content: bool) -> Result<Key, WatchError> {
        if let Some(&key) = self.keys.lock().get(dir) {
            return Ok(key);
        }
        let key = self.poll.watch(dir, content)?;
        // Known before the first event can come. The lock is not held while the watcher works:
        // its thread may be waiting for it.
        self.keys.lock().insert(dir.to_owned(), key);
        self.debouncer.watcher().watch(dir, RecursiveMode::NonRecursive).map_err(|e| {
            self.keys.lock().remove(dir);
            self.poll.unwatch(key);
            match e.kind {
                notify::ErrorKind::MaxFilesWatch => limit("fs.inotify.max_user_watches", "user.max_inotify_watches"),
                notify::ErrorKind::PathNotFound => WatchError::dir(dir, &std::io::ErrorKind::NotFound.into()),
                notify::ErrorKind::Io(ref io) => WatchError::dir(dir, io),
                _ => WatchError::dir(dir, &std::io::Error::other(e.to_string())),
            }
        })?;
        Ok(key)
    }

    fn unwatch(&mut self, key: Key) {
        let mut keys = self.keys.lock();
        let dir = keys.iter().find(|(_, k)| **k == key).map(|(dir, _)| dir.clone());
        if let Some(dir) = dir {
            keys.remove(&dir);
            drop(keys);
            let _ = self.debouncer.watcher().unwatch(&dir);
        }
        self.poll.unwatch(key);
    }

    fn want(&mut self, key: Key, name: &OsStr) -> Option<bool> {
        self.poll.want(key, name)
    }

    fn unwant(&mut self, key: Key, name: &OsStr) {
        self.poll.unwant(key, name);
    }
}
