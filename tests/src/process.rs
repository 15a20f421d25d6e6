//! Running a program to its end under a time limit, with its output captured.

use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::Checked;

/// How a program ended and what it wrote.
#[derive(Debug, Clone, Default)]
pub struct Finished {
    /// Its exit code, unless a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// Its standard output.
    pub stdout: Vec<u8>,
    /// Its standard error.
    pub stderr: Vec<u8>,
}

/// Runs `command` with `stdin` as its input. A program that outlives `limit` is killed, which is a failure.
pub fn run(command: &mut Command, stdin: &[u8], limit: Duration) -> Checked<Finished> {
    let name = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = spawn_when_free(command).map_err(|e| format!("cannot run {name}: {e}"))?;
    let (Some(mut input), Some(mut out), Some(mut err)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(format!("{name} has no pipes"));
    };
    let stdin = stdin.to_vec();
    // A program that ends without reading its input breaks the pipe, which is its right.
    let feeder = thread::spawn(move || drop(input.write_all(&stdin)));
    let stdout = thread::spawn(move || {
        let mut bytes = Vec::new();
        drop(out.read_to_end(&mut bytes));
        bytes
    });
    let stderr = thread::spawn(move || {
        let mut bytes = Vec::new();
        drop(err.read_to_end(&mut bytes));
        bytes
    });
    let start = Instant::now();
    let mut pause = Duration::from_micros(200);
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if start.elapsed() > limit => {
                drop(child.kill());
                drop(child.wait());
                return Err(format!("{name} did not end within {} s", limit.as_secs()));
            }
            Ok(None) => thread::sleep(pause),
            Err(e) => return Err(format!("cannot wait for {name}: {e}")),
        }
        pause = (pause * 2).min(Duration::from_millis(5));
    };
    drop(feeder.join());
    Ok(Finished {
        code: status.code(),
        signal: status.signal(),
        stdout: stdout.join().unwrap_or_default(),
        stderr: stderr.join().unwrap_or_default(),
    })
}

/// Starts `command`, once more where a freshly written program is still open for writing: a sibling
/// test forked between our compiler's opening and closing it.
pub fn spawn_when_free(command: &mut Command) -> std::io::Result<std::process::Child> {
    for _ in 0..50 {
        match command.spawn() {
            Err(e) if e.kind() == std::io::ErrorKind::ExecutableFileBusy => thread::sleep(Duration::from_millis(4)),
            other => return other,
        }
    }
    command.spawn()
}
