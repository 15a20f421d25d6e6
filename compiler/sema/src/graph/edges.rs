//! Edges: each stands in its unit's own list, in the order read, and in a doubly linked list of its
//! target, so that both directions can be walked and any edge removed in constant time. Slots of
//! removed edges are used again. A source dependee exists only while an edge leads to it.

use super::{Dep, Graph, Source, SourceNode, UnitId};

/// No slot.
pub(super) const NONE: u32 = u32::MAX;

/// Marks the target of an edge as a source dependee.
const SOURCE: u32 = 1 << 31;

struct Edge {
    from: u32,
    /// A unit's slot, or a source's with `SOURCE` set; in a free slot meaningless.
    to: u32,
    prev: u32,
    /// The next edge to the same target; in a free slot the next free one.
    next: u32,
}

/// All edges of one kind.
pub(super) struct EdgePool {
    edges: Vec<Edge>,
    free: u32,
    len: usize,
}

impl EdgePool {
    pub(super) fn new() -> Self {
        EdgePool { edges: Vec::new(), free: NONE, len: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn from(&self, edge: u32) -> u32 {
        self.edges[edge as usize].from
    }

    pub(super) fn to(&self, edge: u32) -> u32 {
        self.edges[edge as usize].to
    }

    /// The unit that an edge leads to, unless it leads to a source.
    pub(super) fn unit(&self, edge: u32) -> Option<u32> {
        Some(self.to(edge)).filter(|to| to & SOURCE == 0)
    }

    /// The edge after this one in its target's list, or `NONE`.
    pub(super) fn next(&self, edge: u32) -> u32 {
        self.edges[edge as usize].next
    }

    /// Whether every slot is either in use or free.
    pub(super) fn free_list_is_whole(&self) -> bool {
        self.list(self.free).take(self.edges.len() + 1).count() + self.len == self.edges.len()
    }

    /// The edges of a target's list, in a vector: the list may change while it is worked off.
    pub(super) fn edges_to(&self, head: u32) -> Vec<u32> {
        self.list(head).collect()
    }

    /// The sources of the edges in a target's list.
    pub(super) fn origins(&self, head: u32) -> impl Iterator<Item = u32> + '_ {
        self.list(head).map(|e| self.from(e))
    }

    fn list(&self, head: u32) -> impl Iterator<Item = u32> + '_ {
        let some = |e: u32| (e != NONE).then_some(e);
        std::iter::successors(some(head), move |&e| some(self.next(e)))
    }

    /// Makes an edge and puts it at the head of its target's list.
    fn link(&mut self, head: &mut u32, from: u32, to: u32) -> u32 {
        let edge = Edge { from, to, prev: NONE, next: *head };
        let slot = if self.free != NONE {
            let slot = self.free;
            self.free = self.edges[slot as usize].next;
            self.edges[slot as usize] = edge;
            slot
        } else {
            self.edges.push(edge);
            (self.edges.len() - 1) as u32
        };
        if *head != NONE {
            self.edges[*head as usize].prev = slot;
        }
        *head = slot;
        self.len += 1;
        slot
    }

    /// Takes an edge out of its target's list and frees it.
    fn unlink(&mut self, head: &mut u32, slot: u32) {
        let Edge { prev, next, .. } = self.edges[slot as usize];
        if prev == NONE {
            *head = next;
        } else {
            self.edges[prev as usize].next = next;
        }
        if next != NONE {
            self.edges[next as usize].prev = prev;
        }
        let edge = &mut self.edges[slot as usize];
        edge.from = NONE;
        edge.next = self.free;
        self.free = slot;
        self.len -= 1;
    }
}

impl<S: Source> Graph<S> {
    /// Replaces what a unit read. Edges that stay are not touched; repetitions and the edge to itself
    /// are dropped.
    pub(super) fn swap_deps(&mut self, s: u32, mut deps: Vec<Dep<S>>) {
        let mut old_edges = std::mem::take(&mut self.node_mut(s).dep_edges);
        let old = self.next_stamp();
        for (i, &edge) in old_edges.iter().enumerate() {
            let (mark, pos) = self.dep_mark(self.dep_pool.to(edge));
            (*mark, *pos) = (old, i as u32);
        }
        let new = self.next_stamp();
        let mut edges = Vec::with_capacity(deps.len());
        deps.retain(|dep| {
            let to = match *dep {
                Dep::Unit(d) => self.slot(d),
                Dep::Source(key) => self.source_slot(key) | SOURCE,
            };
            if to == s {
                return false;
            }
            let (mark, pos) = self.dep_mark(to);
            if *mark == new {
                return false;
            }
            let reuse = (*mark == old).then_some(*pos as usize);
            *mark = new;
            edges.push(match reuse {
                Some(i) => std::mem::replace(&mut old_edges[i], NONE),
                None => {
                    self.counters.edges_added += 1;
                    let head = match to & SOURCE {
                        0 => &mut self.units[to as usize].dependers,
                        _ => &mut self.sources[(to & !SOURCE) as usize].dependers,
                    };
                    self.dep_pool.link(head, s, to)
                }
            });
            true
        });
        for edge in old_edges {
            if edge != NONE {
                self.unlink_dep(edge);
            }
        }
        // There are many units, and what was read more than once was dropped.
        deps.shrink_to_fit();
        edges.shrink_to_fit();
        let node = self.node_mut(s);
        node.deps = deps;
        node.dep_edges = edges;
    }

