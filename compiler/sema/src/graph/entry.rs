//! Where analysis from nothing comes upon loops. Which member of a loop reports it depends on which was
//! reached first, and that must not depend on history: the order is played through, without running
//! anything, over what was read and referenced. Only units that lead to a loop take part.

use std::collections::{BTreeSet, VecDeque};

use rustc_hash::{FxHashMap, FxHashSet};

use super::edges::NONE;
use super::{Graph, Source, UnitId};

impl<S: Source> Graph<S> {
    /// Live loop groups that are not known to have been entered by the member which analysis from nothing
    /// comes upon first; that one stands first in each. Nothing is walked where there is no loop.
    pub fn misentered_loops(&mut self) -> Vec<Vec<UnitId>> {
        let live = |s: &u32| self.node(*s).live;
        let groups: Vec<(u32, &Vec<u32>)> =
            (0..).zip(&self.groups).filter(|(_, members)| members.iter().any(live)).collect();
        if groups.is_empty() {
            self.loop_entries.clear();
            return Vec::new();
        }
        let members: Vec<u32> = groups.iter().flat_map(|(_, members)| members.iter().copied()).filter(live).collect();
        let entries = Replay::new(self, &members).entries(groups.len());
        let in_order = |(group, members): &(u32, &Vec<u32>)| -> Vec<UnitId> {
            let first = entries.get(group).copied();
            let rest = members.iter().copied().filter(|s| live(s) && Some(*s) != first);
            first.into_iter().chain(rest).map(|s| self.id(s)).collect()
        };
        let groups: Vec<Vec<UnitId>> = groups.iter().map(in_order).collect();
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
}

/// Analysis from nothing, played through: what a unit reads is run at once, whatever else it references when
/// it has ended, in the order in which units were first mentioned.
struct Replay<'g, S> {
    graph: &'g Graph<S>,
    /// Units that lead to a loop.
    leading: FxHashSet<u32>,
    /// When each was first mentioned.
    mentioned: FxHashMap<u32, u32>,
    live: FxHashSet<u32>,
    begun: FxHashSet<u32>,
    pending: BTreeSet<(u32, u32)>,
}

impl<'g, S: Source> Replay<'g, S> {
    fn new(graph: &'g Graph<S>, members: &[u32]) -> Replay<'g, S> {
        let mut leading: FxHashSet<u32> = members.iter().copied().collect();
        let mut todo: VecDeque<u32> = members.iter().copied().collect();
        while let Some(s) = todo.pop_front() {
            let referrers = graph.ref_pool.origins(graph.node(s).referrers);
            todo.extend(referrers.filter(|&r| graph.node(r).live && leading.insert(r)));
        }
        Replay {
            graph,
            leading,
            mentioned: FxHashMap::default(),
            live: FxHashSet::default(),
            begun: FxHashSet::default(),
            pending: BTreeSet::new(),
        }
    }

    /// The member that each loop group is entered by.
    fn entries(mut self, groups: usize) -> FxHashMap<u32, u32> {
        let mut entries = FxHashMap::default();
        let mut roots: Vec<u32> = self.leading.iter().copied().filter(|&s| self.graph.node(s).root).collect();
        roots.sort_unstable_by_key(|&s| (self.graph.node(s).order, s));
        for s in roots {
            self.mention(s);
            self.attach(s);
        }
        while let Some((_, s)) = self.pending.pop_first() {
            // What is being run, innermost last, and how much of what it read has been looked at.
            let mut stack: Vec<(u32, usize)> = Vec::new();
            let mut next = self.begun.insert(s).then_some(s);
            loop {
                if let Some(s) = next.take() {
                    let group = self.graph.node(s).group;
                    if group != NONE && !entries.contains_key(&group) {
                        entries.insert(group, s);
                        if entries.len() == groups {
                            return entries;
                        }
                    }
                    stack.push((s, 0));
                }
                let Some((s, read)) = stack.last_mut() else { break };
                let deps = &self.graph.node(*s).deps;
                let (s, input) = (*s, deps.get(*read));
                *read += 1;
                match input {
                    Some(super::Dep::Unit(d)) if self.leading.contains(&d.slot) => {
                        self.mention(d.slot);
                        next = self.begun.insert(d.slot).then_some(d.slot);
                    }
                    Some(_) => {}
                    None => {
                        stack.pop();
                        self.end(s);
                    }
                }
            }
        }
        entries
    }

    fn mention(&mut self, s: u32) {
        let n = self.mentioned.len() as u32;
        self.mentioned.entry(s).or_insert(n);
    }

    /// A run has ended.
    fn end(&mut self, s: u32) {
        let graph = self.graph;
        for r in graph.node(s).refs.iter().map(|r| r.slot) {
            if self.leading.contains(&r) {
                self.mention(r);
            }
        }
        if self.live.contains(&s) {
            self.attach_refs(s);
        }
    }

    /// A unit is needed: it is to be run, or what it references is needed, too.
    fn attach(&mut self, s: u32) {
        if !self.live.insert(s) {
            return;
        }
        if self.begun.contains(&s) {
            self.attach_refs(s);
        } else if let Some(&n) = self.mentioned.get(&s) {
            self.pending.insert((n, s));
        }
    }

    fn attach_refs(&mut self, s: u32) {
        let graph = self.graph;
        let mut todo = vec![s];
        while let Some(s) = todo.pop() {
            for r in graph.node(s).refs.iter().map(|r| r.slot) {
                if !self.leading.contains(&r) || !self.live.insert(r) {
                    continue;
                }
                if self.begun.contains(&r) {
                    todo.push(r);
                } else if let Some(&n) = self.mentioned.get(&r) {
                    self.pending.insert((n, r));
                }
            }
        }
    }
}
