//! Walking paths: which (directory, name) pairs decide where a path leads, and what is to be done
//! when one of them has changed.

use super::{Dir, Interest, Loose, Table, Target, links};
use crate::fs::backend::{ALL_NAMES, Backend};
use rustc_hash::FxHashSet;
use std::collections::{BTreeSet, VecDeque};
use std::ffi::{OsStr, OsString};
use std::fs::Metadata;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// As many symlinks as the kernel follows in one path.
const MAX_LINKS: usize = 40;

impl<V: Clone> Table<V> {
    /// Resolves again what an event said may lead elsewhere now. Gives the files and directories
    /// that this concerns. All of them: whether a path leads to the same inode as before says
    /// nothing, for it may be a new one's, or its way may have been cut and mended.
    pub(in crate::fs::watch) fn resolve_again(
        &mut self,
        targets: &[Target],
        backend: &mut dyn Backend,
    ) -> BTreeSet<Target> {
        let mut affected = BTreeSet::new();
        // Everything lets go first: a watched directory that was replaced by another of the same
        // name is dropped only when nobody holds it.
        self.loose = Some(Loose::default());
        for target in targets {
            let Target::Node(path) = target else {
                affected.insert(target.clone());
                continue;
            };
            affected.extend(self.registered(path));
            let Some(node) = self.nodes.get_mut(path) else { continue };
            let interests = std::mem::take(&mut node.interests);
            node.real = None;
            self.detach(target, &interests, backend);
        }
        for target in &affected {
            match target {
                Target::File(path) => {
                    let interests =
                        self.files.get_mut(path).map(|f| std::mem::take(&mut f.interests)).unwrap_or_default();
                    self.detach(target, &interests, backend);
                }
                Target::Listing(path) => self.detach_listing(path, backend),
                Target::Node(_) => {}
            }
        }
        for target in targets {
            if let Target::Node(path) = target {
                self.attach_node(path, backend);
            }
        }
        for target in &affected {
            match target {
                Target::File(path) => self.attach_file(path, backend),
                Target::Listing(path) => self.attach_listing(path, backend),
                Target::Node(_) => {}
            }
        }
        self.tighten(backend);
        affected
    }

    /// Ends the watches that were let go of and not taken up again.
    fn tighten(&mut self, backend: &mut dyn Backend) {
        let Loose { keys, names } = self.loose.take().unwrap_or_default();
        for (key, name) in names {
            let mut dirs = self.by_key.get(&key).into_iter().flatten().filter_map(|path| self.dirs.get(path));
            if !dirs.any(|dir| dir.names.contains_key(&name)) {
                backend.unwant(key, &name);
            }
        }
        for key in keys {
            if !self.by_key.contains_key(&key) {
                backend.unwatch(key);
            }
        }
    }

    pub(super) fn attach_node(&mut self, path: &Arc<Path>, backend: &mut dyn Backend) {
        let target = Target::Node(path.clone());
        let (interests, end) = self.walk(Path::new("/"), path, &target, backend);
        let real = end.filter(|(_, m)| m.is_dir()).map(|(p, _)| p.into());
        if let Some(node) = self.nodes.get_mut(path) {
            node.interests = interests;
            node.real = real;
        }
    }

    pub(super) fn attach_file(&mut self, path: &Arc<Path>, backend: &mut dyn Backend) {
        let dir = path.parent().unwrap_or(path);
        let Some(real) = self.nodes.get(dir).and_then(|node| node.real.clone()) else { return };
        let Some(name) = path.file_name() else { return };
        let target = Target::File(path.clone());
        let first = (real.clone(), name.to_owned());
        let is_symlink = self.interest(&first, &target, backend);
        // Nearly all are no symlinks, and need no walk.
        let mut interests = smallvec::smallvec![first];
        if is_symlink.unwrap_or_else(|| self.is_symlink(&real, name, backend)) {
            self.detach(&target, &interests, backend);
            interests = self.walk(&real, Path::new(name), &target, backend).0.into();
        }
        if let Some(file) = self.files.get_mut(path) {
            file.interests = interests;
        }
    }

    /// Whether an entry of a watched directory is a symlink.
    fn is_symlink(&mut self, dir: &Path, name: &OsStr, backend: &dyn Backend) -> bool {
        match self.dirs.get_mut(dir) {
            Some(Dir { key: Some(key), links, .. }) if backend.hears_all(*key) => links.contain(dir, name),
            _ => links::is_symlink(dir, name),
        }
    }

    pub(super) fn attach_listing(&mut self, path: &Arc<Path>, backend: &mut dyn Backend) {
        let real = self.nodes.get(path).and_then(|node| node.real.clone());
        if let Some(real) = &real {
            self.interest(&(real.clone(), ALL_NAMES.into()), &Target::Listing(path.clone()), backend);
        }
        if let Some(listing) = self.listings.get_mut(path) {
            listing.real = real;
        }
    }

    pub(super) fn detach_listing(&mut self, path: &Path, backend: &mut dyn Backend) {
        if let Some(real) = self.listings.get_mut(path).and_then(|l| l.real.take()) {
            self.detach(&Target::Listing(path.into()), &[(real, ALL_NAMES.into())], backend);
        }
    }

    /// Resolves `path` from the real directory `from`, registering an interest of `target` in
    /// each name that is passed, before looking at it: what changes afterwards is reported.
    fn walk(
        &mut self,
        from: &Path,
        path: &Path,
        target: &Target,
        backend: &mut dyn Backend,
    ) -> (Vec<Interest>, Option<(PathBuf, Metadata)>) {
        let mut at = from.to_owned();
        let mut meta = at.symlink_metadata().ok();
        let mut interests = Vec::new();
        let mut seen = FxHashSet::default();
        let mut links = 0;
        let mut rest: VecDeque<OsString> = parts(path);
        while let Some(name) = rest.pop_front() {
            if name == "/" {
                at = PathBuf::from("/");
                meta = at.symlink_metadata().ok();
                continue;
            }
            if name == ".." {
                // `at` is free of symlinks, so that its textual parent is the real one.
                at.pop();
                meta = at.symlink_metadata().ok();
                continue;
            }
            if !meta.is_some_and(|m| m.is_dir()) {
                return (interests, None);
            }
            let interest = (Arc::from(at.as_path()), name);
            if seen.insert(interest.clone()) {
                self.interest(&interest, target, backend);
                interests.push(interest.clone());
            }
            let next = at.join(&interest.1);
            meta = next.symlink_metadata().ok();
            match &meta {
                None => return (interests, None),
                Some(m) if m.is_symlink() => {
                    links += 1;
                    let Ok(to) = next.read_link() else { return (interests, None) };
                    if links > MAX_LINKS {
                        return (interests, None);
                    }
                    for part in parts(&to).into_iter().rev() {
                        rest.push_front(part);
                    }
                    meta = at.symlink_metadata().ok();
                }
                Some(_) => at = next,
            }
        }
        (interests, meta.map(|m| (at, m)))
    }
}

/// The components of a path; the root as `/`, "here" left out.
fn parts(path: &Path) -> VecDeque<OsString> {
    path.components()
        .filter_map(|c| match c {
            Component::RootDir => Some(OsString::from("/")),
            Component::ParentDir => Some(OsString::from("..")),
            Component::Normal(name) => Some(name.to_owned()),
            Component::CurDir | Component::Prefix(_) => None,
        })
        .collect()
}
