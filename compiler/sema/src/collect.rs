//! The collector: types, values, container and function instances, declarations, symbols, members and
//! sites that nothing refers to any more are freed, and their numbers used again.
//!
//! Everything that is needed is reached from three things: the text (files, their sites and members),
//! the units that have not been swept (their keys, results, messages and mentions), and the sources that
//! the units have read. Nothing else may keep such a number from one update to the next but a table that
//! is pruned in here; `canon` and the driver look them up anew, and code in the image names symbols only,
//! whose units it makes live.
//!
//! To walk all that takes some milliseconds for a hundred thousand lines, and nobody may have to wait for it. So a
//! collection ([`Cycle`]) is made in steps, each of less than a tenth of a millisecond, between updates, for as long as there is
//! nothing else to do; after an update at least one is made, and more after one that made many entries, so
//! that a collection ends even if a save always waits. It keeps what it knows from one step to the next:
//!
//! - While it is under way no number is used again. So what is new stands behind what there was at its
//!   beginning; it counts as needed, and what it refers to is marked.
//! - What an update writes otherwise is marked anew before anything is freed: units that ran or were made, and the few
//!   entries that are completed after they were made ([`Sema::touched`]). An update may come upon an entry that
//!   nobody needed; it is not needed now either unless one of these refers to it.
//! - Nothing is freed while something is left to be marked. What holds more of another entry than its key (a
//!   container its type, a function its symbol, a member its site) is freed before it, so that whatever can still be come
//!   upon is whole. An entry whose *key* names freed numbers goes in the same collection, before they are used again.

mod cycle;
mod free;
mod mark;

use crate::decl::{Cont, Decl, DeclId, Member, MemberId, Site, SiteId};
use crate::pool::{ContId, FuncId};
use crate::state::{Func, Sema, SymKey};

pub(crate) use cycle::Cycle;
pub(crate) use free::{Numbers, place};
pub(crate) use mark::Item;

/// Fewer new entries than this are not worth a collection.
const ENOUGH: usize = 8192;

/// How much is looked at between two looks at whether somebody waits.
const STEP: usize = 4096;

/// How much more is looked at for each entry that was made meanwhile, whoever waits: each of those must be
/// looked at, and something else, for collections to end.
const PACE: usize = 4;

/// The most that is looked at while somebody waits.
const MOST: usize = 8 * STEP;

/// Numbers that can be used again, and the collection that looks for more of them.
#[derive(Default)]
pub struct Free {
    /// Container instances.
    conts: Numbers,
    /// Declarations.
    decls: Numbers,
    /// Function instances.
    funcs: Numbers,
    /// Symbols.
    syms: Numbers,
    /// Members.
    members: Numbers,
    /// Sites.
    sites: Numbers,
    /// The number of entries at which the next collection is due; 0 before the first build.
    due_at: usize,
    /// How many entries there were after the last step.
    seen: usize,
    /// Collections follow each other, however little there is to gain, and each takes several updates.
    always: bool,
    /// How many collections have ended.
    ended: u64,
    /// How much they have looked at.
    looked_at: u64,
    /// The collection that is under way.
    cycle: Option<Box<Cycle>>,
    nothing: free::Nothing,
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

    /// Has collections follow each other from now on, such that updates come in between: what is to be found
    /// wrong in that is found.
    pub fn collect_always(&mut self) {
        self.free.always = true;
    }

    /// Goes on with the collection that is under way, or begins one if there is enough to gain, until `stop` says
    /// so. Not to be called while units run.
    pub fn collect_if_due(&mut self, stop: &dyn Fn() -> bool) {
        let entries = self.sizes().collectable();
        if self.free.due_at == 0 {
            self.free.due_at = entries + ENOUGH.max(entries / 2);
        }
        if self.free.cycle.is_none() {
            if entries < self.free.due_at && !self.free.always {
                return;
            }
            self.begin_collection();
        }
        let mut owed = (STEP + PACE * entries.saturating_sub(self.free.seen)).min(MOST);
        if self.free.always {
            owed = entries / 2;
        }
        let done = loop {
            if self.cycle_step(STEP) {
                break true;
            }
            owed = owed.saturating_sub(STEP);
            if owed == 0 && (stop() || self.free.always) {
                break false;
            }
        };
        let entries = self.sizes().collectable();
        self.free.seen = entries;
        if done {
            self.free.due_at = entries + ENOUGH.max(entries / 2);
        }
    }

    /// Begins a collection now, unless one is under way.
    pub fn begin_collection(&mut self) {
        if !self.is_collecting() {
            self.begin_cycle();
            self.free.seen = self.sizes().collectable();
        }
    }

    /// How many collections have come to their end, and what all of them have looked at.
    pub fn collection_counts(&self) -> (u64, u64) {
        (self.free.ended, self.free.looked_at)
    }

    /// Whether a collection is under way.
    pub fn is_collecting(&self) -> bool {
        self.free.cycle.is_some()
    }

    /// Frees what nothing refers to, all of it. Not to be called while units run.
    pub fn collect(&mut self) {
        while self.is_collecting() {
            self.cycle_step(usize::MAX);
        }
        self.begin_collection();
        while self.is_collecting() {
            self.cycle_step(usize::MAX);
        }
    }

    /// Takes note that something was written that may refer to what a collection has not marked.
    pub(crate) fn touched(&mut self, item: Item) {
        if let Some(cycle) = &mut self.free.cycle {
            cycle.touched(item);
        }
    }

    // ---- new entries

    /// A container instance; `ty` makes its type of its number.
    pub(crate) fn new_cont(&mut self, cont: impl FnOnce(&mut Sema, ContId) -> Cont) -> ContId {
        // Its type has to know its number.
        let next = self.free.conts.next().unwrap_or(self.conts.len() as u32);
        let cont = cont(self, ContId(next));
        ContId(place(&mut self.conts, &mut self.free.conts, cont))
    }

    pub(crate) fn new_decl(&mut self, decl: Decl) -> DeclId {
        DeclId(place(&mut self.decls, &mut self.free.decls, decl))
    }

    /// A function instance; its symbol has to know its number.
    pub(crate) fn new_func(&mut self, func: impl FnOnce(&mut Sema, FuncId) -> Func) -> FuncId {
        let next = self.free.funcs.next().unwrap_or(self.funcs.len() as u32);
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
}
