fn f(x: [_]u8) void {
    _ = x;
}
const a = [_]u8{ .x = 1 };
const b: [_]u8 = .{};
