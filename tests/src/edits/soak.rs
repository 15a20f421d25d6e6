//! The loop: a project, some dozens of updates, the next project; until the edits are done.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::judge::{self, Failure};
use super::operator::{Cost, Editor};
use super::project::{self, Files};
use super::random::Random;
use super::session::{Built, Session};
use super::shrink::{self, History, State, Trial};
use crate::Checked;
use crate::oracle::Oracle;

/// What to do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Everything follows from it.
    pub seed: u64,
    /// How many edits.
    pub edits: usize,
    /// The repository.
    pub repository: PathBuf,
    /// Real Zig, if it is to be asked.
    pub oracle: Option<Oracle>,
    /// One update in so many is put to real Zig.
    pub oracle_share: usize,
    /// One good build in so many is run.
    pub run_share: usize,
    /// No new update after that time.
    pub limit: Duration,
    /// How long making one failure small may take.
    pub shrink: Duration,
    /// Where failures are written.
    pub keep: PathBuf,
    /// End after so many failures.
    pub failures: usize,
    /// Of these projects only, if any are named.
    pub only: Option<String>,
}

/// What was done.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Edits made.
    pub edits: usize,
    /// Updates built.
    pub updates: usize,
    /// Updates that gave a program.
    pub good: usize,
    /// Updates that were given up.
    pub given_up: usize,
    /// Projects begun.
    pub projects: usize,
    /// Questions that real Zig answered.
    pub asked: usize,
    /// Questions that were not put, because we refuse what the project uses.
    pub refused: usize,
    /// How often each operator found a place.
    pub operators: BTreeMap<&'static str, usize>,
    /// Failures, each with its directory.
    pub failures: Vec<String>,
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Tally { edits, updates, good, given_up, projects, asked, refused, .. } = self;
        let failures = self.failures.len();
        write!(
            f,
            "{edits} edits in {updates} updates of {projects} projects, {good} of them good, {given_up} given up; real Zig asked {asked} \
             times, {refused} times not because of what is not supported; {failures} failures"
        )
    }
}

/// Carries out a plan.
pub fn run(plan: &Plan) -> Checked<Tally> {
    let mut tally = Tally::default();
    let mut random = Random::new(plan.seed);
    let fixtures = project::of_fixtures(&plan.repository.join("fixtures"))?;
    let end = Instant::now() + plan.limit;
    let enough = |t: &Tally| t.edits >= plan.edits || t.failures.len() >= plan.failures || Instant::now() > end;
    while !enough(&tally) {
        let seed = random.draw();
        let mut own = Random::new(seed);
        let (name, files) = match random.pick(&fixtures) {
            Some((name, files)) if random.one_in(3) => (name.clone(), files.clone()),
            _ => (format!("generated {seed}"), project::generate(&mut own)),
        };
        if plan.only.as_ref().is_some_and(|o| !name.contains(o.as_str())) {
            tally.edits += 1;
            continue;
        }
        tally.projects += 1;
        let shuffle = random.one_in(3).then(|| random.draw());
        let mut episode = Episode::start(plan, &mut tally, Editor::new(files, own), shuffle)?;
        let length = 10 + random.below(60);
        let mut failure = episode.step(&[], Cost::Any, true)?;
        let mut n = 0;
        while failure.is_none() && n < length && !enough(episode.tally) {
            n += 1;
            failure = episode.update()?;
        }
        let history = episode.history();
        let order = shuffle.map_or(String::new(), |s| format!(", in order {s}"));
        let story = format!("{name}, seed {}{order}\n{}", plan.seed, episode.story.join("\n"));
        if let Some((failure, cost)) = failure {
            let text = report(plan, &tally, History { states: history, shuffle, cost }, failure, &story)?;
            eprintln!("{text}\n");
            tally.failures.push(text);
        }
    }
    Ok(tally)
}

/// Makes a failure small, writes it down, and says where.
fn report(plan: &Plan, tally: &Tally, history: History, failure: Failure, story: &str) -> Checked<String> {
    let lib = plan.repository.join("lib");
    let trial = Trial { lib: &lib, oracle: plan.oracle.as_ref() };
    let (small, failure) = match trial.fails(&history, failure.fault)? {
        Some(again) => shrink::shrink(&trial, history, again, plan.shrink)?,
        // It needs more than the states: the whole of the story is kept.
        None => (history, Failure { text: format!("(not seen again)\n{}", failure.text), ..failure }),
    };
    let name = format!("{}-{}", plan.seed, tally.failures.len());
    let dir = shrink::write(&plan.keep, &name, &small, &failure, story)?;
    Ok(format!("{:?} in {}, {} states\n{}", failure.fault, dir.display(), small.states.len(), failure.text))
}

