//! Writes to a file through a buffer.

const std = @import("../../std.zig");
const File = std.fs.File;
const posix = std.posix;
const Writer = @This();

file: File,
/// Why the last write failed.
err: ?File.WriteError = null,
mode: File.Mode = .positional,
/// Where the next positional write goes.
pos: u64 = 0,
interface: std.Io.Writer,

pub fn init(file: File, buffer: []u8) Writer {
    return .{ .file = file, .interface = initInterface(buffer) };
}

pub fn initStreaming(file: File, buffer: []u8) Writer {
    return .{ .file = file, .interface = initInterface(buffer), .mode = .streaming };
}

pub fn initInterface(buffer: []u8) std.Io.Writer {
    return .{ .vtable = &.{ .drain = drain }, .buffer = buffer };
}

/// As many slices as are written at once.
const most_slices = 16;

/// One call of the system for all that there is: what waits, `data`, and its last slice `splat` times.
fn drain(io_writer: *std.Io.Writer, data: []const []const u8, splat: usize) std.Io.Writer.Error!usize {
    const w: *Writer = @alignCast(@fieldParentPtr("interface", io_writer));
    var slices: Slices = .{};
    slices.add(io_writer.buffered());
    for (data[0 .. data.len - 1]) |bytes| slices.add(bytes);
    const pattern = data[data.len - 1];
    var repeated: [256]u8 = undefined;
    if (pattern.len == 1 and splat > 1) {
        @memset(repeated[0..@min(splat, repeated.len)], pattern[0]);
        var left = splat;
        while (left > 0 and slices.len < most_slices) {
            const n = @min(left, repeated.len);
            slices.add(repeated[0..n]);
            left -= n;
        }
    } else {
        for (0..@min(splat, most_slices)) |_| slices.add(pattern);
    }
    if (slices.len == 0) return 0;
    return io_writer.consume(try w.writeSome(slices.all[0..slices.len]));
}

const Slices = struct {
    all: [most_slices]posix.iovec_const = undefined,
    len: usize = 0,

    fn add(self: *Slices, bytes: []const u8) void {
        if (bytes.len == 0 or self.len == most_slices) return;
        self.all[self.len] = .{ .base = bytes.ptr, .len = bytes.len };
        self.len += 1;
    }
};

/// Writes at least a byte; gives how many.
fn writeSome(w: *Writer, slices: []const posix.iovec_const) std.Io.Writer.Error!usize {
    if (w.mode == .positional) {
        if (posix.pwritev(w.file.handle, slices, w.pos)) |n| {
            w.pos += n;
            return n;
        } else |err| switch (err) {
            error.Unseekable => w.mode = .streaming,
            else => |e| {
                w.err = e;
                return error.WriteFailed;
            },
        }
    }
    return posix.writev(w.file.handle, slices) catch |err| {
        w.err = err;
        return error.WriteFailed;
    };
}
