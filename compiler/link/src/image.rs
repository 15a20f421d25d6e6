//! A static executable kept in memory and updated in place.
//!
//! Every definition lies in a slot of its own; replacing one touches its bytes, its symbol table
//! entry and, if it moved, the places that refer to it. Headers are rewritten only when extents
//! or tables changed.

use std::collections::BTreeSet;

use codegen::{Code, LibCall, RelocKind, RelocTarget};
use rustc_hash::FxHashMap;
use tir::{Data, Section, Sym};

use crate::debug::DebugInfo;
use crate::elf;
use crate::error::LinkError;
use crate::headers::{HEADERS, SECTION_NAMES};
use crate::relocs::{Id, Rel, RelKind, START, User, lib_id, sym_id};
use crate::runtime;
use crate::slots::{File, NO_FILE, Slot, Window, align_up};
use crate::symtab::{Name, SymbolTable};

/// Options of an image.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ImageOptions {
    /// Leave out the symbol table and debug information.
    pub strip: bool,
    /// Leave room for definitions to grow in place: for programs that will be updated.
    pub incremental: bool,
    /// Stack size that the program asks for, in bytes.
    pub stack_size: u64,
}

impl Default for ImageOptions {
    fn default() -> ImageOptions {
        ImageOptions { strip: false, incremental: true, stack_size: 16 << 20 }
    }
}

/// A complete program, and what changed in it since the last time.
#[derive(Debug)]
pub struct Finished<'a> {
    /// The whole file.
    pub bytes: &'a [u8],
    /// Changed ranges of it as (start, end), sorted and disjoint.
    pub dirty: Vec<(u64, u64)>,
}

/// Counters for tests and for `--time`.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Stats {
    /// Definitions written.
    pub written: u64,
    /// Definitions that changed their address.
    pub moved: u64,
    /// References patched.
    pub patched: u64,
    /// Jump stubs now standing in for moved functions.
    pub stubs: u64,
    /// Bytes of slots that nothing uses.
    pub free: u64,
    /// Size of the file.
    pub file: u64,
}

pub(crate) const RODATA: usize = 0;
pub(crate) const TEXT: usize = 1;
pub(crate) const DATA: usize = 2;
pub(crate) const TLS: usize = 3;
pub(crate) const BSS: usize = 4;

/// Section headers before those of the extents: none, symbols, strings, section names, five of
/// debug information.
const FIRST_SECTION: u16 = 9;
/// What is known of one symbol.
#[derive(Default)]
pub(crate) struct Entry {
    /// Where it is defined.
    pub slot: Option<Slot>,
    pub window: u8,
    pub align: u32,
    pub len: u64,
    pub name: Box<str>,
    pub stored_name: Name,
    pub elf_index: u32,
    /// Number of its debug record, plus one.
    pub debug: u32,
    /// References that it makes.
    pub rels: Vec<Rel>,
    /// Calls of it, which may go through a stub for a while.
    pub calls: Vec<User>,
    /// Other references to it, which need its true address.
    pub refs: Vec<User>,
    /// Old slots that hold jumps to it, and how many calls have still to be looked at.
    pub stubs: Vec<Slot>,
    pub unfixed: usize,
    /// Whether it is only a name.
    pub is_extern: bool,
    /// The symbol that stands for it, if it is only a name or a replaced routine.
    pub alias_of: Option<Id>,
    /// Symbols that it stands for.
    pub aliases: Vec<Id>,
}