/// One project under edit.
struct Episode<'a> {
    plan: &'a Plan,
    tally: &'a mut Tally,
    editor: Editor,
    session: Session,
    states: Vec<State>,
    before: Option<Built>,
    /// The last state with a program, and how many updates ago it was.
    good: Option<Files>,
    bad: usize,
    story: Vec<String>,
}

/// A failure with what the update might have cost.
type Found = Option<(Failure, Cost)>;

impl<'a> Episode<'a> {
    fn start(plan: &'a Plan, tally: &'a mut Tally, editor: Editor, shuffle: Option<u64>) -> Checked<Episode<'a>> {
        let session = Session::start(&plan.repository.join("lib"), shuffle)?;
        let (states, story) = (Vec::new(), Vec::new());
        Ok(Episode { plan, tally, editor, session, states, before: None, good: None, bad: 0, story })
    }

    fn history(&self) -> Vec<State> {
        self.states.clone()
    }

    /// The next update: some edits at once, or a way back.
    fn update(&mut self) -> Checked<Found> {
        let patience = 1 + self.editor.random.below(4);
        if let Some(good) = self.good.clone().filter(|_| self.bad > patience) {
            self.editor.files = good;
            return self.step(&["mend everything"], Cost::Any, false);
        }
        if self.states.len() > 1 && self.editor.random.one_in(8) {
            let back = self.editor.random.below(self.states.len().min(6));
            if let Some(old) = self.states.iter().rev().nth(back) {
                self.editor.files = old.files.clone();
                return self.step(&["undo"], Cost::Any, false);
            }
        }
        let count = if self.editor.random.one_in(4) { 2 + self.editor.random.below(3) } else { 1 };
        let edits: Vec<(&'static str, Cost)> = (0..count).map(|_| self.editor.edit()).collect();
        for (name, _) in &edits {
            *self.tally.operators.entry(name).or_default() += 1;
        }
        // Promises of single edits add up only if all of them are free.
        let cost = match &edits[..] {
            [(_, cost)] => *cost,
            all if all.iter().all(|(_, c)| *c == Cost::Nothing) => Cost::Nothing,
            _ => Cost::Any,
        };
        let names: Vec<&str> = edits.iter().map(|(name, _)| *name).collect();
        if self.editor.random.one_in(6) {
            return self.give_up(&names);
        }
        self.step(&names, cost, false)
    }

    /// Begins to build the state that the editor has arrived at, and has the next save come before the end.
    /// That may be the same state once more.
    fn give_up(&mut self, names: &[&str]) -> Checked<Found> {
        let most = 2 << self.editor.random.below(6);
        let k = 1 + self.editor.random.below(most) as u32;
        self.states.push(State { files: self.editor.files.clone(), until: Some(k) });
        self.story.push(format!("{}, given up at point {k}", names.join(", ")));
        self.tally.edits += names.len();
        self.tally.updates += 1;
        match self.session.update_until(&self.editor.files, k)? {
            Some(built) => {
                if let Err(failure) = judge::compare(&self.session, self.before.as_ref(), &built, Cost::Any, false)? {
                    return Ok(Some((failure, Cost::Any)));
                }
                self.before = Some(built);
            }
            None => {
                self.tally.given_up += 1;
                // What the next update costs, it costs for this one, too.
                self.before = None;
            }
        }
        match self.editor.random.one_in(3) {
            true => self.step(&["nothing"], Cost::Any, false),
            false => Ok(None),
        }
    }

    /// Builds the state that the editor has arrived at, and judges it.
    fn step(&mut self, names: &[&str], cost: Cost, first: bool) -> Checked<Found> {
        let trace = std::env::var_os("EDITS_TRACE").is_some();
        if trace {
            eprintln!("{}: {}", self.states.len(), names.join(", "));
        }
        self.states.push(State { files: self.editor.files.clone(), until: None });
        self.story.push(names.join(", "));
        self.tally.edits += names.len();
        self.tally.updates += 1;
        let built = self.session.update(&self.editor.files)?;
        let run = first || self.editor.random.one_in(self.plan.run_share);
        if let Err(failure) = judge::compare(&self.session, self.before.as_ref(), &built, cost, run)? {
            return Ok(Some((failure, cost)));
        }
        if let Some(oracle) = &self.plan.oracle
            && self.editor.random.one_in(self.plan.oracle_share)
        {
            match judge::ask_oracle(&self.session, &built, oracle)? {
                Ok(true) => self.tally.asked += 1,
                Ok(false) => self.tally.refused += 1,
                Err(failure) => return Ok(Some((failure, cost))),
            }
        }
        if built.good {
            self.tally.good += 1;
            self.bad = 0;
            self.good = Some(self.editor.files.clone());
        } else {
            self.bad += 1;
        }
        self.before = Some(built);
        Ok(None)
    }
}

/// The directory for failures, unless another one is named.
pub fn default_keep(repository: &Path) -> PathBuf {
    repository.join("target/edit-failures")
}
