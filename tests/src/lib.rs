//! Shared pieces of the test harnesses: each fixture under `fixtures/` becomes one test, run both
//! through our compiler and through real Zig 0.15.2 (the *oracle*); `fixtures/README.md` documents
//! the formats. The fixtures know the compiler only as a process, so that a test sees what a user sees;
//! random edits ([`edits`]) embed it, for speed.

pub mod case;
pub mod diagnostics;
pub mod edits;
pub mod incremental;
pub mod library;
pub mod oracle;
pub mod outcome;
pub mod pending;
pub mod process;
pub mod run;
pub mod runner;

/// What a test half returns: nothing, or the text of its failure.
pub type Checked<T = ()> = Result<T, String>;
