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

/// Reads `major.minor.patch`, with a pre-release behind `-` and a build behind `+`.
pub fn parse(text: []const u8) error{ InvalidVersion, Overflow }!Version {
    var numbers: [3]usize = undefined;
    var at: usize = 0;
    for (&numbers, 0..) |*number, i| {
        if (i > 0) {
            if (at == text.len or text[at] != '.') return error.InvalidVersion;
            at += 1;
        }
        const begin = at;
        while (at < text.len and text[at] >= '0' and text[at] <= '9') at += 1;
        if (begin == at) return error.InvalidVersion;
        if (at - begin > 1 and text[begin] == '0') return error.InvalidVersion;
        number.* = std.fmt.parseUnsigned(usize, text[begin..at], 10) catch return error.Overflow;
    }
    var version: Version = .{ .major = numbers[0], .minor = numbers[1], .patch = numbers[2] };
    const extra = text[at..];
    if (extra.len == 0) return version;
    const plus = std.mem.indexOfScalar(u8, extra, '+') orelse extra.len;
    if (extra[0] == '-') version.pre = extra[1..plus] else if (plus != 0) return error.InvalidVersion;
    if (plus < extra.len) version.build = extra[plus + 1 ..];
    return version;
}

/// Versions between two, both included.
pub const Range = struct {
    min: Version,
    max: Version,

    pub fn includesVersion(range: Range, version: Version) bool {
        return range.min.order(version) != .gt and range.max.order(version) != .lt;
    }
};
