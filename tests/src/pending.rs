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

    /// The listed names of one kind that are no case.
    pub fn unknown(&self, kind: &str, names: &[String]) -> Vec<String> {
        let prefix = format!("{kind}/");
        let of_kind = self.0.iter().filter_map(|id| id.strip_prefix(&prefix));
        of_kind.filter(|n| !names.iter().any(|m| m == n)).map(str::to_owned).collect()
    }
}
