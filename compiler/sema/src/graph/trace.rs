//! Why a unit is live, for "referenced by" lines. Not read off the support forest, which depends on
//! history: a shortest path of references, ties by order, computed when somebody asks.

use rustc_hash::FxHashMap;

use super::{Graph, Source, UnitId};

impl<S: Source> Graph<S> {
    /// A shortest chain of references from a root to the unit, both included; among several the one
    /// whose references come first in what makes them, compared from the root on: the order in which
    /// units were made depends on history. Empty for a dead unit. Costs up to the number of
    /// references that lead to the unit.
    pub fn live_path(&self, u: UnitId) -> Vec<UnitId> {
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
        let mut path = vec![self.id(root)];
        let mut at = root;
        while radius > 0 {
            radius -= 1;
            let mut refs = self.node(at).refs.iter();
            let Some(next) = refs.find(|r| distance.get(&r.slot) == Some(&radius)) else { break };
            path.push(*next);
            at = next.slot;
        }
        path
    }
}
