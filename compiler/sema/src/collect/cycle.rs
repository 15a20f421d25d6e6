//! One collection, in steps: everything that is needed is marked, then what is not is freed, table by table.
//! Updates may come between any two steps.

use super::mark::{Item, Marks};
use crate::decl::{DeclId, MemberId, SiteId};
use crate::pool::{ContId, FuncId, TypeId, ValueId};
use crate::state::Sema;

/// What is freed, in this order: what holds more of another entry than its key goes before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    Mark,
    Conts,
    Funcs,
    Decls,
    Syms,
    Types,
    Values,
    Members,
    Sites,
    Done,
}

impl Stage {
    fn next(self) -> Stage {
        match self {
            Stage::Mark => Stage::Conts,
            Stage::Conts => Stage::Funcs,
            Stage::Funcs => Stage::Decls,
            Stage::Decls => Stage::Syms,
            Stage::Syms => Stage::Types,
            Stage::Types => Stage::Values,
            Stage::Values => Stage::Members,
            Stage::Members => Stage::Sites,
            Stage::Sites | Stage::Done => Stage::Done,
        }
    }
}

/// What it costs to free an entry, in entries looked at.
const FREEING: usize = 4;

/// A collection that is under way.
pub(crate) struct Cycle {
    marks: Marks,
    /// Written since it was last marked.
    touched: Vec<Item>,
    /// How far files, units and sources are marked.
    files: usize,
    units: usize,
    sources: usize,
    /// How far new entries of each table are marked.
    new: Lens,
    stage: Stage,
    /// How far the table of the stage is freed, in words of marks.
    at: usize,
}

/// Lengths of the tables whose entries refer to others.
#[derive(Clone, Copy)]
struct Lens {
    types: usize,
    values: usize,
    conts: usize,
    decls: usize,
    funcs: usize,
    members: usize,
    sites: usize,
}

impl Lens {
    fn of(s: &Sema) -> Lens {
        let (types, values) = s.pool.lens();
        Lens {
            types,
            values,
            conts: s.conts.len(),
            decls: s.decls.len(),
            funcs: s.funcs.len(),
            members: s.members.len(),
            sites: s.sites.len(),
        }
    }

    /// The first entry from here on that `now` has, and all lengths behind it.
    fn advance(&mut self, now: &Lens) -> Option<Item> {
        fn take(from: &mut usize, to: usize) -> Option<u32> {
            (*from < to).then(|| {
                *from += 1;
                *from as u32 - 1
            })
        }
        take(&mut self.types, now.types)
            .map(|i| Item::Type(TypeId(i)))
            .or_else(|| take(&mut self.values, now.values).map(|i| Item::Value(ValueId(i))))
            .or_else(|| take(&mut self.conts, now.conts).map(|i| Item::Cont(ContId(i))))
            .or_else(|| take(&mut self.decls, now.decls).map(|i| Item::Decl(DeclId(i))))
            .or_else(|| take(&mut self.funcs, now.funcs).map(|i| Item::Func(FuncId(i))))
            .or_else(|| take(&mut self.members, now.members).map(|i| Item::Member(MemberId(i))))
            .or_else(|| take(&mut self.sites, now.sites).map(|i| Item::Site(SiteId(i))))
    }
}

impl Cycle {
    fn new(s: &Sema) -> Cycle {
        Cycle {
            marks: Marks::new(s),
            touched: Vec::new(),
            files: 0,
            units: 0,
            sources: 0,
            new: Lens::of(s),
            stage: Stage::Mark,
            at: 0,
        }
    }

    pub(super) fn touched(&mut self, item: Item) {
        self.touched.push(item);
    }