/// An executable under construction or update.
pub struct Image {
    pub(crate) options: ImageOptions,
    pub(crate) file: File,
    pub(crate) windows: [Window; 5],
    pub(crate) entries: Vec<Entry>,
    pub(crate) table: SymbolTable,
    pub(crate) debug: Option<DebugInfo>,
    /// Symbols referred to without a definition (may hold some that no longer are).
    pub(crate) missing: BTreeSet<Id>,
    /// Symbols with stubs.
    pub(crate) stubbed: BTreeSet<Id>,
    pub(crate) exports: FxHashMap<Box<str>, Sym>,
    /// Symbols that are only names, by name.
    pub(crate) externs: FxHashMap<Box<str>, Vec<Id>>,
    entry: Option<Sym>,
    pub(crate) next_section: u16,
    pub(crate) sections_off: u64,
    pub(crate) sections_cap: u64,
    pub(crate) names_off: u64,
    pub(crate) layout_changed: bool,
    /// Size of the thread-local block in memory; offsets from the thread pointer depend on it.
    pub(crate) tls_size: u64,
    pub(crate) tls_align: u64,
    pub(crate) stats: Stats,
}

impl Image {
    /// An empty program.
    pub fn new(options: ImageOptions) -> Image {
        let mut image = Image {
            options,
            file: File::default(),
            // All within the low 2 GiB, so that every address is in reach of every other.
            windows: [
                Window::new(".rodata", 0x0100_0000, 0x1000_0000, true),
                Window::new(".text", 0x1000_0000, 0x3000_0000, true),
                Window::new(".data", 0x3000_0000, 0x4000_0000, true),
                Window::new(".tdata", 0x4000_0000, 0x4800_0000, true),
                // Last, because some kernels put the heap after the last segment without bytes.
                Window::new(".bss", 0x4800_0000, 0x7f00_0000, false),
            ],
            entries: Vec::new(),
            table: SymbolTable::default(),
            debug: None,
            missing: BTreeSet::new(),
            stubbed: BTreeSet::new(),
            exports: FxHashMap::default(),
            externs: FxHashMap::default(),
            entry: None,
            next_section: FIRST_SECTION,
            sections_off: 0,
            sections_cap: 0,
            names_off: 0,
            layout_changed: true,
            tls_size: 0,
            tls_align: 16,
            stats: Stats::default(),
        };
        image.windows[RODATA].reserve_headers(HEADERS, &mut image.file, &mut image.next_section);
        image.names_off = image.file.grow(SECTION_NAMES.len() as u64, 64);
        image.file.write(image.names_off, SECTION_NAMES);
        if !options.strip {
            image.table.start(&mut image.file);
        }
        image
    }

    /// Defines or redefines a function.
    pub fn set_func(&mut self, sym: Sym, name: &str, code: &Code) -> Result<(), LinkError> {
        self.define_code(sym_id(sym), name, code)
    }

    pub(crate) fn define_code(&mut self, id: Id, name: &str, code: &Code) -> Result<(), LinkError> {
        let mut rels = Vec::with_capacity(code.relocs.len());
        for r in &code.relocs {
            let target = match r.target {
                RelocTarget::Sym(s) => sym_id(s),
                // Part of the thread-local sequence, which is replaced as a whole.
                RelocTarget::Lib(LibCall::TlsGetAddr) => continue,
                RelocTarget::Lib(l) => {
                    self.need_routine(l)?;
                    lib_id(l)
                }
            };
            let kind = match r.kind {
                RelocKind::Abs8 => RelKind::Abs8,
                RelocKind::PcRel4 => RelKind::Pc4,
                RelocKind::Call4 | RelocKind::Plt4 => RelKind::Call4,
                RelocKind::TlsGd => RelKind::Tls,
                RelocKind::Got4 => {
                    return Err(LinkError::BadRelocation(name.into(), "position-independent code in a program"));
                }
            };
            if !kind.fits(r.offset, code.bytes.len() as u64) {
                return Err(LinkError::BadRelocation(name.into(), "outside its function"));
            }
            rels.push(Rel { offset: r.offset, kind, target, pos: 0, addend: r.addend });
        }
        self.define(id, name, TEXT, code.bytes.len() as u64, code.align, &code.bytes, rels)
    }

