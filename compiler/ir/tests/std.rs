//! Every file of real Zig's library lowers without a message: `zig ast-check` finds none either.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::Arc;

use ir::{file_messages, lower_file};
use syntax::{AstTree, Interner};

#[test]
fn library_has_no_messages() {
    let interner = Interner::new();
    let mut wrong = Vec::new();
    let (mut lines, mut insts, mut members) = (0, 0, 0);
    let [mut parse, mut lower, mut check] = [std::time::Duration::ZERO; 3];
    for (path, source) in common::corpus("library_has_no_messages") {
        lines += source.iter().filter(|&&b| b == b'\n').count();
        let t = std::time::Instant::now();
        let tree = AstTree::parse(Arc::from(source), &interner, None);
        parse += t.elapsed();
        assert!(tree.error().is_none(), "{}: {:?}", path.display(), tree.error());
        let t = std::time::Instant::now();
        let ir = lower_file(&tree, &interner, None);
        lower += t.elapsed();
        let t = std::time::Instant::now();
        let messages = file_messages(&tree, &ir, &interner);
        check += t.elapsed();
        for m in messages {
            let (line, column) = tree.line_column(m.at);
            wrong.push(format!("{}:{line}:{column}: {}", path.display(), m.text));
        }
        members += ir.len();
        insts += ir.iter().map(|m| m.insts.len()).sum::<usize>();
    }
    println!(
        "{lines} lines, {members} members, {insts} instructions; parse {parse:?}, lower {lower:?}, check {check:?}"
    );
    assert!(
        wrong.is_empty(),
        "{} messages:\n{}",
        wrong.len(),
        wrong.iter().take(60).cloned().collect::<Vec<_>>().join("\n")
    );
}
