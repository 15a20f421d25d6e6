//! Registering files and directories, values, waiting.

use crate::Case;
use crate::bed::{Bed, LONG, POLL, file_in};
use std::fs;
use std::time::{Duration, Instant};
use stdlib_ports::fs::Event::{Changed, Removed};
use stdlib_ports::fs::{Options, Watch};

pub const CASES: &[Case] = &[
    ("values_are_replaced_and_removed", values_are_replaced_and_removed),
    ("one_value_for_many_files", one_value_for_many_files),
    ("a_file_that_does_not_exist_yet", a_file_that_does_not_exist_yet),
    ("listings", listings),
    ("listings_with_content", listings_with_content),
    ("wake_ends_a_wait", wake_ends_a_wait),
    ("debounce_waits_for_quiet", debounce_waits_for_quiet),
    ("marks_are_told_at_once", marks_are_told_at_once),
];

fn values_are_replaced_and_removed(bed: &Bed) {
    let w = bed.watch(&[("a", 1)]);
    let counts = w.counts();
    assert_eq!(counts.files, 1);
    assert!(counts.dirs >= 1);
    assert_eq!(w.add_file(&bed.p("a"), 2), Some(1));
    bed.write("a", "1");
    bed.expect(&w, &[Changed(2)]);
    assert_eq!(w.remove_file(&bed.p("a")), Some(2));
    assert_eq!(w.remove_file(&bed.p("a")), None);
    assert_eq!((w.counts().files, w.counts().dirs), (0, 0));
    bed.write("a", "2");
    bed.silent(&w);
    assert_eq!(w.add_file(&bed.p("a"), 3), None);
    bed.write("a", "3");
    bed.expect(&w, &[Changed(3)]);
    // What is pending goes with the registration.
    bed.write("a", "");
    w.remove_file(&bed.p("a"));
    bed.silent(&w);
}

fn one_value_for_many_files(bed: &Bed) {
    let w = bed.watch(&[("a", 1), ("b", 1), ("d/c", 1)]);
    bed.write("a", "1");
    bed.write("b", "1");
    // Two saves, of which the first may have been taken before the second.
    bed.settles(&w, &[Changed(1)]);
    // The removal of one takes nothing from the others.
    bed.write("b", "2");
    std::thread::sleep(bed.quiet());
    assert_eq!(w.remove_file(&bed.p("a")), Some(1));
    bed.expect(&w, &[Changed(1)]);
    file_in(&bed.p("d"), "c", "1");
    bed.settles(&w, &[Changed(1)]);
}

fn a_file_that_does_not_exist_yet(bed: &Bed) {
    let w = bed.watch(&[("a", 1), ("d/b", 2)]);
    bed.silent(&w);
    bed.write("a", "1");
    bed.expect(&w, &[Changed(1)]);
    file_in(&bed.p("d"), "b", "1");
    bed.settles(&w, &[Changed(2)]);
}

fn listings(bed: &Bed) {
    fs::create_dir(bed.p("d")).unwrap();
    bed.write("d/old", "1");
    let w = bed.watch(&[]);
    assert_eq!(w.add_dir(&bed.p("d"), 1), None);
    assert_eq!(w.add_dir(&bed.p("later"), 2), None);
    assert_eq!(w.counts().files, 2);
    bed.write("d/new", "");
    bed.settles(&w, &[Changed(1)]);
    fs::remove_file(bed.p("d/new")).unwrap();
    bed.settles(&w, &[Changed(1)]);
    fs::rename(bed.p("d/old"), bed.p("d/other")).unwrap();
    bed.settles(&w, &[Changed(1)]);
    if bed.exact() {
        bed.write("d/other", "2");
        bed.silent(&w);
    }
    fs::create_dir(bed.p("later")).unwrap();
    bed.settles(&w, &[Changed(2)]);
    bed.write("later/x", "");
    bed.settles(&w, &[Changed(2)]);
    fs::remove_dir_all(bed.p("later")).unwrap();
    bed.settles(&w, &[Removed(2)]);
    assert_eq!(w.add_dir(&bed.p("d"), 3), Some(1));
    assert_eq!(w.remove_dir(&bed.p("d")), Some(3));
    assert_eq!(w.remove_dir(&bed.p("d")), None);
    bed.write("d/more", "");
    bed.silent(&w);
}

/// A directory and files in it are apart, and may be registered at once.
fn listings_with_content(bed: &Bed) {
    file_in(&bed.p("d"), "a", "1");
    let w = bed.watch(&[("d/a", 1)]);
    assert_eq!(w.add_dir(&bed.p("d"), 2), None);
    assert_eq!(w.add_dir_content(&bed.p("d"), 3), Some(2));
    bed.write("d/a", "2");
    bed.settles(&w, &[Changed(1), Changed(3)]);
    bed.write("d/b", "2");
    bed.settles(&w, &[Changed(3)]);
    assert_eq!(w.remove_file(&bed.p("d/a")), Some(1));
    bed.write("d/a", "3");
    bed.settles(&w, &[Changed(3)]);
    assert_eq!(w.remove_dir(&bed.p("d")), Some(3));
    assert_eq!((w.counts().files, w.counts().dirs), (0, 0));
}

fn wake_ends_a_wait(bed: &Bed) {
    let w = bed.watch::<u32>(&[]);
    let waker = w.waker();
    let thread = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        waker.wake();
    });
    let start = Instant::now();
    assert_eq!(w.wait(Some(LONG)), []);
    assert!(start.elapsed() < LONG);
    thread.join().unwrap();
}

fn debounce_waits_for_quiet(bed: &Bed) {
    let debounce = Duration::from_millis(50);
    let w = Watch::new(Options { debounce, backend: bed.backend, poll_interval: POLL });
    w.add_file(&bed.p("a"), 1);
    let start = Instant::now();
    bed.write("a", "1");
    assert_eq!(w.wait(Some(LONG)), [Changed(1)]);
    assert!(start.elapsed() >= debounce);
}

/// A build that a newer save makes useless hears of it while it works.
fn marks_are_told_at_once(bed: &Bed) {
    let w = bed.watch(&[("a", 1)]);
    let (sender, told) = crossbeam_channel::unbounded();
    w.on_mark(move || {
        let _ = sender.send(());
    });
    bed.write("a", "1");
    assert!(told.recv_timeout(LONG).is_ok());
    assert_eq!(w.wait(Some(LONG)), [Changed(1)]);
}
