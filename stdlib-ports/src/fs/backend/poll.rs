//! Polling: looks at every known name again and again. It works on every file system, and sees
//! every change that outlives the interval. Names are compared by inode, size, mode and times;
//! the content of a file that was changed a moment ago is hashed as well, since the clock of a
//! file system may be too coarse to tell two saves apart, and so that a save of the same bytes
//! is no change. Nobody else's files are touched, and directories are read only for their listing.

use super::{ALL_NAMES, Backend, Key, Raw, Sink, WatchError, What};
use parking_lot::{Condvar, Mutex};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::Metadata;
use std::io::Read;
use std::os::unix::fs::{DirEntryExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

/// A file younger than this may change again without its times telling: the coarsest clock in
/// use is FAT's.
const YOUNG: Duration = Duration::from_secs(2);
/// Larger files are told apart by size and times alone.
const MAX_HASHED: u64 = 16 << 20;
/// How long what has just changed must be quiet before it is reported, and how often that is
/// tried.
const QUIET: Duration = Duration::from_millis(5);
const TRIES: usize = 10;

/// What tells one state of an entry from another.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    inode: (u64, u64),
    mode: u32,
    /// Size and times of change; zero for a directory, whose entries are names of their own.
    content: (u64, [i64; 4]),
}

#[derive(Clone, Copy)]
struct Known {
    stamp: Option<Stamp>,
    /// Of the content, once it was needed.
    hash: Option<u128>,
    /// The stamp alone does not tell whether it has changed since.
    young: bool,
}

struct Dir {
    path: PathBuf,
    inode: (u64, u64),
    names: FxHashMap<OsString, Known>,
    /// Hash of all entries, where the listing matters.
    listing: Option<u128>,
}

#[derive(Default)]
struct State {
    dirs: BTreeMap<Key, Dir>,
    by_path: FxHashMap<PathBuf, Key>,
    next: u64,
    stop: bool,
}

#[derive(Default)]
pub(super) struct Shared {
    state: Mutex<State>,
    stop: Condvar,
}

impl Shared {
    /// Looks at a name because somebody said that something happened to it. Whether it has
    /// changed; a name that nobody wants to know about has not.
    pub(super) fn has_changed(&self, key: Key, name: &OsStr) -> bool {
        self.state.lock().dirs.get_mut(&key).is_some_and(|dir| dir.look_at(name, false))
    }
}

pub(super) struct Poll {
    shared: Arc<Shared>,
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
        Ok(Poll { shared, thread: Some(thread) })
    }

    /// What is known of all names.
    pub(super) fn shared(&self) -> Arc<Shared> {
        self.shared.clone()
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
    fn watch(&mut self, dir: &Path, _content: bool) -> Result<Key, WatchError> {
        let mut state = self.shared.state.lock();
        if let Some(key) = state.by_path.get(dir) {
            return Ok(*key);
        }
        let meta = dir.symlink_metadata().map_err(|e| WatchError::dir(dir, &e))?;
        if !meta.is_dir() {
            return Err(WatchError::dir(dir, &std::io::ErrorKind::NotADirectory.into()));
        }
        state.next += 1;
        let key = Key(state.next);
        let inode = (meta.dev(), meta.ino());
        state.by_path.insert(dir.to_owned(), key);
        state.dirs.insert(key, Dir { path: dir.to_owned(), inode, names: FxHashMap::default(), listing: None });
        Ok(key)
    }

    fn unwatch(&mut self, key: Key) {
        let mut state = self.shared.state.lock();
        if let Some(dir) = state.dirs.remove(&key) {
            state.by_path.remove(&dir.path);
        }
    }

    fn want(&mut self, key: Key, name: &OsStr) -> Option<bool> {
        let mut state = self.shared.state.lock();
        let dir = state.dirs.get_mut(&key)?;
        if name == ALL_NAMES {
            dir.listing.get_or_insert(listing(&dir.path));
            return None;
        }
        if dir.names.contains_key(name) {
            return None;
        }
        let known = Known::first(&dir.path.join(name));
        dir.names.insert(name.to_owned(), known);
        Some(known.stamp.is_some_and(|s| s.is_symlink()))
    }

    fn unwant(&mut self, key: Key, name: &OsStr) {
        let mut state = self.shared.state.lock();
        let Some(dir) = state.dirs.get_mut(&key) else { return };
        if name == ALL_NAMES {
            dir.listing = None;
        } else {
            dir.names.remove(name);
        }
    }
}

impl Known {
    fn first(path: &Path) -> Known {
        let meta = path.symlink_metadata().ok();
        let stamp = meta.as_ref().map(Stamp::of);
        let young = stamp.is_some_and(|s| s.is_young());
        Known { stamp, hash: meta.filter(|_| young).and_then(|m| content(path, &m)), young }
    }

