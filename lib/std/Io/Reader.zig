//! A source of bytes: a buffer here, and behind a table of functions whatever fills it.

const std = @import("../std.zig");
const Writer = std.Io.Writer;
const Limit = std.Io.Limit;
const Reader = @This();

vtable: *const VTable,
buffer: []u8,
/// Bytes from `seek` to `end` are in the buffer and not yet taken.
seek: usize,
end: usize,

/// The details of a failure are kept by the implementation.
pub const Error = error{ ReadFailed, EndOfStream };
pub const StreamError = error{ ReadFailed, WriteFailed, EndOfStream };
pub const StreamRemainingError = error{ ReadFailed, WriteFailed };
pub const ShortError = error{ReadFailed};
pub const RebaseError = error{EndOfStream};
pub const DelimiterError = error{ ReadFailed, EndOfStream, StreamTooLong };

pub const VTable = struct {
    /// Puts up to `limit` bytes that follow the buffered ones into `w`; gives how many, which may be none.
    stream: *const fn (r: *Reader, w: *Writer, limit: Limit) StreamError!usize,
    /// Drops up to `limit` bytes that follow the buffered ones; gives how many.
    discard: *const fn (r: *Reader, limit: Limit) Error!usize = defaultDiscard,
    /// Fills `data`, or where that has no room the buffer; gives how many bytes went into `data`.
    readVec: *const fn (r: *Reader, data: [][]u8) Error!usize = defaultReadVec,
    /// Makes room for `capacity` bytes from `seek` on.
    rebase: *const fn (r: *Reader, capacity: usize) RebaseError!void = defaultRebase,
};

/// Reads what is in `buffer`.
pub fn fixed(buffer: []const u8) Reader {
    return .{
        .vtable = &.{ .stream = endingStream, .readVec = endingReadVec, .discard = endingDiscard, .rebase = endingRebase },
        // Nothing writes into a buffer that is full.
        .buffer = @constCast(buffer),
        .seek = 0,
        .end = buffer.len,
    };
}

/// A reader that has nothing.
pub const ending: Reader = .fixed(&.{});

fn endingStream(_: *Reader, _: *Writer, _: Limit) StreamError!usize {
    return error.EndOfStream;
}

fn endingReadVec(_: *Reader, _: [][]u8) Error!usize {
    return error.EndOfStream;
}

fn endingDiscard(_: *Reader, _: Limit) Error!usize {
    return error.EndOfStream;
}

fn endingRebase(_: *Reader, _: usize) RebaseError!void {
    return error.EndOfStream;
}

pub fn defaultDiscard(r: *Reader, limit: Limit) Error!usize {
    var trash: [128]u8 = undefined;
    var w: Writer = .fixed(limit.slice(&trash));
    return r.vtable.stream(r, &w, limit) catch |err| switch (err) {
        error.WriteFailed => unreachable,
        else => |e| e,
    };
}

pub fn defaultReadVec(r: *Reader, data: [][]u8) Error!usize {
    const into_buffer = data.len == 0 or data[0].len == 0;
    var w: Writer = .fixed(if (into_buffer) r.buffer[r.end..] else data[0]);
    const n = r.vtable.stream(r, &w, .limited(w.buffer.len)) catch |err| switch (err) {
        error.WriteFailed => unreachable,
        else => |e| return e,
    };
    if (!into_buffer) return n;
    r.end += n;
    return 0;
}

pub fn defaultRebase(r: *Reader, capacity: usize) RebaseError!void {
    if (r.buffer.len - r.seek >= capacity) return;
    std.debug.assert(capacity <= r.buffer.len);
    std.mem.copyForwards(u8, r.buffer, r.buffered());
    r.end -= r.seek;
    r.seek = 0;
}

pub fn rebase(r: *Reader, capacity: usize) RebaseError!void {
    return r.vtable.rebase(r, capacity);
}

/// What is in the buffer.
pub fn buffered(r: *Reader) []u8 {
    return r.buffer[r.seek..r.end];
}

pub fn bufferedLen(r: *const Reader) usize {
    return r.end - r.seek;
}

/// Passes `n` bytes of the buffer.
pub fn toss(r: *Reader, n: usize) void {
    r.seek += n;
    std.debug.assert(r.seek <= r.end);
}

pub fn tossBuffered(r: *Reader) void {
    r.seek = r.end;
}

/// Moves up to `limit` bytes into `w`; gives how many, which may be none before the end.
pub fn stream(r: *Reader, w: *Writer, limit: Limit) StreamError!usize {
    const here = limit.slice(r.buffered());
    if (here.len == 0) return r.vtable.stream(r, w, limit);
    const n = try w.write(here);
    r.toss(n);
    return n;
}

