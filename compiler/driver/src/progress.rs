//! Which stage a build is in, for whoever shows it while it goes on. Not an event: telling costs
//! a build one store a stage, and nobody needs to listen.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// The stages in the order of the way of the data, by the names that reports use.
const STAGES: [&str; 6] = ["parse", "diff", "semantics", "codegen", "link", "publish"];

/// The stage of a build. Clones are one and the same.
#[derive(Clone, Default, Debug)]
pub struct Progress(Arc<AtomicU8>);

impl PartialEq for Progress {
    fn eq(&self, other: &Progress) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Progress {}

impl Progress {
    /// The stage; `None` between builds.
    pub fn stage(&self) -> Option<&'static str> {
        STAGES.get(usize::from(self.0.load(Ordering::Relaxed)).checked_sub(1)?).copied()
    }

    pub(crate) fn begin(&self) {
        self.0.store(1, Ordering::Relaxed);
    }

    /// A stage is over, and the next one begins.
    pub(crate) fn passed(&self, stage: &str) {
        let next = STAGES.iter().position(|s| *s == stage).map_or(0, |at| at + 2);
        self.0.store(u8::try_from(next).unwrap_or(0), Ordering::Relaxed);
    }

    pub(crate) fn end(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_follow_each_other() {
        let p = Progress::default();
        let mut seen = vec![p.stage()];
        p.begin();
        while let Some(stage) = p.stage() {
            seen.push(Some(stage));
            p.passed(stage);
        }
        assert_eq!(seen.len(), STAGES.len() + 1);
        p.begin();
        p.passed("semantics");
        assert_eq!(p.stage(), Some("codegen"));
        p.end();
        assert_eq!(p.stage(), None);
    }
}
