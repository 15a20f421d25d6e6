//! The cases of `fixtures/syntax`: the first error of each file, as its trailing comment block
//! expects it and real Zig reports it.

#![allow(clippy::unwrap_used, reason = "a test may fail by it")]

use std::path::Path;
use std::sync::Arc;

use syntax::{AstTree, FileTree, Interner};

/// The error and its notes, one a line: `:line:column: error: text`.
fn rendered(tree: &AstTree) -> Vec<String> {
    let Some(e) = tree.error() else { return Vec::new() };
    let line = |what: &str, at: u32, text: &str| {
        let (l, c) = tree.line_column(at);
        format!(":{l}:{c}: {what}: {text}")
    };
    std::iter::once(line("error", e.main, &e.text))
        .chain(e.notes.iter().map(|(text, start, _)| line("note", *start, text)))
        .collect()
}

#[test]
fn first_errors_are_those_expected() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/syntax");
    let mut files: Vec<_> = std::fs::read_dir(dir).unwrap().flatten().map(|e| e.path()).collect();
    files.sort();
    let interner = Interner::new();
    let mut file = FileTree::new();
    let mut failures = Vec::new();
    let mut checked = 0;
    for path in files.iter().filter(|p| p.extension().is_some_and(|e| e == "zig")) {
        let source = std::fs::read(path).unwrap();
        let marker = b"// syntax\n";
        let at = source.windows(marker.len()).rposition(|w| w == marker).unwrap();
        let block = String::from_utf8_lossy(&source[at..]).into_owned();
        let expected: Vec<String> =
            block.lines().filter_map(|l| l.strip_prefix("// :")).map(|l| format!(":{l}")).collect();
        let tree = AstTree::parse(Arc::from(&source[..at]), &interner, None);
        let found = rendered(&tree);
        assert_eq!(file.parse(&source[..at]).err().as_ref(), tree.error(), "{}", path.display());
        checked += 1;
        if found != expected {
            failures.push(format!("{}\n  expected {expected:?}\n  found    {found:?}", path.display()));
        }
    }
    assert!(checked > 100);
    assert!(failures.is_empty(), "{} of {checked}:\n{}", failures.len(), failures.join("\n"));
}
