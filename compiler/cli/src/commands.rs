//! What each command does.

mod ast_check;
mod fmt;
mod info;
mod libc;
mod source;
mod watch;

pub(crate) use watch::OnChange;

use crate::args::{Build, Command, complete, help};
use crate::consumer::{Consumer, Verdict};
use crate::program;
use crate::{EXIT_USER, LANGUAGE_VERSION, complain, print};
use driver::{Compilation, Progress};
use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

/// Carries out a command; gives the exit code.
pub(crate) fn run(command: Command) -> u8 {
    match command {
        Command::Help(None) => print(&help::general()),
        Command::Help(Some(verb)) => print(&help::command(verb)),
        Command::Version => print(&format!("compiler {} (Zig {LANGUAGE_VERSION})\n", env!("CARGO_PKG_VERSION"))),
        Command::Env => info::env(),
        Command::Targets => info::targets(),
        Command::Libc(file) => libc::run(file.as_deref()),
        Command::Completions(shell) => print(&complete::script(shell)),
        Command::Man(verb) => print(&complete::manual(verb)),
        Command::Fmt(fmt) => self::fmt::run(&fmt),
        Command::AstCheck(check) => ast_check::run(&check),
        Command::Build(build) => self::build(*build),
    }
}

fn build(mut build: Build) -> u8 {
    let mut consumer = Consumer::new(build.output, build.watch);
    if build.watch && io::stderr().is_terminal() {
        build.options.progress = Some(Progress::default());
    }
    let progress = build.options.progress.clone();
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
        let scratch = scratch.as_ref().map(|dir| dir.path().to_owned());
        let run = run.map(|(args, path)| watch::Run { args, path, on_change: build.on_change, scratch });
        watch::watch(compilation, &mut consumer, run, build.exit_on_eof, progress)
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
    crate::keep_little_memory();
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
