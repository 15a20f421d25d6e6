//! Which files are in use: those that the roots reach by imports, through broken files as well. Each but the
//! roots has a support, a file in use that imports it, so that an edit of imports costs what it
//! brings in; the import graph is walked only when a support is lost.

use rustc_hash::FxHashMap;

use crate::compilation::Compilation;
use crate::event::Counts;
use crate::scope::{Contents, ImportEdge, ImportTo, ModuleKind, RootScope, ScopeId};

/// The files that imports lead to.
fn targets(imports: &[ImportEdge]) -> impl Iterator<Item = ScopeId> + '_ {
    imports.iter().filter_map(|e| match e.to {
        ImportTo::File(f) => Some(f),
        ImportTo::Module | ImportTo::Outside => None,
    })
}

impl Compilation {
    /// Whether a file is in use.
    pub(crate) fn is_alive(&self, id: ScopeId) -> bool {
        self.scopes.get(id).is_some_and(|s| s.alive)
    }

    /// Files that the roots reach through the imports of files that `through` accepts, each with the one
    /// that it was reached from.
    pub(crate) fn reached(&self, through: impl Fn(&RootScope) -> bool) -> FxHashMap<ScopeId, Option<ScopeId>> {
        let mut seen: FxHashMap<ScopeId, Option<ScopeId>> = FxHashMap::default();
        let mut todo = vec![(self.root, None), (sema::FileId(1), None), (sema::FileId(2), None)];
        while let Some((id, from)) = todo.pop() {
            let Some(s) = self.scopes.get(id) else { continue };
            if seen.contains_key(&id) {
                continue;
            }
            seen.insert(id, from);
            if through(s) {
                todo.extend(targets(&s.imports).map(|f| (f, Some(id))));
            }
        }
        seen
    }

    /// The files that a build from nothing reads, in the order in which it comes upon them: files nearer
    /// to a root first, then in the order of imports. What a broken file imports is not known to it.
    pub(crate) fn in_order_of_imports(&self) -> Vec<ScopeId> {
        let mut found = vec![self.root, sema::FileId(1), sema::FileId(2)];
        let mut seen: rustc_hash::FxHashSet<ScopeId> = found.iter().copied().collect();
        let mut at = 0;
        while let Some(&id) = found.get(at) {
            at += 1;
            let imports = self.scopes.get(id).filter(|s| s.is_whole()).map_or(&[][..], |s| &s.imports);
            found.extend(targets(imports).filter(|&f| seen.insert(f)));
        }
        found
    }

    /// Takes note that the imports of a file were others before.
    pub(crate) fn imports_replaced(&mut self, id: ScopeId, before: &[ImportEdge]) {
        let Some(s) = self.scopes.get(id).filter(|s| s.alive) else { return };
        let supports = |f: &ScopeId| self.scopes.get(*f).is_some_and(|t| t.support == Some(id));
        let mut lost = targets(before).filter(supports);
        if lost.any(|f| !targets(&s.imports).any(|now| now == f)) {
            self.imports_changed = true;
        }
        let new: Vec<_> = targets(&s.imports).filter(|&f| !self.is_alive(f)).map(|f| (f, id)).collect();
        self.revived.extend(new);
    }

    /// Which files are in use. What a file that is broken now imported before counts: breaking a
    /// file and mending it shall cost nothing.
    pub(crate) fn refresh_alive(&mut self, counts: &mut Counts) {
        loop {
            if std::mem::take(&mut self.imports_changed) {
                self.revived.clear();
                let mut seen = self.reached(|_| true);
                for id in self.scopes.ids() {
                    match seen.remove(&id) {
                        Some(support) => self.revive(id, support),
                        None => self.retire(id),
                    }
                }
            } else if self.revived.is_empty() {
                return;
            }
            while let Some((id, from)) = self.revived.pop() {
                if self.is_alive(from) && !self.is_alive(id) {
                    self.revive(id, Some(from));
                    if let Some(s) = self.scopes.get(id) {
                        self.revived.extend(targets(&s.imports).map(|f| (f, id)));
                    }
                }
            }
            self.read_dirty(counts);
        }
    }

    /// A file is in use, and what keeps it there.
    fn revive(&mut self, id: ScopeId, support: Option<ScopeId>) {
        let Some(s) = self.scopes.get_mut(id) else { return };
        s.support = support;
        if std::mem::replace(&mut s.alive, true) {
            return;
        }
        if !s.applied && s.good.is_some() {
            self.unapplied.insert(id);
        }
        if s.contents != Contents::Text || !s.watched && s.module != ModuleKind::Builtin && self.watcher.is_some() {
            // It may have changed while nobody watched it.
            self.dirty.insert(id);
        }
    }

    /// A file is not in use.
    fn retire(&mut self, id: ScopeId) {
        let Some(s) = self.scopes.get_mut(id) else { return };
        s.support = None;
        if std::mem::replace(&mut s.alive, false) {
            self.release(id);
        }
    }
}
