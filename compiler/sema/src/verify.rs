//! For `--verify-incremental` and tests: what semantics hold, in a form that does not depend on how
//! they came to it. Ids are handed out in the order of history; here everything has the name that the
//! text gives it, so that the states of two compilations of the same text can be compared.
//!
//! `canon` names things, `dump` prints functions and data by these names. Nothing in here runs in a build
//! is not verified.

mod canon;
mod dump;

pub use canon::Canon;
pub use dump::Form;
