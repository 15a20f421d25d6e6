//! The system calls with their errors as error sets.

const std = @import("std.zig");
const linux = std.os.linux;

pub const E = linux.E;
pub const SIG = linux.SIG;
pub const SA = linux.SA;
pub const Sigaction = linux.Sigaction;
pub const fd_t = linux.fd_t;
pub const mode_t = linux.mode_t;
pub const pid_t = linux.pid_t;
pub const sigset_t = linux.sigset_t;
pub const STDIN_FILENO = linux.STDIN_FILENO;
pub const STDOUT_FILENO = linux.STDOUT_FILENO;
pub const STDERR_FILENO = linux.STDERR_FILENO;

/// An error that the called function does not know of.
pub const UnexpectedError = error{Unexpected};

pub const errno = linux.errno;

pub const ReadError = error{
    AccessDenied,
    Canceled,
    ConnectionResetByPeer,
    ConnectionTimedOut,
    InputOutput,
    IsDir,
    LockViolation,
    NotOpenForReading,
    OperationAborted,
    BrokenPipe,
    ProcessNotFound,
    SocketNotConnected,
    SystemResources,
    WouldBlock,
} || UnexpectedError;

pub const PReadError = ReadError || error{Unseekable};

pub const WriteError = error{
    AccessDenied,
    BrokenPipe,
    ConnectionResetByPeer,
    DeviceBusy,
    DiskQuota,
    FileTooBig,
    InputOutput,
    InvalidArgument,
    LockViolation,
    MessageTooBig,
    NoDevice,
    NoSpaceLeft,
    NotOpenForWriting,
    OperationAborted,
    PermissionDenied,
    ProcessNotFound,
    SystemResources,
    WouldBlock,
} || UnexpectedError;

pub const PWriteError = WriteError || error{Unseekable};

/// The largest count that the kernel takes at once.
const max_count = 0x7ffff000;

/// Reads at least a byte, unless the end is reached: then 0.
pub fn read(fd: fd_t, buffer: []u8) ReadError!usize {
    if (buffer.len == 0) return 0;
    while (true) {
        const n = linux.read(fd, buffer.ptr, @min(buffer.len, max_count));
        switch (errno(n)) {
            .SUCCESS => return n,
            .INTR => continue,
            else => |e| return readError(e),
        }
    }
}

/// `read` at a place of its own.
pub fn pread(fd: fd_t, buffer: []u8, offset: u64) PReadError!usize {
    while (true) {
        const n = linux.pread(fd, buffer.ptr, @min(buffer.len, max_count), @bitCast(offset));
        switch (errno(n)) {
            .SUCCESS => return n,
            .INTR => continue,
            .NXIO, .SPIPE, .OVERFLOW => return error.Unseekable,
            else => |e| return readError(e),
        }
    }
}

/// Writes some of the bytes; gives how many.
pub fn write(fd: fd_t, bytes: []const u8) WriteError!usize {
    if (bytes.len == 0) return 0;
    while (true) {
        const n = linux.write(fd, bytes.ptr, @min(bytes.len, max_count));
        switch (errno(n)) {
            .SUCCESS => return n,
            .INTR => continue,
            else => |e| return writeError(e),
        }
    }
}

/// `write` at a place of its own.
pub fn pwrite(fd: fd_t, bytes: []const u8, offset: u64) PWriteError!usize {
    if (bytes.len == 0) return 0;
    while (true) {
        const n = linux.pwrite(fd, bytes.ptr, @min(bytes.len, max_count), @bitCast(offset));
        switch (errno(n)) {
            .SUCCESS => return n,
            .INTR => continue,
            .NXIO, .SPIPE, .OVERFLOW => return error.Unseekable,
            else => |e| return writeError(e),
        }
    }
}

/// Bytes to be written among others.
pub const iovec_const = linux.iovec_const;

/// As many as `writev` takes.
pub const IOV_MAX = 1024;

/// Writes some of several slices, the first ones first.
pub fn writev(fd: fd_t, vector: []const iovec_const) WriteError!usize {
    while (true) {
        const n = linux.writev(fd, vector.ptr, @min(vector.len, IOV_MAX));
        switch (errno(n)) {
            .SUCCESS => return n,
            .INTR => continue,
            else => |e| return writeError(e),
        }
    }
}

