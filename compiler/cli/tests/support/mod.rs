//! Commands that tests run to their end.

use std::io::Write;
use std::process::{Command, Stdio};

/// The compiler with arguments; colours are not forced.
pub fn compiler<S: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_compiler"));
    command.args(args).env_remove("CLICOLOR_FORCE");
    command
}

/// Exit code, standard output and standard error of a command that is given some input.
pub fn pipe(command: &mut Command, stdin: &[u8]) -> (i32, String, String) {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It need not read what it was given.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    let out = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (out.status.code().unwrap(), text(out.stdout), text(out.stderr))
}
