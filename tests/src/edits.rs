//! Random edits: a project is edited thousands of times from a seed, and after every update the
//! incremental compilation must show what a build from nothing shows.
//!
//! | file | what |
//! |---|---|
//! | `random` | the numbers, from a seed |
//! | `project` | files as data; generated projects and those of the fixtures |
//! | `place` | where in a project something can be edited, found by the compiler's own parser |
//! | `operator` | the edits |
//! | `session` | one incremental compilation in this process, and builds from nothing beside it |
//! | `program` | running what was built |
//! | `judge` | what must hold after an update, and what real Zig has to say |
//! | `shrink` | a failure made small, written as a fixture |
//! | `soak` | the loop over all of this |

pub mod judge;
pub mod operator;
pub mod place;
pub mod program;
pub mod project;
pub mod random;
pub mod session;
pub mod shrink;
pub mod soak;
