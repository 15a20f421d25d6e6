const std = @import("std");

const Version_N = struct {
    major: u32,
    minor: u32 = B_,
    name: []const u8 = "none",
};

const Level_N = enum { low, middle, high };

pub const k_N: u32 = std.meta.fields(Version_N).len + K_;

pub fn run_N() u32 {
    const v: Version_N = .{ .major = A_ };
    std.debug.print("{d}.{d} {s}\n", .{ v.major, v.minor, v.name });
    std.debug.print("{any} {s}\n", .{ v, @tagName(Level_N.middle) });
    std.debug.print("{x:0>4} {s}\n", .{ C_, @typeName(Version_N) });
    var buffer: [32]u8 = undefined;
    const text = std.fmt.bufPrint(&buffer, "{d}-{d}", .{ v.major, C_ }) catch return 1;
    return @intCast(text.len);
}
