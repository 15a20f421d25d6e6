//! Over real Zig's library: every file parses; members found by the splitter are those that a
//! parse of the whole file finds, with the same trees; token lookups agree with each other.

#![allow(clippy::unwrap_used, reason = "a test may fail by it")]

mod common;

use std::sync::Arc;

use syntax::{AstTree, FileTree, Interner, MemberIx, NodeId, Tok, whole_file};

#[test]
fn every_file_parses_member_wise_as_whole() {
    let interner = Interner::new();
    let mut nodes = 0;
    let mut file = FileTree::new();
    for (path, source) in common::corpus("every_file_parses_member_wise_as_whole") {
        let tree = AstTree::parse(Arc::from(&source[..]), &interner, None);
        assert_eq!(tree.error(), None, "{}", path.display());
        let whole = whole_file(&source).unwrap_or_else(|| panic!("{}: no whole parse", path.display()));
        assert_eq!(whole.len(), tree.members().len(), "{}", path.display());
        let mut members = 0;
        for (w, m) in whole.iter().zip(tree.members()) {
            let place = format!("{}:{}", path.display(), tree.line_column(tree.tokens().starts[w.base]).0);
            assert_eq!((w.base, w.end), (m.base as usize, m.end as usize), "{place}");
            assert_eq!(w.container, m.container.0 as usize, "{place}");
            assert_eq!(w.kind, m.kind, "{place}");
            assert_eq!(w.ast, *m.ast, "{place}");
            members += m.ast.len();
        }
        assert_eq!(file.parse(&source), Ok(()), "{}", path.display());
        assert_eq!(file.node_count(), members, "{}", path.display());
        assert_eq!(file.token_count(), tree.tokens().kinds.len() + tree.tokens().docs.len(), "{}", path.display());
        nodes += members;
    }
    println!("{nodes} nodes");
}

#[test]
fn tokens_are_located_where_members_say() {
    let interner = Interner::new();
    for (path, source) in common::corpus("tokens_are_located_where_members_say") {
        let tree = AstTree::parse(Arc::from(&source[..]), &interner, None);
        for (i, m) in tree.members().iter().enumerate() {
            let ix = MemberIx(i as u32);
            assert_eq!(tree.locate(m.base), Some((ix, Tok(0))), "{}", path.display());
            let (_, last) = tree.locate(m.end - 1).unwrap();
            assert_eq!(tree.token_index(ix, last), m.end - 1, "{}", path.display());
            for n in 0..m.ast.len() {
                let id = NodeId(n as u32);
                let (first, end) = m.ast.token_range(id);
                let main = m.ast.main_token(id);
                assert!(first <= main && main <= end && end <= last, "{}: {:?}", path.display(), m.ast.node(id));
                let index = tree.token_index(ix, main);
                assert_eq!(tree.locate(index), Some((ix, main)), "{}", path.display());
            }
        }
    }
}

#[test]
fn a_second_parse_shares_every_member() {
    let interner = Interner::new();
    for (path, source) in common::corpus("a_second_parse_shares_every_member") {
        let first = AstTree::parse(Arc::from(&source[..]), &interner, None);
        let moved: Vec<u8> = [b"// moved\n\n", &source[..]].concat();
        if source.starts_with(b"\xEF\xBB\xBF") {
            continue;
        }
        let second = AstTree::parse(Arc::from(&moved[..]), &interner, Some(&first));
        assert_eq!(second.error(), None);
        for (a, b) in first.members().iter().zip(second.members()) {
            assert_eq!(a.hash, b.hash, "{}", path.display());
            assert_eq!(*a.ast, *b.ast, "{}", path.display());
        }
        for (a, b) in first.containers().iter().zip(second.containers()) {
            assert_eq!(a.fields_hash, b.fields_hash, "{}", path.display());
        }
        // Equal members share one of the equal trees of before.
        let shared = |b: &syntax::Member| first.members().iter().any(|a| Arc::ptr_eq(&a.ast, &b.ast));
        assert!(second.members().iter().all(shared), "{}", path.display());
    }
}
