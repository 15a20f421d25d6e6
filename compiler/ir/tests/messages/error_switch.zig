fn f(x: anyerror!u8) void {
    x catch |e| switch (e) {
        error.A => |err| {},
        _ => {},
    };
}
fn g(x: anyerror!u8) void {
    _ = x catch |e| switch (e) {
        error.A => |err| 1,
        else => |*err| 2,
    };
}
fn h(x: anyerror!u8) void {
    _ = x catch |_| 1;
}
fn i(x: anyerror!u8) void {
    if (x) |v| {} else |e| switch (e) {
        else => {},
    }
}
