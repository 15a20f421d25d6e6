//! Arguments in two stages: as parsed ([`Parsed`]: which flags, in which order), then validated
//! into what the program needs ([`Command`]).

pub(crate) mod complete;
mod flags;
pub(crate) mod help;
#[cfg(test)]
mod tests;
mod validate;

use flags::{Class, Flag, Id, Takes};
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
pub(crate) use validate::{AstCheck, Build, Command, Fmt, Output, validate};

/// The commands, with what help says of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verb {
    BuildExe,
    BuildObj,
    BuildLib,
    Run,
    Fmt,
    AstCheck,
    Version,
    Env,
    Targets,
    Libc,
    Completions,
    Man,
    Help,
}

impl Verb {
    pub(crate) const ALL: [Verb; 13] = [
        Verb::BuildExe,
        Verb::BuildObj,
        Verb::BuildLib,
        Verb::Run,
        Verb::Fmt,
        Verb::AstCheck,
        Verb::Version,
        Verb::Env,
        Verb::Targets,
        Verb::Libc,
        Verb::Completions,
        Verb::Man,
        Verb::Help,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Verb::BuildExe => "build-exe",
            Verb::BuildObj => "build-obj",
            Verb::BuildLib => "build-lib",
            Verb::Run => "run",
            Verb::Fmt => "fmt",
            Verb::AstCheck => "ast-check",
            Verb::Version => "version",
            Verb::Env => "env",
            Verb::Targets => "targets",
            Verb::Libc => "libc",
            Verb::Completions => "completions",
            Verb::Man => "man",
            Verb::Help => "help",
        }
    }

    fn builds(self) -> bool {
        matches!(self, Verb::BuildExe | Verb::BuildObj | Verb::BuildLib | Verb::Run)
    }

    /// Whether a flag that has an effect belongs to the command.
    fn takes(self, id: Id) -> bool {
        let on_files = matches!(self, Verb::Fmt | Verb::AstCheck);
        match id {
            Id::Help => true,
            Id::Color | Id::Jobs => self.builds() || on_files,
            Id::Zon => on_files,
            Id::FmtStdin | Id::FmtCheck | Id::FmtExclude | Id::FmtAstCheck => self == Verb::Fmt,
            _ => self.builds(),
        }
    }
}

/// Commands of the language's own compiler that this one does not have.
const MISSING_COMMANDS: [&str; 17] = [
    "ar",
    "build",
    "c++",
    "cc",
    "dlltool",
    "fetch",
    "init",
    "lib",
    "objcopy",
    "ranlib",
    "rc",
    "reduce",
    "std",
    "test",
    "test-obj",
    "translate-c",
    "zen",
];

/// Why arguments were refused. One line of text, and sometimes the usage.
#[derive(Debug)]
pub(crate) struct ArgError {
    text: String,
    usage: Option<String>,
}

impl ArgError {
    fn new(text: impl Into<String>) -> ArgError {
        ArgError { text: text.into(), usage: None }
    }

    /// Prints; gives the exit code.
    pub(crate) fn show(&self) -> u8 {
        if let Some(usage) = &self.usage {
            // Nobody is left to be told if this fails.
            let _ = writeln!(std::io::stderr().lock(), "{usage}");
        }
        crate::complain(&self.text);
        crate::EXIT_USER
    }
}

