//! The collector: types, values, container and function instances, declarations, symbols, members and
//! sites that nothing refers to any more are freed, and their numbers used again.
//!
//! Everything that is needed is reached from three things: the text (files, their sites and members),
//! the units that have not been swept (their keys, results, messages and mentions), and the sources that
//! the units have read. Nothing else may keep such a number from one update to the next but a table that
//! is pruned in here; `canon` and the driver look them up anew, and code in the image names symbols only,
//! whose units it makes live.
//!
//! A collection takes some milliseconds for a hundred thousand lines, so it runs when there is nothing
//! else to do and enough to gain, and is given up as soon as somebody waits: marks are dropped then, and
//! nothing is lost. The order of freeing is such that it may end anywhere: what holds more of another entry
//! than its key (a container its type, a function its symbol) goes before it. An entry whose *key* names
//! freed numbers may stay for a while: should they be used again, the entry is that of the new meaning.

mod mark;

use std::sync::Arc;

use ir::MemberIr;
use syntax::MemberAst;

use crate::decl::{Cont, ContKey, Decl, DeclId, Member, MemberId, Site, SiteId};
use crate::pool::{ContId, FuncId, TypeId};
use crate::state::{Func, FuncKey, Sema, SymKey};

use mark::Marks;

/// How often a collection that is due is given up for something else before it is carried through.
const PATIENCE: u32 = 64;

/// Fewer new entries than this are not worth a collection.
const ENOUGH: usize = 8192;

/// How many entries are looked at between two looks at whether somebody waits.
const STEP: usize = 1024;

/// Numbers that can be used again, and when to look for more of them.
#[derive(Default)]
pub struct Free {
    /// Container instances.
    conts: Vec<u32>,
    /// Declarations.
    decls: Vec<u32>,
    /// Function instances.
    funcs: Vec<u32>,
    /// Symbols.
    syms: Vec<u32>,
    /// Members.
    members: Vec<u32>,
    /// Sites.
    sites: Vec<u32>,
    /// The number of entries at which the next collection is due; 0 before the first build.
    due_at: usize,
    given_up: u32,
    /// What stands in a free member's place.
    nothing: Option<(Arc<MemberAst>, Arc<MemberIr>)>,
}

/// How many entries the tables of semantics have, free ones left out.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
#[allow(missing_docs, reason = "each is the table it says")]
pub struct Sizes {
    pub units: usize,
    pub dep_edges: usize,
    pub ref_edges: usize,
    pub types: usize,
    pub values: usize,
    pub conts: usize,
    pub decls: usize,
    pub funcs: usize,
    pub syms: usize,
    pub members: usize,
    pub sites: usize,
}

impl Sizes {
    /// The entries that a collection may free.
    fn collectable(&self) -> usize {
        self.types + self.values + self.conts + self.decls + self.funcs + self.syms + self.members + self.sites
    }
}

/// Puts a new entry into a free slot, or at the end. Its number.
pub(crate) fn place<T>(table: &mut Vec<T>, free: &mut Vec<u32>, entry: T) -> u32 {
    match free.pop() {
        Some(i) => {
            table[i as usize] = entry;
            i
        }
        None => {
            table.push(entry);
            table.len() as u32 - 1
        }
    }
}

impl Sema {
    /// What the tables hold.
    pub fn sizes(&self) -> Sizes {
        let (dep_edges, ref_edges) = self.graph.edge_counts();
        let pool = self.pool.stats();
        Sizes {
            units: self.graph.len(),
            dep_edges,
            ref_edges,
            types: pool.types,
            values: pool.values,
            conts: self.conts.len() - self.free.conts.len(),
            decls: self.decls.len() - self.free.decls.len(),
            funcs: self.funcs.len() - self.free.funcs.len(),
            syms: self.syms.len() - self.free.syms.len(),
            members: self.members.len() - self.free.members.len(),
            sites: self.sites.len() - self.free.sites.len(),
        }
    }

