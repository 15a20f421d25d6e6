//! The command line: arguments become a driver's options, events become text or JSON.
//!
//! - [`args`]: arguments as parsed, then validated, and the table of flags that both use;
//! - [`commands`]: what each command does; [`consumer`]: how events are shown;
//! - [`program`]: running what was built; [`terminal`]: what is done to a terminal alone.
//!
//! Exit codes: 0 fine; 1 anything the user must mend; 101 internal; `run` passes on the status or
//! the signal of its program. A reader of our output that goes away is no error.

mod args;
mod commands;
mod consumer;
mod program;
mod terminal;

use std::io::{self, Write};
use std::process::ExitCode;

/// Objects are made on one thread and freed on another all the time, which the system's allocator
/// pays for with locks: a clean build is a fifth faster with this one.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The allocator's number for how many milliseconds it keeps memory that was freed before the system gets it.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;

/// Has freed memory given to the system soon, for a single build: what one stage freed would else lie about while
/// the next takes more. An edit would have to get its memory from the system again.
pub(crate) fn keep_little_memory() {
    // SAFETY: a call without pointers that sets a number.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, 10) };
}

/// Gives the system the memory that was freed.
pub(crate) fn give_back_memory() {
    // SAFETY: a call without pointers of the allocator that is in use; it moves nothing.
    let collect = || unsafe { libmimalloc_sys::mi_collect(true) };
    // Each thread has a heap of its own; what threads that have ended left goes with any of them.
    rayon::broadcast(|_| collect());
    collect();
}

/// The version of the language that is compiled.
pub(crate) const LANGUAGE_VERSION: &str = "0.15.2";

/// Anything that the user must mend.
pub(crate) const EXIT_USER: u8 = 1;
/// A fault of ours; also what a panic exits with.
pub(crate) const EXIT_INTERNAL: u8 = 101;

fn main() -> ExitCode {
    // One line: whoever reads it needs the place, and the rest of the terminal for the program.
    std::panic::set_hook(Box::new(|info| complain(&format!("internal error: {info}").replace('\n', " "))));
    let result = args::parse(std::env::args_os().skip(1)).and_then(args::validate);
    let code = match result {
        Ok(command) => commands::run(command),
        Err(error) => error.show(),
    };
    ExitCode::from(code)
}

/// Writes to standard output; if its reader has gone, that is the end, and no error.
pub(crate) fn print(text: &str) -> u8 {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => {
            complain(&format!("unable to write to standard output: {e}"));
            EXIT_USER
        }
        _ => 0,
    }
}

/// Writes `error: …` to standard error, coloured if that is a terminal that wants it.
pub(crate) fn complain(text: &str) {
    use errmsg::{ColorChoice, Msg, Renderer, Style, use_color};
    let color =
        use_color(ColorChoice::Auto, io::IsTerminal::is_terminal(&io::stderr()), |name| std::env::var(name).ok());
    let text = Renderer { style: Style::Short, color }.to_string(&Msg::plain(text));
    // Nobody is left to be told if this fails.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
