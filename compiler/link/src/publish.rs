//! Putting a program at its path, so that the path holds a whole program at every instant.
//!
//! The file at the path is never written to. A spare inode nobody uses is brought up to date with
//! the few ranges that it lacks, and exchanged with the output in one step; what was there becomes
//! the next spare. Programs that run keep their inode. Where that is not possible, a new file
//! takes its place by renaming. Nothing is synced: losing power is another matter.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use thiserror::Error;

use crate::spare::{Attempt, GO_ON, Ident, Pending, Spare, adopt, new_name};

/// Why a program could not be put at its path. What was there is still there.
#[derive(Error, Debug)]
pub enum PublishError {
    /// The path is a directory.
    #[error("output path '{0}' is a directory")]
    IsDirectory(PathBuf),
    /// The path is a pipe, a device or a socket.
    #[error("output path '{0}' is not a regular file")]
    NotRegular(PathBuf),
    /// The system refused.
    #[error("unable to write '{0}': {1}")]
    Io(PathBuf, #[source] io::Error),
}

/// How a program was published.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Published {
    /// The path held this program already.
    Unchanged,
    /// A spare was brought up to date with this many bytes, and exchanged with the output.
    Exchanged(u64),
    /// A file took the output's name; this many bytes were written.
    Renamed(u64),
}

/// Spares kept ready: one to write, one more because what was just replaced may still run.
const READY: usize = 2;
/// Spares that others use are given up beyond this number.
const MAX_SPARES: usize = 6;

/// Publishes the successive versions of one program.
#[derive(Debug)]
pub struct Publisher {
    /// As the user gave it.
    path: PathBuf,
    /// With symbolic links followed.
    target: PathBuf,
    spares: Vec<Spare>,
    /// The file at the output path if we put it there, and what it lacks.
    current: Option<(Ident, Pending)>,
    /// Whether the file system exchanges names.
    can_exchange: bool,
}

impl Publisher {
    /// Prepares to publish at `path`. Takes over spares that a killed process has left there.
    pub fn new(path: &Path) -> Result<Publisher, PublishError> {
        let target = follow(path);
        let mut p = Publisher { path: path.to_owned(), target, spares: Vec::new(), current: None, can_exchange: true };
        p.existing()?;
        p.spares = adopt(&p.target);
        Ok(p)
    }

    /// Puts `image` at the path. `dirty` are the ranges that changed since the last call,
    /// successful or not.
    pub fn publish(&mut self, image: &[u8], dirty: &[(u64, u64)]) -> Result<Published, PublishError> {
        for pending in self.spares.iter_mut().map(|s| &mut s.pending) {
            pending.add(dirty);
        }
        if let Some((_, pending)) = &mut self.current {
            pending.add(dirty);
        }
        let target = follow(&self.path);
        if target != self.target {
            self.remove_spares();
            (self.target, self.current) = (target, None);
        }
        let there = self.existing()?;
        let ours = match (&there, &self.current) {
            (Some(m), Some((ident, _))) => ident.same_file(&Ident::of(m)),
            _ => false,
        };
        if let (true, Some(m), Some((ident, pending))) = (ours, &there, &mut self.current) {
            if *ident != Ident::of(m) {
                // Somebody wrote to our program (stripped it, say).
                *pending = Pending::Whole;
            } else if *pending == Pending::Ranges(Vec::new()) {
                return Ok(Published::Unchanged);
            }
        }
        let mode = there.as_ref().map(|m| {
            let mode = m.mode() & 0o7777;
            if mode & 0o111 == 0 { mode | (mode & 0o444) >> 2 } else { mode }
        });
        let (spare, written) = self.take_spare(image, mode)?;
        self.swap(spare, written, ours)
    }

