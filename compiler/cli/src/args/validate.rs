//! The second stage: flags become values that the program needs; every value is checked here.

use super::complete::Shell;
use super::flags::Id;
use super::{ArgError, Parsed, Verb, nearest};
use crate::commands::OnChange;
use crate::terminal::Clear;
use driver::{Abi, Optimize, Options, OutputKind, WatchBackend};
use errmsg::{ColorChoice, Style, StyleChoice};
use std::ffi::{OsStr, OsString};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What is to be done.
#[derive(Debug)]
pub(crate) enum Command {
    Build(Box<Build>),
    Fmt(Fmt),
    AstCheck(AstCheck),
    Targets,
    /// The file to validate; else the native paths are printed.
    Libc(Option<PathBuf>),
    Completions(Shell),
    Man(Option<Verb>),
    Version,
    Env,
    /// Help about one command, or about all.
    Help(Option<Verb>),
}

/// How what happens is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Output {
    pub color: ColorChoice,
    pub style: StyleChoice,
    /// JSON events on standard output.
    pub events: bool,
    pub time_report: bool,
    /// What a new build does to the screen, on a terminal.
    pub clear: Clear,
}

/// A build, and perhaps a run.
#[derive(Debug)]
pub(crate) struct Build {
    pub options: Options,
    pub output: Output,
    pub watch: bool,
    /// The program's arguments, if it is to be run.
    pub run: Option<Vec<OsString>>,
    /// What becomes of a program that runs when there is a new build of it.
    pub on_change: OnChange,
    /// The end of standard input ends a watch.
    pub exit_on_eof: bool,
}

/// A formatting of files.
#[derive(Default, Debug)]
pub(crate) struct Fmt {
    /// Files and directories; empty for standard input.
    pub paths: Vec<PathBuf>,
    pub exclude: Vec<PathBuf>,
    /// List, do not write.
    pub check: bool,
    /// All inputs are object notation.
    pub zon: bool,
    /// Leave alone what is not right.
    pub ast_check: bool,
    pub color: ColorChoice,
    pub jobs: Option<NonZeroUsize>,
}

/// A check of files by themselves.
#[derive(Default, Debug)]
pub(crate) struct AstCheck {
    /// Files; empty for standard input.
    pub paths: Vec<PathBuf>,
    /// All inputs are object notation.
    pub zon: bool,
    pub color: ColorChoice,
    pub jobs: Option<NonZeroUsize>,
}

/// The second stage.
pub(crate) fn validate(parsed: Parsed) -> Result<Command, ArgError> {
    let verb = parsed.verb;
    if parsed.flags.iter().any(|(id, ..)| *id == Id::Help) {
        return Ok(Command::Help(Some(verb)));
    }
    match verb {
        Verb::BuildExe | Verb::BuildObj | Verb::BuildLib | Verb::Run => build(parsed),
        Verb::Fmt => fmt(parsed),
        Verb::AstCheck => ast_check(parsed),
        Verb::Help => help(&parsed.positionals),
        Verb::Man => at_most_one(&parsed.positionals)?.map(super::verb).transpose().map(Command::Man),
        Verb::Libc => Ok(Command::Libc(at_most_one(&parsed.positionals)?.map(PathBuf::from))),
        Verb::Completions => match at_most_one(&parsed.positionals)? {
            Some(shell) => shells(shell).map(Command::Completions),
            None => Err(ArgError::new("expected a shell: bash, zsh or fish")),
        },
        Verb::Version | Verb::Env | Verb::Targets => match (parsed.positionals.first(), verb) {
            (Some(extra), _) => Err(unexpected(extra)),
            (None, Verb::Env) => Ok(Command::Env),
            (None, Verb::Targets) => Ok(Command::Targets),
            (None, _) => Ok(Command::Version),
        },
    }
}

