//! The real binary under `--watch`: running programs, ending them, terminals.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::{FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const LONG: Duration = Duration::from_secs(60);

/// Says who it is and waits for a byte.
fn program(version: u32) -> String {
    format!(
        "const std = @import(\"std\");\n\
         pub fn main() u8 {{\n\
             std.debug.print(\"v{version} is {{d}}\\n\", .{{std.os.linux.getpid()}});\n\
             var b: [1]u8 = undefined;\n\
             const n = std.os.linux.read(0, &b, 1);\n\
             std.debug.print(\"v{version} read {{d}}\\n\", .{{n}});\n\
             return {version};\n\
         }}\n"
    )
}

/// A compiler that watches, and all that it and its program have said.
struct Session {
    dir: tempfile::TempDir,
    child: Child,
    said: crossbeam_channel::Receiver<u8>,
    text: String,
    /// Up to where expectations were met.
    at: usize,
}

impl Session {
    fn start(args: &[&str]) -> Session {
        let (reader, writer) = std::io::pipe().unwrap();
        Session::with(args, reader, |command| {
            command.stdin(Stdio::piped()).stderr(writer);
        })
    }

    /// On a terminal of its own.
    fn on_terminal(args: &[&str]) -> (Session, File) {
        let (mut ours, mut theirs) = (0, 0);
        let none = std::ptr::null_mut();
        // SAFETY: both descriptors are ours to be written; no name, settings or size are asked for.
        let result = unsafe { libc::openpty(&raw mut ours, &raw mut theirs, none, none.cast(), none.cast()) };
        assert_eq!(result, 0);
        // SAFETY: two new descriptors that nobody else has.
        let (ours, theirs) = unsafe { (File::from_raw_fd(ours), OwnedFd::from_raw_fd(theirs)) };
        let session = Session::with(args, ours.try_clone().unwrap(), |command| {
            let theirs = || theirs.try_clone().unwrap();
            command.stdin(theirs()).stdout(theirs()).stderr(theirs());
            // SAFETY: two system calls, no memory.
            unsafe {
                command.pre_exec(|| {
                    libc::setsid();
                    libc::ioctl(0, libc::TIOCSCTTY, 0);
                    Ok(())
                })
            };
        });
        (session, ours)
    }

    fn with(args: &[&str], mut reader: impl Read + Send + 'static, set_up: impl FnOnce(&mut Command)) -> Session {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("main.zig"), program(1)).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_compiler"));
        command
            .args(args)
            .arg("main.zig")
            .current_dir(dir.path())
            .env("XDG_CACHE_HOME", dir.path().join("cache"))
            .env("TMPDIR", dir.path());
        set_up(&mut command);
        let child = command.spawn().unwrap();
        drop(command);
        let (sender, said) = crossbeam_channel::unbounded();
        std::thread::spawn(move || {
            let mut byte = [0];
            while reader.read(&mut byte).is_ok_and(|n| n > 0) && sender.send(byte[0]).is_ok() {}
        });
        Session { dir, child, said, text: String::new(), at: 0 }
    }

    fn save(&self, version: u32) {
        fs::write(self.dir.path().join("main.zig"), program(version)).unwrap();
    }

    /// Waits for some text after the last one that was waited for; gives the rest of its line.
    fn expect(&mut self, what: &str) -> String {
        let deadline = Instant::now() + LONG;
        loop {
            let rest = &self.text[self.at..];
            if let Some(found) = rest.find(what)
                && let Some((line, _)) = rest[found + what.len()..].split_once('\n')
            {
                let line = line.trim().to_owned();
                self.at += found + what.len();
                return line;
            }
            match self.said.recv_deadline(deadline) {
                Ok(byte) => self.text.push(byte as char),
                Err(e) => panic!("{what:?} was not said ({e}) in {:?}", self.text),
            }
        }
    }

    /// The process of a version that was started.
    fn started(&mut self, version: u32) -> i32 {
        self.expect(&format!("v{version} is ")).parse().unwrap()
    }

    fn signal(&self, signal: i32) {
        // SAFETY: no memory; the process is ours and was not waited for.
        unsafe { libc::kill(self.child.id() as i32, signal) };
    }

