//! inotify: one instance for all mounts.

use super::mounts::MountTable;
use super::reader::{Handle, Reader, Source};
use super::{Backend, Key, Raw, Sink, WatchError, What, limit, out_of_descriptors};
use inotify::{EventMask, WatchDescriptor, WatchMask, Watches};
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use rustix::event::{PollFd, PollFlags, Timespec};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::sync::Arc;

/// Room for some 200 events with names of ordinary length, or one with the longest.
const BUFFER: usize = 16 << 10;

pub(super) struct Inotify {
    watches: Watches,
    descriptors: FxHashMap<Key, WatchDescriptor>,
    reader: Reader,
}

/// What the reader needs.
struct Events {
    /// With room for events.
    inotify: Mutex<(inotify::Inotify, Vec<u8>)>,
    /// A descriptor of the same, to be polled.
    fd: Arc<OwnedFd>,
    mounts: MountTable,
    sink: Sink,
}

impl Inotify {
    pub(super) fn new(sink: Sink) -> Result<Inotify, WatchError> {
        let inotify = init()?;
        let watches = inotify.watches();
        let fd = inotify.as_fd().try_clone_to_owned().map_err(|_| WatchError::OpenFiles)?;
        let inotify = Mutex::new((inotify, vec![0; BUFFER]));
        let events = Events { inotify, fd: Arc::new(fd), mounts: MountTable::open(), sink };
        let reader = Reader::start("watch-inotify", Arc::new(events))?;
        Ok(Inotify { watches, descriptors: FxHashMap::default(), reader })
    }
}

fn init() -> Result<inotify::Inotify, WatchError> {
    inotify::Inotify::init().map_err(|e| match e.raw_os_error() {
        Some(libc::EMFILE) if !out_of_descriptors() => {
            limit("fs.inotify.max_user_instances", "user.max_inotify_instances")
        }
        Some(libc::EMFILE | libc::ENFILE) => WatchError::OpenFiles,
        _ => WatchError::Other(format!("inotify: {e}")),
    })
}

/// Why a directory cannot be watched.
fn refusal(dir: &Path, error: &io::Error) -> WatchError {
    match error.raw_os_error() {
        Some(libc::ENOSPC) => limit("fs.inotify.max_user_watches", "user.max_inotify_watches"),
        _ => WatchError::dir(dir, error),
    }
}

/// Whether inotify works for a directory, found out by watching it and opening it. Changes
/// nothing on disk.
pub(super) fn probe(dir: &Path) -> Result<(), WatchError> {
    let mut inotify = init()?;
    let told = |e: io::Error| refusal(dir, &e);
    inotify.watches().add(dir, WatchMask::OPEN | WatchMask::ONLYDIR).map_err(told)?;
    std::fs::read_dir(dir).map_err(told)?;
    let soon = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };
    let _ = rustix::event::poll(&mut [PollFd::new(&inotify, PollFlags::IN)], Some(&soon));
    let mut buffer = [0; 1024];
    let told =
        inotify.read_events(&mut buffer).is_ok_and(|mut events| events.any(|e| e.mask.contains(EventMask::OPEN)));
    told.then_some(()).ok_or_else(|| WatchError::Other("inotify: it takes a watch and reports nothing".into()))
}

impl Backend for Inotify {
    fn handle(&self) -> Option<Handle> {
        Some(self.reader.handle())
    }

    fn watch(&mut self, dir: &Path, content: bool) -> Result<Key, WatchError> {
        let entries = WatchMask::CREATE | WatchMask::MOVED_TO | WatchMask::MOVED_FROM | WatchMask::DELETE;
        let own = WatchMask::DELETE_SELF | WatchMask::MOVE_SELF | WatchMask::ATTRIB;
        let mut mask = entries | own | WatchMask::ONLYDIR | WatchMask::DONT_FOLLOW | WatchMask::EXCL_UNLINK;
        if content {
            mask |= WatchMask::CLOSE_WRITE;
        }
        match self.watches.add(dir, mask) {
            Ok(wd) => {
                let key = Key(wd.get_watch_descriptor_id() as u64);
                self.descriptors.insert(key, wd);
                Ok(key)
            }
            Err(e) => Err(refusal(dir, &e)),
        }
    }

    fn hears_all(&self, _key: Key) -> bool {
        true
    }

    fn unwatch(&mut self, key: Key) {
        if let Some(wd) = self.descriptors.remove(&key) {
            // Fails if the kernel has dropped the watch by itself, which is as good.
            let _ = self.watches.remove(wd);
        }
    }
}

impl Source for Events {
    fn fds(&self) -> Vec<(Arc<OwnedFd>, PollFlags)> {
        [(self.fd.clone(), PollFlags::IN)].into_iter().chain(self.mounts.fd()).collect()
    }

    fn read(&self, _: &[(Arc<OwnedFd>, PollFlags)], ready: &[bool]) {
        if ready.get(1) == Some(&true) {
            (self.sink)(vec![Raw::Mounts]);
        }
        if ready.first() != Some(&true) {
            return;
        }
        // Held to the end, so that batches are handed on in their order.
        let mut guard = self.inotify.lock();
        let (inotify, buffer) = &mut *guard;
        let batch: Vec<Raw> = match inotify.read_events(buffer) {
            Ok(events) => events.filter_map(raw).collect(),
            Err(e) if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => Vec::new(),
            Err(e) => vec![Raw::Err(WatchError::Other(format!("inotify: {e}"))), Raw::Overflow],
        };
        if !batch.is_empty() {
            (self.sink)(batch);
        }
    }
}

fn raw(event: inotify::Event<&std::ffi::OsStr>) -> Option<Raw> {
    let mask = event.mask;
    if mask.contains(EventMask::Q_OVERFLOW) {
        return Some(Raw::Overflow);
    }
    let dir = Key(event.wd.get_watch_descriptor_id() as u64);
    let Some(name) = event.name else {
        // Without a name it is about the directory itself. `DELETE_SELF` is followed by `IGNORED`;
        // a directory that moved is seen by the watch on its parent, but that one may be missing.
        let gone = EventMask::IGNORED | EventMask::UNMOUNT | EventMask::MOVE_SELF;
        return match mask {
            _ if mask.intersects(gone) => Some(Raw::DirGone(dir)),
            _ if mask.contains(EventMask::ATTRIB) => Some(Raw::DirTouched(dir)),
            _ => None,
        };
    };
    let what = if mask.contains(EventMask::MOVED_TO) {
        What::MovedIn
    } else if mask.contains(EventMask::CREATE) {
        What::Created
    } else if mask.intersects(EventMask::DELETE | EventMask::MOVED_FROM) {
        What::Gone
    } else if mask.contains(EventMask::ISDIR) {
        // The attributes of a directory decide what can be seen through it.
        What::Unknown
    } else {
        What::Written
    };
    Some(Raw::Name { dir, name: name.to_owned(), what })
}
