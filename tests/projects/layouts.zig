const wide_N: u64 align(16) = A_;
var aligned_N: u8 align(8) = B_;

const Sized_N = struct {
    tag: u8,
    data: [C_ + K_ % 4]u16,
    rest: u64 = 3,
};

const Foreign_N = extern struct {
    a: u8,
    b: u32,
    c: u16 = A_,
};

fn alignment_N(comptime P: type) u32 {
    return @typeInfo(P).pointer.alignment;
}

pub const k_N: u32 = @sizeOf(Foreign_N) % 8 + @alignOf(Sized_N);

comptime {
    if (@sizeOf(Sized_N) > 4096) @compileError("too large");
    if (@offsetOf(Foreign_N, "b") != 4) @compileError("moved");
}

pub fn run_N() u32 {
    const s: Sized_N = .{ .tag = 2, .data = @splat(5) };
    const f: Foreign_N = .{ .a = 1, .b = B_ };
    aligned_N += 1;
    var total: u32 = alignment_N(@TypeOf(&wide_N)) + alignment_N(@TypeOf(&aligned_N));
    total += s.tag + @as(u32, @intCast(s.data.len)) + s.data[0] + f.a + f.b + f.c;
    total += @sizeOf(Sized_N) + @bitSizeOf(u7) + @as(u32, @intCast(wide_N)) + aligned_N;
    return total;
}
