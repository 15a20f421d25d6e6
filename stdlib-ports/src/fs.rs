//! The file system: watching.

pub mod backend;
mod dirty;
pub mod watch;

pub use backend::{Choice, WatchError};
pub use dirty::Event;
pub use watch::{Counts, Options, Waker, Watch};
