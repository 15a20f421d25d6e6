//! Publishing: the output path holds a whole program whatever happens.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod support;

use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use link::{Finished, Image, PublishError, Published, Publisher};
use support::*;
use tir::{Builder, Func};

/// A program that exits with `code`.
fn program(code: i64) -> Func {
    main_func(|b| b.iconst(I64, code))
}

/// A program that sleeps for a minute.
fn sleeper() -> Func {
    main_func(|b: &mut Builder| {
        let time = b.slot(16, 8);
        let a = b.slot_addr(time, 0);
        let (s, z) = (b.iconst(I64, 60), b.iconst(I64, 0));
        b.store(a, 0, s);
        b.store(a, 8, z);
        syscall(b, 35, &[a, z])
    })
}

struct Project {
    image: Image,
    generator: codegen::Generator,
}

impl Project {
    fn new(main: &Func) -> Project {
        let generator = codegen::Generator::new(&codegen::Options::default()).unwrap();
        Project { image: image(codegen::OptLevel::Debug, std::slice::from_ref(main), &[]), generator }
    }
    fn update(&mut self, f: &Func) {
        let code = self.generator.compile(f).unwrap();
        self.image.set_func(f.sym, "f", &code).unwrap();
    }
    fn publish(&mut self, p: &mut Publisher) -> Result<Published, PublishError> {
        let Finished { bytes, dirty } = self.image.finish().unwrap();
        p.publish(bytes, &dirty)
    }
    fn refill(&mut self, p: &mut Publisher) {
        p.refill(self.image.finish().unwrap().bytes, &|| false);
    }
}

fn spawn(path: &Path) -> Child {
    loop {
        match Command::new(path).stdin(Stdio::null()).spawn() {
            Ok(c) => return c,
            // Another test's fork holds the descriptor of a moment ago.
            Err(e) if e.raw_os_error() == Some(26) => std::thread::yield_now(),
            Err(e) => panic!("{e}"),
        }
    }
}

fn exit_code(path: &Path) -> i32 {
    spawn(path).wait().unwrap().code().unwrap()
}

fn files(dir: &Dir) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(&dir.0).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn updates_exchange_spares() {
    let dir = Dir::new("exchange");
    let path = dir.path("out");
    let mut project = Project::new(&program(0));
    let mut p = Publisher::new(&path).unwrap();
    assert!(matches!(project.publish(&mut p).unwrap(), Published::Renamed(_)));
    assert_eq!(exit_code(&path), 0);
    assert_eq!(project.publish(&mut p).unwrap(), Published::Unchanged);
    project.refill(&mut p);
    assert_eq!(p.spare_count(), 2);
    let mut inodes = std::collections::BTreeSet::new();
    let mut small = 0;
    for code in 1..40 {
        project.update(&program(code));
        // Now and then a spare may be held by another test's fork that has not yet become a program.
        match project.publish(&mut p).unwrap() {
            Published::Exchanged(n) => small += u32::from(n < 4096),
            other => panic!("{other:?}"),
        }
        assert_eq!(exit_code(&path), code as i32);
        let whole = fs::read(&path).unwrap();
        assert!(whole == project.image.finish().unwrap().bytes, "contents differ at update {code}");
        p.check(&whole).unwrap();
        let mut other = whole;
        *other.last_mut().unwrap() ^= 1;
        assert!(p.check(&other).is_err());
        inodes.insert(fs::metadata(&path).unwrap().ino());
    }
    assert!(small > 30, "only {small} updates wrote only what changed");
    assert!(inodes.len() <= 10, "spares are not recycled: {}", inodes.len());
    drop(p);
    assert_eq!(files(&dir), ["out"]);
}

#[test]
fn interrupted_refills_lose_nothing() {
    let dir = Dir::new("interrupted");
    let path = dir.path("out");
    let mut project = Project::new(&program(0));
    let mut p = Publisher::new(&path).unwrap();
    project.publish(&mut p).unwrap();
    for code in 1..12 {
        // A save comes sooner or later while spares are being written.
        let left = std::cell::Cell::new(code as usize % 4);
        let Finished { bytes, .. } = project.image.finish().unwrap();
        p.refill(bytes, &|| left.replace(left.get().saturating_sub(1)) == 0);
        p.check(bytes).unwrap();
        project.update(&program(code));
        project.publish(&mut p).unwrap();
        assert!(fs::read(&path).unwrap() == project.image.finish().unwrap().bytes, "contents differ at update {code}");
        assert_eq!(exit_code(&path), code as i32);
    }
    project.refill(&mut p);
    assert!(p.spare_count() >= 2);
    drop(p);
    assert_eq!(files(&dir), ["out"]);
}