    /// How it ended, and all that was said to the end.
    fn end(mut self) -> (Option<i32>, String) {
        let status = self.child.wait().unwrap();
        while let Ok(byte) = self.said.recv_timeout(Duration::from_millis(200)) {
            self.text.push(byte as char);
        }
        let entries = fs::read_dir(self.dir.path()).unwrap().flatten();
        let left: Vec<_> = entries.filter(|e| e.file_name().to_string_lossy().starts_with("compiler-run-")).collect();
        assert!(status.code().is_none() || left.is_empty(), "{left:?}");
        (status.code(), self.text)
    }
}

fn alive(pid: i32) -> bool {
    // A process that was not waited for counts as ended.
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

fn until_gone(pid: i32) {
    let deadline = Instant::now() + LONG;
    while alive(pid) {
        assert!(Instant::now() < deadline, "{pid} still runs");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_new_build_replaces_the_program() {
    let mut s = Session::start(&["run", "--watch"]);
    let first = s.started(1);
    assert!(alive(first));
    s.save(2);
    s.expect("Build 2 succeeded");
    let second = s.started(2);
    assert!(!alive(first), "both at once");
    s.signal(libc::SIGTERM);
    let (code, text) = s.end();
    assert_eq!(code, Some(0), "{text}");
    assert!(!alive(second), "it was left behind");
    assert!(text.contains("note: watching with "), "{text}");
    assert!(!text.contains('\x1b') && !text.contains("Watching"), "not a terminal: {text}");
}

#[test]
fn a_program_may_be_left_to_end_by_itself() {
    let mut s = Session::start(&["run", "--watch", "--on-change=wait"]);
    let first = s.started(1);
    s.save(2);
    s.expect("Build 2 succeeded");
    s.save(3);
    s.expect("Build 3 succeeded");
    assert!(alive(first));
    s.child.stdin.as_mut().unwrap().write_all(b"x").unwrap();
    s.expect("v1 read 1");
    s.expect("Program exited with code 1");
    let third = s.started(3);
    s.signal(libc::SIGINT);
    let (code, text) = s.end();
    assert_eq!(code, Some(0));
    assert!(!text.contains("v2 is"), "{text}");
    assert!(!alive(third));
}

#[test]
fn a_program_may_be_told_by_a_signal() {
    let mut s = Session::start(&["run", "--watch", "--on-change", "signal"]);
    s.started(1);
    s.save(2);
    // This one does not care for it.
    s.expect("Program terminated by signal 1 (SIGHUP)");
    s.started(2);
    s.signal(libc::SIGTERM);
    assert_eq!(s.end().0, Some(0));
}

#[test]
fn nothing_is_left_behind_by_a_kill() {
    let mut s = Session::start(&["run", "--watch"]);
    let first = s.started(1);
    s.signal(libc::SIGKILL);
    until_gone(first);
    assert_eq!(s.end().0, None);
}

#[test]
fn the_end_of_standard_input_counts_if_asked_for() {
    let mut s = Session::start(&["build-exe", "--watch", "--exit-on-eof", "-fno-emit-bin"]);
    s.expect("Build 1 succeeded");
    s.save(2);
    s.expect("Build 2 succeeded");
    drop(s.child.stdin.take());
    assert_eq!(s.end().0, Some(0));

    let mut s = Session::start(&["build-exe", "--watch", "-fno-emit-bin"]);
    s.expect("Build 1 succeeded");
    drop(s.child.stdin.take());
    s.save(2);
    s.expect("Build 2 succeeded");
    s.signal(libc::SIGTERM);
    assert_eq!(s.end().0, Some(0));
}

#[test]
fn a_terminal_has_a_status_line_and_is_left_clean() {
    let (mut s, mut terminal) =
        Session::on_terminal(&["build-exe", "--watch", "--watch-clear=screen", "-fno-emit-bin"]);
    s.expect("Build 1 succeeded");
    s.expect("watching with ");
    s.save(2);
    s.expect("\x1b[H\x1b[2JBuild 2 succeeded");
    // As a key, so that everybody on the terminal gets the signal.
    terminal.write_all(b"\x03").unwrap();
    let (code, text) = s.end();
    assert_eq!(code, Some(0), "{text:?}");
    let line = "\x1b[?7lWatching ";
    assert!(text.contains(line) && text.contains(" directories\x1b[?7h"), "{text:?}");
    assert!(text.trim_end_matches("^C").ends_with("\r\x1b[K"), "{text:?}");
}

#[test]
fn a_program_on_a_terminal_has_it_to_itself() {
    let (mut s, mut terminal) = Session::on_terminal(&["run", "--watch"]);
    let first = s.started(1);
    let before = s.at;
    s.save(2);
    let second = s.started(2);
    assert!(!alive(first));
    assert!(!s.text[before..s.at].contains("Watching"), "{:?}", s.text);
    terminal.write_all(b"y\n").unwrap();
    s.expect("v2 read 1");
    s.expect("Program exited with code 2");
    until_gone(second);
    terminal.write_all(b"\x03").unwrap();
    let (code, text) = s.end();
    assert_eq!(code, Some(0), "{text:?}");
}

/// Becomes a shell that ignores being asked to end, and leaves something behind that does too.
const STUBBORN: &str = "const std = @import(\"std\");
const linux = std.os.linux;
pub fn main() u8 {
    const argv: [3]?[*:0]const u8 = .{ \"sh\", \"stubborn.sh\", null };
    const envp: [1]?[*:0]const u8 = .{null};
    const execve: linux.SYS = @enumFromInt(59);
    _ = linux.syscall3(execve, @intFromPtr(\"/bin/sh\"), @intFromPtr(&argv), @intFromPtr(&envp));
    return 9;
}
";

/// Starts it; gives the processes of the shell and of what it has started in a session of its own.
fn stubborn(s: &mut Session) -> [i32; 2] {
    let script = "trap '' HUP INT; trap 'echo asked >&2' TERM\n\
                  (trap '' TERM; exec setsid sleep 1000) </dev/null >/dev/null 2>&1 &\n\
                  echo \"shell $$ and $! end\" >&2\n\
                  while :; do sleep 0.05; done\n";
    fs::write(s.dir.path().join("stubborn.sh"), script).unwrap();
    fs::write(s.dir.path().join("main.zig"), STUBBORN).unwrap();
    again(s)
}

fn again(s: &mut Session) -> [i32; 2] {
    let line = s.expect("shell ");
    let pids: Vec<i32> = line.trim_end_matches(" end").split(" and ").map(|pid| pid.parse().unwrap()).collect();
    [pids[0], pids[1]]
}

#[test]
fn what_a_stubborn_program_has_started_is_gone_before_the_next_one() {
    let mut s = Session::start(&["run", "--watch"]);
    s.started(1);
    let first = stubborn(&mut s);
    assert!(first.into_iter().all(alive));
    // Even one that is stopped is asked to end.
    // SAFETY: no memory; the process was seen to be alive, and is ended only by its parent.
    unsafe { libc::kill(first[0], libc::SIGSTOP) };
    fs::write(s.dir.path().join("main.zig"), STUBBORN.replace("return 9", "return 8")).unwrap();
    s.expect("asked");
    let second = again(&mut s);
    assert!(!first.into_iter().any(alive), "both at once");
    s.signal(libc::SIGTERM);
    let (code, text) = s.end();
    assert_eq!(code, Some(0), "{text}");
    assert!(!second.into_iter().any(alive), "it was left behind");
}

#[test]
fn asked_twice_everything_is_killed_at_once() {
    let (mut s, mut terminal) = Session::on_terminal(&["run", "--watch"]);
    s.started(1);
    let both = stubborn(&mut s);
    terminal.write_all(b"\x03").unwrap();
    s.expect("asked");
    assert!(both.into_iter().all(alive));
    terminal.write_all(b"\x03").unwrap();
    let (code, text) = s.end();
    assert_eq!(code, Some(130), "{text:?}");
    assert!(!both.into_iter().any(alive), "left behind: {text:?}");
    assert!(!text.contains("Watching") || text.trim_end_matches("^C").ends_with("\r\x1b[K"), "{text:?}");
}
