//! What runs before and after `main`: the entry point that the image's first instructions call.

const std = @import("std.zig");
const root = @import("root");
const chosen = @import("chosen.zig");
const raw = @import("debug/raw.zig");

const bad_main_return = "expected return type of main to be 'void', '!void', 'noreturn', 'u8', or '!u8'";

/// The entry of every program: the compiler looks for it here, and the image's first instructions call it.
/// Gets the stack as the kernel left it: the argument count, the arguments, a null pointer, the
/// environment, a null pointer.
pub fn _start(stack: [*]usize) callconv(.c) noreturn {
    const argc = stack[0];
    const argv: [*][*:0]u8 = @ptrCast(stack + 1);
    const envp: [*]?[*:0]u8 = @ptrCast(stack + argc + 2);
    var env_count: usize = 0;
    while (envp[env_count] != null) env_count += 1;
    std.os.argv = argv[0..argc];
    std.os.environ = @as([*][*:0]u8, @ptrCast(envp))[0..env_count];
    if (chosen.enable_segfault_handler) std.debug.attachSegfaultHandler();
    if (!chosen.keep_sigpipe) std.posix.ignoreSigpipe();
    std.posix.exit(callMain());
}

/// Calls the program's `main` in whichever of its forms; gives the exit code.
pub inline fn callMain() u8 {
    const ReturnType = @typeInfo(@TypeOf(root.main)).@"fn".return_type orelse @compileError(bad_main_return);
    switch (ReturnType) {
        void => {
            root.main();
            return 0;
        },
        noreturn, u8 => return root.main(),
        else => {},
    }
    if (@typeInfo(ReturnType) != .error_union) @compileError(bad_main_return);
    const result = root.main() catch |err| {
        if (chosen.logs_as_usual) {
            raw.write("error: ");
            raw.write(@errorName(err));
            raw.write("\n");
        } else {
            std.log.err("{s}", .{@errorName(err)});
        }
        return 1;
    };
    return switch (@TypeOf(result)) {
        void => 0,
        u8 => result,
        noreturn => unreachable,
        else => @compileError(bad_main_return),
    };
}
