//! Reads from a file through a buffer.

const std = @import("../../std.zig");
const File = std.fs.File;
const posix = std.posix;
const Reader = @This();

file: File,
/// Why the last read failed.
err: ?File.ReadError = null,
mode: File.Mode = .positional,
/// Where the next positional read begins.
pos: u64 = 0,
interface: std.Io.Reader,

pub fn init(file: File, buffer: []u8) Reader {
    return .{ .file = file, .interface = initInterface(buffer) };
}

pub fn initStreaming(file: File, buffer: []u8) Reader {
    return .{ .file = file, .interface = initInterface(buffer), .mode = .streaming };
}

pub fn initInterface(buffer: []u8) std.Io.Reader {
    return .{ .vtable = &.{ .stream = stream, .readVec = readVec }, .buffer = buffer, .seek = 0, .end = 0 };
}

fn stream(io_reader: *std.Io.Reader, w: *std.Io.Writer, limit: std.Io.Limit) std.Io.Reader.StreamError!usize {
    const r: *Reader = @alignCast(@fieldParentPtr("interface", io_reader));
    const n = try r.readSome(limit.slice(try w.writableSliceGreedy(1)));
    w.advance(n);
    return n;
}

fn readVec(io_reader: *std.Io.Reader, data: [][]u8) std.Io.Reader.Error!usize {
    const r: *Reader = @alignCast(@fieldParentPtr("interface", io_reader));
    for (data) |buffer| {
        if (buffer.len > 0) return r.readSome(buffer);
    }
    io_reader.end += try r.readSome(io_reader.buffer[io_reader.end..]);
    return 0;
}

/// Reads at least a byte; gives how many.
fn readSome(r: *Reader, buffer: []u8) std.Io.Reader.Error!usize {
    const n = try r.readFile(buffer);
    if (n == 0) return error.EndOfStream;
    r.pos += n;
    return n;
}

fn readFile(r: *Reader, buffer: []u8) error{ReadFailed}!usize {
    if (r.mode == .positional) {
        if (posix.pread(r.file.handle, buffer, r.pos)) |n| {
            return n;
        } else |err| switch (err) {
            error.Unseekable => r.mode = .streaming,
            else => |e| {
                r.err = e;
                return error.ReadFailed;
            },
        }
    }
    return r.file.read(buffer) catch |err| {
        r.err = err;
        return error.ReadFailed;
    };
}
