//! Object notation against real Zig: every kind of expression, well and ill formed, and mutants of
//! all of them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::Random;
use common::oracle::Oracle;
use ir::zon_messages;
use syntax::Interner;
use syntax::render::Zon;

const CASES: &[&str] = &[
    "",
    "// nothing\n",
    ".{}",
    ".{ .name = .app, .version = \"0.1.0\", .paths = .{ \"a\", \"b\", }, }",
    "// before\n.{ // in\n .a = 1, // after\n}\n// end",
    ".{ .a = 1, .b = 2, .a = 3, .a = 4 }",
    ".{ .@\"a b\" = 'x', .@\"a\\x20b\" = '\\u{1f600}' }",
    ".{ .@\"\" = 1, .@\"\\x00\" = 2, .@\"\\q\" = 3 }",
    ".@\"\\xZZ\"",
    ".{ 1, 0x1F, 0b11, 0o17, 1_000, 1.5, 1e3, 0x1.8p3, 'a', true, false, null, inf, nan }",
    ".{ -1, -1.5, -inf, -nan, -0, -0.0, - 2, -(1), --1, -x }",
    ".{ 01, 0x, 0X1, 1__0, 1_, 0b2, 0o8, 1e, 1.e, 0x1.0g, 1e+_1, 00.5, 0b1.0, 1e1e1, 0xg, 9a }",
    "340282366920938463463374607431768211456",
    "-340282366920938463463374607431768211456",
    "\"a\\nb\\u{41}\\x41\\q\"",
    "\"\\u{110000}\"",
    "\"\\u{d800}\"",
    "'\\u{}'",
    "''",
    "'ab'",
    ".{ .a = \\\\one\n\\\\two\n, }",
    "name",
    "undefined",
    "(1)",
    "((x))",
    "{}",
    "{ a; }",
    "a: {}",
    "u8",
    "?u8",
    "*u8",
    "[2]u8",
    "[]const u8",
    "[2:0]u8",
    "struct {}",
    "struct { a: u8, fn f() void {} }",
    "error{A}",
    "error.A",
    "E!u8",
    "A || B",
    "fn () void",
    "anyframe",
    "anyframe->u8",
    "T{}",
    "T{ .a = 1 }",
    "[_]u8{ 1, 2 }",
    ".{ .a = u8{ 1 } }",
    "a.b",
    "a.?",
    "a.*",
    "&a",
    "a[0]",
    "a[0..]",
    "a[0..1]",
    "a[0..1 :0]",
    "a()",
    ".{}.a",
    "@import(\"a\")",
    "1 + 2",
    "1 ++ 2",
    "a and b",
    "a == b",
    "a << 1",
    "!a",
    "~a",
    "-%a",
    "try a",
    "a catch b",
    "a orelse b",
    "if (a) b else c",
    "if (a) b",
    "while (a) b",
    "for (a) |b| c",
    "switch (a) { else => 1 }",
    "return",
    "break",
    "continue",
    "break :a 1",
    "unreachable",
    "comptime 1",
    "nosuspend a",
    "resume a",
    "asm (\"\")",
    ".{ .a = 1; }",
    ".{ .a = 1",
    ".{ 1, .a = 2 }",
    ".{ .a = 1, 2 }",
    ".{ 1 2 }",
    ".{ 1 } ;",
    ".{} .{}",
    "const a = 1;",
    "1;",
    "]",
    "/// doc\n.{}",
    "//! doc\n.{}",
    ".{\n/// doc\n.a = 1 }",
    ".{ .a = @ }",
    ".{ .a = \"open }",
    "\u{feff}.{ .a = b }",
    ".{ .a\t= 1,\r\n .b = c }",
];

fn line_column(source: &[u8], at: u32) -> (u32, u32) {
    let before = &source[..(at as usize).min(source.len())];
    let start = before.iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
    (before.iter().filter(|b| **b == b'\n').count() as u32 + 1, (before.len() - start) as u32 + 1)
}

fn ours(source: &[u8]) -> Vec<String> {
    let zon = Zon::parse(source, &Interner::new());
    let place = |at| line_column(source, at);
    match zon.error() {
        Some(e) => common::syntax_lines(e, place),
        None => common::message_lines(&zon_messages(&zon), place),
    }
}

#[test]
fn notation_is_judged_as_by_real_zig() {
    let Some(mut oracle) = Oracle::find("notation_is_judged_as_by_real_zig") else { return };
    let count: usize = std::env::var("MUTANTS").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000);
    let mut r = Random(3);
    let mut sources: Vec<Vec<u8>> = CASES.iter().map(|s| s.as_bytes().to_vec()).collect();
    for _ in 0..count {
        // A piece of one case in the place of a piece of another.
        let (a, b) = (r.of(CASES).as_bytes(), r.of(CASES).as_bytes());
        let (a0, b0) = (r.below(a.len() + 1), r.below(b.len() + 1));
        let (a1, b1) = (a0 + r.below(a.len() + 1 - a0), b0 + r.below(b.len() + 1 - b0));
        sources.push([&a[..a0], &b[b0..b1], &a[a1..]].concat());
    }
    let mut failures = Vec::new();
    for source in &sources {
        let Some(theirs) = oracle.ask(source, true) else { continue };
        let found = ours(source);
        if found != theirs.lines {
            let shown = String::from_utf8_lossy(source);
            failures.push(format!("{shown:?}\n  real Zig {:?}\n  ours     {found:?}", theirs.lines));
        }
    }
    let (wrong, all) = (failures.len(), sources.len());
    failures.truncate(40);
    assert!(failures.is_empty(), "{wrong} of {all}:\n{}", failures.join("\n"));
}
