//! A sink of bytes: a buffer here, and behind a table of functions whatever takes it when it is full.

const std = @import("../std.zig");
const chosen = @import("../chosen.zig");
const format_string = @import("../fmt/format_string.zig");
const values = @import("Writer/value.zig");
const ints = @import("Writer/int.zig");
const Writer = @This();

vtable: *const VTable,
/// Bytes from 0 to `end` are still to be handed on.
buffer: []u8,
end: usize = 0,

/// The details of a failure are kept by the implementation.
pub const Error = error{WriteFailed};

pub const VTable = struct {
    /// Hands on the buffered bytes, then `data`, whose last element is repeated `splat` times. Gives how much
    /// of `data` was taken, which may be nothing, and moves what is left in the buffer to its start.
    drain: *const fn (w: *Writer, data: []const []const u8, splat: usize) Error!usize,
    /// Hands on all that is buffered.
    flush: *const fn (w: *Writer) Error!void = defaultFlush,
    /// Makes room for `capacity` bytes, keeping the last `preserve` ones of the buffer.
    rebase: *const fn (w: *Writer, preserve: usize, capacity: usize) Error!void = defaultRebase,
};

pub const Discarding = @import("Writer/Discarding.zig");

/// Writes into `buffer`, and fails when it is full.
pub fn fixed(buffer: []u8) Writer {
    return .{ .vtable = &.{ .drain = fixedDrain, .flush = noopFlush, .rebase = failingRebase }, .buffer = buffer };
}

/// A writer that cannot write anything.
pub const failing: Writer = .{
    .vtable = &.{ .drain = failingDrain, .rebase = failingRebase },
    .buffer = &.{},
};

pub fn failingDrain(_: *Writer, _: []const []const u8, _: usize) Error!usize {
    return error.WriteFailed;
}

pub fn failingRebase(_: *Writer, _: usize, _: usize) Error!void {
    return error.WriteFailed;
}

pub fn noopFlush(_: *Writer) Error!void {}

pub fn fixedDrain(w: *Writer, data: []const []const u8, splat: usize) Error!usize {
    for (data[0 .. data.len - 1]) |bytes| try w.fillUp(bytes);
    for (0..splat) |_| try w.fillUp(data[data.len - 1]);
    return countSplat(data, splat);
}

/// Buffers all of `bytes`, or as much as there is room for, which is a failure.
fn fillUp(w: *Writer, bytes: []const u8) Error!void {
    const n = @min(bytes.len, w.buffer.len - w.end);
    @memcpy(w.buffer[w.end..][0..n], bytes[0..n]);
    w.end += n;
    if (n < bytes.len) return error.WriteFailed;
}

pub fn defaultFlush(w: *Writer) Error!void {
    while (w.end != 0) _ = try w.vtable.drain(w, &.{""}, 1);
}

pub fn defaultRebase(w: *Writer, preserve: usize, capacity: usize) Error!void {
    while (w.buffer.len - w.end < capacity) {
        const kept = @min(preserve, w.end);
        const tail = w.buffer[w.end - kept .. w.end];
        w.end -= kept;
        defer {
            std.mem.copyForwards(u8, w.buffer[w.end..][0..kept], tail);
            w.end += kept;
        }
        _ = try w.vtable.drain(w, &.{""}, 1);
    }
}

/// How many bytes `data` is with its repetitions.
pub fn countSplat(data: []const []const u8, splat: usize) usize {
    var total: usize = data[data.len - 1].len * splat;
    for (data[0 .. data.len - 1]) |bytes| total += bytes.len;
    return total;
}

/// What waits to be handed on.
pub fn buffered(w: *const Writer) []u8 {
    return w.buffer[0..w.end];
}

/// For implementations of `drain`: `n` bytes were handed on, the buffered ones first; gives how many of `data`.
pub fn consume(w: *Writer, n: usize) usize {
    if (n >= w.end) {
        defer w.end = 0;
        return n - w.end;
    }
    std.mem.copyForwards(u8, w.buffer, w.buffer[n..w.end]);
    w.end -= n;
    return 0;
}

pub fn consumeAll(w: *Writer) usize {
    w.end = 0;
    return 0;
}

pub fn flush(w: *Writer) Error!void {
    return w.vtable.flush(w);
}

pub fn unusedCapacitySlice(w: *const Writer) []u8 {
    return w.buffer[w.end..];
}

pub fn unusedCapacityLen(w: *const Writer) usize {
    return w.buffer.len - w.end;
}

/// Room in the buffer for at least `minimum` bytes; `advance` says how many were put there.
pub fn writableSliceGreedy(w: *Writer, minimum: usize) Error![]u8 {
    if (w.buffer.len - w.end < minimum) try w.vtable.rebase(w, 0, minimum);
    return w.buffer[w.end..];
}

pub fn writableSlice(w: *Writer, length: usize) Error![]u8 {
    const room = try w.writableSliceGreedy(length);
    w.end += length;
    return room[0..length];
}

pub fn ensureUnusedCapacity(w: *Writer, n: usize) Error!void {
    _ = try w.writableSliceGreedy(n);
}

pub fn advance(w: *Writer, n: usize) void {
    std.debug.assert(n <= w.buffer.len - w.end);
    w.end += n;
}

pub fn undo(w: *Writer, n: usize) void {
    w.end -= n;
}