/// `writev` at a place of its own.
pub fn pwritev(fd: fd_t, vector: []const iovec_const, offset: u64) PWriteError!usize {
    while (true) {
        const n = linux.pwritev(fd, vector.ptr, @min(vector.len, IOV_MAX), @bitCast(offset));
        switch (errno(n)) {
            .SUCCESS => return n,
            .INTR => continue,
            .NXIO, .SPIPE, .OVERFLOW => return error.Unseekable,
            else => |e| return writeError(e),
        }
    }
}

fn readError(e: E) ReadError {
    return switch (e) {
        .ACCES, .PERM => error.AccessDenied,
        .AGAIN => error.WouldBlock,
        .BADF => error.NotOpenForReading,
        .CONNRESET => error.ConnectionResetByPeer,
        .IO => error.InputOutput,
        .ISDIR => error.IsDir,
        .NOMEM => error.SystemResources,
        .SRCH => error.ProcessNotFound,
        .TIMEDOUT => error.ConnectionTimedOut,
        else => error.Unexpected,
    };
}

fn writeError(e: E) WriteError {
    return switch (e) {
        .ACCES => error.AccessDenied,
        .AGAIN => error.WouldBlock,
        .BADF => error.NotOpenForWriting,
        .BUSY => error.DeviceBusy,
        .CONNRESET => error.ConnectionResetByPeer,
        .DQUOT => error.DiskQuota,
        .FBIG => error.FileTooBig,
        .INVAL => error.InvalidArgument,
        .IO => error.InputOutput,
        .MSGSIZE => error.MessageTooBig,
        .NOSPC => error.NoSpaceLeft,
        .NXIO => error.NoDevice,
        .PERM => error.PermissionDenied,
        .PIPE => error.BrokenPipe,
        .SRCH => error.ProcessNotFound,
        else => error.Unexpected,
    };
}

pub fn close(fd: fd_t) void {
    _ = linux.close(fd);
}

/// Whether the file is a terminal.
pub fn isatty(fd: fd_t) bool {
    const TCGETS = 0x5401;
    var settings: [64]u8 = undefined;
    return errno(linux.ioctl(fd, TCGETS, @intFromPtr(&settings))) == .SUCCESS;
}

/// The value of an environment variable.
pub fn getenv(name: []const u8) ?[:0]const u8 {
    for (std.os.environ) |entry| {
        const text = std.mem.span(entry);
        const equals = std.mem.indexOfScalar(u8, text, '=') orelse continue;
        if (std.mem.eql(u8, text[0..equals], name)) return text[equals + 1 ..];
    }
    return null;
}

/// Ends the program.
pub fn exit(status: u8) noreturn {
    linux.exit_group(status);
}

/// Ends the program by the abort signal, whatever handles or blocks it.
pub fn abort() noreturn {
    @branchHint(.cold);
    linux.setHandler(SIG.ABRT, linux.SIG_DFL, 0);
    linux.unblockSignals();
    _ = linux.tkill(linux.gettid(), SIG.ABRT);
    exit(127);
}

pub fn raise(signal: u8) UnexpectedError!void {
    if (errno(linux.tkill(linux.gettid(), signal)) != .SUCCESS) return error.Unexpected;
}

pub fn kill(pid: pid_t, signal: u8) error{ PermissionDenied, ProcessNotFound, Unexpected }!void {
    return switch (errno(linux.kill(pid, signal))) {
        .SUCCESS => {},
        .PERM => error.PermissionDenied,
        .SRCH => error.ProcessNotFound,
        else => error.Unexpected,
    };
}

pub fn sigemptyset() sigset_t {
    return .{0};
}

/// Sets what a signal does. Handlers must not return; the old action is not given back.
pub fn sigaction(signal: u8, action: ?*const Sigaction, old: ?*Sigaction) void {
    std.debug.assert(old == null);
    const new = action orelse return;
    linux.setHandler(signal, @intFromPtr(new.handler.handler), new.flags);
}

/// Lets writes to a closed pipe fail instead of ending the program.
pub fn ignoreSigpipe() void {
    linux.setHandler(SIG.PIPE, linux.SIG_IGN, 0);
}
