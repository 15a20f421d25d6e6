//! Printing for people, assertions, and what happens when a program panics.

const std = @import("std.zig");
const builtin = @import("builtin");
const File = std.fs.File;
const posix = std.posix;
const raw = @import("debug/raw.zig");
const trace = @import("debug/trace.zig");

pub const simple_panic = @import("debug/simple_panic.zig");
pub const no_panic = @import("debug/no_panic.zig");

/// Whether this build checks what it does.
pub const runtime_safety = switch (builtin.mode) {
    .Debug, .ReleaseSafe => true,
    .ReleaseFast, .ReleaseSmall => false,
};

/// Faults are reported where there is safety.
pub const default_enable_segfault_handler = runtime_safety;
pub const attachSegfaultHandler = @import("debug/faults.zig").attach;

/// Writes formatted text to standard error, unbuffered; failures are ignored.
pub fn print(comptime format: []const u8, args: anytype) void {
    var buffer: [64]u8 = undefined;
    const writer = lockStderrWriter(&buffer);
    defer unlockStderrWriter();
    writer.print(format, args) catch return;
}

var stderr_writer: File.Writer = .{
    .file = .{ .handle = posix.STDERR_FILENO },
    .mode = .streaming,
    .interface = File.Writer.initInterface(&.{}),
};

/// A writer to standard error with the given buffer, until `unlockStderrWriter`, which empties it.
pub fn lockStderrWriter(buffer: []u8) *std.Io.Writer {
    flushStderr();
    stderr_writer.interface.buffer = buffer;
    flush_pending = flushStderr;
    return &stderr_writer.interface;
}

/// Ends what `lockStderrWriter` began.
pub fn unlockStderrWriter() void {
    flushStderr();
    stderr_writer.interface.end = 0;
    stderr_writer.interface.buffer = &.{};
}

fn flushStderr() void {
    stderr_writer.interface.flush() catch return;
}

/// How a panic writes out what was being printed; null in programs that print nothing.
var flush_pending: ?*const fn () void = null;

/// Panics, where there is safety, unless `ok`.
pub fn assert(ok: bool) void {
    if (!ok) unreachable;
}

/// Ends the program with a formatted message.
pub fn panic(comptime format: []const u8, args: anytype) noreturn {
    @branchHint(.cold);
    panicExtra(@returnAddress(), format, args);
}

/// `panic`, on behalf of the code at `ret_addr`.
pub fn panicExtra(ret_addr: ?usize, comptime format: []const u8, args: anytype) noreturn {
    @branchHint(.cold);
    var text: [0x1000]u8 = undefined;
    const mark = "(msg truncated)";
    var writer: std.Io.Writer = .fixed(text[0 .. text.len - mark.len]);
    var len: usize = undefined;
    if (writer.print(format, args)) |_| {
        len = writer.end;
    } else |_| {
        @memcpy(text[writer.end..][0..mark.len], mark);
        len = writer.end + mark.len;
    }
    std.builtin.panic.call(text[0..len], ret_addr);
}

/// How often this program has begun to panic.
var panics_begun: u32 = 0;

/// What a panic does unless the program says otherwise: a line on standard error with a stack trace, then the abort signal.
pub fn defaultPanic(message: []const u8, first_trace_addr: ?usize) noreturn {
    @branchHint(.cold);
    panics_begun += 1;
    switch (panics_begun) {
        1 => {
            if (flush_pending) |flush| flush();
            if (!builtin.single_threaded) {
                raw.write("thread ");
                raw.writeNumber(@intCast(std.os.linux.gettid()), 10);
                raw.write(" ");
            }
            raw.write("panic: ");
            raw.write(message);
            raw.write("\n");
            trace.write(first_trace_addr orelse @returnAddress(), @frameAddress());
        },
        2 => raw.write("aborting due to recursive panic\n"),
        else => {},
    }
    posix.abort();
}

/// Shows the calls that led here on standard error, from the one that returns to `start_addr` on.
pub fn dumpCurrentStackTrace(start_addr: ?usize) void {
    trace.write(start_addr, @frameAddress());
}

fn panicText(
    address: usize,
    first: []const u8,
    second: []const u8,
    third: []const u8,
    fourth: []const u8,
    fifth: []const u8,
) noreturn {
    @branchHint(.cold);
    var text: raw.Text = .{};
    text.add(first);
    text.add(second);
    text.add(third);
    text.add(fourth);
    text.add(fifth);
    std.builtin.panic.call(text.slice(), address);
}

