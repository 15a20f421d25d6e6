//! Fuzzes the front of the compiler in one process, without a special build: `fuzz SECONDS [SEED [TARGET…]]`
//! spends so long on each of lexer, parser, formatter and name checker, with random damage to the
//! fixtures of this repository. What it claims of each input:
//!
//! - lexer: the tokens tile the text in order, and are those of the normative lexer;
//! - parser: it accepts what the grammar accepts, with the same trees, and finds the same error in the
//!   file as one tree;
//! - formatter: the canonical form parses. How often it has other tokens (`fmt` leaves such files
//!   alone) or another canonical form is only counted: real Zig's does too, and ours is the same;
//! - name checker: it ends, and its messages lie within the text.
//!
//! An input that breaks a claim is written to `fuzz-TARGET-N.zig`, and the exit code is 1.

#![allow(clippy::unwrap_used, reason = "a fuzzer fails by panicking")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use syntax::render::{format, same_tokens};
use syntax::token::lex;
use syntax::{AstTree, FileTree, Interner, SyntaxError};

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 33) % n.max(1) as u64) as usize
    }
}

/// Bytes that begin, end or spoil tokens.
const BYTES: &[u8] = b"\0\t\n\r !\"#%&'()*+,-./0129:;<=>?@A[\\]^_aex{|}~\x7f\x80\xff";

/// One to four changes: a byte, a deletion, a piece of another input, or a piece of itself.
fn damage(inputs: &[Vec<u8>], r: &mut Random) -> Vec<u8> {
    let mut text = inputs[r.below(inputs.len())].clone();
    for _ in 0..=r.below(4) {
        let from = r.below(text.len() + 1);
        let to = (from + r.below(40)).min(text.len());
        let other = if r.below(2) == 0 { &inputs[r.below(inputs.len())] } else { &text };
        let start = r.below(other.len() + 1);
        let piece = other[start..(start + r.below(60)).min(other.len())].to_vec();
        match r.below(4) {
            0 => drop(text.splice(from..from, [BYTES[r.below(BYTES.len())]])),
            1 => drop(text.drain(from..to)),
            2 => drop(text.splice(from..from, piece)),
            _ => drop(text.splice(from..to, piece)),
        }
    }
    text
}

fn lexer(source: &[u8]) -> Result<(), String> {
    let t = lex(source);
    let mut end = 0;
    for i in 0..t.kinds.len() {
        if t.starts[i] < end || t.ends[i] < t.starts[i] || t.ends[i] as usize > source.len() {
            return Err(format!("token {i} is out of place"));
        }
        end = t.ends[i];
    }
    Ok(())
}

fn tree(source: &[u8], names: &Interner) -> AstTree {
    AstTree::parse(Arc::from(source), names, None)
}

fn parser(source: &[u8]) -> Result<(), String> {
    let tree = tree(source, &Interner::new());
    let whole = FileTree::new().parse(source).err();
    // As one tree, members have the depth of those around them.
    let too_deep = |e: Option<&SyntaxError>| e.is_some_and(|e| e.text == "nesting is too deep");
    if whole.as_ref() != tree.error() && !too_deep(whole.as_ref()) && !too_deep(tree.error()) {
        return Err("the file as one tree has another error".into());
    }
    grammar::verify(&tree)
}

/// Inputs whose canonical form has other tokens, or another canonical form.
static RESTLESS: AtomicU64 = AtomicU64::new(0);

fn formatter(source: &[u8]) -> Result<(), String> {
    let Ok(once) = format(source) else { return Ok(()) };
    let other_tokens = !same_tokens(source, &once);
    match format(&once) {
        Ok(twice) => {
            RESTLESS.fetch_add(u64::from(other_tokens || twice != once), Relaxed);
            Ok(())
        }
        Err(_) if other_tokens => {
            RESTLESS.fetch_add(1, Relaxed);
            Ok(())
        }
        Err(e) => Err(format!("the canonical form is refused: {e}")),
    }
}

fn checker(source: &[u8]) -> Result<(), String> {
    let names = Interner::new();
    let tree = tree(source, &names);
    if tree.error().is_some() {
        return Ok(());
    }
    let lowered = ir::lower_file(&tree, &names, None);
    for m in ir::file_messages(&tree, &lowered, &names) {
        if m.at as usize > source.len() || m.notes.iter().any(|(_, at)| *at as usize > source.len()) {
            return Err(format!("a message lies outside: {}", m.text));
        }
    }
    Ok(())
}

fn inputs() -> Vec<Vec<u8>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    for dir in
        ["tests/messages", "../../fixtures/error", "../../fixtures/run", "../../fixtures/syntax", "../../fixtures/fmt"]
    {
        paths.extend(std::fs::read_dir(here.join(dir)).unwrap().flatten().map(|e| e.path()));
    }
    paths.retain(|p| p.extension().is_some_and(|e| e == "zig"));
    paths.sort();
    paths.iter().map(|p| std::fs::read(p).unwrap()).filter(|s| s.len() < 20_000).collect()
}

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let mut number = |default| args.next().map_or(default, |a| a.parse::<u64>().unwrap());
    let (time, seed) = (Duration::from_secs(number(600)), number(1));
    let wanted: Vec<String> = args.collect();
    let inputs = inputs();
    let mut findings = 0;
    let targets: [(&str, fn(&[u8]) -> Result<(), String>); 4] =
        [("lexer", lexer), ("parser", parser), ("fmt", formatter), ("ast-check", checker)];
    for (name, target) in targets {
        if !wanted.is_empty() && !wanted.iter().any(|w| w == name) {
            continue;
        }
        let mut r = Random(seed);
        let (start, mut count, mut found) = (Instant::now(), 0u64, 0);
        while start.elapsed() < time {
            let source = damage(&inputs, &mut r);
            let result = catch_unwind(AssertUnwindSafe(|| target(&source)));
            count += 1;
            let Err(why) = result.unwrap_or_else(|_| Err("a panic".into())) else { continue };
            found += 1;
            if found <= 20 {
                let path = format!("fuzz-{name}-{count}.zig");
                std::fs::write(&path, &source).unwrap();
                println!("{path}: {why}");
            }
        }
        println!("{name}: {count} executions in {} s, {found} findings", time.as_secs());
        findings += found;
    }
    println!("fmt: {} inputs whose canonical form is not stable", RESTLESS.load(Relaxed));
    ExitCode::from(u8::from(findings > 0))
}
