//! Every style of saving a file, and every way in which a path may come to lead elsewhere.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use stdlib_ports::fs::{Choice, Event, Options, Watch, WatchError};
use tempfile::TempDir;

const LONG: Duration = Duration::from_secs(5);
/// Longer than a half-saved file is given to become whole.
const QUIET: Duration = Duration::from_millis(60);

fn dir() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn watch(files: &[(&Path, u32)]) -> Watch<u32> {
    let watch = Watch::new(Options { backend: Choice::Inotify, ..Options::default() }).unwrap();
    for (path, value) in files {
        assert_eq!(watch.add_file(path, *value), None);
    }
    watch
}

/// The one batch of events that comes, and no other after it.
fn only(watch: &Watch<u32>) -> Vec<Event<u32>> {
    let events = watch.wait(Some(LONG));
    assert_eq!(watch.wait(Some(QUIET)), [], "after {events:?}");
    events
}

/// The last word on each value once all is quiet: some styles may be reported in two steps.
fn settled(watch: &Watch<u32>) -> Vec<Event<u32>> {
    let mut last = watch.wait(Some(LONG));
    loop {
        let next = watch.wait(Some(QUIET));
        if next.is_empty() {
            return last;
        }
        last = next;
    }
}

use Event::{Changed, Removed};

#[test]
fn write_and_close() {
    let d = dir();
    let a = d.path().join("a");
    fs::write(&a, "1").unwrap();
    let w = watch(&[(&a, 7)]);
    let mut file = fs::OpenOptions::new().append(true).open(&a).unwrap();
    file.write_all(b"2").unwrap();
    assert_eq!(w.wait(Some(QUIET)), [], "not before it is closed");
    assert!(!w.pending());
    drop(file);
    assert_eq!(only(&w), [Changed(7)]);
    assert!(!w.pending());
}

#[test]
fn truncate_and_write() {
    let d = dir();
    let a = d.path().join("a");
    fs::write(&a, "1").unwrap();
    let w = watch(&[(&a, 1)]);
    fs::write(&a, "22").unwrap();
    assert_eq!(only(&w), [Changed(1)]);
    // Emptied and closed, then written: one event, for the whole file.
    fs::write(&a, "").unwrap();
    assert!(!w.pending());
    fs::write(&a, "333").unwrap();
    assert_eq!(only(&w), [Changed(1)]);
    // Emptied for good.
    fs::write(&a, "").unwrap();
    assert_eq!(only(&w), [Changed(1)]);
}

#[test]
fn temporary_file_renamed_over() {
    let d = dir();
    let (a, t) = (d.path().join("a"), d.path().join(".a.tmp"));
    fs::write(&a, "1").unwrap();
    let w = watch(&[(&a, 1)]);
    for _ in 0..3 {
        fs::write(&t, "2").unwrap();
        fs::rename(&t, &a).unwrap();
        assert_eq!(only(&w), [Changed(1)]);
    }
}

#[test]
fn backup_renamed_away_and_new_file_written() {
    let d = dir();
    let (a, b) = (d.path().join("a"), d.path().join("a~"));
    fs::write(&a, "1").unwrap();
    let w = watch(&[(&a, 1)]);
    fs::rename(&a, &b).unwrap();
    fs::write(&a, "2").unwrap();
    assert_eq!(only(&w), [Changed(1)]);
}

#[test]
fn deleted_and_created() {
    let d = dir();
    let a = d.path().join("a");
    fs::write(&a, "1").unwrap();
    let w = watch(&[(&a, 1)]);
    fs::remove_file(&a).unwrap();
    fs::write(&a, "2").unwrap();
    assert_eq!(only(&w), [Changed(1)]);
    fs::remove_file(&a).unwrap();
    assert_eq!(only(&w), [Removed(1)]);
    fs::write(&a, "3").unwrap();
    assert_eq!(only(&w), [Changed(1)]);
    fs::rename(&a, d.path().join("b")).unwrap();
    assert_eq!(only(&w), [Removed(1)]);
}