    /// Marks for about `budget` entries; what is left of it once there is nothing left to mark.
    fn mark(&mut self, s: &Sema, budget: usize) -> usize {
        let mut left = budget;
        let now = Lens::of(s);
        s.mark_fleeting(&mut self.marks);
        while left > 0 {
            let before = self.marks.len();
            if let Some(item) = self.marks.pop() {
                s.visit(item, &mut self.marks);
            } else if let Some(item) = self.touched.pop() {
                s.visit(item, &mut self.marks);
            } else if let Some(item) = self.new.advance(&now) {
                s.visit(item, &mut self.marks);
            } else if self.files < s.files.len() {
                s.mark_file(self.files, &mut self.marks);
                self.files += 1;
            } else if self.units < s.graph.unit_slots() {
                if let Some(u) = s.graph.unit_at(self.units) {
                    s.mark_unit(u, &mut self.marks);
                }
                self.units += 1;
            } else if self.sources < s.graph.source_slots() {
                if let Some(src) = s.graph.source_at(self.sources) {
                    self.marks.source(src);
                }
                self.sources += 1;
            } else {
                return left;
            }
            left = left.saturating_sub(1 + self.marks.len().saturating_sub(before));
        }
        0
    }
}

impl Sema {
    pub(super) fn begin_cycle(&mut self) {
        let mut cycle = Cycle::new(self);
        self.mark_fixed(&mut cycle.marks);
        self.free.cycle = Some(Box::new(cycle));
        self.hold_free(true);
    }

    /// Goes on with the collection for about `budget` entries. Whether it is at its end.
    pub(super) fn cycle_step(&mut self, budget: usize) -> bool {
        let Some(mut cycle) = self.free.cycle.take() else { return true };
        let mut left = cycle.mark(self, budget);
        if left > 0 && cycle.stage == Stage::Mark {
            cycle.stage = Stage::Conts;
        }
        while left > 0 && cycle.stage != Stage::Done {
            let marks = match cycle.stage {
                Stage::Conts => &cycle.marks.conts,
                Stage::Funcs => &cycle.marks.funcs,
                Stage::Decls => &cycle.marks.decls,
                Stage::Syms => &cycle.marks.syms,
                Stage::Types => &cycle.marks.types,
                Stage::Values => &cycle.marks.values,
                Stage::Members => &cycle.marks.members,
                Stage::Sites => &cycle.marks.sites,
                Stage::Mark | Stage::Done => break,
            };
            let Some(dead) = marks.missing(cycle.at) else {
                (cycle.stage, cycle.at) = (cycle.stage.next(), 0);
                continue;
            };
            cycle.at += 1;
            left = left.saturating_sub(1);
            for i in dead {
                left = left.saturating_sub(FREEING);
                match cycle.stage {
                    Stage::Conts => self.free_cont(i),
                    Stage::Funcs => self.free_func(i),
                    Stage::Decls => self.free_decl(i),
                    Stage::Syms => self.free_sym(i),
                    Stage::Types => self.pool.free_type(i),
                    Stage::Values => self.pool.free_value(i),
                    Stage::Members => self.free_member(i),
                    Stage::Sites => self.free_site(i),
                    Stage::Mark | Stage::Done => {}
                }
            }
        }
        self.free.looked_at += (budget - left) as u64;
        if cycle.stage == Stage::Done {
            self.free.ended += 1;
            self.hold_free(false);
            return true;
        }
        self.free.cycle = Some(cycle);
        false
    }

    /// Checks that nothing that is needed has been freed, or is about to be. An error says what.
    pub fn check_tables(&mut self) -> Result<(), String> {
        let mut all = Cycle::new(self);
        self.mark_fixed(&mut all.marks);
        all.mark(self, usize::MAX);
        let free = |what: &str, free: &[u32], marks: &super::mark::Bits| match free.iter().find(|&&i| marks.has(i)) {
            Some(i) => Err(format!("{what} {i} is free and needed")),
            None => Ok(()),
        };
        free("container", self.free.conts.all(), &all.marks.conts)?;
        free("declaration", self.free.decls.all(), &all.marks.decls)?;
        free("function", self.free.funcs.all(), &all.marks.funcs)?;
        free("symbol", self.free.syms.all(), &all.marks.syms)?;
        free("member", self.free.members.all(), &all.marks.members)?;
        free("site", self.free.sites.all(), &all.marks.sites)?;
        let (types, values) = self.pool.free();
        free("type", types, &all.marks.types)?;
        free("value", values, &all.marks.values)?;
        let Some(mut cycle) = self.free.cycle.take() else { return Ok(()) };
        let checked = if cycle.stage == Stage::Mark {
            Ok(())
        } else {
            cycle.mark(self, usize::MAX);
            cycle.marks.check_covers(&all.marks)
        };
        self.free.cycle = Some(cycle);
        checked
    }
}
