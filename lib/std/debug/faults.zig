//! Memory faults and illegal instructions become a line on standard error and the abort signal.

const std = @import("../std.zig");
const linux = std.os.linux;
const posix = std.posix;

/// Sets the handlers.
pub fn attach() void {
    set(.{ .handler = .{ .sigaction = handle }, .mask = posix.sigemptyset(), .flags = linux.SA.SIGINFO | linux.SA.RESETHAND });
}

fn set(action: posix.Sigaction) void {
    posix.sigaction(posix.SIG.SEGV, &action, null);
    posix.sigaction(posix.SIG.ILL, &action, null);
    posix.sigaction(posix.SIG.BUS, &action, null);
    posix.sigaction(posix.SIG.FPE, &action, null);
}

fn handle(signal: i32, info: *const linux.siginfo_t, _: ?*anyopaque) callconv(.c) noreturn {
    // A fault while this one is reported ends the program at once.
    set(.{ .handler = .{ .handler = posix.SIG.DFL }, .mask = posix.sigemptyset(), .flags = 0 });
    const what = switch (signal) {
        posix.SIG.SEGV => if (info.code == linux.SI_KERNEL) "General protection exception (no address available)" else "Segmentation fault",
        posix.SIG.ILL => "Illegal instruction",
        posix.SIG.BUS => "Bus error",
        posix.SIG.FPE => "Arithmetic exception",
        else => unreachable,
    };
    const writer = std.debug.lockStderrWriter(&.{});
    if (signal == posix.SIG.SEGV and info.code == linux.SI_KERNEL) {
        writer.print("{s}\n", .{what}) catch {};
    } else {
        writer.print("{s} at address 0x{x}\n", .{ what, info.address }) catch {};
    }
    posix.abort();
}