fn panicNumbers(address: usize, before: []const u8, first: usize, between: []const u8, second: usize) noreturn {
    @branchHint(.cold);
    var text: raw.Text = .{};
    text.add(before);
    text.addNumber(first);
    text.add(between);
    text.addNumber(second);
    std.builtin.panic.call(text.slice(), address);
}

/// A namespace for `pub const panic`: every failed check has a message with its
/// values, given to `panicFn`. All but one do without formatting, so that programs that print nothing stay small.
pub fn FullPanic(comptime panicFn: fn ([]const u8, ?usize) noreturn) type {
    return struct {
        pub const call = panicFn;

        pub fn sentinelMismatch(expected: anytype, found: @TypeOf(expected)) noreturn {
            @branchHint(.cold);
            panicExtra(@returnAddress(), "sentinel mismatch: expected {any}, found {any}", .{ expected, found });
        }
        pub fn unwrapError(err: anyerror) noreturn {
            @branchHint(.cold);
            panicText(@returnAddress(), "attempt to unwrap error: ", @errorName(err), "", "", "");
        }
        pub fn outOfBounds(index: usize, len: usize) noreturn {
            @branchHint(.cold);
            panicNumbers(@returnAddress(), "index out of bounds: index ", index, ", len ", len);
        }
        pub fn startGreaterThanEnd(begin: usize, end: usize) noreturn {
            @branchHint(.cold);
            panicNumbers(@returnAddress(), "start index ", begin, " is larger than end index ", end);
        }
        pub fn inactiveUnionField(active: anytype, accessed: @TypeOf(active)) noreturn {
            @branchHint(.cold);
            const text = "access of union field '";
            panicText(@returnAddress(), text, @tagName(accessed), "' while field '", @tagName(active), "' is active");
        }
        pub fn sliceCastLenRemainder(src_len: usize) noreturn {
            @branchHint(.cold);
            var text: raw.Text = .{};
            text.add("slice length '");
            text.addNumber(src_len);
            text.add("' does not divide exactly into destination elements");
            std.builtin.panic.call(text.slice(), @returnAddress());
        }

        pub fn reachedUnreachable() noreturn {
            @branchHint(.cold);
            call("reached unreachable code", @returnAddress());
        }
        pub fn unwrapNull() noreturn {
            @branchHint(.cold);
            call("attempt to use null value", @returnAddress());
        }
        pub fn castToNull() noreturn {
            @branchHint(.cold);
            call("cast causes pointer to be null", @returnAddress());
        }
        pub fn incorrectAlignment() noreturn {
            @branchHint(.cold);
            call("incorrect alignment", @returnAddress());
        }
        pub fn invalidErrorCode() noreturn {
            @branchHint(.cold);
            call("invalid error code", @returnAddress());
        }
        pub fn integerOutOfBounds() noreturn {
            @branchHint(.cold);
            call("integer does not fit in destination type", @returnAddress());
        }
        pub fn integerOverflow() noreturn {
            @branchHint(.cold);
            call("integer overflow", @returnAddress());
        }
        pub fn shlOverflow() noreturn {
            @branchHint(.cold);
            call("left shift overflowed bits", @returnAddress());
        }
        pub fn shrOverflow() noreturn {
            @branchHint(.cold);
            call("right shift overflowed bits", @returnAddress());
        }
        pub fn divideByZero() noreturn {
            @branchHint(.cold);
            call("division by zero", @returnAddress());
        }
        pub fn exactDivisionRemainder() noreturn {
            @branchHint(.cold);
            call("exact division produced remainder", @returnAddress());
        }
        pub fn integerPartOutOfBounds() noreturn {
            @branchHint(.cold);
            call("integer part of floating point value out of bounds", @returnAddress());
        }
        pub fn corruptSwitch() noreturn {
            @branchHint(.cold);
            call("switch on corrupt value", @returnAddress());
        }
        pub fn shiftRhsTooBig() noreturn {
            @branchHint(.cold);
            call("shift amount is greater than the type size", @returnAddress());
        }
        pub fn invalidEnumValue() noreturn {
            @branchHint(.cold);
            call("invalid enum value", @returnAddress());
        }
        pub fn forLenMismatch() noreturn {
            @branchHint(.cold);
            call("for loop over objects with non-equal lengths", @returnAddress());
        }
        pub fn copyLenMismatch() noreturn {
            @branchHint(.cold);
            call("source and destination arguments have non-equal lengths", @returnAddress());
        }
        pub fn memcpyAlias() noreturn {
            @branchHint(.cold);
            call("@memcpy arguments alias", @returnAddress());
        }
        pub fn noreturnReturned() noreturn {
            @branchHint(.cold);
            call("'noreturn' function returned", @returnAddress());
        }
    };
}
