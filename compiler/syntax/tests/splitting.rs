//! Where members end: constructs in which brackets, commas and semicolons mislead, split as a
//! parse of the whole file splits them.

use std::sync::Arc;

use syntax::{AstTree, Interner, whole_file};

const CASES: [&str; 26] = [
    "fn f() blk: { break :blk u8; } { return 1; } const a = 1;",
    "fn f() switch (x) { else => u8 } { return 1; } const a = 1;",
    "fn f() l: switch (x) { 1 => u8, else => continue :l 1 }.T { return 1; } const a = 1;",
    "fn f() error{ A, B }!struct { a: u8, fn g() void {} } { return .{}; } const a = 1;",
    "fn f() enum(blk: { const X = struct { y: u8 }; break :blk X.T; }) { a, b } { return .a; } const a = 1;",
    "fn f() union(enum) { a: u8, b } { } const a = 1;",
    "fn f() union(enum(u8)) { a: u8 = 3, b } { } const a = 1;",
    "fn f() .{} { } const a = 1;",
    "fn f() callconv(.{ .x86_64_sysv = .{} }) void { } const a = 1;",
    "fn f() align(if (x) blk: { break :blk 1; } else 2) !void { } const a = 1;",
    "fn f() if (a) |b| T(b) else struct { x: u8 } { } const a = 1;",
    "fn f() for (a, b) |c, d| T { } const a = 1;",
    "fn f() while (a) : (i += 1) T { } const a = 1;",
    "fn f(x: struct { a: u8, b: fn () void }) fn (enum { a, b }) u8 { } const a = 1;",
    "extern fn f() void; pub extern \"c\" fn g(...) c_int; export fn h() void {}",
    "extern \"c\" threadlocal var x: u8; pub threadlocal var y: u8 = 1; inline fn f() void {} noinline fn g() void {}",
    "const a = struct { x: u8, y: struct { z: u8 }, const b = 1; fn f() void { const C = union { d: u8 }; } }{ .x = 1 };",
    "const a = .{ struct { x: u8 }, opaque { const b = 1; }, packed struct(u8) { c: u8 } };",
    "a: for (x, y) |b, *c| T, d: u8 = for (x, y) |b, c| { f(b, c); } else 1, e: u8",
    "a: switch (x) { 1, 2 => |b, c| T, else => U }, d: error{ A, B } = error.A, e",
    "a: fn (u8, u8) void align(4) = f, comptime b: u8 = 1, comptime c: struct { d: u8, e: u8 } = .{},",
    "u8, struct { a: u8, u8 }, comptime T(a, b), enum { a, b = 2, c, _ },",
    "test { const S = struct { a: u8 }; } test \"n\" { } test n { } comptime { if (a) { } } comptime a: u8 = 1",
    "const a = asm volatile (\"x\" : [o] \"=r\" (-> u8) : [i] \"r\" (b), [j] \"r\" (c) : .{ .memory = true });",
    "const a = \\\\ struct {\n \\\\ { ; ,\n; const b = \"{;,\" ++ \"}\"; const c = '{';",
    "",
];

#[test]
fn members_end_where_the_grammar_says() {
    let interner = Interner::new();
    for source in CASES {
        let tree = AstTree::parse(Arc::from(source.as_bytes()), &interner, None);
        assert_eq!(tree.error(), None, "{source}");
        let whole: Vec<_> = whole_file(source.as_bytes())
            .into_iter()
            .flatten()
            .map(|m| (m.kind, m.base, m.end, m.container, m.ast))
            .collect();
        let found: Vec<_> = tree
            .members()
            .iter()
            .map(|m| (m.kind, m.base as usize, m.end as usize, m.container.0 as usize, (*m.ast).clone()))
            .collect();
        assert_eq!(found, whole, "{source}");
        assert_eq!(found.is_empty(), source.is_empty());
        for (i, c) in tree.containers().iter().enumerate().skip(1) {
            let (owner, ordinal) = c.owner.map(|(m, n)| (tree.member(m), n)).unzip();
            let listed = owner.and_then(|m| m.containers.get(ordinal? as usize)).map(|c| c.0 as usize);
            assert_eq!(listed, Some(i), "{source}");
        }
    }
}
