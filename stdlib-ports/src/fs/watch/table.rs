//! Which names in which directories matter to which file.
//!
//! Whether a path leads to the same file as before depends on every (directory, name) pair that
//! the kernel passes when it resolves the path: all parent directories, and all symlinks on the
//! way. The table walks a path as the kernel does and registers an interest in each pair, the
//! first missing one included. So a directory that appears, disappears or is renamed away and
//! back, and a symlink that is redirected, are seen like a save is.
//!
//! The directory part of a path is resolved once for all files in it (a [`Node`]).

mod links;
mod resolve;

use crate::fs::backend::{ALL_NAMES, Backend, Key, WatchError, What};
use links::Links;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

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
    links: Links,
}

/// The directory part of the paths of some files, as given.
#[derive(Default)]
struct Node {
    interests: Vec<Interest>,
    /// The real directory; `None` while it does not exist.
    real: Option<Arc<Path>>,
    files: FxHashSet<Arc<Path>>,
    /// Whether the directory is registered itself.
    listed: bool,
}

struct File<V> {
    value: V,
    interests: SmallVec<[Interest; 1]>,
}

struct Listing<V> {
    value: V,
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

    /// The value of a file or directory.
    pub(super) fn value(&self, target: &Target) -> Option<&V> {
        match target {
            Target::File(path) => self.files.get(path).map(|f| &f.value),
            Target::Listing(path) => self.listings.get(path).map(|l| &l.value),
            Target::Node(_) => None,
        }
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
        self.files.insert(path.clone(), File { value, interests: SmallVec::new() });
        self.node(path.parent().unwrap_or(&path), backend).files.insert(path.clone());
        self.attach_file(&path, backend);
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
        self.listings.insert(path.clone(), Listing { value, content, real: None });
        self.node(&path, backend).listed = true;
        self.attach_listing(&path, backend);
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
        let known = self.nodes.get_key_value(dir).map(|(dir, _)| dir.clone());
        let dir = known.unwrap_or_else(|| {
            let dir: Arc<Path> = dir.into();
            self.nodes.insert(dir.clone(), Node::default());
            self.attach_node(&dir, backend);
            dir
        });
        self.nodes.entry(dir).or_default()
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
    fn registered(&self, node: &Arc<Path>) -> impl Iterator<Item = Target> {
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

    /// Says that entries of a directory have come or gone; of any directory, if none is given.
    pub(super) fn entries_changed(&mut self, key: Option<Key>) {
        match key {
            None => self.dirs.values_mut().for_each(|dir| dir.links = Links::default()),
            Some(key) => {
                for path in self.by_key.get(&key).into_iter().flatten() {
                    if let Some(dir) = self.dirs.get_mut(path) {
                        dir.links = Links::default();
                    }
                }
            }
        }
    }

    /// Whether a file's path ends in a symlink, or must be treated as if it did because it did
    /// when it was looked at last.
    pub(super) fn is_link(&self, file: &Path) -> bool {
        self.files.get(file).is_some_and(|f| f.interests.len() > 1)
            || file.symlink_metadata().is_ok_and(|m| m.is_symlink())
    }

    /// Registers an interest. Whether the name is a symlink, if that was found out by the way.
    fn interest(&mut self, (path, name): &Interest, target: &Target, backend: &mut dyn Backend) -> Option<bool> {
        let content = matches!(target, Target::File(_)) || self.counts_writes(target);
        if !self.dirs.contains_key(path) {
            let (names, links) = (FxHashMap::default(), Links::default());
            self.dirs.insert(path.clone(), Dir { key: None, content: false, inode: None, names, links });
        }
        let dir = self.dirs.get_mut(path)?;
        let (mut left, mut is_symlink) = (None, None);
        if dir.key.is_none() || (content && !dir.content) {
            dir.content |= content;
            dir.inode = inode(path);
            dir.links = Links::default();
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
                is_symlink = dir.key.and_then(|key| backend.want(key, name));
                dir.names.insert(name.clone(), smallvec::smallvec![target.clone()]);
            }
        }
        if let Some(key) = left {
            self.drop_key(key, path, backend);
        }
        is_symlink
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
