fn f(x: u8, y: u8) void {
    switch (x) {
        1 => |y| _ = y,
        else => {},
    }
}
