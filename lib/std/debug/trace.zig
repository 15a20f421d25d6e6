//! Stack traces: the chain of frame pointers, each return address shown as function, file, line and
//! column, with the line itself where its file can be read.
//!
//! They are written while a program dies: nothing is allocated, nothing formatted, and whatever
//! cannot be read is left out. Every program holds this, so there are no checks that would bring more
//! with them: what is read was measured before.

const builtin = @import("builtin");
const linux = @import("../os/linux.zig");
const raw = @import("raw.zig");
const Tables = @import("Tables.zig");

/// Shows the calls that led to `first`, itself a return address; without it, or if it is not among them, all
/// calls from the frame at `frame` on.
pub fn write(first: ?usize, frame: usize) void {
    @setRuntimeSafety(false);
    if (builtin.strip_debug_info) return missing();
    const tables = Tables.open() orelse return missing();
    var start = frame;
    if (first) |address| {
        var at: ?usize = frame;
        while (at) |here| : (at = next(here)) {
            if (returnAddress(here) == address) {
                start = here;
                break;
            }
        }
    }
    chain(&tables, start);
}

/// Shows where `pc` is, and the calls that led there; `context` is the kernel's `ucontext_t`.
pub fn writeContext(context: [*]const usize) void {
    @setRuntimeSafety(false);
    if (builtin.strip_debug_info) return missing();
    const frame = context[15];
    const stack = context[20];
    const pc = context[21];
    const tables = Tables.open() orelse return missing();
    writeAddress(&tables, pc);
    // A routine without a frame: who called it is on the top of the stack.
    if (tables.find(pc) == null and readable(stack)) writeAddress(&tables, returnAddress(stack -% 8) -| 1);
    if (readable(frame)) chain(&tables, frame);
}

inline fn missing() void {
    raw.write(if (builtin.strip_debug_info)
        "Unable to dump stack trace: debug info stripped\n"
    else
        "Unable to dump stack trace: Unable to open debug info: MissingDebugInfo\n");
}

fn chain(tables: *const Tables, start: usize) void {
    var at: ?usize = start;
    while (at) |here| : (at = next(here)) {
        // The call ends where the return address is.
        writeAddress(tables, returnAddress(here) -| 1);
    }
}

/// The frame that called the one at `frame`.
inline fn next(frame: usize) ?usize {
    const caller = word(frame);
    if (caller <= frame or !readable(caller)) return null;
    return caller;
}

inline fn returnAddress(frame: usize) usize {
    return word(frame +% 8);
}

inline fn word(address: usize) usize {
    @setRuntimeSafety(false);
    return @as(*const usize, @ptrFromInt(address)).*;
}

/// Whether a frame can be at `address`.
fn readable(address: usize) bool {
    @setRuntimeSafety(false);
    if (address == 0 or address & 7 != 0) return false;
    const page = 4096;
    const first = address & ~@as(usize, page - 1);
    const last = (address +% 8) & ~@as(usize, page - 1);
    return linux.errno(linux.msync(first, last -% first +% page, linux.MSF.ASYNC)) == .SUCCESS;
}

fn writeAddress(tables: *const Tables, address: usize) void {
    @setRuntimeSafety(false);
    const found = tables.find(address);
    if (found) |place| {
        if (place.directory.len > 0) {
            raw.write(place.directory);
            raw.write("/");
        }
        raw.write(place.file);
        raw.write(":");
        raw.writeNumber(place.line, 10);
        raw.write(":");
        raw.writeNumber(place.column, 10);
    } else raw.write("???:?:?");
    raw.write(": 0x");
    raw.writeNumber(address, 16);
    raw.write(" in ");
    raw.write(if (found) |place| place.function else "???");
    raw.write(" (");
    raw.write(if (found) |place| place.module else "???");
    raw.write(")\n");
    if (found) |place| writeLine(place);
}

/// Shows the line of a place, and where in it.
fn writeLine(place: Tables.Place) void {
    @setRuntimeSafety(false);
    var path: [4096]u8 = undefined;
    if (place.directory.len + place.file.len + 2 > path.len) return;
    var len: usize = 0;
    for (place.directory) |byte| {
        path[len] = byte;
        len += 1;
    }
    if (len > 0) {
        path[len] = '/';
        len += 1;
    }
    for (place.file) |byte| {
        path[len] = byte;
        len += 1;
    }
    path[len] = 0;
    const text = Tables.map(@ptrCast(&path)) orelse return;
    defer Tables.unmap(text);
    var line: usize = 1;
    var start: usize = 0;
    while (line < place.line) : (line += 1) {
        while (start < text.len and text[start] != '\n') start += 1;
        if (start == text.len) return;
        start += 1;
    }
    var end = start;
    // A tab is shown as a blank, so that the mark below stands where it belongs.
    while (end < text.len and text[end] != '\n') : (end += 1) {
        if (text[end] != '\t') continue;
        raw.write(text[start..end]);
        raw.write(" ");
        start = end + 1;
    }
    raw.write(text[start..end]);
    raw.write("\n");
    if (place.column == 0) return;
    var column: usize = 1;
    const blanks = "                                ";
    while (column < place.column) {
        const n = @min(blanks.len, place.column - column);
        raw.write(blanks[0..n]);
        column += n;
    }
    raw.write("^\n");
}
