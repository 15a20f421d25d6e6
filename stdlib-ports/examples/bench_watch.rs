//! How fast watching is: from the close of a saved file to the event in the reader, beside a bare
//! read loop on a descriptor of the same kind in the same run; and what 100,000 watched files in
//! 1,000 directories cost. `make bench-watch`; a directory to work in may be given.
#![allow(clippy::unwrap_used, reason = "a measurement fails by panicking")]

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::FromRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use stdlib_ports::fs::{Choice, Event, Options, Watch};

const ROUNDS: usize = 400;
const DIRS: usize = 1_000;
const FILES: usize = 100_000;

fn main() {
    let base = std::env::args_os().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    if let Ok(backend) = std::env::var("BENCH_START") {
        return start(&base, &backend);
    }
    println!("close to event, median and 90th percentile in µs ({ROUNDS} saves each, taken in turn)");
    println!("{:<10} {:>6} {:>16} {:>16} {:>7}", "backend", "idle", "bare read loop", "watch", "ratio");
    for backend in [Choice::Fanotify, Choice::Inotify] {
        for pause in [Duration::from_millis(1), Duration::from_millis(50)] {
            let rounds = if pause > Duration::from_millis(10) { ROUNDS / 4 } else { ROUNDS };
            let (bare, ours) = latency(&base, backend, pause, rounds);
            let name = format!("{backend:?}").to_lowercase();
            let ratio = ours[0] / bare[0];
            let two = |t: [f64; 2]| format!("{:.1} / {:.1}", t[0], t[1]);
            println!("{name:<10} {:>4}ms {:>16} {:>16} {ratio:>6.2}x", pause.as_millis(), two(bare), two(ours));
        }
    }
    println!("\n{FILES} files in {DIRS} directories");
    println!("{:<10} {:>10} {:>10} {:>12} {:>10}", "backend", "start", "processor", "resident", "stop");
    let dir = tempfile::tempdir_in(&base).unwrap();
    many(dir.path());
    for backend in ["fanotify", "inotify", "poll"] {
        // Each in a process of its own, so that none finds memory that another one has left.
        let exe = std::env::current_exe().unwrap();
        assert!(Command::new(exe).arg(dir.path()).env("BENCH_START", backend).status().unwrap().success());
    }
}

/// Watches all files that [`many`] has made in a directory.
fn start(dir: &Path, name: &str) {
    let backend = match name {
        "fanotify" => Choice::Fanotify,
        "inotify" => Choice::Inotify,
        _ => Choice::Poll,
    };
    let files: Vec<PathBuf> = paths(dir).flat_map(|(_, files)| files).collect();
    let before = resident();
    let (start, cpu) = (Instant::now(), cpu_time());
    let watch = Watch::new(Options { backend, poll_interval: Duration::from_secs(60), ..Options::default() });
    for (path, value) in files.iter().zip(0u32..) {
        watch.add_file(path, value);
    }
    let (started, cpu) = (start.elapsed(), cpu_time() - cpu);
    let mib = (resident() - before) as f64 / f64::from(1 << 20);
    assert_eq!((watch.counts().files, watch.wait(Some(Duration::ZERO))), (FILES, vec![]));
    let start = Instant::now();
    let name = watch.describe();
    drop(watch);
    let ms = |d: Duration| format!("{:.0} ms", d.as_secs_f64() * 1e3);
    println!("{name:<10} {:>10} {:>10} {mib:>8.1} MiB {:>10}", ms(started), ms(cpu), ms(start.elapsed()));
}

/// The directories, and the files in each.
fn paths(dir: &Path) -> impl Iterator<Item = (PathBuf, Vec<PathBuf>)> {
    (0..DIRS).map(move |d| {
        let sub = dir.join(format!("directory{d}"));
        let files = (0..FILES / DIRS).map(|f| sub.join(format!("source_file_{f}.zig"))).collect();
        (sub, files)
    })
}

fn many(dir: &Path) {
    for (sub, files) in paths(dir) {
        fs::create_dir(sub).unwrap();
        for file in files {
            fs::write(file, "pub const x = 1;\n").unwrap();
        }
    }
}

/// Of this thread.
fn cpu_time() -> Duration {
    let t = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(t.tv_sec.unsigned_abs(), t.tv_nsec.unsigned_abs() as u32)
}

fn resident() -> usize {
    let text = fs::read_to_string("/proc/self/statm").unwrap();
    text.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

/// Median and 90th percentile of both ways, in microseconds.
fn latency(base: &Path, backend: Choice, pause: Duration, rounds: usize) -> ([f64; 2], [f64; 2]) {
    let dir = tempfile::tempdir_in(base).unwrap();
    let (bare_dir, our_dir) = (dir.path().join("bare"), dir.path().join("ours"));
    for d in [&bare_dir, &our_dir] {
        fs::create_dir(d).unwrap();
        fs::write(d.join("f"), "0").unwrap();
    }
    let mut descriptor = bare(backend, &bare_dir);
    let watch = Watch::new(Options { backend, ..Options::default() });
    watch.add_file(&our_dir.join("f"), 1u32);
    let mut buffer = [0; 4096];
    let (mut theirs, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        theirs.push(round(&bare_dir.join("f"), pause, || {
            assert!(descriptor.read(&mut buffer).unwrap() > 0);
        }));
        ours.push(round(&our_dir.join("f"), pause, || {
            assert_eq!(watch.wait(Some(Duration::from_secs(5))), [Event::Changed(1)]);
        }));
    }
    let figures = |mut times: Vec<Duration>| {
        times.sort();
        [times[times.len() / 2], times[times.len() * 9 / 10]].map(|t| t.as_secs_f64() * 1e6)
    };
    (figures(theirs), figures(ours))
}

/// One save by another thread, while this one is waiting already.
fn round(file: &Path, pause: Duration, wait: impl FnOnce()) -> Duration {
    let closed = Mutex::new(None);
    std::thread::scope(|s| {
        s.spawn(|| {
            let mut f = fs::OpenOptions::new().write(true).open(file).unwrap();
            f.write_all(b"text").unwrap();
            std::thread::sleep(pause);
            *closed.lock().unwrap() = Some(Instant::now());
            drop(f);
        });
        wait();
        let seen = Instant::now();
        // Set before the close that was waited for.
        let closed = closed.lock().unwrap().unwrap();
        seen - closed
    })
}

/// A blocking descriptor that tells of closed writes in a directory.
fn bare(backend: Choice, dir: &Path) -> File {
    let path = std::ffi::CString::new(dir.as_os_str().as_bytes()).unwrap();
    // SAFETY: the path is a C string, and the descriptor is new and nobody else's.
    unsafe {
        let fd = if backend == Choice::Fanotify {
            let fd = libc::fanotify_init(libc::FAN_CLOEXEC | libc::FAN_REPORT_DFID_NAME, 0);
            let mask = libc::FAN_CLOSE_WRITE | libc::FAN_EVENT_ON_CHILD;
            assert_eq!(libc::fanotify_mark(fd, libc::FAN_MARK_ADD, mask, libc::AT_FDCWD, path.as_ptr()), 0);
            fd
        } else {
            let fd = libc::inotify_init1(libc::IN_CLOEXEC);
            assert!(libc::inotify_add_watch(fd, path.as_ptr(), libc::IN_CLOSE_WRITE) >= 0);
            fd
        };
        assert!(fd >= 0);
        File::from_raw_fd(fd)
    }
}
