//! The work of an edit, counted: it must not depend on the size of the graph around it.

use crate::graph::{Counters, Dep, Graph, Outcome, UnitId};

/// Layers of ten units, each reading three of the layer below and one source; one root over all tops.
struct Layers {
    graph: Graph<u32>,
    units: Vec<UnitId>,
    root: UnitId,
}

impl Layers {
    fn new(layers: usize) -> Self {
        let mut graph = Graph::new();
        let root = graph.new_unit();
        graph.set_root(root, true);
        let units: Vec<UnitId> = (0..layers * 10).map(|_| graph.new_unit()).collect();
        let mut it = Layers { graph, units, root };
        for i in 0..it.units.len() {
            it.run(i, true);
        }
        let tops = it.units[it.units.len() - 10..].to_vec();
        it.graph.begin(root);
        it.graph.commit(root, vec![], tops, Outcome::Good, true);
        it.graph.settle();
        it
    }

    fn run(&mut self, i: usize, changed: bool) {
        let below = (i / 10).checked_sub(1).map(|layer| layer * 10);
        let mut deps = vec![Dep::Source(i as u32)];
        deps.extend(
            below.into_iter().flat_map(|b| (0..3).map(move |k| b + (i + k) % 10)).map(|j| Dep::Unit(self.units[j])),
        );
        self.graph.begin(self.units[i]);
        self.graph.commit(self.units[i], deps, vec![], Outcome::Good, changed);
    }

    /// The cost of changing one source in the middle: the unit, its three readers, and no more.
    fn edit(&mut self) -> Counters {
        let before = self.graph.counters();
        let middle = self.units.len() / 20 * 10 + 5;
        self.graph.begin_update();
        self.graph.invalidate(middle as u32);
        while let Some(u) = self.graph.next_pending() {
            let i = self.units.iter().position(|&x| x == u).unwrap();
            self.run(i, i == middle);
        }
        self.graph.settle();
        assert!(self.graph.sweepable(1, usize::MAX).is_empty());
        since(before, self.graph.counters())
    }

    /// The cost of dropping and taking back a unit that has no inputs.
    fn drop_leaf(&mut self) -> Counters {
        let before = self.graph.counters();
        let mut tops = self.graph.refs(self.root).to_vec();
        let leaf = self.graph.new_unit();
        for add in [true, false] {
            if add {
                tops.push(leaf)
            } else {
                tops.retain(|&u| u != leaf)
            }
            self.graph.begin_update();
            self.graph.begin(self.root);
            self.graph.commit(self.root, vec![], tops.clone(), Outcome::Good, false);
            self.graph.settle();
        }
        since(before, self.graph.counters())
    }
}

fn since(a: Counters, b: Counters) -> Counters {
    Counters {
        runs: b.runs - a.runs,
        cancelled: b.cancelled - a.cancelled,
        cut_offs: b.cut_offs - a.cut_offs,
        edges_added: b.edges_added - a.edges_added,
        edges_removed: b.edges_removed - a.edges_removed,
        edges_pushed: b.edges_pushed - a.edges_pushed,
        edges_verified: b.edges_verified - a.edges_verified,
        raises: b.raises - a.raises,
        attached: b.attached - a.attached,
        orphans: b.orphans - a.orphans,
        died: b.died - a.died,
        loops: b.loops - a.loops,
    }
}

#[test]
fn an_edit_costs_the_same_in_a_large_graph() {
    let (mut small, mut large) = (Layers::new(20), Layers::new(5000));
    let edit = small.edit();
    assert_eq!(edit, Counters { runs: 4, cut_offs: 3, edges_pushed: 4, ..Counters::default() });
    assert_eq!(edit, large.edit());
    let drop = small.drop_leaf();
    assert_eq!((drop.attached, drop.died, drop.edges_added, drop.edges_removed), (1, 1, 1, 1));
    assert_eq!(drop, large.drop_leaf());
}

