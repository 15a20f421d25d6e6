//! Watching the inputs of a build's steps. For each directory there is a reaction set: which names
//! in it make which steps dirty, "." standing for any. Inputs are declared anew after each build;
//! those that no step declares any more are dropped by their generation.

use super::steps::{StepId, Steps};
use crate::fs::{self, Event, Options, WatchError};
use indexmap::IndexMap;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Any change in the directory.
const ANY: &str = ".";

/// What a wait came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WaitResult {
    /// Nothing happened.
    Timeout,
    /// Steps that were clean are dirty now.
    Dirty,
    /// Something happened that makes no clean step dirty.
    Clean,
}

/// Counts updates.
type Generation = u64;
/// A name in a directory, towards the file system's watch.
type Name = u64;

struct Reaction {
    name: Name,
    steps: BTreeMap<StepId, Generation>,
}

/// The watched inputs of a build.
pub struct Watch {
    fs: fs::Watch<Name>,
    dirs: IndexMap<PathBuf, IndexMap<OsString, Reaction>>,
    by_name: BTreeMap<Name, (PathBuf, OsString)>,
    next: Name,
    generation: Generation,
    errors: Vec<WatchError>,
}

impl Watch {
    /// Starts to watch nothing.
    pub fn new(options: Options) -> Watch {
        Watch {
            fs: fs::Watch::new(options),
            dirs: IndexMap::new(),
            by_name: BTreeMap::new(),
            next: 0,
            generation: 0,
            errors: Vec::new(),
        }
    }

    /// Watches what the steps declare now, and nothing else.
    pub fn update(&mut self, steps: &Steps) {
        self.generation += 1;
        for (id, step) in steps.iter() {
            for (dir, name) in step.inputs() {
                self.declare(id, dir, name);
            }
        }
        let generation = self.generation;
        for (dir, reactions) in &mut self.dirs {
            reactions.retain(|name, reaction| {
                reaction.steps.retain(|_, declared| *declared == generation);
                if reaction.steps.is_empty() {
                    self.by_name.remove(&reaction.name);
                    if name == ANY {
                        self.fs.remove_dir(dir)
                    } else {
                        self.fs.remove_file(&dir.join(name))
                    };
                }
                !reaction.steps.is_empty()
            });
        }
        self.dirs.retain(|_, reactions| !reactions.is_empty());
    }

    fn declare(&mut self, step: StepId, dir: &Path, name: &OsStr) {
        if !self.dirs.contains_key(dir) {
            self.dirs.insert(dir.to_owned(), IndexMap::new());
        }
        let Some(reactions) = self.dirs.get_mut(dir) else { return };
        if let Some(reaction) = reactions.get_mut(name) {
            reaction.steps.insert(step, self.generation);
            return;
        }
        let number = self.next;
        self.next += 1;
        let steps = BTreeMap::from([(step, self.generation)]);
        reactions.insert(name.to_owned(), Reaction { name: number, steps });
        self.by_name.insert(number, (dir.to_owned(), name.to_owned()));
        if name == ANY {
            self.fs.add_dir_content(dir, number);
        } else {
            self.fs.add_file(&dir.join(name), number);
        }
    }

    /// Waits for something to happen, and makes the steps dirty that it concerns.
    pub fn wait(&mut self, steps: &mut Steps, timeout: Option<Duration>) -> WaitResult {
        let start = Instant::now();
        let events = self.fs.wait(timeout);
        if events.is_empty() {
            let over = timeout.is_some_and(|t| start.elapsed() >= t);
            return if over { WaitResult::Timeout } else { WaitResult::Clean };
        }
        if self.take(steps, events) { WaitResult::Dirty } else { WaitResult::Clean }
    }

    /// Makes the steps dirty that events concern. Whether any was clean before.
    fn take(&mut self, steps: &mut Steps, events: Vec<Event<Name>>) -> bool {
        let mut any = false;
        for event in events {
            match event {
                Event::Changed(name) | Event::Removed(name) => {
                    let place = self.by_name.get(&name);
                    let reaction = place.and_then(|(dir, name)| self.dirs.get(dir)?.get(name));
                    for step in reaction.into_iter().flat_map(|r| r.steps.keys()) {
                        any |= steps.reset(*step);
                    }
                }
                Event::Rescan => {
                    for step in self.dirs.values().flat_map(IndexMap::values).flat_map(|r| r.steps.keys()) {
                        any |= steps.reset(*step);
                    }
                }
                Event::Err(e) => self.errors.push(e),
            }
        }
        any
    }

