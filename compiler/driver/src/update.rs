//! One update: dirty files are read and parsed, the import graph and the tables brought in line,
//! semantics run, machine code made, the output replaced.

use std::time::{Duration, Instant};

use errmsg::Msg;

use crate::compilation::Compilation;
use crate::event::{BuildError, Counts, Event, Report};
use crate::progress::Progress;
use crate::scope::{Contents, RootScope, ScopeId};

/// Times of the stages of one build.
pub(crate) struct Clock {
    start: Instant,
    last: Instant,
    pub(crate) stages: Vec<(&'static str, Duration)>,
    progress: Option<Progress>,
}

impl Clock {
    pub(crate) fn new(start: Instant, progress: Option<Progress>) -> Clock {
        progress.iter().for_each(Progress::begin);
        Clock { start, last: Instant::now(), stages: Vec::new(), progress }
    }
    pub(crate) fn lap(&mut self, stage: &'static str) {
        let now = Instant::now();
        self.stages.push((stage, now - self.last));
        self.last = now;
        self.progress.iter().for_each(|p| p.passed(stage));
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        self.progress.iter().for_each(Progress::end);
    }
}

/// How the steps of a build ended.
pub(crate) enum Ending {
    Cancelled,
    Good,
    Messages(Vec<Msg>),
    /// Name and text.
    Error(String, String),
}

impl Compilation {
    /// One update. `None`: nothing had changed, or it was given up for a newer save; then what it
    /// has done so far stays done.
    pub(crate) fn build(&mut self, start: Instant) -> Option<Event> {
        let mut clock = Clock::new(start, self.options.progress.clone());
        let mut counts = std::mem::take(&mut self.carried);
        let ending = self.steps(&mut clock, &mut counts)?;
        if matches!(ending, Ending::Cancelled) {
            self.carried = counts;
            let half = self.check_given_up().err()?;
            return Some(Event::Error(BuildError { name: "Internal".into(), text: half, report: Report::default() }));
        }
        self.stale = false;
        self.builds += 1;
        let elapsed = clock.start.elapsed();
        let ending = self.verified(ending, &mut clock);
        let output = self.options.emit.clone().filter(|_| matches!(ending, Ending::Good));
        let report = Report {
            build: self.builds,
            elapsed,
            output,
            log: if matches!(ending, Ending::Messages(_)) { std::mem::take(&mut self.log) } else { Vec::new() },
            counts,
            stages: std::mem::take(&mut clock.stages),
            resident: self.resident.bytes(),
        };
        Some(match ending {
            Ending::Good | Ending::Cancelled => Event::Ok(report),
            Ending::Messages(msgs) => Event::Fail(msgs, report),
            Ending::Error(name, text) => Event::Error(BuildError { name, text, report }),
        })
    }

    pub(crate) fn cancelled(&self) -> bool {
        self.cancel.is_requested()
    }

