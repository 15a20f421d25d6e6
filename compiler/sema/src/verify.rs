//! For `--verify-incremental` and tests: what semantics hold, in a form that does not depend on how
//! they came to it. Ids are handed out in the order of history; here everything has the name that the
//! text gives it, so that the states of two compilations of the same text can be compared.
//!
//! [`Canon`] names things, `dump` prints functions and data by these names, `check` holds what is recorded
//! of units against what comes of analysing them again. Nothing in here runs in a build that
//! is not verified.

mod check;
mod dump;

pub use crate::canon::Canon;
pub use dump::Form;
