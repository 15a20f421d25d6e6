//! What a program is built for, as far as programs ask: `builtin.os.tag`, `builtin.cpu.arch`, `builtin.abi`.

const std = @import("std.zig");

const Target = @This();

cpu: Cpu,
os: Os,
abi: Abi,
ofmt: ObjectFormat,

pub const Cpu = struct {
    arch: Arch,

    pub const Arch = enum {
        aarch64,
        riscv64,
        wasm32,
        x86,
        x86_64,

        /// The order of the bytes of an integer in memory.
        pub fn endian(arch: Arch) std.builtin.Endian {
            _ = arch;
            return .little;
        }
    };
};

pub const Os = struct {
    tag: Tag,

    pub const Tag = enum { freestanding, freebsd, linux, macos, wasi, windows };
};

pub const Abi = enum { none, gnu, musl, msvc };

pub const ObjectFormat = enum { coff, elf, macho, wasm };

/// The width of an address in bits.
pub fn ptrBitWidth(target: *const Target) u16 {
    return switch (target.cpu.arch) {
        .wasm32, .x86 => 32,
        else => 64,
    };
}
