fn square_N(x: u32) u32 {
    return x * x + A_;
}

const table_N = blk: {
    var t: [B_ + 2]u32 = undefined;
    for (&t, 0..) |*e, i| e.* = square_N(i) % 97;
    break :blk t;
};

fn sum_N(comptime xs: []const u32) u32 {
    var s: u32 = 0;
    for (xs) |x| s += x;
    return s;
}

pub const k_N: u32 = sum_N(&table_N) % 7 + K_;

comptime {
    if (table_N.len < 3) @compileError("a short table");
    if (k_N > 1000) @compileError("a large number");
}

const Small_N = if (k_N > C_) u16 else u32;

pub fn run_N() u32 {
    var total: u32 = @sizeOf(Small_N);
    for (table_N, 0..) |x, i| total += x * @as(u32, @intCast(i));
    const buffer: [k_N]u8 = @splat(1);
    for (buffer) |b| total += b;
    return total;
}
