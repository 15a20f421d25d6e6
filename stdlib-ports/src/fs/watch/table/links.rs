//! Which entries of a watched directory are symlinks. Nearly none is, and a look at each of many
//! files takes longer than all the rest that is done for it, so the listing is asked instead once
//! enough of them were looked at.
//!
//! Good only where a backend tells of all names, wanted or not: what changes after the listing was
//! read is then reported, either of a file that is registered, which is looked at again, or of
//! another one, which makes this forget.

use rustc_hash::FxHashSet;
use std::ffi::{OsStr, OsString};
use std::path::Path;

/// After so many looks a listing is read, and again after twice as many if it was too long.
const LOOKS: usize = 8;
/// As many entries of a listing are read in about the time that one look takes.
const ENTRIES_A_LOOK: usize = 16;

/// The symlinks in one directory.
pub(super) enum Links {
    /// Unknown; so many entries were looked at one by one.
    Unknown(usize),
    /// Their names.
    Known(FxHashSet<OsString>),
}

impl Default for Links {
    fn default() -> Links {
        Links::Unknown(0)
    }
}

impl Links {
    /// Whether an entry is a symlink; one that does not exist is none.
    pub(super) fn contain(&mut self, dir: &Path, name: &OsStr) -> bool {
        if let Links::Unknown(looks) = self {
            *looks += 1;
            if *looks >= LOOKS
                && looks.is_power_of_two()
                && let Some(names) = read(dir, *looks * ENTRIES_A_LOOK)
            {
                *self = Links::Known(names);
            }
        }
        match self {
            Links::Unknown(_) => is_symlink(dir, name),
            Links::Known(names) => names.contains(name),
        }
    }
}

/// Looks at an entry.
pub(super) fn is_symlink(dir: &Path, name: &OsStr) -> bool {
    dir.join(name).symlink_metadata().is_ok_and(|m| m.is_symlink())
}

/// The symlinks in a directory, unless it has more entries than `most` or cannot be read.
fn read(dir: &Path, most: usize) -> Option<FxHashSet<OsString>> {
    let mut names = FxHashSet::default();
    for (n, entry) in dir.read_dir().ok()?.enumerate() {
        let entry = entry.ok()?;
        if n >= most {
            return None;
        }
        // An entry that has gone meanwhile is none.
        if entry.file_type().is_ok_and(|t| t.is_symlink()) {
            names.insert(entry.file_name());
        }
    }
    Some(names)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn listing_and_looks_agree() {
        let dir = tempfile::tempdir().unwrap();
        for n in 0..100 {
            std::fs::write(dir.path().join(format!("f{n}")), "").unwrap();
        }
        for n in 0..5 {
            std::os::unix::fs::symlink("nowhere", dir.path().join(format!("l{n}"))).unwrap();
        }
        let mut links = Links::default();
        let mut ask = |name: &str| links.contain(dir.path(), OsStr::new(name));
        // Too few for a listing, then one that is too long for what was looked at, then all of it.
        for round in 0..20 {
            assert!(ask("l3") && !ask("f7") && !ask("missing"), "round {round}");
        }
        assert!(matches!(links, Links::Known(names) if names.len() == 5));
    }
}
