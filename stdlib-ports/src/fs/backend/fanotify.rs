//! The best Linux backend: fanotify, as any user may use it. One group for each mount, since
//! handles tell directories apart within a file system only.
//!
//! A directory is known by its file handle, in events as in our table. A mark is set through a
//! descriptor of the directory itself, so that the path may change meanwhile; it is removed in the
//! same way, after a look at the handle. A directory that was renamed cannot be found any more,
//! and keeps a mark that nobody listens to; when these outnumber the others, the group is replaced.

mod record;
mod sys;

use super::mounts::{MountId, MountTable};
use super::reader::{Handle, Reader, Source};
use super::{Backend, Key, Raw, Sink, WatchError, What, limit, out_of_descriptors};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use rustix::event::{PollFd, PollFlags, Timespec};
use std::ffi::OsStr;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Room for some hundreds of events.
const BUFFER: usize = 64 << 10;
/// Marks that nobody listens to, beyond as many as there are others.
const STALE_MARKS: usize = 64;

/// Entries that come and go, their attributes, and the directory itself.
const ENTRIES: u64 = libc::FAN_CREATE
    | libc::FAN_DELETE
    | libc::FAN_MOVED_FROM
    | libc::FAN_MOVED_TO
    | libc::FAN_ATTRIB
    | libc::FAN_DELETE_SELF
    | libc::FAN_MOVE_SELF
    | libc::FAN_EVENT_ON_CHILD
    | libc::FAN_ONDIR;
const WITH_CONTENT: u64 = ENTRIES | libc::FAN_CLOSE_WRITE;

type FileHandle = Box<[u8]>;

struct Group {
    fd: Arc<OwnedFd>,
    keys: FxHashMap<FileHandle, Key>,
    /// Marks that nobody listens to.
    stale: usize,
}

struct Dir {
    mount: MountId,
    handle: FileHandle,
    path: PathBuf,
    mask: u64,
    /// The mark is gone with it.
    deleted: bool,
}

#[derive(Default)]
struct State {
    groups: FxHashMap<MountId, Group>,
    dirs: FxHashMap<Key, Dir>,
}

/// What the reader needs.
struct Shared {
    state: Mutex<State>,
    buffer: Mutex<Vec<u8>>,
    mounts: MountTable,
    sink: Sink,
}

pub(super) struct Fanotify {
    shared: Arc<Shared>,
    next: u64,
    reader: Reader,
}

impl Fanotify {
    pub(super) fn new(sink: Sink) -> Result<Fanotify, WatchError> {
        let buffer = Mutex::new(vec![0; BUFFER]);
        let shared = Arc::new(Shared { state: Mutex::default(), buffer, mounts: MountTable::open(), sink });
        let reader = Reader::start("watch-fanotify", shared.clone())?;
        Ok(Fanotify { shared, next: 0, reader })
    }
}

/// A new group, its failure as the user should read it.
fn new_group() -> Result<OwnedFd, WatchError> {
    sys::init().map_err(|e| match e.raw_os_error() {
        Some(libc::EMFILE) if out_of_descriptors() => WatchError::OpenFiles,
        Some(libc::EMFILE) => limit("fs.fanotify.max_user_groups", "user.max_fanotify_groups"),
        Some(libc::ENFILE) => WatchError::OpenFiles,
        Some(libc::ENOSYS | libc::EINVAL) => {
            WatchError::Other("fanotify: this kernel has none, or too old a one".into())
        }
        _ => WatchError::Other(format!("fanotify: {e}")),
    })
}

/// Whether fanotify works for a directory, found out by marking it and opening it: an event must
/// come, and name the directory as we know it. Changes nothing, so that it works on what is
/// read-only, and nobody else's watch is disturbed.
pub(super) fn probe(dir: &Path) -> Result<(), WatchError> {
    let group = new_group()?;
    let told = |e: io::Error| refusal(dir, &e);
    let opened = sys::Dir::open(dir).map_err(told)?;
    let handle = opened.handle().map_err(told)?;
    opened.mark(&group, WITH_CONTENT | libc::FAN_OPEN).map_err(told)?;
    std::fs::read_dir(dir).map_err(told)?;
    let mut fds = [PollFd::new(&group, PollFlags::IN)];
    let soon = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };
    let _ = rustix::event::poll(&mut fds, Some(&soon));
    let mut buffer = [0; 4096];
    let length = rustix::io::read(&group, &mut buffer).unwrap_or(0);
    let mut events = record::records(buffer.get(..length).unwrap_or_default());
    let own = |r: Result<record::Record, _>| r.is_ok_and(|r| r.place == Some((&*handle, OsStr::new("."))));
    if events.any(own) {
        Ok(())
    } else {
        Err(WatchError::Other("fanotify: it takes a mark and reports nothing".into()))
    }
}

