//! Messages against real Zig: each file of `messages/` has beside it what `zig ast-check` says
//! about it (`.txt`, empty if nothing). Set `BLESS=1` to write these anew, from real Zig.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use ir::{file_messages, lower_file};
use syntax::{AstTree, Interner};

fn ours(source: &[u8]) -> String {
    let interner = Interner::new();
    let tree = AstTree::parse(Arc::from(source), &interner, None);
    let mut out = String::new();
    let mut line = |at: u32, kind: &str, text: &str| {
        let (l, c) = tree.line_column(at);
        out.push_str(&format!(":{l}:{c}: {kind}: {text}\n"));
    };
    if let Some(e) = tree.error() {
        line(e.main, "error", &e.text);
        return out;
    }
    let ir = lower_file(&tree, &interner, None);
    for m in file_messages(&tree, &ir, &interner) {
        line(m.at, "error", &m.text);
        for (text, at) in m.notes {
            line(at, "note", &text);
        }
    }
    out
}

/// What real Zig says, without file names and source lines.
fn theirs(zig: &Path, file: &Path) -> String {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("zig-cache");
    let out = Command::new(zig)
        .args(["ast-check", "--color", "off"])
        .arg(file)
        .env("ZIG_LOCAL_CACHE_DIR", &cache)
        .env("ZIG_GLOBAL_CACHE_DIR", &cache)
        .stdout(Stdio::null())
        .output()
        .unwrap();
    let name = file.to_str().unwrap();
    let mut text = String::new();
    for line in String::from_utf8_lossy(&out.stderr).lines() {
        if let Some(rest) = line.strip_prefix(name) {
            text.push_str(rest);
            text.push('\n');
        }
    }
    text
}

fn cases() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/messages");
    let mut files: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().flatten().map(|e| e.path()).collect();
    files.retain(|p| p.extension().is_some_and(|e| e == "zig"));
    files.sort();
    files
}

#[test]
fn same_as_real_zig() {
    let zig = common::zig_lib_dir().map(|lib| lib.with_file_name("zig")).filter(|z| z.is_file());
    if zig.is_none() {
        println!("same_as_real_zig: expectations not checked, real Zig is not installed");
    }
    let bless = std::env::var_os("BLESS").is_some();
    let files = cases();
    assert!(files.len() >= 60);
    let mut wrong = String::new();
    for file in files {
        let expectation = file.with_extension("txt");
        if let Some(zig) = &zig {
            let said = theirs(zig, &file);
            if bless {
                std::fs::write(&expectation, &said).unwrap();
            }
            assert_eq!(said, std::fs::read_to_string(&expectation).unwrap(), "{}", file.display());
        }
        let want = std::fs::read_to_string(&expectation).unwrap();
        let got = ours(&std::fs::read(&file).unwrap());
        if got != want {
            wrong.push_str(&format!("{}\n--- real Zig\n{want}--- ours\n{got}\n", file.display()));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}
