//! The corpus of the tests: real Zig's library, if it is there; what is said about a source, as
//! lines; and random numbers.

#![allow(dead_code, reason = "not every test uses all of it")]

pub mod oracle;

use std::path::{Path, PathBuf};

use ir::{FileMsg, file_messages, lower_file};
use syntax::{AstTree, Interner, SyntaxError};

/// The library directory of real Zig: `ZIG_LIB_DIR`, the one beside `ORACLE_ZIG`, or the one
/// installed under `target/oracle`.
pub fn zig_lib_dir() -> Option<PathBuf> {
    if let Some(zig) = std::env::var_os("ORACLE_ZIG") {
        return Some(PathBuf::from(zig).with_file_name("lib"));
    }
    if let Some(dir) = std::env::var_os("ZIG_LIB_DIR") {
        return Some(dir.into());
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/oracle/lib");
    let mut pythons: Vec<_> = std::fs::read_dir(root).ok()?.flatten().map(|e| e.path()).collect();
    pythons.sort();
    pythons.into_iter().map(|p| p.join("site-packages/ziglang/lib")).find(|p| p.is_dir())
}

/// All files of lib/std in order; empty, with a line that says so, if there is no library.
pub fn corpus(test: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let Some(lib) = zig_lib_dir() else {
        println!("{test}: skipped, real Zig's library is not installed");
        return Vec::new();
    };
    let mut files = Vec::new();
    let mut dirs = vec![lib.join("std")];
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(dir).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                dirs.push(path);
            } else if path.extension().is_some_and(|e| e == "zig") {
                let source = std::fs::read(&path).unwrap();
                files.push((path, source));
            }
        }
    }
    files.sort();
    assert!(files.len() >= 500, "the library is incomplete: {} files", files.len());
    files
}

/// The cases of this crate and the fixtures that consist of one file.
pub fn cases() -> Vec<(PathBuf, Vec<u8>)> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for dir in ["tests/messages", "../../fixtures/error", "../../fixtures/run", "../../fixtures/syntax"] {
        for entry in std::fs::read_dir(here.join(dir)).unwrap().flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|e| e == "zig") {
                let source = std::fs::read(&path).unwrap();
                files.push((path, source));
            }
        }
    }
    files.sort();
    files
}

/// A small generator of numbers that look random.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 33) % n as u64) as usize
    }
    pub fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

/// What we say: whether the parser refused it, and the lines.
pub fn ours(tree: &AstTree, interner: &Interner) -> (bool, Vec<String>) {
    let place = |at| tree.line_column(at);
    if let Some(e) = tree.error() {
        return (true, syntax_lines(e, place));
    }
    let ir = lower_file(tree, interner, None);
    (false, message_lines(&file_messages(tree, &ir, interner), place))
}

fn line((line, column): (u32, u32), kind: &str, text: &str) -> String {
    format!("{line}:{column}: {kind}: {}", text.replace('\n', "\\n"))
}

pub fn syntax_lines(e: &SyntaxError, place: impl Fn(u32) -> (u32, u32)) -> Vec<String> {
    let error = line(place(e.main), "error", &e.text);
    std::iter::once(error).chain(e.notes.iter().map(|(text, start, _)| line(place(*start), "note", text))).collect()
}

pub fn message_lines(messages: &[FileMsg], place: impl Fn(u32) -> (u32, u32)) -> Vec<String> {
    let mut lines = Vec::new();
    for m in messages {
        lines.push(line(place(m.at), "error", &m.text));
        lines.extend(m.notes.iter().map(|(text, at)| line(place(*at), "note", text)));
    }
    lines
}
