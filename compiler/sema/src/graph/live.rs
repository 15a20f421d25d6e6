//! Liveness in time proportional to the edit: a support forest. Every live unit is a root or has a
//! parent, a live unit of lower level that references it. Adding references attaches at once; a unit
//! that loses its parent is only noted, and looked at when the update is settled, so that what moves
//! from one user to another never dies.
//!
//! Settling, in the order of levels: a noted unit with another live referrer of lower level goes there, its
//! subtree untouched (levels grow downwards, so that referrer cannot stand below it). The others are
//! collected, and what they were the parents of is noted. From their referrers outside, lowest level first, as many
//! of those collected as possible are attached again; the rest dies. So what has a second support of lower level costs nothing
//! but a look, be all else below it. Reference counts would leave dead cycles alive.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::edges::NONE;
use super::{Graph, Source, UnitId};

/// What settling changed, each list in the order of the units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Units that are dead and have been live at or since the last settling.
    pub died: Vec<UnitId>,
    /// Units that are live and were not at the last settling.
    pub born: Vec<UnitId>,
}

impl<S: Source> Graph<S> {
    /// Makes a unit a root of liveness, or no longer one.
    pub fn set_root(&mut self, u: UnitId, root: bool) {
        let s = self.slot(u);
        if self.node(s).root == root {
            return;
        }
        self.node_mut(s).root = root;
        if !root {
            self.suspect(s);
        } else if self.node(s).live {
            let node = self.node_mut(s);
            node.parent = NONE;
            node.level = 0;
        } else {
            self.attach(s, NONE);
        }
    }

    /// Decides about all units that lost their support since the last settling.
    pub fn settle(&mut self) -> Settled {
        debug_assert!(self.run_stack.is_empty(), "settling while units run");
        let mut suspects = BinaryHeap::new();
        for u in std::mem::take(&mut self.suspects) {
            if self.exists(u) {
                self.node_mut(u.slot).suspect = false;
                if self.node(u.slot).live && !self.node(u.slot).root {
                    suspects.push(Reverse(self.by_level(u.slot)));
                }
            }
        }

        let collected = self.next_stamp();
        let mut orphans = Vec::new();
        while let Some(Reverse((level, _, s))) = suspects.pop() {
            if self.node(s).mark == collected {
                continue;
            }
            self.counters.orphans += 1;
            // In order of levels: all that stands above this level has been decided about or collected.
            match self.best_referrer(s, collected).filter(|&p| self.node(p).level < level) {
                Some(p) => self.node_mut(s).parent = p,
                None => {
                    self.node_mut(s).mark = collected;
                    orphans.push(s);
                    for r in &self.node(s).refs {
                        let child = self.node(r.slot);
                        if child.live && child.parent == s && child.mark != collected {
                            suspects.push(Reverse(self.by_level(r.slot)));
                        }
                    }
                }
            }
        }
        self.attach_again(&orphans, collected);

        let mut settled = Settled::default();
        for s in orphans {
            if self.node(s).mark == collected {
                self.die(s);
                settled.died.push(self.id(s));
            }
        }
        for u in std::mem::take(&mut self.born) {
            if self.exists(u) && self.node(u.slot).live {
                settled.born.push(u);
            }
        }
        settled.died.sort_unstable_by_key(|&u| (self.order(u), u));
        settled.born.sort_unstable_by_key(|&u| (self.order(u), u));
        for &u in &settled.died {
            self.graveyard.push_back((self.update, u));
        }
        settled
    }

    /// Units that have been dead, and were not run, for at least `age` updates, up to `limit` of them:
    /// those dead longest come first. They stay until [`Graph::remove_unit`].
    pub fn sweepable(&mut self, age: u64, limit: usize) -> Vec<UnitId> {
        let update = self.update;
        while self.graveyard.front().is_some_and(|&(died, u)| !self.buried(died, u)) {
            self.graveyard.pop_front();
        }
        // Without this, units that keep dying and reviving would make the list grow for ever.
        if self.graveyard.len() > 64 + 2 * (self.len() - self.live_count) {
            let mut graveyard = std::mem::take(&mut self.graveyard);
            graveyard.retain(|&(died, u)| self.buried(died, u));
            self.graveyard = graveyard;
        }
        let old = self.graveyard.iter().take_while(|&&(died, _)| died + age <= update);
        let buried = old.filter(|&&(died, u)| self.buried(died, u));
        let mut units: Vec<UnitId> = buried.map(|&(_, u)| u).take(limit).collect();
        let stamp = self.next_stamp();
        units.retain(|u| std::mem::replace(&mut self.units[u.index()].mark, stamp) != stamp);
        units
    }

