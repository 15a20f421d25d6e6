//! The Linux backend: one inotify instance, one thread that reads it.

use super::{Backend, Key, Raw, Sink, WatchError, What};
use inotify::{EventMask, WatchDescriptor, WatchMask, Watches};
use rustc_hash::FxHashMap;
use rustix::event::{EventfdFlags, PollFd, PollFlags};
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
        let inotify = inotify::Inotify::init().map_err(|e| match e.raw_os_error() {
            Some(libc::EMFILE) => init_limit(),
            Some(libc::ENFILE) => WatchError::OpenFiles,
            _ => WatchError::Other(format!("inotify: {e}")),
        })?;
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
        let own = WatchMask::DELETE_SELF | WatchMask::MOVE_SELF;
        let mut mask = entries | own | WatchMask::ONLYDIR | WatchMask::DONT_FOLLOW | WatchMask::EXCL_UNLINK;
        if content {
            mask |= WatchMask::CLOSE_WRITE | WatchMask::ATTRIB;
        }
        match self.watches.add(dir, mask) {
            Ok(wd) => {
                let key = Key(wd.get_watch_descriptor_id() as u64);
                self.descriptors.insert(key, wd);
                Ok(key)
            }
            Err(e) => Err(match e.raw_os_error() {
                Some(libc::ENOSPC) => limit("fs.inotify.max_user_watches"),
                _ => WatchError::Dir { dir: dir.display().to_string(), error: e.to_string(), kind: e.kind() },
            }),
        }
    }

    fn unwatch(&mut self, key: Key) {
        if let Some(wd) = self.descriptors.remove(&key) {
            // Fails if the kernel has dropped the watch by itself, which is as good.
            let _ = self.watches.remove(wd);
        }
    }
}

/// `EMFILE` means either limit: of instances a user, or of descriptors a process.
fn init_limit() -> WatchError {
    let (open, allowed) = (
        std::fs::read_dir("/proc/self/fd").map(Iterator::count),
        rustix::process::getrlimit(rustix::process::Resource::Nofile),
    );
    match (open, allowed.current) {
        (Ok(open), Some(allowed)) if (open as u64) < allowed => limit("fs.inotify.max_user_instances"),
        _ => WatchError::OpenFiles,
    }
}

fn limit(sysctl: &'static str) -> WatchError {
    let path = format!("/proc/sys/{}", sysctl.replace('.', "/"));
    let value = std::fs::read_to_string(path).ok().and_then(|s| s.trim().parse().ok());
    WatchError::Limit { sysctl, value }
}

fn read_loop(mut inotify: inotify::Inotify, stop: &OwnedFd, sink: &Sink) {
    let mut buffer = vec![0; BUFFER];
    loop {
        let mut fds = [PollFd::new(&inotify, PollFlags::IN), PollFd::new(stop, PollFlags::IN)];
        match rustix::event::poll(&mut fds, None) {
            Ok(_) if fds.get(1).is_some_and(|fd| !fd.revents().is_empty()) => return,
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(e) => return sink(vec![Raw::Err(WatchError::Other(format!("inotify: {e}"))), Raw::Overflow]),
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
        return mask.intersects(gone).then_some(Raw::DirGone(dir));
    };
    let what = if mask.contains(EventMask::MOVED_TO) {
        What::MovedIn
    } else if mask.contains(EventMask::CREATE) {
        What::Created
    } else if mask.intersects(EventMask::DELETE | EventMask::MOVED_FROM) {
        What::Gone
    } else {
        What::Written
    };
    Some(Raw::Name { dir, name: name.to_owned(), what })
}
