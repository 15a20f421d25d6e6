//! The options in force, one by one: a program that sets none does not pull in what their types speak of.

const root = @import("root");
const std = @import("std.zig");

/// Whether the program declares `std_options`.
const declared = @hasDecl(root, "std_options");

pub const enable_segfault_handler: bool =
    if (declared) std.options.enable_segfault_handler else std.debug.default_enable_segfault_handler;
pub const fmt_max_depth: usize = if (declared) std.options.fmt_max_depth else std.fmt.default_max_depth;
pub const keep_sigpipe: bool = if (declared) std.options.keep_sigpipe else false;
/// Whether messages may go elsewhere than to standard error.
pub const logs_as_usual: bool = !declared;
