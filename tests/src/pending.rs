//! The list of cases that our compiler does not pass yet: `fixtures/pending.txt`, one `kind/name` a
//! line. A listed case must fail, so that the list cannot keep names that have become green; an
//! unlisted one must pass.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::Checked;

/// The names of the pending cases.
#[derive(Debug, Clone, Default)]
pub struct Pending(BTreeSet<String>);

impl Pending {
    /// Reads the list; a missing file is an empty list.
    pub fn load(fixtures: &Path) -> Pending {
        let text = fs::read_to_string(fixtures.join("pending.txt")).unwrap_or_default();
        Pending(
            text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')).map(str::to_owned).collect(),
        )
    }

    /// Turns the result of our half of a case into the result of its test.
    pub fn judge(&self, kind: &str, name: &str, result: Checked) -> Checked {
        let id = format!("{kind}/{name}");
        match (self.0.contains(&id), result) {
            (true, Err(_)) => Ok(()),
            (true, Ok(())) => Err(format!("{id} passes now: take it off fixtures/pending.txt")),
            (false, result) => result,
        }
    }

    /// Rewrites the lines of one kind to the names in `failing`; other kinds keep theirs.
    pub fn rewrite(fixtures: &Path, kind: &str, failing: &BTreeSet<String>) -> Checked {
        let path = fixtures.join("pending.txt");
        let text = fs::read_to_string(&path).unwrap_or_default();
        let prefix = format!("{kind}/");
        let mut lines: Vec<String> = text.lines().filter(|l| l.starts_with('#')).map(str::to_owned).collect();
        let kept = text.lines().filter(|l| !l.starts_with('#') && !l.trim().is_empty() && !l.starts_with(&prefix));
        let mut names: BTreeSet<String> = kept.map(str::to_owned).collect();
        names.extend(failing.iter().map(|name| format!("{prefix}{name}")));
        lines.extend(names);
        fs::write(&path, lines.join("\n") + "\n").map_err(|e| e.to_string())
    }

    /// The listed names of one kind that are no case.
    pub fn unknown(&self, kind: &str, names: &[String]) -> Vec<String> {
        let prefix = format!("{kind}/");
        let of_kind = self.0.iter().filter_map(|id| id.strip_prefix(&prefix));
        of_kind.filter(|n| !names.iter().any(|m| m == n)).map(str::to_owned).collect()
    }
}
