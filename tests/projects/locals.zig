fn build_N(x: u32) u32 {
    const Pair = struct {
        left: u32,
        right: u32 = A_,

        fn sum(self: @This()) u32 {
            return self.left + self.right;
        }
    };
    const p: Pair = .{ .left = x };
    const q = .{ p.sum(), @as(u8, B_), true };
    return q[0] + q[1] + @intFromBool(q[2]);
}

fn label_N(x: u32) u32 {
    const y = outer: {
        if (x > 5) break :outer x * 2;
        var i: u32 = 0;
        while (i < 10) : (i += 1) {
            if (i == C_) continue;
            if (i * x > 12) break :outer i;
        }
        break :outer 77;
    };
    return y;
}

fn ranges_N(x: u32) u32 {
    return switch (x) {
        0...3 => 1,
        4, 5, 6 => A_,
        7...99 => |v| v - B_ % 7,
        else => 0,
    };
}

pub const k_N: u32 = ranges_N(5) + K_;

pub fn run_N() u32 {
    var total: u32 = 0;
    defer total = 0;
    for (0..9) |i| {
        const x: u32 = @intCast(i);
        total += build_N(x) + label_N(x) * 3 + ranges_N(x * 4);
    }
    return total;
}