    /// Defines or redefines a data object.
    pub fn set_data(&mut self, data: &Data, name: &str) -> Result<(), LinkError> {
        let window = match data.section {
            Section::Rodata => RODATA,
            Section::Data => DATA,
            Section::Tls => TLS,
            Section::Bss => BSS,
        };
        let bytes: &[u8] = if window == BSS { &[] } else { &data.bytes };
        if window != BSS && data.size != bytes.len() as u64 {
            return Err(LinkError::BadRelocation(name.into(), "size and contents disagree"));
        }
        let mut rels = Vec::with_capacity(data.relocs.len());
        for r in &data.relocs {
            if !RelKind::Abs8.fits(r.offset, bytes.len() as u64) {
                return Err(LinkError::BadRelocation(name.into(), "outside its object"));
            }
            rels.push(Rel { offset: r.offset, kind: RelKind::Abs8, target: sym_id(r.sym), pos: 0, addend: r.addend });
        }
        self.define(sym_id(data.sym), name, window, data.size, data.align, bytes, rels)
    }

    fn define(
        &mut self,
        id: Id,
        name: &str,
        window: usize,
        len: u64,
        align: u32,
        bytes: &[u8],
        rels: Vec<Rel>,
    ) -> Result<(), LinkError> {
        self.forget_extern(id);
        self.detach(id);
        let align = u64::from(align.max(1)).next_power_of_two();
        let e = &self.entries[id.ix()];
        let old = e.slot;
        let stays = old.filter(|s| usize::from(e.window) == window && s.cap >= len && s.addr & (align - 1) == 0);
        let slot = match stays {
            Some(s) => self.trim(s, window, len),
            None => self.alloc(window, len, align)?,
        };
        self.stats.written += 1;
        let e = &mut self.entries[id.ix()];
        (e.slot, e.len, e.window, e.align) = (Some(slot), len, window as u8, align as u32);
        if slot.off != NO_FILE {
            self.file.write(slot.off, bytes);
        }
        // Before references are resolved: the thread-local block's size is part of them.
        if window == TLS {
            self.grow_tls(slot.addr + slot.cap, align)?;
        }
        self.attach(id, rels)?;
        if old.map(|s| s.addr) != Some(slot.addr) {
            let old_window = self.windows_of(old);
            self.moved(id, old, old_window)?;
        }
        self.name_entry(id, name);
        Ok(())
    }

    fn windows_of(&self, slot: Option<Slot>) -> usize {
        let Some(slot) = slot else { return TEXT };
        self.windows.iter().rposition(|w| slot.addr >= w.base).unwrap_or(RODATA)
    }

    fn alloc(&mut self, window: usize, len: u64, align: u64) -> Result<Slot, LinkError> {
        let roomy = self.options.incremental && window != BSS && window != TLS;
        self.windows[window].alloc(len, align, roomy, &mut self.file, &mut self.next_section, &mut self.layout_changed)
    }

    /// Gives back what a definition that has shrunk a lot no longer needs.
    fn trim(&mut self, slot: Slot, window: usize, len: u64) -> Slot {
        let need = align_up(len + len / 4 + 16, 16);
        if slot.cap < need * 2 + 256 {
            return slot;
        }
        let (kept, rest) = slot.split(slot.addr + need);
        self.windows[window].free.put(rest);
        kept
    }

    /// Gives a slot back.
    pub(crate) fn free(&mut self, slot: Slot) {
        let window = self.windows_of(Some(slot));
        self.windows[window].free.put(slot);
    }

    /// Forgets a definition. References to the symbol become undefined.
    pub fn retire(&mut self, sym: Sym) {
        let id = sym_id(sym);
        if self.entries.len() <= id.ix() {
            return;
        }
        self.forget_extern(id);
        if self.entries[id.ix()].slot.is_none() {
            return;
        }
        self.detach(id);
        let e = &mut self.entries[id.ix()];
        let (slot, stubs) = (e.slot.take(), std::mem::take(&mut e.stubs));
        let (index, name) = (std::mem::take(&mut e.elf_index), std::mem::take(&mut e.stored_name));
        let record = std::mem::take(&mut e.debug);
        e.unfixed = 0;
        if let (Some(d), Some(record)) = (&mut self.debug, record.checked_sub(1)) {
            d.remove(record, &mut self.file);
        }
        self.stubbed.remove(&id);
        for s in slot.into_iter().chain(stubs) {
            self.free(s);
        }
        if index != 0 {
            self.table.drop_entry(index, &mut self.file);
            self.table.drop_name(name);
        }
        self.entries[id.ix()].name = "".into();
        self.now_missing(id);
    }

