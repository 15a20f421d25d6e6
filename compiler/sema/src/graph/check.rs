//! The contracts of the graph, checked the naive way over the whole of it. For tests and for the
//! self-checks of debug builds; nothing in an update may cost that much.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::edges::NONE;
use super::{Dep, Graph, Source, State, UnitId};

macro_rules! hold {
    ($condition:expr, $($message:tt)+) => {
        if !$condition {
            return Err(format!($($message)+));
        }
    };
}

struct Lists<S> {
    deps: FxHashMap<(UnitId, Dep<S>), u32>,
    refs: FxHashMap<(UnitId, UnitId), u32>,
}

impl<S: Source> Graph<S> {
    /// Checks every contract; the error names the first one broken. May be called at any time.
    pub fn check_invariants(&self) -> Result<(), String> {
        let lists = self.lists();
        for u in self.units() {
            self.check_edges(u, &lists)?;
            self.check_height(u)?;
            self.check_support(u, &lists)?;
            self.check_queue(u)?;
        }
        self.check_totals()?;
        self.check_liveness()
    }

    /// The edges as they stand in the lists of their targets: origin and target, how often.
    fn lists(&self) -> Lists<S> {
        let mut lists = Lists { deps: FxHashMap::default(), refs: FxHashMap::default() };
        for u in self.units() {
            for from in self.dependers(u) {
                *lists.deps.entry((from, Dep::Unit(u))).or_default() += 1;
            }
            for from in self.referrers(u) {
                *lists.refs.entry((from, u)).or_default() += 1;
            }
        }
        for key in self.sources() {
            for from in self.source_dependers(key) {
                *lists.deps.entry((from, Dep::Source(key))).or_default() += 1;
            }
        }
        lists
    }

    fn check_edges(&self, u: UnitId, lists: &Lists<S>) -> Result<(), String> {
        let node = self.node(u.slot);
        hold!(node.deps.len() == node.dep_edges.len(), "{u:?}: dependencies and edges differ in number");
        hold!(node.refs.len() == node.ref_edges.len(), "{u:?}: references and edges differ in number");
        for (dep, &edge) in node.deps.iter().zip(&node.dep_edges) {
            hold!(self.dep_pool.from(edge) == u.slot, "{u:?}: edge to {dep:?} is somebody else's");
            match *dep {
                Dep::Unit(d) => {
                    hold!(self.exists(d), "{u:?} reads {d:?}, which is gone");
                    hold!(d != u, "{u:?} reads itself");
                    hold!(lists.refs.contains_key(&(u, d)), "{u:?} reads {d:?} without referencing it");
                }
                Dep::Source(_) => {}
            }
            hold!(lists.deps.get(&(u, *dep)) == Some(&1), "{dep:?} does not list its depender {u:?} once");
        }
        for (&r, &edge) in node.refs.iter().zip(&node.ref_edges) {
            hold!(self.ref_pool.from(edge) == u.slot, "{u:?}: reference to {r:?} is somebody else's");
            hold!(self.exists(r), "{u:?} references {r:?}, which is gone");
            hold!(lists.refs.get(&(u, r)) == Some(&1), "{r:?} does not list its referrer {u:?} once");
        }
        Ok(())
    }

    fn check_height(&self, u: UnitId) -> Result<(), String> {
        let node = self.node(u.slot);
        hold!((node.height == 0) <= node.deps.is_empty(), "{u:?} has inputs but no height");
        for d in self.unit_deps(u.slot) {
            let input = self.node(d);
            let together = node.group != NONE && node.group == input.group;
            let (a, b) = (node.height, input.height);
            hold!(if together { a == b } else { a > b }, "{u:?} of height {a} reads {:?} of height {b}", self.id(d));
        }
        if node.group != NONE {
            let members = &self.groups[node.group as usize];
            hold!(members.contains(&u.slot), "{u:?} is not in its group");
            hold!(members.len() > 1, "{u:?} loops alone");
            hold!(matches!(node.state, State::Clean | State::Failed), "{u:?} is {:?} in a group", node.state);
        }
        Ok(())
    }