    /// What settling goes by.
    fn by_level(&self, s: u32) -> (u32, u64, u32) {
        (self.node(s).level, self.node(s).order, s)
    }

    fn buried(&self, died: u64, u: UnitId) -> bool {
        self.exists(u) && !self.node(u.slot).live && self.node(u.slot).died == died
    }

    /// Notes those of the units that had this one as parent.
    pub(super) fn suspect_children(&mut self, parent: u32, units: &[u32]) {
        for &s in units {
            if self.node(s).live && self.node(s).parent == parent {
                self.suspect(s);
            }
        }
    }

    /// Attaches what a live unit references and nobody else did.
    pub(super) fn attach_refs(&mut self, s: u32) {
        for i in 0..self.node(s).refs.len() {
            let r = self.node(s).refs[i].slot;
            if !self.node(r).live {
                self.attach(r, s);
            }
        }
    }

    fn suspect(&mut self, s: u32) {
        let node = self.node_mut(s);
        if node.live && !node.suspect {
            node.suspect = true;
            let u = self.id(s);
            self.suspects.push(u);
        }
    }

    /// Brings a dead unit, and all it references, to life.
    fn attach(&mut self, s: u32, parent: u32) {
        let mut reached = vec![s];
        self.make_live(s, parent);
        let mut i = 0;
        while let Some(&x) = reached.get(i) {
            i += 1;
            for k in 0..self.node(x).refs.len() {
                let r = self.node(x).refs[k].slot;
                if !self.node(r).live {
                    self.make_live(r, x);
                    reached.push(r);
                }
            }
        }
    }

    fn make_live(&mut self, s: u32, parent: u32) {
        let level = if parent == NONE { 0 } else { self.node(parent).level + 1 };
        let u = self.id(s);
        let node = self.node_mut(s);
        node.live = true;
        node.parent = parent;
        node.level = level;
        self.born.push(u);
        self.live_count += 1;
        self.counters.attached += 1;
        self.enqueue(s);
    }

    fn die(&mut self, s: u32) {
        self.dequeue(s);
        let update = self.update;
        let node = self.node_mut(s);
        node.live = false;
        node.parent = NONE;
        node.died = update;
        self.live_count -= 1;
        self.counters.died += 1;
    }

    /// The live referrer of lowest level, lowest order among those, that is not marked.
    fn best_referrer(&self, s: u32, except: u64) -> Option<u32> {
        (self.ref_pool.origins(self.node(s).referrers))
            .filter(|&r| self.node(r).live && self.node(r).mark != except)
            .min_by_key(|&r| (self.node(r).level, self.node(r).order, r))
    }

    /// Attaches the collected units that are referenced from outside, and what hangs on them, in the
    /// order of levels; takes their mark away.
    fn attach_again(&mut self, orphans: &[u32], collected: u64) {
        let mut todo = BinaryHeap::new();
        for &s in orphans {
            if let Some(p) = self.best_referrer(s, collected) {
                todo.push(Reverse((self.node(p).level + 1, self.node(s).order, s, p)));
            }
        }
        while let Some(Reverse((level, _, s, parent))) = todo.pop() {
            if self.node(s).mark != collected {
                continue;
            }
            let node = self.node_mut(s);
            node.mark = 0;
            node.parent = parent;
            node.level = level;
            for r in &self.node(s).refs {
                let r = r.slot;
                if self.node(r).mark == collected {
                    todo.push(Reverse((level + 1, self.node(r).order, r, s)));
                }
            }
        }
    }
}
