//! Why a unit is live, for "referenced by" lines. Not read off the support forest, which depends on
//! history: a shortest path of references, ties by order, computed when somebody asks.

use rustc_hash::FxHashMap;

use super::{Graph, Source, UnitId};

impl<S: Source> Graph<S> {
    /// Live loop groups that are not known to have been entered by the member nearest to a root, which stands
    /// first in each. Nothing is walked where there is no loop.
    pub fn misentered_loops(&mut self) -> Vec<Vec<UnitId>> {
        let groups = self.groups.iter().enumerate().map(|(i, members)| {
            let mine = |&&s: &&u32| self.node(s).live && self.node(s).group == i as u32;
            let mut members: Vec<UnitId> = members.iter().filter(mine).map(|&s| self.id(s)).collect();
            members.sort_by_cached_key(|&u| {
                let path = self.live_steps(u);
                (path.len(), path.iter().map(|step| step.0).collect::<Vec<_>>())
            });
            members
        });
        let groups: Vec<Vec<UnitId>> = groups.filter(|g| !g.is_empty()).collect();
        self.loop_entries.retain(|u| groups.iter().any(|g| g.first() == Some(u)));
        groups.into_iter().filter(|g| g.first().is_some_and(|u| !self.loop_entries.contains(u))).collect()
    }

    /// Says that the loop group of a unit was entered by it; that holds until the group is split up.
    pub fn entered_loop_by(&mut self, u: UnitId) {
        self.loop_entries.insert(u);
    }

    /// Units that are in a loop group no more, or in another one, are nothing that it was entered by.
    pub(super) fn forget_loop_entries(&mut self, members: &[u32]) {
        if !self.loop_entries.is_empty() {
            for &m in members {
                let u = self.id(m);
                self.loop_entries.remove(&u);
            }
        }
    }

    /// A shortest chain of references from a root to the unit, both included; among several the one
    /// whose references come first in what makes them, compared from the root on: the order in which
    /// units were made depends on history. Empty for a dead unit. Costs up to the number of
    /// references that lead to the unit.
    pub fn live_path(&self, u: UnitId) -> Vec<UnitId> {
        self.live_steps(u).into_iter().map(|(_, u)| u).collect()
    }

    /// The chain of [`Graph::live_path`], each unit after its place among its referrer's references.
    fn live_steps(&self, u: UnitId) -> Vec<(usize, UnitId)> {
        let target = self.slot(u);
        if !self.node(target).live {
            return Vec::new();
        }
        // Outwards from the unit, ring by ring, up to the first ring with a root in it.
        let mut distance: FxHashMap<u32, u32> = FxHashMap::default();
        distance.insert(target, 0);
        let mut ring = vec![target];
        let mut radius = 0;
        let root = loop {
            let roots = ring.iter().copied().filter(|&s| self.node(s).root);
            if let Some(root) = roots.min_by_key(|&s| (self.node(s).order, s)) {
                break root;
            }
            radius += 1;
            let mut outer = Vec::new();
            for &s in &ring {
                for r in self.ref_pool.origins(self.node(s).referrers) {
                    if self.node(r).live && !distance.contains_key(&r) {
                        distance.insert(r, radius);
                        outer.push(r);
                    }
                }
            }
            if outer.is_empty() {
                return Vec::new();
            }
            ring = outer;
        };
        let mut path = vec![(0, self.id(root))];
        let mut at = root;
        while radius > 0 {
            radius -= 1;
            let mut refs = self.node(at).refs.iter().enumerate();
            let Some((nth, next)) = refs.find(|(_, r)| distance.get(&r.slot) == Some(&radius)) else { break };
            path.push((nth, *next));
            at = next.slot;
        }
        path
    }
}
