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
        Project::open(None)
    }

    /// `shuffle`: see [`Options::shuffle`].
    fn open(shuffle: Option<u64>) -> Project {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("project");
        std::fs::create_dir(&root).unwrap();
        let mut options = Options::new(root.join("main.zig"));
        options.cache_dir = Some(dir.path().join("cache"));
        options.verify_incremental = true;
        options.shuffle = shuffle;
        // So that the program's lines are compared, too.
        options.emit = Some(dir.path().join("program"));
        let compilation = Compilation::new(options).unwrap();
        Project { dir, compilation, state: State::new() }
    }

    /// Makes the project hold these files and no others, and builds it.
    fn go(&mut self, state: &State) -> Result<Option<Event>, String> {
        self.save(state);
        self.build()
    }

    /// The same, given up at the `k`th point at which it can be, or soon after in what follows a build.
    fn give_up(&mut self, state: &State, k: u32) -> Result<(), String> {
        self.save(state);
        let program = self.dir.path().join("program");
        let before = std::fs::read(&program).ok();
        let cancel = self.compilation.cancel();
        cancel.request_at(k);
        let event = self.build()?;
        cancel.clear();
        match event {
            None if before != std::fs::read(&program).ok() => Err("the program of a build that was given up".into()),
            _ => Ok(()),
        }
    }

    fn save(&mut self, state: &State) {
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
    }

    fn build(&mut self) -> Result<Option<Event>, String> {
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

/// The states of a fixture of updates; `None` if it is about more than files and their texts.
fn states(manifest: &str) -> Option<Vec<State>> {
    let (mut states, mut file) = (Vec::<State>::new(), None::<PathBuf>);
    for line in manifest.split_inclusive('\n') {
        let (key, value) = line.trim_end().split_once('=').unwrap_or((line, ""));
        match key {
            "#update" => {
                states.push(states.last().cloned().unwrap_or_default());
                file = None;
            }
            "#file" => {
                file = Some(value.into());
                states.last_mut()?.insert(value.into(), String::new());
            }
            "#rm_file" => drop(states.last_mut()?.remove(Path::new(value))),
            "#link" => return None,
            _ if key.starts_with("#expect") || key == "#at_most" => file = None,
            _ => {
                if let Some(f) = &file {
                    states.last_mut()?.get_mut(f)?.push_str(line);
                }
            }
        }
    }
    Some(states)
}

/// What one history shows in order, others reach by leaving states out and by going back.
#[test]
fn fixtures_in_another_order() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/incremental");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    let (mut wrong, mut walked) = (Vec::new(), 0);
    for path in paths {
        let Some(states) = states(&std::fs::read_to_string(&path).unwrap()) else { continue };
        let mut p = Project::new();
        let forth = (0..states.len()).step_by(2);
        let back = (0..states.len()).rev().filter(|i| i % 2 == 1);
        for i in forth.chain(back).chain([0]) {
            if let Err(e) = p.go(&states[i]) {
                wrong.push(format!("{}, state {i}: {e}", path.file_name().unwrap().to_string_lossy()));
            }
            walked += 1;
        }
    }
    assert!(wrong.is_empty(), "{}\n{} in all", wrong.join("\n"), wrong.len());
    assert!(walked > 500, "{walked}");
}