fn fmt(parsed: Parsed) -> Result<Command, ArgError> {
    let paths = parsed.positionals.into_iter().map(PathBuf::from).collect();
    let (mut stdin, mut fmt) = (false, Fmt { paths, ..Fmt::default() });
    for (id, flag, value) in parsed.flags {
        match id {
            Id::FmtStdin => stdin = true,
            Id::FmtCheck => fmt.check = true,
            Id::FmtExclude => fmt.exclude.push(value.into()),
            Id::FmtAstCheck => fmt.ast_check = true,
            Id::Zon => fmt.zon = true,
            Id::Color => fmt.color = color(flag, &value)?,
            Id::Jobs => fmt.jobs = Some(number(flag, &value)?),
            _ => {}
        }
    }
    match (stdin, fmt.paths.is_empty()) {
        (true, false) => Err(ArgError::new("cannot use --stdin with positional arguments")),
        (false, true) => Err(ArgError::new("expected at least one file or directory argument")),
        _ => Ok(Command::Fmt(fmt)),
    }
}

fn ast_check(parsed: Parsed) -> Result<Command, ArgError> {
    let paths = parsed.positionals.into_iter().map(PathBuf::from).collect();
    let mut check = AstCheck { paths, ..AstCheck::default() };
    for (id, flag, value) in parsed.flags {
        match id {
            Id::Zon => check.zon = true,
            Id::Color => check.color = color(flag, &value)?,
            Id::Jobs => check.jobs = Some(number(flag, &value)?),
            _ => {}
        }
    }
    Ok(Command::AstCheck(check))
}

fn color(flag: &str, value: &OsStr) -> Result<ColorChoice, ArgError> {
    one_of(flag, value, &[("auto", ColorChoice::Auto), ("on", ColorChoice::On), ("off", ColorChoice::Off)])
}

fn help(about: &[OsString]) -> Result<Command, ArgError> {
    at_most_one(about)?.map(super::verb).transpose().map(Command::Help)
}

fn unexpected(arg: &OsStr) -> ArgError {
    ArgError::new(format!("unexpected argument: '{}'", arg.display()))
}

fn at_most_one(args: &[OsString]) -> Result<Option<&OsStr>, ArgError> {
    match args {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        [_, extra, ..] => Err(unexpected(extra)),
    }
}

fn shells(shell: &OsStr) -> Result<Shell, ArgError> {
    one_of("completions", shell, &[("bash", Shell::Bash), ("zsh", Shell::Zsh), ("fish", Shell::Fish)])
}

/// Where the output goes, as said by the last flag about it.
enum Emit {
    Default,
    Path(PathBuf),
    No,
}

