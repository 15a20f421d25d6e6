const Color_N = enum(u8) {
    red,
    green = D_,
    blue,
    black,

    fn weight(self: Color_N) u32 {
        return switch (self) {
            .red => A_,
            .green, .blue => B_,
            .black => C_,
        };
    }

    fn next(self: Color_N) Color_N {
        return switch (self) {
            .red => .green,
            .green => .blue,
            else => .red,
        };
    }
};

pub const k_N: u32 = @typeInfo(Color_N).@"enum".fields.len + K_;

fn named_N(c: Color_N) u32 {
    return @intCast(@tagName(c).len);
}

pub fn run_N() u32 {
    var total: u32 = 0;
    var c: Color_N = .red;
    for (0..5) |_| {
        total = total * 3 + c.weight() + @intFromEnum(c) + named_N(c);
        c = c.next();
    }
    inline for (@typeInfo(Color_N).@"enum".fields) |f| total += f.value;
    return total;
}
