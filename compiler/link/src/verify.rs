//! What holds of an image whatever its history, and what it contains in a form that does not depend on
//! where things lie: for holding an updated image against one made in one go.
//!
//! [`Image::check`] reads the finished file the way the kernel and debuggers do and the tables beside
//! it, and looks for what updates in place can get wrong: slots that overlap or are lost, references that
//! were not patched, entries of what is gone. [`Image::contents`] lists the definitions. Nothing in here
//! runs in a build that is not verified.

mod contents;
mod references;
mod space;
mod tables;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests;

pub use contents::{Content, Named, Reference};

use crate::image::Image;

/// What is wrong, if anything.
pub(crate) type Checked = Result<(), String>;

impl Image {
    /// Checks the program as [`Image::finish`] left it. The error says what is wrong first.
    pub fn check(&self) -> Checked {
        self.check_references()?;
        self.check_space()?;
        self.check_segments()?;
        self.check_symbols()?;
        self.check_records()
    }
}

/// A little-endian number in a file.
pub(crate) fn number(bytes: &[u8], off: u64, len: usize) -> Option<u64> {
    let off = usize::try_from(off).ok()?;
    let mut n = [0; 8];
    n.get_mut(..len)?.copy_from_slice(bytes.get(off..off.checked_add(len)?)?);
    Some(u64::from_le_bytes(n))
}

/// Text up to a zero byte.
pub(crate) fn text(bytes: &[u8], off: u64) -> Option<&str> {
    let rest = bytes.get(usize::try_from(off).ok()?..)?;
    std::str::from_utf8(rest.split(|b| *b == 0).next()?).ok()
}
