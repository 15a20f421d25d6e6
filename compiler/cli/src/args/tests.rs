//! Both stages together: what arguments come to, and what is said of wrong ones.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::flags::{Class, FLAGS, Takes};
use super::*;
use crate::commands::OnChange;
use crate::terminal::Clear;
use driver::{Abi, Optimize, OutputKind, WatchBackend};
use errmsg::{ColorChoice, Style, StyleChoice};
use std::path::Path;
use std::time::Duration;

fn command(line: &str) -> Result<Command, String> {
    let args = line.split_whitespace().map(OsString::from);
    parse(args).and_then(validate).map_err(|e| e.text)
}

fn build(line: &str) -> Build {
    match command(line) {
        Ok(Command::Build(build)) => *build,
        other => panic!("{line}: {other:?}"),
    }
}

fn refused(line: &str) -> String {
    command(line).unwrap_err()
}

#[test]
fn outputs_are_named_as_by_the_languages_own_compiler() {
    let emit = |line: &str| build(line).options.emit.map(|p| p.display().to_string());
    assert_eq!(emit("build-exe src/a.zig").as_deref(), Some("a"));
    assert_eq!(emit("build-obj src/a.zig").as_deref(), Some("a.o"));
    assert_eq!(emit("build-lib src/a.zig").as_deref(), Some("liba.a"));
    assert_eq!(emit("build-lib src/a.zig -dynamic --name b").as_deref(), Some("libb.so"));
    assert_eq!(emit("build-exe a.zig -femit-bin=out/x").as_deref(), Some("out/x"));
    assert_eq!(emit("build-exe a.zig -femit-bin=out/x -femit-bin").as_deref(), Some("a"));
    assert_eq!(emit("build-exe a.zig -fno-emit-bin"), None);
    assert_eq!(emit("run a.zig"), None);
    assert_eq!(build("build-lib a.zig -dynamic -static").options.kind, OutputKind::StaticLib);
}

#[test]
fn values_stand_where_they_may() {
    assert_eq!(build("build-exe a.zig -j 3").options.jobs.unwrap().get(), 3);
    assert_eq!(build("build-exe -j3 a.zig").options.jobs.unwrap().get(), 3);
    for line in ["-O ReleaseSmall", "-OReleaseSmall"] {
        assert_eq!(build(&format!("build-exe a.zig {line}")).options.optimize, Optimize::ReleaseSmall);
    }
    for line in ["--color on", "--color=on"] {
        assert_eq!(build(&format!("build-exe a.zig {line}")).output.color, ColorChoice::On);
    }
    assert_eq!(build("build-exe a.zig --error-style json").output.style, StyleChoice::Fixed(Style::Json));
    assert!(build("build-exe a.zig --events=json").output.events);
    let b = build("build-exe a.zig --watch --debounce 30 --watch-backend poll --poll-interval=5");
    assert!(b.watch);
    assert_eq!(b.options.watch.debounce, Duration::from_millis(30));
    assert_eq!(b.options.watch.backend, WatchBackend::Poll);
    assert_eq!(b.options.watch.poll_interval, Duration::from_millis(5));
    assert_eq!((b.output.clear, b.on_change, b.exit_on_eof), (Clear::Never, OnChange::Restart, false));
    let b = build("run a.zig --watch --watch-backend=fanotify --watch-clear=scrollback --on-change wait --exit-on-eof");
    assert_eq!(b.options.watch.backend, WatchBackend::Fanotify);
    assert_eq!((b.output.clear, b.on_change, b.exit_on_eof), (Clear::Scrollback, OnChange::Wait, true));
    for line in ["run a.zig --on-change=signal", "build-exe a.zig --watch --on-change=wait"] {
        assert_eq!(refused(line), "'--on-change' is for 'run' with '--watch'");
    }
    assert_eq!(build("build-exe a.zig --zig-lib-dir l").options.zig_lib_dir.as_deref(), Some(Path::new("l")));
    assert_eq!(build("build-exe a.zig -freference-trace").options.reference_trace, Some(u32::MAX));
    assert_eq!(build("build-exe a.zig -freference-trace=4").options.reference_trace, Some(4));
    assert_eq!(build("build-exe a.zig -fno-reference-trace").options.reference_trace, Some(0));
}