#[test]
fn what_is_dropped_pays_only_for_itself() {
    let mut layers = Layers::new(1000);
    let before = layers.graph.counters();
    // A chain of 100 beside the layers, hanging on the root, with one foot in the layers.
    let chain: Vec<UnitId> = (0..100).map(|_| layers.graph.new_unit()).collect();
    for pair in chain.windows(2) {
        layers.graph.begin(pair[0]);
        layers.graph.commit(pair[0], vec![], vec![pair[1], layers.units[0]], Outcome::Good, true);
    }
    let tops = layers.graph.refs(layers.root).to_vec();
    for refs in [[tops.clone(), vec![chain[0]]].concat(), tops] {
        layers.graph.begin(layers.root);
        layers.graph.commit(layers.root, vec![], refs, Outcome::Good, true);
        layers.graph.settle();
    }
    let cost = since(before, layers.graph.counters());
    assert_eq!((cost.attached, cost.died), (100, 100));
    assert!(cost.orphans <= 202, "{} orphans", cost.orphans);
    layers.graph.check_invariants().unwrap();
}

/// A chain in which each refers to the next two: one that dies in the middle has much below it, none of which
/// has no other support.
#[test]
fn what_has_another_support_costs_a_look() {
    let mut graph = Graph::<u32>::new();
    let chain: Vec<UnitId> = (0..10_000).map(|_| graph.new_unit()).collect();
    let refer = |graph: &mut Graph<u32>, i: usize, refs: &[UnitId]| {
        graph.begin(chain[i]);
        graph.commit(chain[i], vec![], refs.to_vec(), Outcome::Good, true);
    };
    for i in 0..chain.len() {
        refer(&mut graph, i, &chain[(i + 1).min(chain.len() - 1)..(i + 3).min(chain.len())]);
    }
    graph.set_root(chain[0], true);
    graph.settle();
    assert_eq!(graph.live_count(), chain.len());
    let before = graph.counters();
    refer(&mut graph, 4000, &chain[4002..4003]);
    refer(&mut graph, 3999, &chain[4000..4001]);
    assert_eq!(graph.settle().died, [chain[4001]]);
    let cost = since(before, graph.counters());
    assert!(cost.orphans <= 4, "{} orphans", cost.orphans);
    graph.check_invariants().unwrap();
}

#[test]
fn deep_chains_need_no_stack_and_are_lifted_once() {
    let mut graph: Graph<u32> = Graph::new();
    let units: Vec<UnitId> = (0..100_000).map(|_| graph.new_unit()).collect();
    for (i, &u) in units.iter().enumerate() {
        graph.begin(u);
        let below = i.checked_sub(1).map(|j| Dep::Unit(units[j]));
        graph.commit(u, below.into_iter().chain([Dep::Source(i as u32)]).collect(), vec![], Outcome::Good, true);
    }
    // One more input under the lowest unit lifts all the others by one.
    let before = graph.counters();
    let foot = graph.new_unit();
    graph.begin(foot);
    graph.commit(foot, vec![], vec![], Outcome::Good, true);
    graph.begin(units[0]);
    graph.commit(units[0], vec![Dep::Unit(foot)], vec![], Outcome::Good, false);
    assert_eq!(since(before, graph.counters()).raises, 99_999);
    // All dead: asking for the top after a change of the foot verifies, and runs, the chain once.
    let before = graph.counters();
    graph.begin_update();
    graph.invalidate_unit(foot);
    let mut walk = crate::graph::Walk::new(units[99_999]);
    let mut runs = 0;
    while let crate::graph::Step::Run(u) = graph.step(&mut walk) {
        let deps = graph.deps(u).to_vec();
        graph.begin(u);
        graph.commit(u, deps, vec![], Outcome::Good, true);
        runs += 1;
    }
    assert_eq!(runs, 100_001);
    assert_eq!(since(before, graph.counters()).edges_verified, 100_000);
    // Hung on a root and dropped again.
    graph.set_root(units[99_999], true);
    assert_eq!(graph.settle().born.len(), 100_001);
    graph.set_root(units[99_999], false);
    assert_eq!(graph.settle().died.len(), 100_001);
}
