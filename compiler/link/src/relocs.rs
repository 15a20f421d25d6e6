//! References between definitions, in both directions.
//!
//! Every definition keeps the references that it makes; every symbol keeps the references made to
//! it. Each side knows its position in the other, so that adding and removing one costs the same
//! however popular the symbol is.

use codegen::LibCall;
use tir::Sym;

use crate::error::LinkError;
use crate::image::{Image, TEXT, TLS};
use crate::slots::{NO_FILE, PAGE, Slot, align_up};

/// A symbol of the image: runtime routines first, then the start code, then the program's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Id(pub u32);

impl Id {
    pub fn ix(self) -> usize {
        self.0 as usize
    }
    /// The program's number of it.
    pub fn sym_number(self) -> u32 {
        self.0.saturating_sub(ROUTINES + 1)
    }
}

const ROUTINES: u32 = LibCall::ALL.len() as u32;
/// The start code.
pub(crate) const START: Id = Id(ROUTINES);

pub(crate) fn lib_id(lib: LibCall) -> Id {
    Id(lib.index() as u32)
}

pub(crate) fn sym_id(sym: Sym) -> Id {
    Id(sym.0.saturating_add(ROUTINES + 1))
}

/// How a reference is encoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum RelKind {
    /// 8 bytes, absolute.
    Abs8,
    /// 4 bytes, relative to their own address.
    Pc4,
    /// The same, of a call: it may arrive at a stub.
    Call4,
    /// A thread-local address sequence of 16 bytes around the place.
    Tls,
}

impl RelKind {
    /// Whether the encoding lies within `len` bytes.
    pub fn fits(self, offset: u32, len: u64) -> bool {
        let (before, size) = match self {
            RelKind::Abs8 => (0, 8),
            RelKind::Pc4 | RelKind::Call4 => (0, 4),
            RelKind::Tls => (TLS_BEFORE, 16 - TLS_BEFORE),
        };
        u64::from(offset) >= before && u64::from(offset) + size <= len
    }
}

/// Bytes of the thread-local sequence before its relocation.
pub(crate) const TLS_BEFORE: u64 = 4;

/// A reference, at the definition that makes it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rel {
    pub offset: u32,
    pub kind: RelKind,
    pub target: Id,
    /// Position in the target's list.
    pub pos: u32,
    pub addend: i64,
}

/// A reference, at the symbol that it is to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct User {
    pub id: Id,
    /// Position in the user's list.
    pub rel: u32,
}

/// A moved function with more callers than this leaves a jump behind.
const FEW: usize = 256;

impl Image {
    /// The address that references to a symbol resolve to.
    pub(crate) fn address(&self, id: Id) -> Option<u64> {
        let e = self.entries.get(id.ix())?;
        match e.alias_of {
            Some(other) => self.entries.get(other.ix())?.slot.map(|s| s.addr),
            None => e.slot.map(|s| s.addr),
        }
    }

    /// Removes all references that a definition makes.
    pub(crate) fn detach(&mut self, id: Id) {
        for i in 0..self.entries[id.ix()].rels.len() {
            let Rel { kind, target, pos, .. } = self.entries[id.ix()].rels[i];
            let e = &mut self.entries[target.ix()];
            let list = if kind == RelKind::Call4 { &mut e.calls } else { &mut e.refs };
            list.swap_remove(pos as usize);
            let moved = list.get(pos as usize).copied();
            e.unfixed = e.unfixed.min(e.calls.len());
            if let Some(user) = moved {
                self.entries[user.id.ix()].rels[user.rel as usize].pos = pos;
            }
        }
        self.entries[id.ix()].rels.clear();
    }

    /// Adds references to a definition that has none, and encodes them.
    pub(crate) fn attach(&mut self, id: Id, mut rels: Vec<Rel>) -> Result<(), LinkError> {
        for (i, r) in rels.iter_mut().enumerate() {
            let user = User { id, rel: i as u32 };
            let e = self.entry_mut(r.target);
            let list = if r.kind == RelKind::Call4 { &mut e.calls } else { &mut e.refs };
            r.pos = list.len() as u32;
            list.push(user);
            if self.address(r.target).is_none() {
                self.missing.insert(r.target);
            }
        }
        let n = rels.len();
        self.entries[id.ix()].rels = rels;
        for i in 0..n {
            self.patch(User { id, rel: i as u32 })?;
        }
        Ok(())
    }