/// Why a directory cannot be watched.
fn refusal(dir: &Path, error: &io::Error) -> WatchError {
    match error.raw_os_error() {
        Some(libc::ENOSPC) => limit("fs.fanotify.max_user_marks", "user.max_fanotify_marks"),
        Some(libc::EMFILE | libc::ENFILE) => WatchError::OpenFiles,
        Some(libc::EOPNOTSUPP | libc::ENODEV | libc::EXDEV | libc::EINVAL | libc::EPERM | libc::ENOSYS) => {
            WatchError::Unsupported(format!(
                "fanotify: the file system of {} does not take marks ({error})",
                dir.display()
            ))
        }
        _ => WatchError::dir(dir, error),
    }
}

impl Backend for Fanotify {
    fn handle(&self) -> Option<Handle> {
        Some(self.reader.handle())
    }

    fn watch(&mut self, dir: &Path, content: bool) -> Result<Key, WatchError> {
        let told = |e: io::Error| refusal(dir, &e);
        let mount = MountId::of(dir).map_err(told)?;
        let opened = sys::Dir::open(dir).map_err(told)?;
        let handle = opened.handle().map_err(told)?;
        let mask = if content { WITH_CONTENT } else { ENTRIES };
        let mut guard = self.shared.state.lock();
        let state = &mut *guard;
        let group = match state.groups.entry(mount) {
            std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::hash_map::Entry::Vacant(entry) => {
                let fd = Arc::new(new_group()?);
                self.reader.refresh();
                entry.insert(Group { fd, keys: FxHashMap::default(), stale: 0 })
            }
        };
        // A directory is known before its first event: the thread needs the lock to look.
        if let Err(e) = opened.mark(&group.fd, mask) {
            if group.keys.is_empty() {
                state.groups.remove(&mount);
            }
            return Err(told(e));
        }
        let next = &mut self.next;
        let key = *group.keys.entry(handle.clone()).or_insert_with(|| {
            *next += 1;
            Key(*next)
        });
        let known =
            state.dirs.entry(key).or_insert_with(|| Dir { mount, handle, path: dir.to_owned(), mask, deleted: false });
        known.mask |= mask;
        dir.clone_into(&mut known.path);
        Ok(key)
    }

    fn hears_all(&self, _key: Key) -> bool {
        true
    }

    fn unwatch(&mut self, key: Key) {
        let mut guard = self.shared.state.lock();
        let state = &mut *guard;
        let Some(dir) = state.dirs.remove(&key) else { return };
        let Some(group) = state.groups.get_mut(&dir.mount) else { return };
        group.keys.remove(&dir.handle);
        if group.keys.is_empty() {
            state.groups.remove(&dir.mount);
            self.reader.refresh();
            return;
        }
        if dir.deleted {
            return;
        }
        let found = sys::Dir::open(&dir.path).ok().filter(|d| d.handle().is_ok_and(|h| h == dir.handle));
        if found.is_none_or(|d| d.unmark(&group.fd, dir.mask).is_err()) {
            group.stale += 1;
        }
    }
}

impl State {
    /// Replaces groups with too many marks that nobody listens to. Whether there were any: what
    /// happened meanwhile is known to neither.
    fn renew(&mut self) -> bool {
        let mut any = false;
        for (mount, group) in &mut self.groups {
            if group.stale < STALE_MARKS + group.keys.len() {
                continue;
            }
            let Ok(fd) = new_group() else { continue };
            let dirs = self.dirs.values().filter(|d| d.mount == *mount);
            for dir in dirs {
                // One that cannot be found has gone; the watch on its parent tells.
                if let Ok(found) = sys::Dir::open(&dir.path)
                    && found.handle().is_ok_and(|h| h == dir.handle)
                {
                    let _ = found.mark(&fd, dir.mask);
                }
            }
            group.fd = Arc::new(fd);
            group.stale = 0;
            any = true;
        }
        any
    }

