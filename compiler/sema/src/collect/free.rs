//! Freeing of single entries. Numbers out of range in what is left behind turn any use into an internal error,
//! and tell that the entry is free.

use std::sync::Arc;

use ir::MemberIr;
use syntax::MemberAst;

use crate::decl::{Cont, ContKey, Decl, DeclId, MemberId, Site};
use crate::pool::{ContId, FuncId, TypeId};
use crate::state::{Func, FuncKey, Sema, SymKey};

/// Numbers of a table that can be used again.
#[derive(Default)]
pub(crate) struct Numbers {
    free: Vec<u32>,
    held: bool,
}

impl Numbers {
    /// The number that the next new entry gets, if it is one of these.
    pub(crate) fn next(&self) -> Option<u32> {
        self.free.last().copied().filter(|_| !self.held)
    }
    pub(crate) fn add(&mut self, i: u32) {
        self.free.push(i);
    }
    pub(crate) fn len(&self) -> usize {
        self.free.len()
    }
    pub(crate) fn all(&self) -> &[u32] {
        &self.free
    }
    /// Whether to use none of them for the time being.
    pub(crate) fn hold(&mut self, held: bool) {
        self.held = held;
    }
}

/// Puts a new entry into a free slot, or at the end. Its number.
pub(crate) fn place<T>(table: &mut Vec<T>, free: &mut Numbers, entry: T) -> u32 {
    match free.next() {
        Some(i) => {
            free.free.pop();
            table[i as usize] = entry;
            i
        }
        None => {
            table.push(entry);
            table.len() as u32 - 1
        }
    }
}

/// What stands in a free member's place.
pub(super) type Nothing = Option<(Arc<MemberAst>, Arc<MemberIr>)>;

impl Sema {
    pub(super) fn hold_free(&mut self, held: bool) {
        let f = &mut self.free;
        for numbers in [&mut f.conts, &mut f.decls, &mut f.funcs, &mut f.syms, &mut f.members, &mut f.sites] {
            numbers.hold(held);
        }
        self.pool.hold_free(held);
    }

    pub(super) fn free_cont(&mut self, i: u32) {
        let (c, ty) = (ContId(i), TypeId(u32::MAX));
        let Some(cont) = self.conts.get_mut(i as usize).filter(|c| c.ty != ty) else { return };
        let site = self.empty_site;
        let key = ContKey { site, parent: None, captures: Arc::from([]), arg: None, reified: None };
        let (name, decls) = (String::new(), Default::default());
        let nothing = Cont { key, known_site: site, ty, name, depth: 0, decls };
        let old = std::mem::replace(cont, nothing);
        self.cont_ids.remove(&ContKey { site: old.known_site, ..old.key });
        self.made_up.remove(&c);
        self.made_up_places.remove(&c);
        self.claims.remove(&c);
        self.contested.remove(&c);
        // Read by nobody who runs.
        self.printed.get_mut().clear();
        self.free.conts.add(i);
    }

    pub(super) fn free_func(&mut self, i: u32) {
        let sym = tir::Sym(u32::MAX);
        let Some(func) = self.funcs.get_mut(i as usize).filter(|f| f.sym != sym) else { return };
        let key = FuncKey { decl: DeclId(u32::MAX), args: Arc::from([]), ty: None, infers_errors: false };
        let old = std::mem::replace(func, Func { key, sym, ty: None, depth: 0 });
        self.func_ids.remove(&old.key);
        self.quotas.remove(&FuncId(i));
        self.free.funcs.add(i);
    }

    pub(super) fn free_decl(&mut self, i: u32) {
        let nothing = Decl { cont: ContId(u32::MAX), member: MemberId(u32::MAX) };
        let Some(decl) = self.decls.get_mut(i as usize).filter(|d| d.member != nothing.member) else { return };
        let old = std::mem::replace(decl, nothing);
        if let Some(c) = self.conts.get_mut(old.cont.0 as usize)
            && c.decls.get(&old.member) == Some(&DeclId(i))
        {
            c.decls.remove(&old.member);
        }
        self.free.decls.add(i);
    }

    pub(super) fn free_sym(&mut self, i: u32) {
        let nothing = SymKey::Func(FuncId(u32::MAX));
        let Some(sym) = self.syms.get_mut(i as usize).filter(|s| **s != nothing) else { return };
        let old = std::mem::replace(sym, nothing);
        self.sym_ids.remove(&old);
        self.free.syms.add(i);
    }

    pub(super) fn free_member(&mut self, i: u32) {
        let empty = self.empty_site;
        let Some(m) = self.members.get_mut(i as usize).filter(|m| m.site != empty) else { return };
        let nothing = || {
            let root = syntax::ast::MemberRoot::Comptime { comptime_token: syntax::Tok(0), body: syntax::NodeId(0) };
            (Arc::new(syntax::ast::Builder::default().finish(root)), Arc::default())
        };
        let (ast, ir) = self.free.nothing.get_or_insert_with(nothing).clone();
        let site = std::mem::replace(&mut m.site, empty);
        m.name = None;
        m.containers = Vec::new();
        (m.ast, m.ir) = (ast, ir);
        m.removed = true;
        if let Some(site) = self.sites.get(site.ix())
            && let Some(read) = self.pos_members.get_mut(&site.file)
        {
            read.remove(&MemberId(i));
            if read.is_empty() {
                self.pos_members.remove(&site.file);
            }
        }
        self.free.members.add(i);
    }

    pub(super) fn free_site(&mut self, i: u32) {
        // A file's is always needed, and so is the empty one.
        let Some(site) = self.sites.get_mut(i as usize).filter(|s| s.owner.is_some()) else { return };
        *site = Site::empty();
        self.free.sites.add(i);
    }
}