fn build(parsed: Parsed) -> Result<Command, ArgError> {
    let root = root_file(parsed.verb, &parsed.positionals)?;
    let mut options = Options::new(root);
    let mut output = Output {
        color: ColorChoice::Auto,
        style: StyleChoice::Auto,
        events: false,
        time_report: false,
        clear: Clear::Never,
    };
    let (mut on_change, mut exit_on_eof, mut strip) = (None, false, None);
    let (mut watch, mut emit, mut dynamic) = (false, Emit::Default, None);

    for (id, flag, value) in parsed.flags {
        match id {
            // Of another command.
            Id::Help | Id::FmtStdin | Id::FmtCheck | Id::FmtExclude | Id::FmtAstCheck | Id::Zon => {}
            Id::Name => options.name = name(flag, &value)?,
            Id::EmitBin if value.is_empty() => emit = Emit::Default,
            Id::EmitBin => emit = Emit::Path(value.into()),
            Id::NoEmitBin => emit = Emit::No,
            Id::Optimize => options.optimize = optimize(&value)?,
            Id::Target => options.abi = target(&value)?,
            Id::Cpu => drop(one_of(flag, &value, &[("baseline", ()), ("x86_64", ())])?),
            Id::Format => drop(one_of(flag, &value, &[("elf", ())])?),
            Id::CodeModel => drop(one_of(flag, &value, &[("default", ()), ("small", ())])?),
            Id::Strip => strip = Some(true),
            Id::NoStrip => strip = Some(false),
            Id::Dynamic => dynamic = Some(flag),
            Id::Static => dynamic = None,
            Id::Jobs => options.jobs = Some(number::<NonZeroUsize>(flag, &value)?),
            Id::ZigLibDir => options.zig_lib_dir = Some(value.into()),
            Id::GlobalCacheDir => options.cache_dir = Some(value.into()),
            Id::Color => output.color = color(flag, &value)?,
            Id::ErrorStyle => {
                let choices = [
                    ("auto", StyleChoice::Auto),
                    ("rich", StyleChoice::Fixed(Style::Rich)),
                    ("short", StyleChoice::Fixed(Style::Short)),
                    ("json", StyleChoice::Fixed(Style::Json)),
                ];
                output.style = one_of(flag, &value, &choices)?;
            }
            Id::Events => {
                one_of(flag, &value, &[("json", ())])?;
                output.events = true;
            }
            Id::TimeReport => output.time_report = true,
            Id::ReferenceTrace if value.is_empty() => options.reference_trace = Some(u32::MAX),
            Id::ReferenceTrace => options.reference_trace = Some(number(flag, &value)?),
            Id::NoReferenceTrace => options.reference_trace = Some(0),
            Id::Watch => watch = true,
            Id::VerifyIncremental => options.verify_incremental = true,
            Id::Debounce => options.watch.debounce = Duration::from_millis(number(flag, &value)?),
            Id::WatchBackend => {
                let choices = [
                    ("auto", WatchBackend::Auto),
                    ("fanotify", WatchBackend::Fanotify),
                    ("inotify", WatchBackend::Inotify),
                    ("notify", WatchBackend::Notify),
                    ("poll", WatchBackend::Poll),
                ];
                options.watch.backend = one_of(flag, &value, &choices)?;
            }
            Id::WatchClear => {
                let choices = [("never", Clear::Never), ("screen", Clear::Screen), ("scrollback", Clear::Scrollback)];
                output.clear = one_of(flag, &value, &choices)?;
            }
            Id::OnChange => {
                let choices = [("restart", OnChange::Restart), ("wait", OnChange::Wait), ("signal", OnChange::Signal)];
                on_change = Some(one_of(flag, &value, &choices)?);
            }
            Id::ExitOnEof => exit_on_eof = true,
            Id::PollInterval => {
                options.watch.poll_interval = match number(flag, &value)? {
                    0 => return Err(ArgError::new(format!("{flag} must be at least one millisecond"))),
                    ms => Duration::from_millis(ms),
                };
            }
        }
    }

    options.strip = strip.unwrap_or(options.optimize == Optimize::ReleaseSmall);
    let wants_dynamic = |kind: &str| {
        let text = format!("'-dynamic' is not supported for {kind}: only build-lib makes shared objects");
        dynamic.map_or(Ok(()), |_| Err(ArgError::new(text)))
    };
    options.kind = match parsed.verb {
        Verb::BuildObj => wants_dynamic("object files").map(|()| OutputKind::Obj)?,
        Verb::BuildLib if dynamic.is_some() => OutputKind::DynamicLib,
        Verb::BuildLib => OutputKind::StaticLib,
        _ => wants_dynamic("programs").map(|()| OutputKind::Exe)?,
    };
    let run = (parsed.verb == Verb::Run).then_some(parsed.program_args);
    let on_change = match on_change {
        Some(_) if run.is_none() || !watch => {
            return Err(ArgError::new("'--on-change' is for 'run' with '--watch'"));
        }
        on_change => on_change.unwrap_or_default(),
    };
    options.emit = match emit {
        Emit::Path(path) => Some(path),
        Emit::No if run.is_some() => {
            return Err(ArgError::new("'run' needs a program, and '-fno-emit-bin' leaves none"));
        }
        Emit::No => None,
        // Of a program that is only run, the place is chosen when it is run.
        Emit::Default if run.is_some() => None,
        Emit::Default => Some(options.kind.file_name(&options.name).into()),
    };
    Ok(Command::Build(Box::new(Build { options, output, watch, run, on_change, exit_on_eof })))
}

