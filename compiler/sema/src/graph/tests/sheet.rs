//! A spreadsheet over the graph: one unit per cell, with everything that makes incremental analysis
//! hard: names looked up in vain, reads that depend on values, failures, results that often stay
//! equal, references that are not reads, loops. What it holds is compared with an evaluation from scratch.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::formula::{Op, Run, Scratch, Src, Value};
use super::random::Random;
use crate::graph::{Dep, Freshness, Graph, Outcome, State, Step, UnitId, Walk};

/// The run was interrupted.
#[derive(Debug)]
struct Cancelled;

/// How updates are to go.
#[derive(Clone, Copy)]
pub(super) struct Mode {
    /// Whether the edits may make loops.
    pub(super) loops: bool,
    /// Whether pending units are taken in random order, not by height.
    pub(super) shuffled: bool,
    /// Whether updates are cancelled at random places.
    pub(super) cancelling: bool,
}

struct Memory {
    value: Value,
    version: u64,
    /// What the last run read, and in which version.
    seen: Vec<(Dep<Src>, u64)>,
    refs: Vec<UnitId>,
}

pub(super) struct Sheet {
    mode: Mode,
    pub(super) random: Random,
    cells: Vec<Option<Vec<Op>>>,
    roots: BTreeSet<usize>,
    pub(super) graph: Graph<Src>,
    units: BTreeMap<usize, UnitId>,
    cell_of: HashMap<UnitId, usize>,
    memory: HashMap<UnitId, Memory>,
    source_versions: HashMap<Src, u64>,
    live: BTreeSet<UnitId>,
    runs: BTreeMap<usize, u32>,
    /// The last update was cancelled.
    interrupted: bool,
    /// Polls left until the run is interrupted.
    fuse: Option<usize>,
}

impl Sheet {
    pub(super) fn new(cells: usize, seed: u64, mode: Mode) -> Self {
        let mut sheet = Sheet {
            mode,
            random: Random::new(seed),
            cells: vec![None; cells],
            roots: BTreeSet::new(),
            graph: Graph::new(),
            units: BTreeMap::new(),
            cell_of: HashMap::new(),
            memory: HashMap::new(),
            source_versions: HashMap::new(),
            live: BTreeSet::new(),
            runs: BTreeMap::new(),
            interrupted: false,
            fuse: None,
        };
        for cell in 0..cells {
            if !sheet.random.once_in(5) {
                let formula = sheet.random_formula();
                sheet.set_cell(cell, Some(formula));
            }
            if sheet.random.once_in(6) {
                sheet.set_root(cell, true);
            }
        }
        sheet
    }

    /// A few random changes.
    pub(super) fn edit(&mut self) {
        for _ in 0..1 + self.random.below(3) {
            let cell = self.random.below(self.cells.len());
            match self.random.below(10) {
                0 => self.set_cell(cell, None),
                1 | 2 => {
                    let root = !self.roots.contains(&cell);
                    self.set_root(cell, root);
                }
                3..=5 => {
                    let formula = self.random_formula();
                    self.set_cell(cell, Some(formula));
                }
                _ => {
                    let Some(mut formula) = self.cells[cell].clone() else { continue };
                    let op = self.random_op();
                    let at = self.random.below(formula.len() + 1);
                    match self.random.below(3) {
                        0 => formula.insert(at, op),
                        1 if at < formula.len() => formula[at] = op,
                        _ if at < formula.len() => {
                            formula.remove(at);
                        }
                        _ => {}
                    }
                    self.set_cell(cell, Some(formula));
                }
            }
        }
    }

