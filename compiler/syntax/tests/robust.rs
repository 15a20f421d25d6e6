//! No input crashes the front of the compiler: deep nesting, long chains, random bytes and random
//! tokens all give a tree or an error; and edits leave alone what they do not touch.

use std::sync::Arc;

use syntax::{AstTree, FileTree, Interner, MemberKind};

fn parse(source: impl AsRef<[u8]>) -> AstTree {
    AstTree::parse(Arc::from(source.as_ref()), &Interner::new(), None)
}

#[test]
fn trees_are_shared_between_threads() {
    fn shareable<T: Send + Sync>(_: &T) {}
    shareable(&parse(""));
}

#[test]
fn deep_nesting_is_an_error() {
    let shapes = [
        ("const x = ", "(", "1", ")", ";"),
        ("const x = ", "-", "1", "", ";"),
        ("const x: ", "?", "u8", "", " = 1;"),
        ("const x: ", "[1]", "u8", "", " = 1;"),
        ("const x = ", ".{", "", "}", ";"),
        ("const x = ", "struct { const y = ", "1", "; }", ";"),
        ("const x = ", "struct { y: ", "u8", "}", ";"),
        ("const x = ", "f(", "", ")", ";"),
        ("const x = ", "a[", "1", "]", ";"),
        ("fn f() void ", "{ ", "", " }", ""),
        ("fn f() void { ", "if (a) {} else ", "{}", "", " }"),
        ("fn f() void { ", "while (a) ", "{}", "", "; }"),
        ("fn f() void { x = ", "if (a) ", "b", " else c", "; }"),
        ("fn f() void { x = ", "switch (a) { else => ", "b", " }", "; }"),
        ("const x = ", "comptime ", "1", "", ";"),
        ("const x = ", "try ", "1", "", ";"),
        ("const x = ", "a!", "b", "", ";"),
        ("const x = ", "fn () ", "u8", "", ";"),
        ("const x = ", "enum(", "u8", ") {}", ";"),
        ("const x = ", "a orelse b and c + d * ", "e", "", ";"),
        ("const x = ", "a.b().c[0].* ++ ", "e", "", ";"),
    ];
    for (before, open, middle, close, after) in shapes {
        for depth in [10, 100_000] {
            let source = format!("{before}{}{middle}{}{after}", open.repeat(depth), close.repeat(depth));
            let tree = parse(source);
            match tree.error() {
                None => {}
                Some(e) => assert!(depth > 10 && e.text == "nesting is too deep", "{open}: {}", e.text),
            }
            assert_eq!(tree.error().is_none(), depth == 10, "{open}");
        }
    }
}

#[test]
fn ordinary_depth_parses() {
    let source = format!("const x = {}1{};", "(".repeat(200), ")".repeat(200));
    assert_eq!(parse(source).error(), None);
    let source = format!("fn f() void {{ {} {{}} }}", "if (a) {} else ".repeat(200));
    assert_eq!(parse(source).error(), None);
    let source = format!("const x = 1{};", " + 1".repeat(9_000));
    assert_eq!(parse(source).error(), None);
}

#[test]
fn random_input_gives_a_tree_or_an_error() {
    let words: Vec<&str> =
        "( ) { } [ ] ; , : . = == => | * ** & ? ! - + .. ... .* .** .{ -> @import @ ' \" \\\\ /// //! // 0 \
        name @\"q\" const var fn pub test comptime struct enum union opaque error switch if else while for return \
        break continue defer errdefer catch orelse and or inline noinline extern export packed asm volatile align \
        addrspace linksection callconv threadlocal anytype anyframe suspend resume nosuspend try unreachable \n \r \t \
        \u{1} \u{feff} \u{7f}"
            .split(' ')
            .collect();
    let mut state = 1u64;
    let mut random = |n: usize| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((state >> 33) % n as u64) as usize
    };
    let mut accepted = 0;
    let mut file = FileTree::new();
    for _ in 0..60_000 {
        let mut source = Vec::new();
        for _ in 0..random(12) {
            if random(20) == 0 {
                source.push(random(256) as u8);
            } else {
                source.extend_from_slice(words[random(words.len())].as_bytes());
            }
            if random(4) != 0 {
                source.push(b" \n"[random(2)]);
            }
        }
        let tree = parse(&source);
        let text = String::from_utf8_lossy(&source).into_owned();
        assert_eq!(file.parse(&source).err().as_ref(), tree.error(), "{text:?}");
        match tree.error() {
            None => accepted += 1,
            Some(e) => {
                assert!(!e.text.contains("internal error"), "{text:?}");
                assert!(e.start <= e.main && e.main as usize <= source.len() + 8, "{text:?}");
            }
        }
    }
    assert!(accepted > 100);
}

