//! The Linux backend: one inotify instance, one thread that reads it.

use super::mounts::MountTable;
use super::{Backend, Key, Raw, Sink, WatchError, What, limit, out_of_descriptors};
use inotify::{EventMask, WatchDescriptor, WatchMask, Watches};
use rustc_hash::FxHashMap;
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec};
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

/// Room for some 200 events with names of ordinary length, or one with the longest.
const BUFFER: usize = 16 << 10;

pub(super) struct Inotify {
    watches: Watches,
    descriptors: FxHashMap<Key, WatchDescriptor>,
    stop: Arc<OwnedFd>,
    thread: Option<JoinHandle<()>>,
}

impl Inotify {
    pub(super) fn new(sink: Sink) -> Result<Inotify, WatchError> {
        let inotify = init()?;
        let stop = rustix::event::eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)
            .map_err(|_| WatchError::OpenFiles)?;
        let stop = Arc::new(stop);
        let watches = inotify.watches();
        let thread = std::thread::Builder::new()
            .name("watch-inotify".into())
            .spawn({
                let stop = stop.clone();
                move || read_loop(inotify, &stop, &sink)
            })
            .map_err(|e| WatchError::Other(format!("cannot start the watch thread: {e}")))?;
        Ok(Inotify { watches, descriptors: FxHashMap::default(), stop, thread: Some(thread) })
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

impl Drop for Inotify {
    fn drop(&mut self) {
        // Only a full counter refuses, and then the thread is woken already.
        let _ = rustix::io::write(&*self.stop, &1u64.to_ne_bytes());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Backend for Inotify {
    fn name(&self) -> &'static str {
        "inotify"
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

    fn unwatch(&mut self, key: Key) {
        if let Some(wd) = self.descriptors.remove(&key) {
            // Fails if the kernel has dropped the watch by itself, which is as good.
            let _ = self.watches.remove(wd);
        }
    }
}

fn read_loop(mut inotify: inotify::Inotify, stop: &OwnedFd, sink: &Sink) {
    let mut buffer = vec![0; BUFFER];
    let mounts = MountTable::open();
    loop {
        let mut fds = vec![PollFd::new(stop, PollFlags::IN), PollFd::new(&inotify, PollFlags::IN)];
        fds.extend(mounts.poll_fd());
        match rustix::event::poll(&mut fds, None) {
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => continue,
            Err(e) => return sink(vec![Raw::Err(WatchError::Other(format!("inotify: {e}"))), Raw::Overflow]),
        }
        let ready = |at: usize| fds.get(at).is_some_and(|fd| !fd.revents().is_empty());
        if ready(0) {
            return;
        }
        if ready(2) {
            sink(vec![Raw::Mounts]);
        }
        if !ready(1) {
            continue;
        }
        match inotify.read_events(&mut buffer) {
            Ok(events) => {
                let batch: Vec<Raw> = events.filter_map(raw).collect();
                if !batch.is_empty() {
                    sink(batch);
                }
            }
            Err(e) if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {}
            Err(e) => return sink(vec![Raw::Err(WatchError::Other(format!("inotify: {e}"))), Raw::Overflow]),
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
