//! Which names in which directories matter to which file.
//!
//! Whether a path leads to the same file as before depends on every (directory, name) pair that
//! the kernel passes when it resolves the path: all parent directories, and all symlinks on the
//! way. The table walks a path as the kernel does and registers an interest in each pair, the
//! first missing one included. So a directory that appears, disappears or is renamed away and
//! back, and a symlink that is redirected, are seen like a save is.
//!
//! The directory part of a path is resolved once for all files in it (a [`Node`]).

use crate::fs::backend::{ALL_NAMES, Backend, Key, WatchError, What};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use std::collections::{BTreeSet, VecDeque};
use std::ffi::{OsStr, OsString};
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// As many symlinks as the kernel follows in one path.
const MAX_LINKS: usize = 40;

/// Whom an interest concerns.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(super) enum Target {
    /// The directory part of some files' paths.
    Node(Arc<Path>),
    /// A registered file.
    File(Arc<Path>),
    /// A registered directory.
    Listing(Arc<Path>),
}

/// A name in a directory given by its real path.
type Interest = (Arc<Path>, OsString);

/// A directory that the backend watches.
struct Dir {
    /// `None`: it cannot be watched (no permission, or it has just gone).
    key: Option<Key>,
    /// Whether writes to entries are watched too.
    content: bool,
    /// Device and inode, as of when the watch was set.
    inode: Option<(u64, u64)>,
    names: FxHashMap<OsString, SmallVec<[Target; 1]>>,
}

/// The directory part of the paths of some files, as given.
#[derive(Default)]
struct Node {
    interests: Vec<Interest>,
    /// The real directory, with device and inode; `None` while it does not exist.
    real: Option<(Arc<Path>, (u64, u64))>,
    files: FxHashSet<Arc<Path>>,
    /// Whether the directory is registered itself.
    listed: bool,
}

struct File<V> {
    value: V,
    /// Whether it existed when it was looked at last.
    existed: bool,
    interests: SmallVec<[Interest; 1]>,
}

struct Listing<V> {
    value: V,
    existed: bool,
    /// Whether writes to entries count as well.
    content: bool,
    /// Where it really is.
    real: Option<Arc<Path>>,
}

/// All registered files and what must be watched for them.
pub(super) struct Table<V> {
    dirs: FxHashMap<Arc<Path>, Dir>,
    by_key: FxHashMap<Key, Vec<Arc<Path>>>,
    nodes: FxHashMap<Arc<Path>, Node>,
    files: FxHashMap<Arc<Path>, File<V>>,
    listings: FxHashMap<Arc<Path>, Listing<V>>,
    /// Why directories could not be watched, until somebody asks.
    pub(super) errors: Vec<WatchError>,
    /// Set while paths are resolved again: what was let go of and may be taken up again.
    loose: Option<Loose>,
}

/// Watches and names that nobody holds at the moment. A watch that ended in between would take
/// the events with it that are on their way.
#[derive(Default)]
struct Loose {
    keys: Vec<Key>,
    names: Vec<(Key, OsString)>,
}

impl<V: Clone> Table<V> {
    pub(super) fn new() -> Table<V> {
        Table {
            dirs: FxHashMap::default(),
            by_key: FxHashMap::default(),
            nodes: FxHashMap::default(),
            files: FxHashMap::default(),
            listings: FxHashMap::default(),
            errors: Vec::new(),
            loose: None,
        }
    }

    pub(super) fn file_count(&self) -> usize {
        self.files.len() + self.listings.len()
    }

    pub(super) fn dir_count(&self) -> usize {
        self.dirs.values().filter(|d| d.key.is_some()).count()
    }

    /// Notes whether a file or directory exists now. Gives its value, and whether it existed before.
    pub(super) fn look(&mut self, target: &Target, exists: bool) -> Option<(&V, bool)> {
        let (value, existed) = match target {
            Target::File(path) => self.files.get_mut(path).map(|f| (&f.value, &mut f.existed)),
            Target::Listing(path) => self.listings.get_mut(path).map(|l| (&l.value, &mut l.existed)),
            Target::Node(_) => None,
        }?;
        Some((value, std::mem::replace(existed, exists)))
    }

    /// All that is registered.
    pub(super) fn all(&self) -> Vec<Target> {
        self.nodes.keys().cloned().map(Target::Node).collect()
    }