/// Moves all that is left into `w`; gives how much.
pub fn streamRemaining(r: *Reader, w: *Writer) StreamRemainingError!usize {
    var n: usize = 0;
    while (true) {
        n += r.stream(w, .unlimited) catch |err| switch (err) {
            error.EndOfStream => return n,
            else => |e| return e,
        };
    }
}

pub fn streamExact(r: *Reader, w: *Writer, n: usize) StreamError!void {
    var left = n;
    while (left > 0) left -= try r.stream(w, .limited(left));
}

/// Drops up to `limit` bytes; gives how many.
pub fn discard(r: *Reader, limit: Limit) Error!usize {
    const n = limit.minInt(r.bufferedLen());
    r.toss(n);
    const left = limit.subtract(n) orelse return n;
    if (!left.nonzero() or n > 0) return n;
    return r.vtable.discard(r, left);
}

pub fn discardRemaining(r: *Reader) ShortError!usize {
    var n: usize = 0;
    while (true) {
        n += r.discard(.unlimited) catch |err| switch (err) {
            error.EndOfStream => return n,
            error.ReadFailed => |e| return e,
        };
    }
}

pub fn discardAll(r: *Reader, n: usize) Error!void {
    if (try r.discardShort(n) != n) return error.EndOfStream;
}

/// Drops `n` bytes, fewer only at the end; gives how many.
pub fn discardShort(r: *Reader, n: usize) ShortError!usize {
    var left = n;
    while (left > 0) {
        left -= r.discard(.limited(left)) catch |err| switch (err) {
            error.EndOfStream => break,
            error.ReadFailed => |e| return e,
        };
    }
    return n - left;
}

/// Fills `out`, up to the end of the stream; gives how many bytes there were.
pub fn readSliceShort(r: *Reader, out: []u8) ShortError!usize {
    var n: usize = 0;
    while (n < out.len) {
        const here = Limit.limited(out.len - n).slice(r.buffered());
        if (here.len > 0) {
            @memcpy(out[n..][0..here.len], here);
            r.toss(here.len);
            n += here.len;
            continue;
        }
        // All is taken: what comes next has the whole buffer.
        r.seek = 0;
        r.end = 0;
        var data: [1][]u8 = .{out[n..]};
        n += r.vtable.readVec(r, &data) catch |err| switch (err) {
            error.EndOfStream => break,
            error.ReadFailed => |e| return e,
        };
    }
    return n;
}

pub fn readSliceAll(r: *Reader, out: []u8) Error!void {
    if (try r.readSliceShort(out) != out.len) return error.EndOfStream;
}

/// Reads more into the buffer, at least a byte; it must not be full.
pub fn fillMore(r: *Reader) Error!void {
    try r.rebase(r.bufferedLen() + 1);
    const before = r.bufferedLen();
    while (r.bufferedLen() == before) {
        var data: [1][]u8 = .{&.{}};
        _ = try r.vtable.readVec(r, &data);
    }
}

/// Reads until `n` bytes are in the buffer.
pub fn fill(r: *Reader, n: usize) Error!void {
    if (r.bufferedLen() >= n) return;
    try r.rebase(n);
    while (r.bufferedLen() < n) {
        var data: [1][]u8 = .{&.{}};
        _ = try r.vtable.readVec(r, &data);
    }
}

/// The next `n` bytes, without taking them.
pub fn peek(r: *Reader, n: usize) Error![]u8 {
    try r.fill(n);
    return r.buffer[r.seek..][0..n];
}

/// All that is in the buffer, at least `n` bytes, without taking them.
pub fn peekGreedy(r: *Reader, n: usize) Error![]u8 {
    try r.fill(n);
    return r.buffered();
}

/// The next `n` bytes; they stay in the buffer until more is read.
pub fn take(r: *Reader, n: usize) Error![]u8 {
    const bytes = try r.peek(n);
    r.toss(n);
    return bytes;
}

pub fn takeArray(r: *Reader, comptime n: usize) Error!*[n]u8 {
    return (try r.take(n))[0..n];
}

pub fn peekArray(r: *Reader, comptime n: usize) Error!*[n]u8 {
    return (try r.peek(n))[0..n];
}

pub fn peekByte(r: *Reader) Error!u8 {
    return (try r.peek(1))[0];
}

pub fn takeByte(r: *Reader) Error!u8 {
    const byte = try r.peekByte();
    r.toss(1);
    return byte;
}

