//! A version in the sense of semver.org.

const std = @import("std.zig");

const Version = @This();

major: usize,
minor: usize,
patch: usize,
pre: ?[]const u8 = null,
build: ?[]const u8 = null,

/// Orders by the three numbers; of equal ones the pre-release is the older.
pub fn order(a: Version, b: Version) std.math.Order {
    if (a.major != b.major) return std.math.order(a.major, b.major);
    if (a.minor != b.minor) return std.math.order(a.minor, b.minor);
    if (a.patch != b.patch) return std.math.order(a.patch, b.patch);
    if (a.pre == null and b.pre == null) return .eq;
    if (a.pre == null) return .gt;
    if (b.pre == null) return .lt;
    return std.mem.order(u8, a.pre.?, b.pre.?);
}
