//! The loop without a process around it: faults, files that come and go, saves during a build.

mod cost;
mod links;

use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, unbounded};

use crate::{Compilation, Event, Options, Stop};

struct Loop {
    dir: tempfile::TempDir,
    events: Receiver<Event>,
    stop: Stop,
    thread: Option<JoinHandle<()>>,
}

impl Loop {
    fn start(main: &str, faults: u32) -> Loop {
        Loop::start_files(&[("main.zig".into(), main.into())], true, faults)
    }

    fn start_files(files: &[(String, String)], emit: bool, faults: u32) -> Loop {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(dir.path().join(name), text).unwrap();
        }
        let mut options = Options::new(dir.path().join("main.zig"));
        options.emit = emit.then(|| dir.path().join("program"));
        options.cache_dir = Some(dir.path().join("cache"));
        let mut compilation = Compilation::new(options).unwrap();
        compilation.faults = faults;
        let (sink, events) = unbounded();
        let stop = Stop::default();
        let thread = std::thread::spawn({
            let stop = stop.clone();
            move || compilation.watch(sink, stop)
        });
        Loop { dir, events, stop, thread: Some(thread) }
    }

    fn save(&self, name: &str, text: &str) {
        std::fs::write(self.dir.path().join(name), text).unwrap();
    }

    fn next(&self) -> Event {
        self.events.recv_timeout(Duration::from_secs(60)).unwrap()
    }

    /// The next build, others events left out.
    fn build(&self) -> Event {
        loop {
            match self.next() {
                Event::Note(_) | Event::Watching(_) => {}
                e => return e,
            }
        }
    }

    fn exit_code(&self) -> Option<i32> {
        crate::test_program::exit_code(&self.dir.path().join("program"))
    }
}

impl Drop for Loop {
    fn drop(&mut self) {
        self.stop.stop();
        if let Some(t) = self.thread.take() {
            t.join().unwrap();
        }
    }
}

fn returns(n: u32) -> String {
    format!("pub fn main() u8 {{\n    return {n};\n}}\n")
}

#[test]
fn a_fault_costs_one_build_from_nothing() {
    let l = Loop::start(&returns(1), 1);
    assert!(matches!(l.next(), Event::Note(m) if m.text.contains("internal error")));
    assert!(matches!(l.build(), Event::Ok(r) if r.build == 1));
    assert_eq!(l.exit_code(), Some(1));
    l.save("main.zig", &returns(2));
    assert!(matches!(l.build(), Event::Ok(r) if r.build == 2 && r.counts.units_run < 10));
    assert_eq!(l.exit_code(), Some(2));
}

#[test]
fn a_second_fault_is_an_error_and_the_loop_lives_on() {
    let l = Loop::start(&returns(1), 2);
    assert!(matches!(l.next(), Event::Note(_)));
    assert!(matches!(l.build(), Event::Error(e) if e.is_internal() && e.report.build == 1));
    l.save("main.zig", &returns(3));
    assert!(matches!(l.build(), Event::Ok(r) if r.build == 2));
    assert_eq!(l.exit_code(), Some(3));
}

#[test]
fn one_build_after_a_storm_of_saves_at_least_and_the_last_one_counts() {
    let l = Loop::start(&returns(1), 0);
    for n in 2..40 {
        l.save("main.zig", &returns(n));
    }
    let mut last = None;
    while let Ok(e) = l.events.recv_timeout(Duration::from_secs(if last.is_none() { 60 } else { 1 })) {
        if let Event::Ok(r) = e {
            last = Some(r.build);
        }
    }
    assert_eq!(l.exit_code(), Some(39));
    // Numbers count events, and what was given up has none.
    assert!(last.is_some_and(|n| n <= 39));
}

#[test]
fn files_are_watched_while_they_are_imported() {
    let user = "pub fn main() u8 {\n    return @import(\"a.zig\").x;\n}\n";
    let l = Loop::start(user, 0);
    assert!(matches!(l.build(), Event::Fail(m, _) if m.len() == 1 && m[0].text.contains("FileNotFound")));
    let Event::Watching(before) = l.next() else { panic!("the set of files has changed") };
    l.save("a.zig", "pub const x = 5;");
    assert!(matches!(l.build(), Event::Ok(_)));
    assert_eq!(l.exit_code(), Some(5));
    l.save("main.zig", &returns(6));
    assert!(matches!(l.build(), Event::Ok(_)));
    let Event::Watching(after) = l.next() else { panic!("the set of files has changed") };
    assert_eq!(after.files + 1, before.files);
    l.save("a.zig", "pub const x = 7;");
    assert!(l.events.recv_timeout(Duration::from_millis(300)).is_err());
    // What it became meanwhile is known when it is imported again.
    l.save("main.zig", user);
    assert!(matches!(l.build(), Event::Ok(_)));
    assert_eq!(l.exit_code(), Some(7));
}