    /// Waits until something has changed and all has then been quiet for a while; then the steps
    /// are ready for one build, those that failed in the last one included.
    pub fn wait_for_build(&mut self, steps: &mut Steps, quiet: Duration) {
        let mut debounce = Debounce::new(quiet);
        while !debounce.take(self.wait(steps, debounce.timeout())) {}
        steps.prepare();
    }

    /// Restrictions of watching that nobody was told of yet.
    pub fn take_errors(&mut self) -> Vec<WatchError> {
        std::mem::take(&mut self.errors)
    }

    /// How many directories hold inputs.
    pub fn dir_count(&self) -> usize {
        self.dirs.len()
    }

    /// Something that ends waits.
    pub fn waker(&self) -> fs::Waker {
        self.fs.waker()
    }
}

/// When to build: the first change starts the clock, whatever happens then starts it again, and a
/// build is due when it runs out.
#[derive(Clone, Copy, Debug)]
pub struct Debounce {
    quiet: Duration,
    running: bool,
}

impl Debounce {
    /// Nothing has changed yet.
    pub fn new(quiet: Duration) -> Debounce {
        Debounce { quiet, running: false }
    }

    /// How long the next wait may take; for ever until something has changed.
    pub fn timeout(&self) -> Option<Duration> {
        self.running.then_some(self.quiet)
    }