    /// Brings everything up to date and checks everything, unless it is cancelled on the way.
    pub(super) fn update(&mut self) {
        // An update may go on after it was cancelled, and sources may change again before it ends.
        if !self.interrupted || self.random.once_in(2) {
            self.graph.begin_update();
        }
        self.runs.clear();
        self.fuse = (self.mode.cancelling && !self.random.once_in(3)).then(|| self.random.below(60));
        self.interrupted = self.work_off().is_err();
        self.graph.check_invariants().unwrap();
        if self.interrupted {
            return;
        }
        self.settle();
        self.ask_for_dead();
        self.run_for_nothing();
        if self.random.once_in(4) {
            self.edit();
            self.runs.clear();
            self.work_off().unwrap();
            self.settle();
        }
        for u in self.graph.sweepable(3, usize::MAX) {
            assert!(!self.graph.is_live(u));
            self.graph.remove_unit(u);
            self.memory.remove(&u);
            if let Some(cell) = self.cell_of.remove(&u) {
                self.units.remove(&cell);
            }
        }
        self.graph.check_invariants().unwrap();
    }

    fn settle(&mut self) {
        self.fuse = None;
        let settled = self.graph.settle();
        self.graph.check_invariants().unwrap();
        for u in &settled.died {
            self.live.remove(u);
        }
        for &u in &settled.born {
            assert!(self.live.insert(u), "{u:?} was born twice");
        }
        let live: BTreeSet<UnitId> = self.graph.units().filter(|&u| self.graph.is_live(u)).collect();
        assert_eq!(self.live, live, "settling told of all births and deaths");
        self.compare();
    }

    fn work_off(&mut self) -> Result<(), Cancelled> {
        loop {
            let pending: Vec<UnitId> = self.graph.pending().collect();
            assert_eq!(pending.first().copied(), self.graph.next_pending());
            let Some(&first) = pending.first() else { return Ok(()) };
            let choice = if self.mode.shuffled { pending[self.random.below(pending.len())] } else { first };
            self.check_cause(choice);
            self.run(choice)?;
        }
    }

    /// All live cells hold what a fresh evaluation gives, for the same reasons.
    fn compare(&mut self) {
        let mut fresh = Scratch { cells: &self.cells, done: HashMap::new() };
        let mut reached = BTreeSet::new();
        let mut todo: Vec<usize> = self.roots.iter().copied().collect();
        while let Some(cell) = todo.pop() {
            if reached.insert(cell) {
                let run = fresh.value(cell).unwrap();
                todo.extend(run.mentions.iter().copied());
                todo.extend(run.deps.iter().filter(|dep| dep.0.is_none()).map(|dep| dep.1));
            }
        }
        let live: BTreeSet<usize> = self.live.iter().map(|u| self.cell_of[u]).collect();
        assert_eq!(live, reached);
        for (&cell, &u) in &self.units {
            if self.live.contains(&u) {
                let run = fresh.value(cell).unwrap();
                self.compare_cell(cell, u, &run);
                self.check_message(u);
                assert_eq!(self.graph.fresh(u), Freshness::Ready);
            }
        }
    }

    fn compare_cell(&self, cell: usize, u: UnitId, fresh: &Run) {
        let value = self.memory[&u].value;
        // Which member of a loop reports it depends on who asks first.
        let same = if self.mode.loops { value.ok() == fresh.value.ok() } else { value == fresh.value };
        assert!(same, "cell {cell} holds {value:?}, afresh {:?}", fresh.value);
        let deps: Vec<Dep<Src>> = (fresh.deps.iter())
            .map(|&(source, cell)| source.map_or_else(|| Dep::Unit(self.units[&cell]), Dep::Source))
            .filter(|&dep| dep != Dep::Unit(u))
            .collect();
        assert_eq!(self.graph.deps(u), deps, "cell {cell}");
    }

    /// A unit that failed silently leads, from one failed input to the next, to one with a message.
    fn check_message(&self, u: UnitId) {
        let mut at = u;
        for _ in 0..=self.cells.len() {
            if self.memory[&at].value != Err(Outcome::FailedByInput) {
                return;
            }
            // The last thing read is what made it fail.
            match self.graph.deps(at).last() {
                Some(&Dep::Unit(d)) if self.memory[&d].value.is_err() => at = d,
                other => panic!("{at:?} failed silently, but last read {other:?}"),
            }
        }
        panic!("{u:?} failed silently, and so did all that it hangs on");
    }