    /// Whom it concerns that a watched directory's path leads to another one by now, which a change
    /// of the table of mounts can bring about without any other event.
    pub(super) fn moved(&self) -> Vec<Target> {
        let moved = self.dirs.iter().filter(|(path, dir)| inode(path) != dir.inode);
        let targets: BTreeSet<&Target> = moved.flat_map(|(_, dir)| dir.names.values().flatten()).collect();
        targets.into_iter().cloned().collect()
    }

    /// Registers an absolute path; gives the value that was registered for it before.
    pub(super) fn add(&mut self, path: &Path, value: V, backend: &mut dyn Backend) -> Option<V> {
        if let Some(file) = self.files.get_mut(path) {
            return Some(std::mem::replace(&mut file.value, value));
        }
        let path: Arc<Path> = path.into();
        self.files.insert(path.clone(), File { value, existed: false, interests: SmallVec::new() });
        self.node(path.parent().unwrap_or(&path), backend).files.insert(path.clone());
        let existed = self.attach_file(&path, backend);
        if let Some(file) = self.files.get_mut(&path) {
            file.existed = existed;
        }
        None
    }

    /// Ends the registration of an absolute path; gives its value.
    pub(super) fn remove(&mut self, path: &Path, backend: &mut dyn Backend) -> Option<V> {
        let file = self.files.remove(path)?;
        let path: Arc<Path> = path.into();
        self.detach(&Target::File(path.clone()), &file.interests, backend);
        let dir: Arc<Path> = path.parent().unwrap_or(&path).into();
        if let Some(node) = self.nodes.get_mut(&dir) {
            node.files.remove(&path);
        }
        self.drop_node(dir, backend);
        Some(file.value)
    }

    /// Registers a directory by its absolute path.
    pub(super) fn add_dir(&mut self, path: &Path, content: bool, value: V, backend: &mut dyn Backend) -> Option<V> {
        let path: Arc<Path> = path.into();
        let old = self.listings.get_mut(&path).map(|l| (std::mem::replace(&mut l.value, value.clone()), l.content));
        match old {
            Some((old, wide)) if wide || !content => return Some(old),
            Some((old, _)) => {
                self.detach_listing(&path, backend);
                if let Some(listing) = self.listings.get_mut(&path) {
                    listing.content = true;
                }
                self.attach_listing(&path, backend);
                return Some(old);
            }
            None => {}
        }
        self.listings.insert(path.clone(), Listing { value, existed: false, content, real: None });
        self.node(&path, backend).listed = true;
        let existed = self.attach_listing(&path, backend);
        if let Some(listing) = self.listings.get_mut(&path) {
            listing.existed = existed;
        }
        None
    }

    /// Ends the registration of a directory.
    pub(super) fn remove_dir(&mut self, path: &Path, backend: &mut dyn Backend) -> Option<V> {
        self.detach_listing(path, backend);
        let listing = self.listings.remove(path)?;
        if let Some(node) = self.nodes.get_mut(path) {
            node.listed = false;
        }
        self.drop_node(path.into(), backend);
        Some(listing.value)
    }

    /// The directory part of a path, resolved if it was not yet.
    fn node(&mut self, dir: &Path, backend: &mut dyn Backend) -> &mut Node {
        if !self.nodes.contains_key(dir) {
            let dir: Arc<Path> = dir.into();
            self.nodes.insert(dir.clone(), Node::default());
            self.attach_node(&dir, backend);
        }
        self.nodes.entry(dir.into()).or_default()
    }

    /// Lets go of a directory part that nobody needs any more.
    fn drop_node(&mut self, dir: Arc<Path>, backend: &mut dyn Backend) {
        if let Some(node) = self.nodes.get_mut(&dir)
            && node.files.is_empty()
            && !node.listed
        {
            let interests = std::mem::take(&mut node.interests);
            self.nodes.remove(&dir);
            self.detach(&Target::Node(dir), &interests, backend);
        }
    }

    /// Whom an event at `name` in the directory `key` concerns.
    pub(super) fn concerned(&self, key: Key, name: &OsStr, what: What) -> Vec<Target> {
        let mut targets = Vec::new();
        for dir in self.by_key.get(&key).into_iter().flatten().filter_map(|path| self.dirs.get(path)) {
            targets.extend(dir.names.get(name).into_iter().flatten().cloned());
            if name != ALL_NAMES {
                let listings = dir.names.get(OsStr::new(ALL_NAMES)).into_iter().flatten();
                targets.extend(listings.filter(|t| what != What::Written || self.counts_writes(t)).cloned());
            }
        }
        targets
    }

