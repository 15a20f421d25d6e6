//! Data objects: constants and global variables with their bytes and relocations.

use crate::Sym;

/// Where a data object lives.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Section {
    /// Read-only.
    Rodata,
    /// Writable, with initial bytes.
    Data,
    /// Writable, zero at start; `bytes` is empty.
    Bss,
    /// Thread-local, with initial bytes.
    Tls,
}

/// An address stored in data: at `offset`, the address of `sym` plus `addend` (8 bytes).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct DataReloc {
    /// Byte offset in the object.
    pub offset: u32,
    /// What it points to.
    pub sym: Sym,
    /// Added to the address.
    pub addend: i64,
}

/// One data object.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Data {
    /// The symbol that this object defines.
    pub sym: Sym,
    /// Its section.
    pub section: Section,
    /// Size in bytes; equals `bytes.len()` except in `Bss`.
    pub size: u64,
    /// Alignment in bytes, a power of two.
    pub align: u32,
    /// Initial bytes.
    pub bytes: Vec<u8>,
    /// Addresses within, by increasing offset.
    pub relocs: Vec<DataReloc>,
}
