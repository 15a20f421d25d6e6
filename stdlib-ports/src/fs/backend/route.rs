//! Which backend watches which directory. The choice is made once for each mount, by what its
//! file system is and by really watching one of its directories; where a backend turns out not to
//! be able, a lesser one takes over. Watching never fails as a whole: polling always works.

use super::mounts::{MountId, must_poll};
use super::{Backend, Choice, Handle, Key, Raw, Sink, WatchError, fanotify, inotify, poll, portable};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The backends, best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Kind {
    Fanotify,
    Inotify,
    Notify,
    Poll,
}

impl Kind {
    const ALL: [Kind; 4] = [Kind::Fanotify, Kind::Inotify, Kind::Notify, Kind::Poll];

    fn name(self) -> &'static str {
        match self {
            Kind::Fanotify => "fanotify",
            Kind::Inotify => "inotify",
            Kind::Notify => "notify",
            Kind::Poll => "poll",
        }
    }

    /// Keys of different backends must differ.
    fn tag(self, key: Key) -> Key {
        Key(key.0 << 2 | self as u64)
    }

    fn untag(key: Key) -> (Kind, Key) {
        let kind = Kind::ALL.get((key.0 & 3) as usize).copied().unwrap_or(Kind::Poll);
        (kind, Key(key.0 >> 2))
    }
}

/// What was decided for a mount.
struct Mount {
    kind: Kind,
    /// Why it is not the first choice.
    why: Option<String>,
    /// The directory that it was decided by.
    dir: PathBuf,
    /// How many directories are watched on it.
    dirs: usize,
}

/// All backends in use.
pub(crate) struct Router {
    choice: Choice,
    poll_interval: Duration,
    sink: Sink,
    open: BTreeMap<Kind, Box<dyn Backend>>,
    mounts: FxHashMap<MountId, Mount>,
    mount_of: FxHashMap<Key, MountId>,
    /// Restrictions that nobody was told of yet.
    pub(crate) trouble: Vec<WatchError>,
}

impl Router {
    pub(crate) fn new(choice: Choice, poll_interval: Duration, sink: Sink) -> Router {
        Router {
            choice,
            poll_interval,
            sink,
            open: BTreeMap::new(),
            mounts: FxHashMap::default(),
            mount_of: FxHashMap::default(),
            trouble: Vec::new(),
        }
    }

    /// The name of the backend that watches most directories.
    pub(crate) fn name(&self) -> &'static str {
        let most = Kind::ALL.into_iter().rev().max_by_key(|kind| self.dirs(*kind));
        most.filter(|kind| self.dirs(*kind) > 0).unwrap_or(self.first_choice()).name()
    }

    fn dirs(&self, kind: Kind) -> usize {
        self.mounts.values().filter(|m| m.kind == kind).map(|m| m.dirs).sum()
    }

    fn first_choice(&self) -> Kind {
        match self.choice {
            Choice::Auto | Choice::Fanotify => Kind::Fanotify,
            Choice::Inotify => Kind::Inotify,
            Choice::Notify => Kind::Notify,
            Choice::Poll => Kind::Poll,
        }
    }

    /// Which backends are in use, and why where it is not the first choice.
    pub(crate) fn describe(&self) -> String {
        let mut used: BTreeMap<(Kind, &Option<String>), (&Path, usize)> = BTreeMap::new();
        for mount in self.mounts.values() {
            let entry = used.entry((mount.kind, &mount.why)).or_insert((&mount.dir, 0));
            entry.0 = entry.0.min(&mount.dir);
            entry.1 += mount.dirs;
        }
        if used.is_empty() {
            return self.name().to_owned();
        }
        let most = used.iter().rev().max_by_key(|(_, (_, dirs))| *dirs).map(|(key, _)| (key.0, key.1.clone()));
        let mut parts: Vec<String> = Vec::new();
        for ((kind, why), (dir, _)) in &used {
            let main = most.as_ref().is_some_and(|most| *most == (*kind, (*why).clone()));
            let place = if main { String::new() } else { format!(" for {}", dir.display()) };
            let why = why.as_ref().map_or(String::new(), |why| format!(" ({why})"));
            let part = format!("{}{place}{why}", kind.name());
            if main { parts.insert(0, part) } else { parts.push(part) }
        }
        parts.join(", ")
    }

    /// What can be read by whoever waits.
    pub(crate) fn handles(&self) -> Vec<Handle> {
        self.open.values().filter_map(|backend| backend.handle()).collect()
    }

    /// A backend, started if it was not yet.
    fn backend(&mut self, kind: Kind) -> Result<&mut Box<dyn Backend>, WatchError> {
        match self.open.entry(kind) {
            std::collections::btree_map::Entry::Occupied(entry) => Ok(entry.into_mut()),
            std::collections::btree_map::Entry::Vacant(entry) => {
                let sink = tagging(kind, self.sink.clone());
                Ok(entry.insert(match kind {
                    Kind::Fanotify => Box::new(fanotify::Fanotify::new(sink)?),
                    Kind::Inotify => Box::new(inotify::Inotify::new(sink)?),
                    Kind::Notify => Box::new(portable::Portable::new(self.poll_interval, sink)?),
                    Kind::Poll => Box::new(poll::Poll::new(self.poll_interval, sink)?),
                }))
            }
        }
    }

    /// Chooses for the mount that a directory is on.
    fn decide(&mut self, dir: &Path) -> Result<(Kind, Option<String>), WatchError> {
        if self.choice != Choice::Auto {
            return Ok((self.first_choice(), None));
        }
        if let Some(name) = must_poll(dir) {
            return Ok((Kind::Poll, Some(format!("{name} does not tell of every change"))));
        }
        let mut reasons = Vec::new();
        for (kind, probe) in [(Kind::Fanotify, fanotify::probe(dir)), (Kind::Inotify, inotify::probe(dir))] {
            match probe {
                Ok(()) => return Ok((kind, (!reasons.is_empty()).then(|| reasons.join("; ")))),
                // Says nothing about the mount.
                Err(e @ WatchError::Dir { .. }) => return Err(e),
                Err(e) => {
                    reasons.push(e.to_string());
                    if matches!(e, WatchError::Limit { .. } | WatchError::OpenFiles) {
                        self.trouble.push(e);
                    }
                }
            }
        }
        match self.backend(Kind::Notify) {
            Ok(_) => Ok((Kind::Notify, Some(reasons.join("; ")))),
            Err(e) => Ok((Kind::Poll, Some(format!("{}; {e}", reasons.join("; "))))),
        }
    }

    /// What takes over from a backend that is not able.
    fn below(&self, kind: Kind, error: &WatchError) -> Kind {
        let limit = matches!(error, WatchError::Limit { .. } | WatchError::OpenFiles);
        match kind {
            _ if limit || self.choice != Choice::Auto => Kind::Poll,
            Kind::Fanotify => Kind::Inotify,
            Kind::Inotify => Kind::Notify,
            Kind::Notify | Kind::Poll => Kind::Poll,
        }
    }

    #[cfg(test)]
    pub(crate) fn replace_fanotify(&mut self, backend: Box<dyn Backend>) {
        self.open.insert(Kind::Fanotify, backend);
    }
}

