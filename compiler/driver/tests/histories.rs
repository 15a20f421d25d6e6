//! Histories of a project in one process: whatever led to a text, the compilation ends where a clean
//! build does, which every build here is compared with.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use driver::{Compilation, Event, Options};

/// Files of a project by name.
type State = BTreeMap<PathBuf, String>;

/// A project on disk, and its compilation.
struct Project {
    dir: tempfile::TempDir,
    compilation: Compilation,
    state: State,
}

impl Project {
    fn new() -> Project {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("project");
        std::fs::create_dir(&root).unwrap();
        let mut options = Options::new(root.join("main.zig"));
        options.cache_dir = Some(dir.path().join("cache"));
        options.verify_incremental = true;
        // So that the program's lines are compared, too.
        options.emit = Some(dir.path().join("program"));
        let compilation = Compilation::new(options).unwrap();
        Project { dir, compilation, state: State::new() }
    }

    /// Makes the project hold these files and no others, and builds it.
    fn go(&mut self, state: &State) -> Result<Option<Event>, String> {
        let root = self.dir.path().join("project");
        for name in self.state.keys().chain(state.keys()) {
            let (old, new) = (self.state.get(name), state.get(name));
            if old == new {
                continue;
            }
            let path = root.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            match new {
                Some(text) => std::fs::write(&path, text).unwrap(),
                None => drop(std::fs::remove_file(&path)),
            }
            self.compilation.touch(&path);
        }
        self.state = state.clone();
        match self.compilation.update() {
            Some(Event::Error(e)) => {
                let dir = e.text.split("see ").nth(1).and_then(|t| t.split(')').next());
                let readme = dir.and_then(|d| std::fs::read_to_string(d).ok()).unwrap_or_default();
                Err(format!("{}\n{readme}", e.text))
            }
            e => Ok(e),
        }
    }
}

/// The cases of `fixtures/<kind>`: name and files.
fn cases(kind: &str) -> Vec<(String, State)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(kind);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|p| (p.file_stem().unwrap().to_string_lossy().into_owned(), files(&p))).collect()
}

fn files(path: &Path) -> State {
    let mut state = State::new();
    if path.is_file() {
        state.insert("main.zig".into(), String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned());
        return state;
    }
    for e in std::fs::read_dir(path).unwrap() {
        let p = e.unwrap().path();
        if p.is_file() {
            let name = p.file_name().unwrap().into();
            state.insert(name, String::from_utf8_lossy(&std::fs::read(&p).unwrap()).into_owned());
        }
    }
    state
}

fn walk(cases: &[(String, State)]) -> Vec<String> {
    let mut p = Project::new();
    let mut wrong = Vec::new();
    let mut before = "nothing";
    for (name, state) in cases {
        if let Err(e) = p.go(state) {
            wrong.push(format!("{before} -> {name}: {e}"));
        }
        before = name;
    }
    wrong
}

#[test]
fn one_program_after_another() {
    let mut all = cases("run");
    all.extend(cases("error"));
    let wrong = walk(&all);
    assert!(wrong.is_empty(), "{}\n{} in all", wrong.join("\n"), wrong.len());
}
