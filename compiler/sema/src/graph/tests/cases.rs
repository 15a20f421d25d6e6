//! Single contracts, each by a graph small enough to follow by hand.

use crate::graph::{Dep, Freshness, Graph, Outcome, State, Step, UnitId, Walk};

type G = Graph<u8>;

fn run(g: &mut G, u: UnitId, deps: &[Dep<u8>], refs: &[UnitId], changed: bool) -> bool {
    g.begin(u);
    let told = g.commit(u, deps.to_vec(), refs.to_vec(), Outcome::Good, changed);
    g.check_invariants().unwrap();
    told
}

fn units(g: &mut G, n: usize) -> Vec<UnitId> {
    (0..n).map(|_| g.new_unit()).collect()
}

use Dep::{Source, Unit};

#[test]
fn a_change_stops_where_the_result_is_equal() {
    let mut g = G::new();
    let u = units(&mut g, 3);
    g.set_root(u[2], true);
    run(&mut g, u[0], &[Source(7)], &[], true);
    run(&mut g, u[1], &[Unit(u[0])], &[], true);
    run(&mut g, u[2], &[Unit(u[1])], &[], true);
    assert_eq!((g.height(u[0]), g.height(u[1]), g.height(u[2])), (1, 2, 3));
    assert!(u.iter().all(|&x| g.is_live(x)));
    assert_eq!(g.next_pending(), None);

    g.begin_update();
    assert!(!g.invalidate(8));
    assert!(g.invalidate(7));
    assert_eq!(g.next_pending(), Some(u[0]));
    assert_eq!(g.fresh(u[2]), Freshness::Verify);
    assert!(run(&mut g, u[0], &[Source(7)], &[], true));
    assert_eq!(g.next_pending(), Some(u[1]));
    assert!(!run(&mut g, u[1], &[Unit(u[0])], &[], false));
    assert_eq!(g.next_pending(), None);
    assert_eq!(g.fresh(u[2]), Freshness::Ready);
}

#[test]
fn a_failure_that_comes_or_goes_is_a_change() {
    let mut g = G::new();
    let u = units(&mut g, 2);
    run(&mut g, u[0], &[Source(1)], &[], true);
    run(&mut g, u[1], &[Unit(u[0])], &[], true);
    for (outcome, told) in [(Outcome::Failed, true), (Outcome::FailedByInput, false), (Outcome::Good, true)] {
        g.begin(u[0]);
        assert_eq!(g.commit(u[0], vec![Source(1)], vec![], outcome, false), told);
        assert_eq!(g.state(u[1]), if told { State::Outdated } else { State::Clean });
        run(&mut g, u[1], &[Unit(u[0])], &[], false);
    }
}

#[test]
fn repetitions_and_self_edges_are_dropped() {
    let mut g = G::new();
    let u = units(&mut g, 2);
    run(&mut g, u[1], &[], &[], true);
    let deps = [Unit(u[0]), Unit(u[1]), Source(3), Unit(u[1]), Source(3)];
    run(&mut g, u[0], &deps, &[u[0], u[1], u[1]], true);
    assert_eq!(g.deps(u[0]), [Unit(u[1]), Source(3)]);
    assert_eq!(g.refs(u[0]), [u[1]]);
    run(&mut g, u[0], &[], &[], true);
    assert_eq!(g.edge_counts(), (0, 0));
    assert_eq!(g.sources().count(), 0);
}

#[test]
fn cancelling_restores_state_and_queue() {
    let mut g = G::new();
    let u = units(&mut g, 2);
    g.set_root(u[0], true);
    g.begin(u[0]);
    assert_eq!(g.next_pending(), None);
    g.begin(u[1]);
    g.cancel(u[1]);
    g.cancel(u[0]);
    assert_eq!((g.state(u[0]), g.state(u[1])), (State::Never, State::Never));
    assert_eq!(g.next_pending(), Some(u[0]));
    run(&mut g, u[0], &[Source(1)], &[], true);
    g.begin(u[0]);
    g.invalidate(1);
    g.cancel(u[0]);
    assert_eq!(g.state(u[0]), State::Outdated);
    assert_eq!(g.next_pending(), Some(u[0]));
    g.check_invariants().unwrap();
}