#[test]
fn arguments_of_the_program_are_left_alone() {
    let b = build("run a.zig --watch -- --watch -- -x b.zig");
    assert_eq!(b.run.unwrap(), ["--watch", "--", "-x", "b.zig"]);
    assert!(build("run a.zig").run.unwrap().is_empty());
    assert!(build("build-exe a.zig").run.is_none());
}

#[test]
fn targets() {
    let abi = |t: &str| build(&format!("build-exe a.zig -target {t}")).options.abi;
    assert_eq!(build("build-exe a.zig").options.abi, Abi::Gnu);
    assert_eq!(abi("native"), Abi::Gnu);
    assert_eq!(abi("x86_64-linux"), Abi::Musl);
    assert_eq!(abi("x86_64-linux-gnu"), Abi::Gnu);
    assert_eq!(abi("x86_64-linux-musl"), Abi::Musl);
    assert_eq!(abi("x86_64-linux-none"), Abi::None);
    for (target, word) in [
        ("aarch64-linux", "architecture 'aarch64'"),
        ("x86_64-windows", "operating system 'windows'"),
        ("x86_64", "operating system ''"),
        ("x86_64-linux-msvc", "ABI 'msvc'"),
        ("x86_64-linux-gnu-x", "part after"),
    ] {
        let text = refused(&format!("build-exe a.zig -target {target}"));
        assert!(text.contains(word) && text.contains(target), "{text}");
    }
}

#[test]
fn wrong_arguments() {
    let lines = [
        "",
        "bulid-exe a.zig",
        "frobnicate",
        "test a.zig",
        "fmt",
        "fmt --stdin a.zig",
        "fmt --watch a.zig",
        "ast-check -t a.zig",
        "ast-check --check a.zig",
        "build-exe a.zig --check",
        "translate-c a.h",
        "build-exe",
        "build-exe a.zig b.zig",
        "build-exe x.txt",
        "build-exe dir",
        "build-exe a.zig b.o",
        "build-exe a.c",
        "build-exe a.zig --wach",
        "build-exe a.zig -femit-bni=x",
        "build-exe a.zig -fincremantal",
        "build-exe a.zig --qwertyuiop",
        "build-exe a.zig --name",
        "build-exe a.zig --name a/b",
        "build-exe a.zig --watch=1",
        "build-exe a.zig -O Relase",
        "build-exe a.zig -O ReleaseFats",
        "build-exe a.zig -j0",
        "build-exe a.zig -jx",
        "build-exe a.zig --debounce -1",
        "build-exe a.zig --watch --poll-interval 0",
        "build-exe a.zig --watch --poll-interval soon",
        "build-exe a.zig --watch --watch-backend=nonsense",
        "build-exe a.zig --color maybe",
        "build-exe a.zig --events=xml",
        "build-exe a.zig -ofmt=coff",
        "build-exe a.zig -mcpu native",
        "build-exe a.zig -lc",
        "build-exe a.zig -flto=thin",
        "build-exe a.zig --dep x",
        "build-exe a.zig -fsingle-threaded",
        "build-exe a.zig -dynamic",
        "build-obj a.zig -dynamic",
        "build-exe a.zig -- x",
        "run a.zig -fno-emit-bin",
        "version x",
        "version --watch",
        "help frobnicate",
        "help run run",
    ];
    let shown: Vec<String> = lines.iter().map(|line| format!("{line}\n    error: {}", refused(line))).collect();
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn flags_that_change_nothing_change_nothing() {
    let plain = build("build-exe a.zig").options;
    for flag in FLAGS.iter().filter(|f| f.class == Class::NoEffect) {
        let value = if matches!(flag.takes, Takes::Next(_)) { "x" } else { "" };
        assert_eq!(build(&format!("build-exe a.zig {} {value}", flag.name)).options, plain, "{}", flag.name);
    }
}

#[test]
fn refused_flags_are_named() {
    for flag in FLAGS.iter().filter(|f| matches!(f.class, Class::Refused(_))) {
        let line = match flag.takes {
            Takes::Nothing | Takes::MaybeEquals(_) => flag.name.to_owned(),
            Takes::Next(_) | Takes::Joined(_) => format!("{} x", flag.name),
            Takes::Equals(_) => format!("{}=x", flag.name),
        };
        let text = refused(&format!("build-exe a.zig {line}"));
        assert!(text.contains(flag.name) && text.contains("is not supported"), "{text}");
    }
}

#[test]
fn no_flag_stands_in_the_table_twice() {
    let mut names: Vec<_> = FLAGS.iter().map(|f| f.name).collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
}