/// The root, the directory of an import, and a directory that was never there.
#[test]
fn what_is_missing_is_a_message_until_it_is_back() {
    let l = Loop::start("pub fn main() u8 {\n    return @import(\"sub/dir/a.zig\").x;\n}\n", 0);
    let (dir, away) = (l.dir.path().join("sub"), l.dir.path().join("away"));
    let missing = || matches!(l.build(), Event::Fail(m, _) if m.len() == 1 && m[0].text.contains("FileNotFound"));
    assert!(missing());
    // Its directories come one by one, which changes nothing, and then the file.
    std::fs::create_dir(&dir).unwrap();
    std::fs::create_dir(dir.join("dir")).unwrap();
    l.save("sub/dir/a.zig", "pub const x = 5;");
    while !matches!(l.build(), Event::Ok(_)) {}
    assert_eq!(l.exit_code(), Some(5));
    std::fs::rename(&dir, &away).unwrap();
    assert!(missing());
    l.save("away/dir/a.zig", "pub const x = 6;");
    std::fs::rename(&away, &dir).unwrap();
    assert!(matches!(l.build(), Event::Ok(_)));
    assert_eq!(l.exit_code(), Some(6));
    let (root, aside) = (l.dir.path().join("main.zig"), l.dir.path().join("aside.zig"));
    std::fs::rename(&root, &aside).unwrap();
    assert!(missing());
    std::fs::rename(&aside, &root).unwrap();
    assert!(matches!(l.build(), Event::Ok(r) if r.counts.units_run == 0));
    // The whole of it, as a switch of branches does.
    std::fs::remove_dir_all(&dir).unwrap();
    l.save("main.zig", &returns(7));
    while !matches!(l.build(), Event::Ok(_)) {}
    assert_eq!(l.exit_code(), Some(7));
}

#[test]
fn mistakes_of_a_file_suspend_analysis_and_undoing_them_costs_nothing() {
    let good = "const a = @import(\"a.zig\");\n".to_owned() + "pub fn main() u8 {\n    return a.x;\n}\n";
    let l = Loop::start(&good, 0);
    assert!(matches!(l.build(), Event::Fail(..)));
    l.save("a.zig", "pub const x = 1;");
    assert!(matches!(l.build(), Event::Ok(_)));
    for bad in
        ["pub const x = 1; pub const x = 2;", "pub const x = ", "pub const x = 1; const y = @import(\"../../z.zig\");"]
    {
        l.save("a.zig", bad);
        assert!(matches!(l.build(), Event::Fail(_, r) if r.counts.units_run == 0), "{bad}");
        l.save("a.zig", "pub const x = 1;");
        assert!(matches!(l.build(), Event::Ok(r) if r.counts.units_run == 0), "{bad}");
    }
    std::fs::remove_file(l.dir.path().join("a.zig")).unwrap();
    assert!(matches!(l.build(), Event::Fail(_, r) if r.counts.units_run == 0));
    l.save("a.zig", "pub const x = 1;");
    assert!(matches!(l.build(), Event::Ok(r) if r.counts.units_run == 0));
}

/// A file of constants; `imports` are used, so that the files they name are in use.
fn constants(imports: &[&str], value: u32) -> String {
    let sum: String = imports.iter().map(|i| format!(" + @import(\"{i}.zig\").x")).collect();
    format!("pub const x = {value}{sum};\npub const y = 1;\n")
}

#[test]
fn a_file_stays_in_use_as_long_as_a_root_reaches_it() {
    let user = |names: &[&str]| {
        let sum: String = names.iter().map(|n| format!(" + @import(\"{n}.zig\").x")).collect();
        format!("pub fn main() u8 {{\n    return 0{sum};\n}}\n")
    };
    let file = |name: &str, text: String| (format!("{name}.zig"), text);
    let files = [
        file("main", user(&["a", "b"])),
        file("a", constants(&["c"], 1)),
        file("b", constants(&["c"], 2)),
        file("c", constants(&[], 4)),
        // A circle that nothing leads to yet.
        file("d", "pub const x = @import(\"e.zig\").y;\npub const y = 8;\n".into()),
        file("e", constants(&[], 16).replace("pub const y = 1", "pub const y = @import(\"d.zig\").y")),
    ];
    let l = Loop::start_files(&files, true, 0);
    let expect = |code: i32| {
        assert!(matches!(l.build(), Event::Ok(_)));
        assert_eq!(l.exit_code(), Some(code));
    };
    expect(1 + 4 + 2 + 4);
    let Event::Watching(before) = l.next() else { panic!("the set of files has changed") };
    // Whichever of the two was the one that c was found by, the other one is enough.
    l.save("a.zig", &constants(&[], 1));
    expect(1 + 2 + 4);
    l.save("a.zig", &constants(&["c"], 1));
    expect(1 + 4 + 2 + 4);
    l.save("b.zig", &constants(&[], 2));
    expect(1 + 4 + 2);
    l.save("c.zig", &constants(&[], 5));
    expect(1 + 5 + 2);
    // The circle comes, and goes although its files import each other.
    l.save("b.zig", &constants(&["d"], 2));
    expect(1 + 5 + 2 + 8);
    let Event::Watching(more) = l.next() else { panic!("the set of files has changed") };
    assert_eq!(more.files, before.files + 2);
    l.save("b.zig", &constants(&[], 2));
    expect(1 + 5 + 2);
    let Event::Watching(after) = l.next() else { panic!("the set of files has changed") };
    assert_eq!(after.files, before.files);
    // Two broken files, one of which only the other one leads to: as from nothing, one is told.
    l.save("c.zig", "pub const x = ;");
    assert!(matches!(l.build(), Event::Fail(m, _) if m.len() == 1));
    l.save("a.zig", "pub const x = @import(\"c.zig\") ;;");
    assert!(matches!(l.build(), Event::Fail(m, _) if m.len() == 1 && m[0].text.contains("expected")));
}
