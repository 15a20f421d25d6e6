//! Streams of bytes with buffers of their users.

pub const Writer = @import("Io/Writer.zig");
pub const Reader = @import("Io/Reader.zig");

/// An upper limit to a number of bytes.
pub const Limit = enum(usize) {
    nothing = 0,
    unlimited = ~@as(usize, 0),
    _,

    pub fn limited(n: usize) Limit {
        return @enumFromInt(n);
    }

    pub fn toInt(self: Limit) ?usize {
        return if (self == .unlimited) null else @intFromEnum(self);
    }

    pub fn minInt(self: Limit, n: usize) usize {
        return @min(n, @intFromEnum(self));
    }

    pub fn min(a: Limit, b: Limit) Limit {
        return @enumFromInt(@min(@intFromEnum(a), @intFromEnum(b)));
    }

    /// The part of `bytes` within the limit.
    pub fn slice(self: Limit, bytes: []u8) []u8 {
        return bytes[0..self.minInt(bytes.len)];
    }

    pub fn sliceConst(self: Limit, bytes: []const u8) []const u8 {
        return bytes[0..self.minInt(bytes.len)];
    }

    pub fn nonzero(self: Limit) bool {
        return self != .nothing;
    }

    /// What remains after `n` bytes; null if they are too many.
    pub fn subtract(self: Limit, n: usize) ?Limit {
        if (self == .unlimited) return .unlimited;
        if (n > @intFromEnum(self)) return null;
        return @enumFromInt(@intFromEnum(self) - n);
    }
};