/// A sink for the events of one backend.
fn tagging(kind: Kind, sink: Sink) -> Sink {
    Arc::new(move |mut batch: Vec<Raw>| {
        for raw in &mut batch {
            match raw {
                Raw::Name { dir: key, .. } | Raw::DirGone(key) | Raw::DirTouched(key) => *key = kind.tag(*key),
                Raw::Mounts | Raw::Overflow | Raw::Err(_) => {}
            }
        }
        sink(batch);
    })
}

impl Backend for Router {
    fn watch(&mut self, dir: &Path, content: bool) -> Result<Key, WatchError> {
        let mount = MountId::of(dir).map_err(|e| WatchError::dir(dir, &e))?;
        let mut kind = match self.mounts.get(&mount) {
            Some(mount) => mount.kind,
            None => match self.decide(dir) {
                Ok((kind, why)) => {
                    self.mounts.insert(mount, Mount { kind, why, dir: dir.to_owned(), dirs: 0 });
                    kind
                }
                Err(WatchError::Dir { kind: io::ErrorKind::PermissionDenied, .. }) => Kind::Poll,
                Err(e) => return Err(e),
            },
        };
        let key = loop {
            match self.backend(kind).and_then(|backend| backend.watch(dir, content)) {
                Ok(key) => break kind.tag(key),
                // Who may not read a directory may still look at names in it.
                Err(WatchError::Dir { kind: io::ErrorKind::PermissionDenied, .. }) if kind != Kind::Poll => {
                    kind = Kind::Poll;
                }
                Err(e) if e.wants_fallback() && kind != Kind::Poll => {
                    kind = self.below(kind, &e);
                    if let Some(mount) = self.mounts.get_mut(&mount) {
                        mount.kind = kind;
                        mount.why = Some(e.to_string());
                    }
                    self.trouble.push(e);
                }
                Err(e) => return Err(e),
            }
        };
        if self.mount_of.insert(key, mount).is_none()
            && let Some(mount) = self.mounts.get_mut(&mount)
        {
            mount.dirs += 1;
        }
        Ok(key)
    }

    fn unwatch(&mut self, key: Key) {
        let (kind, own) = Kind::untag(key);
        if let Some(backend) = self.open.get_mut(&kind) {
            backend.unwatch(own);
        }
        if let Some(id) = self.mount_of.remove(&key)
            && let Some(mount) = self.mounts.get_mut(&id)
        {
            mount.dirs = mount.dirs.saturating_sub(1);
            if mount.dirs == 0 {
                // The number may come to mean another mount.
                self.mounts.remove(&id);
            }
        }
    }

    fn hears_all(&self, key: Key) -> bool {
        let (kind, key) = Kind::untag(key);
        self.open.get(&kind).is_some_and(|backend| backend.hears_all(key))
    }

    fn want(&mut self, key: Key, name: &OsStr) -> Option<bool> {
        let (kind, key) = Kind::untag(key);
        self.open.get_mut(&kind)?.want(key, name)
    }

    fn unwant(&mut self, key: Key, name: &OsStr) {
        let (kind, key) = Kind::untag(key);
        if let Some(backend) = self.open.get_mut(&kind) {
            backend.unwant(key, name);
        }
    }
}
