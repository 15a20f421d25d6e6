//! What each command does.

mod fmt;

use crate::args::{Build, Command, help};
use crate::consumer::{Consumer, Verdict};
use crate::program::{self, Program};
use crate::{EXIT_INTERNAL, EXIT_USER, LANGUAGE_VERSION, complain, print};
use driver::{Compilation, Event, Stop};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

/// Carries out a command; gives the exit code.
pub(crate) fn run(command: Command) -> u8 {
    match command {
        Command::Help(None) => print(&help::general()),
        Command::Help(Some(verb)) => print(&help::command(verb)),
        Command::Version => print(&format!("compiler {} (Zig {LANGUAGE_VERSION})\n", env!("CARGO_PKG_VERSION"))),
        Command::Env => print(&env()),
        Command::Fmt(fmt) => self::fmt::run(&fmt),
        Command::Build(build) => self::build(*build),
    }
}

/// In the language's own object notation, as its own compiler prints it.
fn env() -> String {
    let exe = std::env::current_exe().map(|p| p.display().to_string()).unwrap_or_default();
    let var = |name: &str| std::env::var(name).map_or("null".to_owned(), |v| format!("{v:?}"));
    let mut out = format!(
        ".{{\n    .zig_exe = {exe:?},\n    .version = {LANGUAGE_VERSION:?},\n    .compiler_version = {:?},\n    \
         .target = \"x86_64-linux-gnu\",\n    .env = .{{\n",
        env!("CARGO_PKG_VERSION"),
    );
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "XDG_CACHE_HOME", "HOME"] {
        out += &format!("        .{name} = {},\n", var(name));
    }
    out + "    },\n}\n"
}

fn build(mut build: Build) -> u8 {
    let mut consumer = Consumer::new(build.output, build.watch);
    // Kept until the program in it has ended.
    let mut scratch = None;
    if build.run.is_some() && build.options.emit.is_none() {
        match tempfile::Builder::new().prefix("compiler-run-").tempdir() {
            Ok(dir) => {
                build.options.emit = Some(dir.path().join(&build.options.name));
                scratch = Some(dir);
            }
            Err(e) => {
                complain(&format!("unable to make a temporary directory: {e}"));
                return EXIT_USER;
            }
        }
    }
    let emit = build.options.emit.clone();
    let compilation = match Compilation::new(build.options) {
        Ok(compilation) => compilation,
        Err(msgs) => return finish(consumer.messages(&msgs).map(|()| EXIT_USER)),
    };
    let run = build.run.zip(emit);
    let code = if build.watch {
        watch(compilation, &mut consumer, run)
    } else {
        once(compilation, &mut consumer, run, &mut scratch)
    };
    finish(code)
}

/// A reader of our output that has gone is no error.
fn finish(code: io::Result<u8>) -> u8 {
    match code {
        Ok(code) => code,
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => 0,
        Err(e) => {
            complain(&format!("unable to write: {e}"));
            EXIT_USER
        }
    }
}

fn once(
    mut compilation: Compilation,
    consumer: &mut Consumer,
    run: Option<(Vec<OsString>, PathBuf)>,
    scratch: &mut Option<tempfile::TempDir>,
) -> io::Result<u8> {
    let event = compilation.run_once();
    let verdict = consumer.event(&event)?;
    match (verdict, run) {
        (Verdict::Ok, Some((args, path))) => {
            // Give the memory back before a program takes its own.
            drop(compilation);
            Ok(program::run_to_end(&path, &args, scratch.take()))
        }
        (verdict, _) => {
            compilation.abandon();
            Ok(verdict.exit_code())
        }
    }
}

fn watch(compilation: Compilation, consumer: &mut Consumer, run: Option<(Vec<OsString>, PathBuf)>) -> io::Result<u8> {
    let stop = Stop::default();
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    let handle = signals.handle();
    std::thread::Builder::new().name("signals".into()).spawn({
        let stop = stop.clone();
        move || {
            for signal in signals.forever() {
                if stop.is_stopped() {
                    // Asked twice: whatever is going on is not worth waiting for.
                    std::process::exit(128 + signal);
                }
                stop.stop();
            }
        }
    })?;
    let (sink, events) = crossbeam_channel::unbounded();
    let compile = std::thread::Builder::new().name("compile".into()).spawn({
        let stop = stop.clone();
        move || compilation.watch(sink, stop)
    })?;

    let mut program: Option<Program> = None;
    let mut outcome = Ok(());
    loop {
        let ended = program.as_ref().map_or_else(crossbeam_channel::never, Program::ended);
        crossbeam_channel::select! {
            recv(events) -> event => {
                // The compile thread lets go of its end when it stops.
                let Ok(event) = event else { break };
                outcome = consumer.event(&event).map(drop);
                if let (Event::Ok(_), Some((args, path))) = (&event, &run)
                    && !stop.is_stopped()
                {
                    // The old one is gone before the new one comes: they may want the same port.
                    drop(program.take());
                    match Program::start(path, args) {
                        Ok(new) => program = Some(new),
                        Err(e) => outcome = consumer.say(&format!("unable to run {}: {e}", path.display())),
                    }
                }
            }
            recv(ended) -> status => {
                program = None;
                if let Ok(status) = status {
                    outcome = consumer.say(&program::describe(status));
                }
            }
        }
        if outcome.is_err() {
            // Nobody is left to be told of builds.
            stop.stop();
            break;
        }
    }
    drop(program);
    let panicked = compile.join().is_err();
    handle.close();
    outcome.map(|()| if panicked { EXIT_INTERNAL } else { 0 })
}