/// Arguments as parsed: known flags of the right shape, but nothing is checked for meaning.
#[derive(Debug)]
pub(crate) struct Parsed {
    verb: Verb,
    /// Flags that have an effect, with their values, in order.
    flags: Vec<(Id, &'static str, OsString)>,
    positionals: Vec<OsString>,
    /// What follows `--`.
    program_args: Vec<OsString>,
}

/// The first stage.
pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Parsed, ArgError> {
    let mut args = args.into_iter();
    let Some(command) = args.next() else {
        return Err(ArgError { text: "expected command argument".into(), usage: Some(help::general()) });
    };
    let mut parsed =
        Parsed { verb: verb(&command)?, flags: Vec::new(), positionals: Vec::new(), program_args: Vec::new() };
    while let Some(arg) = args.next() {
        if arg == "--" && parsed.verb == Verb::Run {
            parsed.program_args.extend(args);
            break;
        }
        if !arg.as_bytes().starts_with(b"-") || arg == "-" {
            parsed.positionals.push(arg);
            continue;
        }
        if arg == "--" {
            return Err(ArgError::new("'--' belongs to 'run': what follows it goes to the program"));
        }
        let (flag, attached) = find(&arg)?;
        let value = match (flag.takes, attached) {
            (Takes::Nothing, None) | (Takes::MaybeEquals(_), None) => OsString::new(),
            (Takes::Nothing, Some(_)) => {
                return Err(ArgError::new(format!("'{}' takes no value: '{}'", flag.name, arg.display())));
            }
            (_, Some(value)) => value,
            (Takes::Next(_) | Takes::Joined(_), None) => {
                args.next().ok_or_else(|| ArgError::new(format!("expected parameter after {}", flag.name)))?
            }
            (Takes::Equals(meta), None) => {
                return Err(ArgError::new(format!("expected a value: {}={meta}", flag.name)));
            }
        };
        match flag.class {
            Class::Own(id) if parsed.verb.takes(id) => parsed.flags.push((id, flag.name, value)),
            Class::NoEffect if parsed.verb.builds() => {}
            Class::Own(_) | Class::NoEffect => {
                return Err(ArgError::new(format!("'{}' does not belong to '{}'", flag.name, parsed.verb.name())));
            }
            Class::Refused(why) => {
                return Err(ArgError::new(format!("'{}' is not supported: {why}", arg.display())));
            }
        }
    }
    Ok(parsed)
}

fn verb(arg: &OsStr) -> Result<Verb, ArgError> {
    let text = arg.to_string_lossy();
    if matches!(&*text, "-h" | "--help") {
        return Ok(Verb::Help);
    }
    if text == "--version" {
        return Ok(Verb::Version);
    }
    if let Some(verb) = Verb::ALL.into_iter().find(|v| v.name() == text) {
        return Ok(verb);
    }
    if MISSING_COMMANDS.contains(&&*text) {
        return Err(ArgError::new(format!("the command '{text}' is not supported yet")));
    }
    let hint = nearest(&text, Verb::ALL.into_iter().map(Verb::name));
    Err(ArgError::new(format!("unknown command: '{text}'{hint}")))
}

/// The flag that an argument spells, with the value attached to it (after `=`, or directly).
fn find(arg: &OsStr) -> Result<(&'static Flag, Option<OsString>), ArgError> {
    let bytes = arg.as_bytes();
    let known = |name: &[u8]| flags::FLAGS.iter().find(|f| f.name.as_bytes() == name);
    let value = |at: usize| bytes.get(at..).map(|v| OsStr::from_bytes(v).to_owned());
    if let Some(flag) = known(bytes) {
        return Ok((flag, None));
    }
    if let Some(equals) = bytes.iter().position(|&b| b == b'=')
        && let Some(flag) = bytes.get(..equals).and_then(known)
    {
        return Ok((flag, value(equals + 1)));
    }
    // `-j4`, `-OReleaseFast`, `-lname`.
    let joined = flags::FLAGS.iter().filter(|f| matches!(f.takes, Takes::Joined(_)));
    if let Some(flag) = joined.filter(|f| bytes.starts_with(f.name.as_bytes())).max_by_key(|f| f.name.len()) {
        return Ok((flag, value(flag.name.len())));
    }
    let text = arg.to_string_lossy();
    let name = text.split('=').next().unwrap_or(&text);
    let accepted = flags::FLAGS.iter().filter(|f| !matches!(f.class, Class::Refused(_)));
    let hint = nearest(name, accepted.map(|f| f.name));
    Err(ArgError::new(format!("unrecognized parameter: '{text}'{hint}")))
}

/// `; did you mean '…'?`, if one of the names is close enough.
fn nearest(text: &str, names: impl Iterator<Item = &'static str>) -> String {
    let bare = |s: &str| s.trim_start_matches('-').to_owned();
    let wanted = bare(text);
    let allowed = (wanted.chars().count() / 3).max(1);
    names
        .map(|name| (strsim::osa_distance(&wanted, &bare(name)), name))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map_or(String::new(), |(_, name)| format!("; did you mean '{name}'?"))
}
