//! The types that the language itself speaks of, and the namespace of panics that its checks call.
//!
//! The compiler looks these declarations up by name; their fields have the names and the order of Zig 0.15.2.

const std = @import("std.zig");
const root = @import("root");
const builtin = @import("builtin");

pub const TypeId = @typeInfo(Type).@"union".tag_type.?;
pub const assembly = @import("builtin/assembly.zig");

/// Where the compiler sends a failed safety check: the program's `panic`, else the library's.
pub const panic: type = if (@hasDecl(root, "panic"))
    if (@TypeOf(root.panic) == type)
        root.panic
    else
        // A function is the older form, with an error trace that is never there.
        std.debug.FullPanic(struct {
            fn call(text: []const u8, address: ?usize) noreturn {
                root.panic(text, null, address);
            }
        }.call)
else
    std.debug.FullPanic(std.debug.defaultPanic);

pub const Endian = enum { big, little };

pub const Signedness = enum(u1) { signed, unsigned };

pub const OptimizeMode = enum { Debug, ReleaseSafe, ReleaseFast, ReleaseSmall };
pub const Mode = OptimizeMode;

pub const OutputMode = enum { Exe, Lib, Obj };
pub const LinkMode = enum { static, dynamic };
pub const CodeModel = enum { default, extreme, kernel, large, medany, medium, medlow, medmid, normal, small, tiny };
pub const UnwindTables = enum { none, sync, async };
pub const WasiExecModel = enum { command, reactor };

pub const CompilerBackend = enum(u64) {
    other = 0,
    stage1 = 1,
    stage2_llvm = 2,
    stage2_c = 3,
    stage2_wasm = 4,
    stage2_arm = 5,
    stage2_x86_64 = 6,
    stage2_aarch64 = 7,
    stage2_x86 = 8,
    stage2_riscv64 = 9,
    stage2_sparc64 = 10,
    stage2_spirv = 11,
    stage2_powerpc = 12,
    _,
};

pub const AtomicOrder = enum { unordered, monotonic, acquire, release, acq_rel, seq_cst };
pub const AtomicRmwOp = enum { Xchg, Add, Sub, And, Nand, Or, Xor, Max, Min };
pub const ReduceOp = enum { And, Or, Xor, Min, Max, Add, Mul };
pub const FloatMode = enum { strict, optimized };
pub const BranchHint = enum(u3) { none, likely, unlikely, cold, unpredictable };

pub const CallModifier = enum {
    auto,
    never_tail,
    never_inline,
    no_suspend,
    always_tail,
    always_inline,
    compile_time,
};

pub const PrefetchOptions = struct {
    rw: Rw = .read,
    locality: u2 = 3,
    cache: Cache = .data,

    pub const Rw = enum(u1) { read, write };
    pub const Cache = enum(u1) { instruction, data };
};

pub const GlobalLinkage = enum(u2) { internal, strong, weak, link_once };
pub const SymbolVisibility = enum(u2) { default, hidden, protected };

/// The options of `@export`.
pub const ExportOptions = struct {
    name: []const u8,
    linkage: GlobalLinkage = .strong,
    section: ?[]const u8 = null,
    visibility: SymbolVisibility = .default,
};

/// The options of `@extern`.
pub const ExternOptions = struct {
    name: []const u8,
    library_name: ?[]const u8 = null,
    linkage: GlobalLinkage = .strong,
    visibility: SymbolVisibility = .default,
    is_thread_local: bool = false,
    is_dll_import: bool = false,
    relocation: Relocation = .any,

    pub const Relocation = enum(u1) { any, pcrel };
};

/// What `@src()` gives.
pub const SourceLocation = struct {
    module: [:0]const u8,
    file: [:0]const u8,
    fn_name: [:0]const u8,
    line: u32,
    column: u32,
};

/// Return addresses, the innermost first; `index` counts those that were there, not those that fit.
pub const StackTrace = struct {
    index: usize,
    instruction_addresses: []usize,
};

/// A test that the test runner knows of.
pub const TestFn = struct {
    name: []const u8,
    func: *const fn () anyerror!void,
};

/// The argument list of a C function of variable length on x86_64.
pub const VaList = VaListX86_64;
pub const VaListX86_64 = extern struct {
    gp_offset: c_uint,
    fp_offset: c_uint,
    overflow_arg_area: *anyopaque,
    reg_save_area: *anyopaque,
};

