//! What our compiler supplies to `lib/std` and real Zig does not: the first instructions of a program and
//! the door to the kernel. Linked to the programs of the `library` tests.

const std = @import("std");

pub const panic = std.debug.no_panic;

extern fn __std_start(stack: usize) callconv(.c) noreturn;

export fn _start() callconv(.naked) noreturn {
    asm volatile (
        \\ xorl %%ebp, %%ebp
        \\ movq %%rsp, %%rdi
        \\ andq $-16, %%rsp
        \\ callq %[start:P]
        \\ ud2
        :
        : [start] "X" (&__std_start),
    );
}

export fn __raw_syscall(number: usize, a1: usize, a2: usize, a3: usize, a4: usize, a5: usize, a6: usize) callconv(.c) usize {
    return asm volatile ("syscall"
        : [result] "={rax}" (-> usize),
        : [number] "{rax}" (number),
          [a1] "{rdi}" (a1),
          [a2] "{rsi}" (a2),
          [a3] "{rdx}" (a3),
          [a4] "{r10}" (a4),
          [a5] "{r8}" (a5),
          [a6] "{r9}" (a6),
        : .{ .rcx = true, .r11 = true, .memory = true });
}
