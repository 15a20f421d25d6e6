//! Which names in which directories matter to which file.
//!
//! Whether a path leads to the same file as before depends on every (directory, name) pair that
//! the kernel passes when it resolves the path: all parent directories, and all symlinks on the
//! way. The table walks a path as the kernel does and registers an interest in each pair, the
//! first missing one included. So a directory that appears, disappears or is renamed away and
//! back, and a symlink that is redirected, are seen like a save is.
//!
//! The directory part of a path is resolved once for all files in it (a [`Node`]).

use crate::fs::backend::{Backend, Key, WatchError};
use rustc_hash::{FxHashMap, FxHashSet};
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
}

/// A name in a directory given by its real path.
type Interest = (Arc<Path>, OsString);

/// A directory that the backend watches.
struct Dir {
    /// `None`: it cannot be watched (no permission, or it has just gone).
    key: Option<Key>,
    /// Whether writes to entries are watched too.
    content: bool,
    names: FxHashMap<OsString, Vec<Target>>,
}

/// The directory part of the paths of some files, as given.
struct Node {
    interests: Vec<Interest>,
    /// The real directory, with device and inode; `None` while it does not exist.
    real: Option<(Arc<Path>, (u64, u64))>,
    files: BTreeSet<Arc<Path>>,
}

struct File<V> {
    value: V,
    /// Whether it existed when it was looked at last.
    existed: bool,
    interests: Vec<Interest>,
}

/// All registered files and what must be watched for them.
pub(super) struct Table<V> {
    dirs: FxHashMap<Arc<Path>, Dir>,
    by_key: FxHashMap<Key, Vec<Arc<Path>>>,
    nodes: FxHashMap<Arc<Path>, Node>,
    files: FxHashMap<Arc<Path>, File<V>>,
    /// Why directories could not be watched, until somebody asks.
    pub(super) errors: Vec<WatchError>,
}

impl<V: Clone> Table<V> {
    pub(super) fn new() -> Table<V> {
        Table {
            dirs: FxHashMap::default(),
            by_key: FxHashMap::default(),
            nodes: FxHashMap::default(),
            files: FxHashMap::default(),
            errors: Vec::new(),
        }
    }

    pub(super) fn file_count(&self) -> usize {
        self.files.len()
    }

    pub(super) fn dir_count(&self) -> usize {
        self.dirs.values().filter(|d| d.key.is_some()).count()
    }

    /// Notes whether a file exists now. Gives its value, and whether it existed before.
    pub(super) fn look(&mut self, file: &Path, exists: bool) -> Option<(&V, bool)> {
        let file = self.files.get_mut(file)?;
        let before = std::mem::replace(&mut file.existed, exists);
        Some((&file.value, before))
    }

    /// All registered paths, sorted.
    pub(super) fn all_files(&self) -> BTreeSet<Arc<Path>> {
        self.files.keys().cloned().collect()
    }

    /// Registers an absolute path; gives the value that was registered for it before.
    pub(super) fn add(&mut self, path: &Path, value: V, backend: &mut dyn Backend) -> Option<V> {
        if let Some(file) = self.files.get_mut(path) {
            return Some(std::mem::replace(&mut file.value, value));
        }
        let path: Arc<Path> = path.into();
        self.files.insert(path.clone(), File { value, existed: false, interests: Vec::new() });
        let dir: Arc<Path> = path.parent().unwrap_or(&path).into();
        if !self.nodes.contains_key(&dir) {
            self.nodes.insert(dir.clone(), Node { interests: Vec::new(), real: None, files: BTreeSet::new() });
            self.attach_node(&dir, backend);
        }
        if let Some(node) = self.nodes.get_mut(&dir) {
            node.files.insert(path.clone());
        }
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
            if node.files.is_empty() {
                let interests = std::mem::take(&mut node.interests);
                self.nodes.remove(&dir);
                self.detach(&Target::Node(dir), &interests, backend);
            }
        }
        Some(file.value)
    }

    /// Whom an event at `name` in the directory `key` concerns.
    pub(super) fn concerned(&self, key: Key, name: &OsStr) -> Vec<Target> {
        let dirs = self.by_key.get(&key).into_iter().flatten().filter_map(|path| self.dirs.get(path));
        dirs.filter_map(|dir| dir.names.get(name)).flatten().cloned().collect()
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

    /// Resolves again what an event said may lead elsewhere now. Gives the files whose path leads
    /// elsewhere than before, or may do so.
    pub(super) fn resolve_again(&mut self, targets: &[Target], backend: &mut dyn Backend) -> BTreeSet<Arc<Path>> {
        let mut nodes = BTreeSet::new();
        let mut files = BTreeSet::new();
        for target in targets {
            match target {
                Target::Node(path) => nodes.insert(path.clone()),
                Target::File(path) => files.insert(path.clone()),
            };
        }
        let mut affected = files.clone();
        // Everything lets go first: a watched directory that was replaced by another of the same
        // name is dropped only when nobody holds it.
        let mut before = Vec::new();
        for path in &nodes {
            let Some(node) = self.nodes.get_mut(path) else { continue };
            files.extend(node.files.iter().cloned());
            let interests = std::mem::take(&mut node.interests);
            before.push((path.clone(), node.real.take()));
            self.detach(&Target::Node(path.clone()), &interests, backend);
        }
        for path in &files {
            let interests = self.files.get_mut(path).map(|f| std::mem::take(&mut f.interests)).unwrap_or_default();
            self.detach(&Target::File(path.clone()), &interests, backend);
        }
        for (path, real) in before {
            self.attach_node(&path, backend);
            if let Some(node) = self.nodes.get(&path)
                && node.real != real
            {
                affected.extend(node.files.iter().cloned());
            }
        }
        for path in &files {
            self.attach_file(path, backend);
        }
        affected
    }

    /// Moves all watches to another backend.
    pub(super) fn rewatch(&mut self, backend: &mut dyn Backend) {
        self.by_key.clear();
        for (path, dir) in &mut self.dirs {
            dir.key = backend.watch(path, dir.content).ok();
            if let Some(key) = dir.key {
                self.by_key.entry(key).or_default().push(path.clone());
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
        let (interests, end) = self.walk(&real, Path::new(name), &Target::File(path.clone()), backend);
        if let Some(file) = self.files.get_mut(path) {
            file.interests = interests;
        }
        end.is_some()
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
        let content = matches!(target, Target::File(_));
        let dir = self.dirs.entry(path.clone()).or_insert_with(|| Dir {
            key: None,
            content: false,
            names: FxHashMap::default(),
        });
        if dir.key.is_none() || (content && !dir.content) {
            dir.content |= content;
            match backend.watch(path, dir.content) {
                Ok(key) => {
                    if dir.key != Some(key) {
                        dir.key = Some(key);
                        self.by_key.entry(key).or_default().push(path.clone());
                    }
                }
                // A parent that may be passed but not read is common; only files' own directories
                // are worth a word, and a directory that has just gone is no trouble at all.
                Err(WatchError::Dir {
                    kind: std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory, ..
                }) => {}
                Err(e) if content || e.wants_fallback() => self.errors.push(e),
                Err(_) => {}
            }
        }
        dir.names.entry(name.clone()).or_default().push(target.clone());
    }

    fn detach(&mut self, target: &Target, interests: &[Interest], backend: &mut dyn Backend) {
        for (path, name) in interests {
            let Some(dir) = self.dirs.get_mut(path) else { continue };
            if let Some(targets) = dir.names.get_mut(name) {
                targets.retain(|t| t != target);
                if targets.is_empty() {
                    dir.names.remove(name);
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
                backend.unwatch(key);
            }
        }
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
