//! Cases that need a world of their own: lowered limits, mounts, a user without privileges, a
//! process without other threads. Each is this program, started again within new namespaces.

use crate::bed::{BACKENDS, Bed, LONG, POLL, file_in, until};
use crate::mounts::{self, shell};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use stdlib_ports::fs::Event::Changed;
use stdlib_ports::fs::{Choice, Event, Options, Watch, WatchError};

pub struct Inside {
    /// What is made anew.
    unshare: &'static [&'static str],
    /// What is done before the case runs.
    prelude: &'static str,
    case: fn(),
}

const ROOT: &[&str] = &["--user", "--map-root-user", "--mount"];
const NOBODY: &[&str] = &["--user"];

const fn inside(unshare: &'static [&'static str], prelude: &'static str, case: fn()) -> Inside {
    Inside { unshare, prelude, case }
}

const FEW_MARKS: &str = "echo 5 > /proc/sys/user/max_fanotify_marks";
const FEW_WATCHES: &str = "echo 5 > /proc/sys/user/max_inotify_watches";
const NO_GROUPS: &str = "echo 0 > /proc/sys/user/max_fanotify_groups";
const NOTHING: &str = "echo 0 > /proc/sys/user/max_fanotify_groups; echo 0 > /proc/sys/user/max_inotify_instances";

/// A `/tmp` of its own, though this program may lie under the other one.
const OWN_TMP: &str = "exec 3<\"$0\"; mount -t tmpfs none /tmp; exec /proc/self/fd/3";

pub const CASES: &[(&str, Inside)] = &[
    ("out_of_fanotify_marks", inside(ROOT, FEW_MARKS, out_of_fanotify_marks)),
    ("out_of_inotify_watches", inside(ROOT, FEW_WATCHES, out_of_inotify_watches)),
    ("out_of_fanotify_groups", inside(ROOT, NO_GROUPS, out_of_fanotify_groups)),
    ("only_polling_is_left", inside(ROOT, NOTHING, only_polling_is_left)),
    ("files_added_while_somebody_waits", inside(ROOT, OWN_TMP, files_added_while_somebody_waits)),
    ("a_mount_comes_and_goes", inside(ROOT, "", mounts::a_mount_comes_and_goes)),
    ("a_read_only_mount", inside(ROOT, "", mounts::a_read_only_mount)),
    ("a_bind_mount", inside(ROOT, "", mounts::a_bind_mount)),
    ("layers_of_a_container", inside(ROOT, "", mounts::layers_of_a_container)),
    ("files_that_are_elsewhere", inside(ROOT, "", mounts::files_that_are_elsewhere)),
    ("permission_lost_and_regained", inside(NOBODY, "", permission_lost_and_regained)),
    ("out_of_descriptors", inside(NOBODY, "ulimit -n 24", out_of_descriptors)),
    ("a_watch_leaves_nothing_behind", inside(NOBODY, "", a_watch_leaves_nothing_behind)),
];

/// Runs a case in this process.
pub fn run(name: &str) {
    if name == "probe" {
        return probe();
    }
    let (_, found) = CASES.iter().find(|(case, _)| *case == name).unwrap();
    (found.case)();
}

/// Runs a case in a process of its own.
pub fn start(name: &str, case: &Inside) -> Result<(), String> {
    let exe = std::env::current_exe().map_err(|e| e.to_string())?;
    let script = format!("set -e; {}\nexec \"$0\"", case.prelude);
    let out = Command::new("unshare")
        .args(case.unshare)
        .args(["sh", "-c", &script])
        .arg(exe)
        .env("WATCH_CASE", name)
        .output()
        .map_err(|e| format!("unshare: {e}"))?;
    if out.status.success() {
        return Ok(());
    }
    Err(format!("{}\n{}", out.status, String::from_utf8_lossy(&out.stderr)))
}

