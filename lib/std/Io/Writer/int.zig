//! Integers as text. All widths up to 64 bits share one function, so that a program has it once.

const std = @import("../../std.zig");
const Writer = std.Io.Writer;
const Case = std.fmt.Case;
const Options = std.fmt.Options;

const Sign = enum { none, plus, minus };

/// Prints an integer in a base from 2 to 36.
pub fn printInt(w: *Writer, value: anytype, base: u8, case: Case, options: Options) Writer.Error!void {
    const T = @TypeOf(value);
    if (T == comptime_int) {
        const Fitting = std.math.IntFittingRange(@min(value, 0), @max(value, 0));
        return printInt(w, @as(Fitting, value), base, case, options);
    }
    const info = @typeInfo(T).int;
    // A sign that is not needed stands where a column of numbers is aligned.
    const positive: Sign = if (info.signedness == .signed and (options.width orelse 0) != 0) .plus else .none;
    const sign: Sign = if (info.signedness == .signed and value < 0) .minus else positive;
    if (info.bits <= 64) return printMagnitude(w, @abs(value), sign, base, case, options);

    var text: [info.bits + 1]u8 = undefined;
    var at: usize = text.len;
    var left = @abs(value);
    while (true) {
        at -= 1;
        text[at] = std.fmt.digitToChar(@intCast(left % base), case);
        left /= base;
        if (left == 0) break;
    }
    return printSigned(w, &text, at, sign, options);
}

fn printMagnitude(w: *Writer, magnitude: u64, sign: Sign, base: u8, case: Case, options: Options) Writer.Error!void {
    var text: [65]u8 = undefined;
    var at: usize = text.len;
    var left = magnitude;
    while (true) {
        at -= 1;
        text[at] = std.fmt.digitToChar(@intCast(left % base), case);
        left /= base;
        if (left == 0) break;
    }
    return printSigned(w, &text, at, sign, options);
}

/// Puts the sign before the digits from `start` on.
fn printSigned(w: *Writer, text: []u8, start: usize, sign: Sign, options: Options) Writer.Error!void {
    var at = start;
    if (sign != .none) {
        at -= 1;
        text[at] = if (sign == .minus) '-' else '+';
    }
    return w.alignBufferOptions(text[at..], options);
}

/// Prints bytes as pairs of hexadecimal digits.
pub fn printHex(w: *Writer, bytes: []const u8, case: Case) Writer.Error!void {
    for (bytes) |byte| {
        try w.writeByte(std.fmt.digitToChar(byte >> 4, case));
        try w.writeByte(std.fmt.digitToChar(byte & 15, case));
    }
}
