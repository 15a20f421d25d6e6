//! What inline assembly may clobber.

pub const Clobbers = packed struct {
    memory: bool = false,
    cc: bool = false,
    rax: bool = false,
    rcx: bool = false,
    rdx: bool = false,
    rbx: bool = false,
    rsi: bool = false,
    rdi: bool = false,
    r8: bool = false,
    r9: bool = false,
    r10: bool = false,
    r11: bool = false,
    r12: bool = false,
    r13: bool = false,
    r14: bool = false,
    r15: bool = false,
};
