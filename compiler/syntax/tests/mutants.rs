//! One-token mutants of real Zig's library against real Zig: both accept, or both report the same
//! first error at the same place. `MUTANTS` sets how many (300 otherwise), `MUTANT_SEED` which.

#![allow(clippy::unwrap_used, reason = "a test may fail by it")]

mod common;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use syntax::token::{Kind, lex};
use syntax::{AstTree, Interner};

/// A small generator of numbers that look random.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 33) % n as u64) as usize
    }
}

const INSERTED: [&str; 64] = [
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    ";",
    ",",
    ":",
    ".",
    "=",
    "==",
    "=>",
    "|",
    "*",
    "**",
    "&",
    "&&",
    "?",
    "!",
    "-",
    "+",
    "..",
    "...",
    ".*",
    ".{",
    "->",
    "@import",
    "@",
    "'",
    "\"",
    "\\\\ text",
    "/// doc\n",
    "//! doc\n",
    "// c\n",
    "0",
    "name",
    "name:",
    "const",
    "var",
    "fn",
    "pub",
    "test",
    "comptime",
    "struct",
    "enum",
    "union(enum)",
    "error",
    "switch",
    "if",
    "else",
    "while",
    "for",
    "return",
    "break",
    "defer",
    "catch",
    "orelse",
    "inline",
    "extern",
    "export",
    "packed",
    "asm",
    "\t#",
];

/// Deletes, doubles, replaces, swaps or inserts a token, or joins two lines.
fn mutate(source: &[u8], r: &mut Random) -> Vec<u8> {
    let t = lex(source);
    let n = t.kinds.len() - 1;
    let i = r.below(n);
    let (start, end) = (t.starts[i] as usize, t.ends[i] as usize);
    let splice = |from: usize, to: usize, with: &[u8]| [&source[..from], with, &source[to..]].concat();
    match r.below(8) {
        0 => splice(start, end, b""),
        1 => splice(start, start, &[&source[start..end], b" "].concat()),
        2 => {
            let j = r.below(n);
            splice(start, end, &source[t.starts[j] as usize..t.ends[j] as usize])
        }
        3 if i + 1 < n => {
            let (next, stop) = (t.starts[i + 1] as usize, t.ends[i + 1] as usize);
            splice(start, stop, &[&source[next..stop], &source[end..next], &source[start..end]].concat())
        }
        4 => splice(start, end, INSERTED[r.below(64)].as_bytes()),
        5 => splice(start, start, INSERTED[r.below(64)].as_bytes()),
        6 => match source[start..].iter().position(|b| *b == b'\n') {
            Some(p) => splice(start + p, start + p + 1, b" "),
            None => splice(start, end, b""),
        },
        _ => splice(end, end, [" ", "\n", "\n\n\n", "//", "///", "\r", "\x01"][r.below(7)].as_bytes()),
    }
}

/// What real Zig says first about a source, `line:column: text`, and its notes.
fn oracle(zig: &Path, source: &[u8]) -> Option<Vec<String>> {
    let mut child = Command::new(zig)
        .args(["fmt", "--stdin", "--color", "off"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let source = source.to_vec();
    let writer = std::thread::spawn(move || {
        // Real Zig may stop reading early.
        let _ = stdin.write_all(&source);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let is_message = |l: &&str| l.starts_with("<stdin>:") && !l.contains(":-:");
    let lines = text.lines().filter(is_message).map(|l| l["<stdin>:".len()..].to_owned());
    // A crash of real Zig says nothing.
    output.status.code().map(|_| lines.collect())
}

fn ours(source: &[u8], interner: &Interner) -> Vec<String> {
    let tree = AstTree::parse(Arc::from(source), interner, None);
    let Some(e) = tree.error() else { return Vec::new() };
    let place = |at: u32| {
        let (l, c) = tree.line_column(at);
        format!("{l}:{c}")
    };
    std::iter::once(format!("{}: error: {}", place(e.main), e.text))
        .chain(e.notes.iter().map(|(text, start, _)| format!("{}: note: {text}", place(*start))))
        .collect()
}

#[test]
fn mutants_fail_as_in_real_zig() {
    let files = common::corpus("mutants_fail_as_in_real_zig");
    let Some(zig) = common::zig_lib_dir().and_then(|d| Some(d.parent()?.join("zig"))).filter(|z| z.is_file()) else {
        println!("mutants_fail_as_in_real_zig: skipped, real Zig is not installed");
        return;
    };
    let number = |name: &str, otherwise| std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(otherwise);
    let count: usize = number("MUTANTS", 300);
    let mut r = Random(number("MUTANT_SEED", 1) as u64);
    let files: Vec<_> = files.iter().filter(|(_, s)| s.len() < 60_000 && lex(s).kinds.len() > 10).collect();
    let interner = Interner::new();
    let mut failures = Vec::new();
    let mut refused = 0;
    for n in 0..count {
        let (path, source) = files[r.below(files.len())];
        let mutant = mutate(source, &mut r);
        let Some(expected) = oracle(&zig, &mutant) else { continue };
        let found = ours(&mutant, &interner);
        refused += usize::from(!expected.is_empty());
        if found != expected {
            let kept = std::env::temp_dir().join(format!("mutant-{n}.zig"));
            std::fs::write(&kept, &mutant).unwrap();
            let name = path.file_name().unwrap_or_default().display();
            failures.push(format!("{name} {}\n  expected {expected:?}\n  found    {found:?}", kept.display()));
        }
        assert!(lex(&mutant).kinds.last() == Some(&Kind::Eof));
    }
    println!("{refused} of {count} mutants refused");
    assert!(refused > count / 3, "the mutants are too tame");
    assert!(failures.is_empty(), "{}:\n{}", failures.len(), failures.join("\n"));
}
