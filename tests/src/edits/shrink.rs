//! A failure made small: fewer updates, then fewer members, then fewer lines, as long as the same
//! promise is broken. What is left is written as a fixture.

use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use syntax::MemberKind;

use super::judge::{self, Failure, Fault};
use super::operator::Cost;
use super::place::View;
use super::project::Files;
use super::session::Session;
use crate::Checked;
use crate::oracle::Oracle;

/// A state of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The files.
    pub files: Files,
    /// At which point its build is given up for the next save, if it is.
    pub until: Option<u32>,
}

impl Deref for State {
    type Target = Files;
    fn deref(&self) -> &Files {
        &self.files
    }
}

impl DerefMut for State {
    fn deref_mut(&mut self) -> &mut Files {
        &mut self.files
    }
}

/// States of a project, the last of which fails.
#[derive(Debug, Clone)]
pub struct History {
    /// The states.
    pub states: Vec<State>,
    /// The order of work, if it is not the usual one.
    pub shuffle: Option<u64>,
    /// What the last update may cost.
    pub cost: Cost,
}

/// How a history is tried.
pub struct Trial<'a> {
    /// The library.
    pub lib: &'a Path,
    /// Real Zig, for what it was asked about.
    pub oracle: Option<&'a Oracle>,
}

impl Trial<'_> {
    /// Goes through the states; the failure of the last one, if it is of the kind looked for.
    pub fn fails(&self, history: &History, fault: Fault) -> Checked<Option<Failure>> {
        let mut session = Session::start(self.lib, history.shuffle)?;
        let mut before = None;
        let last = history.states.len().saturating_sub(1);
        for (n, state) in history.states.iter().enumerate() {
            let built = match state.until {
                None => session.update(state)?,
                Some(k) => match session.update_until(state, k)? {
                    Some(built) => built,
                    None => {
                        before = None;
                        continue;
                    }
                },
            };
            if n < last {
                if built.internal.is_some() {
                    return Ok(None);
                }
                before = Some(built);
                continue;
            }
            let mut judged = judge::compare(&session, before.as_ref(), &built, history.cost, true)?;
            if let (Ok(()), Some(oracle), Fault::Oracle) = (&judged, self.oracle, fault) {
                judged = judge::ask_oracle(&session, &built, oracle)?.map(drop);
            }
            return Ok(judged.err().filter(|f| f.fault == fault));
        }
        Ok(None)
    }
}

/// Makes a failing history as small as the time allows.
pub fn shrink(trial: &Trial<'_>, history: History, failure: Failure, limit: Duration) -> Checked<(History, Failure)> {
    let mut s = Shrinker { trial, best: history, failure, end: Instant::now() + limit };
    s.simple()?;
    s.updates()?;
    // Twice: what one pass lays bare the next one takes.
    for _ in 0..2 {
        s.files()?;
        s.members()?;
        s.lines()?;
        s.updates()?;
    }
    Ok((s.best, s.failure))
}

struct Shrinker<'a> {
    trial: &'a Trial<'a>,
    best: History,
    failure: Failure,
    end: Instant,
}