const BEFORE: &str = "\
//! File.

/// A list.
pub fn List(T: type) type {
    return struct {
        items: []T,
        len: usize = 0,

        /// Adds.
        pub fn add(self: *@This(), x: T) void {
            self.items[self.len] = x;
        }
        fn gone() void {}
    };
}
const a = @import(\"a.zig\").b;
test \"list\" {
    const L = struct { x: u8 };
    _ = L;
}
comptime {}
";

#[test]
fn members_are_found_at_any_depth() {
    let interner = Interner::new();
    let tree = AstTree::parse(Arc::from(BEFORE.as_bytes()), &interner, None);
    let found: Vec<_> = tree
        .members()
        .iter()
        .map(|m| (m.kind, m.name.map(|n| interner.display(n)).unwrap_or_default(), m.is_pub, m.container.0))
        .collect();
    let expected = [
        (MemberKind::Fn, "List", true, 0),
        (MemberKind::Field, "items", false, 1),
        (MemberKind::Field, "len", false, 1),
        (MemberKind::Fn, "add", true, 1),
        (MemberKind::Fn, "gone", false, 1),
        (MemberKind::Const, "a", false, 0),
        (MemberKind::Test, "list", false, 0),
        (MemberKind::Field, "x", false, 2),
        (MemberKind::Comptime, "", false, 0),
    ];
    assert_eq!(found, expected.map(|(k, n, p, c)| (k, n.to_owned(), p, c)));
    assert_eq!(tree.doc(syntax::MemberIx(3)).as_deref(), Some("Adds."));
    let import = tree.imports()[0];
    assert_eq!(tree.text(import.member, import.path), b"\"a.zig\"");
    assert_eq!(tree.imports().len(), 1);
}

/// What an edit changes: the indices of members whose signature, body or tree differ.
fn changed(from: &str, to: &str) -> (Vec<usize>, Vec<usize>, Vec<usize>) {
    let interner = Interner::new();
    let before = AstTree::parse(Arc::from(BEFORE.as_bytes()), &interner, None);
    let after = BEFORE.replacen(from, to, 1);
    assert_ne!(after, BEFORE);
    let after = AstTree::parse(Arc::from(after.as_bytes()), &interner, Some(&before));
    assert_eq!(after.error(), None);
    let pairs: Vec<_> = before.members().iter().zip(after.members()).collect();
    let which = |differ: &dyn Fn(&syntax::Member, &syntax::Member) -> bool| {
        pairs.iter().enumerate().filter(|(_, (a, b))| differ(a, b)).map(|(i, _)| i).collect()
    };
    (
        which(&|a, b| a.hash.sig != b.hash.sig),
        which(&|a, b| a.hash.body != b.hash.body),
        which(&|a, b| !Arc::ptr_eq(&a.ast, &b.ast)),
    )
}

#[test]
fn edits_change_what_they_touch() {
    let none: Vec<usize> = Vec::new();
    // Comments, blanks and doc comments are free.
    assert_eq!(changed("//! File.", "//! Other.\n\n// more"), (none.clone(), none.clone(), none.clone()));
    assert_eq!(changed("/// Adds.", "/// Adds\n/// more."), (none.clone(), none.clone(), none.clone()));
    assert_eq!(changed("= x;", "=\n  x;"), (none.clone(), none.clone(), none.clone()));
    // A method's body is its own affair; so is a field.
    assert_eq!(changed("self.items[self.len] = x;", ""), (none.clone(), vec![3], vec![3]));
    assert_eq!(changed("len: usize = 0", "len: usize = 10"), (none.clone(), vec![2], vec![2]));
    assert_eq!(changed("x: T)", "y: T)"), (vec![3], none.clone(), vec![3]));
    assert_eq!(changed("struct { x: u8 }", "packed struct { x: u8 }"), (none, vec![6], vec![6]));
}

#[test]
fn blanks_that_matter_are_seen_on_reuse() {
    let interner = Interner::new();
    let before = AstTree::parse(Arc::from(&b"const a = b + c;"[..]), &interner, None);
    assert_eq!(before.error(), None);
    let after = AstTree::parse(Arc::from(&b"const a = b +c;"[..]), &interner, Some(&before));
    assert!(after.error().is_some_and(|e| e.text.contains("whitespace")));
}
