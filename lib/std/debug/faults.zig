//! Memory faults and illegal instructions become a line on standard error, a stack trace and the abort signal.

const linux = @import("../os/linux.zig");
const posix = @import("../posix.zig");
const raw = @import("raw.zig");
const trace = @import("trace.zig");

/// Sets the handlers.
pub fn attach() void {
    setAll(@intFromPtr(&handle), linux.SA.SIGINFO | linux.SA.RESETHAND);
}

fn setAll(handler: usize, flags: usize) void {
    linux.setHandler(linux.SIG.SEGV, handler, flags);
    linux.setHandler(linux.SIG.ILL, handler, flags);
    linux.setHandler(linux.SIG.BUS, handler, flags);
    linux.setHandler(linux.SIG.FPE, handler, flags);
}

/// `info` is the kernel's `siginfo_t`: the third number of 32 bits is the code, the third of 64 the address.
fn handle(signal: i32, info: *const [16]u64, context: [*]const usize) callconv(.c) noreturn {
    // A fault while this one is reported ends the program at once.
    setAll(linux.SIG_DFL, 0);
    const of_kernel = info[1] & 0xffff_ffff == linux.SI_KERNEL;
    if (signal == linux.SIG.SEGV and of_kernel) {
        raw.write("General protection exception (no address available)\n");
        trace.writeContext(context);
        posix.abort();
    }
    raw.write(switch (signal) {
        linux.SIG.SEGV => "Segmentation fault",
        linux.SIG.ILL => "Illegal instruction",
        linux.SIG.BUS => "Bus error",
        else => "Arithmetic exception",
    });
    raw.write(" at address 0x");
    raw.writeNumber(info[2], 16);
    raw.write("\n");
    trace.writeContext(context);
    posix.abort();
}
