//! Polling: looks at every watched directory again and again. It works on every file system, and
//! sees every change that outlives the interval: entries are compared by inode, size and the times
//! of change in nanoseconds.

use super::{Backend, Key, Raw, Sink, WatchError, What};
use parking_lot::{Condvar, Mutex};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::fs::{DirEntryExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// What tells one state of an entry from another.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    /// Size, mode, and the times of change of content and of attributes; zero where only coming
    /// and going matters.
    content: (u64, u32, [i64; 4]),
}

type Entries = BTreeMap<OsString, Stamp>;

struct Dir {
    path: PathBuf,
    inode: (u64, u64),
    content: bool,
    entries: Entries,
}

#[derive(Default)]
struct State {
    dirs: BTreeMap<Key, Dir>,
    stop: bool,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    stop: Condvar,
}

pub(super) struct Poll {
    shared: Arc<Shared>,
    next: u64,
    thread: Option<JoinHandle<()>>,
}

impl Poll {
    pub(super) fn new(interval: Duration, sink: Sink) -> Result<Poll, WatchError> {
        let shared = Arc::new(Shared::default());
        let thread = std::thread::Builder::new()
            .name("watch-poll".into())
            .spawn({
                let shared = shared.clone();
                move || poll_loop(&shared, interval, &sink)
            })
            .map_err(|e| WatchError::Other(format!("cannot start the watch thread: {e}")))?;
        Ok(Poll { shared, next: 0, thread: Some(thread) })
    }
}

impl Drop for Poll {
    fn drop(&mut self) {
        self.shared.state.lock().stop = true;
        self.shared.stop.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Backend for Poll {
    fn name(&self) -> &'static str {
        "poll"
    }

    fn watch(&mut self, dir: &Path, content: bool) -> Result<Key, WatchError> {
        let mut state = self.shared.state.lock();
        let error = |e: std::io::Error| WatchError::Dir {
            dir: dir.display().to_string(),
            error: e.to_string(),
            kind: e.kind(),
        };
        let known = state.dirs.iter_mut().find(|(_, d)| d.path == dir);
        if let Some((key, known)) = known {
            if content && !known.content {
                known.content = true;
                known.entries = scan(dir, true).map_err(error)?;
            }
            return Ok(*key);
        }
        let meta = dir.symlink_metadata().map_err(error)?;
        let entries = scan(dir, content).map_err(error)?;
        self.next += 1;
        let key = Key(self.next);
        state.dirs.insert(key, Dir { path: dir.to_owned(), inode: (meta.dev(), meta.ino()), content, entries });
        Ok(key)
    }

    fn unwatch(&mut self, key: Key) {
        self.shared.state.lock().dirs.remove(&key);
    }
}

fn scan(dir: &Path, content: bool) -> std::io::Result<Entries> {
    let mut entries = Entries::new();
    for entry in dir.read_dir()? {
        let entry = entry?;
        let content = if content {
            // An entry that has gone since the directory was read is left out.
            let Ok(m) = entry.metadata() else { continue };
            (m.len(), m.mode(), [m.mtime(), m.mtime_nsec(), m.ctime(), m.ctime_nsec()])
        } else {
            (0, 0, [0; 4])
        };
        entries.insert(entry.file_name(), Stamp { inode: entry.ino(), content });
    }
    Ok(entries)
}

fn poll_loop(shared: &Shared, interval: Duration, sink: &Sink) {
    loop {
        let mut state = shared.state.lock();
        if !state.stop {
            shared.stop.wait_for(&mut state, interval);
        }
        if state.stop {
            return;
        }
        let mut batch = Vec::new();
        for (key, dir) in &mut state.dirs {
            look(*key, dir, &mut batch);
        }
        // The receiver may want to watch something: not under the lock.
        drop(state);
        if !batch.is_empty() {
            sink(batch);
        }
    }
}

/// Compares a directory with what it was.
fn look(key: Key, dir: &mut Dir, batch: &mut Vec<Raw>) {
    let same = dir.path.symlink_metadata().is_ok_and(|m| (m.dev(), m.ino()) == dir.inode);
    let now = match scan(&dir.path, dir.content) {
        Ok(now) if same => now,
        _ => {
            batch.push(Raw::DirGone(key));
            return;
        }
    };
    let changed = now.iter().filter(|(name, stamp)| dir.entries.get(*name) != Some(stamp));
    let gone = dir.entries.keys().filter(|name| !now.contains_key(*name));
    let names = changed.map(|(name, _)| name).chain(gone);
    batch.extend(names.map(|name| Raw::Name { dir: key, name: name.clone(), what: What::Unknown }));
    dir.entries = now;
}