    /// Turns records of one group into events.
    fn translate(&mut self, mount: MountId, buffer: &[u8], batch: &mut Vec<Raw>) {
        let Some(group) = self.groups.get_mut(&mount) else { return };
        for record in record::records(buffer) {
            let Ok(record) = record else {
                batch.push(Raw::Overflow);
                return;
            };
            if record.mask & libc::FAN_Q_OVERFLOW != 0 {
                batch.push(Raw::Overflow);
                continue;
            }
            let Some((handle, name)) = record.place else { continue };
            let deleted = name == "." && record.mask & libc::FAN_DELETE_SELF != 0;
            let Some(&dir) = group.keys.get(handle) else {
                group.stale = group.stale.saturating_sub(usize::from(deleted));
                continue;
            };
            if name != "." {
                batch.push(Raw::Name { dir, name: name.to_owned(), what: what(record.mask) });
            } else if deleted || record.mask & libc::FAN_MOVE_SELF != 0 {
                if let Some(dir) = self.dirs.get_mut(&dir) {
                    dir.deleted |= deleted;
                }
                batch.push(Raw::DirGone(dir));
            } else if record.mask & libc::FAN_ATTRIB != 0 {
                batch.push(Raw::DirTouched(dir));
            }
        }
    }
}

impl Source for Shared {
    fn fds(&self) -> Vec<(Arc<OwnedFd>, PollFlags)> {
        let state = self.state.lock();
        // The table of mounts first, if there is one, for the number of groups varies.
        let groups = state.groups.values().map(|group| (group.fd.clone(), PollFlags::IN));
        self.mounts.fd().into_iter().chain(groups).collect()
    }

    fn read(&self, fds: &[(Arc<OwnedFd>, PollFlags)], ready: &[bool]) {
        // Held to the end, so that batches are handed on in their order.
        let mut buffer = self.buffer.lock();
        let mut batch = Vec::new();
        for ((fd, flags), _) in fds.iter().zip(ready).filter(|(_, ready)| **ready) {
            if *flags == PollFlags::PRI {
                batch.push(Raw::Mounts);
                continue;
            }
            match rustix::io::read(fd, &mut **buffer) {
                Ok(length) => {
                    let mut state = self.state.lock();
                    // One that was given up meanwhile has nothing to say.
                    let mount = state.groups.iter().find(|(_, group)| Arc::ptr_eq(&group.fd, fd)).map(|(id, _)| *id);
                    if let Some(mount) = mount {
                        state.translate(mount, buffer.get(..length).unwrap_or_default(), &mut batch);
                    }
                }
                Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => {}
                Err(e) => batch.extend([Raw::Err(WatchError::Other(format!("fanotify: {e}"))), Raw::Overflow]),
            }
        }
        if self.state.lock().renew() {
            batch.push(Raw::Overflow);
        }
        if !batch.is_empty() {
            (self.sink)(batch);
        }
    }
}

/// One record may tell of several events, and not of their order.
fn what(mask: u64) -> What {
    const PLACE: u64 = libc::FAN_CREATE | libc::FAN_DELETE | libc::FAN_MOVED_FROM | libc::FAN_MOVED_TO;
    match (mask & PLACE, mask & libc::FAN_CLOSE_WRITE != 0) {
        // The attributes of a directory decide what can be seen through it.
        (0, _) if mask & libc::FAN_ONDIR != 0 => What::Unknown,
        (0, _) => What::Written,
        (libc::FAN_MOVED_TO, false) => What::MovedIn,
        (libc::FAN_CREATE, false) => What::Created,
        (libc::FAN_DELETE | libc::FAN_MOVED_FROM, false) => What::Gone,
        _ => What::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merged_events() {
        assert_eq!(what(libc::FAN_CLOSE_WRITE | libc::FAN_ATTRIB), What::Written);
        assert_eq!(what(libc::FAN_CREATE), What::Created);
        assert_eq!(what(libc::FAN_CREATE | libc::FAN_CLOSE_WRITE), What::Unknown);
        assert_eq!(what(libc::FAN_MOVED_FROM | libc::FAN_MOVED_TO), What::Unknown);
        assert_eq!(what(libc::FAN_ATTRIB | libc::FAN_ONDIR), What::Unknown);
        assert_eq!(what(libc::FAN_DELETE | libc::FAN_ONDIR), What::Gone);
    }
}
