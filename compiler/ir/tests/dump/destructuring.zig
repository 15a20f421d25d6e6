fn f(p: *u8) void {
    const a, var b: u8, p.*, _ = .{ 1, 2, 3, 4 };
    b += a;
    const c, const d = g();
    b = c + d;
}
fn g() struct { u8, u8 } {
    return .{ 1, 2 };
}
