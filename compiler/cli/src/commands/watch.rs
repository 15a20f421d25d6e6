//! `--watch`: builds are shown as they come, and the program that `run` was given is kept in step
//! with them. Everything that was started has ended when this returns.

use crate::EXIT_INTERNAL;
use crate::consumer::Consumer;
use crate::program::{self, Program};
use crossbeam_channel::{Receiver, never};
use driver::{Compilation, Event, Progress, Stop};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use std::ffi::OsString;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::{Duration, Instant};

/// What becomes of a running program when there is a new build of it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) enum OnChange {
    /// It is ended, and the new one started.
    #[default]
    Restart,
    /// It is left to end by itself; then the newest one is started.
    Wait,
    /// It is told by a signal, and does what it likes; when it ends, the newest one is started.
    Signal,
}

/// A build that takes longer than this says what it is doing.
const PATIENCE: Duration = Duration::from_millis(100);

/// What is run, and how.
pub(crate) struct Run {
    pub args: Vec<OsString>,
    pub path: PathBuf,
    pub on_change: OnChange,
    /// A directory that is to be gone with the program.
    pub scratch: Option<PathBuf>,
}

/// Builds and runs until it is told to stop.
pub(crate) fn watch(
    mut compilation: Compilation,
    consumer: &mut Consumer,
    run: Option<Run>,
    exit_on_eof: bool,
    progress: Option<Progress>,
) -> io::Result<u8> {
    let stop = Stop::default();
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP, SIGQUIT])?;
    let handle = signals.handle();
    // The signal that is to be the end of everything at once.
    let forced = Arc::new(AtomicI32::new(0));
    std::thread::Builder::new().name("signals".into()).spawn({
        let (stop, forced) = (stop.clone(), forced.clone());
        let scratch = run.as_ref().and_then(|run| run.scratch.clone());
        move || {
            for signal in signals.forever() {
                if stop.is_stopped() || signal == SIGQUIT {
                    // Asked twice: whatever is going on is not worth waiting for.
                    forced.store(signal, Ordering::SeqCst);
                    program::kill_all();
                    crate::terminal::leave();
                    if let Some(dir) = &scratch {
                        let _ = std::fs::remove_dir_all(dir);
                    }
                    std::process::exit(128 + signal);
                }
                stop.stop();
            }
        }
    })?;
    if exit_on_eof {
        let stop = stop.clone();
        std::thread::Builder::new().name("stdin".into()).spawn(move || {
            let mut bytes = [0; 4096];
            while io::stdin().read(&mut bytes).is_ok_and(|n| n > 0) {}
            stop.stop();
        })?;
    }
    compilation.set_give_back(crate::give_back_memory);
    if let Some(look) = consumer.first_look() {
        compilation.set_first_look(look);
    }
    let (sink, events) = crossbeam_channel::unbounded();
    let compile = std::thread::Builder::new().name("compile".into()).spawn({
        let stop = stop.clone();
        move || compilation.watch(sink, stop)
    })?;
    let mut runner = run.map(|run| Runner::new(run, exit_on_eof));
    let outcome = show(&events, consumer, &mut runner, progress.as_ref(), &stop);
    if outcome.is_err() {
        // Nobody is left to be told of builds.
        stop.stop();
    }
    // Ending the program may take a while, in which the terminal is not ours any more.
    let outcome = outcome.and_then(|()| consumer.end());
    let ran = runner.is_some();
    let asked = Instant::now();
    drop(runner);
    let panicked = compile.join().is_err();
    if ran {
        // Nothing else that this process has started is left by now.
        program::end_adopted(asked);
    }
    handle.close();
    // It may all have ended before that thread came to end the process.
    let signal = forced.load(Ordering::SeqCst);
    if signal != 0 {
        return Ok(u8::try_from(128 + signal).unwrap_or(EXIT_INTERNAL));
    }
    outcome.map(|()| if panicked { EXIT_INTERNAL } else { 0 })
}

/// Shows events until the compile thread lets go of its end.
fn show(
    events: &Receiver<Event>,
    consumer: &mut Consumer,
    runner: &mut Option<Runner>,
    progress: Option<&Progress>,
    stop: &Stop,
) -> io::Result<()> {
    let mut tick = never();
    loop {
        let ended = runner.as_ref().map_or_else(never, Runner::ended);
        crossbeam_channel::select! {
            recv(events) -> event => {
                let Ok(event) = event else { return Ok(()) };
                tick = if matches!(event, Event::Building) { crossbeam_channel::after(PATIENCE) } else { never() };
                consumer.event(&event)?;
                if let (Event::Ok(_), Some(runner)) = (&event, &mut *runner)
                    && !stop.is_stopped()
                {
                    runner.built(consumer)?;
                }
            }
            recv(ended) -> status => {
                if let Some(runner) = runner {
                    runner.program = None;
                    consumer.running(stop.is_stopped())?;
                    if let Ok(status) = status {
                        consumer.say(&program::describe(status))?;
                    }
                    if std::mem::take(&mut runner.newer) && !stop.is_stopped() {
                        runner.start(consumer)?;
                    }
                }
            }
            recv(tick) -> _ => {
                let stage = progress.and_then(Progress::stage);
                consumer.stage(stage)?;
                tick = if stage.is_some() { crossbeam_channel::after(PATIENCE) } else { never() };
            }
        }
    }
}

/// The program, and what is to become of it.
struct Runner {
    run: Run,
    /// Standard input is read by us.
    no_input: bool,
    program: Option<Program>,
    /// There is a build that has not been started.
    newer: bool,
    /// There was a program before.
    started: bool,
}

impl Runner {
    fn new(run: Run, no_input: bool) -> Runner {
        program::adopt();
        Runner { run, no_input, program: None, newer: false, started: false }
    }

    fn ended(&self) -> Receiver<std::process::ExitStatus> {
        self.program.as_ref().map_or_else(never, Program::ended)
    }

    /// There is a new build.
    fn built(&mut self, consumer: &mut Consumer) -> io::Result<()> {
        match (&self.program, self.run.on_change) {
            (Some(_), OnChange::Wait) => self.newer = true,
            (Some(program), OnChange::Signal) => {
                program.hang_up();
                // If that is its end, or once it ends.
                self.newer = true;
            }
            _ => self.start(consumer)?,
        }
        Ok(())
    }

    fn start(&mut self, consumer: &mut Consumer) -> io::Result<()> {
        // The old one is gone before the new one comes, and what it has started too: they may want
        // the same port.
        let asked = Instant::now();
        self.program = None;
        if self.started {
            program::end_adopted(asked);
        }
        self.started = true;
        self.newer = false;
        consumer.running(true)?;
        match Program::start(&self.run.path, &self.run.args, self.no_input) {
            Ok(new) => self.program = Some(new),
            Err(e) => {
                consumer.running(false)?;
                consumer.say(&format!("unable to run {}: {e}", self.run.path.display()))?;
            }
        }
        Ok(())
    }
}
