const S = struct { a: u8, b: [2]u8 = .{ 1, 2 } };
fn f(c: bool) S {
    const s: S = if (c) .{ .a = 1 } else .{ .a = 2 };
    var p: *const S = &.{ .a = 3 };
    p = &s;
    return .{ .a = p.a };
}