#[test]
fn running_programs_keep_running() {
    let dir = Dir::new("running");
    let path = dir.path("out");
    let mut project = Project::new(&sleeper());
    let mut p = Publisher::new(&path).unwrap();
    project.publish(&mut p).unwrap();
    project.refill(&mut p);
    let mut children = Vec::new();
    for round in 0..5 {
        // Each round's sleeper occupies another inode.
        children.push(spawn(&path));
        project.update(&program(round));
        project.publish(&mut p).unwrap();
        assert_eq!(exit_code(&path), round as i32);
        project.update(&sleeper());
        project.publish(&mut p).unwrap();
    }
    for c in &mut children {
        assert!(c.try_wait().unwrap().is_none(), "a running program was disturbed");
        c.kill().unwrap();
        c.wait().unwrap();
    }
    project.update(&program(33));
    project.publish(&mut p).unwrap();
    assert_eq!(exit_code(&path), 33);
}

#[test]
fn readers_and_writers_and_links_of_the_output() {
    let dir = Dir::new("others");
    let path = dir.path("out");
    let mut project = Project::new(&program(1));
    let mut p = Publisher::new(&path).unwrap();
    project.publish(&mut p).unwrap();
    // A reader keeps seeing the version that it opened.
    let mut reader = fs::File::open(&path).unwrap();
    let before = fs::read(&path).unwrap();
    for code in 2..8 {
        project.update(&program(code));
        project.publish(&mut p).unwrap();
    }
    let mut seen = Vec::new();
    std::io::Read::read_to_end(&mut reader, &mut seen).unwrap();
    assert!(seen == before);
    // So does a hard link.
    fs::hard_link(&path, dir.path("kept")).unwrap();
    for code in 8..14 {
        project.update(&program(code));
        project.publish(&mut p).unwrap();
    }
    assert_eq!(exit_code(&dir.path("kept")), 7);
    assert_eq!(exit_code(&path), 13);
    // Somebody spoils the output; nothing of that survives a few updates later.
    fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"spoilt").unwrap();
    for code in 14..20 {
        project.update(&program(code));
        project.publish(&mut p).unwrap();
        assert!(fs::read(&path).unwrap() == project.image.finish().unwrap().bytes);
    }
    // Somebody removes it.
    fs::remove_file(&path).unwrap();
    project.update(&program(20));
    project.publish(&mut p).unwrap();
    assert_eq!(exit_code(&path), 20);
    // Somebody replaces it.
    fs::remove_file(&path).unwrap();
    fs::write(&path, "text").unwrap();
    project.update(&program(21));
    // (Its inode may be that of the file removed before.)
    project.publish(&mut p).unwrap();
    assert_eq!(exit_code(&path), 21);
    assert!(fs::read(&path).unwrap() == project.image.finish().unwrap().bytes);
}