    /// Replaces what a unit references; answers what it no longer references.
    pub(super) fn swap_refs(&mut self, s: u32, mut refs: Vec<UnitId>) -> Vec<u32> {
        let mut old_edges = std::mem::take(&mut self.node_mut(s).ref_edges);
        let old = self.next_stamp();
        for (i, &edge) in old_edges.iter().enumerate() {
            let to = self.ref_pool.to(edge);
            let node = self.node_mut(to);
            (node.mark, node.mark_pos) = (old, i as u32);
        }
        let new = self.next_stamp();
        let mut edges = Vec::with_capacity(refs.len());
        refs.retain(|&r| {
            let to = self.slot(r);
            let node = &mut self.units[to as usize];
            if to == s || node.mark == new {
                return false;
            }
            let reuse = (node.mark == old).then_some(node.mark_pos as usize);
            node.mark = new;
            edges.push(match reuse {
                Some(i) => std::mem::replace(&mut old_edges[i], NONE),
                None => {
                    self.counters.edges_added += 1;
                    self.ref_pool.link(&mut node.referrers, s, to)
                }
            });
            true
        });
        let mut dropped = Vec::new();
        for edge in old_edges {
            if edge != NONE {
                dropped.push(self.ref_pool.to(edge));
                self.unlink_ref(edge);
            }
        }
        refs.shrink_to_fit();
        edges.shrink_to_fit();
        let node = self.node_mut(s);
        node.refs = refs;
        node.ref_edges = edges;
        dropped
    }

    /// Forgets one thing that a unit read.
    pub(super) fn drop_dep_edge(&mut self, s: u32, edge: u32) {
        let node = self.node_mut(s);
        if let Some(i) = node.dep_edges.iter().position(|&e| e == edge) {
            node.dep_edges.remove(i);
            node.deps.remove(i);
            self.unlink_dep(edge);
        }
    }

    /// Forgets one reference of a unit.
    pub(super) fn drop_ref_edge(&mut self, s: u32, edge: u32) {
        let node = self.node_mut(s);
        if let Some(i) = node.ref_edges.iter().position(|&e| e == edge) {
            node.ref_edges.remove(i);
            node.refs.remove(i);
            self.unlink_ref(edge);
        }
    }

    /// The units that a unit read, in order.
    pub(super) fn unit_deps(&self, s: u32) -> impl Iterator<Item = u32> + '_ {
        self.node(s).deps.iter().filter_map(|dep| match dep {
            Dep::Unit(d) => Some(d.slot),
            Dep::Source(_) => None,
        })
    }

    fn unlink_dep(&mut self, edge: u32) {
        self.counters.edges_removed += 1;
        let to = self.dep_pool.to(edge);
        if to & SOURCE == 0 {
            self.dep_pool.unlink(&mut self.units[to as usize].dependers, edge);
            return;
        }
        let i = to & !SOURCE;
        let source = &mut self.sources[i as usize];
        self.dep_pool.unlink(&mut source.dependers, edge);
        if source.dependers == NONE {
            self.source_ids.remove(&source.key);
            self.free_sources.push(i);
        }
    }

    fn unlink_ref(&mut self, edge: u32) {
        self.counters.edges_removed += 1;
        let to = self.ref_pool.to(edge);
        self.ref_pool.unlink(&mut self.units[to as usize].referrers, edge);
    }

    /// The slot of a source dependee, made if nobody read it so far.
    fn source_slot(&mut self, key: S) -> u32 {
        if let Some(&i) = self.source_ids.get(&key) {
            return i;
        }
        let node = SourceNode { key, dependers: NONE, mark: 0, mark_pos: 0 };
        let i = match self.free_sources.pop() {
            Some(i) => {
                self.sources[i as usize] = node;
                i
            }
            None => {
                self.sources.push(node);
                (self.sources.len() - 1) as u32
            }
        };
        self.source_ids.insert(key, i);
        i
    }

    fn dep_mark(&mut self, to: u32) -> (&mut u64, &mut u32) {
        if to & SOURCE == 0 {
            let node = &mut self.units[to as usize];
            (&mut node.mark, &mut node.mark_pos)
        } else {
            let node = &mut self.sources[(to & !SOURCE) as usize];
            (&mut node.mark, &mut node.mark_pos)
        }
    }
}