    /// Looks again; `closely` at the content of a young file even if its stamp is the same.
    /// Whether it has changed.
    fn look(&mut self, path: &Path, closely: bool) -> bool {
        let meta = path.symlink_metadata().ok();
        let now = meta.as_ref().map(Stamp::of);
        if now == self.stamp && !(self.young && closely) {
            return false;
        }
        let same_kind = now.map(|s| s.mode) == self.stamp.map(|s| s.mode);
        let hash = meta.and_then(|m| content(path, &m));
        let same = same_kind && hash == self.hash && (hash.is_some() || now == self.stamp);
        *self = Known { stamp: now, hash, young: now.is_some_and(|s| s.is_young()) };
        !same
    }
}

impl Stamp {
    fn of(m: &Metadata) -> Stamp {
        let content = match m.is_dir() {
            true => (0, [0; 4]),
            false => (m.len(), [m.mtime(), m.mtime_nsec(), m.ctime(), m.ctime_nsec()]),
        };
        Stamp { inode: (m.dev(), m.ino()), mode: m.mode(), content }
    }

    fn is_symlink(&self) -> bool {
        self.mode & libc::S_IFMT == libc::S_IFLNK
    }

    fn is_young(&self) -> bool {
        let (_, [seconds, ..]) = self.content;
        let Ok(now) = SystemTime::now().duration_since(UNIX_EPOCH) else { return true };
        // A file from the future, by somebody else's clock, is never old enough.
        now.as_secs().saturating_sub(YOUNG.as_secs()) <= seconds.try_into().unwrap_or(0)
    }
}

/// The hash of a file's content; of a symlink, of where it points.
fn content(path: &Path, meta: &Metadata) -> Option<u128> {
    use std::os::unix::ffi::OsStrExt;
    if meta.is_symlink() {
        return path.read_link().ok().map(|to| xxh3_128(to.as_os_str().as_bytes()));
    }
    if !meta.is_file() || meta.len() > MAX_HASHED {
        return None;
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path).ok()?.take(MAX_HASHED).read_to_end(&mut bytes).ok()?;
    Some(xxh3_128(&bytes))
}

/// The hash of a directory's entries: names, inodes, and what tells a file's contents apart.
fn listing(dir: &Path) -> u128 {
    use std::os::unix::ffi::OsStrExt;
    let mut entries: Vec<_> = dir.read_dir().into_iter().flatten().flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    let mut hasher = Xxh3::new();
    for entry in entries {
        hasher.update(entry.file_name().as_bytes());
        hasher.update(&[0]);
        hasher.update(&entry.ino().to_ne_bytes());
        if let Ok(m) = entry.metadata()
            && m.is_file()
        {
            for number in [m.size() as i64, m.mtime(), m.mtime_nsec(), m.ctime(), m.ctime_nsec()] {
                hasher.update(&number.to_ne_bytes());
            }
        }
    }
    hasher.digest128()
}

fn poll_loop(shared: &Shared, interval: Duration, sink: &Sink) {
    loop {
        let mut batch = Vec::new();
        {
            let mut state = shared.state.lock();
            if !state.stop {
                shared.stop.wait_for(&mut state, interval);
            }
            if state.stop {
                return;
            }
        }
        // One directory at a time, so that nobody waits long for the lock.
        let mut after = Key(0);
        loop {
            let mut state = shared.state.lock();
            let rest = (std::ops::Bound::Excluded(after), std::ops::Bound::Unbounded);
            let Some((key, dir)) = state.dirs.range_mut(rest).next() else { break };
            after = *key;
            dir.look(after, &mut batch);
        }
        if batch.is_empty() {
            continue;
        }
        for _ in 0..TRIES {
            std::thread::sleep(QUIET);
            let mut state = shared.state.lock();
            let again = batch.iter().filter(|raw| match raw {
                Raw::Name { dir, name, .. } => state.dirs.get_mut(dir).is_some_and(|dir| dir.look_at(name, true)),
                _ => false,
            });
            if again.count() == 0 {
                break;
            }
        }
        // The receiver may want to watch something: not under the lock.
        sink(batch);
    }
}

impl Dir {
    /// Compares a directory with what it was.
    fn look(&mut self, key: Key, batch: &mut Vec<Raw>) {
        let same = self.path.symlink_metadata().is_ok_and(|m| (m.dev(), m.ino()) == self.inode);
        if !same {
            batch.push(Raw::DirGone(key));
            return;
        }
        let event = |name: OsString| Raw::Name { dir: key, name, what: What::Unknown };
        if self.look_at_listing() {
            batch.push(event(ALL_NAMES.into()));
        }
        for (name, known) in &mut self.names {
            if known.look(&self.path.join(name), true) {
                batch.push(event(name.clone()));
            }
        }
    }

    fn look_at(&mut self, name: &OsStr, closely: bool) -> bool {
        if name == ALL_NAMES {
            return self.look_at_listing();
        }
        self.names.get_mut(name).is_some_and(|known| known.look(&self.path.join(name), closely))
    }

    fn look_at_listing(&mut self) -> bool {
        let Some(before) = self.listing else { return false };
        let now = listing(&self.path);
        self.listing = Some(now);
        now != before
    }
}