    /// Encodes one reference, if its target has an address.
    fn patch(&mut self, user: User) -> Result<(), LinkError> {
        let e = &self.entries[user.id.ix()];
        let (Some(slot), Some(r)) = (e.slot, e.rels.get(user.rel as usize)) else { return Ok(()) };
        let r = *r;
        let Some(target) = self.address(r.target) else { return Ok(()) };
        if slot.off == NO_FILE {
            return Ok(());
        }
        self.stats.patched += 1;
        let value = target.wrapping_add_signed(r.addend);
        let (place, addr) = (slot.off + u64::from(r.offset), slot.addr + u64::from(r.offset));
        let narrow = |v: i64| i32::try_from(v).map_err(|_| LinkError::OutOfRange(e.name.to_string()));
        match r.kind {
            RelKind::Abs8 => self.file.update(place, &value.to_le_bytes()),
            RelKind::Pc4 | RelKind::Call4 => {
                let v = narrow(value.wrapping_sub(addr) as i64)?;
                self.file.update(place, &v.to_le_bytes());
            }
            RelKind::Tls => {
                // The addend counts from the end of the place, as its instruction would.
                let offset = value.wrapping_add(4).wrapping_sub(self.windows[TLS].base + self.tls_size);
                let v = narrow(offset as i64)?;
                let mut code = [0x64, 0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0, 0x48, 0x8d, 0x80, 0, 0, 0, 0];
                code[12..].copy_from_slice(&v.to_le_bytes());
                self.file.update(place - TLS_BEFORE, &code);
            }
        }
        Ok(())
    }

    /// Encodes anew all references to a symbol, or only those that need its true address.
    fn patch_users(&mut self, id: Id, calls: bool) -> Result<(), LinkError> {
        for i in 0..self.entries[id.ix()].refs.len() {
            self.patch(self.entries[id.ix()].refs[i])?;
        }
        if calls {
            for i in 0..self.entries[id.ix()].calls.len() {
                self.patch(self.entries[id.ix()].calls[i])?;
            }
        }
        Ok(())
    }

    /// Follows a definition to a new address. `old` is its slot so far, in window `old_window`.
    pub(crate) fn moved(&mut self, id: Id, old: Option<Slot>, old_window: usize) -> Result<(), LinkError> {
        let e = &self.entries[id.ix()];
        let calls = e.calls.len();
        let is_code = usize::from(e.window) == TEXT && old_window == TEXT;
        let Some(old) = old else {
            self.missing.remove(&id);
            self.patch_users(id, true)?;
            return self.patch_aliases(id);
        };
        self.stats.moved += 1;
        if is_code && calls > FEW && old.cap >= 5 {
            let e = &mut self.entries[id.ix()];
            e.stubs.push(old);
            e.unfixed = calls;
            self.stubbed.insert(id);
            self.patch_users(id, false)?;
        } else {
            self.drop_stubs(id);
            self.free(old);
            self.patch_users(id, true)?;
        }
        self.write_stubs(id)?;
        self.patch_aliases(id)
    }

    fn patch_aliases(&mut self, id: Id) -> Result<(), LinkError> {
        for i in 0..self.entries[id.ix()].aliases.len() {
            let alias = self.entries[id.ix()].aliases[i];
            self.missing.remove(&alias);
            self.patch_users(alias, true)?;
        }
        Ok(())
    }

