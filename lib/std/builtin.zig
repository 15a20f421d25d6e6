//! The types that the language itself speaks of, and the namespace of panics that its checks call.
//!
//! The compiler looks these declarations up by name; their fields have the names and the order of Zig 0.15.2.

const std = @import("std.zig");
const root = @import("root");
const builtin = @import("builtin");

pub const Type = @import("builtin/type.zig").Type;
pub const TypeId = @typeInfo(Type).@"union".tag_type.?;
pub const CallingConvention = @import("builtin/calling_convention.zig").CallingConvention;
pub const AddressSpace = @import("builtin/calling_convention.zig").AddressSpace;
pub const assembly = @import("builtin/assembly.zig");

/// Where the compiler sends a failed safety check: the program's `panic`, else the library's.
pub const panic: type = if (@hasDecl(root, "panic"))
    switch (@typeInfo(@TypeOf(root.panic))) {
        // A function is the older form, with an error trace that is never there.
        .@"fn" => std.debug.FullPanic(struct {
            fn call(text: []const u8, address: ?usize) noreturn {
                root.panic(text, null, address);
            }
        }.call),
        else => root.panic,
    }
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
