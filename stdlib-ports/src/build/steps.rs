//! The steps of a build as far as watching is concerned: inputs, who depends on whom, and how each
//! one ended.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// A step; counts from 0 in the order in which steps were added.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct StepId(pub usize);

/// How a step stands.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum State {
    /// It must run.
    #[default]
    Dirty,
    /// It ran.
    Success,
    /// It failed.
    Failure,
    /// One that it depends on failed.
    DependencyFailure,
    /// It did not run for want of something else.
    Skipped,
}

/// One step.
#[derive(Clone, Default, Debug)]
pub struct Step {
    /// How it stands.
    pub state: State,
    /// Its result is that of an earlier run.
    pub cached: bool,
    inputs: BTreeMap<PathBuf, BTreeSet<OsString>>,
    dependants: Vec<StepId>,
}

impl Step {
    /// Declares a file as an input.
    pub fn add_file(&mut self, dir: &Path, name: &OsStr) {
        self.inputs.entry(dir.to_owned()).or_default().insert(name.to_owned());
    }

    /// Declares all that is in a directory as an input, the directory's listing included.
    pub fn add_dir(&mut self, dir: &Path) {
        self.add_file(dir, OsStr::new("."));
    }

    /// Forgets all inputs, to be declared anew by the next run.
    pub fn clear_inputs(&mut self) {
        self.inputs.clear();
    }

    /// The inputs: directories, and names in them.
    pub fn inputs(&self) -> impl Iterator<Item = (&Path, &OsStr)> {
        self.inputs.iter().flat_map(|(dir, names)| names.iter().map(move |name| (dir.as_path(), name.as_os_str())))
    }
}

/// All steps of a build.
#[derive(Clone, Default, Debug)]
pub struct Steps(Vec<Step>);

impl Steps {
    /// Adds a step that depends on others.
    pub fn add(&mut self, depends_on: &[StepId]) -> StepId {
        let id = StepId(self.0.len());
        self.0.push(Step::default());
        for on in depends_on {
            if let Some(step) = self.get_mut(*on) {
                step.dependants.push(id);
            }
        }
        id
    }

    /// A step.
    pub fn get(&self, id: StepId) -> Option<&Step> {
        self.0.get(id.0)
    }

    /// A step, to be changed.
    pub fn get_mut(&mut self, id: StepId) -> Option<&mut Step> {
        self.0.get_mut(id.0)
    }

    /// All steps with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (StepId, &Step)> {
        self.0.iter().enumerate().map(|(i, step)| (StepId(i), step))
    }

    /// Makes a step dirty, and all that depend on it. Whether it was not dirty before.
    pub fn reset(&mut self, id: StepId) -> bool {
        let mut todo = vec![id];
        let mut any = false;
        while let Some(id) = todo.pop() {
            let Some(step) = self.get_mut(id) else { continue };
            if step.state != State::Dirty {
                step.state = State::Dirty;
                step.cached = false;
                todo.extend(step.dependants.iter().copied());
                any = true;
            }
        }
        any
    }

    /// What did not succeed is tried again with the next build; the results of the others are kept.
    pub fn prepare(&mut self) {
        for i in 0..self.0.len() {
            let id = StepId(i);
            if self.get(id).is_some_and(|s| !matches!(s.state, State::Success | State::Dirty)) {
                self.reset(id);
            }
        }
        for step in &mut self.0 {
            step.cached = step.state == State::Success;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn states(steps: &Steps) -> Vec<State> {
        steps.iter().map(|(_, s)| s.state).collect()
    }

    fn all(steps: &mut Steps, state: State) {
        steps.0.iter_mut().for_each(|s| s.state = state);
    }

    #[test]
    fn dirt_spreads_to_dependants() {
        let mut steps = Steps::default();
        let a = steps.add(&[]);
        let b = steps.add(&[a]);
        let other = steps.add(&[]);
        let c = steps.add(&[b, other]);
        all(&mut steps, State::Success);
        assert!(steps.reset(b));
        assert_eq!(states(&steps), [State::Success, State::Dirty, State::Success, State::Dirty]);
        assert!(!steps.reset(c), "it was dirty already");
        assert!(steps.reset(a));
        assert!(!steps.reset(StepId(99)));
    }

    #[test]
    fn failures_are_tried_again() {
        let mut steps = Steps::default();
        let a = steps.add(&[]);
        let b = steps.add(&[a]);
        let c = steps.add(&[]);
        all(&mut steps, State::Success);
        steps.get_mut(a).unwrap().state = State::Failure;
        steps.get_mut(b).unwrap().state = State::DependencyFailure;
        steps.prepare();
        assert_eq!(states(&steps), [State::Dirty, State::Dirty, State::Success]);
        assert!(steps.get(c).unwrap().cached && !steps.get(a).unwrap().cached);
    }
}
