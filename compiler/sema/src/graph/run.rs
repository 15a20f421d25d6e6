//! Runs and freshness: the states of a unit, the queue of those to run, the push of a real change to
//! direct dependers, and the walk that finds out whether a unit nobody marked may be read as it is.

use super::edges::NONE;
use super::{Dep, Graph, Outcome, Source, State, UnitId};

/// What must happen before a unit's result may be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Freshness {
    /// Nothing.
    Ready,
    /// It must be run.
    MustRun,
    /// Its inputs must be looked at first; [`Graph::step`] does that.
    Verify,
    /// It is on the stack: reading it is a dependency loop.
    Running,
}

/// The next thing to do for the owner of a [`Walk`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// The unit asked for may be read.
    Ready,
    /// Run this unit, then ask again.
    Run(UnitId),
    /// The unit asked for is itself being run.
    Loop,
}

/// The state of asking for one unit. It is the caller's, because units are run, and ask for others,
/// between its steps; on cancellation it is just dropped.
#[derive(Debug)]
pub struct Walk {
    target: UnitId,
    frames: Vec<Frame>,
}

#[derive(Debug)]
struct Frame {
    unit: u32,
    next: usize,
    /// The inputs of the whole loop group, if the unit is in one; else its own are walked in place.
    group_inputs: Option<Box<[u32]>>,
}

impl Walk {
    /// Asks for a unit.
    pub fn new(target: UnitId) -> Self {
        Walk { target, frames: Vec::new() }
    }
}

impl<S: Source> Graph<S> {
    /// Says that a source dependee changed: its direct dependers become outdated. Answers whether
    /// there were any. Not for sources that a unit on the stack has read in the same run.
    pub fn invalidate(&mut self, source: S) -> bool {
        let Some(&i) = self.source_ids.get(&source) else { return false };
        for edge in self.dep_pool.edges_to(self.sources[i as usize].dependers) {
            self.counters.edges_pushed += 1;
            self.disturb(self.dep_pool.from(edge));
        }
        true
    }

    /// Makes a unit outdated, and with it its loop group.
    pub fn invalidate_unit(&mut self, u: UnitId) {
        self.disturb(self.slot(u));
    }

    /// The next unit to run: live, outdated or never run, of lowest height, lowest order among those.
    /// It stays pending until it is begun.
    pub fn next_pending(&self) -> Option<UnitId> {
        if let Some(shuffle) = self.shuffle {
            return self.next_shuffled(shuffle);
        }
        self.pending.first().map(|&(_, _, s)| self.id(s))
    }

