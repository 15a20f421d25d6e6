//! The table of flags: those with an effect, those of the language's own compiler that are
//! accepted because they would change nothing here, and those that are refused by name because
//! they would. Spellings are that compiler's.

/// The value of a flag, and where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Takes {
    Nothing,
    /// The next argument, or after `=`.
    Next(&'static str),
    /// Directly attached, or the next argument.
    Joined(&'static str),
    /// After `=`.
    Equals(&'static str),
    /// After `=`, or absent.
    MaybeEquals(&'static str),
}

/// What becomes of a flag.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Class {
    Own(Id),
    NoEffect,
    Refused(&'static str),
}

/// The flags that have an effect.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Id {
    Help,
    Name,
    EmitBin,
    NoEmitBin,
    Optimize,
    Target,
    Cpu,
    Format,
    CodeModel,
    Strip,
    NoStrip,
    Dynamic,
    Static,
    Jobs,
    ZigLibDir,
    GlobalCacheDir,
    Color,
    ErrorStyle,
    Events,
    TimeReport,
    ReferenceTrace,
    NoReferenceTrace,
    Watch,
    Debounce,
    WatchBackend,
    PollInterval,
    WatchClear,
    OnChange,
    ExitOnEof,
    VerifyIncremental,
    FmtStdin,
    FmtCheck,
    FmtExclude,
    FmtAstCheck,
    Zon,
}

/// Headings under which help lists the flags with an effect.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Topic {
    Output,
    Code,
    Watching,
    Messages,
    General,
    Formatting,
    /// Not listed one by one.
    Other,
}

pub(super) struct Flag {
    pub name: &'static str,
    pub takes: Takes,
    pub class: Class,
    pub topic: Topic,
    pub help: &'static str,
}

const fn own(name: &'static str, takes: Takes, id: Id, topic: Topic, help: &'static str) -> Flag {
    Flag { name, takes, class: Class::Own(id), topic, help }
}

const fn idle(name: &'static str, takes: Takes) -> Flag {
    Flag { name, takes, class: Class::NoEffect, topic: Topic::Other, help: "" }
}

const fn refused(name: &'static str, takes: Takes, why: &'static str) -> Flag {
    Flag { name, takes, class: Class::Refused(why), topic: Topic::Other, help: "" }
}

use Takes::{Equals, Joined, MaybeEquals, Next, Nothing};

const NO_C: &str = "there is no C compiler here";
const NO_LINKING: &str = "programs are linked from the language's own source only";
const NO_LLVM: &str = "there is no LLVM here";
const NO_MODULES: &str = "modules other than the root, std and builtin come later";
const OTHER_SYSTEM: &str = "it belongs to another operating system";
const NO_OUTPUT: &str = "this kind of output does not exist here";
const CODE: &str = "it would change the machine code, and is not implemented";
const BUILTIN: &str = "it would change what programs see in builtin, and is not implemented";

#[rustfmt::skip]
pub(super) static FLAGS: &[Flag] = &[
    own("--name", Next("NAME"), Id::Name, Topic::Output, "Name of the output (default: the file's, without .zig)"),
    own("-femit-bin", MaybeEquals("PATH"), Id::EmitBin, Topic::Output, "Write the output there (default: the working directory)"),
    own("-fno-emit-bin", Nothing, Id::NoEmitBin, Topic::Output, "Check only, write nothing"),
    own("-dynamic", Nothing, Id::Dynamic, Topic::Output, "build-lib: a shared object"),
    own("-static", Nothing, Id::Static, Topic::Output, "The default"),
    own("-fstrip", Nothing, Id::Strip, Topic::Output, "Leave out symbols and debug information"),
    own("-fno-strip", Nothing, Id::NoStrip, Topic::Output, "The default, except in ReleaseSmall"),

    own("-O", Joined("MODE"), Id::Optimize, Topic::Code, "Debug (default), ReleaseFast, ReleaseSafe or ReleaseSmall"),
    own("-target", Next("TRIPLE"), Id::Target, Topic::Code, "x86_64-linux, with -gnu, -musl or -none; or native"),
    own("-mcpu", Next("CPU"), Id::Cpu, Topic::Code, "baseline or x86_64, the only one"),
    own("-ofmt", Equals("FORMAT"), Id::Format, Topic::Code, "elf, the only one"),
    own("-mcmodel", Equals("MODEL"), Id::CodeModel, Topic::Code, "default or small, the only one"),

    own("--watch", Nothing, Id::Watch, Topic::Watching, "Build again whenever an input is saved, until Ctrl-C"),
    own("--debounce", Next("MS"), Id::Debounce, Topic::Watching, "Wait until a file was quiet for MS milliseconds (default: 0)"),
    own("--watch-backend", Next("NAME"), Id::WatchBackend, Topic::Watching, "auto (default), fanotify, inotify, notify or poll"),
    own("--poll-interval", Next("MS"), Id::PollInterval, Topic::Watching, "How often polling looks (default: 500)"),
    own("--watch-clear", Next("WHAT"), Id::WatchClear, Topic::Watching, "Before each build: never (default), screen or scrollback"),
    own("--on-change", Next("HOW"), Id::OnChange, Topic::Watching, "run: restart the program (default), wait for its end, or signal it (SIGHUP)"),
    own("--exit-on-eof", Nothing, Id::ExitOnEof, Topic::Watching, "End when standard input does; otherwise it is never read"),
    own("--verify-incremental", Nothing, Id::VerifyIncremental, Topic::Watching, "Compare every update with a clean build (slow; for finding faults)"),

    own("--color", Next("WHEN"), Id::Color, Topic::Messages, "auto (default), on or off"),
    own("--error-style", Next("STYLE"), Id::ErrorStyle, Topic::Messages, "auto (default: rich on a terminal), rich, short or json"),
    own("--events", Next("json"), Id::Events, Topic::Messages, "One JSON object a line on standard output for each build"),
    own("--time-report", Nothing, Id::TimeReport, Topic::Messages, "Print each stage's time, counts and resident size"),
    own("-freference-trace", MaybeEquals("N"), Id::ReferenceTrace, Topic::Messages, "Show N references to where an error is (default: all)"),
    own("-fno-reference-trace", Nothing, Id::NoReferenceTrace, Topic::Messages, "Show none"),

    own("-j", Joined("N"), Id::Jobs, Topic::General, "Use N threads (default: one for each processor)"),
    own("--zig-lib-dir", Next("PATH"), Id::ZigLibDir, Topic::General, "Library directory instead of the built-in one"),
    own("--global-cache-dir", Next("PATH"), Id::GlobalCacheDir, Topic::General, "Where the built-in library is unpacked"),
    own("--help", Nothing, Id::Help, Topic::General, "Print this help"),
    own("-h", Nothing, Id::Help, Topic::General, "The same"),

    own("--stdin", Nothing, Id::FmtStdin, Topic::Formatting, "Format standard input to standard output"),
    own("--check", Nothing, Id::FmtCheck, Topic::Formatting, "Write nothing; list the files that are not canonical, exit 1 if any"),
    own("--exclude", Next("PATH"), Id::FmtExclude, Topic::Formatting, "Leave out a file or directory"),
    own("--ast-check", Nothing, Id::FmtAstCheck, Topic::Formatting, "Leave alone, and report, what ast-check finds fault with"),
    own("--zon", Nothing, Id::Zon, Topic::Formatting, "Take every input for object notation, whatever its name"),
    Flag { topic: Topic::Formatting, ..refused("-t", Nothing, "there is no text form of untyped code here") },

    idle("--cache-dir", Next("PATH")),
    idle("-fincremental", Nothing),
    idle("-fno-incremental", Nothing),
    idle("-fno-llvm", Nothing),
    idle("-fno-libllvm", Nothing),
    idle("-fno-clang", Nothing),
    idle("-fno-lld", Nothing),
    idle("-fnew-linker", Nothing),
    idle("-fno-emit-asm", Nothing),
    idle("-fno-emit-llvm-ir", Nothing),
    idle("-fno-emit-llvm-bc", Nothing),
    idle("-fno-emit-h", Nothing),
    idle("-fno-emit-docs", Nothing),
    idle("-fno-emit-implib", Nothing),
    idle("-fno-PIE", Nothing),
    idle("-fno-lto", Nothing),
    idle("-fno-dll-export-fns", Nothing),
    idle("-fno-function-sections", Nothing),
    idle("-fno-data-sections", Nothing),
    idle("-fformatted-panics", Nothing),
    idle("-fno-ubsan-rt", Nothing),
    idle("-fubsan-rt", Nothing),
    idle("-fsanitize-c", MaybeEquals("MODE")),
    idle("-fno-sanitize-c", Nothing),
    idle("-fno-sanitize-thread", Nothing),
    idle("-fno-fuzz", Nothing),
    idle("-fbuiltin", Nothing),
    idle("-fno-builtin", Nothing),
    idle("-fno-unwind-tables", Nothing),
    idle("-fno-stack-check", Nothing),
    idle("-fno-stack-protector", Nothing),
    idle("-fno-valgrind", Nothing),
    idle("-fno-omit-frame-pointer", Nothing),
    idle("-mno-red-zone", Nothing),
    idle("-mred-zone", Nothing),
    idle("-fno-single-threaded", Nothing),
    idle("-fno-soname", Nothing),
    idle("-fno-each-lib-rpath", Nothing),
    idle("-fno-allow-shlib-undefined", Nothing),
    idle("-fno-allow-so-scripts", Nothing),
    idle("--no-undefined-version", Nothing),
    idle("--verbose-link", Nothing),
    idle("--verbose-cc", Nothing),

    refused("-flto", MaybeEquals("MODE"), NO_LLVM),
    refused("-fllvm", Nothing, NO_LLVM),
    refused("-flibllvm", Nothing, NO_LLVM),
    refused("-fclang", Nothing, NO_C),
    refused("-flld", Nothing, NO_LINKING),
    refused("-femit-asm", MaybeEquals("PATH"), NO_OUTPUT),
    refused("-femit-llvm-ir", MaybeEquals("PATH"), NO_OUTPUT),
    refused("-femit-llvm-bc", MaybeEquals("PATH"), NO_OUTPUT),
    refused("-femit-h", MaybeEquals("PATH"), NO_OUTPUT),
    refused("-femit-docs", MaybeEquals("PATH"), NO_OUTPUT),
    refused("-femit-implib", MaybeEquals("PATH"), OTHER_SYSTEM),
    refused("--show-builtin", Nothing, NO_OUTPUT),
    refused("--libc", Next("FILE"), NO_LINKING),
    refused("-x", Next("LANGUAGE"), NO_C),
    refused("--dep", Next("NAME"), NO_MODULES),
    refused("-M", Joined("NAME"), NO_MODULES),
    refused("--error-limit", Next("N"), BUILTIN),
    refused("-fPIE", Nothing, CODE),
    refused("-fPIC", Nothing, CODE),
    refused("-fno-PIC", Nothing, CODE),
    refused("-fdll-export-fns", Nothing, OTHER_SYSTEM),
    refused("-ffunction-sections", Nothing, CODE),
    refused("-fdata-sections", Nothing, CODE),
    refused("-fno-formatted-panics", Nothing, CODE),
    refused("-fstructured-cfg", Nothing, OTHER_SYSTEM),
    refused("-fno-structured-cfg", Nothing, OTHER_SYSTEM),
    refused("-mexec-model", Equals("VALUE"), OTHER_SYSTEM),
    refused("-municode", Nothing, OTHER_SYSTEM),
    refused("-fomit-frame-pointer", Nothing, CODE),
    refused("-fstack-check", Nothing, CODE),
    refused("-fstack-protector", Nothing, CODE),
    refused("-fvalgrind", Nothing, BUILTIN),
    refused("-fsanitize-thread", Nothing, CODE),
    refused("-ffuzz", Nothing, BUILTIN),
    refused("-funwind-tables", Nothing, CODE),
    refused("-fasync-unwind-tables", Nothing, CODE),
    refused("-ferror-tracing", Nothing, BUILTIN),
    refused("-fno-error-tracing", Nothing, BUILTIN),
    refused("-fsingle-threaded", Nothing, BUILTIN),
    refused("-idirafter", Next("DIR"), NO_C),
    refused("-isystem", Next("DIR"), NO_C),
    refused("-I", Joined("DIR"), NO_C),
    refused("-D", Joined("MACRO"), NO_C),
    refused("-cflags", Nothing, NO_C),
    refused("-rcflags", Nothing, NO_C),
    refused("-rcincludes", Equals("TYPE"), NO_C),
    refused("--embed-dir", Equals("DIR"), NO_MODULES),
    refused("-T", Joined("SCRIPT"), NO_LINKING),
    refused("--script", Next("SCRIPT"), NO_LINKING),
    refused("--version-script", Next("PATH"), NO_LINKING),
    refused("--undefined-version", Nothing, NO_LINKING),
    refused("--enable-new-dtags", Nothing, NO_LINKING),
    refused("--disable-new-dtags", Nothing, NO_LINKING),
    refused("--dynamic-linker", Next("PATH"), NO_LINKING),
    refused("--sysroot", Next("PATH"), NO_LINKING),
    refused("--version", Next("VERSION"), NO_LINKING),
    refused("-fentry", MaybeEquals("NAME"), NO_LINKING),
    refused("-fno-entry", Nothing, NO_LINKING),
    refused("--force_undefined", Next("NAME"), NO_LINKING),
    refused("-fsoname", MaybeEquals("NAME"), NO_LINKING),
    refused("-fcompiler-rt", Nothing, NO_LINKING),
    refused("-fno-compiler-rt", Nothing, NO_LINKING),
    refused("-rdynamic", Nothing, NO_LINKING),
    refused("-feach-lib-rpath", Nothing, NO_LINKING),
    refused("-rpath", Next("PATH"), NO_LINKING),
    refused("-fallow-shlib-undefined", Nothing, NO_LINKING),
    refused("-fallow-so-scripts", Nothing, NO_LINKING),
    refused("--build-id", MaybeEquals("STYLE"), NO_LINKING),
    refused("--eh-frame-hdr", Nothing, NO_LINKING),
    refused("--no-eh-frame-hdr", Nothing, NO_LINKING),
    refused("--emit-relocs", Nothing, NO_LINKING),
    refused("-z", Next("ARG"), NO_LINKING),
    refused("-Bsymbolic", Nothing, NO_LINKING),
    refused("--compress-debug-sections", Equals("HOW"), NO_LINKING),
    refused("--gc-sections", Nothing, NO_LINKING),
    refused("--no-gc-sections", Nothing, NO_LINKING),
    refused("--sort-section", Equals("VALUE"), NO_LINKING),
    refused("--subsystem", Next("SUBSYSTEM"), OTHER_SYSTEM),
    refused("--stack", Next("SIZE"), NO_LINKING),
    refused("--image-base", Next("ADDRESS"), NO_LINKING),
    refused("-framework", Next("NAME"), OTHER_SYSTEM),
    refused("-l", Joined("LIB"), NO_LINKING),
    refused("--library", Next("LIB"), NO_LINKING),
    refused("-needed-l", Joined("LIB"), NO_LINKING),
    refused("--needed-library", Next("LIB"), NO_LINKING),
    refused("-weak-l", Joined("LIB"), NO_LINKING),
    refused("-weak_library", Next("LIB"), NO_LINKING),
    refused("-L", Joined("DIR"), NO_LINKING),
    refused("--library-directory", Next("DIR"), NO_LINKING),
    refused("-search_paths_first", Nothing, NO_LINKING),
    refused("-search_paths_first_static", Nothing, NO_LINKING),
    refused("-search_dylibs_first", Nothing, NO_LINKING),
    refused("--listen", Equals("HOW"), "use --events=json"),
];