#[test]
fn odd_output_paths() {
    let dir = Dir::new("odd");
    let d = dir.path("directory");
    fs::create_dir(&d).unwrap();
    assert!(matches!(Publisher::new(&d), Err(PublishError::IsDirectory(_))));
    assert!(matches!(Publisher::new(Path::new("/dev/null")), Err(PublishError::NotRegular(_))));
    let fifo = dir.path("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    assert!(matches!(Publisher::new(&fifo), Err(PublishError::NotRegular(_))));
    // A directory that appears later is not replaced, and nothing is left behind.
    let path = dir.path("late");
    let mut project = Project::new(&program(1));
    let mut p = Publisher::new(&path).unwrap();
    project.publish(&mut p).unwrap();
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    project.update(&program(2));
    assert!(matches!(project.publish(&mut p), Err(PublishError::IsDirectory(_))));
    fs::remove_dir(&path).unwrap();
    project.publish(&mut p).unwrap();
    assert_eq!(exit_code(&path), 2);
    // The directory of the output is missing.
    let mut lost = Publisher::new(&dir.path("none/out")).unwrap();
    assert!(matches!(project.image.finish().map(|f| lost.publish(f.bytes, &[])), Ok(Err(PublishError::Io(..)))));
    drop((p, lost));
    assert_eq!(files(&dir), ["directory", "fifo", "late"]);
}

#[test]
fn links_are_followed_and_modes_kept() {
    let dir = Dir::new("links");
    fs::create_dir(dir.path("real")).unwrap();
    let (path, real) = (dir.path("out"), dir.path("real/program"));
    symlink("real/program", &path).unwrap();
    let mut project = Project::new(&program(1));
    let mut p = Publisher::new(&path).unwrap();
    project.publish(&mut p).unwrap();
    assert!(fs::symlink_metadata(&path).unwrap().is_symlink());
    assert!(fs::symlink_metadata(&real).unwrap().is_file());
    assert_eq!(exit_code(&path), 1);
    for (code, mode) in [(2, 0o700), (3, 0o751), (4, 0o755)] {
        fs::set_permissions(&real, fs::Permissions::from_mode(mode)).unwrap();
        for c in [code, code + 10] {
            project.update(&program(c));
            project.publish(&mut p).unwrap();
            assert_eq!(fs::metadata(&real).unwrap().mode() & 0o7777, mode);
            assert_eq!(exit_code(&path), c as i32);
        }
    }
    drop(p);
    assert_eq!(files(&dir), ["out", "real"]);
}

#[test]
fn spares_of_a_killed_process_are_taken_over() {
    let dir = Dir::new("stale");
    let path = dir.path("out");
    let mut project = Project::new(&program(1));
    let mut p = Publisher::new(&path).unwrap();
    project.publish(&mut p).unwrap();
    project.refill(&mut p);
    // Killed: nothing is cleaned up, and the process id is that of nobody.
    std::mem::forget(p);
    let mut gone = Command::new("true").spawn().unwrap();
    let pid = gone.id();
    gone.wait().unwrap();
    let left: Vec<_> = files(&dir).into_iter().filter(|n| n.ends_with(".spare")).collect();
    assert_eq!(left.len(), 2);
    for name in &left {
        let stale = name.replace(&format!(".{}-", std::process::id()), &format!(".{pid}-"));
        fs::write(dir.path(name), "garbage").unwrap();
        fs::rename(dir.path(name), dir.path(&stale)).unwrap();
    }
    // A spare of a process that lives is left alone.
    let alive = files(&dir)[0].replace(&format!(".{pid}-"), &format!(".{}-", std::process::id()));
    let start = fs::read_to_string("/proc/self/stat").unwrap();
    let start = start.rsplit_once(')').unwrap().1.split_ascii_whitespace().nth(19).unwrap().to_owned();
    assert!(alive.contains(&start));
    fs::write(dir.path(&alive), "theirs").unwrap();
    let mut p = Publisher::new(&path).unwrap();
    assert_eq!(p.spare_count(), 2);
    for code in 5..12 {
        project.update(&program(code));
        project.publish(&mut p).unwrap();
        assert_eq!(exit_code(&path), code as i32);
        assert!(fs::read(&path).unwrap() == project.image.finish().unwrap().bytes);
    }
    drop(p);
    assert_eq!(files(&dir), [alive, "out".to_owned()]);
}

#[test]
fn two_publishers_of_one_path() {
    let dir = Dir::new("two");
    let path = dir.path("out");
    let (mut a, mut b) = (Project::new(&program(1)), Project::new(&program(2)));
    let (mut pa, mut pb) = (Publisher::new(&path).unwrap(), Publisher::new(&path).unwrap());
    for round in 0..10 {
        a.update(&program(round * 2));
        a.publish(&mut pa).unwrap();
        assert_eq!(exit_code(&path), round as i32 * 2);
        b.update(&program(round * 2 + 1));
        b.publish(&mut pb).unwrap();
        assert_eq!(exit_code(&path), round as i32 * 2 + 1);
    }
    drop((pa, pb));
    assert_eq!(files(&dir), ["out"]);
}