pub fn takeInt(r: *Reader, comptime T: type, endian: std.builtin.Endian) Error!T {
    return std.mem.readInt(T, try r.takeArray(@divExact(@typeInfo(T).int.bits, 8)), endian);
}

/// The bytes up to the next delimiter and it, without taking them.
pub fn peekDelimiterInclusive(r: *Reader, delimiter: u8) DelimiterError![]u8 {
    var searched: usize = 0;
    while (true) {
        const here = r.buffered();
        if (std.mem.indexOfScalarPos(u8, here, searched, delimiter)) |i| return here[0 .. i + 1];
        searched = here.len;
        if (here.len == r.buffer.len) return r.endOrTooLong();
        try r.fillMore();
    }
}

/// Why a full buffer has no delimiter: only a source of a fixed length knows that it is at its end.
fn endOrTooLong(r: *Reader) DelimiterError![]u8 {
    var w = Writer.failing;
    while (true) {
        _ = r.vtable.stream(r, &w, .limited(1)) catch |err| switch (err) {
            error.WriteFailed => return error.StreamTooLong,
            error.ReadFailed, error.EndOfStream => |e| return e,
        };
    }
}

/// The bytes up to the next delimiter and it.
pub fn takeDelimiterInclusive(r: *Reader, delimiter: u8) DelimiterError![]u8 {
    const bytes = try r.peekDelimiterInclusive(delimiter);
    r.toss(bytes.len);
    return bytes;
}

/// The bytes up to the next delimiter or the end, without taking them.
pub fn peekDelimiterExclusive(r: *Reader, delimiter: u8) DelimiterError![]u8 {
    const bytes = r.peekDelimiterInclusive(delimiter) catch |err| switch (err) {
        error.EndOfStream => return if (r.bufferedLen() == 0) error.EndOfStream else r.buffered(),
        else => |e| return e,
    };
    return bytes[0 .. bytes.len - 1];
}

/// The bytes up to the next delimiter, which is not taken, or the end.
pub fn takeDelimiterExclusive(r: *Reader, delimiter: u8) DelimiterError![]u8 {
    const bytes = try r.peekDelimiterExclusive(delimiter);
    r.toss(bytes.len);
    return bytes;
}

/// The bytes up to the next delimiter, which is taken too, or the end; null after it.
pub fn takeDelimiter(r: *Reader, delimiter: u8) error{ ReadFailed, StreamTooLong }!?[]u8 {
    const bytes = r.takeDelimiterInclusive(delimiter) catch |err| switch (err) {
        error.EndOfStream => {
            const rest = r.buffered();
            r.tossBuffered();
            return if (rest.len == 0) null else rest;
        },
        else => |e| return e,
    };
    return bytes[0 .. bytes.len - 1];
}

/// Moves the bytes up to the next delimiter, which is not taken, into `w`; gives how many.
pub fn streamDelimiter(r: *Reader, w: *Writer, delimiter: u8) StreamError!usize {
    const n = try r.streamDelimiterEnding(w, delimiter);
    if (r.bufferedLen() == 0) return error.EndOfStream;
    return n;
}

/// `streamDelimiter`, for which the end is a delimiter too.
pub fn streamDelimiterEnding(r: *Reader, w: *Writer, delimiter: u8) StreamRemainingError!usize {
    var n: usize = 0;
    while (true) {
        const here = r.peekGreedy(1) catch |err| switch (err) {
            error.EndOfStream => return n,
            error.ReadFailed => |e| return e,
        };
        const i = std.mem.indexOfScalar(u8, here, delimiter) orelse here.len;
        try w.writeAll(here[0..i]);
        const found = i < here.len;
        r.toss(i);
        n += i;
        if (found) return n;
    }
}

/// Drops the bytes up to the next delimiter and it; gives how many.
pub fn discardDelimiterInclusive(r: *Reader, delimiter: u8) Error!usize {
    const n = try r.discardDelimiterExclusive(delimiter);
    if (r.bufferedLen() == 0) return error.EndOfStream;
    r.toss(1);
    return n + 1;
}

/// Drops the bytes up to the next delimiter or the end; gives how many.
pub fn discardDelimiterExclusive(r: *Reader, delimiter: u8) ShortError!usize {
    var n: usize = 0;
    while (true) {
        const here = r.peekGreedy(1) catch |err| switch (err) {
            error.EndOfStream => return n,
            error.ReadFailed => |e| return e,
        };
        const i = std.mem.indexOfScalar(u8, here, delimiter) orelse here.len;
        const found = i < here.len;
        r.toss(i);
        n += i;
        if (found) return n;
    }
}
