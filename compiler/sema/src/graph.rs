//! The engine of incremental analysis: units, what each of them read and referenced, which of them
//! are out of date, in which order to run them again, and which of them anybody still needs. It knows
//! nothing of types, values or source text: results live with its user, who tells it only whether a
//! result changed.
//!
//! The life of an update (the user's side of the contract):
//!
//! ```text
//! begin_update(); set_root(…)
//! invalidate(source) for each source dependee that changed
//! loop {
//!     while let Some(u) = next_pending() { run(u) }       // lowest height first
//!     settle()                                            // who died, who came to life
//!     invalidate what depends on those sets; if nothing became pending: break
//! }
//! run(u):    begin(u); analyse, collecting deps and refs; commit(u, …)   or, when interrupted, cancel(u)
//! ensure(d): record the dependency first; then
//!            let mut walk = Walk::new(d);
//!            loop { match step(&mut walk) { Ready => break, Run(x) => run(x)?, Loop => report it } }
//! ```
//!
//! Contracts that hold between calls ([`Graph::check_invariants`] is their executable form):
//! - An edge stands in the list of what its unit read and in the list of who reads the dependee; a
//!   dependee that nobody reads has no list.
//! - A unit's height exceeds the heights of all units it reads, but for the members of a loop group.
//! - The references of a unit contain the units it read, so the inputs of a live unit are live.
//! - A live unit that is out of date or was never run is pending, unless it runs right now.
//! - A live unit is a root or has a live parent of lower level that references it.

mod check;
mod edges;
mod entry;
mod height;
mod live;
mod run;
mod shuffle;
mod trace;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests;

use std::collections::{BTreeSet, VecDeque};
use std::fmt;
use std::hash::Hash;

use rustc_hash::FxHashMap;

use edges::{EdgePool, NONE};
pub use live::Settled;
pub use run::{Freshness, Step, Walk};
pub use shuffle::Shuffle;

/// A unit's slot, and which of the slot's successive tenants is meant: ids of removed units are
/// recognised, though their slots are used again.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnitId {
    slot: u32,
    generation: u32,
}

impl UnitId {
    /// The slot, for tables that run parallel to the graph's.
    pub fn index(self) -> usize {
        self.slot as usize
    }

    /// The tenant's number within the slot.
    pub fn generation(self) -> u32 {
        self.generation
    }
}

impl fmt::Debug for UnitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "u{}", self.slot)?;
        if self.generation > 0 { write!(f, ".{}", self.generation) } else { Ok(()) }
    }
}

/// What a unit can depend on: the result of another unit, or something outside of the graph.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Dep<S> {
    /// The result of a unit.
    Unit(UnitId),
    /// Something that only [`Graph::invalidate`] changes.
    Source(S),
}

/// Bound of source-like dependees: small keys.
pub trait Source: Copy + Eq + Hash + fmt::Debug {}
impl<T: Copy + Eq + Hash + fmt::Debug> Source for T {}

/// Where a unit stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// It has no result yet.
    Never,
    /// Its result is as good as its inputs are.
    Clean,
    /// An input changed since it ran.
    Outdated,
    /// It is being analysed.
    Running,
    /// Like `Clean`; the result is a failure.
    Failed,
}

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// With a result.
    Good,
    /// With a message of its own.
    Failed,
    /// Silently, because something it read had failed.
    FailedByInput,
}

impl Outcome {
    /// Either kind of failure.
    pub fn is_failure(self) -> bool {
        self != Outcome::Good
    }
}

/// Work done since the graph was made; differences of these are what an update cost.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counters {
    /// Runs that were committed.
    pub runs: u64,
    /// Runs that were cancelled.
    pub cancelled: u64,
    /// Committed runs whose result was equal to before.
    pub cut_offs: u64,
    /// Edges (dependencies and references) made.
    pub edges_added: u64,
    /// Edges removed.
    pub edges_removed: u64,
    /// Edges walked to tell dependers of a change.
    pub edges_pushed: u64,
    /// Edges walked to verify units that nothing had marked.
    pub edges_verified: u64,
    /// Units that were lifted because an input rose.
    pub raises: u64,
    /// Units that became live.
    pub attached: u64,
    /// Units looked at because they had lost their support.
    pub orphans: u64,
    /// Units that died.
    pub died: u64,
    /// Loop groups formed.
    pub loops: u64,
}

