//! What nobody needs any more: code of dead units, then the units themselves.
//!
//! A unit that died is kept for a while, since mistakes are mended and edits undone: while an error
//! is shown even its machine code stays (one mistake in a function that everything hangs on would otherwise
//! cost as much as a build from nothing), and its results stay for [`KEPT_UPDATES`] updates. Then it is swept,
//! a few units at a time, when there is nothing else to do.

use crate::graph::UnitId;
use crate::state::{Sema, SymKey, UnitData};
use crate::unit::{Output, UnitKey};

/// For how many updates dead units are kept.
pub const KEPT_UPDATES: u64 = 64;

/// The same while there are more of them than the program has live ones.
const KEPT_IF_MANY: u64 = 8;

/// So many dead units are never many.
const FEW: usize = 1024;

/// How many units are removed between two looks at whether somebody waits.
const STEP: usize = 32;

impl Sema {
    /// Takes back the code and data of what has died, once a program without them is about to be
    /// written.
    pub(crate) fn retire_dead_code(&mut self) {
        for u in std::mem::take(&mut self.dead_code) {
            if self.graph.exists(u) && !self.graph.is_live(u) && self.retire_code(u) {
                // Its code is kept nowhere else: a unit that comes back must run again.
                self.graph.invalidate_unit(u);
            }
        }
    }

    /// Takes back what a unit has handed on. Whether there was anything.
    fn retire_code(&mut self, u: UnitId) -> bool {
        let data = &mut self.units[u.index()];
        if std::mem::take(&mut data.out_hash) == 0 {
            return false;
        }
        let sym = match data.key {
            UnitKey::FnBody(f) => Some(self.funcs[f.0 as usize].sym),
            UnitKey::GlobalData(d) => self.sym_ids.get(&SymKey::Decl(d)).copied(),
            UnitKey::ConstData(v) => self.sym_ids.get(&SymKey::Const(v)).copied(),
            UnitKey::ErrorNames => self.sym_ids.get(&SymKey::ErrorNames).copied(),
            _ => None,
        };
        if let Some(s) = sym {
            self.out.push(Output::Retire(s));
        }
        true
    }

    /// Removes units that have been dead for long, until `stop` says so; at least one step of them.
    /// Whether any are left to remove. What their code was goes to `sink`.
    pub fn sweep_units(&mut self, stop: &dyn Fn() -> bool, sink: &mut dyn FnMut(Output)) -> bool {
        loop {
            let dead = self.graph.len() - self.graph.live_count();
            let many = dead > self.live_when_good + FEW;
            let kept = if many { self.kept_updates.min(KEPT_IF_MANY) } else { self.kept_updates };
            let due = self.graph.sweepable(kept, STEP);
            let more = due.len() == STEP;
            for u in due {
                self.remove_unit(u);
            }
            self.out.drain(..).for_each(&mut *sink);
            if !more || stop() {
                return more;
            }
        }
    }

    fn remove_unit(&mut self, u: UnitId) {
        // They are dead, too: what a live unit refers to lives. Their code may name the symbol that goes.
        let mentioned_by: Vec<UnitId> = self.graph.referrers(u).chain(self.graph.dependers(u)).collect();
        for r in mentioned_by {
            if self.retire_code(r) {
                self.graph.invalidate_unit(r);
            }
        }
        self.retire_code(u);
        self.with_messages.remove(&u);
        self.with_log.remove(&u);
        self.with_exports.remove(&u);
        self.take_claims(u, Vec::new());
        self.take_quotas(u, Vec::new());
        self.failed.remove(&u);
        if let Some(data) = self.units.get_mut(u.index()) {
            let key = std::mem::replace(data, UnitData::new(UnitKey::Entry)).key;
            self.unit_ids.remove(&key);
        }
        self.graph.remove_unit(u);
    }
}
