//! Relocatable objects: the same functions and data as in a program, for the system's linker.

use codegen::{Code, LibCall, RelocKind, RelocTarget};
use object::elf;
use object::write::{Object, Relocation, SectionId, StandardSection, Symbol, SymbolId, SymbolSection};
use object::{
    Architecture, BinaryFormat, Endianness, RelocationFlags, SectionFlags, SectionKind, SymbolFlags, SymbolKind,
    SymbolScope,
};
use rustc_hash::{FxHashMap, FxHashSet};
use tir::{Data, Section, Sym};

use crate::error::LinkError;
use crate::runtime;

/// What a definition's place holds, until all symbols are known.
struct Pending {
    section: SectionId,
    offset: u64,
    kind: RelocKind,
    target: RelocTarget,
    addend: i64,
}

/// A definition's place.
#[derive(Clone, Copy)]
struct Placed {
    section: SectionId,
    offset: u64,
    size: u64,
    kind: SymbolKind,
}

/// Collects definitions and writes an object file. The order of calls is the order in the file.
pub struct ObjectBuilder {
    object: Object<'static>,
    placed: FxHashMap<Sym, Placed>,
    /// Definitions in order, with their own names.
    names: Vec<(Sym, String)>,
    externs: FxHashMap<Sym, String>,
    exports: Vec<(String, Sym)>,
    pending: Vec<Pending>,
}

impl Default for ObjectBuilder {
    fn default() -> ObjectBuilder {
        ObjectBuilder::new()
    }
}

impl ObjectBuilder {
    /// An empty object.
    pub fn new() -> ObjectBuilder {
        let mut object = Object::new(BinaryFormat::Elf, Architecture::X86_64, Endianness::Little);
        // Without this section the system's linker makes the stack executable.
        let note = object.add_section(Vec::new(), b".note.GNU-stack".to_vec(), SectionKind::Other);
        object.section_mut(note).flags = SectionFlags::Elf { sh_flags: 0 };
        ObjectBuilder {
            object,
            placed: FxHashMap::default(),
            names: Vec::new(),
            externs: FxHashMap::default(),
            exports: Vec::new(),
            pending: Vec::new(),
        }
    }

    /// Adds a function; its code must be position-independent if the result is to be.
    pub fn add_func(&mut self, sym: Sym, name: &str, code: &Code) {
        let section = self.object.section_id(StandardSection::Text);
        let offset = self.object.append_section_data(section, &code.bytes, u64::from(code.align));
        self.place(sym, name, Placed { section, offset, size: code.bytes.len() as u64, kind: SymbolKind::Text });
        for r in &code.relocs {
            let at = offset + u64::from(r.offset);
            self.pending.push(Pending { section, offset: at, kind: r.kind, target: r.target, addend: r.addend });
        }
    }

    /// Adds a data object.
    pub fn add_data(&mut self, data: &Data, name: &str) {
        let (standard, kind) = match data.section {
            // Addresses are filled in when the program is loaded, so it must be writable then.
            Section::Rodata if !data.relocs.is_empty() => (StandardSection::ReadOnlyDataWithRel, SymbolKind::Data),
            Section::Rodata => (StandardSection::ReadOnlyData, SymbolKind::Data),
            Section::Data => (StandardSection::Data, SymbolKind::Data),
            Section::Bss => (StandardSection::UninitializedData, SymbolKind::Data),
            Section::Tls => (StandardSection::Tls, SymbolKind::Tls),
        };
        let section = self.object.section_id(standard);
        let align = u64::from(data.align.max(1));
        let offset = if data.section == Section::Bss {
            self.object.append_section_bss(section, data.size, align)
        } else {
            self.object.append_section_data(section, &data.bytes, align)
        };
        self.place(data.sym, name, Placed { section, offset, size: data.size, kind });
        for r in &data.relocs {
            let (at, target) = (offset + u64::from(r.offset), RelocTarget::Sym(r.sym));
            self.pending.push(Pending { section, offset: at, kind: RelocKind::Abs8, target, addend: r.addend });
        }
    }

    fn place(&mut self, sym: Sym, name: &str, placed: Placed) {
        self.placed.insert(sym, placed);
        self.names.push((sym, name.to_owned()));
    }

    /// Declares that a symbol is defined elsewhere, under this name.
    pub fn set_extern(&mut self, sym: Sym, name: &str) {
        self.externs.insert(sym, name.to_owned());
    }