    /// The whole file as it stands after the last [`Image::finish`]: what spares are made of.
    pub fn bytes(&self) -> &[u8] {
        &self.file.bytes
    }

    /// The function that the program starts with. It receives the initial stack pointer.
    pub fn set_entry(&mut self, sym: Sym) -> Result<(), LinkError> {
        if self.entry == Some(sym) {
            return Ok(());
        }
        self.entry = Some(sym);
        self.layout_changed = true;
        self.define_code(START, "_start", &runtime::start(sym))
    }

    pub(crate) fn entry_mut(&mut self, id: Id) -> &mut Entry {
        if self.entries.len() <= id.ix() {
            self.entries.resize_with(id.ix() + 1, Entry::default);
        }
        &mut self.entries[id.ix()]
    }

    /// Keeps the symbol table entry of a definition up to date.
    fn name_entry(&mut self, id: Id, name: &str) {
        let e = &mut self.entries[id.ix()];
        let renamed = &*e.name != name;
        if renamed {
            e.name = name.into();
        }
        if self.options.strip {
            return;
        }
        if e.elf_index == 0 {
            e.elf_index = self.table.add_entry(&mut self.file);
            e.stored_name = self.table.add_name(name, &mut self.file);
        } else if renamed {
            self.table.drop_name(e.stored_name);
            e.stored_name = self.table.add_name(name, &mut self.file);
        }
        let Some(slot) = e.slot else { return };
        let (kind, value) = match usize::from(e.window) {
            TEXT => (elf::STT_FUNC, slot.addr),
            TLS => (elf::STT_TLS, slot.addr - self.windows[TLS].base),
            _ => (elf::STT_OBJECT, slot.addr),
        };
        let entry = elf::symbol(e.stored_name.off, kind, slot.section, value, e.len);
        self.table.set_entry(e.elf_index, &entry, &mut self.file);
    }

    /// Where a symbol lies and the bytes of its definition, relocated; for tests.
    pub fn resolved(&self, sym: Sym) -> Option<(u64, &[u8])> {
        let e = self.entries.get(sym_id(sym).ix())?;
        let slot = e.slot?;
        if slot.off == NO_FILE {
            return Some((slot.addr, &[]));
        }
        Some((slot.addr, self.file.bytes.get(slot.off as usize..(slot.off + e.len) as usize)?))
    }

    /// Definitions written and references patched since the image began; of [`Image::stats`] what
    /// costs nothing to know.
    pub fn work(&self) -> (u64, u64) {
        (self.stats.written, self.stats.patched)
    }

    /// Counters since the image began.
    pub fn stats(&self) -> Stats {
        Stats {
            stubs: self.stubbed.len() as u64,
            free: self.windows.iter().map(|w| w.free.bytes()).sum(),
            file: self.file.len(),
            ..self.stats
        }
    }

    /// Completes the program. On failure nothing is lost: the next success reports all changes.
    pub fn finish(&mut self) -> Result<Finished<'_>, LinkError> {
        let undefined = self.undefined();
        if !undefined.is_empty() {
            return Err(LinkError::Undefined(undefined));
        }
        if self.entry.is_none() {
            return Err(LinkError::NoEntry);
        }
        self.fix_stubbed_calls()?;
        let code = (self.windows[TEXT].base, self.windows[TEXT].end());
        if let Some(d) = &mut self.debug {
            self.layout_changed |= d.finish(code, self.layout_changed, &mut self.file);
        }
        if self.layout_changed || self.table.changed {
            self.write_headers();
            self.layout_changed = false;
            self.table.changed = false;
        }
        let dirty = self.file.take_dirty();
        Ok(Finished { bytes: &self.file.bytes, dirty })
    }
}
