//! Random references: the live set is what the roots reach, settled or not, and the chain shown for
//! a unit is a shortest one.

use super::random::Random;
use crate::graph::{Graph, Outcome, UnitId};

struct Web {
    graph: Graph<u8>,
    units: Vec<UnitId>,
    random: Random,
}

impl Web {
    fn new(units: usize, seed: u64) -> Self {
        let mut graph = Graph::new();
        let units = (0..units).map(|_| graph.new_unit()).collect();
        Web { graph, units, random: Random::new(seed) }
    }

    fn any(&mut self) -> UnitId {
        self.units[self.random.below(self.units.len())]
    }

    fn refer(&mut self, u: UnitId, refs: Vec<UnitId>) {
        self.graph.begin(u);
        self.graph.commit(u, vec![], refs, Outcome::Good, false);
    }

    fn edit(&mut self) {
        let u = self.any();
        let mut refs = self.graph.refs(u).to_vec();
        match self.random.below(12) {
            0 => {
                let root = self.graph.is_root(u);
                self.graph.set_root(u, !root);
                return;
            }
            1 => {
                self.graph.remove_unit(u);
                let new = self.graph.new_unit();
                self.units.retain(|&x| x != u);
                self.units.push(new);
                return;
            }
            2 => refs.clear(),
            3..=6 => refs.retain(|_| self.random.once_in(2)),
            _ => {}
        }
        for _ in 0..self.random.below(3) {
            refs.push(self.any());
        }
        self.refer(u, refs);
    }

    /// The length of a shortest chain from a root, the naive way.
    fn distance(&self, u: UnitId) -> Option<usize> {
        let mut ring: Vec<UnitId> = self.graph.units().filter(|&x| self.graph.is_root(x)).collect();
        let mut seen: Vec<UnitId> = ring.clone();
        for distance in 1.. {
            if ring.contains(&u) {
                return Some(distance);
            }
            let mut outer = Vec::new();
            for &x in &ring {
                for &r in self.graph.refs(x) {
                    if !seen.contains(&r) {
                        seen.push(r);
                        outer.push(r);
                    }
                }
            }
            if outer.is_empty() {
                break;
            }
            ring = outer;
        }
        None
    }
}

#[test]
fn live_is_what_the_roots_reach() {
    for seed in 0..200 {
        let mut web = Web::new(3 + seed as usize % 30, seed);
        let root = web.any();
        web.graph.set_root(root, true);
        for _ in 0..60 {
            web.graph.begin_update();
            for _ in 0..1 + web.random.below(6) {
                web.edit();
                web.graph.check_invariants().unwrap();
            }
            web.graph.settle();
            web.graph.check_invariants().unwrap();
            let u = web.any();
            let path = web.graph.live_path(u);
            assert_eq!((!path.is_empty()).then_some(path.len()), web.distance(u));
            assert!(path.windows(2).all(|pair| web.graph.refs(pair[0]).contains(&pair[1])));
        }
    }
}

#[test]
fn the_sweep_list_holds_every_dead_unit_once() {
    for seed in 0..50 {
        let mut web = Web::new(12, seed);
        let root = web.any();
        web.graph.set_root(root, true);
        for _ in 0..200 {
            web.graph.begin_update();
            web.edit();
            web.graph.settle();
            let mut listed = web.graph.sweepable(0, usize::MAX);
            listed.sort();
            let dead: Vec<UnitId> = web.graph.units().filter(|&u| !web.graph.is_live(u)).collect();
            assert_eq!(listed, dead);
        }
    }
}
