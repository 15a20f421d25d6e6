//! Completions for shells, and manual pages, made from the tables of commands and flags.

use super::Verb;
use super::flags::{Class, FLAGS, Flag, Takes};
use super::help::{spelled, summary, usage};
use std::fmt::Write;

/// The shells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
}

fn flags_of(verb: Verb) -> impl Iterator<Item = &'static Flag> {
    FLAGS.iter().filter(move |f| matches!(f.class, Class::Own(id) if verb.takes(id)))
}

/// What may follow a flag, where that is a few words.
fn values(flag: &Flag) -> &'static [&'static str] {
    match flag.name {
        "--color" => &["auto", "on", "off"],
        "--error-style" => &["auto", "rich", "short", "json"],
        "--events" => &["json"],
        "-O" => &["Debug", "ReleaseFast", "ReleaseSafe", "ReleaseSmall"],
        "-target" => &["native", "x86_64-linux", "x86_64-linux-gnu", "x86_64-linux-musl", "x86_64-linux-none"],
        "--watch-backend" => &["auto", "fanotify", "inotify", "notify", "poll"],
        _ => &[],
    }
}

fn names() -> Vec<&'static str> {
    Verb::ALL.into_iter().map(Verb::name).collect()
}

/// The text that a shell reads.
pub(crate) fn script(shell: Shell) -> String {
    match shell {
        Shell::Bash => bash(),
        Shell::Zsh => zsh(),
        Shell::Fish => fish(),
    }
}

fn bash() -> String {
    let mut out = String::from(
        "# Completions of compiler for bash.\n_compiler() {\n    local word=\"${COMP_WORDS[COMP_CWORD]}\" \
         before=\"${COMP_WORDS[COMP_CWORD-1]}\" words=\"\"\n    COMPREPLY=()\n",
    );
    // Writing to a String cannot fail.
    let _ = writeln!(out, "    if [ \"$COMP_CWORD\" -eq 1 ]; then");
    let _ = writeln!(
        out,
        "        COMPREPLY=($(compgen -W \"{}\" -- \"$word\"))\n        return\n    fi",
        names().join(" ")
    );
    out.push_str("    case \"$before\" in\n");
    for flag in FLAGS.iter().filter(|f| !values(f).is_empty()) {
        let values = values(flag).join(" ");
        let _ = writeln!(out, "        {}) COMPREPLY=($(compgen -W \"{values}\" -- \"$word\")); return ;;", flag.name);
    }
    out.push_str("    esac\n    case \"${COMP_WORDS[1]}\" in\n");
    for verb in Verb::ALL {
        let flags: Vec<_> = flags_of(verb).map(|f| f.name).collect();
        let _ = writeln!(out, "        {}) words=\"{}\" ;;", verb.name(), flags.join(" "));
    }
    out.push_str(
        "    esac\n    case \"$word\" in\n        -*) COMPREPLY=($(compgen -W \"$words\" -- \"$word\")) ;;\n        *) \
         COMPREPLY=($(compgen -f -- \"$word\")) ;;\n    esac\n}\ncomplete -o filenames -F _compiler compiler\n",
    );
    out
}

/// A text between single quotes.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

fn zsh() -> String {
    let mut out = String::from("#compdef compiler\n# Completions of compiler for zsh.\n_compiler() {\n");
    out.push_str("    if (( CURRENT == 2 )); then\n        local -a commands=(\n");
    for verb in Verb::ALL {
        let _ = writeln!(out, "            {}", quoted(&format!("{}:{}", verb.name(), summary(verb))));
    }
    out.push_str(
        "        )\n        _describe command commands\n        return\n    fi\n    local command=$words[2]\n",
    );
    out.push_str("    shift words\n    (( CURRENT-- ))\n    case $command in\n");
    for verb in Verb::ALL {
        let _ = writeln!(out, "        {})\n            _arguments -S \\", verb.name());
        for flag in flags_of(verb) {
            let help = flag.help.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]").replace(':', "\\:");
            let what = match values(flag) {
                [] => "_files".to_owned(),
                list => format!("({})", list.join(" ")),
            };
            let (suffix, value) = match flag.takes {
                Takes::Nothing => ("", String::new()),
                Takes::Next(meta) => ("", format!(":{meta}:{what}")),
                Takes::Joined(meta) => ("+", format!(":{meta}:{what}")),
                Takes::Equals(meta) => ("=-", format!(":{meta}:{what}")),
                Takes::MaybeEquals(meta) => ("=-", format!("::{meta}:{what}")),
            };
            let _ = writeln!(out, "                {} \\", quoted(&format!("{}{suffix}[{help}]{value}", flag.name)));
        }
        out.push_str("                '*:file:_files' ;;\n");
    }
    out.push_str("    esac\n}\n_compiler \"$@\"\n");
    out
}

fn fish() -> String {
    let mut out = String::from("# Completions of compiler for fish.\n");
    for verb in Verb::ALL {
        let about = quoted(summary(verb));
        let _ = writeln!(out, "complete -c compiler -n __fish_use_subcommand -f -a {} -d {about}", verb.name());
    }
    for verb in Verb::ALL {
        for flag in flags_of(verb) {
            let seen = format!("'__fish_seen_subcommand_from {}'", verb.name());
            // Long options, options with one dash, and those of one letter.
            let (kind, name) = match flag.name.strip_prefix("--") {
                Some(long) => ("-l", long),
                None => (if flag.name.len() == 2 { "-s" } else { "-o" }, flag.name.trim_start_matches('-')),
            };
            let value = match (flag.takes, values(flag)) {
                (Takes::Nothing | Takes::MaybeEquals(_), _) => String::new(),
                (_, []) => " -r".into(),
                (_, list) => format!(" -x -a {}", quoted(&list.join(" "))),
            };
            let _ = writeln!(out, "complete -c compiler -n {seen} {kind} {name}{value} -d {}", quoted(flag.help));
        }
    }
    out
}

/// A text of roff: its backslashes, dashes and leading periods mean themselves.
fn roff(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    if text.starts_with(['.', '\'']) { format!("\\&{text}") } else { text }
}

/// The manual page of a command, or of all.
pub(crate) fn manual(verb: Option<Verb>) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let name = verb.map_or("compiler".to_owned(), |v| format!("compiler-{}", v.name()));
    let about = verb.map_or("an incremental, watching compiler for Zig", summary);
    let mut out = format!(".TH {} 1 \"\" \"compiler {version}\"\n", roff(&name.to_uppercase()));
    let _ = write!(out, ".SH NAME\n{} \\- {}\n", roff(&name), roff(about));
    let line = verb.map_or("[command] [options]".to_owned(), |v| format!("{}{}", v.name(), usage(v)));
    let _ = write!(out, ".SH SYNOPSIS\n.B compiler\n{}\n", roff(&line));
    match verb {
        None => {
            out.push_str(".SH COMMANDS\n");
            for v in Verb::ALL {
                let _ = write!(out, ".TP\n.B {}\n{}.\n", roff(v.name()), roff(summary(v)));
            }
        }
        Some(verb) => {
            out.push_str(".SH OPTIONS\n");
            for flag in flags_of(verb) {
                let _ = write!(out, ".TP\n.B {}\n{}.\n", roff(&spelled(flag)), roff(flag.help));
            }
        }
    }
    out.push_str(
        ".SH \"EXIT STATUS\"\n0 if all is well, 1 for whatever the user must mend, 101 for a fault of the compiler.\n",
    );
    out
}
