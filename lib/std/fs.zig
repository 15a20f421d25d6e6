//! Files.

const std = @import("std.zig");

pub const File = @import("fs/File.zig");

/// The longest path that the system takes.
pub const max_path_bytes = 4096;