fn root_file(verb: Verb, positionals: &[OsString]) -> Result<PathBuf, ArgError> {
    let mut root: Option<&OsStr> = None;
    for arg in positionals {
        let shown = arg.display();
        match (Path::new(arg).extension().and_then(OsStr::to_str), root) {
            (Some("zig"), None) => root = Some(arg),
            (Some("zig"), Some(first)) => {
                let first = first.display();
                let text = format!("found another zig file '{shown}' after root source file '{first}'");
                return Err(ArgError::new(text));
            }
            (Some("o" | "a" | "so" | "obj" | "lib"), _) => {
                let text =
                    format!("'{shown}' is not supported: programs are linked from the language's own source only");
                return Err(ArgError::new(text));
            }
            (Some("c" | "cc" | "cpp" | "cxx" | "m" | "mm" | "s" | "S" | "h"), _) => {
                return Err(ArgError::new(format!("'{shown}' is not supported: there is no C compiler here")));
            }
            _ => return Err(ArgError::new(format!("unrecognized file extension of parameter '{shown}'"))),
        }
    }
    match root {
        Some(root) => Ok(root.into()),
        None => Err(ArgError::new(format!("expected a root source file: compiler {} FILE", verb.name()))),
    }
}

fn text<'v>(flag: &str, value: &'v OsStr) -> Result<&'v str, ArgError> {
    value.to_str().ok_or_else(|| ArgError::new(format!("the value of {flag} is not UTF-8: '{}'", value.display())))
}

/// A value out of a list; the message follows the language's own compiler.
fn one_of<T: Copy>(flag: &str, value: &OsStr, choices: &[(&'static str, T)]) -> Result<T, ArgError> {
    let found = text(flag, value)?;
    if let Some((_, choice)) = choices.iter().find(|(name, _)| *name == found) {
        return Ok(*choice);
    }
    let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
    Err(ArgError::new(format!("expected [{}] after {flag}, found '{found}'", names.join("|"))))
}

fn number<T: std::str::FromStr>(flag: &str, value: &OsStr) -> Result<T, ArgError> {
    let found = text(flag, value)?;
    found.parse().map_err(|_| ArgError::new(format!("unable to parse {flag} count '{found}'")))
}

fn name(flag: &str, value: &OsStr) -> Result<String, ArgError> {
    let found = text(flag, value)?;
    if found.is_empty() || found == "." || found == ".." || found.contains('/') {
        return Err(ArgError::new(format!("invalid name after {flag}: '{found}' (a name, not a file path)")));
    }
    Ok(found.to_owned())
}

fn optimize(value: &OsStr) -> Result<Optimize, ArgError> {
    let found = text("-O", value)?;
    if let Some(mode) = Optimize::ALL.into_iter().find(|m| m.name() == found) {
        return Ok(mode);
    }
    let hint = nearest(found, Optimize::ALL.into_iter().map(Optimize::name));
    Err(ArgError::new(format!("unrecognized optimization mode: '{found}'{hint}")))
}

/// `x86_64-linux[-gnu|-musl|-none]`, versions of system and library ignored as far as they may
/// stand there; or `native`.
fn target(value: &OsStr) -> Result<Abi, ArgError> {
    let found = text("-target", value)?;
    let refuse = |what: &str| {
        Err(ArgError::new(format!("unsupported {what} in target '{found}': only x86_64-linux is supported")))
    };
    let mut parts = found.split('-');
    let arch = parts.next().unwrap_or_default();
    let system = parts.next();
    let abi = parts.next();
    if !matches!(arch, "x86_64" | "native") {
        return refuse(&format!("architecture '{arch}'"));
    }
    match system {
        Some("linux" | "native") => {}
        None if arch == "native" => {}
        None => return refuse("operating system ''"),
        Some(other) => return refuse(&format!("operating system '{other}'")),
    }
    if parts.next().is_some() {
        return refuse("part after the ABI");
    }
    match abi {
        None if system == Some("linux") => Ok(Abi::Musl),
        None | Some("gnu") => Ok(Abi::Gnu),
        Some("musl") => Ok(Abi::Musl),
        Some("none") => Ok(Abi::None),
        Some(other) => refuse(&format!("ABI '{other}'")),
    }
}
