//! What a compilation is asked to do, validated: every field is as the driver uses it. The command
//! line and the test harnesses make these; nothing here is text that still needs to be parsed.

use crate::progress::Progress;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;
use stdlib_ports::fs::Choice;

/// What is built.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OutputKind {
    /// A program.
    Exe,
    /// A relocatable object file.
    Obj,
    /// A static archive.
    StaticLib,
    /// A shared object.
    DynamicLib,
}

impl OutputKind {
    /// The file name that an output of this kind has by default.
    pub fn file_name(self, name: &str) -> String {
        match self {
            OutputKind::Exe => name.to_owned(),
            OutputKind::Obj => format!("{name}.o"),
            OutputKind::StaticLib => format!("lib{name}.a"),
            OutputKind::DynamicLib => format!("lib{name}.so"),
        }
    }
}

/// The language's optimisation modes.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Optimize {
    /// Fast to build, safety checks.
    #[default]
    Debug,
    /// Fast to run, safety checks.
    ReleaseSafe,
    /// Fast to run, no safety checks.
    ReleaseFast,
    /// Small, no safety checks.
    ReleaseSmall,
}

impl Optimize {
    /// All modes, in the order in which help lists them.
    pub const ALL: [Optimize; 4] =
        [Optimize::Debug, Optimize::ReleaseFast, Optimize::ReleaseSafe, Optimize::ReleaseSmall];

    /// The mode's name in the language.
    pub fn name(self) -> &'static str {
        match self {
            Optimize::Debug => "Debug",
            Optimize::ReleaseSafe => "ReleaseSafe",
            Optimize::ReleaseFast => "ReleaseFast",
            Optimize::ReleaseSmall => "ReleaseSmall",
        }
    }

    /// Whether safety checks are on by default.
    pub fn is_safe(self) -> bool {
        matches!(self, Optimize::Debug | Optimize::ReleaseSafe)
    }
}

/// The ABI part of the target, which programs see in `builtin`; nothing else depends on it as
/// long as no C library is linked.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Abi {
    /// The default for the machine at hand.
    #[default]
    Gnu,
    /// The default if a target is named without ABI.
    Musl,
    /// None.
    None,
}

impl Abi {
    /// The ABI's name in the language.
    pub fn name(self) -> &'static str {
        match self {
            Abi::Gnu => "gnu",
            Abi::Musl => "musl",
            Abi::None => "none",
        }
    }
}

/// How to watch, if [`crate::Compilation::watch`] is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WatchOptions {
    /// The backend.
    pub backend: Choice,
    /// How often to look, where polling is used.
    pub poll_interval: Duration,
    /// How long a file must be quiet before a build starts.
    pub debounce: Duration,
}

impl Default for WatchOptions {
    fn default() -> WatchOptions {
        WatchOptions { backend: Choice::Auto, poll_interval: Duration::from_millis(500), debounce: Duration::ZERO }
    }
}

/// All that a compilation needs to know.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// The root source file, as given by the user.
    pub root: PathBuf,
    /// The name of the compilation unit.
    pub name: String,
    /// What is built.
    pub kind: OutputKind,
    /// Where the output goes; `None` if none is wanted (`-fno-emit-bin`).
    pub emit: Option<PathBuf>,
    /// The optimisation mode.
    pub optimize: Optimize,
    /// The target's ABI.
    pub abi: Abi,
    /// Whether debug information and symbols are left out.
    pub strip: bool,
    /// Threads for what runs in parallel; `None` means one for each processor.
    pub jobs: Option<NonZeroUsize>,
    /// The library directory (holding `std/`) that replaces the embedded one.
    pub zig_lib_dir: Option<PathBuf>,
    /// Where the embedded library is unpacked; `None` means the user's cache directory.
    pub cache_dir: Option<PathBuf>,
    /// How many references a trace shows: 0 for none; `None` for the default of the language's
    /// own compiler (enough to see where the first one comes from).
    pub reference_trace: Option<u32>,
    /// How to watch.
    pub watch: WatchOptions,
    /// Where the stage of a build is shown, if anywhere.
    pub progress: Option<Progress>,
    /// Compare every build with one from nothing ([`crate::Compilation::verify`]).
    pub verify_incremental: bool,
    /// For tests: what can be done in any order is done in one that follows from this number.
    pub shuffle: Option<u64>,
}

impl Options {
    /// The defaults for building a program from `root` without writing it anywhere.
    pub fn new(root: impl Into<PathBuf>) -> Options {
        let root = root.into();
        let name = root.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
        Options {
            root,
            name,
            kind: OutputKind::Exe,
            emit: None,
            optimize: Optimize::default(),
            abi: Abi::default(),
            strip: false,
            jobs: None,
            zig_lib_dir: None,
            cache_dir: None,
            reference_trace: None,
            watch: WatchOptions::default(),
            progress: None,
            verify_incremental: false,
            shuffle: None,
        }
    }
}