    /// Points all old slots of a function at it, so that no jump leads to another jump.
    fn write_stubs(&mut self, id: Id) -> Result<(), LinkError> {
        let Some(target) = self.entries[id.ix()].slot else { return Ok(()) };
        for i in 0..self.entries[id.ix()].stubs.len() {
            let stub = self.entries[id.ix()].stubs[i];
            let distance = target.addr.wrapping_sub(stub.addr + 5) as i64;
            let v =
                i32::try_from(distance).map_err(|_| LinkError::OutOfRange(self.entries[id.ix()].name.to_string()))?;
            let mut jump = [0xe9, 0, 0, 0, 0];
            jump[1..].copy_from_slice(&v.to_le_bytes());
            self.file.update(stub.off, &jump);
        }
        Ok(())
    }

    /// Fixes a bounded number of calls that go through stubs; call it when there is time.
    pub(crate) fn fix_stubbed_calls(&mut self) -> Result<(), LinkError> {
        let mut budget = FEW;
        while let Some(&id) = self.stubbed.first() {
            while budget > 0 && self.entries[id.ix()].unfixed > 0 {
                budget -= 1;
                let e = &mut self.entries[id.ix()];
                // From the back: callers that come or go meanwhile are at the back, too.
                e.unfixed -= 1;
                let user = e.calls[e.unfixed];
                self.patch(user)?;
            }
            if self.entries[id.ix()].unfixed > 0 {
                break;
            }
            self.drop_stubs(id);
        }
        Ok(())
    }

    fn drop_stubs(&mut self, id: Id) {
        let stubs = std::mem::take(&mut self.entries[id.ix()].stubs);
        self.entries[id.ix()].unfixed = 0;
        self.stubbed.remove(&id);
        for s in stubs {
            self.free(s);
        }
    }

    /// Records that a symbol has lost its definition.
    pub(crate) fn now_missing(&mut self, id: Id) {
        let lost: Vec<Id> = std::iter::once(id).chain(self.entries[id.ix()].aliases.iter().copied()).collect();
        for id in lost {
            let e = &self.entries[id.ix()];
            if !e.calls.is_empty() || !e.refs.is_empty() {
                self.missing.insert(id);
            }
        }
    }

    /// Ends that another symbol stands for this one, without touching references to it.
    pub(crate) fn drop_alias(&mut self, id: Id) {
        if let Some(old) = self.entry_mut(id).alias_of.take() {
            self.entry_mut(old).aliases.retain(|a| *a != id);
        }
        self.now_missing(id);
    }

    /// Lets a symbol that is only a name stand for another, or for nothing.
    pub(crate) fn set_alias(&mut self, id: Id, target: Option<Id>) -> Result<(), LinkError> {
        let old = std::mem::replace(&mut self.entry_mut(id).alias_of, target);
        if old == target && self.address(id).is_some() {
            return Ok(());
        }
        if let Some(old) = old {
            self.entry_mut(old).aliases.retain(|a| *a != id);
        }
        if let Some(target) = target {
            let aliases = &mut self.entry_mut(target).aliases;
            if !aliases.contains(&id) {
                aliases.push(id);
            }
        }
        if self.address(id).is_some() {
            self.missing.remove(&id);
            self.patch_users(id, true)
        } else {
            self.now_missing(id);
            Ok(())
        }
    }

    /// Makes the thread-local block reach `end`. Its size is part of every thread-local
    /// reference, so it grows rarely and by much.
    pub(crate) fn grow_tls(&mut self, end: u64, align: u64) -> Result<(), LinkError> {
        let used = end - self.windows[TLS].base;
        if used <= self.tls_size && align <= self.tls_align {
            return Ok(());
        }
        self.tls_align = self.tls_align.max(align).min(PAGE);
        if used > self.tls_size {
            self.tls_size = used.next_power_of_two().max(256);
        }
        self.tls_size = align_up(self.tls_size, self.tls_align);
        self.layout_changed = true;
        for ix in 0..self.entries.len() {
            if usize::from(self.entries[ix].window) == TLS && self.entries[ix].slot.is_some() {
                let aliases = self.entries[ix].aliases.clone();
                for id in aliases.into_iter().chain([Id(ix as u32)]) {
                    self.patch_users(id, false)?;
                }
            }
        }
        Ok(())
    }
}