    /// Reading dead cells verifies them, or runs them.
    fn ask_for_dead(&mut self) {
        for _ in 0..2 {
            let cell = self.random.below(self.cells.len());
            let u = self.unit(cell);
            self.ensure(u).unwrap();
            let run = Scratch { cells: &self.cells, done: HashMap::new() }.value(cell).unwrap();
            self.compare_cell(cell, u, &run);
            self.graph.check_invariants().unwrap();
        }
    }

    /// Running a unit that is up to date, as a self-check does, finds what is known, and so does being
    /// interrupted in that.
    fn run_for_nothing(&mut self) {
        let cell = self.random.below(self.cells.len());
        let u = self.unit(cell);
        self.runs.clear();
        self.fuse = self.mode.cancelling.then(|| self.random.below(6));
        let finished = self.run(u).is_ok();
        self.fuse = None;
        self.graph.check_invariants().unwrap();
        self.runs.clear();
        self.work_off().unwrap();
        if finished {
            let run = Scratch { cells: &self.cells, done: HashMap::new() }.value(cell).unwrap();
            self.compare_cell(cell, u, &run);
        }
        self.settle();
    }

    fn run(&mut self, u: UnitId) -> Result<(), Cancelled> {
        let cell = self.cell_of[&u];
        self.graph.begin(u);
        let run = match self.evaluate(cell) {
            Ok(run) => run,
            Err(cancelled) => {
                self.graph.cancel(u);
                return Err(cancelled);
            }
        };
        let deps: Vec<Dep<Src>> =
            run.deps.iter().map(|&(source, c)| source.map_or_else(|| Dep::Unit(self.units[&c]), Dep::Source)).collect();
        let refs: Vec<UnitId> = run.mentions.iter().map(|&c| self.unit(c)).collect();
        let seen = deps.iter().map(|&dep| (dep, self.version(dep))).collect();
        let old = self.memory.get(&u);
        let changed = old.is_none_or(|m| m.value != run.value && (m.value.is_ok() || run.value.is_ok()));
        let version = old.map_or(0, |m| m.version) + u64::from(changed);
        self.memory.insert(u, Memory { value: run.value, version, seen, refs: refs.clone() });
        let outcome = run.value.err().unwrap_or(Outcome::Good);
        self.graph.commit(u, deps, refs, outcome, changed);
        *self.runs.entry(cell).or_default() += 1;
        if !self.mode.loops {
            assert_eq!(self.runs[&cell], 1, "cell {cell} was run twice in one update");
        }
        Ok(())
    }

    /// A unit that ran before is due to run again only if something that it read is no longer the same.
    fn check_cause(&self, u: UnitId) {
        let Some(memory) = self.memory.get(&u) else { return };
        if !self.mode.loops {
            let moved = memory.seen.iter().any(|&(dep, version)| self.version(dep) != version)
                || memory.refs.iter().any(|&r| !self.graph.exists(r));
            assert!(moved, "cell {} is run without cause", self.cell_of[&u]);
        }
    }

    fn ensure(&mut self, u: UnitId) -> Result<bool, Cancelled> {
        let mut walk = Walk::new(u);
        loop {
            let step = self.graph.step(&mut walk);
            if self.random.once_in(8) {
                self.graph.check_invariants().unwrap();
            }
            match step {
                Step::Ready => return Ok(true),
                Step::Run(x) => {
                    self.check_cause(x);
                    self.run(x)?;
                }
                Step::Loop => return Ok(false),
            }
        }
    }

