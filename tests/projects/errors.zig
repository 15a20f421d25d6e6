const Io_N = error{ Closed_N, Full_N };
const Parse_N = error{ Empty_N, Odd_N };
const All_N = Io_N || Parse_N;

fn check_N(x: u32) Parse_N!u32 {
    if (x == 0) return error.Empty_N;
    if (x % 2 == 1) return error.Odd_N;
    return x / 2;
}

fn inner_N(x: u32) !u32 {
    const half = try check_N(x);
    if (half > B_) return error.Full_N;
    return half + A_;
}

fn outer_N(x: u32) !u32 {
    errdefer touched_N += 1;
    const v = try inner_N(x);
    if (v == C_) return error.Late_N;
    return v;
}

fn describe_N(e: @typeInfo(@typeInfo(@TypeOf(outer_N)).@"fn".return_type.?).error_union.error_set) u32 {
    return switch (e) {
        error.Empty_N => 1,
        error.Odd_N => 2,
        error.Full_N => 3,
        error.Late_N => 4,
    };
}

fn wide_N(x: u32) All_N!u32 {
    return check_N(x) catch |e| switch (e) {
        error.Empty_N => error.Closed_N,
        else => e,
    };
}

var touched_N: u32 = 0;

pub const k_N: u32 = @typeInfo(All_N).error_set.?.len + K_;

pub fn run_N() u32 {
    var total: u32 = 0;
    for (0..8) |i| {
        total = total * 2 + (outer_N(@intCast(i)) catch |e| describe_N(e));
        total += wide_N(@intCast(i)) catch |e| @as(u32, @intCast(@errorName(e).len));
    }
    return total + touched_N;
}
