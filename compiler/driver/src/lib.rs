//! The driver: from options to a [`Compilation`], which turns saved files into events.
//!
//! It owns the scopes, the decl tables, the diff and the loop (docs/architecture.md). It does not
//! know the terminal: whoever consumes its events decides what is shown and how.

mod alive;
mod builtin_module;
pub mod compilation;
pub mod embed;
mod event;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]
mod garbage_tests;
mod library;
mod lines;
mod linked;
mod messages;
pub mod options;
mod output;
mod pipeline;
mod progress;
mod reading;
mod resident;
mod scope;
#[cfg(test)]
mod test_program;
mod update;
pub mod verify;
mod watching;

pub use compilation::Compilation;
pub use event::{BuildError, Counts, Event, Report, Stop, Watching};
pub use library::{cache_dir, library_dir};
pub use options::{Abi, Optimize, Options, OutputKind, WatchOptions};
pub use progress::Progress;
pub use sema::Cancel;
pub use stdlib_ports::fs::Choice as WatchBackend;
pub use verify::Difference;
