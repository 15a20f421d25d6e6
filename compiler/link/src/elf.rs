//! ELF encodings: the few structures of a static x86_64 executable.

/// Size of the file header.
pub(crate) const EHDR: usize = 64;
/// Size of a program header.
pub(crate) const PHDR: usize = 56;
/// Size of a section header.
pub(crate) const SHDR: usize = 64;
/// Size of a symbol table entry.
pub(crate) const SYM: usize = 24;

pub(crate) const PT_LOAD: u32 = 1;
pub(crate) const PT_PHDR: u32 = 6;
pub(crate) const PT_TLS: u32 = 7;
pub(crate) const PT_GNU_STACK: u32 = 0x6474_e551;

pub(crate) const PF_X: u32 = 1;
pub(crate) const PF_W: u32 = 2;
pub(crate) const PF_R: u32 = 4;

pub(crate) const SHT_PROGBITS: u32 = 1;
pub(crate) const SHT_SYMTAB: u32 = 2;
pub(crate) const SHT_STRTAB: u32 = 3;
pub(crate) const SHT_NOBITS: u32 = 8;

pub(crate) const SHF_WRITE: u64 = 1;
pub(crate) const SHF_ALLOC: u64 = 2;
pub(crate) const SHF_EXECINSTR: u64 = 4;
pub(crate) const SHF_TLS: u64 = 0x400;

pub(crate) const STB_GLOBAL: u8 = 1;
pub(crate) const STT_OBJECT: u8 = 1;
pub(crate) const STT_FUNC: u8 = 2;
pub(crate) const STT_TLS: u8 = 6;

/// A program header.
#[derive(Clone, Copy)]
pub(crate) struct Segment {
    pub kind: u32,
    pub flags: u32,
    pub off: u64,
    pub addr: u64,
    pub file_size: u64,
    pub mem_size: u64,
    pub align: u64,
}

impl Segment {
    pub fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.kind.to_le_bytes());
        out.extend_from_slice(&self.flags.to_le_bytes());
        for v in [self.off, self.addr, self.addr, self.file_size, self.mem_size, self.align] {
            out.extend_from_slice(&v.to_le_bytes());
        }
    }
}

/// A section header.
#[derive(Clone, Copy, Default)]
pub(crate) struct Section {
    pub name: u32,
    pub kind: u32,
    pub flags: u64,
    pub addr: u64,
    pub off: u64,
    pub size: u64,
    pub link: u32,
    pub info: u32,
    pub align: u64,
    pub entry_size: u64,
}

impl Section {
    pub fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.name.to_le_bytes());
        out.extend_from_slice(&self.kind.to_le_bytes());
        for v in [self.flags, self.addr, self.off, self.size] {
            out.extend_from_slice(&v.to_le_bytes());
        }
        out.extend_from_slice(&self.link.to_le_bytes());
        out.extend_from_slice(&self.info.to_le_bytes());
        out.extend_from_slice(&self.align.to_le_bytes());
        out.extend_from_slice(&self.entry_size.to_le_bytes());
    }
}

/// The file header of a static executable.
pub(crate) fn file_header(entry: u64, segments: u16, sections_off: u64, sections: u16, names: u16) -> [u8; EHDR] {
    let mut h = [0u8; EHDR];
    h[..7].copy_from_slice(&[0x7f, b'E', b'L', b'F', 2, 1, 1]);
    h[16..18].copy_from_slice(&2u16.to_le_bytes()); // ET_EXEC
    h[18..20].copy_from_slice(&62u16.to_le_bytes()); // EM_X86_64
    h[20..24].copy_from_slice(&1u32.to_le_bytes());
    h[24..32].copy_from_slice(&entry.to_le_bytes());
    h[32..40].copy_from_slice(&(EHDR as u64).to_le_bytes());
    h[40..48].copy_from_slice(&sections_off.to_le_bytes());
    h[52..54].copy_from_slice(&(EHDR as u16).to_le_bytes());
    h[54..56].copy_from_slice(&(PHDR as u16).to_le_bytes());
    h[56..58].copy_from_slice(&segments.to_le_bytes());
    h[58..60].copy_from_slice(&(SHDR as u16).to_le_bytes());
    h[60..62].copy_from_slice(&sections.to_le_bytes());
    h[62..64].copy_from_slice(&names.to_le_bytes());
    h
}

/// A symbol table entry.
pub(crate) fn symbol(name: u32, kind: u8, section: u16, value: u64, size: u64) -> [u8; SYM] {
    let mut s = [0u8; SYM];
    s[0..4].copy_from_slice(&name.to_le_bytes());
    s[4] = STB_GLOBAL << 4 | kind;
    s[6..8].copy_from_slice(&section.to_le_bytes());
    s[8..16].copy_from_slice(&value.to_le_bytes());
    s[16..24].copy_from_slice(&size.to_le_bytes());
    s
}
