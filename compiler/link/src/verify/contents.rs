//! The definitions of an image without their addresses.

use codegen::LibCall;
use tir::Sym;

use crate::image::Image;
use crate::relocs::{Id, RelKind, START, TLS_BEFORE, lib_id, sym_id};
use crate::slots::NO_FILE;

/// What a definition or reference is called.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Named {
    /// A symbol of the program.
    Sym(Sym),
    /// A runtime routine.
    Routine(&'static str),
    /// The first code to run.
    Start,
}

/// A reference that a definition makes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reference {
    /// Where in the definition.
    pub offset: u32,
    /// How it is encoded.
    pub kind: &'static str,
    /// To what.
    pub target: Named,
    /// What is added to the target's address.
    pub addend: i64,
}

/// A definition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Content<'a> {
    /// What it defines.
    pub what: Named,
    /// Its name in the symbol table.
    pub name: &'a str,
    /// The kind of section that it lies in.
    pub section: &'static str,
    /// Its size in memory.
    pub len: u64,
    /// Its alignment.
    pub align: u32,
    /// Its bytes, references being zero. None of what begins as zero.
    pub bytes: Vec<u8>,
    /// Its references.
    pub refs: Vec<Reference>,
}

impl Image {
    /// All definitions, but for routines that nothing calls any more.
    pub fn contents(&self) -> Vec<Content<'_>> {
        (0..self.entries.len() as u32).filter_map(|i| self.content(Id(i))).collect()
    }

    fn content(&self, id: Id) -> Option<Content<'_>> {
        let e = self.entries.get(id.ix())?;
        let slot = e.slot?;
        let what = named(id);
        if matches!(what, Named::Routine(_)) && (e.alias_of.is_some() || e.calls.is_empty() && e.refs.is_empty()) {
            return None;
        }
        let mut bytes = match slot.off {
            NO_FILE => Vec::new(),
            off => self.file.bytes.get(off as usize..(off + e.len) as usize).unwrap_or_default().to_vec(),
        };
        let mut refs = Vec::with_capacity(e.rels.len());
        for r in &e.rels {
            let (start, len) = match r.kind {
                RelKind::Abs8 => (r.offset.into(), 8),
                RelKind::Pc4 | RelKind::Call4 => (r.offset.into(), 4),
                RelKind::Tls => (u64::from(r.offset) - TLS_BEFORE, 16),
            };
            if let Some(place) = bytes.get_mut(start as usize..start as usize + len) {
                place.fill(0);
            }
            let kind = match r.kind {
                RelKind::Abs8 => "absolute",
                RelKind::Pc4 => "relative",
                RelKind::Call4 => "call",
                RelKind::Tls => "thread-local",
            };
            refs.push(Reference { offset: r.offset, kind, target: named(r.target), addend: r.addend });
        }
        let section = self.windows.get(usize::from(e.window)).map_or("", |w| w.name);
        Some(Content { what, name: &e.name, section, len: e.len, align: e.align, bytes, refs })
    }

    /// What the program exports: external names with their symbols.
    pub fn exports(&self) -> impl Iterator<Item = (&str, Sym)> {
        self.exports.iter().map(|(n, s)| (&**n, *s))
    }

    /// A source file as its number stands for it in debug information: its directory and its path there.
    pub fn source_file(&self, n: u32) -> Option<(usize, &str)> {
        let (dir, off) = self.debug.as_ref()?.file(n)?;
        Some((dir, super::text(&self.file.bytes, self.table.strings.off + off)?))
    }
}

pub(super) fn named(id: Id) -> Named {
    match LibCall::ALL.into_iter().find(|l| lib_id(*l) == id) {
        Some(l) => Named::Routine(l.name()),
        None if id == START => Named::Start,
        None => {
            let sym = Sym(id.sym_number());
            debug_assert_eq!(sym_id(sym), id);
            Named::Sym(sym)
        }
    }
}
