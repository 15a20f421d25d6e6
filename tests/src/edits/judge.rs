//! What must hold after an update: messages and program are those of a build from nothing, nothing
//! of ours broke, the cost was what the edit may cost; and, where real Zig is asked, it agrees.

use std::path::Path;

use super::operator::Cost;
use super::program;
use super::session::{Built, Session};
use crate::oracle::Oracle;
use crate::{Checked, diagnostics};

/// What kind of promise was broken. A failure that is made small stays of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A panic, or an error that we call internal.
    Internal,
    /// Other messages than those of a build from nothing.
    Messages,
    /// Other functions or data.
    Code,
    /// Another behaviour of the program.
    Behaviour,
    /// More work than the edit explains.
    Cost,
    /// Real Zig says something else.
    Oracle,
}

/// A broken promise.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Which.
    pub fault: Fault,
    /// What was found.
    pub text: String,
}

impl Failure {
    fn new(fault: Fault, text: String) -> Failure {
        Failure { fault, text }
    }
}

/// Why a check says nothing: a failure of the project, or of the machine.
pub type Judged<T = ()> = Checked<Result<T, Failure>>;

/// Judges what an update gave; the compilation has compared it with a build from nothing, all but what
/// the program does. `before` is what the state before gave.
pub fn compare(session: &Session, before: Option<&Built>, built: &Built, cost: Cost, run: bool) -> Judged {
    if let Some(text) = &built.internal {
        return Ok(Err(Failure::new(Fault::Internal, format!("the update: {text}"))));
    }
    if let Some((what, detail)) = &built.difference {
        let fault = if what.starts_with("messages") { Fault::Messages } else { Fault::Code };
        return Ok(Err(Failure::new(fault, format!("{what}\n{detail}"))));
    }
    if let Some(text) = too_costly(before, built, cost) {
        return Ok(Err(Failure::new(Fault::Cost, text)));
    }
    // What linking finds missing is compared by nobody else.
    let unlinked = built.short.contains("undefined symbol: ");
    if built.good && run || unlinked {
        let clean = session.build_clean()?;
        if clean != (Built { counts: clean.counts, ..built.clone() }) {
            return Ok(Err(Failure::new(Fault::Messages, format!("from nothing:\n{clean:?}"))));
        }
        if unlinked {
            return Ok(Ok(()));
        }
        let ours = program::run(&session.program(false), &session.dir());
        let clean = program::run(&session.program(true), &session.dir());
        if let (Some(ours), Some(clean)) = (ours, clean)
            && !program::alike(&ours, &clean)
        {
            let text = format!("after the update:\n{ours:?}\nfrom nothing:\n{clean:?}");
            return Ok(Err(Failure::new(Fault::Behaviour, text)));
        }
    }
    Ok(Ok(()))
}

/// What was promised only holds from one good build to the next.
fn too_costly(before: Option<&Built>, built: &Built, cost: Cost) -> Option<String> {
    if !before?.good || !built.good {
        return None;
    }
    let most = match cost {
        Cost::Nothing => 0,
        Cost::OneBody => 1,
        Cost::Any => return None,
    };
    let c = &built.counts;
    (c.units_run > most || c.functions_compiled > most)
        .then(|| format!("{} units run and {} functions compiled, not {most}", c.units_run, c.functions_compiled))
}

/// Asks real Zig about the files on disk. `Ok(Ok(false))`: they use what we refuse.
pub fn ask_oracle(session: &Session, built: &Built, oracle: &Oracle) -> Judged<bool> {
    if built.refuses() || !session.files().contains_key("main.zig") {
        return Ok(Ok(false));
    }
    let files: Vec<_> = session.files().iter().map(|(n, b)| (Path::new(n).to_owned(), b.clone())).collect();
    let answer = oracle.answer("edits", &[], &files, |oracle, dir| {
        let exe = dir.with_file_name("program");
        let built = oracle.build_exe(dir, &exe)?;
        if built.code == Some(0) {
            let ran = program::run(&exe, dir).map_or("no end".to_owned(), |outcome| format!("{outcome:?}"));
            return Ok(format!("ran {ran}"));
        }
        Ok(errors(&String::from_utf8_lossy(&built.stderr)).join("\n"))
    })?;
    let ours = match built.good {
        true => {
            let ran = program::run(&session.program(false), &session.dir());
            format!("ran {}", ran.map_or("no end".to_owned(), |outcome| format!("{outcome:?}")))
        }
        false => errors(&built.short).join("\n"),
    };
    // Names of errors and of types come in the order of use there, and long runs are cut off anywhere.
    let unclear = answer == "ran no end" || ours == "ran no end";
    if answer == ours || unclear && answer.starts_with("ran") == ours.starts_with("ran") {
        return Ok(Ok(true));
    }
    Ok(Err(Failure::new(Fault::Oracle, format!("ours:\n{ours}\nreal Zig:\n{answer}"))))
}

/// The first lines of messages, as a set.
fn errors(text: &str) -> Vec<String> {
    let messages = diagnostics::parse(text);
    let mut lines: Vec<String> = messages.iter().filter_map(|m| m.lines.first().cloned()).collect();
    lines.dedup();
    lines
}
