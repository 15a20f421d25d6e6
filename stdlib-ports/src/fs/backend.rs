//! Where raw events come from. A [`Backend`] watches directories and reports names in them; all
//! that is above it (files, symlinks, directories that come and go, coalescing) is common to all.
//!
//! A backend owns its threads; dropping it stops and joins them. It hands events to a [`Sink`] in
//! batches, and may do so from any thread, even before [`Backend::watch`] has returned.

mod inotify;
mod poll;
mod portable;

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
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
    /// Events were lost.
    Overflow,
    /// The backend is in trouble, but goes on.
    Err(WatchError),
}

/// Receives batches of events.
pub type Sink = Arc<dyn Fn(Vec<Raw>) + Send + Sync>;

/// A source of raw events.
pub trait Backend: Send {
    /// The name by which users know it.
    fn name(&self) -> &'static str;
    /// Starts to watch the entries of a directory given by its real path. `content` asks for
    /// writes to entries as well, not only for entries that come and go. Watching what is
    /// watched already may widen the watch and gives the same key.
    fn watch(&mut self, dir: &Path, content: bool) -> Result<Key, WatchError>;
    /// Ends a watch. Events already on their way may still arrive.
    fn unwatch(&mut self, key: Key);
}

/// Which backend to use.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Choice {
    /// The best that works here.
    #[default]
    Auto,
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
    /// The backend as a whole failed.
    #[error("{0}")]
    Other(String),
}

impl WatchError {
    /// Whether another backend could do what this one cannot.
    pub(crate) fn wants_fallback(&self) -> bool {
        matches!(self, WatchError::Limit { .. } | WatchError::OpenFiles)
    }
}

/// Opens the backend that was chosen. With [`Choice::Auto`], a second value says why it is not
/// the first choice.
pub(crate) fn open(
    choice: Choice,
    poll_interval: Duration,
    sink: Sink,
) -> Result<(Box<dyn Backend>, Option<WatchError>), WatchError> {
    match choice {
        Choice::Inotify => Ok((Box::new(inotify::Inotify::new(sink)?), None)),
        Choice::Notify => Ok((Box::new(portable::Portable::new(sink)?), None)),
        Choice::Poll => Ok((Box::new(poll::Poll::new(poll_interval, sink)?), None)),
        Choice::Auto => match inotify::Inotify::new(sink.clone()) {
            Ok(backend) => Ok((Box::new(backend), None)),
            Err(e) => Ok((Box::new(poll::Poll::new(poll_interval, sink)?), Some(e))),
        },
    }
}