/// Called by programs built with error return traces on every `return error.X`.
pub noinline fn returnError() void {}

/// What `@typeInfo` gives and `@Type` takes.
pub const Type = union(enum) {
    type: void,
    void: void,
    bool: void,
    noreturn: void,
    int: Int,
    float: Float,
    pointer: Pointer,
    array: Array,
    @"struct": Struct,
    comptime_float: void,
    comptime_int: void,
    undefined: void,
    null: void,
    optional: Optional,
    error_union: ErrorUnion,
    error_set: ErrorSet,
    @"enum": Enum,
    @"union": Union,
    @"fn": Fn,
    @"opaque": Opaque,
    frame: Frame,
    @"anyframe": AnyFrame,
    vector: Vector,
    enum_literal: void,

    pub const Int = struct { signedness: Signedness, bits: u16 };

    pub const Float = struct { bits: u16 };

    pub const Pointer = struct {
        size: Size,
        is_const: bool,
        is_volatile: bool,
        alignment: comptime_int,
        address_space: AddressSpace,
        child: type,
        is_allowzero: bool,
        /// Points to a value of type `child`; see `sentinel`.
        sentinel_ptr: ?*const anyopaque,

        pub const Size = enum(u2) { one, many, slice, c };

        /// The value that ends the elements, if there is one.
        pub inline fn sentinel(comptime self: Pointer) ?self.child {
            return pointee(self.child, self.sentinel_ptr);
        }
    };

    pub const Array = struct {
        len: comptime_int,
        child: type,
        /// Points to a value of type `child`; see `sentinel`.
        sentinel_ptr: ?*const anyopaque,

        /// The value that ends the elements, if there is one.
        pub inline fn sentinel(comptime self: Array) ?self.child {
            return pointee(self.child, self.sentinel_ptr);
        }
    };

    pub const ContainerLayout = enum(u2) { auto, @"extern", @"packed" };

    pub const StructField = struct {
        name: [:0]const u8,
        type: type,
        /// Points to a value of type `type`; see `defaultValue`.
        default_value_ptr: ?*const anyopaque,
        is_comptime: bool,
        alignment: comptime_int,

        /// The field's default, if it has one.
        pub inline fn defaultValue(comptime self: StructField) ?self.type {
            return pointee(self.type, self.default_value_ptr);
        }
    };

    pub const Struct = struct {
        layout: ContainerLayout,
        backing_integer: ?type = null,
        fields: []const StructField,
        decls: []const Declaration,
        is_tuple: bool,
    };

    pub const Optional = struct { child: type };

    pub const ErrorUnion = struct { error_set: type, payload: type };

    pub const Error = struct { name: [:0]const u8 };

    /// `null` is `anyerror`.
    pub const ErrorSet = ?[]const Error;

    pub const EnumField = struct { name: [:0]const u8, value: comptime_int };

    pub const Enum = struct {
        tag_type: type,
        fields: []const EnumField,
        decls: []const Declaration,
        is_exhaustive: bool,
    };

    pub const UnionField = struct { name: [:0]const u8, type: type, alignment: comptime_int };

    pub const Union = struct {
        layout: ContainerLayout,
        tag_type: ?type,
        fields: []const UnionField,
        decls: []const Declaration,
    };

    pub const Fn = struct {
        calling_convention: CallingConvention,
        is_generic: bool,
        is_var_args: bool,
        /// `null` where it depends on the arguments.
        return_type: ?type,
        params: []const Param,

        pub const Param = struct { is_generic: bool, is_noalias: bool, type: ?type };
    };

    pub const Opaque = struct { decls: []const Declaration };

    pub const Frame = struct { function: *const anyopaque };

    pub const AnyFrame = struct { child: ?type };

    pub const Vector = struct { len: comptime_int, child: type };

    pub const Declaration = struct { name: [:0]const u8 };
};

/// The value behind one of the untyped pointers above.
inline fn pointee(comptime T: type, comptime pointer: ?*const anyopaque) ?T {
    const untyped = pointer orelse return null;
    const typed: *const T = @ptrCast(@alignCast(untyped));
    return typed.*;
}

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