impl Shrinker<'_> {
    /// Takes a smaller history if it still fails.
    fn attempt(&mut self, states: Vec<State>) -> Checked<bool> {
        if Instant::now() > self.end || states == self.best.states {
            return Ok(false);
        }
        let history = History { states, ..self.best.clone() };
        let Some(failure) = self.trial.fails(&history, self.failure.fault)? else { return Ok(false) };
        self.best = history;
        self.failure = failure;
        Ok(true)
    }

    /// Every build to its end, and in the usual order.
    fn simple(&mut self) -> Checked {
        let shuffle = self.best.shuffle.take();
        if let Some(failure) = self.trial.fails(&self.best, self.failure.fault)? {
            self.failure = failure;
        } else {
            self.best.shuffle = shuffle;
        }
        let mut whole = self.best.states.clone();
        whole.iter_mut().for_each(|s| s.until = None);
        self.attempt(whole)?;
        Ok(())
    }

    /// Fewer updates: the last one alone, then without runs of half of them, of a quarter, and so on.
    fn updates(&mut self) -> Checked {
        for keep in [1, 2, 3] {
            let states = &self.best.states;
            let Some(last) = states.len().checked_sub(keep).and_then(|from| states.get(from..)) else { break };
            if self.attempt(last.to_vec())? {
                return Ok(());
            }
        }
        let mut run = self.best.states.len() / 2;
        while run > 0 {
            let mut at = 0;
            while at + run < self.best.states.len() {
                let mut fewer = self.best.states.clone();
                fewer.drain(at..at + run);
                if !self.attempt(fewer)? {
                    at += run;
                }
            }
            run /= 2;
        }
        Ok(())
    }

    /// The project without a file, in all states.
    fn files(&mut self) -> Checked {
        let mut names: Vec<String> = self.best.states.iter().flat_map(|s| s.keys().cloned()).collect();
        names.sort();
        names.dedup();
        for name in names {
            let mut fewer = self.best.states.clone();
            fewer.iter_mut().for_each(|s| drop(s.remove(&name)));
            self.attempt(fewer)?;
        }
        Ok(())
    }

    /// The project without a member, in all states that have one of that name or text.
    fn members(&mut self) -> Checked {
        let mut tried = std::collections::BTreeSet::new();
        loop {
            let mut found = None;
            'states: for state in &self.best.states {
                for (file, text) in &state.files {
                    let view = View::new(file, text);
                    for m in view.tree.members() {
                        let id = (file.clone(), identity(&view, m));
                        if !tried.contains(&id) {
                            found = Some(id);
                            break 'states;
                        }
                    }
                }
            }
            let Some(id) = found else { return Ok(()) };
            let mut fewer = self.best.states.clone();
            for state in &mut fewer {
                let Some(text) = state.get_mut(&id.0) else { continue };
                let view = View::new(&id.0, text);
                let gone = view.tree.members().iter().find(|m| identity(&view, m) == id.1).map(|m| view.whole(m));
                if let Some(range) = gone {
                    text.drain(range);
                }
            }
            tried.insert(id);
            self.attempt(fewer)?;
        }
    }

    /// The project without lines: a run of lines goes wherever it stands.
    fn lines(&mut self) -> Checked {
        let names: Vec<String> = self.best.states.last().map(|s| s.keys().cloned().collect()).unwrap_or_default();
        for name in names {
            for run in [8, 4, 2, 1] {
                let mut at = 0;
                loop {
                    let lines = self.best.states.iter().filter_map(|s| s.get(&name)).max_by_key(|t| t.len());
                    let Some(text) = lines else { break };
                    let lines: Vec<&[u8]> = text.split_inclusive(|b| *b == b'\n').collect();
                    let Some(window) = lines.get(at..(at + run).min(lines.len())).filter(|w| !w.is_empty()) else {
                        break;
                    };
                    let piece = window.concat();
                    let mut fewer = self.best.states.clone();
                    for text in fewer.iter_mut().filter_map(|s| s.get_mut(&name)) {
                        if let Some(at) = line_run(text, &piece) {
                            text.drain(at..at + piece.len());
                        }
                    }
                    if !self.attempt(fewer)? {
                        at += run;
                    }
                }
            }
        }
        Ok(())
    }
}

/// Where a run of whole lines stands in a text.
fn line_run(text: &[u8], piece: &[u8]) -> Option<usize> {
    let starts = text.split_inclusive(|b| *b == b'\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some(start)
    });
    starts.into_iter().find(|&at| text.get(at..).is_some_and(|rest| rest.starts_with(piece)))
}

/// What a member is recognised by from one state to the next.
fn identity(view: &View, m: &syntax::Member) -> String {
    let around: Vec<String> = {
        let mut path = Vec::new();
        let mut container = m.container;
        while let Some((owner, nth)) = view.tree.container(container).owner {
            let owner = view.tree.member(owner);
            path.push(format!("{nth}{}", view.name(owner).unwrap_or_default()));
            container = owner.container;
        }
        path
    };
    let own = match m.kind {
        MemberKind::Test | MemberKind::Comptime => view.slice(view.whole(m)),
        _ => view.name(m).unwrap_or_else(|| view.slice(view.whole(m))),
    };
    format!("{around:?} {:?} {own}", m.kind)
}

/// Writes a history as a fixture, and each of its states as files beside it (line ends and marks that
/// the format of fixtures cannot hold are kept there). Answers the directory.
pub fn write(keep: &Path, name: &str, history: &History, failure: &Failure, story: &str) -> Checked<PathBuf> {
    let dir = keep.join(name);
    drop(std::fs::remove_dir_all(&dir));
    let mut fixture = String::new();
    let mut last = &Files::new();
    for (n, state) in history.states.iter().enumerate() {
        let until = state.until.map_or(String::new(), |k| format!(", given up at point {k}"));
        let edit = if n == 0 { "initial".to_owned() } else { format!("edit {n}") };
        fixture.push_str(&format!("#update={edit}{until}\n"));
        for (file, bytes) in state.iter().filter(|(f, b)| last.get(*f) != Some(*b)) {
            let text = String::from_utf8_lossy(bytes);
            let end = if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
            fixture.push_str(&format!("#file={file}\n{text}{end}"));
        }
        for file in last.keys().filter(|f| !state.contains_key(*f)) {
            fixture.push_str(&format!("#rm_file={file}\n"));
        }
        for (file, bytes) in &state.files {
            crate::case::write_file(&dir.join(format!("state-{n}")).join(file), bytes)?;
        }
        last = state;
    }
    crate::case::write_file(&dir.join("fixture"), fixture.as_bytes())?;
    let text = format!("{:?}\n{}\n\n{story}\n", failure.fault, failure.text);
    crate::case::write_file(&dir.join("failure.txt"), text.as_bytes())?;
    Ok(dir)
}
