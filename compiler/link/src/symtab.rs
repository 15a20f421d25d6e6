//! The symbol and string tables of an image: entries are patched one by one; a table that is full
//! moves to the end of the file with twice the room.

use crate::elf;
use crate::slots::{File, FreeLists, NO_FILE, Slot, align_up};

/// A growing range of the file outside all memory windows.
#[derive(Default)]
pub(crate) struct Chunk {
    pub off: u64,
    pub len: u64,
    cap: u64,
}

impl Chunk {
    /// Makes room for `len` bytes in all. Whether it moved.
    pub fn reserve(&mut self, len: u64, file: &mut File) -> bool {
        if len <= self.cap {
            return false;
        }
        let cap = align_up(len.max(self.cap * 2).max(512), 64);
        if self.cap > 0 && self.off + self.cap == file.len() {
            file.grow(cap - self.cap, 1);
            self.cap = cap;
            return false;
        }
        let off = file.grow(cap, 64);
        file.copy(self.off, self.len, off);
        (self.off, self.cap) = (off, cap);
        true
    }
}

/// A name in the string table: its offset there and the room it has.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Name {
    pub off: u32,
    cap: u32,
}

/// Both tables.
#[derive(Default)]
pub(crate) struct SymbolTable {
    pub symbols: Chunk,
    pub strings: Chunk,
    free_entries: Vec<u32>,
    free_names: FreeLists,
    /// Whether a table moved or grew since the headers were written.
    pub changed: bool,
}

impl SymbolTable {
    /// Starts both tables with their obligatory empty first entries.
    pub fn start(&mut self, file: &mut File) {
        self.symbols.reserve(elf::SYM as u64, file);
        self.symbols.len = elf::SYM as u64;
        self.strings.reserve(16, file);
        self.strings.len = 16;
        self.changed = true;
    }

    /// Stores a name.
    pub fn add_name(&mut self, name: &str, file: &mut File) -> Name {
        let need = align_up(name.len() as u64 + 1, 16);
        let (off, cap) = match self.free_names.take(need, 1) {
            Some(s) => (s.addr, s.cap),
            None => {
                let off = self.strings.len;
                self.strings.reserve(off + need, file);
                self.strings.len = off + need;
                self.changed = true;
                (off, need)
            }
        };
        let mut bytes = name.as_bytes().to_vec();
        bytes.resize(cap as usize, 0);
        file.write(self.strings.off + off, &bytes);
        Name { off: off as u32, cap: cap as u32 }
    }

    /// Gives a name's room back.
    pub fn drop_name(&mut self, name: Name) {
        if name.cap > 0 {
            self.free_names.put(Slot { addr: u64::from(name.off), off: NO_FILE, cap: u64::from(name.cap), section: 0 });
        }
    }

    /// Index of a new entry.
    pub fn add_entry(&mut self, file: &mut File) -> u32 {
        if let Some(i) = self.free_entries.pop() {
            return i;
        }
        let i = self.symbols.len / elf::SYM as u64;
        self.symbols.reserve(self.symbols.len + elf::SYM as u64, file);
        self.symbols.len += elf::SYM as u64;
        self.changed = true;
        i as u32
    }

    /// Writes an entry.
    pub fn set_entry(&mut self, index: u32, entry: &[u8; elf::SYM], file: &mut File) {
        let off = self.symbols.off + u64::from(index) * elf::SYM as u64;
        let range = off as usize..off as usize + elf::SYM;
        if file.bytes.get(range) != Some(entry) {
            file.write(off, entry);
        }
    }

    /// Empties an entry.
    pub fn drop_entry(&mut self, index: u32, file: &mut File) {
        self.set_entry(index, &[0; elf::SYM], file);
        self.free_entries.push(index);
    }
}
