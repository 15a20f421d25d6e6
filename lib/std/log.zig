//! Messages of a program about itself, with a level and a scope.

const std = @import("std.zig");
const builtin = @import("builtin");

pub const Level = enum {
    err,
    warn,
    info,
    debug,

    /// The word that a message begins with.
    pub fn asText(comptime self: Level) []const u8 {
        return switch (self) {
            .err => "error",
            .warn => "warning",
            .info => "info",
            .debug => "debug",
        };
    }
};

/// The level of one scope, other than that of all.
pub const ScopeLevel = struct {
    scope: @TypeOf(.enum_literal),
    level: Level,
};

pub const default_level: Level = switch (builtin.mode) {
    .Debug => .debug,
    .ReleaseSafe, .ReleaseFast, .ReleaseSmall => .info,
};

/// Whether messages of a level and a scope are shown.
pub fn logEnabled(comptime level: Level, comptime scope: @TypeOf(.enum_literal)) bool {
    inline for (std.options.log_scope_levels) |entry| {
        if (entry.scope == scope) return @intFromEnum(level) <= @intFromEnum(entry.level);
    }
    return @intFromEnum(level) <= @intFromEnum(std.options.log_level);
}

/// Writes a message to standard error.
pub fn defaultLog(
    comptime level: Level,
    comptime scope: @TypeOf(.enum_literal),
    comptime format: []const u8,
    args: anytype,
) void {
    const where = if (scope == .default) ": " else "(" ++ @tagName(scope) ++ "): ";
    std.debug.print(level.asText() ++ where ++ format ++ "\n", args);
}

/// The functions of one scope.
pub fn scoped(comptime scope: @TypeOf(.enum_literal)) type {
    return struct {
        pub fn err(comptime format: []const u8, args: anytype) void {
            @branchHint(.cold);
            send(.err, format, args);
        }

        pub fn warn(comptime format: []const u8, args: anytype) void {
            send(.warn, format, args);
        }

        pub fn info(comptime format: []const u8, args: anytype) void {
            send(.info, format, args);
        }

        pub fn debug(comptime format: []const u8, args: anytype) void {
            send(.debug, format, args);
        }

        fn send(comptime level: Level, comptime format: []const u8, args: anytype) void {
            if (comptime !logEnabled(level, scope)) return;
            std.options.logFn(level, scope, format, args);
        }
    };
}

/// The scope of those who name none.
pub const default_log_scope = .default;

const default = scoped(.default);
pub const err = default.err;
pub const warn = default.warn;
pub const info = default.info;
pub const debug = default.debug;