/// Why such cases cannot run here.
pub fn missing() -> Option<String> {
    let script = format!("{FEW_MARKS}; {FEW_WATCHES}");
    let prelude: &'static str = script.leak();
    start("probe", &inside(ROOT, prelude, probe)).err().or_else(|| start("probe", &inside(NOBODY, "", || ())).err())
}

/// What some cases need beyond that, tried as a script where they run.
const NEEDS: &[(&str, &str)] = &[
    ("files_that_are_elsewhere", "exec 3<>/dev/fuse; grep -qw fuse /proc/filesystems"),
    (
        "layers_of_a_container",
        "mount -t tmpfs none /tmp; cd /tmp; mkdir low up work m
         mount -t overlay overlay -o userxattr,lowerdir=low,upperdir=up,workdir=work m",
    ),
];

/// Why one case cannot run here although the others can.
pub fn lacks(name: &str) -> Option<String> {
    let (_, script) = NEEDS.iter().find(|(case, _)| *case == name)?;
    let out = Command::new("unshare").args(ROOT).args(["sh", "-ec", script]).output();
    match out {
        Ok(out) if out.status.success() => None,
        Ok(out) => Some(String::from_utf8_lossy(&out.stderr).trim().to_owned()),
        Err(e) => Some(e.to_string()),
    }
}

/// Fails where the kernel does not offer its backends in a namespace.
fn probe() {
    for backend in [Choice::Fanotify, Choice::Inotify] {
        let group = Watch::<u32>::new(Options { backend, ..Options::default() });
        group.add_file(Path::new("/probe"), 1);
        assert_eq!(group.describe(), Bed::new(backend).name());
    }
}

/// Files in many directories, and the events until each of them was seen after a save.
fn exhaust(backend: Choice, sysctl: &str, limit: u64) {
    let bed = Bed::new(Choice::Auto);
    let names: Vec<String> = (0..20).map(|i| format!("d{i}/f")).collect();
    for i in 0..20 {
        file_in(&bed.p(&format!("d{i}")), "f", "1");
    }
    let w = Watch::new(Options { backend, poll_interval: POLL, ..Options::default() });
    for (i, name) in (0..).zip(&names) {
        w.add_file(&bed.p(name), i);
    }
    let events = w.wait(Some(LONG));
    let [Event::Err(error @ WatchError::Limit { sysctl: named, value })] = &events[..] else { panic!("{events:?}") };
    assert_eq!((*named, *value), (sysctl, Some(limit)));
    let text = error.to_string();
    assert!(text.contains(sysctl) && text.contains(&format!("({limit})")) && text.contains("sysctl "), "{text}");
    assert!(w.describe().contains("poll"), "{}", w.describe());
    for (i, name) in (0..).zip(&names) {
        bed.write(name, "22");
        assert_eq!(w.wait(Some(LONG)), [Changed(i)], "{name}");
    }
}

fn out_of_fanotify_marks() {
    exhaust(Choice::Auto, "user.max_fanotify_marks", 5);
    exhaust(Choice::Fanotify, "user.max_fanotify_marks", 5);
}

fn out_of_inotify_watches() {
    exhaust(Choice::Inotify, "user.max_inotify_watches", 5);
    exhaust(Choice::Notify, "user.max_inotify_watches", 5);
}

fn out_of_fanotify_groups() {
    let bed = Bed::new(Choice::Auto);
    let w = bed.watch(&[("a", 1)]);
    assert_eq!(w.backend(), "inotify");
    let why = "inotify (the limit user.max_fanotify_groups is reached (0)";
    assert!(w.describe().starts_with(why), "{}", w.describe());
    assert!(matches!(&w.wait(Some(LONG))[..], [Event::Err(WatchError::Limit { value: Some(0), .. })]));
    bed.write("a", "1");
    assert_eq!(w.wait(Some(LONG)), [Changed(1)]);
}

