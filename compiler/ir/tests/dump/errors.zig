fn f(x: anyerror!?u8) !u8 {
    errdefer |e| _ = e;
    defer f(1) catch {};
    const a = try x;
    const b = a orelse return error.Missing;
    const c = x catch |e| switch (e) {
        error.A, error.B => 1,
        else => |other| return other,
    };
    if (x) |v| return v orelse 1 else |e| return e;
    return b + c.?;
}
