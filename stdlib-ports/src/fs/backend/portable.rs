//! The portable backend, through `notify-debouncer-mini`: what the operating system recommends.
//! It says less than the kernel does (only that something happened to a path), and later; it
//! serves where this crate has no backend of its own.

use super::{Backend, Key, Raw, Sink, WatchError, What};
use notify_debouncer_mini::notify::{self, RecommendedWatcher, RecursiveMode};
use notify_debouncer_mini::{DebounceEventResult, Debouncer, new_debouncer};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How long a path must be quiet before the operating system's events are passed on.
const QUIET: Duration = Duration::from_millis(10);

type Keys = Arc<Mutex<FxHashMap<PathBuf, Key>>>;

pub(super) struct Portable {
    debouncer: Debouncer<RecommendedWatcher>,
    keys: Keys,
    next: u64,
}

impl Portable {
    pub(super) fn new(sink: Sink) -> Result<Portable, WatchError> {
        let keys = Keys::default();
        let handler = {
            let keys = keys.clone();
            move |result: DebounceEventResult| {
                let batch = translate(result, &keys.lock());
                if !batch.is_empty() {
                    sink(batch);
                }
            }
        };
        let debouncer = new_debouncer(QUIET, handler).map_err(|e| WatchError::Other(format!("notify: {e}")))?;
        Ok(Portable { debouncer, keys, next: 0 })
    }
}

fn translate(result: DebounceEventResult, keys: &FxHashMap<PathBuf, Key>) -> Vec<Raw> {
    match result {
        Err(e) => vec![Raw::Err(WatchError::Other(e.to_string())), Raw::Overflow],
        Ok(events) => events
            .into_iter()
            .flat_map(|event| {
                let name = event.path.file_name().map(ToOwned::to_owned);
                let dir = event.path.parent().and_then(|p| keys.get(p).copied());
                // The directory itself: nothing, unless it has gone.
                let own = keys.get(&event.path).copied().filter(|_| !event.path.is_dir());
                let named = dir.zip(name).map(|(dir, name)| Raw::Name { dir, name, what: What::Unknown });
                named.into_iter().chain(own.map(Raw::DirGone))
            })
            .collect(),
    }
}

impl Backend for Portable {
    fn name(&self) -> &'static str {
        "notify"
    }

    fn watch(&mut self, dir: &Path, _content: bool) -> Result<Key, WatchError> {
        if let Some(&key) = self.keys.lock().get(dir) {
            return Ok(key);
        }
        self.next += 1;
        let key = Key(self.next);
        // Known before the first event can come. The lock is not held while the watcher works:
        // its thread may be waiting for it.
        self.keys.lock().insert(dir.to_owned(), key);
        self.debouncer.watcher().watch(dir, RecursiveMode::NonRecursive).map_err(|e| {
            self.keys.lock().remove(dir);
            match e.kind {
                notify::ErrorKind::MaxFilesWatch => {
                    WatchError::Limit { sysctl: "fs.inotify.max_user_watches", value: None }
                }
                notify::ErrorKind::Io(ref io) => {
                    WatchError::Dir { dir: dir.display().to_string(), error: io.to_string(), kind: io.kind() }
                }
                _ => WatchError::Dir {
                    dir: dir.display().to_string(),
                    error: e.to_string(),
                    kind: std::io::ErrorKind::Other,
                },
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
    }
}
