//! The language of the random spreadsheets, and its evaluation with no memory of former updates.

use std::collections::HashMap;

use crate::graph::Outcome;

/// What a cell does, one step after the other, to its accumulator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Op {
    Add(i64),
    Modulo(i64),
    /// Adds a cell; if there is no such cell, a number.
    Read(usize),
    /// The same, if the accumulator is odd.
    ReadIfOdd(usize),
    /// References a cell without reading it.
    Mention(usize),
    /// Fails if the accumulator is a multiple.
    FailIfMultiple(i64),
}

/// Source-like dependees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Src {
    Formula(usize),
    Exists(usize),
}

/// A good value, or a failure.
pub(super) type Value = Result<i64, Outcome>;

/// All that a run finds out.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Run {
    pub(super) value: Value,
    /// Sources and cells in the order read.
    pub(super) deps: Vec<(Option<Src>, usize)>,
    pub(super) mentions: Vec<usize>,
}

impl Run {
    pub(super) fn of(cell: usize) -> Self {
        let mut run = Run { value: Err(Outcome::Failed), deps: Vec::new(), mentions: Vec::new() };
        run.depend(Some(Src::Formula(cell)), 0);
        run.value = Ok(0);
        run
    }

    pub(super) fn depend(&mut self, source: Option<Src>, cell: usize) {
        if !self.deps.contains(&(source, cell)) {
            self.deps.push((source, cell));
        }
    }

    /// Does a step, or answers the cell that has to be read for it, having looked up its name.
    pub(super) fn simple(&mut self, op: Op, value: &mut i64) -> Option<usize> {
        match op {
            Op::Add(x) => *value += x,
            Op::Modulo(m) => *value = value.rem_euclid(m),
            Op::FailIfMultiple(m) if *value % m == 0 => self.value = Err(Outcome::Failed),
            Op::ReadIfOdd(_) if *value % 2 == 0 => {}
            Op::Read(c) | Op::ReadIfOdd(c) => {
                self.depend(Some(Src::Exists(c)), 0);
                return Some(c);
            }
            Op::Mention(c) => {
                self.depend(Some(Src::Exists(c)), 0);
                self.mentions.push(c);
            }
            Op::FailIfMultiple(_) => {}
        }
        None
    }
}

/// The language evaluated with no memory of former updates.
pub(super) struct Scratch<'a> {
    pub(super) cells: &'a [Option<Vec<Op>>],
    /// `None` while a cell is being evaluated.
    pub(super) done: HashMap<usize, Option<Run>>,
}

impl Scratch<'_> {
    /// The run of a cell; `None` if it is being evaluated.
    pub(super) fn value(&mut self, cell: usize) -> Option<Run> {
        if let Some(run) = self.done.get(&cell) {
            return run.clone();
        }
        self.done.insert(cell, None);
        let run = self.evaluate(cell);
        self.done.insert(cell, Some(run.clone()));
        Some(run)
    }

    fn evaluate(&mut self, cell: usize) -> Run {
        let mut run = Run::of(cell);
        let Some(formula) = &self.cells[cell] else { return run };
        let mut value = 0;
        for &op in formula {
            let Some(target) = run.simple(op, &mut value) else {
                if run.value.is_err() {
                    return run;
                }
                continue;
            };
            if self.cells[target].is_none() {
                value += 1000;
                continue;
            }
            run.depend(None, target);
            match self.value(target).map(|read| read.value) {
                Some(Ok(x)) => value += x,
                Some(Err(_)) => run.value = Err(Outcome::FailedByInput),
                None => run.value = Err(Outcome::Failed),
            }
            if run.value.is_err() {
                return run;
            }
        }
        run.value = Ok(value);
        run.mentions.retain(|&c| self.cells[c].is_some());
        run
    }
}