#[test]
fn mutual_references_die_together_and_come_back() {
    let mut g = G::new();
    let u = units(&mut g, 3);
    g.set_root(u[0], true);
    run(&mut g, u[0], &[], &[u[1]], true);
    run(&mut g, u[1], &[Source(1)], &[u[2]], true);
    run(&mut g, u[2], &[Source(2)], &[u[1]], true);
    assert_eq!(g.settle().born, u);
    assert_eq!(g.live_path(u[2]), u);

    g.begin_update();
    run(&mut g, u[0], &[], &[], true);
    assert!(g.is_live(u[1]));
    assert_eq!(g.settle().died, [u[1], u[2]]);
    g.invalidate(1);
    assert_eq!(g.next_pending(), None);
    assert!(g.sweepable(1, usize::MAX).is_empty());

    g.begin_update();
    assert_eq!(g.sweepable(1, usize::MAX), [u[1], u[2]]);
    run(&mut g, u[0], &[], &[u[2]], true);
    assert_eq!(g.next_pending(), Some(u[1]));
    run(&mut g, u[1], &[Source(1)], &[u[2]], false);
    assert_eq!(g.settle().born, [u[1], u[2]]);
    assert!(g.sweepable(0, usize::MAX).is_empty());
    g.check_invariants().unwrap();
}

#[test]
fn what_moves_to_another_user_never_dies() {
    let mut g = G::new();
    let u = units(&mut g, 4);
    g.set_root(u[0], true);
    run(&mut g, u[0], &[], &[u[1], u[2]], true);
    run(&mut g, u[1], &[], &[u[3]], true);
    run(&mut g, u[2], &[], &[], true);
    run(&mut g, u[3], &[], &[], true);
    g.settle();
    run(&mut g, u[1], &[], &[], true);
    run(&mut g, u[2], &[], &[u[3]], true);
    assert_eq!(g.settle(), Default::default());
    assert_eq!(g.live_path(u[3]), [u[0], u[2], u[3]]);
    g.check_invariants().unwrap();
}

#[test]
fn a_loop_is_one_group_and_goes_out_of_date_as_one() {
    let mut g = G::new();
    let u = units(&mut g, 4);
    g.set_root(u[3], true);
    // 0 reads 1 reads 2 reads 0; 3 reads 0.
    for x in [3, 0, 1, 2] {
        assert_eq!(g.step(&mut Walk::new(u[x])), Step::Run(u[x]));
        g.begin(u[x]);
    }
    assert_eq!(g.step(&mut Walk::new(u[0])), Step::Loop);
    g.commit(u[2], vec![Source(2), Unit(u[0])], vec![], Outcome::Failed, true);
    g.commit(u[1], vec![Unit(u[2])], vec![], Outcome::FailedByInput, true);
    g.commit(u[0], vec![Unit(u[1])], vec![], Outcome::FailedByInput, true);
    g.commit(u[3], vec![Unit(u[0])], vec![], Outcome::FailedByInput, true);
    g.check_invariants().unwrap();
    assert_eq!(g.next_pending(), None);
    assert_eq!(g.take_new_loops(), [u[..3].to_vec()]);
    assert!(g.height(u[3]) > g.height(u[0]));

    g.begin_update();
    g.invalidate(2);
    assert_eq!(g.pending().collect::<Vec<_>>(), u[..3]);
    g.check_invariants().unwrap();
    // The loop is gone: 2 reads nothing any more.
    run(&mut g, u[2], &[Source(2)], &[], true);
    run(&mut g, u[1], &[Unit(u[2])], &[], true);
    run(&mut g, u[0], &[Unit(u[1])], &[], true);
    assert_eq!(g.next_pending(), Some(u[3]));
    assert!(g.loop_group(u[0]).is_empty() && g.take_new_loops().is_empty());
}

#[test]
fn removed_units_leave_no_edges_and_their_ids_are_stale() {
    let mut g = G::new();
    let u = units(&mut g, 3);
    run(&mut g, u[0], &[Source(1)], &[], true);
    run(&mut g, u[1], &[Unit(u[0]), Source(1)], &[], true);
    run(&mut g, u[2], &[], &[u[0]], true);
    g.remove_unit(u[0]);
    g.check_invariants().unwrap();
    assert_eq!((g.state(u[1]), g.state(u[2])), (State::Outdated, State::Outdated));
    assert_eq!((g.deps(u[1]), g.refs(u[2])), (&[Source(1)][..], &[][..]));
    let again = g.new_unit();
    assert_eq!(again.index(), u[0].index());
    assert!(g.exists(again) && !g.exists(u[0]));
}

/// 0 runs again, reads 1, which is run and reads 0: a loop as far as 1 can see.
fn half_a_loop() -> (G, Vec<UnitId>) {
    let mut g = G::new();
    let u = units(&mut g, 2);
    g.set_root(u[0], true);
    run(&mut g, u[0], &[Source(0)], &[], true);
    g.begin_update();
    g.invalidate(0);
    g.begin(u[0]);
    assert_eq!(g.step(&mut Walk::new(u[1])), Step::Run(u[1]));
    g.begin(u[1]);
    assert_eq!(g.step(&mut Walk::new(u[0])), Step::Loop);
    g.commit(u[1], vec![Unit(u[0])], vec![], Outcome::Failed, true);
    assert_eq!(g.state(u[1]), State::Failed);
    (g, u)
}

