//! Running an edited program: it may do anything, for ever, and print without end.

use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::outcome::Outcome;
use crate::process::{Finished, spawn_when_free};

/// A program that takes longer says nothing about the compiler.
const LIMIT: Duration = Duration::from_secs(2);
/// Nor does one that prints more.
const MOST: u64 = 1 << 20;

/// What a program does; `None` if it takes too long or prints too much.
pub fn run(exe: &Path, dir: &Path) -> Option<Outcome> {
    let mut command = Command::new(exe);
    // Whoever compiled it, and wherever to: it may print what it is called.
    command.arg0("program").current_dir(dir).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = spawn_when_free(&mut command).ok()?;
    let out = collect(child.stdout.take()?);
    let err = collect(child.stderr.take()?);
    let status = wait(&mut child);
    let (stdout, stderr) = (out.join().ok()?, err.join().ok()?);
    let status = status?;
    if stdout.len() as u64 == MOST || stderr.len() as u64 == MOST {
        return None;
    }
    Some(Outcome::of(&Finished { code: status.code(), signal: status.signal(), stdout, stderr }))
}

/// Whether two runs say the same of a program. How deep a recursion without end gets until the stack is used
/// up depends on where the kernel puts the stack, which differs from run to run, and so does how much it prints.
pub fn alike(a: &Outcome, b: &Outcome) -> bool {
    let crashed = |o: &Outcome| o.signal.as_deref() == Some("SEGV");
    let begins = |a: &[String], b: &[String]| a.iter().zip(b).all(|(a, b)| a.starts_with(b) || b.starts_with(a));
    a == b || crashed(a) && crashed(b) && begins(&a.stdout, &b.stdout) && begins(&a.stderr, &b.stderr)
}

fn collect(from: impl Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        drop(from.take(MOST).read_to_end(&mut bytes));
        bytes
    })
}

fn wait(child: &mut Child) -> Option<std::process::ExitStatus> {
    let start = Instant::now();
    let mut pause = Duration::from_micros(100);
    while start.elapsed() < LIMIT {
        if let Some(status) = child.try_wait().ok()? {
            return Some(status);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(5));
    }
    drop(child.kill());
    drop(child.wait());
    None
}