fn only_polling_is_left() {
    let bed = Bed::new(Choice::Auto);
    let w = bed.watch(&[("a", 1)]);
    assert_eq!(w.backend(), "poll");
    bed.write("a", "1");
    until("the change", || w.wait(Some(LONG)).contains(&Changed(1)));
}

/// Also on a mount of which nothing was watched before. Where nobody else does anything, for whatever
/// wakes the waiting thread has it look everywhere.
fn files_added_while_somebody_waits() {
    for backend in BACKENDS {
        let bed = Bed::new(backend);
        fs::create_dir(bed.p("m")).unwrap();
        shell(&format!("mount -t tmpfs none {}", bed.p("m").display()));
        let w = bed.watch(&[("a", 1)]);
        std::thread::scope(|s| {
            let waiting = s.spawn(|| w.wait(Some(LONG)));
            std::thread::sleep(std::time::Duration::from_millis(30));
            w.add_file(&bed.p("m/b"), 2);
            std::thread::sleep(std::time::Duration::from_millis(30));
            bed.write("m/b", "1");
            assert_eq!(waiting.join().unwrap(), [Changed(2)]);
        });
    }
}

fn permission_lost_and_regained() {
    for backend in BACKENDS {
        let bed = Bed::new(backend);
        file_in(&bed.p("d"), "a", "1");
        let w = bed.watch(&[("d/a", 1)]);
        let mode = |name: &str, mode| fs::set_permissions(bed.p(name), fs::Permissions::from_mode(mode)).unwrap();
        // Of the directory: what cannot be looked at has not gone.
        mode("d", 0);
        assert!(fs::read(bed.p("d/a")).is_err(), "this user may do anything");
        bed.settles(&w, &[Changed(1)]);
        mode("d", 0o700);
        bed.settles(&w, &[Changed(1)]);
        assert_eq!(fs::read(bed.p("d/a")).unwrap(), b"1");
        bed.write("d/a", "2");
        bed.expect(&w, &[Changed(1)]);
        // Of the file.
        mode("d/a", 0);
        bed.settles(&w, &[Changed(1)]);
        mode("d/a", 0o600);
        bed.settles(&w, &[Changed(1)]);
        // A directory that may be passed but not read, from the start.
        mode("d", 0o300);
        let w = bed.watch(&[("d/a", 1)]);
        bed.write("d/a", "3");
        bed.settles(&w, &[Changed(1)]);
        mode("d", 0o700);
    }
}

/// With no descriptor left for another thread's wake-up, watching still goes on somehow.
fn out_of_descriptors() {
    let bed = Bed::new(Choice::Auto);
    let mut held = Vec::new();
    while let Ok(file) = fs::File::open("/dev/null") {
        held.push(file);
    }
    let w = Watch::new(Options { poll_interval: POLL, ..Options::default() });
    w.add_file(&bed.p("a"), 1);
    assert_eq!(w.backend(), "poll");
    assert!(w.wait(Some(LONG)).contains(&Event::Err(WatchError::OpenFiles)));
    held.clear();
    bed.write("a", "1");
    until("the change", || w.wait(Some(LONG)).contains(&Changed(1)));
}

fn a_watch_leaves_nothing_behind() {
    let count = |what: &str| fs::read_dir(format!("/proc/self/{what}")).unwrap().count();
    // The first use of a backend may open something for good.
    let mut before = (0, 0);
    for round in 0..3 {
        for backend in BACKENDS {
            let bed = Bed::new(backend);
            for _ in 0..10 {
                let w = bed.watch(&[("a", 1), ("d/b", 2)]);
                file_in(&bed.p("d"), "b", "1");
                fs::remove_dir_all(bed.p("d")).unwrap();
                drop(w);
            }
        }
        // A thread that was joined may still be listed for a moment.
        if round == 0 {
            std::thread::sleep(std::time::Duration::from_millis(50));
            before = (count("fd"), count("task"));
        }
    }
    until("the end of all threads", || (count("fd"), count("task")) <= before);
}
