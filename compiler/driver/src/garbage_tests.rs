//! What is kept for a while, and what does not stay.

use std::path::Path;

use crate::{Compilation, Event, Options};

/// A compilation of a project whose files are written by the test.
struct Project {
    dir: tempfile::TempDir,
    compilation: Compilation,
}

impl Project {
    fn new(main: &str) -> Project {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("main.zig"), main).unwrap();
        let mut options = Options::new(dir.path().join("main.zig"));
        options.cache_dir = Some(dir.path().join("cache"));
        options.emit = Some(dir.path().join("program"));
        let mut compilation = Compilation::new(options).unwrap();
        expect_ok(&compilation.run_once());
        Project { dir, compilation }
    }

    fn save(&mut self, text: &str) -> Event {
        let path = self.dir.path().join("main.zig");
        std::fs::write(&path, text).unwrap();
        self.compilation.touch(&path);
        self.compilation.run_once()
    }

    fn exit_code(&self) -> Option<i32> {
        run(&self.dir.path().join("program"))
    }
}

fn run(path: &Path) -> Option<i32> {
    std::process::Command::new(path).status().unwrap().code()
}

fn expect_ok(e: &Event) {
    assert!(matches!(e, Event::Ok(_)), "{e:?}");
}

/// A program with twenty functions behind one.
fn hub(call: &str) -> String {
    let mut text = format!("pub fn main() u8 {{\n    return {call};\n}}\n");
    for i in 0..20 {
        text += &format!("fn at{i}(x: u8) u8 {{\n    return x + at{}(x);\n}}\n", i + 1);
    }
    text + "fn at20(x: u8) u8 {\n    return x;\n}\n"
}

#[test]
fn mending_a_mistake_makes_no_code_anew_but_where_it_was() {
    let mut p = Project::new(&hub("at0(2)"));
    assert_eq!(p.exit_code(), Some(42));
    assert!(matches!(p.save(&hub("at0(true)")), Event::Fail(msgs, _) if msgs.len() == 1));
    match p.save(&hub("at0(3)")) {
        Event::Ok(r) => assert_eq!((r.counts.units_run, r.counts.functions_compiled), (1, 1)),
        e => panic!("{e:?}"),
    }
    assert_eq!(p.exit_code(), Some(63));
}

#[test]
fn dead_units_are_swept() {
    let mut p = Project::new(&hub("at0(2)"));
    let live = p.compilation.sema.graph.live_count();
    p.compilation.sema.kept_updates = 3;
    expect_ok(&p.save(&hub("7")));
    let graph = &p.compilation.sema.graph;
    assert!(graph.len() > graph.live_count() + 20);
    for i in 0..3 {
        expect_ok(&p.save(&hub(&i.to_string())));
    }
    let graph = &p.compilation.sema.graph;
    assert_eq!(graph.len(), graph.live_count());
    graph.check_invariants().unwrap();
    expect_ok(&p.save(&hub("at0(1)")));
    assert_eq!(p.exit_code(), Some(21));
    assert_eq!(p.compilation.sema.graph.live_count(), live);
}