    fn check_support(&self, u: UnitId, lists: &Lists<S>) -> Result<(), String> {
        let node = self.node(u.slot);
        if !node.live {
            hold!(!node.root, "{u:?} is a dead root");
            return Ok(());
        }
        if node.suspect {
            return Ok(());
        }
        if node.root {
            hold!(node.parent == NONE, "root {u:?} has a parent");
            return Ok(());
        }
        hold!(node.parent != NONE, "{u:?} is live without support");
        let (p, parent) = (self.id(node.parent), self.node(node.parent));
        hold!(parent.in_use && parent.live, "{u:?}: parent {p:?} is dead");
        hold!(parent.level < node.level, "{u:?}: parent {p:?} is not above it");
        hold!(lists.refs.contains_key(&(p, u)), "{u:?}: parent {p:?} does not reference it");
        Ok(())
    }

    fn check_queue(&self, u: UnitId) -> Result<(), String> {
        let node = self.node(u.slot);
        let due = node.live && matches!(node.state, State::Never | State::Outdated);
        hold!(
            node.pending == due,
            "{u:?}: pending is {}, but it is {:?}, live: {}",
            node.pending,
            node.state,
            node.live
        );
        let queued = self.pending.contains(&(node.height, node.order, u.slot));
        hold!(queued == due, "{u:?}: the queue does not agree with the unit");
        hold!((node.state == State::Never) <= !node.has_result, "{u:?} never ran, yet has a result");
        let running = self.run_stack.iter().any(|&(s, _)| s == u.slot);
        hold!(running == (node.state == State::Running), "{u:?}: run stack and state disagree");
        Ok(())
    }

    fn check_totals(&self) -> Result<(), String> {
        let units: Vec<UnitId> = self.units().collect();
        let deps: usize = units.iter().map(|u| self.node(u.slot).deps.len()).sum();
        let refs: usize = units.iter().map(|u| self.node(u.slot).refs.len()).sum();
        hold!(self.edge_counts() == (deps, refs), "edges: {:?} held, ({deps}, {refs}) in use", self.edge_counts());
        hold!(self.dep_pool.free_list_is_whole() && self.ref_pool.free_list_is_whole(), "edge slots have been lost");
        let due = units.iter().filter(|u| self.node(u.slot).pending).count();
        hold!(self.pending.len() == due, "{} queued, {due} due", self.pending.len());
        let outdated = self.pending.iter().filter(|&&(_, _, s)| self.node(s).state == State::Outdated);
        let min = outdated.map(|&(height, _, _)| height).min().unwrap_or(u32::MAX);
        hold!(self.pending_min == min, "lowest pending height {} should be {min}", self.pending_min);
        hold!(self.units.len() == units.len() + self.free_units.len(), "unit slots have been lost");
        hold!(self.sources.len() == self.source_ids.len() + self.free_sources.len(), "source slots have been lost");
        for (key, &i) in &self.source_ids {
            hold!(self.sources[i as usize].key == *key, "{key:?} is filed under another name");
            hold!(self.sources[i as usize].dependers != NONE, "{key:?} is kept, though nobody reads it");
        }
        let groups = self.groups.iter().filter(|g| !g.is_empty()).count();
        hold!(self.groups.len() == groups + self.free_groups.len(), "group slots have been lost");
        Ok(())
    }

    /// Live is what the roots reach; more only while somebody's support is yet to be settled.
    fn check_liveness(&self) -> Result<(), String> {
        let mut reached: BTreeSet<UnitId> = self.units().filter(|&u| self.is_root(u)).collect();
        let mut todo: Vec<UnitId> = reached.iter().copied().collect();
        while let Some(u) = todo.pop() {
            todo.extend(self.refs(u).iter().copied().filter(|&r| reached.insert(r)));
        }
        let live: BTreeSet<UnitId> = self.units().filter(|&u| self.is_live(u)).collect();
        hold!(live.len() == self.live_count, "{} live units counted as {}", live.len(), self.live_count);
        if let Some(u) = reached.difference(&live).next() {
            return Err(format!("{u:?} is reached, but dead"));
        }
        if let (true, Some(u)) = (self.suspects.is_empty(), live.difference(&reached).next()) {
            return Err(format!("{u:?} is live, but not reached"));
        }
        Ok(())
    }
}