/// Walks some of the fixtures' states; `step` brings a project to one of them.
fn walk_fixtures(shuffled: bool, mut step: impl FnMut(&mut Project, &State, &mut Random) -> Result<(), String>) {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/incremental");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    let (share, seed) = (number("HISTORIES_SHARE").unwrap_or(6), number("HISTORIES_SEED").unwrap_or(0));
    let mut random = Random(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x9e37_79b9_7f4a_7c15);
    let mut wrong = Vec::new();
    for (n, path) in paths.iter().enumerate() {
        let Some(states) = states(&std::fs::read_to_string(path).unwrap()) else { continue };
        if n as u64 % share != seed % share {
            continue;
        }
        let mut p = Project::open(shuffled.then(|| random.below(1 << 20) as u64));
        for (i, state) in states.iter().enumerate() {
            if let Err(e) = step(&mut p, state, &mut random) {
                wrong.push(format!("{}, state {i}: {e}", path.file_name().unwrap().to_string_lossy()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{} in all", wrong.join("\n"), wrong.len());
}

/// A number from the environment: `HISTORIES_SHARE=1` takes every fixture, not one in six; `HISTORIES_SEED`
/// other points and orders.
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// A save comes while the one before is built, again and again.
#[test]
fn fixtures_given_up_on_the_way() {
    walk_fixtures(false, |p, state, random| {
        let before = p.state.clone();
        for _ in 0..2 {
            let most = 2 << random.below(10);
            let k = 1 + random.below(most) as u32;
            p.give_up(state, k)?;
            if random.below(2) == 0 {
                p.give_up(&before, 1 + k / 2)?;
            }
            if random.below(3) == 0 {
                p.go(&before)?;
            }
        }
        p.go(state).map(drop)
    });
}

/// What can be done in any order is done in another one.
#[test]
fn fixtures_shuffled() {
    walk_fixtures(true, |p, state, _| p.go(state).map(drop));
}

/// Pseudo-random numbers from a seed.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % n.max(1)
    }
}

/// The ranges of words and numbers in a text.
fn words(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut out: Vec<std::ops::Range<usize>> = Vec::new();
    for (i, c) in text.char_indices() {
        if !(c.is_ascii_alphanumeric() || c == '_') {
            continue;
        }
        match out.last_mut() {
            Some(last) if last.end == i => last.end = i + 1,
            _ => out.push(i..i + 1),
        }
    }
    out
}

/// A change of a text such as a hand at a keyboard makes: most leave an error behind, some do not.
fn edit(text: &str, r: &mut Random) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let end = lines.iter().position(|l| matches!(*l, "// run" | "// error")).unwrap_or(lines.len());
    let at = r.below(end);
    match r.below(8) {
        0 => drop(lines.remove(at)),
        1 => lines.insert(at, lines[at]),
        2 if at + 1 < end => lines.swap(at, at + 1),
        3 => lines.insert(at, "    // a comment"),
        _ => {
            // Only what is not a manifest: a word becomes another, a number another number.
            let body: usize = lines[..end].iter().map(|l| l.len() + 1).sum();
            let words = words(&text[..body.min(text.len())]);
            let one = words[r.below(words.len())].clone();
            let with = match text[one.clone()].parse::<u32>() {
                Ok(n) => (n + 1 + r.below(3) as u32).to_string(),
                Err(_) => text[words[r.below(words.len())].clone()].to_owned(),
            };
            return format!("{}{with}{}", &text[..one.start], &text[one.end..]);
        }
    }
    lines.join("\n") + "\n"
}

/// Edits of programs, one on top of another, and back.
fn edits(kind: &str, seed: u64, count: usize) -> Vec<String> {
    let mut r = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let cases = cases(kind);
    let mut p = Project::new();
    let mut wrong = Vec::new();
    let mut done = 0;
    while done < count {
        let (name, original) = &cases[r.below(cases.len())];
        let mut state = original.clone();
        for _ in 0..8 {
            if let Err(e) = p.go(&state) {
                wrong.push(format!("{name} after {done} updates: {e}"));
            }
            done += 1;
            if r.below(4) == 0 {
                state = original.clone();
            }
            let file = state.keys().nth(r.below(state.len())).unwrap().clone();
            let text = edit(&state[&file], &mut r);
            state.insert(file, text);
        }
    }
    wrong
}

#[test]
fn programs_edited_and_mended() {
    let count = std::env::var("EDITS").map_or(120, |n| n.parse().unwrap());
    let seed = std::env::var("SEED").map_or(1, |n| n.parse().unwrap());
    let wrong = edits("run", seed, count);
    assert!(wrong.is_empty(), "{}\n{} in all", wrong.join("\n"), wrong.len());
}