    /// Gets spares ready for the next publishing; for when there is time: gives up when `stop` says so, to go
    /// on at the next call. Failure costs nothing but speed.
    pub fn refill(&mut self, image: &[u8], stop: &dyn Fn() -> bool) {
        let mode = fs::symlink_metadata(&self.target).ok().map(|m| m.mode() & 0o7777);
        let mut ready = 0;
        let mut i = 0;
        while i < self.spares.len() {
            let Some(spare) = self.spares.get_mut(i) else { break };
            if ready >= READY {
                let _ = fs::remove_file(&spare.path);
                self.spares.remove(i);
                continue;
            }
            match spare.refresh(image, mode, stop) {
                Ok(Attempt::Done(_)) => ready += 1,
                Ok(Attempt::Stopped) => return,
                Ok(Attempt::Busy) => {}
                Ok(Attempt::Useless) | Err(_) => {
                    let _ = fs::remove_file(&spare.path);
                    self.spares.remove(i);
                    continue;
                }
            }
            i += 1;
        }
        while self.can_exchange && ready < READY && !stop() {
            match Spare::create(new_name(&self.target), image, mode, stop) {
                Ok(s) => self.spares.push(s),
                Err(_) => break,
            }
            ready += 1;
        }
        self.limit();
    }

    /// Whether the file at the path is the program that was last published, and each spare will be with
    /// what is recorded as lacking; files that somebody else has written to are left out. The error names
    /// the file that is not.
    pub fn check(&self, image: &[u8]) -> Result<(), String> {
        let current = self.current.iter().map(|(ident, pending)| (&self.target, ident, pending));
        let spares = self.spares.iter().map(|s| (&s.path, &s.ident, &s.pending));
        for (path, ident, pending) in current.chain(spares) {
            let Pending::Ranges(lacking) = pending else { continue };
            let Ok(mut bytes) = fs::read(path) else { continue };
            if fs::symlink_metadata(path).map(|m| Ident::of(&m)).ok() != Some(*ident) {
                continue;
            }
            bytes.resize(image.len(), 0);
            for &(start, end) in lacking {
                let range = start as usize..(end as usize).min(image.len());
                if let (Some(to), Some(from)) = (bytes.get_mut(range.clone()), image.get(range)) {
                    to.copy_from_slice(from);
                }
            }
            if let Some(at) = bytes.iter().zip(image).position(|(a, b)| a != b) {
                return Err(format!("'{}' differs from the program at {at:#x}", path.display()));
            }
        }
        Ok(())
    }

    /// Number of spare files beside the output.
    pub fn spare_count(&self) -> usize {
        self.spares.len()
    }