    fn counts_writes(&self, target: &Target) -> bool {
        matches!(target, Target::Listing(path) if self.listings.get(path).is_some_and(|l| l.content))
    }

    /// What is registered in a directory or beyond it.
    pub(super) fn through(&self, key: Key) -> BTreeSet<Target> {
        let dirs = self.by_key.get(&key).into_iter().flatten().filter_map(|path| self.dirs.get(path));
        let mut targets: BTreeSet<Target> = dirs.flat_map(|dir| dir.names.values().flatten().cloned()).collect();
        let nodes: Vec<Target> = targets.iter().filter(|t| matches!(t, Target::Node(_))).cloned().collect();
        for target in nodes {
            targets.remove(&target);
            if let Target::Node(path) = &target {
                targets.extend(self.registered(path));
            }
        }
        targets
    }

    /// What is registered in the directory part of paths.
    pub(super) fn registered(&self, node: &Arc<Path>) -> impl Iterator<Item = Target> {
        let found = self.nodes.get(node);
        let listed = found.is_some_and(|n| n.listed).then(|| Target::Listing(node.clone()));
        found.into_iter().flat_map(|n| n.files.iter().cloned().map(Target::File)).chain(listed)
    }

    /// The watch on a directory has ended; gives all whom that concerns.
    pub(super) fn forget_key(&mut self, key: Key, backend: &mut dyn Backend) -> Vec<Target> {
        let mut targets = BTreeSet::new();
        for path in self.by_key.remove(&key).unwrap_or_default() {
            if let Some(dir) = self.dirs.get_mut(&path) {
                dir.key = None;
                targets.extend(dir.names.values().flatten().cloned());
            }
        }
        // The kernel may still hold it, if the directory was moved rather than deleted.
        backend.unwatch(key);
        targets.into_iter().collect()
    }

    /// Whether a file's path ends in a symlink, or must be treated as if it did because it did
    /// when it was looked at last.
    pub(super) fn is_link(&self, file: &Path) -> bool {
        self.files.get(file).is_some_and(|f| f.interests.len() > 1)
            || file.symlink_metadata().is_ok_and(|m| m.is_symlink())
    }

