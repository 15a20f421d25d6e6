//! Files that are reached under several names: by symbolic or hard links, or through linked directories. Each
//! name is a file of the language, with types of its own, but what follows from the bytes alone (source, tree,
//! IR, check) is held once.
//!
//! Names of one file are found by its inode, which reading a file asks for anyway; most files never share one,
//! and an edit of theirs does nothing here but compare two numbers, or file the new one after a save by renaming.

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests;

use std::sync::Arc;

use errmsg::Source;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::compilation::Compilation;
use crate::reading::{Stat, inode};
use crate::scope::{Contents, RootScope, ScopeId, Scopes};

/// What a path leads to: a file of a file system, whatever it is called.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Inode {
    /// The file system.
    pub device: u64,
    /// Its number there.
    pub number: u64,
}

/// Scopes by the file that their paths lead to.
pub type Names = FxHashMap<Inode, Vec<ScopeId>>;

impl Scopes {
    /// Takes note of the file that a scope's path leads to.
    pub fn lead_to(&mut self, id: ScopeId, inode: Option<Inode>) {
        let Some(s) = self.all.get_mut(id.ix()) else { return };
        if s.inode == inode {
            return;
        }
        let before = std::mem::replace(&mut s.inode, inode);
        if let Some(before) = before
            && let Some(names) = self.names.get_mut(&before)
        {
            names.retain(|&n| n != id);
            if names.is_empty() {
                self.names.remove(&before);
            }
        }
        if let Some(inode) = inode {
            self.names.entry(inode).or_default().push(id);
        }
    }

    /// Scopes whose paths lead to the same file as this one's.
    pub fn other_names(&self, id: ScopeId) -> impl Iterator<Item = ScopeId> + use<'_> {
        let names = self.get(id).and_then(|s| self.names.get(&s.inode?));
        names.into_iter().flatten().copied().filter(move |&n| n != id)
    }

    /// Another name of a file, if what was read under it are these bytes; a source rather than an embedded file.
    pub fn twin(&self, id: ScopeId, bytes: &[u8], hash: u128) -> Option<&RootScope> {
        let same = |s: &&RootScope| {
            s.contents == Contents::Text && s.hash == hash && s.source.as_ref().is_some_and(|o| **o.text() == *bytes)
        };
        self.other_names(id).filter_map(|n| self.get(n)).filter(same).max_by_key(|s| s.tree.is_some())
    }

    /// Bytes as the source of a scope; those of its twin, if it has one.
    pub fn source_of(&self, id: ScopeId, bytes: &Arc<[u8]>, hash: u128) -> Option<Arc<Source>> {
        let shown = self.get(id)?.shown.clone();
        Some(match self.twin(id, bytes, hash).and_then(|t| t.source.as_ref()) {
            Some(held) => held.under(shown),
            None => Source::new(shown, bytes.clone()),
        })
    }
}

impl Compilation {
    /// Asks the system about files that are to be read, and says what it said. Of several names of one file only
    /// the first is to be read now; the others will then find what was made of it.
    pub(crate) fn look_at(&mut self, batch: &[ScopeId]) -> Vec<(ScopeId, Stat)> {
        use rayon::prelude::*;
        let this = &*self;
        let stats: Vec<_> = match batch {
            [only] => vec![(*only, this.stat(*only))],
            many => many.par_iter().map(|&id| (id, this.stat(id))).collect(),
        };
        for (id, stat) in &stats {
            self.scopes.lead_to(*id, inode(stat));
        }
        let mut taken = FxHashSet::default();
        let mut now = Vec::with_capacity(stats.len());
        for (id, stat) in stats {
            if self.scopes.other_names(id).any(|n| taken.contains(&n)) {
                self.dirty.insert(id);
                continue;
            }
            if batch.len() > 1 && self.scopes.other_names(id).next().is_some() {
                taken.insert(id);
            }
            now.push((id, stat));
        }
        now
    }

    /// Has the other names of a file that was found to be changed read, too: a save through one hard link is
    /// told under that name alone.
    pub(crate) fn touch_other_names(&mut self, id: ScopeId) {
        let Some(s) = self.scopes.get(id) else { return };
        let held_otherwise = |n: &ScopeId| {
            self.scopes.get(*n).is_some_and(|o| {
                let used = o.alive || self.embedded.contains_key(n);
                used && o.contents != Contents::Unread && (o.contents != s.contents || o.hash != s.hash)
            })
        };
        let others: Vec<ScopeId> = self.scopes.other_names(id).filter(held_otherwise).collect();
        self.dirty.extend(others);
    }
}
