//! The file as the kernel and debuggers read it: what its headers map, and which symbols it has.

use super::{Checked, number, text};
use crate::elf;
use crate::image::{BSS, Image, RODATA, TEXT, TLS};
use crate::relocs::START;
use crate::slots::NO_FILE;

/// A symbol: name, address or offset, size, kind, section.
type Symbol<'a> = (&'a str, u64, u64, u64, u64);

impl Image {
    /// Every definition is loaded from where it lies, with the rights of its section; nothing is loaded twice.
    pub(super) fn check_segments(&self) -> Checked {
        let file = &*self.file.bytes;
        if number(file, 24, 8) != self.address(START) {
            return Err("the entry is not the start code".into());
        }
        let count = number(file, 56, 2).unwrap_or_default();
        let header = |i: u64, at: u64, len: usize| number(file, elf::EHDR as u64 + i * elf::PHDR as u64 + at, len);
        let (mut loads, mut tls) = (Vec::new(), None);
        for i in 0..count {
            let word = |at| header(i, at, 8).unwrap_or_default();
            // Flags, offset, address, size in the file and in memory.
            let segment = (header(i, 4, 4).unwrap_or_default(), word(8), word(16), word(32), word(40));
            match header(i, 0, 4) {
                Some(k) if k == u64::from(elf::PT_LOAD) => loads.push(segment),
                Some(k) if k == u64::from(elf::PT_TLS) => tls = Some(segment),
                _ => {}
            }
        }
        loads.sort_unstable_by_key(|s| s.2);
        for (a, b) in loads.iter().zip(loads.iter().skip(1)) {
            if a.2 + a.4 > b.2 {
                return Err(format!("{:#x} is loaded twice", b.2));
            }
        }
        for e in &self.entries {
            let Some(slot) = e.slot else { continue };
            let window = usize::from(e.window);
            let flags = match window {
                RODATA | TLS => elf::PF_R,
                TEXT => elf::PF_R | elf::PF_X,
                _ => elf::PF_R | elf::PF_W,
            };
            let segment = loads.iter().find(|s| slot.addr >= s.2 && slot.addr + e.len.max(1) <= s.2 + s.4);
            let Some(&(got, off, addr, in_file, _)) = segment else {
                return Err(format!("'{}' is not loaded", e.name));
            };
            let place = if window == BSS { NO_FILE } else { off + (slot.addr - addr) };
            let held = window == BSS || slot.addr + e.len <= addr + in_file;
            if got != u64::from(flags) || slot.off != place || !held || (window == BSS && in_file > 0) {
                return Err(format!("'{}' is not loaded as it lies in the file", e.name));
            }
            if window == TLS && tls.is_none_or(|t| slot.addr < t.2 || slot.addr + e.len > t.2 + t.3) {
                return Err(format!("'{}' is not in the thread-local block", e.name));
            }
        }
        match tls {
            Some(t) if t.4 != self.tls_size => Err("the thread-local block has another size".into()),
            _ => Ok(()),
        }
    }

    /// The symbol table names each definition once, and nothing else.
    pub(super) fn check_symbols(&self) -> Checked {
        if self.options.strip {
            return Ok(());
        }
        let file = &*self.file.bytes;
        let sections = number(file, 40, 8).unwrap_or_default();
        let field = |section: u64, at: u64, len: usize| {
            number(file, sections + section * elf::SHDR as u64 + at, len).unwrap_or_default()
        };
        let count = number(file, 60, 2).unwrap_or_default();
        let Some(symtab) = (0..count).find(|&i| field(i, 4, 4) == u64::from(elf::SHT_SYMTAB)) else {
            return Err("there is no symbol table".into());
        };
        let strings = field(field(symtab, 40, 4), 24, 8);
        let (start, size) = (field(symtab, 24, 8), field(symtab, 32, 8));
        let mut found: Vec<Symbol<'_>> = Vec::new();
        for i in 0..size / elf::SYM as u64 {
            let at = start + i * elf::SYM as u64;
            let n = |off, len| number(file, at + off, len).unwrap_or_default();
            if (0..elf::SYM as u64).any(|b| n(b, 1) != 0) {
                found.push((text(file, strings + n(0, 4)).unwrap_or("?"), n(8, 8), n(16, 8), n(4, 1), n(6, 2)));
            }
        }
        let mut expected: Vec<Symbol<'_>> = Vec::new();
        for e in &self.entries {
            let Some(slot) = e.slot else { continue };
            let (kind, value) = match usize::from(e.window) {
                TEXT => (elf::STT_FUNC, slot.addr),
                TLS => (elf::STT_TLS, slot.addr - self.windows[TLS].base),
                _ => (elf::STT_OBJECT, slot.addr),
            };
            expected.push((&e.name, value, e.len, u64::from(elf::STB_GLOBAL << 4 | kind), slot.section.into()));
        }
        found.sort_unstable();
        expected.sort_unstable();
        match found.iter().zip(&expected).find(|(f, e)| f != e) {
            Some((f, e)) => Err(format!("the symbol table has {f:x?} where {e:x?} is due")),
            None if found.len() != expected.len() => {
                Err(format!("the symbol table has {} symbols, not {}", found.len(), expected.len()))
            }
            None => Ok(()),
        }
    }
}
