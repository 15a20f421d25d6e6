const std = @import("std");
fn f(self: *T, g: fn (u8, ...) callconv(.c) void) void {
    self.m(1, .{ .x = 2 });
    const t: T = .init(3);
    std.debug.print("{d}\n", .{t});
    @call(.always_inline, g, .{1});
    const x: u8 = @intCast(self.n +% 1);
    _ = @as(u16, x) << 3;
    _ = @as(*const u8, @ptrCast(@alignCast(self)));
}
const T = opaque {};
