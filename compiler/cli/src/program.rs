//! Running what was built: once, passing on how it ended; or under watch, where a new build
//! replaces the running program.

use crate::terminal::Settings;
use crate::{EXIT_USER, complain};
use crossbeam_channel::Receiver;
use rustix::fd::OwnedFd;
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitOptions, kill_process, kill_process_group, pidfd_open, pidfd_send_signal,
    set_child_subreaper, set_parent_process_death_signal, waitpid,
};
use signal_hook::consts::{SIGINT, SIGQUIT};
use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::{Duration, Instant};

/// How long a program has to end after it was asked to, and all that it has started.
const GRACE: Duration = Duration::from_secs(2);
/// How much of it is left at least for what the program leaves behind, which was not asked before.
const GRACE_LEFT: Duration = Duration::from_millis(200);

fn spawn(path: &Path, args: &[OsString], set_up: impl FnOnce(&mut Command)) -> io::Result<Child> {
    let mut command = Command::new(std::path::absolute(path)?);
    command.args(args);
    set_up(&mut command);
    let mut tries = 0;
    loop {
        match command.spawn() {
            // Some other process was started while the file was open for writing, and has not
            // closed it yet.
            Err(e) if e.kind() == io::ErrorKind::ExecutableFileBusy && tries < 50 => {
                tries += 1;
                std::thread::sleep(Duration::from_millis(1));
            }
            result => return result,
        }
    }
}

/// Runs a program to its end. Gives its exit code, or dies of the signal that it died of.
/// `scratch` is removed as soon as the program has ended.
pub(crate) fn run_to_end(path: &Path, args: &[OsString], scratch: Option<tempfile::TempDir>) -> u8 {
    // The terminal sends these to both; what becomes of them is for the program to decide.
    // Caught rather than ignored: what is ignored stays so in the program.
    let caught = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGQUIT] {
        // Not being able to leaves the default, which is nearly as good.
        let _ = signal_hook::flag::register(signal, caught.clone());
    }
    let status = spawn(path, args, |_| {}).and_then(|mut child| child.wait());
    drop(scratch);
    match status {
        Ok(status) => {
            if let Some(signal) = status.signal() {
                // The program has left its core file, if any; ours would say nothing.
                let none = rustix::process::Rlimit { current: Some(0), maximum: Some(0) };
                let _ = rustix::process::setrlimit(rustix::process::Resource::Core, none);
                let _ = signal_hook::low_level::emulate_default_handler(signal);
                // Signals that do not end a process did not end the program either.
                return u8::try_from(128 + signal).unwrap_or(EXIT_USER);
            }
            // Exit codes are eight bits wide.
            status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(EXIT_USER)
        }
        Err(e) => {
            complain(&format!("unable to run {}: {e}", path.display()));
            EXIT_USER
        }
    }
}

/// "Program exited with code 3", or of which signal it died.
pub(crate) fn describe(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("Program exited with code {code}"),
        (None, Some(signal)) => {
            let name = signal_hook::low_level::signal_name(signal).unwrap_or("unknown");
            format!("Program terminated by signal {signal} ({name})")
        }
        (None, None) => "Program ended".into(),
    }
}

/// A program that runs while the compilation goes on. Dropping it ends it.
pub(crate) struct Program {
    /// A process by descriptor: its number may have been given to another one by now.
    process: OwnedFd,
    /// Its process group, if it leads one: what it has started ends with it.
    group: Option<Pid>,
    ended: Receiver<ExitStatus>,
    /// The terminal as it was before.
    settings: Settings,
}

