//! The corpus of the tests: real Zig's library, if it is there.

#![allow(dead_code, reason = "not every test uses all of it")]

use std::path::{Path, PathBuf};

/// The library directory of real Zig: `ZIG_LIB_DIR`, or the one installed under `target/oracle`.
pub fn zig_lib_dir() -> Option<PathBuf> {
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
