//! Heights, and what to do where there can be none: loops. A unit's height exceeds those of the units
//! it reads; when a commit breaks that for its dependers, they are lifted, in the order of their old
//! heights, so that each is lifted once. Old heights were in order, so any cycle passes through the
//! unit just committed: lifting that comes back to it has found one.
//!
//! The units of a cycle form a loop group: of one height, without order among themselves, out of
//! date together. A cycle that holds only through an edge of a unit that is out of date or running
//! is no cycle: that edge is about to be replaced, and is dropped.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::edges::NONE;
use super::{Graph, Source, State, UnitId};

impl<S: Source> Graph<S> {
    /// The loop group of a unit, in order; empty if it is in none.
    pub fn loop_group(&self, u: UnitId) -> Vec<UnitId> {
        match self.node(self.slot(u)).group {
            NONE => Vec::new(),
            group => self.groups[group as usize].iter().map(|&m| self.id(m)).collect(),
        }
    }

    /// The loop groups formed since the last call that still stand. Which member reports the loop
    /// depends on who was run first; a user who wants one place whatever the history invalidates the
    /// group and runs it from the member of their choice.
    pub fn take_new_loops(&mut self) -> Vec<Vec<UnitId>> {
        let mut ids = std::mem::take(&mut self.new_groups);
        ids.retain(|&g| !self.groups[g as usize].is_empty());
        ids.sort_unstable();
        ids.dedup();
        let mut loops: Vec<Vec<UnitId>> =
            ids.iter().map(|&g| self.groups[g as usize].iter().map(|&m| self.id(m)).collect()).collect();
        loops.sort_by_key(|members: &Vec<UnitId>| members.first().map(|&m| (self.order(m), m)));
        loops
    }

    /// Gives a unit just committed its height, lifts what hangs on it and finds the loop it closes.
    pub(super) fn lift(&mut self, s: u32) {
        loop {
            // Again after stale edges were dropped: the units of the supposed cycle have been lifted.
            let height = 1 + self.unit_deps(s).map(|d| self.node(d).height).max().unwrap_or(0);
            self.set_height(s, height);
            let stamp = self.next_stamp();
            if !self.lift_dependers(s, stamp) {
                return;
            }
            let members = self.cycle_through(s, stamp);
            if !self.drop_stale_edges(&members) {
                self.form_group(members);
                return;
            }
        }
    }

    /// Splits up the loop group of a unit, if there is one: its members become outdated, and what they
    /// read of each other is forgotten, since only another run can tell whether the loop still exists.
    pub(super) fn dissolve_group_of(&mut self, s: u32) {
        let group = self.node(s).group;
        if group == NONE {
            return;
        }
        let members = std::mem::take(&mut self.groups[group as usize]);
        self.free_groups.push(group);
        self.forget_loop_entries(&members);
        for &m in &members {
            self.node_mut(m).group = NONE;
        }
        for &m in &members {
            self.mark_outdated(m);
        }
        self.drop_stale_edges(&members);
    }

    /// Lifts all that hangs on `origin`, marking it; answers whether `origin` hangs on itself.
    fn lift_dependers(&mut self, origin: u32, stamp: u64) -> bool {
        let mut looped = false;
        let mut todo = BinaryHeap::new();
        let mut next = Some(origin);
        while let Some(p) = next {
            let (height, group) = (self.node(p).height, self.node(p).group);
            let mut edge = self.node(p).dependers;
            while edge != NONE {
                let d = self.dep_pool.from(edge);
                edge = self.dep_pool.next(edge);
                if d == origin {
                    looped = true;
                    continue;
                }
                let node = self.node(d);
                if node.height > height || (group != NONE && node.group == group) {
                    continue;
                }
                match node.group {
                    NONE => self.lift_one(d, height + 1, stamp, &mut todo),
                    g => {
                        for i in 0..self.groups[g as usize].len() {
                            let m = self.groups[g as usize][i];
                            self.lift_one(m, height + 1, stamp, &mut todo);
                        }
                    }
                }
            }
            next = todo.pop().map(|Reverse((_, s))| s);
        }
        looped
    }

    fn lift_one(&mut self, s: u32, height: u32, stamp: u64, todo: &mut BinaryHeap<Reverse<(u32, u32)>>) {
        let node = self.node_mut(s);
        if node.mark != stamp {
            node.mark = stamp;
            todo.push(Reverse((node.height, s)));
            self.counters.raises += 1;
        }
        self.set_height(s, height);
    }

    /// The units on cycles through `origin`: what it reads, transitively, among the lifted. (The heights
    /// along a cycle were below that of `origin`, so all of it was lifted.)
    fn cycle_through(&mut self, origin: u32, lifted: u64) -> Vec<u32> {
        let seen = self.next_stamp();
        self.node_mut(origin).mark = seen;
        let mut members = vec![origin];
        let mut i = 0;
        while let Some(&x) = members.get(i) {
            i += 1;
            let group = self.node(x).group;
            let mut reached: Vec<u32> = self.unit_deps(x).collect();
            if group != NONE {
                reached.extend_from_slice(&self.groups[group as usize]);
            }
            for d in reached {
                let node = self.node_mut(d);
                if node.mark == lifted {
                    node.mark = seen;
                    members.push(d);
                }
            }
        }
        members
    }

    /// Drops what outdated or running members read of other members; answers whether there was any.
    fn drop_stale_edges(&mut self, members: &[u32]) -> bool {
        let inside = self.next_stamp();
        for &m in members {
            self.node_mut(m).mark = inside;
        }
        let mut dropped = false;
        for &m in members {
            let node = self.node_mut(m);
            match node.state {
                State::Outdated => {}
                // Without all of its edges, the former result cannot be trusted to be told of changes.
                State::Running if node.former != State::Never => node.former = State::Outdated,
                State::Running => {}
                _ => continue,
            }
            let stale: Vec<u32> = (self.node(m).dep_edges.iter().copied())
                .filter(|&e| self.dep_pool.unit(e).is_some_and(|to| self.node(to).mark == inside))
                .collect();
            for edge in stale {
                self.drop_dep_edge(m, edge);
                dropped = true;
            }
        }
        dropped
    }

    /// Makes the members, and all groups that they were in, one group of one height.
    fn form_group(&mut self, mut members: Vec<u32>) {
        self.forget_loop_entries(&members);
        for &m in &members {
            let old = std::mem::replace(&mut self.node_mut(m).group, NONE);
            if old != NONE && !self.groups[old as usize].is_empty() {
                self.groups[old as usize].clear();
                self.free_groups.push(old);
            }
        }
        members.sort_unstable_by_key(|&m| (self.node(m).order, m));
        let group = self.free_groups.pop().unwrap_or_else(|| {
            self.groups.push(Vec::new());
            (self.groups.len() - 1) as u32
        });
        for &m in &members {
            self.node_mut(m).group = group;
        }
        let inputs = members.iter().flat_map(|&m| self.unit_deps(m)).filter(|&d| self.node(d).group != group);
        let height = 1 + inputs.map(|d| self.node(d).height).max().unwrap_or(0);
        // Not above what the members were lifted to, so that all that hangs on them lies above.
        for &m in &members {
            self.set_height(m, height);
        }
        self.groups[group as usize] = members;
        self.new_groups.push(group);
        self.counters.loops += 1;
    }

    fn set_height(&mut self, s: u32, height: u32) {
        if self.node(s).height == height {
            return;
        }
        let pending = self.node(s).pending;
        self.dequeue(s);
        self.node_mut(s).height = height;
        if pending {
            self.enqueue(s);
        }
    }
}