    fn evaluate(&mut self, cell: usize) -> Result<Run, Cancelled> {
        let mut run = Run::of(cell);
        let Some(formula) = self.cells[cell].clone() else { return Ok(run) };
        let mut value = 0;
        for op in formula {
            if let Some(fuse) = &mut self.fuse {
                *fuse = fuse.checked_sub(1).ok_or(Cancelled)?;
            }
            let Some(target) = run.simple(op, &mut value) else {
                if run.value.is_err() {
                    return Ok(run);
                }
                continue;
            };
            if self.cells[target].is_none() {
                value += 1000;
                continue;
            }
            run.depend(None, target);
            let u = self.unit(target);
            if !self.ensure(u)? {
                run.value = Err(Outcome::Failed);
                return Ok(run);
            }
            match self.memory[&u].value {
                Ok(x) => value += x,
                Err(_) => {
                    run.value = Err(Outcome::FailedByInput);
                    return Ok(run);
                }
            }
        }
        run.value = Ok(value);
        run.mentions.retain(|&c| self.cells[c].is_some());
        Ok(run)
    }

    fn version(&self, dep: Dep<Src>) -> u64 {
        match dep {
            Dep::Source(source) => self.source_versions.get(&source).copied().unwrap_or(0),
            Dep::Unit(d) => self.memory.get(&d).map_or(u64::MAX, |m| m.version),
        }
    }

    fn unit(&mut self, cell: usize) -> UnitId {
        if let Some(&u) = self.units.get(&cell) {
            return u;
        }
        let u = self.graph.new_unit();
        let order = (cell % 4) as u64;
        self.graph.set_order(u, order);
        self.units.insert(cell, u);
        self.cell_of.insert(u, cell);
        u
    }

    fn set_root(&mut self, cell: usize, root: bool) {
        let u = self.unit(cell);
        self.graph.set_root(u, root);
        if root {
            self.roots.insert(cell)
        } else {
            self.roots.remove(&cell)
        };
    }

    fn set_cell(&mut self, cell: usize, formula: Option<Vec<Op>>) {
        let old = std::mem::replace(&mut self.cells[cell], formula);
        if !self.mode.loops && !self.is_acyclic() {
            self.cells[cell] = old;
            return;
        }
        if old.is_some() != self.cells[cell].is_some() {
            self.change_source(Src::Exists(cell));
        }
        if old != self.cells[cell] {
            self.change_source(Src::Formula(cell));
        }
    }

    fn change_source(&mut self, source: Src) {
        *self.source_versions.entry(source).or_default() += 1;
        let read = self.graph.source_dependers(source).count() > 0;
        assert_eq!(self.graph.invalidate(source), read);
    }

    /// Whether no loop could come about even if every condition held.
    fn is_acyclic(&self) -> bool {
        let reads = |cell: usize| {
            self.cells[cell].iter().flatten().filter_map(move |op| match *op {
                Op::Read(c) | Op::ReadIfOdd(c) if c != cell => Some(c),
                _ => None,
            })
        };
        let mut left: BTreeSet<usize> = (0..self.cells.len()).collect();
        loop {
            let leaves: Vec<usize> = left.iter().copied().filter(|&c| reads(c).all(|r| !left.contains(&r))).collect();
            if leaves.is_empty() {
                return left.is_empty();
            }
            left.retain(|c| !leaves.contains(c));
        }
    }

    fn random_formula(&mut self) -> Vec<Op> {
        (0..self.random.below(5)).map(|_| self.random_op()).collect()
    }

    fn random_op(&mut self) -> Op {
        let cell = self.random.below(self.cells.len());
        let number = 1 + self.random.below(7) as i64;
        match self.random.below(16) {
            0..=2 => Op::Add(number),
            3 | 4 => Op::Modulo(number),
            5..=9 => Op::Read(cell),
            10..=12 => Op::ReadIfOdd(cell),
            13 | 14 => Op::Mention(cell),
            _ => Op::FailIfMultiple(number + 3),
        }
    }

    /// The most often that a cell was run in the last update.
    pub(super) fn most_runs(&self) -> u32 {
        self.runs.values().copied().max().unwrap_or(0)
    }

    /// Whether some unit is known to stand in a loop.
    pub(super) fn has_loop(&self) -> bool {
        self.graph.units().any(|u| self.graph.state(u) == State::Failed && !self.graph.loop_group(u).is_empty())
    }
}
