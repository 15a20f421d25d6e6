fn total_N(values: anytype) u32 {
    var t: u32 = 0;
    for (values) |v| t += v;
    return t;
}

fn apply_N(x: anytype, comptime f: anytype) @TypeOf(f(x)) {
    return f(x);
}

fn addA_N(x: u32) u32 {
    return x + A_;
}

fn isBig_N(x: u32) bool {
    return x > B_;
}

fn kind_N(x: anytype) u32 {
    return switch (@typeInfo(@TypeOf(x))) {
        .int => |i| i.bits,
        .bool => 1,
        .@"struct" => |s| s.fields.len + 100,
        .pointer => 200,
        else => 300,
    };
}

pub const k_N: u32 = kind_N(@as(u8, 1)) % 5 + K_;

pub fn run_N() u32 {
    var sum = total_N([_]u8{ 1, 2, C_ }) + total_N(&[_]u32{ 10, 20 });
    sum += apply_N(4, addA_N);
    if (apply_N(4, isBig_N)) sum += 50;
    sum += kind_N(sum) + kind_N(true) + kind_N(.{ 1, 2 }) + kind_N("x");
    inline for (.{ 1, 2, A_ }, 0..) |v, i| sum += v * i;
    return sum;
}
