//! What goes wrong while watching: lost events, interrupted calls, a reader that does not come.

use crate::Case;
use crate::bed::{Bed, LONG, file_in, until};
use std::collections::BTreeMap;
use std::fs;
use stdlib_ports::fs::Event::{Changed, Removed};
use stdlib_ports::fs::{Event, WatchError};

pub const CASES: &[Case] = &[
    ("nothing_is_stale_after_an_overflow", nothing_is_stale_after_an_overflow),
    ("a_slow_reader_misses_nothing", a_slow_reader_misses_nothing),
    ("interrupted_system_calls", interrupted_system_calls),
    ("limits_are_named", limits_are_named),
];

/// More than the kernel keeps, while the watch thread is held up.
fn nothing_is_stale_after_an_overflow(bed: &Bed) {
    let bed = &bed.in_memory();
    let flood: u32 = fs::read_to_string("/proc/sys/fs/inotify/max_queued_events")
        .map_or(16_384, |text| text.trim().parse().unwrap_or(16_384));
    file_in(&bed.p("d"), "a", "1");
    file_in(&bed.p("d"), "gone", "1");
    let w = bed.watch(&[("d/a", 1), ("d/gone", 2), ("new/b", 3)]);
    let (release, held) = crossbeam_channel::bounded::<()>(0);
    w.on_mark(move || {
        let _ = held.recv();
    });
    // The thread marks this one, and then hangs in the hook.
    bed.write("d/a", "2");
    until("the mark", || w.pending());
    if bed.exact() {
        for i in 0..flood + 100 {
            fs::File::create(bed.p(&format!("d/noise{i}"))).unwrap();
        }
    }
    bed.write("d/a", "3");
    fs::remove_file(bed.p("d/gone")).unwrap();
    file_in(&bed.p("new"), "b", "1");
    drop(release);
    // It is in the middle of it.
    assert_eq!(w.wait(Some(LONG)).first(), Some(&Changed(1)));
    if bed.exact() {
        let mut rescan = false;
        while !rescan {
            let events = w.wait(Some(LONG));
            assert!(!events.is_empty(), "no rescan");
            rescan = events.contains(&Event::Rescan);
        }
        while !w.wait(Some(bed.quiet())).is_empty() {}
    } else {
        bed.settles(&w, &[Changed(1), Removed(2), Changed(3)]);
    }
    // What came unseen may go again.
    fs::remove_file(bed.p("new/b")).unwrap();
    bed.expect(&w, &[Removed(3)]);
    // Directories that came unseen are watched all the same.
    bed.write("new/b", "2");
    bed.expect(&w, &[Changed(3)]);
    bed.write("d/gone", "2");
    bed.expect(&w, &[Changed(2)]);
}

fn a_slow_reader_misses_nothing(bed: &Bed) {
    let names: Vec<String> = (0..10).map(|i| format!("d{}/f{i}", i % 3)).collect();
    let list: Vec<(&str, u32)> = names.iter().map(String::as_str).zip(0..).collect();
    let w = bed.watch(&list);
    for round in 0..100 {
        for (i, name) in names.iter().enumerate() {
            let path = bed.p(name);
            match (round + i) % 4 {
                0 => drop(fs::remove_file(&path)),
                1 => file_in(path.parent().unwrap(), path.file_name().unwrap().to_str().unwrap(), "1"),
                2 => drop(fs::rename(&path, bed.p("aside")).and_then(|()| fs::rename(bed.p("aside"), &path))),
                _ => drop(fs::write(&path, round.to_string())),
            }
        }
    }
    std::thread::sleep(bed.quiet());
    let mut last = BTreeMap::new();
    let mut events = w.wait(Some(LONG));
    assert!(events.len() <= names.len(), "{} events for {} files", events.len(), names.len());
    while !events.is_empty() {
        for event in events {
            match event {
                Changed(v) => last.insert(v, true),
                Removed(v) => last.insert(v, false),
                other => panic!("{other:?}"),
            };
        }
        events = w.wait(Some(bed.quiet()));
    }
    for (i, name) in (0..).zip(&names) {
        let exists = bed.p(name).exists();
        assert_eq!(last.get(&i).copied().unwrap_or(false), exists, "{name}");
    }
}

fn interrupted_system_calls(bed: &Bed) {
    let count = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    signal_hook::flag::register_usize(signal_hook::consts::SIGUSR1, count.clone(), 1).unwrap();
    let w = bed.watch(&[("a", 1)]);
    for round in 0..20 {
        // To every watch thread of this process: none minds.
        for task in fs::read_dir("/proc/self/task").unwrap().flatten() {
            let name = fs::read_to_string(task.path().join("comm")).unwrap_or_default();
            let id: i32 = task.file_name().to_str().unwrap().parse().unwrap();
            if name.starts_with("watch-") {
                // SAFETY: takes no memory; a thread that has ended is an error, which is fine.
                unsafe { libc::syscall(libc::SYS_tgkill, std::process::id(), id, libc::SIGUSR1) };
            }
        }
        bed.write("a", &round.to_string());
        if round % 10 == 9 {
            bed.settles(&w, &[Changed(1)]);
        }
    }
    assert_eq!(count.load(std::sync::atomic::Ordering::Relaxed), 1, "no signal came");
}

fn limits_are_named(_: &Bed) {
    let e = WatchError::Limit { sysctl: "fs.inotify.max_user_watches", value: Some(8192) };
    let text = e.to_string();
    assert_eq!(
        text,
        "the limit fs.inotify.max_user_watches is reached (8192); raise it with: sysctl fs.inotify.max_user_watches=N"
    );
}