    /// Gives a definition an external name; it may have several.
    pub fn set_export(&mut self, name: &str, sym: Sym) {
        self.exports.push((name.to_owned(), sym));
    }

    /// The object file.
    pub fn finish(mut self) -> Result<Vec<u8>, LinkError> {
        self.add_syscall_routine();
        let mut ids: FxHashMap<Sym, SymbolId> = FxHashMap::default();
        let mut by_name: FxHashMap<String, SymbolId> = FxHashMap::default();
        let exported: FxHashSet<Sym> = self.exports.iter().map(|e| e.1).collect();
        let names = std::mem::take(&mut self.names);
        for (sym, name) in names {
            if !exported.contains(&sym)
                && let Some(p) = self.placed.get(&sym)
            {
                let symbol = defined(&name, *p, SymbolScope::Compilation);
                ids.insert(sym, self.object.add_symbol(symbol));
            }
        }
        for (name, sym) in std::mem::take(&mut self.exports) {
            let Some(p) = self.placed.get(&sym) else {
                return Err(LinkError::Undefined(vec![name]));
            };
            let id = self.object.add_symbol(defined(&name, *p, SymbolScope::Dynamic));
            ids.entry(sym).or_insert(id);
            if by_name.insert(name.clone(), id).is_some() {
                return Err(LinkError::DuplicateExport(name));
            }
        }
        let mut missing = Vec::new();
        for p in std::mem::take(&mut self.pending) {
            let name = match p.target {
                RelocTarget::Sym(s) => match (ids.get(&s), self.externs.get(&s)) {
                    (Some(id), _) => Err(*id),
                    (None, Some(name)) => Ok(name.clone()),
                    (None, None) => {
                        missing.push(format!("symbol {}", s.0));
                        continue;
                    }
                },
                RelocTarget::Lib(l) => match ids.get(&SYSCALL) {
                    Some(id) if l == LibCall::Syscall => Err(*id),
                    _ => Ok(l.name().to_owned()),
                },
            };
            let symbol = match name {
                Err(id) => id,
                Ok(name) => match by_name.get(&name) {
                    Some(id) => *id,
                    None => {
                        let id = self.object.add_symbol(undefined(&name));
                        by_name.insert(name, id);
                        id
                    }
                },
            };
            let r_type = match p.kind {
                RelocKind::Abs8 => elf::R_X86_64_64,
                RelocKind::PcRel4 => elf::R_X86_64_PC32,
                RelocKind::Call4 | RelocKind::Plt4 => elf::R_X86_64_PLT32,
                RelocKind::Got4 => elf::R_X86_64_GOTPCREL,
                RelocKind::TlsGd => elf::R_X86_64_TLSGD,
            };
            let flags = RelocationFlags::Elf { r_type };
            let relocation = Relocation { offset: p.offset, symbol, addend: p.addend, flags };
            self.object.add_relocation(p.section, relocation).map_err(|e| LinkError::Object(e.to_string()))?;
        }
        if !missing.is_empty() {
            missing.sort();
            missing.dedup();
            return Err(LinkError::Undefined(missing));
        }
        self.object.write().map_err(|e| LinkError::Object(e.to_string()))
    }

    /// The system call routine is nobody else's: every object that needs it has its own.
    fn add_syscall_routine(&mut self) {
        let needed = self.pending.iter().any(|p| p.target == RelocTarget::Lib(LibCall::Syscall));
        if needed && let Some(code) = runtime::routine(LibCall::Syscall) {
            self.add_func(SYSCALL, LibCall::Syscall.name(), &code);
        }
    }
}

/// Stands for the object's own system call routine.
const SYSCALL: Sym = Sym(u32::MAX);

fn defined(name: &str, p: Placed, scope: SymbolScope) -> Symbol {
    Symbol {
        name: name.as_bytes().to_vec(),
        value: p.offset,
        size: p.size,
        kind: p.kind,
        scope,
        weak: false,
        section: SymbolSection::Section(p.section),
        flags: SymbolFlags::None,
    }
}

fn undefined(name: &str) -> Symbol {
    Symbol {
        name: name.as_bytes().to_vec(),
        value: 0,
        size: 0,
        kind: SymbolKind::Unknown,
        scope: SymbolScope::Unknown,
        weak: false,
        section: SymbolSection::Undefined,
        flags: SymbolFlags::None,
    }
}
