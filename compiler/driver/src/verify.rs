//! The proof that an update ends where a clean build does: a second [`Compilation`], in the same
//! process and of the very bytes that the first one holds, is built from nothing, and what both came
//! to is compared: messages, exports, functions and data, and the program.
//!
//! Error numbers are given for good in the order of first use, so the second compilation is told
//! those of the first; addresses are compared as the names of what lies there.

mod compare;
mod image;
mod reproduction;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use errmsg::Msg;
use rustc_hash::FxHashMap;
use sema::graph::UnitId;

use crate::compilation::{Compilation, with_stack};
use crate::event::Event;
use crate::scope::{Contents, ScopeId};
use crate::update::{Clock, Ending};

/// What a clean build is told of a file that the compilation it is compared with has not read.
pub(crate) const NOT_HELD: &str = "NotHeldByTheUpdatedCompilation";

/// How many units are analysed again after an update.
const SAMPLE: usize = 1000;

/// A file as a compilation has read it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Held {
    /// Its bytes.
    Text(Arc<[u8]>),
    /// Why it could not be read.
    Error(&'static str),
}

/// Files by absolute path.
pub(crate) type Files = FxHashMap<PathBuf, Held>;

/// What a compilation that is compared keeps for it.
#[derive(Default)]
pub(crate) struct Verifying {
    /// The only files that there are: this is the clean build.
    pub(crate) held: Option<Files>,
    /// What the last build came to.
    came_to: Option<CameTo>,
    /// The files when an update was last found to be as a clean build.
    agreed: Files,
}

/// What a build came to.
#[derive(Clone, Debug)]
enum CameTo {
    Good,
    Messages(Vec<Msg>),
    Error(String, String),
}

/// How an update differs from a clean build: a fault of ours.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The first difference, in a line.
    pub what: String,
    /// Both sides of it; may have many lines.
    pub detail: String,
    /// A directory with the files before and after the update, and how to see the difference again.
    pub reproduction: Option<PathBuf>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the update differs from a clean build: {}", self.what)?;
        match &self.reproduction {
            Some(dir) => write!(f, " (to reproduce it, see {})", dir.join("README").display()),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Difference {}

impl Difference {
    fn new(what: impl Into<String>, updated: &str, clean: &str) -> Box<Difference> {
        let detail = format!("--- updated\n{updated}\n--- clean\n{clean}\n");
        Box::new(Difference { what: what.into(), detail, reproduction: None })
    }
}

impl Compilation {
    /// Compares what the last build came to with a clean build of the same text. Nothing is compared
    /// before the first build, and unless the compilation was opened with
    /// [`crate::Options::verify_incremental`]; then every build does this on its own, too, and a
    /// difference is its event. Costs a clean build.
    pub fn verify(&mut self) -> Result<(), Box<Difference>> {
        let fault = || Err(Difference::new("the clean build ended unexpectedly", "", ""));
        with_stack(|| self.compare_with_clean()).unwrap_or_else(fault)
    }

    /// What a build came to, after it was compared with a clean one, if that is wanted.
    pub(crate) fn verified(&mut self, ending: Ending, clock: &mut Clock) -> Ending {
        let Some(v) = &mut self.verifying else { return ending };
        v.came_to = match &ending {
            Ending::Cancelled => None,
            Ending::Good => Some(CameTo::Good),
            Ending::Messages(msgs) => Some(CameTo::Messages(msgs.clone())),
            Ending::Error(name, text) => Some(CameTo::Error(name.clone(), text.clone())),
        };
        if v.held.is_some() {
            return ending;
        }
        let compared = self.compare_with_clean();
        clock.lap("verify");
        match compared {
            Ok(()) => ending,
            Err(difference) => {
                // Whatever went wrong would go on from here.
                self.broken = true;
                Ending::Error("Internal".into(), format!("internal error: {difference}"))
            }
        }
    }

    /// Whether a build that was given up has left the state whole, if that is wanted.
    pub(crate) fn check_given_up(&mut self) -> Result<(), String> {
        let Some(v) = self.verifying.as_mut().filter(|v| v.held.is_none()) else { return Ok(()) };
        v.came_to = None;
        self.sema.check_between_runs().map_err(|what| {
            self.broken = true;
            format!("internal error: a build that was given up left a half state: {what}")
        })
    }

    fn compare_with_clean(&mut self) -> Result<(), Box<Difference>> {
        let Some(came_to) = self.verifying.as_ref().and_then(|v| v.came_to.clone()) else { return Ok(()) };
        if matches!(came_to, CameTo::Error(..)) {
            // The system's fault, or one of ours that has been told.
            return Ok(());
        }
        let files = self.files();
        // A request that is to come at a certain point is not meant for this.
        let countdown = self.cancel.countdown();
        self.cancel.request_at(0);
        let result = match self.check_engine().and_then(|()| self.clean(&files)) {
            Ok(Some(clean)) => self.compare(&came_to, &clean),
            // Given up for a newer save, which is compared in its turn.
            Ok(None) => return Ok(()),
            Err(e) => Err(e),
        };
        self.cancel.request_at(countdown);
        let Some(v) = &mut self.verifying else { return Ok(()) };
        let before = std::mem::replace(&mut v.agreed, files);
        result.map_err(|mut difference| {
            difference.reproduction = self.reproduction(&difference, &before);
            difference
        })
    }

    /// What holds of the units between updates, and whether some of them, analysed again, come to what is
    /// on record: all of a small program's, another sample of a large one's each time.
    fn check_engine(&mut self) -> Result<(), Box<Difference>> {
        let fault = |what: String| Difference::new(what, "", "");
        self.sema.check_tables().map_err(fault)?;
        if !self.file_errors().is_empty() {
            return Ok(());
        }
        self.sema.check_settled().map_err(fault)?;
        let units: Vec<UnitId> = self.sema.graph.units().filter(|&u| self.sema.graph.is_live(u)).collect();
        let step = units.len().div_ceil(SAMPLE).max(1);
        for &u in units.iter().skip(self.builds as usize % step).step_by(step) {
            self.sema.recheck(u).map_err(fault)?;
        }
        Ok(())
    }

    /// All files that were read, as they were read.
    fn files(&self) -> Files {
        let one = |id: ScopeId| {
            let s = self.scopes.get(id)?;
            let held = match s.contents {
                Contents::Text => Held::Text(s.source.as_ref()?.text().clone()),
                Contents::Error(name) => Held::Error(name),
                Contents::Unread => return None,
            };
            Some((s.path.clone(), held))
        };
        self.scopes.ids().filter_map(one).collect()
    }

    /// A build of the files from nothing. `None` if it was given up for a newer save.
    fn clean(&self, files: &Files) -> Result<Option<Compilation>, Box<Difference>> {
        let mut options = self.options.clone();
        options.shuffle = None;
        if self.output.image().is_none() {
            // What is kept piece by piece needs no second look.
            options.emit = None;
        }
        let mut clean = Compilation::new(options).map_err(|msgs| {
            Difference::new("a clean compilation cannot be opened", "", &compare::messages_text(&msgs))
        })?;
        if let Some(v) = &mut clean.verifying {
            v.held = Some(files.clone());
        }
        clean.cancel = self.cancel.clone();
        clean.output.keep();
        for &name in self.sema.error_names.iter().skip(1) {
            let name = clean.interner.intern(&self.interner.text(name));
            clean.sema.error_number(name);
        }
        match clean.build(Instant::now()) {
            Some(Event::Error(e)) => Err(Difference::new("the clean build ended in an error", "", &e.text)),
            Some(_) => Ok(Some(clean)),
            None => Ok(None),
        }
    }
}