/// One unit. Slots of units are plain `u32` inside of the engine: no edge outlives its ends.
struct Node<S> {
    generation: u32,
    in_use: bool,
    state: State,
    /// The state before the run in progress.
    former: State,
    /// Of the last commit.
    outcome: Outcome,
    has_result: bool,
    root: bool,
    live: bool,
    /// Stands in the list of units whose support is to be looked at.
    suspect: bool,
    pending: bool,
    height: u32,
    /// In the support forest; more than the parent's.
    level: u32,
    /// In the support forest; `NONE` for roots.
    parent: u32,
    group: u32,
    /// Tie-break among equals, the user's.
    order: u64,
    /// The epoch in which the result was last known to be final.
    verified: u64,
    /// The update in which it was last of use, while dead.
    died: u64,
    /// Scratch of the algorithms: the stamp of the last one that touched it, and a position.
    mark: u64,
    mark_pos: u32,
    dependers: u32,
    referrers: u32,
    deps: Vec<Dep<S>>,
    dep_edges: Vec<u32>,
    refs: Vec<UnitId>,
    ref_edges: Vec<u32>,
}

/// A source dependee that somebody reads.
struct SourceNode<S> {
    key: S,
    dependers: u32,
    mark: u64,
    mark_pos: u32,
}

/// The graph of analysis units over source dependees of type `S`.
pub struct Graph<S> {
    units: Vec<Node<S>>,
    free_units: Vec<u32>,
    source_ids: FxHashMap<S, u32>,
    sources: Vec<SourceNode<S>>,
    free_sources: Vec<u32>,
    dep_pool: EdgePool,
    ref_pool: EdgePool,
    /// Live units to run: (height, order, slot). Units that never ran have height 0.
    pending: BTreeSet<(u32, u64, u32)>,
    /// The lowest height of an outdated pending unit.
    pending_min: u32,
    /// Units being analysed, outermost first, each with the lowest height of a unit up to here that
    /// clean units may hang on.
    run_stack: Vec<(u32, u32)>,
    /// Units that were committed having found another one running, and that one.
    met_running: Vec<(UnitId, u32)>,
    groups: Vec<Vec<u32>>,
    free_groups: Vec<u32>,
    new_groups: Vec<u32>,
    suspects: Vec<UnitId>,
    born: Vec<UnitId>,
    /// Dead units, longest dead first; entries that no longer hold are skipped.
    graveyard: VecDeque<(u64, UnitId)>,
    live_count: usize,
    update: u64,
    epoch: u64,
    stamp: u64,
    serial: u64,
    counters: Counters,
    /// Members that are known to be what their loop group was entered by.
    loop_entries: BTreeSet<UnitId>,
    /// For tests.
    shuffle: Option<Shuffle>,
}

impl<S: Source> Default for Graph<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Source> Graph<S> {
    /// An empty graph.
    pub fn new() -> Self {
        Graph {
            units: Vec::new(),
            free_units: Vec::new(),
            source_ids: FxHashMap::default(),
            sources: Vec::new(),
            free_sources: Vec::new(),
            dep_pool: EdgePool::new(),
            ref_pool: EdgePool::new(),
            pending: BTreeSet::new(),
            pending_min: u32::MAX,
            run_stack: Vec::new(),
            met_running: Vec::new(),
            groups: Vec::new(),
            free_groups: Vec::new(),
            new_groups: Vec::new(),
            suspects: Vec::new(),
            born: Vec::new(),
            graveyard: VecDeque::new(),
            live_count: 0,
            update: 1,
            epoch: 1,
            stamp: 0,
            serial: 0,
            counters: Counters::default(),
            loop_entries: BTreeSet::new(),
            shuffle: None,
        }
    }

