//! The text of the module `builtin`: what a program may know of how it is being built.

use crate::options::{Options, OutputKind};

/// Source text for these options, in the shape of the language's own generated file.
pub fn source(o: &Options) -> String {
    let output = match o.kind {
        OutputKind::Exe => "Exe",
        OutputKind::Obj => "Obj",
        OutputKind::StaticLib | OutputKind::DynamicLib => "Lib",
    };
    let link = if o.kind == OutputKind::DynamicLib { "dynamic" } else { "static" };
    format!(
        r#"const std = @import("std");
/// Version of the language that this program is built for.
pub const zig_version = std.SemanticVersion.parse(zig_version_string) catch unreachable;
pub const zig_version_string = "0.15.2";
pub const zig_backend = std.builtin.CompilerBackend.other;
pub const output_mode: std.builtin.OutputMode = .{output};
pub const link_mode: std.builtin.LinkMode = .{link};
pub const unwind_tables: std.builtin.UnwindTables = .none;
pub const is_test = false;
pub const single_threaded = false;
pub const abi: std.Target.Abi = .{abi};
pub const cpu: std.Target.Cpu = .{{ .arch = .x86_64 }};
pub const os: std.Target.Os = .{{ .tag = .linux }};
pub const target: std.Target = .{{ .cpu = cpu, .os = os, .abi = abi, .ofmt = object_format }};
pub const object_format: std.Target.ObjectFormat = .elf;
pub const mode: std.builtin.OptimizeMode = .{mode};
pub const link_libc = {libc};
pub const link_libcpp = false;
pub const have_error_return_tracing = false;
pub const valgrind_support = false;
pub const sanitize_thread = false;
pub const fuzz = false;
pub const position_independent_code = {pic};
pub const position_independent_executable = false;
pub const strip_debug_info = {strip};
pub const code_model: std.builtin.CodeModel = .default;
pub const omit_frame_pointer = false;
"#,
        abi = o.abi.name(),
        mode = o.optimize.name(),
        libc = o.kind == OutputKind::DynamicLib,
        pic = o.kind == OutputKind::DynamicLib,
        strip = o.strip,
    )
}
