//! The grammar against the hand-written parser: the same trees over real Zig's library, the same
//! verdict over its one-token mutants and over the syntax fixtures.

#![allow(clippy::unwrap_used, reason = "a test may fail by it")]

#[path = "../../syntax/tests/common/mod.rs"]
mod common;

use std::path::Path;
use std::sync::Arc;

use syntax::token::lex;
use syntax::{AstTree, Interner};

#[test]
fn both_build_the_same_trees() {
    let interner = Interner::new();
    for (path, source) in common::corpus("both_build_the_same_trees") {
        let tree = AstTree::parse(Arc::from(&source[..]), &interner, None);
        assert_eq!(grammar::verify(&tree), Ok(()), "{}", path.display());
        assert_eq!(tree.error(), None);
    }
}

#[test]
fn both_take_what_is_seldom_written() {
    // As real Zig: an index may begin with a pointer type, a type of a field with most things.
    for source in
        ["const a = b[*c];", "const a = b[ *const c .. *d];", "const A = struct { packed struct {}, for (b) |_| c };"]
    {
        let tree = AstTree::parse(Arc::from(source.as_bytes()), &Interner::new(), None);
        assert_eq!((grammar::verify(&tree), tree.error()), (Ok(()), None), "{source}");
    }
}

#[test]
fn both_refuse_the_fixtures() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/syntax");
    let interner = Interner::new();
    let mut count = 0;
    for path in std::fs::read_dir(dir).unwrap().flatten().map(|e| e.path()) {
        if path.extension().is_none_or(|e| e != "zig") {
            continue;
        }
        let tree = AstTree::parse(std::fs::read(&path).unwrap().into(), &interner, None);
        assert_eq!(grammar::verify(&tree), Ok(()), "{}", path.display());
        count += 1;
    }
    assert!(count > 100);
}

/// Replaces, deletes, doubles or swaps a token.
fn mutate(source: &[u8], random: &mut impl FnMut(usize) -> usize) -> Vec<u8> {
    let t = lex(source);
    let n = t.kinds.len() - 1;
    let span = |i: usize| t.starts[i] as usize..t.ends[i] as usize;
    let i = random(n);
    let at = span(i);
    let other = span(random(n));
    let with: Vec<u8> = match random(4) {
        0 => Vec::new(),
        1 => source[other].to_vec(),
        2 => [&source[at.clone()], b" ", &source[at.clone()]].concat(),
        _ => [&source[other], b" ", &source[at.clone()]].concat(),
    };
    [&source[..at.start], &with, &source[at.end..]].concat()
}

/// A generator of numbers below a bound.
fn numbers(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |n| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((state >> 33) % n as u64) as usize
    }
}

/// Bytes that begin, end or spoil tokens.
const BYTES: &[u8] = b"\0\t\n\r \x1f\x7f\x80\xff!\"%&'*+-./0129:<=>?@AZ[\\]^_`aefpxz{|}~";

#[test]
fn both_find_the_same_tokens_in_any_bytes() {
    let mut random = numbers(11);
    let interner = Interner::new();
    let mut invalid = 0;
    let count = 20_000;
    for _ in 0..count {
        let len = random(24);
        let source: Vec<u8> = (0..len).map(|_| BYTES[random(BYTES.len())]).collect();
        let tree = AstTree::parse(Arc::from(&source[..]), &interner, None);
        invalid += usize::from(tree.tokens().invalid);
        assert_eq!(grammar::verify(&tree), Ok(()), "{:?}", String::from_utf8_lossy(&source));
    }
    assert!(invalid > count / 10 && invalid < count);
}

#[test]
fn both_decide_alike_over_mutants() {
    let files = common::corpus("both_decide_alike_over_mutants");
    let files: Vec<_> = files.iter().filter(|(_, s)| s.len() < 20_000 && lex(s).kinds.len() > 10).collect();
    if files.is_empty() {
        return;
    }
    let count: usize = std::env::var("MUTANTS").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000);
    let mut random = numbers(5);
    let interner = Interner::new();
    let mut refused = 0;
    let mut failures = Vec::new();
    for _ in 0..count {
        let (path, source) = files[random(files.len())];
        let mutant = mutate(source, &mut random);
        let tree = AstTree::parse(Arc::from(mutant), &interner, None);
        refused += usize::from(tree.error().is_some());
        if let Err(why) = grammar::verify(&tree) {
            let place = tree.error().map(|e| tree.line_column(e.main));
            failures.push(format!("{} {place:?}: {why}", path.display()));
        }
    }
    assert!(refused > count / 3 && refused < count);
    assert!(failures.is_empty(), "{} of {count}:\n{}", failures.len(), failures.join("\n"));
}
