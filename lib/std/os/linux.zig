//! Linux's system calls and their numbers, raw: results are to be looked at with `errno`.

const std = @import("../std.zig");
const calls = @import("linux/syscall.zig");

pub const SYS = calls.SYS;
pub const syscall0 = calls.syscall0;
pub const syscall1 = calls.syscall1;
pub const syscall2 = calls.syscall2;
pub const syscall3 = calls.syscall3;
pub const syscall4 = calls.syscall4;
pub const syscall5 = calls.syscall5;
pub const syscall6 = calls.syscall6;
pub const E = @import("linux/errno.zig").E;

pub const fd_t = i32;

/// A slice, as the system wants it.
pub const iovec_const = extern struct {
    base: [*]const u8,
    len: usize,
};
pub const pid_t = i32;
pub const mode_t = u32;
pub const off_t = i64;

pub const STDIN_FILENO = 0;
pub const STDOUT_FILENO = 1;
pub const STDERR_FILENO = 2;

/// The error in the result of a system call; `.SUCCESS` if there is none.
pub fn errno(result: usize) E {
    const signed: isize = @bitCast(result);
    if (signed < 0 and signed > -4096) return @enumFromInt(@as(u16, @intCast(-signed)));
    return .SUCCESS;
}

fn fromFd(fd: fd_t) usize {
    return @bitCast(@as(isize, fd));
}

pub fn read(fd: fd_t, buffer: [*]u8, count: usize) usize {
    return syscall3(.read, fromFd(fd), @intFromPtr(buffer), count);
}

pub fn write(fd: fd_t, bytes: [*]const u8, count: usize) usize {
    return syscall3(.write, fromFd(fd), @intFromPtr(bytes), count);
}

pub fn pread(fd: fd_t, buffer: [*]u8, count: usize, offset: i64) usize {
    return syscall4(.pread64, fromFd(fd), @intFromPtr(buffer), count, @bitCast(offset));
}

pub fn pwrite(fd: fd_t, bytes: [*]const u8, count: usize, offset: i64) usize {
    return syscall4(.pwrite64, fromFd(fd), @intFromPtr(bytes), count, @bitCast(offset));
}

pub fn writev(fd: fd_t, vector: [*]const iovec_const, count: usize) usize {
    return syscall3(.writev, fromFd(fd), @intFromPtr(vector), count);
}

pub fn pwritev(fd: fd_t, vector: [*]const iovec_const, count: usize, offset: i64) usize {
    // The upper half of the offset is for systems of 32 bits.
    return syscall5(.pwritev, fromFd(fd), @intFromPtr(vector), count, @bitCast(offset), 0);
}

pub fn lseek(fd: fd_t, offset: i64, whence: usize) usize {
    return syscall3(.lseek, fromFd(fd), @bitCast(offset), whence);
}

pub fn openat(dir: fd_t, path: [*:0]const u8, flags: u32, mode: mode_t) usize {
    return syscall4(.openat, fromFd(dir), @intFromPtr(path), flags, mode);
}

pub fn close(fd: fd_t) usize {
    return syscall1(.close, fromFd(fd));
}

pub fn mmap(address: usize, len: usize, prot: usize, flags: usize, fd: fd_t, offset: i64) usize {
    return syscall6(.mmap, address, len, prot, flags, fromFd(fd), @bitCast(offset));
}

pub fn munmap(address: usize, len: usize) usize {
    return syscall2(.munmap, address, len);
}

pub fn msync(address: usize, len: usize, flags: usize) usize {
    return syscall3(.msync, address, len, flags);
}

pub fn ioctl(fd: fd_t, request: u32, argument: usize) usize {
    return syscall3(.ioctl, fromFd(fd), request, argument);
}

pub fn getpid() pid_t {
    return @intCast(syscall0(.getpid));
}

pub fn gettid() pid_t {
    return @intCast(syscall0(.gettid));
}

pub fn kill(pid: pid_t, signal: i32) usize {
    return syscall2(.kill, fromFd(pid), fromFd(signal));
}

pub fn tkill(tid: pid_t, signal: i32) usize {
    return syscall2(.tkill, fromFd(tid), fromFd(signal));
}

/// Ends this thread.
pub fn exit(status: i32) noreturn {
    _ = syscall1(.exit, fromFd(status));
    unreachable;
}

/// Ends all threads of the program.
pub fn exit_group(status: i32) noreturn {
    _ = syscall1(.exit_group, fromFd(status));
    unreachable;
}

pub const AT = struct {
    pub const FDCWD = -100;
};

pub const PROT = struct {
    pub const NONE = 0;
    pub const READ = 1;
    pub const WRITE = 2;
    pub const EXEC = 4;
};

pub const MAP = struct {
    pub const PRIVATE = 2;
};

pub const MSF = struct {
    pub const ASYNC = 1;
    pub const INVALIDATE = 2;
    pub const SYNC = 4;
};

pub const sigset_t = [1]u64;

pub const SIG = struct {
    pub const HUP = 1;
    pub const INT = 2;
    pub const QUIT = 3;
    pub const ILL = 4;
    pub const TRAP = 5;
    pub const ABRT = 6;
    pub const BUS = 7;
    pub const FPE = 8;
    pub const KILL = 9;
    pub const USR1 = 10;
    pub const SEGV = 11;
    pub const USR2 = 12;
    pub const PIPE = 13;
    pub const ALRM = 14;
    pub const TERM = 15;
    pub const CHLD = 17;

    pub const DFL: ?Sigaction.handler_fn = null;
    pub const IGN: ?Sigaction.handler_fn = @ptrFromInt(1);
};

pub const SA = struct {
    pub const SIGINFO = 4;
    pub const RESTORER = 0x04000000;
    pub const RESTART = 0x10000000;
    pub const RESETHAND = 0x80000000;
};

/// `siginfo_t.code` of a fault whose address the kernel does not know.
pub const SI_KERNEL = 0x80;

/// The kernel's numbers for the usual behaviour of a signal, and for none.
pub const SIG_DFL = 0;
pub const SIG_IGN = 1;

/// What happens at a signal. Handlers must not return.
pub const Sigaction = struct {
    pub const handler_fn = *align(1) const fn (i32) callconv(.c) void;

    handler: Handler,
    mask: sigset_t,
    flags: u32,

    pub const Handler = struct { handler: ?handler_fn };
};

/// Sets the handler of a signal by its address.
pub fn setHandler(signal: u8, handler: usize, flags: usize) void {
    // The kernel's form: handler, flags, what the handler returns to, mask. Ours do not return, but the
    // kernel insists that there be an address.
    const action: [4]usize = .{ handler, flags | SA.RESTORER, @intFromPtr(&noReturn), 0 };
    _ = syscall4(.rt_sigaction, signal, @intFromPtr(&action), 0, @sizeOf(sigset_t));
}

fn noReturn() callconv(.c) noreturn {
    exit_group(127);
}

/// Unblocks every signal of this thread.
pub fn unblockSignals() void {
    const none: sigset_t = .{0};
    const SIG_SETMASK = 2;
    _ = syscall4(.rt_sigprocmask, SIG_SETMASK, @intFromPtr(&none), 0, @sizeOf(sigset_t));
}
