inline fn clamp_N(x: u32, top: u32) u32 {
    if (x > top) return top;
    return x;
}

inline fn pick_N(comptime wide: bool) type {
    return if (wide) u64 else u16;
}

noinline fn slow_N(x: u32) u32 {
    return x + A_;
}

fn unrolled_N(x: u32) u32 {
    var y = x;
    comptime var i = 0;
    inline while (i < 3) : (i += 1) y = clamp_N(y * 2 + i, 50 + B_);
    return y;
}

pub const k_N: u32 = @sizeOf(pick_N(K_ > 3)) + clamp_N(C_, 4);

pub fn run_N() u32 {
    const T = pick_N(k_N > 5);
    const v: T = 7;
    return unrolled_N(slow_N(2)) + @as(u32, @intCast(v)) + clamp_N(slow_N(C_), 6);
}
