//! The system that the program runs on.

pub const linux = @import("os/linux.zig");

/// The environment's `NAME=value` strings, as the kernel handed them over.
pub var environ: [][*:0]u8 = &.{};
/// The program's name and its arguments.
pub var argv: [][*:0]u8 = &.{};
