//! Saves as editors and tools really do them.

use crate::Case;
use crate::bed::{Bed, LONG};
use std::fs;
use std::io::{Seek, Write};
use std::time::{Duration, Instant};
use stdlib_ports::fs::Event::{self, Changed, Removed};

pub const CASES: &[Case] = &[
    ("write_in_place", write_in_place),
    ("truncate_and_write", truncate_and_write),
    ("temporary_file_renamed_over", temporary_file_renamed_over),
    ("backup_moved_away_and_new_file_written", backup_moved_away_and_new_file_written),
    ("deleted_and_created", deleted_and_created),
    ("hard_link_into_place", hard_link_into_place),
    ("two_saves_within_a_millisecond", two_saves_within_a_millisecond),
    ("touch_without_a_change", touch_without_a_change),
    ("ten_thousand_files_in_one_go", ten_thousand_files_in_one_go),
    ("a_storm_is_one_entry_a_file", a_storm_is_one_entry_a_file),
    ("changes_that_nobody_tells_of", changes_that_nobody_tells_of),
    ("other_names_are_silent", other_names_are_silent),
];

fn write_in_place(bed: &Bed) {
    bed.write("a", "1");
    let w = bed.watch(&[("a", 7)]);
    let mut file = fs::OpenOptions::new().write(true).open(bed.p("a")).unwrap();
    if bed.exact() {
        file.write_all(b"2").unwrap();
        bed.silent(&w);
        assert!(!w.pending(), "not before it is closed");
    }
    file.rewind().unwrap();
    file.write_all(b"3").unwrap();
    drop(file);
    bed.expect(&w, &[Changed(7)]);
    assert!(!w.pending());
}

fn truncate_and_write(bed: &Bed) {
    bed.write("a", "1");
    let w = bed.watch(&[("a", 1)]);
    bed.write("a", "22");
    bed.expect(&w, &[Changed(1)]);
    // Emptied and closed, then written: one event, for the whole file.
    let start = Instant::now();
    bed.write("a", "");
    let early = bed.exact() && w.pending();
    assert!(!early || start.elapsed() > Duration::from_millis(15), "an empty file was reported at once");
    bed.write("a", "333");
    bed.expect_since(start, &w, &[Changed(1)]);
    assert_eq!(fs::read(bed.p("a")).unwrap(), b"333");
    // Emptied for good.
    bed.write("a", "");
    bed.expect(&w, &[Changed(1)]);
}

fn temporary_file_renamed_over(bed: &Bed) {
    bed.write("a", "0");
    let w = bed.watch(&[("a", 1)]);
    for text in ["1", "2", "3"] {
        bed.write(".a.tmp", text);
        fs::rename(bed.p(".a.tmp"), bed.p("a")).unwrap();
        bed.expect(&w, &[Changed(1)]);
    }
}

fn backup_moved_away_and_new_file_written(bed: &Bed) {
    bed.write("a", "1");
    let w = bed.watch(&[("a", 1)]);
    let start = Instant::now();
    fs::rename(bed.p("a"), bed.p("a~")).unwrap();
    bed.write("a", "2");
    bed.expect_since(start, &w, &[Changed(1)]);
}

fn deleted_and_created(bed: &Bed) {
    bed.write("a", "1");
    let w = bed.watch(&[("a", 1)]);
    let start = Instant::now();
    fs::remove_file(bed.p("a")).unwrap();
    bed.write("a", "2");
    bed.expect_since(start, &w, &[Changed(1)]);
    fs::remove_file(bed.p("a")).unwrap();
    bed.expect(&w, &[Removed(1)]);
    bed.write("a", "3");
    bed.expect(&w, &[Changed(1)]);
    fs::rename(bed.p("a"), bed.p("b")).unwrap();
    bed.expect(&w, &[Removed(1)]);
}

fn hard_link_into_place(bed: &Bed) {
    bed.write("b", "1");
    let w = bed.watch(&[("a", 1)]);
    fs::hard_link(bed.p("b"), bed.p("a")).unwrap();
    bed.expect(&w, &[Changed(1)]);
    // The target is replaced under both names.
    let start = Instant::now();
    fs::remove_file(bed.p("a")).unwrap();
    bed.write("b", "2");
    fs::hard_link(bed.p("b"), bed.p("a")).unwrap();
    bed.expect_since(start, &w, &[Changed(1)]);
    bed.write("a", "3");
    bed.expect(&w, &[Changed(1)]);
}

