//! The one door to the kernel: the compiler supplies the routine, in registers and `syscall`.

/// Does the system call `number`; the kernel's answer is a value or, from -4095 to -1, an error number negated.
extern fn __raw_syscall(number: usize, a1: usize, a2: usize, a3: usize, a4: usize, a5: usize, a6: usize) callconv(.c) usize;

pub fn syscall0(number: SYS) usize {
    return __raw_syscall(@intFromEnum(number), 0, 0, 0, 0, 0, 0);
}

pub fn syscall1(number: SYS, a1: usize) usize {
    return __raw_syscall(@intFromEnum(number), a1, 0, 0, 0, 0, 0);
}

pub fn syscall2(number: SYS, a1: usize, a2: usize) usize {
    return __raw_syscall(@intFromEnum(number), a1, a2, 0, 0, 0, 0);
}

pub fn syscall3(number: SYS, a1: usize, a2: usize, a3: usize) usize {
    return __raw_syscall(@intFromEnum(number), a1, a2, a3, 0, 0, 0);
}

pub fn syscall4(number: SYS, a1: usize, a2: usize, a3: usize, a4: usize) usize {
    return __raw_syscall(@intFromEnum(number), a1, a2, a3, a4, 0, 0);
}

pub fn syscall5(number: SYS, a1: usize, a2: usize, a3: usize, a4: usize, a5: usize) usize {
    return __raw_syscall(@intFromEnum(number), a1, a2, a3, a4, a5, 0);
}

pub fn syscall6(number: SYS, a1: usize, a2: usize, a3: usize, a4: usize, a5: usize, a6: usize) usize {
    return __raw_syscall(@intFromEnum(number), a1, a2, a3, a4, a5, a6);
}

/// The numbers of x86_64.
pub const SYS = enum(usize) {
    read = 0,
    write = 1,
    open = 2,
    close = 3,
    fstat = 5,
    lseek = 8,
    mmap = 9,
    munmap = 11,
    rt_sigaction = 13,
    rt_sigprocmask = 14,
    ioctl = 16,
    pread64 = 17,
    pwrite64 = 18,
    writev = 20,
    msync = 26,
    nanosleep = 35,
    getpid = 39,
    exit = 60,
    kill = 62,
    gettid = 186,
    tkill = 200,
    clock_gettime = 228,
    exit_group = 231,
    openat = 257,
    pwritev = 296,
    getrandom = 318,
    _,
};
