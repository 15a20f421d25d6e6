//! Where raw events come from. A [`Backend`] watches directories and reports names in them; all
//! that is above it (files, symlinks, directories that come and go, coalescing) is common to all.
//!
//! A backend owns its threads; dropping it stops and joins them. It hands events to a [`Sink`] in
//! batches, and may do so from any thread, even before [`Backend::watch`] has returned.

mod fanotify;
mod inotify;
mod mounts;
mod poll;
mod portable;
mod reader;
mod route;

pub(crate) use reader::{Bell, Handle, read_once};
pub(crate) use route::Router;

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;
use std::sync::Arc;
use thiserror::Error;

/// Names a watched directory towards the backend that watches it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Key(pub u64);

/// What is known about a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// Its content was written and closed, or its attributes changed; it is the same entry as before.
    Written,
    /// It appeared whole: renamed into place.
    MovedIn,
    /// It was created, perhaps still without its content.
    Created,
    /// It was deleted or renamed away.
    Gone,
    /// Anything may have happened.
    Unknown,
}

/// An event as the backend saw it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Raw {
    /// Something happened to a name in a watched directory.
    Name {
        /// The directory.
        dir: Key,
        /// The entry's name.
        name: OsString,
        /// What happened.
        what: What,
    },
    /// The watch on a directory has ended: it was deleted, or its file system was unmounted.
    DirGone(Key),
    /// A directory's attributes have changed, and with them perhaps what can be seen in it.
    DirTouched(Key),
    /// Something was mounted or unmounted somewhere.
    Mounts,
    /// Events were lost.
    Overflow,
    /// The backend is in trouble, but goes on.
    Err(WatchError),
}

/// Receives batches of events.
pub type Sink = Arc<dyn Fn(Vec<Raw>) + Send + Sync>;

/// A source of raw events.
pub(crate) trait Backend: Send {
    /// What others may read in place of the backend's own thread.
    fn handle(&self) -> Option<Handle> {
        None
    }
    /// Starts to watch the entries of a directory given by its real path. `content` asks for
    /// writes to entries as well, not only for entries that come and go. Watching what is
    /// watched already may widen the watch and gives the same key.
    fn watch(&mut self, dir: &Path, content: bool) -> Result<Key, WatchError>;
    /// Ends a watch. Events already on their way may still arrive.
    fn unwatch(&mut self, key: Key);
    /// Whether all names of a watched directory are reported, those that do not matter too.
    fn hears_all(&self, _key: Key) -> bool {
        false
    }
    /// Says that a name in a watched directory matters; [`ALL_NAMES`] for the listing itself.
    /// Backends that hear of all names need not know. Whether it is a symlink now, if that was found
    /// out by the way.
    fn want(&mut self, _key: Key, _name: &OsStr) -> Option<bool> {
        None
    }
    /// Says that a name does not matter any more.
    fn unwant(&mut self, _key: Key, _name: &OsStr) {}
}

/// In place of a name: whatever is in the directory.
pub(crate) const ALL_NAMES: &str = ".";

/// Which backend to use.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Choice {
    /// The best that works, found out for each mount.
    #[default]
    Auto,
    /// The kernel's fanotify, as it is open to any user.
    Fanotify,
    /// The kernel's inotify.
    Inotify,
    /// Whatever the operating system offers, through `notify`.
    Notify,
    /// Looking again and again.
    Poll,
}

/// Trouble with watching. None of these ends the watch as a whole.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Error)]
pub enum WatchError {
    /// A limit of the kernel is exhausted.
    #[error("the limit {sysctl} is reached ({}); raise it with: sysctl {sysctl}=N", .value.map_or("value unknown".to_owned(), |v| v.to_string()))]
    Limit {
        /// The limit's name, as `sysctl` spells it.
        sysctl: &'static str,
        /// Its value, if it could be read.
        value: Option<u64>,
    },
    /// The process has too many open files.
    #[error("too many open files (see ulimit -n)")]
    OpenFiles,
    /// A directory cannot be watched.
    #[error("cannot watch {dir}: {error}")]
    Dir {
        /// The directory.
        dir: String,
        /// The operating system's reason.
        error: String,
        /// Its kind.
        kind: io::ErrorKind,
    },
    /// The kernel or the file system cannot do what this backend needs.
    #[error("{0}")]
    Unsupported(String),
    /// The backend as a whole failed.
    #[error("{0}")]
    Other(String),
}

impl WatchError {
    fn dir(dir: &Path, error: &io::Error) -> WatchError {
        WatchError::Dir { dir: dir.display().to_string(), error: error.to_string(), kind: error.kind() }
    }

    /// Whether another backend could do what this one cannot.
    fn wants_fallback(&self) -> bool {
        !matches!(self, WatchError::Dir { .. })
    }
}

/// The limit that was hit: a user's, or the one of a container within it where that is lower.
fn limit(of_user: &'static str, of_namespace: &'static str) -> WatchError {
    let value = |sysctl: &str| -> Option<u64> {
        let path = format!("/proc/sys/{}", sysctl.replace('.', "/"));
        std::fs::read_to_string(path).ok()?.trim().parse().ok()
    };
    let (user, namespace) = (value(of_user), value(of_namespace));
    match (user, namespace) {
        (Some(user), Some(namespace)) if namespace < user => {
            WatchError::Limit { sysctl: of_namespace, value: Some(namespace) }
        }
        _ => WatchError::Limit { sysctl: of_user, value: user },
    }
}

/// Whether this process has as many descriptors as it may have.
fn out_of_descriptors() -> bool {
    let open = std::fs::read_dir("/proc/self/fd").map(Iterator::count);
    let allowed = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    match (open, allowed) {
        (Ok(open), Some(allowed)) => open as u64 >= allowed,
        // Not even this could be opened.
        (Err(_), _) => true,
        (_, None) => false,
    }
}
