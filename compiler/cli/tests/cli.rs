//! The real binary: help, versions, wrong arguments, exit codes, and readers that go away.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::{Command, Output, Stdio};

fn compiler(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_compiler"));
    command.args(args).env_remove("CLICOLOR_FORCE").env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

/// Exit code, standard output and standard error.
fn run(args: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = compiler(args).output().unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[test]
fn help_for_all_and_for_each() {
    for args in [&["help"][..], &["--help"], &["-h"], &["help", "help"], &["help", "--help"]] {
        let (code, out, err) = run(args);
        assert_eq!((code, err.as_str()), (0, ""));
        insta::assert_snapshot!("help", out);
    }
    let verbs = ["build-exe", "build-obj", "build-lib", "run", "fmt", "ast-check", "version", "env", "targets", "libc"];
    for verb in verbs.into_iter().chain(["completions", "man"]) {
        let (code, out, err) = run(&[verb, "--help"]);
        assert_eq!((code, err.as_str()), (0, ""));
        assert_eq!(run(&["help", verb]).1, out);
        if matches!(verb, "build-exe" | "run" | "fmt" | "version") {
            insta::assert_snapshot!(format!("help_{verb}"), out);
        }
    }
}

#[test]
fn version_and_env() {
    let (code, out, err) = run(&["version"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(out, format!("compiler {} (Zig 0.15.2)\n", env!("CARGO_PKG_VERSION")));
    let (code, out, _) = run(&["env"]);
    assert_eq!(code, 0);
    assert!(out.starts_with(".{\n") && out.contains("    .version = \"0.15.2\",\n"), "{out}");
}

#[test]
fn no_command_prints_the_usage() {
    let (code, out, err) = run(&[]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.starts_with("Usage: compiler ") && err.ends_with("error: expected command argument\n"), "{err}");
}

#[test]
fn wrong_arguments_are_one_line_and_exit_1() {
    for (args, text) in [
        (&["bulid-exe"][..], "error: unknown command: 'bulid-exe'; did you mean 'build-exe'?\n"),
        (&["ar", "a.zig"], "error: the command 'ar' is not supported yet\n"),
        (&["build-exe", "a.zig", "--wach"], "error: unrecognized parameter: '--wach'; did you mean '--watch'?\n"),
        (&["build-exe", "a.txt"], "error: unrecognized file extension of parameter 'a.txt'\n"),
        (&["build-exe", "a.zig", "-O", "Fast"], "error: unrecognized optimization mode: 'Fast'\n"),
    ] {
        assert_eq!(run(args), (1, String::new(), text.to_owned()));
    }
}

#[test]
fn arguments_need_not_be_text() {
    use std::os::unix::ffi::OsStrExt;
    let arg = std::ffi::OsStr::from_bytes(b"--\xff\xfe");
    let out = compiler(&["build-exe", "a.zig"]).arg(arg).output().unwrap();
    assert_eq!(out.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&out.stderr).contains("unrecognized parameter"));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let out = compiler(&["build-exe", "--help"]).stdout(writer).output().unwrap();
    assert_eq!((out.status.code(), out.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn colour_follows_the_environment_when_asked_to() {
    let stderr = |command: &mut Command| String::from_utf8(command.output().unwrap().stderr).unwrap();
    assert!(!stderr(&mut compiler(&["x"])).contains('\x1b'));
    assert!(stderr(compiler(&["x"]).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1")).contains('\x1b'));
}