    /// Collects if there is enough to gain; gives up when `stop` says so, unless it did so too often.
    pub fn collect_if_due(&mut self, stop: &dyn Fn() -> bool) {
        let entries = self.sizes().collectable();
        if self.free.due_at == 0 {
            self.free.due_at = entries + ENOUGH.max(entries / 2);
        }
        if entries < self.free.due_at {
            return;
        }
        let done = if self.free.given_up < PATIENCE { self.collect(stop) } else { self.collect(&|| false) };
        self.free.given_up = if done { 0 } else { self.free.given_up + 1 };
        if done {
            let entries = self.sizes().collectable();
            self.free.due_at = entries + ENOUGH.max(entries / 2);
        }
    }

    /// Frees what nothing refers to. Whether it was carried through. Not to be called while units run.
    pub fn collect(&mut self, stop: &dyn Fn() -> bool) -> bool {
        let Some(marks) = self.mark(stop) else { return false };
        self.free_conts(&marks);
        self.free_funcs(&marks);
        if stop() {
            return false;
        }
        self.free_decls(&marks);
        self.free_syms(&marks);
        if stop() || !self.pool.sweep(|t| marks.types.has(t), |v| marks.values.has(v), stop) {
            return false;
        }
        self.free_sites(&marks);
        self.free_members(&marks);
        true
    }

    /// Checks that nothing that is needed has been freed. An error says what.
    pub fn check_tables(&self) -> Result<(), String> {
        let Some(marks) = self.mark(&|| false) else { return Ok(()) };
        let none = |what: &str, free: &[u32], marks: &mark::Bits| match free.iter().find(|&&i| marks.has(i)) {
            Some(i) => Err(format!("{what} {i} is free and needed")),
            None => Ok(()),
        };
        none("container", &self.free.conts, &marks.conts)?;
        none("declaration", &self.free.decls, &marks.decls)?;
        none("function", &self.free.funcs, &marks.funcs)?;
        none("symbol", &self.free.syms, &marks.syms)?;
        none("member", &self.free.members, &marks.members)?;
        none("site", &self.free.sites, &marks.sites)?;
        let (types, values) = self.pool.free();
        none("type", types, &marks.types)?;
        none("value", values, &marks.values)
    }

    // ---- new entries

    /// A container instance; `ty` makes its type of its number.
    pub(crate) fn new_cont(&mut self, cont: impl FnOnce(&mut Sema, ContId) -> Cont) -> ContId {
        // Its type has to know its number.
        let next = self.free.conts.last().copied().unwrap_or(self.conts.len() as u32);
        let cont = cont(self, ContId(next));
        ContId(place(&mut self.conts, &mut self.free.conts, cont))
    }

    pub(crate) fn new_decl(&mut self, decl: Decl) -> DeclId {
        DeclId(place(&mut self.decls, &mut self.free.decls, decl))
    }

    /// A function instance; its symbol has to know its number.
    pub(crate) fn new_func(&mut self, func: impl FnOnce(&mut Sema, FuncId) -> Func) -> FuncId {
        let next = self.free.funcs.last().copied().unwrap_or(self.funcs.len() as u32);
        let func = func(self, FuncId(next));
        FuncId(place(&mut self.funcs, &mut self.free.funcs, func))
    }

    pub(crate) fn new_sym(&mut self, key: SymKey) -> tir::Sym {
        tir::Sym(place(&mut self.syms, &mut self.free.syms, key))
    }

    pub(crate) fn new_member(&mut self, member: Member) -> MemberId {
        MemberId(place(&mut self.members, &mut self.free.members, member))
    }

    pub(crate) fn new_site(&mut self, site: Site) -> SiteId {
        SiteId(place(&mut self.sites, &mut self.free.sites, site))
    }

    // ---- freeing: numbers out of range in what is left behind turn any use into an internal error