#[test]
fn a_loop_seen_through_a_cancelled_run_is_looked_for_again() {
    let (mut g, u) = half_a_loop();
    g.cancel(u[0]);
    assert_eq!(g.state(u[1]), State::Outdated);
    g.check_invariants().unwrap();
}

#[test]
fn a_loop_that_its_other_end_does_not_close_is_none() {
    let (mut g, u) = half_a_loop();
    assert!(!g.commit(u[0], vec![], vec![u[1]], Outcome::Good, false));
    assert_eq!(g.next_pending(), Some(u[1]));
    g.check_invariants().unwrap();
}

#[test]
fn a_source_that_changes_within_an_update_casts_doubt_on_all_above() {
    let mut g = G::new();
    let u = units(&mut g, 4);
    // 2 reads 1 reads 0; nobody needs them.
    run(&mut g, u[0], &[Source(0)], &[], true);
    run(&mut g, u[1], &[Unit(u[0])], &[], true);
    run(&mut g, u[2], &[Unit(u[1])], &[], true);
    assert_eq!(g.fresh(u[2]), Freshness::Ready);
    g.invalidate(0);
    assert_eq!(g.fresh(u[2]), Freshness::Verify);
    assert_eq!(g.step(&mut Walk::new(u[2])), Step::Run(u[0]));
}

#[test]
fn a_loop_is_run_again_as_a_whole() {
    let (mut g, u) = half_a_loop();
    g.commit(u[0], vec![Unit(u[1])], vec![], Outcome::FailedByInput, true);
    assert_eq!(g.loop_group(u[0]), u);
    assert_eq!(g.next_pending(), None);
    g.begin(u[1]);
    assert_eq!(g.step(&mut Walk::new(u[0])), Step::Run(u[0]));
    g.cancel(u[1]);
    assert_eq!(g.pending().collect::<Vec<_>>(), u);
    g.check_invariants().unwrap();
}

#[test]
fn a_walk_goes_in_the_order_read() {
    let mut g = G::new();
    let u = units(&mut g, 3);
    run(&mut g, u[0], &[Source(0)], &[], true);
    run(&mut g, u[1], &[Source(1)], &[], true);
    run(&mut g, u[2], &[Unit(u[1]), Unit(u[0])], &[], true);
    g.begin_update();
    g.invalidate(0);
    g.invalidate(1);
    let mut walk = Walk::new(u[2]);
    assert_eq!(g.step(&mut walk), Step::Run(u[1]));
    run(&mut g, u[1], &[Source(1)], &[], false);
    assert_eq!(g.step(&mut walk), Step::Run(u[0]));
    run(&mut g, u[0], &[Source(0)], &[], false);
    assert_eq!(g.step(&mut walk), Step::Ready);
    // With a first input that changed, the second is not asked for.
    g.begin_update();
    g.invalidate(0);
    g.invalidate(1);
    let mut walk = Walk::new(u[2]);
    assert_eq!(g.step(&mut walk), Step::Run(u[1]));
    run(&mut g, u[1], &[Source(1)], &[], true);
    assert_eq!(g.step(&mut walk), Step::Run(u[2]));
    run(&mut g, u[2], &[Unit(u[1])], &[], false);
    assert_eq!(g.step(&mut walk), Step::Ready);
    assert_eq!(g.state(u[0]), State::Outdated);
}

#[test]
fn a_unit_whose_old_edges_stood_in_the_way_does_not_become_clean_by_cancelling() {
    let mut g = G::new();
    let u = units(&mut g, 2);
    run(&mut g, u[1], &[Source(1)], &[], true);
    run(&mut g, u[0], &[Unit(u[1])], &[], true);
    g.begin_update();
    g.invalidate(1);
    g.begin(u[0]);
    g.begin(u[1]);
    g.commit(u[1], vec![Unit(u[0])], vec![], Outcome::Failed, true);
    g.check_invariants().unwrap();
    g.cancel(u[0]);
    assert_eq!(g.state(u[0]), State::Outdated);
    g.check_invariants().unwrap();
}

#[test]
fn what_lived_between_two_settlings_is_told_of() {
    let mut g = G::new();
    let u = units(&mut g, 2);
    g.set_root(u[0], true);
    run(&mut g, u[0], &[], &[u[1]], true);
    run(&mut g, u[1], &[], &[], true);
    run(&mut g, u[0], &[], &[], true);
    let settled = g.settle();
    assert_eq!((settled.born, settled.died), (vec![u[0]], vec![u[1]]));
}
