fn f() void {
    const a, const b = .{ 1, 2, 3 };
    _ = .{ a, b };
}
fn g() void {
    const a, const b = .{};
    _ = .{ a, b };
}
fn h() void {
    const a, const b = .{ .x = 1 };
    _ = .{ a, b };
}
fn i() void {
    const a, var b, _ = .{ 1, 2, 3 };
    _ = a;
    _ = b;
}
fn j() void {
    const a, const a = .{ 1, 2 };
}
