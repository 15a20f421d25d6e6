//! The headers of an image: written only when extents or tables have changed.

use crate::elf;
use crate::image::{BSS, Image, RODATA, TEXT, TLS};
use crate::relocs::START;
use crate::slots::{PAGE, align_up};

/// Bytes at the file's start for the file header and all program headers there can ever be.
pub(crate) const HEADERS: u64 = 2 * PAGE;
/// Names of sections, and their offsets in that string.
pub(crate) const SECTION_NAMES: &[u8] = b"\0.rodata\0.text\0.data\0.tdata\0.bss\0.symtab\0.strtab\0.shstrtab\0\
    .debug_info\0.debug_abbrev\0.debug_line\0.debug_str\0.debug_line_str\0";
/// Of debug sections, in order of their numbers.
const DEBUG_NAMES: [u32; 5] = [59, 71, 85, 97, 108];
const FIRST_DEBUG: usize = 4;
const NAME_OFFSETS: [u32; 5] = [1, 9, 15, 21, 28];

impl Image {
    pub(crate) fn write_headers(&mut self) {
        let mut sections = vec![elf::Section::default(); usize::from(self.next_section)];
        if !self.options.strip {
            let (t, s) = (&self.table.symbols, &self.table.strings);
            sections[1] = elf::Section {
                name: 33,
                kind: elf::SHT_SYMTAB,
                off: t.off,
                size: t.len,
                link: 2,
                info: 1,
                align: 8,
                entry_size: elf::SYM as u64,
                ..Default::default()
            };
            let strtab = elf::Section { name: 41, kind: elf::SHT_STRTAB, align: 1, ..Default::default() };
            sections[2] = elf::Section { off: s.off, size: s.len, ..strtab };
        }
        if let Some(d) = &self.debug {
            // Strings of debug information are those of symbols.
            let strings = (self.table.strings.off, self.table.strings.len);
            let ranges = d.sections().into_iter().chain([strings, strings]);
            for (i, ((off, size), name)) in ranges.zip(DEBUG_NAMES).enumerate() {
                let kind = elf::SHT_PROGBITS;
                sections[FIRST_DEBUG + i] = elf::Section { name, kind, off, size, align: 1, ..Default::default() };
            }
        }
        sections[3] = elf::Section {
            name: 49,
            kind: elf::SHT_STRTAB,
            off: self.names_off,
            size: SECTION_NAMES.len() as u64,
            align: 1,
            ..Default::default()
        };
        let mut segments = Vec::new();
        for (w, window) in self.windows.iter().enumerate() {
            let (flags, section_flags) = match w {
                RODATA => (elf::PF_R, elf::SHF_ALLOC),
                TEXT => (elf::PF_R | elf::PF_X, elf::SHF_ALLOC | elf::SHF_EXECINSTR),
                TLS => (elf::PF_R, elf::SHF_ALLOC | elf::SHF_WRITE | elf::SHF_TLS),
                _ => (elf::PF_R | elf::PF_W, elf::SHF_ALLOC | elf::SHF_WRITE),
            };
            for e in &window.extents {
                let (off, file_size) = if w == BSS { (0, 0) } else { (e.off, e.len) };
                segments.push(elf::Segment {
                    kind: elf::PT_LOAD,
                    flags,
                    off,
                    addr: e.addr,
                    file_size,
                    mem_size: e.len,
                    align: PAGE,
                });
                // The headers at the start of the first extent are in no section.
                let skip = if w == RODATA && e.off == 0 { HEADERS } else { 0 };
                if let Some(s) = sections.get_mut(usize::from(e.section)) {
                    *s = elf::Section {
                        name: NAME_OFFSETS[w],
                        kind: if w == BSS { elf::SHT_NOBITS } else { elf::SHT_PROGBITS },
                        flags: section_flags,
                        addr: e.addr + skip,
                        off: off + skip,
                        size: e.len - skip,
                        align: 16,
                        ..Default::default()
                    };
                }
            }
        }
        if self.tls_size > 0
            && let Some(first) = self.windows[TLS].extents.first()
        {
            segments.push(elf::Segment {
                kind: elf::PT_TLS,
                flags: elf::PF_R,
                off: first.off,
                addr: self.windows[TLS].base,
                file_size: self.tls_size.min(self.windows[TLS].end() - self.windows[TLS].base),
                mem_size: self.tls_size,
                align: self.tls_align,
            });
        }
        segments.push(elf::Segment {
            kind: elf::PT_GNU_STACK,
            flags: elf::PF_R | elf::PF_W,
            off: 0,
            addr: 0,
            file_size: 0,
            mem_size: self.options.stack_size,
            align: 16,
        });
        let headers = ((segments.len() + 1) * elf::PHDR) as u64;
        let base = self.windows[RODATA].base + elf::EHDR as u64;
        let phdr = elf::Segment {
            kind: elf::PT_PHDR,
            flags: elf::PF_R,
            off: elf::EHDR as u64,
            addr: base,
            file_size: headers,
            mem_size: headers,
            align: 8,
        };
        segments.insert(0, phdr);
        let mut out = Vec::with_capacity(segments.len() * elf::PHDR);
        segments.iter().for_each(|s| s.put(&mut out));
        self.file.write(elf::EHDR as u64, &out);

        out.clear();
        sections.iter().for_each(|s| s.put(&mut out));
        if out.len() as u64 > self.sections_cap {
            self.sections_cap = align_up(out.len() as u64 * 2, 64);
            self.sections_off = self.file.grow(self.sections_cap, 64);
        }
        self.file.write(self.sections_off, &out);
        let entry = self.address(START).unwrap_or(0);
        let header = elf::file_header(entry, segments.len() as u16, self.sections_off, sections.len() as u16, 3);
        self.file.write(0, &header);
    }
}
