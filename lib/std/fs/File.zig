//! An open file: a descriptor, and a reader and a writer for it.

const std = @import("../std.zig");
const posix = std.posix;
const File = @This();

handle: Handle,

pub const Handle = posix.fd_t;
pub const ReadError = posix.ReadError;
pub const WriteError = posix.WriteError;

pub const Reader = @import("File/Reader.zig");
pub const Writer = @import("File/Writer.zig");

/// Whether reads and writes go to places that the reader or writer counts itself, or on from where the file
/// stands. Positional ones turn into streaming ones where the file cannot be addressed.
pub const Mode = enum { positional, streaming };

pub fn stdin() File {
    return .{ .handle = posix.STDIN_FILENO };
}

pub fn stdout() File {
    return .{ .handle = posix.STDOUT_FILENO };
}

pub fn stderr() File {
    return .{ .handle = posix.STDERR_FILENO };
}

pub fn close(file: File) void {
    posix.close(file.handle);
}

pub fn isTty(file: File) bool {
    return posix.isatty(file.handle);
}

/// Reads at least a byte, unless the end is reached: then 0.
pub fn read(file: File, buffer: []u8) ReadError!usize {
    return posix.read(file.handle, buffer);
}

/// Reads until `buffer` is full or the end is reached.
pub fn readAll(file: File, buffer: []u8) ReadError!usize {
    var n: usize = 0;
    while (n < buffer.len) {
        const more = try file.read(buffer[n..]);
        if (more == 0) break;
        n += more;
    }
    return n;
}

/// Writes some of the bytes; gives how many.
pub fn write(file: File, bytes: []const u8) WriteError!usize {
    return posix.write(file.handle, bytes);
}

pub fn writeAll(file: File, bytes: []const u8) WriteError!void {
    var n: usize = 0;
    while (n < bytes.len) n += try file.write(bytes[n..]);
}

/// A reader from the start of the file on, or from where a file stands that has no places.
pub fn reader(file: File, buffer: []u8) Reader {
    return .init(file, buffer);
}

pub fn readerStreaming(file: File, buffer: []u8) Reader {
    return .initStreaming(file, buffer);
}

/// A writer from the start of the file on, or from where a file stands that has no places.
pub fn writer(file: File, buffer: []u8) Writer {
    return .init(file, buffer);
}

pub fn writerStreaming(file: File, buffer: []u8) Writer {
    return .initStreaming(file, buffer);
}
