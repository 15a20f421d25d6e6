//! Help, made from the table of flags, so that no flag is missing from it.

use super::Verb;
use super::flags::{Class, FLAGS, Flag, Takes, Topic};
use std::fmt::Write;

const WIDTH: usize = 100;

/// `compiler help`.
pub(crate) fn general() -> String {
    let mut out = String::from("Usage: compiler [command] [options]\n\nCommands:\n\n");
    for verb in Verb::ALL {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "  {:<12}{}", verb.name(), summary(verb));
    }
    out.push_str("\nEach command explains its options: compiler [command] --help\n");
    out
}

pub(super) fn summary(verb: Verb) -> &'static str {
    match verb {
        Verb::BuildExe => "Build a program from source",
        Verb::BuildObj => "Build a relocatable object file from source",
        Verb::BuildLib => "Build a static or shared library from source",
        Verb::Run => "Build a program and run it",
        Verb::Fmt => "Format source files in place",
        Verb::AstCheck => "Report what can be known to be wrong in source files without types",
        Verb::Version => "Print the version and exit",
        Verb::Env => "Print library path, cache directory, version and target",
        Verb::Targets => "List what programs can be built for",
        Verb::Libc => "Print the paths of the system's C library, or validate a file of them",
        Verb::Completions => "Print completions for a shell",
        Verb::Man => "Print the manual page of a command, or of all",
        Verb::Help => "Print this help and exit",
    }
}

/// What follows a command.
pub(super) fn usage(verb: Verb) -> &'static str {
    match verb {
        Verb::Run => " FILE [options] [-- ARGS]",
        Verb::BuildExe | Verb::BuildObj | Verb::BuildLib => " FILE [options]",
        Verb::Fmt => " [options] PATH...",
        Verb::AstCheck => " [options] [FILE...]",
        Verb::Libc => " [FILE]",
        Verb::Completions => " bash|zsh|fish",
        Verb::Man | Verb::Help => " [COMMAND]",
        Verb::Version | Verb::Env | Verb::Targets => "",
    }
}

/// `compiler COMMAND --help`.
pub(crate) fn command(verb: Verb) -> String {
    if verb == Verb::Help {
        return general();
    }
    let args = usage(verb);
    let mut out = format!("Usage: compiler {}{args}\n\n{}.\n", verb.name(), summary(verb));
    if verb == Verb::Run {
        out.push_str("What follows -- goes to the program; its exit status or signal comes back.\n");
    }
    let about = match verb {
        Verb::Fmt => "Directories are searched for .zig and .zon files. The path of each changed file is printed.",
        Verb::AstCheck => "Without a file, standard input is checked. Files called .zon are object notation.",
        _ => "",
    };
    if !about.is_empty() {
        let _ = write!(out, "{about}\n\nOptions:\n");
        for flag in FLAGS.iter().filter(|f| matches!(f.class, Class::Own(id) if verb.takes(id))) {
            let _ = writeln!(out, "  {:<27} {}", spelled(flag), flag.help);
        }
    }
    if !verb.builds() {
        return out;
    }
    for (topic, title) in [
        (Topic::Output, "Output"),
        (Topic::Code, "Code"),
        (Topic::Watching, "Watching"),
        (Topic::Messages, "Messages"),
        (Topic::General, "General"),
    ] {
        let _ = write!(out, "\n{title}:\n");
        for flag in FLAGS.iter().filter(|f| f.topic == topic) {
            let _ = writeln!(out, "  {:<27} {}", spelled(flag), flag.help);
        }
    }
    let named = |refused: bool| {
        FLAGS.iter().filter(|f| f.topic != Topic::Formatting).filter(move |f| match f.class {
            Class::NoEffect => !refused,
            Class::Refused(_) => refused,
            Class::Own(_) => false,
        })
    };
    out.push_str("\nAccepted, since they would change nothing here:\n");
    wrap(&mut out, named(false));
    out.push_str("\nRefused, since they would:\n");
    wrap(&mut out, named(true));
    out
}

pub(super) fn spelled(flag: &Flag) -> String {
    let name = flag.name;
    match flag.takes {
        Takes::Nothing => name.to_owned(),
        Takes::Next("json") => format!("{name}=json"),
        Takes::Next(meta) | Takes::Joined(meta) => format!("{name} {meta}"),
        Takes::Equals(meta) => format!("{name}={meta}"),
        Takes::MaybeEquals(meta) => format!("{name}[={meta}]"),
    }
}

fn wrap<'f>(out: &mut String, flags: impl Iterator<Item = &'f Flag>) {
    let mut column = 0;
    for flag in flags {
        if column == 0 || column + 1 + flag.name.len() > WIDTH {
            out.push_str(if column == 0 { " " } else { "\n " });
            column = 1;
        }
        out.push(' ');
        out.push_str(flag.name);
        column += 1 + flag.name.len();
    }
    out.push('\n');
}