    fn free_conts(&mut self, marks: &Marks) {
        let dead = dead(self.conts.len(), &self.free.conts, &marks.conts);
        if dead.is_empty() {
            return;
        }
        self.cont_ids.retain(|_, c| marks.conts.has(c.0));
        self.made_up.retain(|c, _| marks.conts.has(c.0));
        self.made_up_places.retain(|c, _| marks.conts.has(c.0));
        self.claims.retain(|c, _| marks.conts.has(c.0));
        self.contested.retain(|c| marks.conts.has(c.0));
        // Read by nobody who runs.
        self.printed.get_mut().clear();
        for &i in &dead {
            let site = self.empty_site;
            let key = ContKey { site, parent: None, captures: Arc::from([]), arg: None, reified: None };
            let ty = TypeId(u32::MAX);
            self.conts[i as usize] = Cont { key, ty, name: String::new(), depth: 0, decls: Default::default() };
        }
        self.free.conts.extend(dead);
    }

    fn free_funcs(&mut self, marks: &Marks) {
        let dead = dead(self.funcs.len(), &self.free.funcs, &marks.funcs);
        for &i in &dead {
            let key = FuncKey { decl: DeclId(u32::MAX), args: Arc::from([]), ty: None, infers_errors: false };
            let func = Func { key, sym: tir::Sym(u32::MAX), ty: None, depth: 0 };
            let old = std::mem::replace(&mut self.funcs[i as usize], func);
            self.func_ids.remove(&old.key);
        }
        self.quotas.retain(|f, _| marks.funcs.has(f.0));
        self.free.funcs.extend(dead);
    }

    fn free_decls(&mut self, marks: &Marks) {
        let dead = dead(self.decls.len(), &self.free.decls, &marks.decls);
        for &i in &dead {
            let nothing = Decl { cont: ContId(u32::MAX), member: MemberId(u32::MAX) };
            let old = std::mem::replace(&mut self.decls[i as usize], nothing);
            if let Some(c) = self.conts.get_mut(old.cont.0 as usize)
                && c.decls.get(&old.member) == Some(&DeclId(i))
            {
                c.decls.remove(&old.member);
            }
        }
        self.free.decls.extend(dead);
    }

    fn free_syms(&mut self, marks: &Marks) {
        let dead = dead(self.syms.len(), &self.free.syms, &marks.syms);
        for &i in &dead {
            let old = std::mem::replace(&mut self.syms[i as usize], SymKey::Func(FuncId(u32::MAX)));
            self.sym_ids.remove(&old);
        }
        self.free.syms.extend(dead);
    }

    fn free_sites(&mut self, marks: &Marks) {
        let dead = dead(self.sites.len(), &self.free.sites, &marks.sites);
        for &i in &dead {
            self.sites[i as usize] = Site::empty();
        }
        self.free.sites.extend(dead);
    }

    fn free_members(&mut self, marks: &Marks) {
        let dead = dead(self.members.len(), &self.free.members, &marks.members);
        if dead.is_empty() {
            return;
        }
        let nothing = || {
            let root = syntax::ast::MemberRoot::Comptime { comptime_token: syntax::Tok(0), body: syntax::NodeId(0) };
            (Arc::new(syntax::ast::Builder::default().finish(root)), Arc::default())
        };
        let (ast, ir) = self.free.nothing.get_or_insert_with(nothing).clone();
        for &i in &dead {
            let m = &mut self.members[i as usize];
            m.site = self.empty_site;
            m.name = None;
            m.containers = Vec::new();
            (m.ast, m.ir) = (ast.clone(), ir.clone());
            m.removed = true;
        }
        self.pos_members.retain(|_, read| {
            read.retain(|m| marks.members.has(m.0));
            !read.is_empty()
        });
        self.free.members.extend(dead);
    }
}

/// The entries that are neither marked nor free yet.
fn dead(len: usize, free: &[u32], marks: &mark::Bits) -> Vec<u32> {
    let mut known = mark::Bits::new(len);
    for &i in free {
        known.set(i);
    }
    (0..len as u32).filter(|&i| !marks.has(i) && !known.has(i)).collect()
}
