//! The IR of small sources, as a person reads it: each file of `dump/` has a snapshot.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use ir::{Dump, file_messages, lower_file};
use syntax::{AstTree, Interner};

#[test]
fn snapshots() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dump");
    let mut files: Vec<_> = std::fs::read_dir(dir).unwrap().flatten().map(|e| e.path()).collect();
    files.retain(|p| p.extension().is_some_and(|e| e == "zig"));
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let source = std::fs::read(&file).unwrap();
        let interner = Interner::new();
        let tree = AstTree::parse(Arc::from(source.clone()), &interner, None);
        assert!(tree.error().is_none(), "{}: {:?}", file.display(), tree.error());
        let ir = lower_file(&tree, &interner, None);
        let mut text = String::from_utf8(source).unwrap();
        text.push_str("----\n");
        for m in &ir {
            writeln!(text, "{}", Dump { ir: m, interner: &interner }).unwrap();
        }
        for m in file_messages(&tree, &ir, &interner) {
            writeln!(text, "{}: {}", tree.line_column(m.at).0, m.text).unwrap();
        }
        let mut settings = insta::Settings::new();
        settings.set_omit_expression(true);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_snapshot_path("dump");
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        settings.bind(|| insta::assert_snapshot!(name, text));
    }
}

/// Lowering again with the tree before as a source of unchanged members gives the same, and
/// shares what did not change.
#[test]
fn unchanged_members_are_shared() {
    let interner = Interner::new();
    let old = "fn f(comptime T: type) type { return struct { a: T, fn g() u8 { return 1; } }; }\nconst x = 1;\n";
    let new =
        "// moved\nconst x = 1;\nfn f(comptime T: type) type { return struct { a: T, fn g() u8 { return 2; } }; }\n";
    let t1 = AstTree::parse(Arc::from(old.as_bytes()), &interner, None);
    let ir1 = lower_file(&t1, &interner, None);
    let t2 = AstTree::parse(Arc::from(new.as_bytes()), &interner, Some(&t1));
    let ir2 = lower_file(&t2, &interner, Some((&t1, &ir1)));
    let fresh = lower_file(&t2, &interner, None);
    assert_eq!(ir2.len(), 4);
    for (a, b) in ir2.iter().zip(&fresh) {
        let show = |ir| Dump { ir, interner: &interner }.to_string();
        assert_eq!(show(a), show(b));
    }
    let shared = ir2.iter().filter(|a| ir1.iter().any(|b| Arc::ptr_eq(a, b))).count();
    assert_eq!(shared, 3, "all but `g` are as before");
}
