//! What must hold of units between updates, checked the naive way over all of them; and the detector
//! of missed dependencies: a unit that is analysed once more, with nothing changed, must come to what
//! is stored of it, having read what is stored of it.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use crate::analyze::An;
use crate::cancel::Cancel;
use crate::graph::{Dep, Outcome, State, UnitId};
use crate::state::Sema;
use crate::unit::{Fail, Src, UnitResult, out_hash};

impl Sema {
    /// Checks the state after an update that was not given up. The error names what is broken.
    pub fn check_settled(&self) -> Result<(), String> {
        self.check_between_runs()?;
        if let Some(u) = self.graph.next_pending() {
            return Err(format!("{} is still to be analysed", self.unit_name(u)));
        }
        let all: Vec<UnitId> = self.graph.units().collect();
        for &u in &all {
            let state = self.graph.state(u);
            if self.graph.is_live(u) && !matches!(state, State::Clean | State::Failed) {
                return Err(format!("{} is live and {state:?}", self.unit_name(u)));
            }
        }
        let silent = |u: UnitId| self.graph.is_live(u) && self.graph.outcome(u) == Some(Outcome::Failed);
        match all.into_iter().find(|&u| silent(u) && self.units[u.index()].msgs.is_empty()) {
            Some(u) => Err(format!("{} failed on its own and says nothing", self.unit_name(u))),
            None => Ok(()),
        }
    }

    /// Checks what holds whenever no unit runs, be it that an update was given up.
    pub fn check_between_runs(&self) -> Result<(), String> {
        self.graph.check_invariants()?;
        if let Some(u) = self.graph.run_stack().next() {
            return Err(format!("{} still runs", self.unit_name(u)));
        }
        let all: Vec<UnitId> = self.graph.units().collect();
        let index = |what: &str, held: &BTreeSet<UnitId>, belongs: &dyn Fn(UnitId) -> bool| {
            let held: BTreeSet<UnitId> = held.iter().copied().filter(|&u| self.graph.exists(u)).collect();
            let naive: BTreeSet<UnitId> = all.iter().copied().filter(|&u| belongs(u)).collect();
            match held.symmetric_difference(&naive).next() {
                Some(&u) => Err(format!("the index of {what} is wrong about {}", self.unit_name(u))),
                None => Ok(()),
            }
        };
        index("messages", &self.with_messages, &|u| !self.units[u.index()].msgs.is_empty())?;
        index("exports", &self.with_exports, &|u| !self.units[u.index()].exports.is_empty())?;
        index("logs", &self.with_log, &|u| self.units[u.index()].log.is_some())?;
        index("failures", &self.failed, &|u| self.graph.outcome(u).is_some_and(Outcome::is_failure))
    }

    /// Analyses a unit again, with nothing changed. The error tells how that differs from what is
    /// stored; nothing is changed by it. To be called after an update that was not given up.
    pub fn recheck(&mut self, u: UnitId) -> Result<(), String> {
        if !matches!(self.graph.state(u), State::Clean | State::Failed) || !self.graph.loop_group(u).is_empty() {
            // Members of a loop are out of date together: one alone would not find the loop again.
            return Ok(());
        }
        let never = Cancel::default();
        let key = self.units[u.index()].key;
        self.graph.begin(u);
        self.depth += 1;
        let stands = self.member_of(key).is_none_or(|m| self.stands(m));
        let mut an = An::new(self, u, &never);
        let r = if stands { an.run_unit(key) } else { Err(Fail::Transitive) };
        let rec = an.finish();
        self.depth -= 1;
        self.graph.cancel(u);

        let mut refs: BTreeSet<UnitId> = rec.refs.iter().copied().collect();
        for &s in &rec.syms {
            refs.extend(self.sym_unit(s));
        }
        refs.extend(rec.deps.iter().filter_map(|d| match *d {
            Dep::Unit(d) => Some(d),
            Dep::Source(_) => None,
        }));
        refs.remove(&u);
        let stored: BTreeSet<UnitId> = self.graph.refs(u).iter().copied().collect();
        let wrong = |what: &str| Err(format!("{}: analysed again, {what}", self.unit_name(u)));
        let read = rec.deps.iter().copied().chain(rec.place_deps());
        let deps: FxHashSet<Dep<Src>> = read.filter(|&d| d != Dep::Unit(u)).collect();
        let held: FxHashSet<Dep<Src>> = self.graph.deps(u).iter().copied().collect();
        if let Some(d) = deps.iter().find(|d| !held.contains(d)) {
            return wrong(&format!("it reads {}, which is not on record", self.dep_name(*d)));
        }
        if let Some(d) = held.iter().find(|d| !deps.contains(d)) {
            return wrong(&format!("it does not read {}, which is on record", self.dep_name(*d)));
        }
        if let Some(&x) = refs.difference(&stored).next() {
            return wrong(&format!("it references {}, which is not on record", self.unit_name(x)));
        }
        if let Some(&x) = stored.difference(&refs).next() {
            return wrong(&format!("it does not reference {}, which is on record", self.unit_name(x)));
        }
        let data = &self.units[u.index()];
        if *rec.msgs != *data.msgs {
            return wrong("its messages are not the same");
        }
        if *rec.claims != *data.claims {
            return wrong("its names for types are not the same");
        }
        if *rec.exports != *data.exports || rec.log.as_ref() != data.log.as_deref() {
            return wrong("its exports or logs are not the same");
        }
        let result = r.unwrap_or(UnitResult::None);
        if result != data.result {
            return wrong(&format!("its result is {result:?}, where {:?} is on record", data.result));
        }
        match &rec.out {
            Some(out) if data.out_hash != 0 && out_hash(out) != data.out_hash => {
                wrong("its function or data is not the one that was handed on")
            }
            _ => Ok(()),
        }
    }

    /// A unit for people.
    pub fn unit_name(&self, u: UnitId) -> String {
        match self.units.get(u.index()) {
            Some(data) => super::Canon::new(self).unit(data.key),
            None => format!("{u:?}"),
        }
    }

    fn dep_name(&self, d: Dep<Src>) -> String {
        let canon = super::Canon::new(self);
        match d {
            Dep::Unit(u) => self.unit_name(u),
            Dep::Source(Src::Sig(m)) => format!("the signature of {}", canon.member(m)),
            Dep::Source(Src::Body(m)) => format!("the body of {}", canon.member(m)),
            Dep::Source(Src::Pos(m)) => format!("the position of {}", canon.member(m)),
            Dep::Source(Src::Fields(s)) => format!("the fields of {}", canon.site(s)),
            Dep::Source(Src::Name(s, n)) => format!("the name {} in {}", self.text(n), canon.site(s)),
            Dep::Source(Src::Names(s)) => format!("the names of {}", canon.site(s)),
            Dep::Source(Src::Acting(s)) => format!("the blocks and exports of {}", canon.site(s)),
            Dep::Source(Src::Import(f, n)) => format!("import {} of file {}", self.text(n), f.0),
            Dep::Source(Src::TypeName(c)) => format!("the name of {}", self.cont(c).name),
            Dep::Source(Src::ErrorTable) => "the errors that have numbers".into(),
            Dep::Source(Src::ErrorNumbers) => "the error numbers".into(),
            Dep::Source(Src::Embed(f, n)) => format!("embedded file {} of file {}", self.text(n), f.0),
            Dep::Source(Src::Quota(f)) => format!("the quota of {}", self.decl_name(self.funcs[f.0 as usize].key.decl)),
        }
    }
}
