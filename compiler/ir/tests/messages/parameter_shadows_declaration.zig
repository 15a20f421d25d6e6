fn g() void {}
fn f(g: u8) void {
    _ = g;
}