#[test]
fn hard_link_into_place() {
    let d = dir();
    let (a, b) = (d.path().join("a"), d.path().join("b"));
    fs::write(&b, "1").unwrap();
    let w = watch(&[(&a, 1)]);
    fs::hard_link(&b, &a).unwrap();
    assert_eq!(only(&w), [Changed(1)]);
}

#[test]
fn other_names_are_silent() {
    let d = dir();
    let a = d.path().join("a");
    fs::write(&a, "1").unwrap();
    let w = watch(&[(&a, 1)]);
    fs::write(d.path().join("b"), "1").unwrap();
    fs::create_dir(d.path().join("c")).unwrap();
    fs::read(&a).unwrap();
    assert_eq!(w.wait(Some(QUIET)), []);
}

#[test]
fn a_storm_is_one_entry_a_file() {
    let d = dir();
    let (a, b) = (d.path().join("a"), d.path().join("b"));
    let w = watch(&[(&a, 1), (&b, 2)]);
    for _ in 0..200 {
        fs::write(&a, "1").unwrap();
        fs::write(&b, "1").unwrap();
    }
    std::thread::sleep(QUIET);
    assert_eq!(w.wait(Some(LONG)), [Changed(1), Changed(2)]);
    assert_eq!(w.wait(Some(QUIET)), []);
}

#[test]
fn missing_directories_appear_one_by_one() {
    let d = dir();
    let a = d.path().join("x/y/z/a");
    let w = watch(&[(&a, 1)]);
    fs::create_dir(d.path().join("x")).unwrap();
    fs::create_dir(d.path().join("other")).unwrap();
    assert_eq!(w.wait(Some(QUIET)), [], "missing as before");
    fs::create_dir_all(a.parent().unwrap()).unwrap();
    fs::write(&a, "1").unwrap();
    assert_eq!(settled(&w), [Changed(1)]);
    fs::write(&a, "2").unwrap();
    assert_eq!(only(&w), [Changed(1)]);
    fs::remove_dir_all(d.path().join("x")).unwrap();
    assert_eq!(settled(&w), [Removed(1)]);
    fs::create_dir_all(a.parent().unwrap()).unwrap();
    fs::write(&a, "3").unwrap();
    assert_eq!(settled(&w), [Changed(1)]);
    fs::write(&a, "4").unwrap();
    assert_eq!(only(&w), [Changed(1)]);
}

#[test]
fn directory_renamed_away_and_back() {
    let d = dir();
    let p = |s: &str| d.path().join(s);
    fs::create_dir_all(p("p/src")).unwrap();
    fs::write(p("p/src/a"), "1").unwrap();
    let w = watch(&[(&p("p/src/a"), 1)]);
    // The directory's parent, so that the directory itself does not move within its own.
    fs::rename(p("p"), p("q")).unwrap();
    assert_eq!(settled(&w), [Removed(1)]);
    fs::write(p("q/src/a"), "2").unwrap();
    assert_eq!(w.wait(Some(QUIET)), [], "it is not our file while it is away");
    fs::rename(p("q"), p("p")).unwrap();
    assert_eq!(settled(&w), [Changed(1)]);
    fs::write(p("p/src/a"), "3").unwrap();
    assert_eq!(only(&w), [Changed(1)]);
}

#[test]
fn directory_replaced_by_another() {
    let d = dir();
    let p = |s: &str| d.path().join(s);
    for (dir, text) in [("p", "1"), ("new", "2")] {
        fs::create_dir(p(dir)).unwrap();
        fs::write(p(dir).join("a"), text).unwrap();
    }
    let w = watch(&[(&p("p/a"), 1)]);
    fs::rename(p("p"), p("old")).unwrap();
    fs::rename(p("new"), p("p")).unwrap();
    assert_eq!(settled(&w), [Changed(1)]);
    fs::write(p("old/a"), "3").unwrap();
    assert_eq!(w.wait(Some(QUIET)), []);
    fs::write(p("p/a"), "4").unwrap();
    assert_eq!(only(&w), [Changed(1)]);
}

