//! Random edits of random spreadsheets: after every update the cells hold what a fresh evaluation
//! gives, and no cell was run whose inputs had not changed.

use super::sheet::{Mode, Sheet};

fn edit_at_random(seeds: std::ops::Range<u64>, mode: Mode) -> (u64, u64, u32, usize) {
    let (mut runs, mut raises, mut most, mut loops) = (0, 0, 0, 0);
    for seed in seeds {
        let mut sheet = Sheet::new(6 + (seed as usize % 25), seed, mode);
        sheet.update();
        for _ in 0..40 {
            sheet.edit();
            sheet.update();
            most = most.max(sheet.most_runs());
            loops += usize::from(sheet.has_loop());
        }
        runs += sheet.graph.counters().runs;
        raises += sheet.graph.counters().raises;
    }
    (runs, raises, most, loops)
}

#[test]
fn results_equal_those_from_scratch_and_nothing_runs_without_cause() {
    let (runs, raises, _, loops) = edit_at_random(0..150, Mode { loops: false, shuffled: false, cancelling: false });
    assert!(runs > 10_000, "only {runs} runs");
    assert!(raises <= 4 * runs, "{raises} raises in {runs} runs");
    assert_eq!(loops, 0);
}

#[test]
fn the_order_of_runs_does_not_matter() {
    edit_at_random(1000..1150, Mode { loops: false, shuffled: true, cancelling: false });
}

#[test]
fn an_update_can_be_cancelled_anywhere() {
    edit_at_random(2000..2150, Mode { loops: false, shuffled: false, cancelling: true });
    edit_at_random(2500..2550, Mode { loops: false, shuffled: true, cancelling: true });
}

#[test]
fn loops_come_and_go() {
    let (_, _, most, loops) = edit_at_random(3000..3150, Mode { loops: true, shuffled: false, cancelling: false });
    assert!(loops > 100, "only {loops} updates with loops");
    assert!(most <= 4, "a cell was run {most} times in one update");
    edit_at_random(3500..3600, Mode { loops: true, shuffled: true, cancelling: true });
}
