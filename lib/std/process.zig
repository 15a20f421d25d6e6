//! This program as the system sees it: its arguments and its end.

const std = @import("std.zig");

pub const exit = std.posix.exit;
pub const abort = std.posix.abort;

/// The arguments, one after the other, the program's name first.
pub fn args() ArgIterator {
    return .init();
}

pub const ArgIterator = struct {
    index: usize = 0,

    pub fn init() ArgIterator {
        return .{};
    }

    pub fn next(self: *ArgIterator) ?[:0]const u8 {
        if (self.index == std.os.argv.len) return null;
        defer self.index += 1;
        return std.mem.span(std.os.argv[self.index]);
    }

    /// Goes past an argument; whether there was one.
    pub fn skip(self: *ArgIterator) bool {
        if (self.index == std.os.argv.len) return false;
        self.index += 1;
        return true;
    }
};

pub fn hasEnvVarConstant(comptime name: []const u8) bool {
    return std.posix.getenv(name) != null;
}
