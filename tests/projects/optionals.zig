const std = @import("std");

const Entry_N = struct { key: []const u8, value: u32 };

const entries_N = [_]Entry_N{
    .{ .key = "one", .value = 1 },
    .{ .key = "two", .value = A_ },
    .{ .key = "three", .value = B_ },
};

fn find_N(key: []const u8) ?*const Entry_N {
    for (&entries_N) |*e| {
        if (std.mem.eql(u8, e.key, key)) return e;
    }
    return null;
}

fn length_N(text: ?[]const u8) usize {
    const t = text orelse return C_;
    return t.len;
}

pub const k_N: u32 = entries_N.len + length_N(null) + K_;

pub fn run_N() u32 {
    var total: u32 = 0;
    if (find_N("two")) |e| total += e.value;
    if (find_N("four")) |e| total += e.value else total += 7;
    total += @intCast(length_N(entries_N[2].key));
    const slice: []const Entry_N = entries_N[1..];
    var i: usize = 0;
    while (i < slice.len) : (i += 1) total += slice[i].value else total += 1;
    return total;
}
