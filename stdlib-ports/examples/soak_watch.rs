//! A long run of random file operations, at the end of which the watcher's view must equal a fresh
//! look, with no descriptor, thread or memory lost on the way. `make soak`; arguments: operations,
//! seed, backend.
#![allow(clippy::unwrap_used, reason = "a soak fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use stdlib_ports::fs::{Choice, Event, Options, Watch};

const DIRS: usize = 12;
const FILES: usize = 60;

/// xorshift64*: the same operations for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % n
    }
}

/// What a reader knows of a file: its content, if there is any.
type View = BTreeMap<usize, Option<Vec<u8>>>;

struct Soak {
    dir: tempfile::TempDir,
    random: Random,
    watch: Watch<usize>,
    paths: Vec<PathBuf>,
    view: View,
    rescans: usize,
    events: usize,
}

fn main() {
    let mut args = std::env::args().skip(1);
    let operations: usize = args.next().map_or(100_000, |a| a.parse().unwrap());
    let seed: u64 = args.next().map_or(1, |a| a.parse().unwrap());
    let only = args.next();
    for backend in [Choice::Fanotify, Choice::Inotify, Choice::Notify, Choice::Poll] {
        let name = format!("{backend:?}").to_lowercase();
        if only.as_ref().is_none_or(|o| *o == name) {
            let before = (count("fd"), count("task"));
            soak(backend, &name, operations, seed);
            let end = Instant::now() + Duration::from_secs(5);
            while (count("fd"), count("task")) != before && Instant::now() < end {
                std::thread::sleep(Duration::from_millis(5));
            }
            assert_eq!((count("fd"), count("task")), before, "descriptors and threads after {name}");
        }
    }
}

fn count(what: &str) -> usize {
    fs::read_dir(format!("/proc/self/{what}")).unwrap().count()
}

fn resident() -> usize {
    let text = fs::read_to_string("/proc/self/statm").unwrap();
    text.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

fn soak(backend: Choice, name: &str, operations: usize, seed: u64) {
    let start = Instant::now();
    let memory = Path::new("/dev/shm");
    let dir = tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir()).unwrap();
    let options = Options { backend, poll_interval: Duration::from_millis(20), ..Options::default() };
    let watch = Watch::new(options);
    let paths: Vec<PathBuf> =
        (0..FILES).map(|i| dir.path().join(format!("d{}", i % DIRS)).join(format!("f{i}"))).collect();
    let mut soak = Soak { dir, random: Random(seed | 1), watch, paths, view: View::new(), rescans: 0, events: 0 };
    for (i, path) in soak.paths.iter().enumerate() {
        soak.watch.add_file(path, i);
        soak.view.insert(i, fs::read(path).ok());
    }
    // The allocator's and the kernel's tables have grown to their size by then.
    let warm = operations / 5;
    let mut fds = 0;
    let mut bytes = 0;
    for n in 0..operations {
        soak.operate(n);
        if n.is_multiple_of(16) {
            soak.read(Duration::ZERO);
        }
        if n == warm {
            fds = count("fd");
            bytes = resident();
        }
    }
    // Until nothing comes for longer than anything can stay unreported.
    while soak.read(Duration::from_millis(400)) {}
    for (i, path) in soak.paths.iter().enumerate() {
        let fresh = fs::read(path).ok();
        assert_eq!(soak.view[&i], fresh, "{name}: {} (seed {seed})", path.display());
    }
    let grown = resident().saturating_sub(bytes);
    assert!(count("fd") <= fds + 1, "{name}: {} descriptors, {fds} before", count("fd"));
    assert!(grown < 8 << 20, "{name}: {grown} bytes more");
    println!(
        "{name:<9} {operations} operations, {} events, {} rescans, view equal, +{} KiB, {:.1?}",
        soak.events,
        soak.rescans,
        grown >> 10,
        start.elapsed()
    );
}

impl Soak {
    /// Takes what has come and looks at the files it names. Whether anything came.
    fn read(&mut self, timeout: Duration) -> bool {
        let events = self.watch.wait(Some(timeout));
        self.events += events.len();
        for event in &events {
            match event {
                Event::Changed(i) | Event::Removed(i) => {
                    self.view.insert(*i, fs::read(&self.paths[*i]).ok());
                }
                Event::Rescan => {
                    self.rescans += 1;
                    self.view = self.paths.iter().map(|p| fs::read(p).ok()).enumerate().collect();
                }
                Event::Err(e) => panic!("{e}"),
            }
        }
        !events.is_empty()
    }

    /// One operation; that some fail, for want of a directory or a file, is part of it.
    fn operate(&mut self, n: usize) {
        let file = self.paths[self.random.below(FILES)].clone();
        let dir = self.dir.path().join(format!("d{}", self.random.below(DIRS)));
        let other = self.dir.path().join(format!("d{}", self.random.below(DIRS)));
        let aside = self.dir.path().join("aside");
        let text = n.to_string();
        let _ = match self.random.below(24) {
            0..=7 => fs::write(&file, text),
            8..=10 => fs::write(&aside, text).and_then(|()| fs::rename(&aside, &file)),
            11 => fs::rename(&file, file.with_extension("bak")).and_then(|()| fs::write(&file, text)),
            12 => fs::remove_file(&file).and_then(|()| fs::write(&file, text)),
            13 => fs::remove_file(&file),
            14 => {
                let target = self.paths[self.random.below(FILES)].clone();
                fs::remove_file(&file).and_then(|()| symlink(target, &file))
            }
            15 => fs::remove_file(&file)
                .and_then(|()| fs::write(&aside, text))
                .and_then(|()| fs::hard_link(&aside, &file))
                .and_then(|()| fs::remove_file(&aside)),
            16 => fs::rename(&dir, &aside).and_then(|()| fs::rename(&aside, &dir)),
            17 => fs::rename(&dir, &aside)
                .and_then(|()| fs::rename(&other, &dir))
                .and_then(|()| fs::rename(&aside, &other)),
            18 if n.is_multiple_of(4) => fs::remove_dir_all(&dir),
            19 if n.is_multiple_of(2) => symlink(&other, &dir),
            20 => fs::remove_file(&dir),
            _ => fs::create_dir(&dir).and_then(|()| fs::write(&file, text)),
        };
        // What was left half way.
        if aside.is_dir() {
            let _ = fs::remove_dir_all(&aside);
        } else {
            let _ = fs::remove_file(&aside);
        }
    }
}
