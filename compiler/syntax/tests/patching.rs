//! Edits: a parse upon the one before equals a parse of the whole text, whatever was changed, and
//! an edit within one member costs no more than that member.

use std::sync::Arc;

use syntax::{AstTree, Interner, Kind};

/// Members and containers in and around each other, imports, doc comments, multi-line strings.
const SOURCE: &str = r#"//! A file.
const std = @import("std");

const limit: u32 = 100; // at most
pub const List = struct {
    items: []u8, // comma and comment
    len: usize = 0,

    const Node = union(enum) { a: u8, b: enum(u8) { x, y = 2, _ } };

    /// Adds.
    pub fn add(self: *List, item: u8) !void {
        if (self.len >= limit) return error.Full; // no room
        const Local = extern struct {
            a: u32,
            fn get(l: @This()) u32 {
                return l.a + 1;
            }
        };
        const l = Local{ .a = 3 };
        self.items[self.len] = item +% @as(u8, @intCast(l.get()));
        self.len += 1;
    }

    fn other(x: []const u8) void {
        const text =
            \\ one {
            \\ two (
        ;
        for (x, text) |a, b| switch (a) {
            1, 2 => {},
            else => _ = @import("other.zig").f(.{ a, b }),
        };
    }
};

fn Generic(comptime T: type) type {
    return struct {
        value: T,
        const Self = @This();
        fn init(v: T) Self {
            return .{ .value = v };
        }
    };
}

test "a name" {
    const x = Generic(u8).init(1);
    _ = x;
}
comptime {
    _ = limit;
}
extern fn write(fd: i32) isize;
fn last() void {}
"#;

/// What can be put in place of something, or between two things.
const PIECES: [&str; 52] = [
    " ",
    "\n",
    "\n\n",
    "// c\n",
    "/// d\n",
    "//! e\n",
    "x",
    "1",
    "12",
    "\"s\"",
    "'c'",
    "+",
    "- ",
    "*",
    ".",
    "..",
    ",",
    ";",
    ":",
    "=",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "|",
    "struct",
    "enum",
    "union",
    " opaque {}",
    "fn",
    "const",
    "@import",
    "@import(\"a.zig\")",
    "return",
    "{ _ = a; }",
    "struct { a: u8 }",
    "\\\\ text\n",
    "\"",
    "extern ",
    "packed ",
    "(u8)",
    "(enum)",
    "pub ",
    "export ",
    "inline ",
    "comptime ",
    "threadlocal ",
    "test",
    "align(1) ",
    "error",
];

/// A small generator: Numerical Recipes' constants for 64 bits, the upper half.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }
}

/// Everything that can be seen of a tree but its source.
fn seen(t: &AstTree) -> Vec<String> {
    let mut out = vec![format!("{:?} {:?} {:?}", t.error(), t.imports(), t.tokens())];
    for (i, m) in t.members().iter().enumerate() {
        let places: Vec<u32> =
            (0..=m.end - m.base).map(|tok| t.token_index(syntax::MemberIx(i as u32), syntax::Tok(tok))).collect();
        out.push(format!(
            "{:?} {:?} {} {:?} {}..{} {:?} {:?} {:?} {places:?}",
            m.kind, m.name, m.is_pub, m.container, m.base, m.end, m.hash, m.containers, m.ast
        ));
    }
    out.extend(t.containers().iter().map(|c| format!("{c:?}")));
    let ends = t.source().len() as u32;
    out.push(format!("{:?}", (0..=ends).map(|byte| t.line_column(byte)).collect::<Vec<_>>()));
    out
}

fn parse(text: &str, interner: &Interner, previous: Option<&AstTree>) -> AstTree {
    AstTree::parse(Arc::from(text.as_bytes()), interner, previous)
}

/// An edit at random: up to three tokens, or some bytes, replaced by a piece or two.
fn edit(random: &mut Random, text: &str, tree: &AstTree) -> String {
    let t = tree.tokens();
    let at = random.below(t.kinds.len());
    let (mut start, mut end) = (t.starts[at] as usize, t.ends[at] as usize);
    match random.below(5) {
        0 => end = start,
        1 => start = end,
        2 => end = t.ends[(at + random.below(3)).min(t.ends.len() - 1)] as usize,
        3 => {
            start = random.below(text.len());
            end = (start + random.below(3)).min(text.len());
        }
        _ => {}
    }
    let pieces = random.below(3);
    let mut new = text[..start].to_owned();
    for _ in 0..pieces {
        new += PIECES[random.below(PIECES.len())];
    }
    new + &text[end..]
}

/// What does not hold the change of a patch is where it was, and looks as it did.
fn only_there(old: &AstTree, new: &AstTree) {
    let Some(patch) = new.patch().filter(|p| p.lines_stay) else { return };
    let around: Vec<_> =
        std::iter::successors(patch.around, |m| Some(new.container(new.member(*m).container).owner?.0)).collect();
    assert!(patch.member.is_none_or(|m| around.contains(&m)));
    let look = |t: &AstTree, ix| {
        let (start, end) = t.member_span(ix);
        (t.line_column(start), t.source()[start as usize..end as usize].to_vec())
    };
    for ix in (0..new.members().len() as u32).map(syntax::MemberIx).filter(|ix| !around.contains(ix)) {
        assert_eq!(look(old, ix), look(new, ix));
    }
}

/// Edits a text at random, time and again; how many of them left it without errors, and how many were patches.
fn edit_at_random(first: &str, seed: u64, rounds: usize) -> (usize, usize) {
    let interner = Interner::new();
    let mut random = Random(seed);
    let base = parse(first, &interner, None);
    assert_eq!(base.error(), None);
    let (mut patched, mut good, mut text, mut tree) = (0, 0, first.to_owned(), base);
    for n in 0..rounds {
        let new = edit(&mut random, &text, &tree);
        let upon = parse(&new, &interner, Some(&tree));
        let whole = parse(&new, &interner, None);
        assert_eq!(seen(&upon), seen(&whole), "edit {n} of\n{text}\nto\n{new}");
        patched += usize::from(upon.patch().is_some());
        only_there(&tree, &upon);
        if whole.error().is_none() {
            // What was patched is patched again; now and then everything begins anew.
            good += 1;
            (text, tree) = if n % 50 == 0 { (first.to_owned(), parse(first, &interner, None)) } else { (new, upon) };
        }
    }
    (good, patched)
}

#[test]
fn a_parse_upon_another_equals_one_from_nothing() {
    let (good, patched) = edit_at_random(SOURCE, 7, 8000);
    assert!(good > 800 && patched > 400, "{good} good, {patched} patched");
}

/// So long that its tokens are kept in several pieces.
#[test]
fn so_it_does_in_a_long_file() {
    let rest = SOURCE.trim_start_matches("//! A file.\n");
    let long = format!("{SOURCE}{}", rest.repeat(5));
    assert!(parse(&long, &Interner::new(), None).tokens().kinds.len() > 1000);
    let (good, patched) = edit_at_random(&long, 11, 1000);
    assert!(good > 100 && patched > 50, "{good} good, {patched} patched");
}

/// The patch of an edit that replaces `from` by `to`, once.
fn patch(from: &str, to: &str) -> Option<Option<(String, bool)>> {
    let interner = Interner::new();
    let base = parse(SOURCE, &interner, None);
    assert!(SOURCE.contains(from), "{from}");
    let tree = parse(&SOURCE.replacen(from, to, 1), &interner, Some(&base));
    let name = |m: &syntax::Member| m.name.map_or(String::new(), |n| interner.display(n));
    tree.patch().map(|p| {
        p.member.map(|ix| {
            let others = |(i, (a, b)): (usize, (&syntax::Member, &syntax::Member))| {
                i == ix.0 as usize || a.hash == b.hash && Arc::ptr_eq(&a.ast, &b.ast)
            };
            (name(tree.member(ix)), tree.members().iter().zip(base.members()).enumerate().all(others))
        })
    })
}

#[test]
fn an_edit_within_a_member_is_that_member() {
    let member = |name: &str| Some(Some((name.to_owned(), true)));
    assert_eq!(patch("self.len += 1", "self.len += 20"), member("add"));
    assert_eq!(patch("l.a + 1", "l.a + if (l.a > 3) 1 else 2"), member("get"));
    assert_eq!(patch("_ = x;", "_ = x;\n    if (x.value > 3) {\n        return;\n    }"), member("a name"));
    assert_eq!(patch("limit: u32 = 100", "limit: u32 = 101"), member("limit"));
    assert_eq!(patch("_ = limit;", ""), member(""));
}

#[test]
fn comments_and_blanks_are_nobodys() {
    assert_eq!(patch("// no room", "// no room left"), Some(None));
    assert_eq!(patch("self.len += 1;", "// one more\n\n        self.len += 1;"), Some(None));
    assert_eq!(patch("test \"a name\"", "// A test.\ntest \"a name\""), Some(None));
}

#[test]
fn what_moves_boundaries_is_parsed_as_a_whole() {
    assert_eq!(patch("fn last() void {}", "fn last() void {}\nfn more() void {}"), None);
    assert_eq!(patch("items: []u8", "items: []u16"), None);
    assert_eq!(patch("add(self: *List", "add(self: *const List"), None);
    assert_eq!(patch("const l = Local", "const M = struct {};\n const l = Local"), None);
    assert_eq!(patch("/// Adds.", "/// Appends."), None);
    assert_eq!(patch("l.a + 1;", "l.a + 1; } fn more() void {"), None);
}

#[test]
fn a_byte_order_mark_stays_one() {
    let interner = Interner::new();
    let text = format!("\u{feff}{SOURCE}");
    let base = parse(&text, &interner, None);
    let new = text.replacen("//! A file.", "//! The file.", 1);
    assert_eq!(seen(&parse(&new, &interner, Some(&base))), seen(&parse(&new, &interner, None)));
    assert_eq!(base.tokens().kinds.first(), Some(&Kind::KwConst));
}