    /// The way of the data. `None` if nothing had changed.
    fn steps(&mut self, clock: &mut Clock, counts: &mut Counts) -> Option<Ending> {
        self.read_dirty(counts);
        if !self.stale {
            return None;
        }
        self.refresh_alive(counts);
        clock.lap("parse");
        if self.cancelled() {
            return Some(Ending::Cancelled);
        }
        self.log.clear();
        let file_errors = self.file_errors();
        if !file_errors.is_empty() {
            return Some(Ending::Messages(file_errors));
        }
        let unapplied = std::mem::take(&mut self.unapplied);
        for id in self.in_any_order(unapplied) {
            let Some(s) = self.scopes.get_mut(id) else { continue };
            if !s.alive {
                continue;
            }
            let Some((tree, ir)) = s.good.clone() else { continue };
            let check = s.check.clone();
            s.applied = true;
            let d = match tree.patch().filter(|_| s.upon_applied) {
                Some(patch) => self.sema.patch_tree(id, tree, &ir, &check.failed, patch),
                None => self.sema.set_tree(id, tree, &ir, &check.failed),
            };
            counts.members_parsed += u64::from(d.added + d.body + d.signature);
        }
        clock.lap("diff");
        #[cfg(test)]
        if self.faults > 0 {
            self.faults -= 1;
            std::panic::resume_unwind(Box::new("a fault"));
        }
        self.sema.set_root();
        let before = self.sema.graph.counters();
        let cancel = self.cancel.clone();
        let up = loop {
            let output = &mut self.output;
            let up = self.sema.update(&cancel, &mut |sema, o| output.push(o, sema));
            if up.cancelled || !self.read_embedded(counts) {
                break up;
            }
        };
        let after = self.sema.graph.counters();
        counts.units_run += after.runs - before.runs;
        let verified = after.edges_verified - before.edges_verified;
        counts.units_checked += (after.runs - before.runs) + verified;
        counts.edges_walked += (after.edges_pushed - before.edges_pushed) + verified;
        clock.lap("semantics");
        if up.cancelled {
            return Some(Ending::Cancelled);
        }
        self.output.finish_code();
        clock.lap("codegen");
        let msgs = self.semantic_messages();
        self.log = self.log_lines();
        let moved = std::mem::take(&mut self.sema.moved);
        if let Err(text) = self.output.apply(&moved, &self.sema) {
            self.broken = true;
            return Some(Ending::Error("Internal".into(), format!("internal error: {text}")));
        }
        self.output.count(counts);
        clock.lap("link");
        if !msgs.is_empty() {
            return Some(Ending::Messages(msgs));
        }
        let written = self.output.write(&self.options, &self.sema);
        clock.lap("publish");
        Some(match written {
            Ok(written) => {
                counts.bytes_written += written;
                Ending::Good
            }
            Err(crate::output::WriteError::Messages(msgs)) => Ending::Messages(msgs),
            Err(crate::output::WriteError::Io(name, text)) => Ending::Error(name, text),
        })
    }

    /// Files that may be taken in whatever order.
    pub(crate) fn in_any_order(&self, files: std::collections::BTreeSet<ScopeId>) -> Vec<ScopeId> {
        let mut files: Vec<ScopeId> = files.into_iter().collect();
        if let Some(seed) = self.options.shuffle {
            sema::Shuffle::new(seed.wrapping_add(self.builds.into())).permute(&mut files);
        }
        files
    }

    /// Errors that suspend semantics: unreadable files, syntax errors, duplicate names.
    pub(crate) fn file_errors(&self) -> Vec<Msg> {
        let mut msgs = Vec::new();
        let mut broken: Vec<ScopeId> = self.with_errors.iter().copied().filter(|&id| self.is_alive(id)).collect();
        if broken.is_empty() {
            return msgs;
        }
        // What can be said of the other files without semantics is said, too.
        let mut found: Vec<ScopeId> = self.with_findings.iter().copied().filter(|&id| self.is_alive(id)).collect();
        found.retain(|&id| self.scopes.get(id).and_then(|s| s.tree.as_ref()).is_some_and(|t| t.error().is_none()));
        // A build from nothing would not know what a broken file imports. A single one is reached by others.
        if broken.len() > 1 || found.iter().any(|id| !broken.contains(id)) {
            let known = self.reached(RootScope::is_whole);
            broken.retain(|id| known.contains_key(id));
            found.retain(|id| known.contains_key(id));
            if broken.is_empty() {
                return msgs;
            }
        }
        for id in broken {
            let Some(s) = self.scopes.get(id) else { continue };
            match s.contents {
                Contents::Error(name) => msgs.push(self.unreadable(id, name)),
                Contents::Text => match (&s.tree.as_ref().and_then(|t| t.error()), &s.source) {
                    (Some(e), Some(source)) => msgs.push(self.syntax_error(e, source)),
                    _ => msgs.extend(self.outside_imports(id)),
                },
                Contents::Unread => {}
            }
        }
        for id in found {
            if self.scopes.get(id).is_some_and(|s| s.contents == Contents::Text) {
                msgs.extend(self.check_messages(id));
            }
        }
        msgs.sort_by(|a, b| a.cmp_by_place(b));
        msgs
    }
}