    /// Resolves again what an event said may lead elsewhere now. Gives the files and directories
    /// whose path leads elsewhere than before, or may do so.
    pub(super) fn resolve_again(&mut self, targets: &[Target], backend: &mut dyn Backend) -> BTreeSet<Target> {
        let mut affected: BTreeSet<Target> =
            targets.iter().filter(|t| !matches!(t, Target::Node(_))).cloned().collect();
        let mut rest = affected.clone();
        // Everything lets go first: a watched directory that was replaced by another of the same
        // name is dropped only when nobody holds it.
        self.loose = Some(Loose::default());
        let mut before = Vec::new();
        for target in targets {
            let Target::Node(path) = target else { continue };
            rest.extend(self.registered(path));
            let Some(node) = self.nodes.get_mut(path) else { continue };
            let interests = std::mem::take(&mut node.interests);
            before.push((path.clone(), node.real.take()));
            self.detach(target, &interests, backend);
        }
        for target in &rest {
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
        for (path, real) in before {
            self.attach_node(&path, backend);
            if self.nodes.get(&path).is_some_and(|node| node.real != real) {
                affected.extend(self.registered(&path));
            }
        }
        for target in &rest {
            match target {
                Target::File(path) => self.attach_file(path, backend),
                Target::Listing(path) => self.attach_listing(path, backend),
                Target::Node(_) => false,
            };
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

    fn attach_node(&mut self, path: &Arc<Path>, backend: &mut dyn Backend) {
        let target = Target::Node(path.clone());
        let (interests, end) = self.walk(Path::new("/"), path, &target, backend);
        let real = end.filter(|(_, m)| m.is_dir()).map(|(p, m)| (p.into(), (m.dev(), m.ino())));
        if let Some(node) = self.nodes.get_mut(path) {
            node.interests = interests;
            node.real = real;
        }
    }

    /// Gives whether the file exists.
    fn attach_file(&mut self, path: &Arc<Path>, backend: &mut dyn Backend) -> bool {
        let dir = path.parent().unwrap_or(path);
        let Some((real, _)) = self.nodes.get(dir).and_then(|node| node.real.clone()) else { return false };
        let Some(name) = path.file_name() else { return false };
        let target = Target::File(path.clone());
        let first = (real.clone(), name.to_owned());
        self.interest(&first, &target, backend);
        // Nearly all are no symlinks, and need no walk.
        let exists = match real.join(name).symlink_metadata() {
            Ok(m) if m.is_symlink() => {
                self.detach(&target, &[first], backend);
                let (interests, end) = self.walk(&real, Path::new(name), &target, backend);
                if let Some(file) = self.files.get_mut(path) {
                    file.interests = interests.into();
                }
                return end.is_some();
            }
            looked => looked.is_ok(),
        };
        if let Some(file) = self.files.get_mut(path) {
            file.interests = smallvec::smallvec![first];
        }
        exists
    }

    /// Gives whether the directory exists.
    fn attach_listing(&mut self, path: &Arc<Path>, backend: &mut dyn Backend) -> bool {
        let real = self.nodes.get(path).and_then(|node| node.real.clone()).map(|(real, _)| real);
        if let Some(real) = &real {
            self.interest(&(real.clone(), ALL_NAMES.into()), &Target::Listing(path.clone()), backend);
        }
        let exists = real.is_some();
        if let Some(listing) = self.listings.get_mut(path) {
            listing.real = real;
        }
        exists
    }

    fn detach_listing(&mut self, path: &Path, backend: &mut dyn Backend) {
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

    fn interest(&mut self, (path, name): &Interest, target: &Target, backend: &mut dyn Backend) {
        let content = matches!(target, Target::File(_)) || self.counts_writes(target);
        if !self.dirs.contains_key(path) {
            self.dirs.insert(path.clone(), Dir { key: None, content: false, inode: None, names: FxHashMap::default() });
        }
        let Some(dir) = self.dirs.get_mut(path) else { return };
        let mut left = None;
        if dir.key.is_none() || (content && !dir.content) {
            dir.content |= content;
            dir.inode = inode(path);
            match backend.watch(path, dir.content) {
                Ok(key) => {
                    if dir.key != Some(key) {
                        left = dir.key.replace(key);
                        self.by_key.entry(key).or_default().push(path.clone());
                        for name in dir.names.keys() {
                            backend.want(key, name);
                        }
                    }
                }
                // A parent that may be passed but not read is common; only files' own directories
                // are worth a word, and a directory that has just gone is no trouble at all.
                Err(WatchError::Dir {
                    kind: std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory, ..
                }) => {}
                Err(e) if content || !matches!(e, WatchError::Dir { .. }) => self.errors.push(e),
                Err(_) => {}
            }
        }
        match dir.names.get_mut(name) {
            Some(targets) => targets.push(target.clone()),
            None => {
                if let Some(key) = dir.key {
                    backend.want(key, name);
                }
                dir.names.insert(name.clone(), smallvec::smallvec![target.clone()]);
            }
        }
        if let Some(key) = left {
            self.drop_key(key, path, backend);
        }
    }

    fn detach(&mut self, target: &Target, interests: &[Interest], backend: &mut dyn Backend) {
        for (path, name) in interests {
            let Some(dir) = self.dirs.get_mut(path) else { continue };
            if let Some(targets) = dir.names.get_mut(name) {
                targets.retain(|t| t != target);
                if targets.is_empty() {
                    dir.names.remove(name);
                    match (dir.key, &mut self.loose) {
                        (Some(key), Some(loose)) => loose.names.push((key, name.clone())),
                        (Some(key), None) => backend.unwant(key, name),
                        (None, _) => {}
                    }
                }
            }
            if dir.names.is_empty() {
                let key = dir.key;
                self.dirs.remove(path);
                if let Some(key) = key {
                    self.drop_key(key, path, backend);
                }
            }
        }
    }

    /// One path gives up a watch; the last one ends it.
    fn drop_key(&mut self, key: Key, path: &Path, backend: &mut dyn Backend) {
        if let Some(paths) = self.by_key.get_mut(&key) {
            paths.retain(|p| &**p != path);
            if paths.is_empty() {
                self.by_key.remove(&key);
                match &mut self.loose {
                    Some(loose) => loose.keys.push(key),
                    None => backend.unwatch(key),
                }
            }
        }
    }
}

/// What tells a directory from another one of the same name.
fn inode(dir: &Path) -> Option<(u64, u64)> {
    dir.symlink_metadata().ok().filter(Metadata::is_dir).map(|m| (m.dev(), m.ino()))
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