/// Writes some of the bytes; gives how many.
pub fn write(w: *Writer, bytes: []const u8) Error!usize {
    if (bytes.len > w.buffer.len - w.end) return w.vtable.drain(w, &.{bytes}, 1);
    @memcpy(w.buffer[w.end..][0..bytes.len], bytes);
    w.end += bytes.len;
    return bytes.len;
}

pub fn writeAll(w: *Writer, bytes: []const u8) Error!void {
    var written: usize = 0;
    while (written < bytes.len) written += try w.write(bytes[written..]);
}

/// Writes some of several slices; gives how many bytes.
pub fn writeVec(w: *Writer, data: []const []const u8) Error!usize {
    var count: usize = 0;
    for (data) |bytes| count += bytes.len;
    if (count > w.buffer.len - w.end) return w.vtable.drain(w, data, 1);
    for (data) |bytes| {
        @memcpy(w.buffer[w.end..][0..bytes.len], bytes);
        w.end += bytes.len;
    }
    return count;
}

/// Writes all of several slices, which are as they were afterwards.
pub fn writeVecAll(w: *Writer, data: [][]const u8) Error!void {
    var index: usize = 0;
    // Of the slice at `index`.
    var written: usize = 0;
    while (index < data.len) {
        {
            const whole = data[index];
            data[index] = whole[written..];
            defer data[index] = whole;
            written += try w.writeVec(data[index..]);
        }
        while (index < data.len and written >= data[index].len) {
            written -= data[index].len;
            index += 1;
        }
    }
}

pub fn writeByte(w: *Writer, byte: u8) Error!void {
    while (w.end == w.buffer.len) {
        if (try w.vtable.drain(w, &.{&.{byte}}, 1) > 0) return;
    }
    w.buffer[w.end] = byte;
    w.end += 1;
}

/// Writes a byte `n` times.
pub fn splatByteAll(w: *Writer, byte: u8, n: usize) Error!void {
    var left = n;
    while (left > 0) {
        const room = @min(left, w.buffer.len - w.end);
        if (room == 0) {
            left -= try w.vtable.drain(w, &.{&.{byte}}, left);
            continue;
        }
        @memset(w.buffer[w.end..][0..room], byte);
        w.end += room;
        left -= room;
    }
}

/// Writes bytes `splat` times.
pub fn splatBytesAll(w: *Writer, bytes: []const u8, splat: usize) Error!void {
    for (0..splat) |_| try w.writeAll(bytes);
}

/// Writes an integer as its bytes.
pub fn writeInt(w: *Writer, comptime T: type, value: T, endian: std.builtin.Endian) Error!void {
    var bytes: [@divExact(@typeInfo(T).int.bits, 8)]u8 = undefined;
    std.mem.writeInt(T, &bytes, value, endian);
    return w.writeAll(&bytes);
}

/// Writes `format` with the values of `args` in place of its placeholders.
pub fn print(w: *Writer, comptime format: []const u8, args: anytype) Error!void {
    const Args = @TypeOf(args);
    if (@typeInfo(Args) != .@"struct") {
        @compileError("expected tuple or struct argument, found " ++ @typeName(Args));
    }
    @setEvalBranchQuota(2000 + format.len * 200);
    comptime var parser: format_string.Parser = .init(format, Args);
    inline while (comptime parser.next()) |piece| {
        switch (piece) {
            .text => |text| try w.writeAll(text),
            .value => |p| {
                const options: std.fmt.Options = .{
                    .fill = p.fill,
                    .alignment = p.alignment,
                    .width = amount(p.width, args),
                    .precision = amount(p.precision, args),
                };
                try w.printValue(p.specifier, options, @field(args, p.name), chosen.fmt_max_depth);
            },
        }
    }
}

inline fn amount(comptime from: format_string.Amount, args: anytype) ?usize {
    return switch (from) {
        .none => null,
        .number => |n| n,
        .argument => |name| @field(args, name),
    };
}

pub const printValue = values.printValue;
pub const printAddress = values.printAddress;
pub const printInt = ints.printInt;
pub const printHex = ints.printHex;

pub fn printUnicodeCodepoint(w: *Writer, c: u21) Error!void {
    var bytes: [4]u8 = undefined;
    const length = std.unicode.utf8Encode(c, &bytes) catch {
        return w.writeAll(&std.unicode.replacement_character_utf8);
    };
    return w.writeAll(bytes[0..length]);
}

pub fn printAsciiChar(w: *Writer, c: u8, options: std.fmt.Options) Error!void {
    return w.alignBufferOptions(&.{c}, options);
}

pub fn printAscii(w: *Writer, bytes: []const u8, options: std.fmt.Options) Error!void {
    return w.alignBufferOptions(bytes, options);
}

pub fn alignBufferOptions(w: *Writer, bytes: []const u8, options: std.fmt.Options) Error!void {
    return w.alignBuffer(bytes, options.width orelse 0, options.alignment, options.fill);
}

/// Writes bytes, filled up to a width.
pub fn alignBuffer(w: *Writer, bytes: []const u8, width: usize, alignment: std.fmt.Alignment, fill: u8) Error!void {
    const padding = width -| bytes.len;
    const before = switch (alignment) {
        .left => 0,
        .center => padding / 2,
        .right => padding,
    };
    try w.splatByteAll(fill, before);
    try w.writeAll(bytes);
    try w.splatByteAll(fill, padding - before);
}
