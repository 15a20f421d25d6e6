//! Deep and long input: lowering ends with a message, not with the stack.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use ir::{file_messages, lower_file};
use syntax::{AstTree, Interner};

/// Messages of a source, lowered on a thread with the stack that thread pools give by default.
fn messages(source: String) -> Vec<String> {
    let work = move || {
        let interner = Interner::new();
        let tree = AstTree::parse(Arc::from(source.into_bytes()), &interner, None);
        assert!(tree.error().is_none(), "{:?}", tree.error());
        let ir = lower_file(&tree, &interner, None);
        file_messages(&tree, &ir, &interner).into_iter().map(|m| m.text).collect()
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(work).unwrap().join().unwrap()
}

/// `open` and `close` so often around `inner`.
fn nested(n: usize, open: &str, inner: &str, close: &str) -> String {
    format!("{}{inner}{}", open.repeat(n), close.repeat(n))
}

#[test]
fn as_deep_as_the_parser_allows() {
    let n = 240;
    for (what, body) in [
        ("parentheses", format!("_ = {};", nested(n, "(", "1", ")"))),
        ("calls", format!("_ = {};", nested(n, "f(", "1", ")"))),
        ("blocks", nested(n, "{", "", "}")),
        ("labelled blocks", format!("_ = {};", nested(n / 2, "blk: { const x = ", "1", "; _ = x; break :blk 1; }"))),
        ("ifs", nested(n, "if (true) {", "", "}")),
        ("whiles", nested(n, "while (true) {", "", "}")),
        ("switches", nested(n, "switch (1) { else => ", "{}", " }")),
        ("initialisers", format!("_ = {};", nested(n, ".{ .a = ", "1", " }"))),
        ("types", format!("const x: {} = 1; _ = x;", nested(n, "?*", "u8", ""))),
        ("try", format!("_ = {};", nested(n, "try ", "f(1)", ""))),
    ] {
        let out = messages(format!("fn f(p: anytype) !void {{ _ = p; {body} }}"));
        let other: Vec<_> = out.iter().filter(|m| !m.contains("label") && !m.contains("shadows")).collect();
        assert!(other.is_empty(), "{what}: {other:?}");
    }
}

#[test]
fn long_chains_are_no_depth() {
    let terms = |op: &str| vec!["a"; 9_000].join(op);
    for op in [" + ", " ++ ", " and ", " | "] {
        let out = messages(format!("const a = 1;\nconst x = {};\n", terms(op)));
        assert!(out.is_empty(), "{op}: {out:?}");
    }
}

#[test]
fn deeper_is_a_message() {
    let out = messages(format!("const a = 1;\nconst x = a{};\n", ".b".repeat(9_000)));
    assert_eq!(out, ["expression is nested too deeply"]);
    let out = messages(format!("const a = 1;\nconst x = a{};\n", "()".repeat(9_000)));
    assert_eq!(out, ["expression is nested too deeply"]);
}