#[test]
fn symlink_and_its_target() {
    let d = dir();
    let p = |s: &str| d.path().join(s);
    fs::create_dir_all(p("far/away")).unwrap();
    fs::create_dir(p("near")).unwrap();
    fs::write(p("far/away/t"), "1").unwrap();
    fs::write(p("far/u"), "1").unwrap();
    symlink("../far/away/t", p("near/a")).unwrap();
    let w = watch(&[(&p("near/a"), 1)]);
    // The target is written, and replaced.
    fs::write(p("far/away/t"), "2").unwrap();
    assert_eq!(only(&w), [Changed(1)]);
    fs::write(p("tmp"), "3").unwrap();
    fs::rename(p("tmp"), p("far/away/t")).unwrap();
    assert_eq!(only(&w), [Changed(1)]);
    // The target's directory goes away and comes back.
    fs::rename(p("far/away"), p("far/gone")).unwrap();
    assert_eq!(settled(&w), [Removed(1)]);
    fs::rename(p("far/gone"), p("far/away")).unwrap();
    assert_eq!(settled(&w), [Changed(1)]);
    // The link is redirected; the old target is nothing to us.
    symlink(p("far/u"), p("near/new")).unwrap();
    fs::rename(p("near/new"), p("near/a")).unwrap();
    assert_eq!(settled(&w), [Changed(1)]);
    fs::write(p("far/away/t"), "4").unwrap();
    assert_eq!(w.wait(Some(QUIET)), []);
    fs::write(p("far/u"), "5").unwrap();
    assert_eq!(only(&w), [Changed(1)]);
    // The link becomes a file.
    fs::remove_file(p("near/a")).unwrap();
    fs::write(p("near/a"), "6").unwrap();
    assert_eq!(settled(&w), [Changed(1)]);
    fs::write(p("far/u"), "7").unwrap();
    assert_eq!(w.wait(Some(QUIET)), []);
}

#[test]
fn symlinked_directory_is_redirected() {
    let d = dir();
    let p = |s: &str| d.path().join(s);
    for v in ["v1", "v2"] {
        fs::create_dir(p(v)).unwrap();
        fs::write(p(v).join("a"), v).unwrap();
    }
    symlink("v1", p("current")).unwrap();
    let w = watch(&[(&p("current/a"), 1)]);
    symlink("v2", p("next")).unwrap();
    fs::rename(p("next"), p("current")).unwrap();
    assert_eq!(settled(&w), [Changed(1)]);
    fs::write(p("v2/a"), "x").unwrap();
    assert_eq!(only(&w), [Changed(1)]);
    fs::write(p("v1/a"), "x").unwrap();
    assert_eq!(w.wait(Some(QUIET)), []);
}

#[test]
fn circular_symlinks_end() {
    let d = dir();
    let p = |s: &str| d.path().join(s);
    symlink("b", p("a")).unwrap();
    symlink("a", p("b")).unwrap();
    let w = watch(&[(&p("a"), 1), (&p("a/x"), 2)]);
    fs::remove_file(p("b")).unwrap();
    fs::write(p("b"), "1").unwrap();
    assert!(settled(&w).contains(&Changed(1)));
}

#[test]
fn values_are_replaced_and_removed() {
    let d = dir();
    let a = d.path().join("a");
    let w = watch(&[(&a, 1)]);
    let counts = w.counts();
    assert_eq!(counts.files, 1);
    assert!(counts.dirs >= 1);
    assert_eq!(w.add_file(&a, 2), Some(1));
    fs::write(&a, "1").unwrap();
    assert_eq!(only(&w), [Changed(2)]);
    assert_eq!(w.remove_file(&a), Some(2));
    assert_eq!(w.remove_file(&a), None);
    assert_eq!((w.counts().files, w.counts().dirs), (0, 0));
    fs::write(&a, "2").unwrap();
    assert_eq!(w.wait(Some(QUIET)), []);
    assert_eq!(w.add_file(&a, 3), None);
    fs::write(&a, "3").unwrap();
    assert_eq!(only(&w), [Changed(3)]);
}

