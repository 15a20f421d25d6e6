//! Numbers of errors. They are given by first use and stay, so that an edit that brings a new error changes
//! nothing else. Only where a live unit looks at numbers (`@intFromError`, `@errorFromInt`) can anybody see
//! that they are history; then, and only then, they are those that the program alone determines.

use std::collections::VecDeque;

use rustc_hash::FxHashSet;
use syntax::Name;

use crate::analyze::An;
use crate::graph::{Dep, UnitId};
use crate::state::Sema;
use crate::unit::{Src, UnitKey};

/// A unit mentions an error: for the first time after it read that other unit.
pub type Mentioned = (Option<UnitId>, Name);

impl An<'_> {
    /// The number of an error, for code and data.
    pub fn error_number(&mut self, name: Name) -> u16 {
        self.mention_error(name);
        self.s.error_number(name)
    }

    /// Notes that the unit mentions an error.
    pub fn mention_error(&mut self, name: Name) {
        if self.rec.errors.iter().any(|e| e.1 == name) {
            return;
        }
        let after = self.rec.deps.iter().rev().find_map(|d| match *d {
            Dep::Unit(u) => Some(u),
            Dep::Source(_) => None,
        });
        self.rec.errors.push((after, name));
    }
}

impl Sema {
    /// The number of an error name.
    pub fn error_number(&mut self, name: Name) -> u16 {
        if let Some(&n) = self.error_numbers.get(&name) {
            return n;
        }
        let n = self.error_names.len() as u16;
        self.error_names.push(name);
        self.error_numbers.insert(name, n);
        n
    }

    /// Brings the numbers in line with the program if a live unit looks at them. Costs a walk over the live units,
    /// which the programs that ask for numbers pay.
    pub(crate) fn settle_error_numbers(&mut self) {
        let seen = |g: &crate::graph::Graph<Src>| g.source_dependers(Src::ErrorNumbers).any(|u| g.is_live(u));
        if !seen(&self.graph) {
            return;
        }
        let order = self.error_order();
        if self.error_names.get(1..) == Some(&order[..]) {
            return;
        }
        self.error_names.truncate(1);
        self.error_numbers.clear();
        for name in order {
            self.error_number(name);
        }
        self.graph.invalidate(Src::ErrorNumbers);
        self.graph.invalidate(Src::ErrorTable);
        // Dead ones as well: they may come back as they are.
        let users: Vec<UnitId> = self.graph.units().filter(|u| !self.units[u.index()].errors.is_empty()).collect();
        for u in users {
            self.graph.invalidate_unit(u);
        }
    }

    /// The errors that live units mention, in the order in which analysis from nothing comes upon them: what a
    /// unit reads is analysed where it is read, the functions that it mentions afterwards and in turn.
    fn error_order(&self) -> Vec<Name> {
        let mut out = Vec::new();
        let mut named = FxHashSet::default();
        let mut seen: FxHashSet<UnitId> = FxHashSet::default();
        let mut later: VecDeque<UnitId> = self.unit_ids.get(&UnitKey::Entry).copied().into_iter().collect();
        while let Some(root) = later.pop_front() {
            // Units being visited, each with how much of it is done.
            let mut stack = vec![(root, 0)];
            if !seen.insert(root) {
                continue;
            }
            while let Some((u, at)) = stack.last_mut() {
                let u = *u;
                let read = self.graph.deps(u).get(*at).copied();
                let before = match *at {
                    0 => None,
                    n => self.graph.deps(u).get(n - 1).copied(),
                };
                let after = match before {
                    None => Some(None),
                    Some(Dep::Unit(d)) => Some(Some(d)),
                    Some(Dep::Source(_)) => None,
                };
                *at += 1;
                if let (Some(after), Some(data)) = (after, self.units.get(u.index())) {
                    let new = data.errors.iter().filter(|e| e.0 == after && named.insert(e.1));
                    out.extend(new.map(|e| e.1));
                }
                match read {
                    Some(Dep::Unit(d)) => {
                        if seen.insert(d) {
                            stack.push((d, 0));
                        }
                    }
                    Some(Dep::Source(_)) => {}
                    None => {
                        let rest = self.units.get(u.index()).map_or(&[][..], |d| &d.errors[..]);
                        out.extend(rest.iter().filter(|e| named.insert(e.1)).map(|e| e.1));
                        later.extend(self.graph.refs(u));
                        stack.pop();
                    }
                }
            }
        }
        out
    }
}
