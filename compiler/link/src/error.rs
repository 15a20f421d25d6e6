//! Why linking failed.

use thiserror::Error;

/// A failure of the linker. The image stays consistent: the driver may mend its input and go on.
#[derive(Error, Clone, PartialEq, Eq, Debug)]
pub enum LinkError {
    /// Symbols that are referred to but defined nowhere, by name, sorted.
    #[error("undefined symbol: {}", .0.join(", "))]
    Undefined(Vec<String>),
    /// No entry point was set.
    #[error("no entry point")]
    NoEntry,
    /// An export of this name stands already.
    #[error("exported symbol collision: {0}")]
    DuplicateExport(String),
    /// A section has outgrown its address window.
    #[error("section {0} is too large")]
    TooLarge(&'static str),
    /// A relocation's value does not fit its place.
    #[error("relocation in {0} out of range")]
    OutOfRange(String),
    /// A relocation lies outside its function or object, or makes no sense here.
    #[error("bad relocation in {0}: {1}")]
    BadRelocation(String, &'static str),
    /// Writing an object file failed; the writer's own words.
    #[error("object file: {0}")]
    Object(String),
    /// The system's linker failed; its own words.
    #[error("{0}")]
    System(String),
}
