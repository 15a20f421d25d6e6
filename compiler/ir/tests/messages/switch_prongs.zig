fn f(x: u8) void {
    switch (x) {
        else => {},
        1 => {},
        else => {},
    }
}
fn g(x: u8) void {
    switch (x) {
        _ => {},
        1, _ => {},
    }
}
fn h(x: u8) void {
    switch (x) {
        inline _ => {},
    }
}
fn i(x: u8) void {
    switch (x) {
        1 => |_, t| {
            _ = t;
        },
        else => {},
    }
}
fn j(x: u8) void {
    switch (x) {
        inline 1 => |y, _| {
            _ = y;
        },
        else => |*_| {},
    }
}
