//! How functions are called and where memory lies, as `callconv(...)` and `addrspace(...)` name it.

/// The calling conventions of all targets; `c` is that of C on this one.
pub const CallingConvention = union(enum(u8)) {
    auto,
    async,
    naked,
    @"inline",
    x86_64_sysv: CommonOptions,
    x86_64_win: CommonOptions,
    x86_64_regcall_v3_sysv: CommonOptions,
    x86_64_regcall_v4_win: CommonOptions,
    x86_64_vectorcall: CommonOptions,
    x86_64_interrupt: CommonOptions,
    x86_sysv: X86RegparmOptions,
    x86_win: X86RegparmOptions,
    x86_stdcall: X86RegparmOptions,
    x86_fastcall: CommonOptions,
    x86_thiscall: CommonOptions,
    x86_thiscall_mingw: CommonOptions,
    x86_regcall_v3: CommonOptions,
    x86_regcall_v4_win: CommonOptions,
    x86_vectorcall: CommonOptions,
    x86_interrupt: CommonOptions,
    aarch64_aapcs: CommonOptions,
    aarch64_aapcs_darwin: CommonOptions,
    aarch64_aapcs_win: CommonOptions,
    aarch64_vfabi: CommonOptions,
    aarch64_vfabi_sve: CommonOptions,
    arm_aapcs: CommonOptions,
    arm_aapcs_vfp: CommonOptions,
    arm_interrupt: ArmInterruptOptions,
    mips64_n64: CommonOptions,
    mips64_n32: CommonOptions,
    mips64_interrupt: MipsInterruptOptions,
    mips_o32: CommonOptions,
    mips_interrupt: MipsInterruptOptions,
    riscv64_lp64: CommonOptions,
    riscv64_lp64_v: CommonOptions,
    riscv64_interrupt: RiscvInterruptOptions,
    riscv32_ilp32: CommonOptions,
    riscv32_ilp32_v: CommonOptions,
    riscv32_interrupt: RiscvInterruptOptions,
    sparc64_sysv: CommonOptions,
    sparc_sysv: CommonOptions,
    powerpc64_elf: CommonOptions,
    powerpc64_elf_altivec: CommonOptions,
    powerpc64_elf_v2: CommonOptions,
    powerpc_sysv: CommonOptions,
    powerpc_sysv_altivec: CommonOptions,
    powerpc_aix: CommonOptions,
    powerpc_aix_altivec: CommonOptions,
    wasm_mvp: CommonOptions,
    arc_sysv: CommonOptions,
    avr_gnu,
    avr_builtin,
    avr_signal,
    avr_interrupt,
    bpf_std: CommonOptions,
    csky_sysv: CommonOptions,
    csky_interrupt: CommonOptions,
    hexagon_sysv: CommonOptions,
    hexagon_sysv_hvx: CommonOptions,
    lanai_sysv: CommonOptions,
    loongarch64_lp64: CommonOptions,
    loongarch32_ilp32: CommonOptions,
    m68k_sysv: CommonOptions,
    m68k_gnu: CommonOptions,
    m68k_rtd: CommonOptions,
    m68k_interrupt: CommonOptions,
    msp430_eabi: CommonOptions,
    or1k_sysv: CommonOptions,
    propeller_sysv: CommonOptions,
    s390x_sysv: CommonOptions,
    s390x_sysv_vx: CommonOptions,
    ve_sysv: CommonOptions,
    xcore_xs1: CommonOptions,
    xcore_xs2: CommonOptions,
    xtensa_call0: CommonOptions,
    xtensa_windowed: CommonOptions,
    amdgcn_device: CommonOptions,
    amdgcn_kernel,
    amdgcn_cs: CommonOptions,
    nvptx_device,
    nvptx_kernel,
    spirv_device,
    spirv_kernel,
    spirv_fragment,
    spirv_vertex,

    /// The tag alone.
    pub const Tag = @typeInfo(CallingConvention).@"union".tag_type.?;
    /// C's convention on x86_64 Linux.
    pub const c: CallingConvention = .{ .x86_64_sysv = .{} };
    /// The convention of Windows' own functions; elsewhere C's.
    pub const winapi: CallingConvention = c;

    /// An alignment of the stack at the call other than the usual one.
    pub const CommonOptions = struct { incoming_stack_alignment: ?u64 = null };

    pub const X86RegparmOptions = struct {
        incoming_stack_alignment: ?u64 = null,
        register_params: u2 = 0,
    };

    pub const ArmInterruptOptions = struct {
        incoming_stack_alignment: ?u64 = null,
        type: InterruptType = .generic,

        pub const InterruptType = enum(u3) { generic, irq, fiq, swi, abort, undef };
    };

    pub const MipsInterruptOptions = struct {
        incoming_stack_alignment: ?u64 = null,
        mode: InterruptMode = .eic,

        pub const InterruptMode = enum(u4) { eic, sw0, sw1, hw0, hw1, hw2, hw3, hw4, hw5 };
    };

    pub const RiscvInterruptOptions = struct {
        incoming_stack_alignment: ?u64 = null,
        mode: PrivilegeMode,

        pub const PrivilegeMode = enum(u2) { supervisor, machine };
    };
};

pub const AddressSpace = enum(u5) {
    generic,
    gs,
    fs,
    ss,
    global,
    constant,
    param,
    shared,
    local,
    input,
    output,
    uniform,
    push_constant,
    storage_buffer,
    physical_storage_buffer,
    flash,
    flash1,
    flash2,
    flash3,
    flash4,
    flash5,
    cog,
    hub,
    lut,
};