    /// Makes a unit: never run, dead, ordered after all units made before it.
    pub fn new_unit(&mut self) -> UnitId {
        self.serial += 1;
        let mut node = Node {
            generation: 0,
            in_use: true,
            state: State::Never,
            former: State::Never,
            outcome: Outcome::Good,
            has_result: false,
            root: false,
            live: false,
            suspect: false,
            pending: false,
            height: 0,
            level: 0,
            parent: NONE,
            group: NONE,
            order: self.serial,
            verified: 0,
            died: self.update,
            mark: 0,
            mark_pos: 0,
            dependers: NONE,
            referrers: NONE,
            deps: Vec::new(),
            dep_edges: Vec::new(),
            refs: Vec::new(),
            ref_edges: Vec::new(),
        };
        let slot = match self.free_units.pop() {
            Some(slot) => {
                node.generation = self.units[slot as usize].generation;
                self.units[slot as usize] = node;
                slot
            }
            None => {
                self.units.push(node);
                (self.units.len() - 1) as u32
            }
        };
        let u = self.id(slot);
        self.graveyard.push_back((self.update, u));
        u
    }

    /// Removes a unit, its edges and its references. Units that read or reference it become outdated, those
    /// that it alone supported die at the next settling. Meant for dead units; not allowed while it runs.
    pub fn remove_unit(&mut self, u: UnitId) {
        let s = self.slot(u);
        debug_assert!(self.node(s).state != State::Running, "removing the running unit {u:?}");
        self.dissolve_group_of(s);
        for edge in self.dep_pool.edges_to(self.node(s).dependers) {
            let y = self.dep_pool.from(edge);
            self.drop_dep_edge(y, edge);
            self.disturb(y);
        }
        for edge in self.ref_pool.edges_to(self.node(s).referrers) {
            let r = self.ref_pool.from(edge);
            self.drop_ref_edge(r, edge);
            // Only another run can tell what it would reference now.
            self.disturb(r);
        }
        self.swap_deps(s, Vec::new());
        let orphans = self.swap_refs(s, Vec::new());
        if self.node(s).live {
            self.suspect_children(s, &orphans);
            self.live_count -= 1;
        }
        self.dequeue(s);
        let node = self.node_mut(s);
        node.in_use = false;
        node.live = false;
        node.generation = node.generation.wrapping_add(1);
        self.free_units.push(s);
    }

    /// Starts an update: nothing is known to be final any more.
    pub fn begin_update(&mut self) {
        self.update += 1;
        self.epoch += 1;
    }

    /// Whether the id is that of a unit that has not been removed.
    pub fn exists(&self, u: UnitId) -> bool {
        self.units.get(u.index()).is_some_and(|n| n.in_use && n.generation == u.generation)
    }

    /// Where the unit stands.
    pub fn state(&self, u: UnitId) -> State {
        self.node(self.slot(u)).state
    }

    /// How the last committed run ended; `None` before the first.
    pub fn outcome(&self, u: UnitId) -> Option<Outcome> {
        let node = self.node(self.slot(u));
        node.has_result.then_some(node.outcome)
    }

    /// One more than the greatest height among the units it read; 0 before the first run.
    pub fn height(&self, u: UnitId) -> u32 {
        self.node(self.slot(u)).height
    }

    /// Whether a root reaches it, as of the last settling and all references added since.
    pub fn is_live(&self, u: UnitId) -> bool {
        self.node(self.slot(u)).live
    }

    /// Whether it is a root of liveness.
    pub fn is_root(&self, u: UnitId) -> bool {
        self.node(self.slot(u)).root
    }

    /// The tie-break among units of equal height.
    pub fn order(&self, u: UnitId) -> u64 {
        self.node(self.slot(u)).order
    }

