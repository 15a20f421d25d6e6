//! The language's library: the root of the module `std`.
//!
//! Everything hangs on declarations that are analysed only where a program names them, so that a small
//! program pulls in little. The names and the behaviour are those of Zig 0.15.2's library.

const root = @import("root");

pub const Io = @import("Io.zig");
/// The older spelling of `Io`.
pub const io = Io;
pub const SemanticVersion = @import("SemanticVersion.zig");
pub const Target = @import("Target.zig");
pub const ascii = @import("ascii.zig");
pub const builtin = @import("builtin.zig");
pub const debug = @import("debug.zig");
pub const enums = @import("enums.zig");
pub const fmt = @import("fmt.zig");
pub const fs = @import("fs.zig");
pub const log = @import("log.zig");
pub const math = @import("math.zig");
pub const mem = @import("mem.zig");
pub const meta = @import("meta.zig");
pub const os = @import("os.zig");
pub const posix = @import("posix.zig");
pub const process = @import("process.zig");
pub const sort = @import("sort.zig");
/// The compiler looks for the entry of a program in here.
pub const start = @import("start.zig");
pub const testing = @import("testing.zig");
pub const unicode = @import("unicode.zig");

/// What a program may set by declaring `pub const std_options: std.Options` in its root file.
pub const Options = struct {
    /// Whether memory faults and illegal instructions are reported before the program aborts.
    enable_segfault_handler: bool = debug.default_enable_segfault_handler,
    log_level: log.Level = log.default_level,
    log_scope_levels: []const log.ScopeLevel = &.{},
    logFn: fn (
        comptime message_level: log.Level,
        comptime scope: @TypeOf(.enum_literal),
        comptime format: []const u8,
        args: anytype,
    ) void = log.defaultLog,
    /// How deep `{any}` looks into values.
    fmt_max_depth: usize = fmt.default_max_depth,
    /// Whether writing to a closed pipe ends the program instead of failing.
    keep_sigpipe: bool = false,
};

/// The options in force.
pub const options: Options = if (@hasDecl(root, "std_options")) root.std_options else .{};