/// The second of two saves is never the one that is missed.
fn two_saves_within_a_millisecond(bed: &Bed) {
    bed.write("a", "0000");
    let w = bed.watch(&[("a", 1)]);
    for round in 0..5 {
        let start = Instant::now();
        bed.write("a", &format!("{round}aaa"));
        bed.write("a", &format!("{round}bbb"));
        let apart = start.elapsed();
        // What the reader sees after the last event is the second save.
        let mut seen = Vec::new();
        while !w.wait(Some(if seen.is_empty() { LONG } else { bed.quiet() })).is_empty() {
            seen = fs::read(bed.p("a")).unwrap();
        }
        assert_eq!(seen, format!("{round}bbb").as_bytes(), "{apart:?} apart");
    }
}

/// At most a hint; never taken for a removal.
fn touch_without_a_change(bed: &Bed) {
    bed.write("a", "1");
    let w = bed.watch(&[("a", 1)]);
    let file = fs::OpenOptions::new().append(true).open(bed.p("a")).unwrap();
    file.set_modified(std::time::SystemTime::now()).unwrap();
    drop(file);
    let events = w.wait(Some(bed.quiet()));
    assert!(events.iter().all(|e| *e == Changed(1)) && events.len() <= 1, "{events:?}");
    bed.silent(&w);
    // Nor does it hide what comes after.
    bed.write("a", "2");
    bed.expect(&w, &[Changed(1)]);
}

fn ten_thousand_files_in_one_go(bed: &Bed) {
    let bed = &bed.in_memory();
    const FILES: u32 = 10_000;
    let names: Vec<String> = (0..FILES).map(|i| format!("d{}/f{i}", i % 20)).collect();
    for i in 0..20 {
        fs::create_dir(bed.p(&format!("d{i}"))).unwrap();
    }
    for name in &names {
        bed.write(name, "1");
    }
    let list: Vec<(&str, u32)> = names.iter().map(String::as_str).zip(0..).collect();
    let w = bed.watch(&list);
    for name in &names {
        bed.write(name, "22");
    }
    let mut missing: std::collections::BTreeSet<u32> = (0..FILES).collect();
    while !missing.is_empty() {
        let events = w.wait(Some(LONG));
        assert!(!events.is_empty(), "{} files never reported", missing.len());
        for event in events {
            match event {
                Changed(v) => drop(missing.remove(&v)),
                Event::Rescan => missing.clear(),
                other => panic!("{other:?}"),
            }
        }
    }
}

fn a_storm_is_one_entry_a_file(bed: &Bed) {
    let w = bed.watch(&[("a", 1), ("b", 2)]);
    for i in 0..200 {
        bed.write("a", &i.to_string());
        bed.write("b", &i.to_string());
    }
    std::thread::sleep(bed.quiet());
    let mut events = w.wait(Some(LONG));
    if !bed.exact() {
        events.sort_by_key(|e| *e != Changed(1));
    }
    assert_eq!(events, [Changed(1), Changed(2)]);
    bed.silent(&w);
}

fn other_names_are_silent(bed: &Bed) {
    bed.write("a", "1");
    let w = bed.watch(&[("a", 1)]);
    bed.write("b", "1");
    fs::create_dir(bed.p("c")).unwrap();
    fs::read(bed.p("a")).unwrap();
    bed.silent(&w);
}

/// By another name, and by another call than a write: those who look now and then see it.
fn changes_that_nobody_tells_of(bed: &Bed) {
    bed.write("a", "1");
    fs::create_dir(bed.p("d")).unwrap();
    fs::hard_link(bed.p("a"), bed.p("d/b")).unwrap();
    let w = bed.watch(&[("a", 1)]);
    bed.write("d/b", "22");
    // SAFETY: the path is a C string.
    let truncate = |length| unsafe {
        let path = std::ffi::CString::new(bed.p("a").into_os_string().into_encoded_bytes()).unwrap();
        assert_eq!(libc::truncate(path.as_ptr(), length), 0);
    };
    if bed.exact() {
        truncate(1);
        while !w.wait(Some(bed.quiet())).is_empty() {}
    } else {
        bed.settles(&w, &[Changed(1)]);
        truncate(1);
        bed.settles(&w, &[Changed(1)]);
    }
    // None of it hides a save.
    bed.write("a", "333");
    bed.expect(&w, &[Changed(1)]);
}