    /// What is at the output path, unless it is something that must not be replaced.
    fn existing(&self) -> Result<Option<fs::Metadata>, PublishError> {
        match fs::symlink_metadata(&self.target) {
            Ok(m) if m.is_dir() => Err(PublishError::IsDirectory(self.path.clone())),
            Ok(m) if !m.is_file() => Err(PublishError::NotRegular(self.path.clone())),
            Ok(m) => Ok(Some(m)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(PublishError::Io(self.path.clone(), e)),
        }
    }

    /// A spare that holds `image`: an old one, or a new one.
    fn take_spare(&mut self, image: &[u8], mode: Option<u32>) -> Result<(Spare, u64), PublishError> {
        let len = image.len() as u64;
        let mut order: Vec<usize> = (0..self.spares.len()).collect();
        order.sort_by_key(|i| self.spares.get(*i).map(|s| s.pending.bytes(len)));
        let mut useless = Vec::new();
        let mut found = None;
        for i in order {
            let Some(spare) = self.spares.get_mut(i) else { continue };
            match spare.refresh(image, mode, GO_ON) {
                Ok(Attempt::Done(n)) => {
                    found = Some((i, n));
                    break;
                }
                Ok(Attempt::Busy | Attempt::Stopped) => {}
                Ok(Attempt::Useless) => useless.push(i),
                Err(e) => return Err(PublishError::Io(self.path.clone(), e)),
            }
        }
        let taken = found.map(|(i, n)| (self.spares.remove(i), n, i));
        useless.sort_unstable();
        for mut i in useless.into_iter().rev() {
            if let Some((_, _, gone)) = &taken
                && i > *gone
            {
                i -= 1;
            }
            let _ = fs::remove_file(&self.spares.remove(i).path);
        }
        if let Some((spare, n, _)) = taken {
            return Ok((spare, n));
        }
        match Spare::create(new_name(&self.target), image, mode, GO_ON) {
            Ok(s) => Ok((s, len)),
            Err(e) => Err(PublishError::Io(self.path.clone(), e)),
        }
    }

    /// Puts an up-to-date spare at the output path.
    fn swap(&mut self, spare: Spare, written: u64, ours: bool) -> Result<Published, PublishError> {
        let fresh = Some((spare.ident, Pending::Ranges(Vec::new())));
        if ours && self.can_exchange {
            match renameat_with(CWD, &spare.path, CWD, &self.target, RenameFlags::EXCHANGE) {
                Ok(()) => {
                    let old = std::mem::replace(&mut self.current, fresh);
                    self.keep_replaced(spare.path, old)?;
                    return Ok(Published::Exchanged(written));
                }
                Err(rustix::io::Errno::NOENT) => {}
                Err(_) => self.can_exchange = false,
            }
        }
        match fs::rename(&spare.path, &self.target) {
            Ok(()) => {
                self.current = fresh;
                Ok(Published::Renamed(written))
            }
            Err(e) => {
                self.spares.push(spare);
                self.existing()?;
                Err(PublishError::Io(self.path.clone(), e))
            }
        }
    }

    /// What was at the output path has our spare's name now.
    fn keep_replaced(&mut self, path: PathBuf, old: Option<(Ident, Pending)>) -> Result<(), PublishError> {
        match (fs::symlink_metadata(&path), old) {
            (Ok(m), Some((ident, pending))) if m.is_file() => {
                let now = Ident::of(&m);
                let pending = if now == ident { pending } else { Pending::Whole };
                self.spares.push(Spare { path, pending, ident: now });
                self.limit();
                Ok(())
            }
            (Ok(m), _) if !m.is_file() => {
                // Somebody put something else there between our look and the exchange.
                let _ = renameat_with(CWD, &path, CWD, &self.target, RenameFlags::EXCHANGE);
                let _ = fs::remove_file(&path);
                self.current = None;
                self.existing().map(drop)
            }
            _ => {
                let _ = fs::remove_file(&path);
                Ok(())
            }
        }
    }

    /// Gives up the oldest spares beyond the limit; programs that run them keep running.
    fn limit(&mut self) {
        while self.spares.len() > MAX_SPARES {
            let _ = fs::remove_file(&self.spares.remove(0).path);
        }
    }

    fn remove_spares(&mut self) {
        for s in self.spares.drain(..) {
            let _ = fs::remove_file(&s.path);
        }
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.remove_spares();
    }
}

/// The file that a path stands for: links are followed even if the last one leads nowhere yet.
fn follow(path: &Path) -> PathBuf {
    let mut target = path.to_owned();
    for _ in 0..40 {
        match fs::read_link(&target) {
            Ok(link) => target = target.parent().unwrap_or(Path::new("")).join(link),
            Err(_) => break,
        }
    }
    target
}

/// Puts bytes at a path in one step, once: for objects, archives and other results that are not
/// updated in place. Directories, pipes and devices are refused, links followed, mode bits kept.
pub fn write_file(path: &Path, bytes: &[u8], executable: bool) -> Result<(), PublishError> {
    let p = Publisher {
        path: path.to_owned(),
        target: follow(path),
        spares: Vec::new(),
        current: None,
        can_exchange: false,
    };
    let there = p.existing()?;
    let error = |e| PublishError::Io(path.to_owned(), e);
    let spare =
        Spare::create(new_name(&p.target), bytes, there.as_ref().map(|m| m.mode() & 0o7777), GO_ON).map_err(error)?;
    let mode = fs::symlink_metadata(&spare.path).map_err(error)?.mode() & 0o7777;
    let finished = if !executable && there.is_none() {
        fs::set_permissions(&spare.path, std::os::unix::fs::PermissionsExt::from_mode(mode & 0o666))
    } else {
        Ok(())
    };
    finished.and_then(|()| fs::rename(&spare.path, &p.target)).map_err(|e| {
        let _ = fs::remove_file(&spare.path);
        error(e)
    })
}