    /// All pending units in the order in which `next_pending` would choose.
    pub fn pending(&self) -> impl Iterator<Item = UnitId> + '_ {
        self.pending.iter().map(|&(_, _, s)| self.id(s))
    }

    /// The lowest height of a pending unit that has been run before.
    pub fn min_pending_height(&self) -> Option<u32> {
        (self.pending_min != u32::MAX).then_some(self.pending_min)
    }

    /// The units being analysed, outermost first.
    pub fn run_stack(&self) -> impl DoubleEndedIterator<Item = UnitId> + '_ {
        self.run_stack.iter().map(|&(s, _)| self.id(s))
    }

    /// Starts a run. Nothing else changes until it is committed or cancelled, but that with a member of a
    /// loop group all of the group becomes outdated: one alone could not find the loop again.
    pub fn begin(&mut self, u: UnitId) {
        let s = self.slot(u);
        debug_assert!(self.node(s).state != State::Running, "{u:?} runs already");
        if self.node(s).group != NONE {
            self.disturb(s);
        }
        self.dequeue(s);
        let below = self.run_stack.last().map_or(u32::MAX, |&(_, min)| min);
        let node = self.node_mut(s);
        node.former = node.state;
        node.state = State::Running;
        // Whatever hangs on this unit, and so lies above it, is in doubt until the commit. Nothing hangs on
        // a unit that nobody read, so that new units cost their readers no verification.
        let own = if node.dependers == NONE { u32::MAX } else { node.height };
        self.run_stack.push((s, below.min(own)));
    }

    /// Ends a run without result: the unit gets its former state back, its edges are the old ones.
    pub fn cancel(&mut self, u: UnitId) {
        let s = self.slot(u);
        self.leave_run_stack(s);
        self.counters.cancelled += 1;
        let node = self.node_mut(s);
        node.state = node.former;
        self.enqueue(s);
        self.redo_loops_at(s);
    }

    /// Ends a run: `deps` in the order read, `refs` whatever else the unit needs to be there. `changed`:
    /// the result differs from the last committed one (a first result, a failure that becomes a
    /// success and the reverse always do). Answers whether dependers were told.
    pub fn commit(
        &mut self,
        u: UnitId,
        deps: Vec<Dep<S>>,
        mut refs: Vec<UnitId>,
        outcome: Outcome,
        changed: bool,
    ) -> bool {
        let s = self.slot(u);
        self.leave_run_stack(s);
        refs.extend(deps.iter().filter_map(|dep| match *dep {
            Dep::Unit(d) => Some(d),
            Dep::Source(_) => None,
        }));
        self.swap_deps(s, deps);
        let dropped = self.swap_refs(s, refs);

        let running: Vec<u32> = self.unit_deps(s).filter(|&d| self.node(d).state == State::Running).collect();
        self.met_running.extend(running.into_iter().map(|d| (u, d)));

        let (epoch, update) = (self.epoch, self.update);
        let node = self.node_mut(s);
        let changed = changed || !node.has_result || node.outcome.is_failure() != outcome.is_failure();
        node.has_result = true;
        node.outcome = outcome;
        node.state = if outcome.is_failure() { State::Failed } else { State::Clean };
        node.verified = epoch;
        if node.live {
            self.suspect_children(s, &dropped);
            self.attach_refs(s);
        } else if node.died != update {
            node.died = update;
            self.graveyard.push_back((update, u));
        }
        self.counters.runs += 1;

        // The group of a loop must be known before the change is pushed: its members do not tell each
        // other, or the loop would never come to rest.
        self.lift(s);
        self.redo_loops_at(s);
        if !changed {
            self.counters.cut_offs += 1;
            return false;
        }
        let group = self.node(s).group;
        for edge in self.dep_pool.edges_to(self.node(s).dependers) {
            let d = self.dep_pool.from(edge);
            self.counters.edges_pushed += 1;
            if group == NONE || self.node(d).group != group {
                self.mark_outdated(d);
            }
        }
        true
    }

    /// Whether a unit may be read now. Final are: what was run or verified since the last change of any
    /// source; what is live and lies below everything that is outdated or running, since the inputs
    /// of a live unit are live, and queued if outdated.
    pub fn fresh(&self, u: UnitId) -> Freshness {
        self.freshness(self.slot(u))
    }

    /// Declares the inputs of a unit (and of its loop group) to be final.
    pub fn mark_verified(&mut self, u: UnitId) {
        self.verify_slot(self.slot(u));
    }

    /// The next step towards reading a unit: verifies its inputs in the order in which they were read,
    /// so that no unit is run which the reader's code would not reach.
    pub fn step(&mut self, walk: &mut Walk) -> Step {
        if walk.frames.is_empty() {
            let s = self.slot(walk.target);
            match self.freshness(s) {
                Freshness::Ready => return Step::Ready,
                Freshness::MustRun => return Step::Run(walk.target),
                Freshness::Running => return Step::Loop,
                Freshness::Verify => walk.frames.push(self.frame(s)),
            }
        }
        while let Some(frame) = walk.frames.last_mut() {
            let s = frame.unit;
            match self.freshness(s) {
                Freshness::Ready => {
                    walk.frames.pop();
                    continue;
                }
                Freshness::MustRun => return Step::Run(self.id(s)),
                // Cannot be: whoever runs a unit of the walk ends the run before the next step.
                Freshness::Running => return Step::Loop,
                Freshness::Verify => {}
            }
            let Some(x) = self.next_input(frame) else {
                self.verify_slot(s);
                walk.frames.pop();
                continue;
            };
            self.counters.edges_verified += 1;
            match self.freshness(x) {
                Freshness::Ready => {}
                Freshness::MustRun => return Step::Run(self.id(x)),
                Freshness::Verify => {
                    let frame = self.frame(x);
                    walk.frames.push(frame);
                }
                // Everything read before is as it was, so this unit would again read the one that is
                // being run: let it find the loop itself.
                Freshness::Running => return Step::Run(self.id(s)),
            }
        }
        Step::Ready
    }

    /// Makes a unit outdated for a reason from outside. Others may have been found final because this one
    /// lay below all doubt.
    pub(super) fn disturb(&mut self, s: u32) {
        if matches!(self.node(s).state, State::Clean | State::Failed) {
            self.epoch += 1;
        }
        self.mark_outdated(s);
    }

    /// Makes a unit outdated.
    pub(super) fn mark_outdated(&mut self, s: u32) {
        let node = self.node_mut(s);
        match node.state {
            State::Never | State::Outdated => {}
            State::Running => {
                if node.former != State::Never {
                    node.former = State::Outdated;
                }
            }
            State::Clean | State::Failed => {
                node.state = State::Outdated;
                self.enqueue(s);
                self.dissolve_group_of(s);
            }
        }
    }

    /// Queues a unit if it is live and has to be run.
    pub(super) fn enqueue(&mut self, s: u32) {
        let node = &mut self.units[s as usize];
        if !node.live || node.pending || !matches!(node.state, State::Never | State::Outdated) {
            return;
        }
        node.pending = true;
        self.pending.insert((node.height, node.order, s));
        if node.state == State::Outdated {
            self.pending_min = self.pending_min.min(node.height);
        }
    }

    pub(super) fn dequeue(&mut self, s: u32) {
        let node = &mut self.units[s as usize];
        if !node.pending {
            return;
        }
        node.pending = false;
        self.pending.remove(&(node.height, node.order, s));
        if node.height == self.pending_min {
            self.pending_min = self.pending.range((1, 0, 0)..).next().map_or(u32::MAX, |&(height, _, _)| height);
        }
    }

    fn freshness(&self, s: u32) -> Freshness {
        let node = self.node(s);
        match node.state {
            State::Running => Freshness::Running,
            State::Never | State::Outdated => Freshness::MustRun,
            State::Clean | State::Failed => {
                let doubtful = self.run_stack.last().map_or(u32::MAX, |&(_, min)| min).min(self.pending_min);
                if node.verified == self.epoch || (node.live && node.height < doubtful) {
                    Freshness::Ready
                } else {
                    Freshness::Verify
                }
            }
        }
    }

    fn verify_slot(&mut self, s: u32) {
        let epoch = self.epoch;
        match self.node(s).group {
            NONE => self.node_mut(s).verified = epoch,
            group => {
                for i in 0..self.groups[group as usize].len() {
                    let m = self.groups[group as usize][i];
                    self.node_mut(m).verified = epoch;
                }
            }
        }
    }

    fn frame(&self, s: u32) -> Frame {
        let group = self.node(s).group;
        let group_inputs = (group != NONE).then(|| {
            let members = &self.groups[group as usize];
            let inputs = members.iter().flat_map(|&m| self.unit_deps(m));
            inputs.filter(|&d| self.node(d).group != group).collect()
        });
        Frame { unit: s, next: 0, group_inputs }
    }

    fn next_input(&self, frame: &mut Frame) -> Option<u32> {
        if let Some(inputs) = &frame.group_inputs {
            frame.next += 1;
            return inputs.get(frame.next - 1).copied();
        }
        loop {
            frame.next += 1;
            match self.node(frame.unit).deps.get(frame.next - 1)? {
                Dep::Unit(d) => return Some(d.slot),
                Dep::Source(_) => {}
            }
        }
    }

    /// Makes those outdated that saw a loop because this unit, whose run has ended, was running, if in the
    /// end there is no such loop.
    fn redo_loops_at(&mut self, s: u32) {
        let group = self.node(s).group;
        let (met, others) = std::mem::take(&mut self.met_running).into_iter().partition(|&(_, running)| running == s);
        self.met_running = others;
        let met: Vec<(UnitId, u32)> = met;
        for (reader, _) in met {
            let stands = |g: &Self| group != NONE && g.node(reader.slot).group == group;
            if self.exists(reader) && !stands(self) && self.unit_deps(reader.slot).any(|d| d == s) {
                self.disturb(reader.slot);
            }
        }
    }

    fn leave_run_stack(&mut self, s: u32) {
        debug_assert!(self.node(s).state == State::Running, "{:?} does not run", self.id(s));
        debug_assert!(self.run_stack.last().is_some_and(|&(top, _)| top == s), "runs end innermost first");
        self.run_stack.retain(|&(r, _)| r != s);
    }
}
