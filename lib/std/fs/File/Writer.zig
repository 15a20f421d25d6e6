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

fn drain(io_writer: *std.Io.Writer, data: []const []const u8, splat: usize) std.Io.Writer.Error!usize {
    const w: *Writer = @alignCast(@fieldParentPtr("interface", io_writer));
    if (io_writer.end > 0) return io_writer.consume(try w.writeSome(io_writer.buffered()));
    for (data[0 .. data.len - 1]) |bytes| {
        if (bytes.len > 0) return w.writeSome(bytes);
    }
    const pattern = data[data.len - 1];
    if (pattern.len == 0 or splat == 0) return 0;
    if (splat == 1) return w.writeSome(pattern);
    // Whole repetitions go into a buffer first; what is not written then is asked for again.
    var buffer: [256]u8 = undefined;
    if (pattern.len > buffer.len) return w.writeSome(pattern);
    const times = @min(splat, buffer.len / pattern.len);
    for (0..times) |i| @memcpy(buffer[i * pattern.len ..][0..pattern.len], pattern);
    const whole = buffer[0 .. times * pattern.len];
    var written: usize = 0;
    while (written < whole.len) written += try w.writeSome(whole[written..]);
    return written;
}

/// Writes at least a byte; gives how many.
fn writeSome(w: *Writer, bytes: []const u8) std.Io.Writer.Error!usize {
    if (w.mode == .positional) {
        if (posix.pwrite(w.file.handle, bytes, w.pos)) |n| {
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
    return w.file.write(bytes) catch |err| {
        w.err = err;
        return error.WriteFailed;
    };
}