    /// Takes what a wait came to. Whether a build is due.
    pub fn take(&mut self, result: WaitResult) -> bool {
        match result {
            WaitResult::Timeout => return std::mem::take(&mut self.running),
            WaitResult::Dirty => self.running = true,
            WaitResult::Clean => {}
        }
        false
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::super::steps::State;
    use super::*;
    use crate::fs::Choice;
    use std::fs;

    const LONG: Option<Duration> = Some(Duration::from_secs(10));
    const SHORT: Option<Duration> = Some(Duration::from_millis(40));

    struct Bed {
        dir: tempfile::TempDir,
        steps: Steps,
        watch: Watch,
    }

    impl Bed {
        fn new() -> Bed {
            let options =
                Options { backend: Choice::Auto, poll_interval: Duration::from_millis(5), ..Options::default() };
            Bed { dir: tempfile::tempdir().unwrap(), steps: Steps::default(), watch: Watch::new(options) }
        }

        fn step(&mut self, on: &[StepId], inputs: &[&str]) -> StepId {
            let id = self.steps.add(on);
            self.declare(id, inputs);
            id
        }

        fn declare(&mut self, id: StepId, inputs: &[&str]) {
            let step = self.steps.get_mut(id).unwrap();
            step.clear_inputs();
            for input in inputs {
                let (dir, name) = input.rsplit_once('/').unwrap();
                step.add_file(&self.dir.path().join(dir), OsStr::new(name));
            }
        }

        fn write(&self, path: &str, text: &str) {
            let path = self.dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        /// All steps ran and succeeded.
        fn built(&mut self) {
            for i in 0..self.steps.iter().count() {
                self.steps.get_mut(StepId(i)).unwrap().state = State::Success;
            }
            self.watch.update(&self.steps);
        }

        fn dirty(&self) -> Vec<usize> {
            self.steps.iter().filter(|(_, s)| s.state == State::Dirty).map(|(id, _)| id.0).collect()
        }
    }

    #[test]
    fn inputs_make_their_steps_dirty() {
        let mut bed = Bed::new();
        bed.write("src/a", "1");
        bed.write("src/b", "1");
        let a = bed.step(&[], &["src/a", "gen/c"]);
        bed.step(&[], &["src/b"]);
        bed.step(&[a], &[]);
        bed.built();
        assert_eq!(bed.watch.dir_count(), 2);
        assert_eq!(bed.watch.wait(&mut bed.steps, SHORT), WaitResult::Timeout);
        bed.write("src/a", "2");
        assert_eq!(bed.watch.wait(&mut bed.steps, LONG), WaitResult::Dirty);
        assert_eq!(bed.dirty(), [0, 2]);
        // Dirty already.
        bed.write("src/a", "3");
        assert_eq!(bed.watch.wait(&mut bed.steps, LONG), WaitResult::Clean);
        bed.built();
        bed.write("gen/c", "1");
        assert_eq!(bed.watch.wait(&mut bed.steps, LONG), WaitResult::Dirty);
        assert_eq!(bed.dirty(), [0, 2]);
        bed.built();
        fs::remove_file(bed.dir.path().join("src/b")).unwrap();
        while bed.dirty() != [1] {
            assert_ne!(bed.watch.wait(&mut bed.steps, LONG), WaitResult::Timeout);
        }
    }

    #[test]
    fn a_whole_directory_is_an_input() {
        let mut bed = Bed::new();
        bed.write("src/a", "1");
        bed.step(&[], &["src/."]);
        bed.step(&[], &["src/a"]);
        bed.built();
        assert_eq!(bed.watch.dir_count(), 1);
        bed.write("src/new", "1");
        assert_eq!(bed.watch.wait(&mut bed.steps, LONG), WaitResult::Dirty);
        assert_eq!(bed.dirty(), [0]);
        bed.built();
        while bed.watch.wait(&mut bed.steps, SHORT) != WaitResult::Timeout {}
        bed.built();
        bed.write("src/a", "2");
        while bed.dirty() != [0, 1] {
            assert_ne!(bed.watch.wait(&mut bed.steps, LONG), WaitResult::Timeout);
        }
    }

    #[test]
    fn inputs_that_nobody_declares_are_dropped() {
        let mut bed = Bed::new();
        bed.write("x/a", "1");
        bed.write("y/b", "1");
        let a = bed.step(&[], &["x/a", "x/."]);
        bed.step(&[], &["y/b"]);
        bed.built();
        assert_eq!(bed.watch.dir_count(), 2);
        bed.declare(a, &["y/b"]);
        bed.built();
        assert_eq!(bed.watch.dir_count(), 1);
        bed.write("x/a", "2");
        assert_eq!(bed.watch.wait(&mut bed.steps, SHORT), WaitResult::Timeout);
        bed.write("y/b", "2");
        assert_eq!(bed.watch.wait(&mut bed.steps, LONG), WaitResult::Dirty);
        assert_eq!(bed.dirty(), [0, 1]);
        // And taken up again.
        bed.declare(a, &["x/a"]);
        bed.built();
        bed.write("x/a", "3");
        assert_eq!(bed.watch.wait(&mut bed.steps, LONG), WaitResult::Dirty);
        assert_eq!(bed.dirty(), [0]);
    }

    #[test]
    fn one_build_for_many_changes_and_failures_again() {
        let mut bed = Bed::new();
        bed.write("src/a", "1");
        bed.write("src/b", "1");
        bed.step(&[], &["src/a"]);
        bed.step(&[], &["src/b"]);
        let failing = bed.step(&[], &["src/none"]);
        bed.step(&[], &[]);
        bed.built();
        bed.steps.get_mut(failing).unwrap().state = State::Failure;
        bed.write("src/a", "2");
        bed.write("src/b", "2");
        bed.watch.wait_for_build(&mut bed.steps, Duration::from_millis(30));
        assert_eq!(bed.dirty(), [0, 1, 2]);
        assert!(bed.steps.get(StepId(3)).unwrap().cached);
        assert_eq!(bed.watch.take_errors(), []);
        bed.built();
        assert_eq!(bed.watch.wait(&mut bed.steps, SHORT), WaitResult::Timeout);
    }

    #[test]
    fn lost_events_make_all_dirty_that_has_inputs() {
        let mut bed = Bed::new();
        bed.step(&[], &["src/a"]);
        let b = bed.step(&[], &["gen/."]);
        bed.step(&[b], &[]);
        bed.step(&[], &[]);
        bed.built();
        let error = WatchError::OpenFiles;
        assert!(!bed.watch.take(&mut bed.steps, vec![Event::Err(error.clone())]));
        assert!(bed.watch.take(&mut bed.steps, vec![Event::Rescan]));
        assert_eq!(bed.dirty(), [0, 1, 2]);
        assert!(!bed.watch.take(&mut bed.steps, vec![Event::Rescan]), "they are dirty already");
        // Once, and a name that was given up meanwhile is nobody's.
        assert_eq!((bed.watch.take_errors(), bed.watch.take_errors()), (vec![error], vec![]));
        assert!(!bed.watch.take(&mut bed.steps, vec![Event::Changed(99)]));
    }

    #[test]
    fn the_first_change_starts_the_clock_and_others_prolong_it() {
        use WaitResult::{Clean, Dirty, Timeout};
        let quiet = Duration::from_millis(50);
        let mut d = Debounce::new(quiet);
        for (result, timeout, due) in [
            (Clean, None, false),
            (Timeout, None, false),
            (Dirty, None, false),
            (Clean, Some(quiet), false),
            (Dirty, Some(quiet), false),
            (Timeout, Some(quiet), true),
            (Timeout, None, false),
        ] {
            assert_eq!(d.timeout(), timeout);
            assert_eq!(d.take(result), due, "{result:?}");
        }
    }
}