#[test]
fn wake_ends_a_wait() {
    let w = watch(&[]);
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

#[test]
fn debounce_waits_for_quiet() {
    let d = dir();
    let a = d.path().join("a");
    let debounce = Duration::from_millis(50);
    let w = Watch::new(Options { debounce, ..Options::default() }).unwrap();
    w.add_file(&a, 1);
    let start = Instant::now();
    fs::write(&a, "1").unwrap();
    assert_eq!(w.wait(Some(LONG)), [Changed(1)]);
    assert!(start.elapsed() >= debounce);
}

#[test]
fn flood_makes_a_rescan_or_reports_every_file() {
    let d = dir();
    let files: Vec<_> = (0..500).map(|i| d.path().join(format!("f{i}"))).collect();
    let list: Vec<_> = files.iter().zip(0..).map(|(p, i)| (p.as_path(), i)).collect();
    let w = watch(&list);
    for _ in 0..20 {
        for file in &files {
            fs::write(file, "1").unwrap();
        }
    }
    std::thread::sleep(QUIET);
    let events = w.wait(Some(LONG));
    assert!(events.contains(&Event::Rescan) || events.len() == files.len(), "{} events", events.len());
    fs::write(&files[0], "2").unwrap();
    assert_eq!(settled(&w), [Changed(0)]);
}

#[test]
fn the_portable_backends_see_saves_too() {
    for backend in [Choice::Notify, Choice::Poll] {
        let d = dir();
        let (a, t) = (d.path().join("x/a"), d.path().join("t"));
        let poll_interval = Duration::from_millis(20);
        let w = Watch::new(Options { backend, poll_interval, ..Options::default() }).unwrap();
        w.add_file(&a, 1);
        fs::create_dir(d.path().join("x")).unwrap();
        std::thread::sleep(Duration::from_millis(100));
        fs::write(&a, "1").unwrap();
        assert_eq!(w.wait(Some(LONG)), [Changed(1)], "{backend:?}");
        std::thread::sleep(Duration::from_millis(100));
        w.wait(Some(QUIET));
        fs::write(&t, "22").unwrap();
        fs::rename(&t, &a).unwrap();
        assert_eq!(w.wait(Some(LONG)), [Changed(1)], "{backend:?}");
        std::thread::sleep(Duration::from_millis(100));
        w.wait(Some(QUIET));
        fs::remove_file(&a).unwrap();
        assert_eq!(w.wait(Some(LONG)), [Removed(1)], "{backend:?}");
    }
}

#[test]
fn limits_are_named() {
    let e = WatchError::Limit { sysctl: "fs.inotify.max_user_watches", value: Some(8192) };
    let text = e.to_string();
    assert_eq!(
        text,
        "the limit fs.inotify.max_user_watches is reached (8192); raise it with: sysctl fs.inotify.max_user_watches=N"
    );
}

/// From the save's close to the event in the waiting thread. The bound is loose, for machines
/// under load; the median is what counts and is printed.
#[test]
fn latency() {
    let d = dir();
    let a = d.path().join("a");
    fs::write(&a, "0").unwrap();
    let w = watch(&[(&a, 1)]);
    let closed = Mutex::new(Instant::now());
    let mut times: Vec<Duration> = std::thread::scope(|s| {
        (0..50)
            .map(|i| {
                let writer = s.spawn(|| {
                    std::thread::sleep(Duration::from_millis(2));
                    let mut file = fs::File::create(&a).unwrap();
                    file.write_all(b"text").unwrap();
                    *closed.lock().unwrap() = Instant::now();
                    drop(file);
                });
                assert_eq!(w.wait(Some(LONG)), [Changed(1)], "round {i}");
                let seen = Instant::now();
                writer.join().unwrap();
                seen - *closed.lock().unwrap()
            })
            .collect()
    });
    times.sort();
    println!("median {:?}, worst {:?}", times[25], times[49]);
    assert!(times[25] < Duration::from_millis(5), "median {:?}", times[25]);
}
