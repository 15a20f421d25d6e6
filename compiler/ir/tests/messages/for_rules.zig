fn f() void {
    for (0..) |i| {
        _ = i;
    }
}
fn g() void {
    for (0..3) |*i| {
        _ = i;
    }
}
fn h() void {
    for ("abc", 0..) |c, _| {
        _ = c;
    }
}