    /// Replaces the tie-break (by default: units in the order in which they were made).
    pub fn set_order(&mut self, u: UnitId, order: u64) {
        let s = self.slot(u);
        let pending = self.node(s).pending;
        self.dequeue(s);
        self.node_mut(s).order = order;
        if pending {
            self.enqueue(s);
        }
    }

    /// What the unit read in its last committed run, in the order of first reading.
    pub fn deps(&self, u: UnitId) -> &[Dep<S>] {
        &self.node(self.slot(u)).deps
    }

    /// What the unit references: first what it was committed with, then the units it read.
    pub fn refs(&self, u: UnitId) -> &[UnitId] {
        &self.node(self.slot(u)).refs
    }

    /// The units that read this one, in no particular order.
    pub fn dependers(&self, u: UnitId) -> impl Iterator<Item = UnitId> + '_ {
        self.dep_pool.origins(self.node(self.slot(u)).dependers).map(|s| self.id(s))
    }

    /// The units that read this source dependee, in no particular order.
    pub fn source_dependers(&self, source: S) -> impl Iterator<Item = UnitId> + '_ {
        let head = self.source_ids.get(&source).map_or(NONE, |&i| self.sources[i as usize].dependers);
        self.dep_pool.origins(head).map(|s| self.id(s))
    }

    /// The units that reference this one, in no particular order.
    pub fn referrers(&self, u: UnitId) -> impl Iterator<Item = UnitId> + '_ {
        self.ref_pool.origins(self.node(self.slot(u)).referrers).map(|s| self.id(s))
    }

    /// All units, by slot.
    pub fn units(&self) -> impl Iterator<Item = UnitId> + '_ {
        (0..self.units.len() as u32).filter(|&s| self.node(s).in_use).map(|s| self.id(s))
    }

    /// The unit in a slot, of those below [`Graph::unit_slots`].
    pub fn unit_at(&self, slot: usize) -> Option<UnitId> {
        self.units.get(slot).filter(|n| n.in_use).map(|n| UnitId { slot: slot as u32, generation: n.generation })
    }

    /// How many slots of units there are.
    pub fn unit_slots(&self) -> usize {
        self.units.len()
    }

    /// All source dependees that somebody reads, by slot.
    pub fn sources(&self) -> impl Iterator<Item = S> + '_ {
        (0..self.sources.len()).filter_map(|i| self.source_at(i))
    }

    /// The source dependee in a slot, of those below [`Graph::source_slots`], if somebody reads it.
    pub fn source_at(&self, slot: usize) -> Option<S> {
        self.sources.get(slot).filter(|n| n.dependers != NONE).map(|n| n.key)
    }

    /// How many slots of source dependees there are.
    pub fn source_slots(&self) -> usize {
        self.sources.len()
    }

    /// How many units there are.
    pub fn len(&self) -> usize {
        self.units.len() - self.free_units.len()
    }

    /// Whether there is no unit.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many units are live.
    pub fn live_count(&self) -> usize {
        self.live_count
    }

    /// The number of the update, counted from 1 for what happens before the first `begin_update`.
    pub fn update(&self) -> u64 {
        self.update
    }

    /// Work done so far.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Edges held now: dependencies and references.
    pub fn edge_counts(&self) -> (usize, usize) {
        (self.dep_pool.len(), self.ref_pool.len())
    }

    fn id(&self, slot: u32) -> UnitId {
        UnitId { slot, generation: self.node(slot).generation }
    }

    fn slot(&self, u: UnitId) -> u32 {
        debug_assert!(self.exists(u), "{u:?} has been removed");
        u.slot
    }

    fn node(&self, slot: u32) -> &Node<S> {
        &self.units[slot as usize]
    }

    fn node_mut(&mut self, slot: u32) -> &mut Node<S> {
        &mut self.units[slot as usize]
    }

    /// A number that no node is marked with.
    fn next_stamp(&mut self) -> u64 {
        self.stamp += 1;
        self.stamp
    }
}
