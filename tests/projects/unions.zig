const Shape_N = union(enum) {
    dot,
    line: u32,
    box: struct { w: u32, h: u32 },
    pair: [2]u8,

    fn area(self: Shape_N) u32 {
        return switch (self) {
            .dot => A_,
            .line => |l| l,
            .box => |b| b.w * b.h,
            .pair => |p| @as(u32, p[0]) + p[1],
        };
    }

    fn stretch(self: *Shape_N) void {
        switch (self.*) {
            .line => |*l| l.* += B_,
            .box => |*b| b.w *= 2,
            else => {},
        }
    }
};

const Tag_N = @typeInfo(Shape_N).@"union".tag_type.?;

pub const k_N: u32 = @typeInfo(Tag_N).@"enum".fields.len + K_;

pub fn run_N() u32 {
    var shapes = [_]Shape_N{ .dot, .{ .line = C_ }, .{ .box = .{ .w = A_, .h = B_ } }, .{ .pair = .{ 1, 2 } } };
    var total: u32 = 0;
    for (&shapes) |*s| {
        s.stretch();
        total += s.area() * (@intFromEnum(@as(Tag_N, s.*)) + @as(u32, 1));
    }
    if (shapes[0] == .dot) total += 1;
    return total;
}