impl Program {
    /// Starts a program, with nothing to read if `no_input`.
    pub(crate) fn start(path: &Path, args: &[OsString], no_input: bool) -> io::Result<Program> {
        let settings = Settings::save();
        // On a terminal a group of its own could not read from it, and Ctrl-C reaches ours anyway.
        let own_group = !io::stdin().is_terminal();
        let mut child = spawn(path, args, |command| {
            if own_group {
                command.process_group(0);
            }
            if no_input {
                command.stdin(Stdio::null());
            }
            // SAFETY: the closure makes one system call, and touches no memory of ours.
            unsafe { command.pre_exec(|| Ok(set_parent_process_death_signal(Some(Signal::KILL))?)) };
        })?;
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let process = pid.ok_or(rustix::io::Errno::SRCH).and_then(|pid| pidfd_open(pid, PidfdFlags::empty()));
        let process = match process {
            Ok(process) => process,
            Err(e) => {
                // A program that could not be ended later must not stay.
                let _ = child.kill().and_then(|()| child.wait());
                return Err(e.into());
            }
        };
        let (sender, ended) = crossbeam_channel::bounded(1);
        std::thread::Builder::new().name("wait".into()).spawn(move || {
            if let Ok(status) = child.wait() {
                // Nobody asks any more if the program was replaced.
                let _ = sender.send(status);
            }
        })?;
        let group = pid.filter(|_| own_group);
        RUNNING.store(pid.map_or(0, |pid| pid.as_raw_nonzero().get()), Ordering::Relaxed);
        IN_GROUP.store(own_group, Ordering::Relaxed);
        Ok(Program { process, group, ended, settings })
    }

    /// Tells it that there is a newer build.
    pub(crate) fn hang_up(&self) {
        self.signal(Signal::HUP);
    }

    /// Receives how the program ended, once.
    pub(crate) fn ended(&self) -> Receiver<ExitStatus> {
        self.ended.clone()
    }

    fn signal(&self, signal: Signal) {
        // An error means that it has ended, and that the number of its group may be another's by
        // now; until then the number is sure to be its own.
        if pidfd_send_signal(&self.process, signal).is_ok()
            && let Some(group) = self.group
        {
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.signal(Signal::TERM);
        // One that is stopped would not even get to know.
        self.signal(Signal::CONT);
        if self.ended.recv_timeout(GRACE) == Err(crossbeam_channel::RecvTimeoutError::Timeout) {
            self.signal(Signal::KILL);
            let _ = self.ended.recv();
        }
        RUNNING.store(0, Ordering::Relaxed);
        self.settings.restore();
    }
}

/// The program that runs, for the one case in which nobody has time to ask.
static RUNNING: AtomicI32 = AtomicI32::new(0);
static IN_GROUP: AtomicBool = AtomicBool::new(false);
/// Whether all children of this process come from programs.
static ADOPTING: AtomicBool = AtomicBool::new(false);

/// Kills the running program and all that programs have left behind, and waits for nothing else.
pub(crate) fn kill_all() {
    if let Some(pid) = Pid::from_raw(RUNNING.load(Ordering::Relaxed)) {
        let _ = kill_process(pid, Signal::KILL);
        if IN_GROUP.load(Ordering::Relaxed) {
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }
    if ADOPTING.load(Ordering::Relaxed) {
        end_children(Duration::ZERO);
    }
}

/// From now on, what a program leaves behind when it ends becomes ours, so that it can be ended.
pub(crate) fn adopt() {
    // Kernels that cannot leave it with the first process, as ever.
    let _ = set_child_subreaper(Pid::from_raw(1));
    ADOPTING.store(true, Ordering::Relaxed);
}

/// Ends all that programs have left behind, the last of which was asked to end at a time. Whoever calls
/// this has no other children.
pub(crate) fn end_adopted(asked: Instant) {
    end_children(GRACE.saturating_sub(asked.elapsed()).max(GRACE_LEFT));
}

/// Ends all children, and theirs as they become ours, after some time by force. One that even this
/// does not end soon is left.
fn end_children(grace: Duration) {
    let start = Instant::now();
    loop {
        let children = children();
        if children.is_empty() || start.elapsed() > grace + GRACE {
            return;
        }
        let signal = if start.elapsed() >= grace { Signal::KILL } else { Signal::TERM };
        for pid in children {
            let _ = kill_process(pid, signal);
            let _ = kill_process(pid, Signal::CONT);
            let _ = waitpid(Some(pid), WaitOptions::NOHANG);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The children of this process, by the threads that they are counted with.
fn children() -> Vec<Pid> {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    let pids = |list: String| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<i32>>();
    lists.flat_map(pids).filter_map(Pid::from_raw).collect()
}
