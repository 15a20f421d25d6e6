//! What is done to a terminal and nowhere else: one status line under what was said, clearing
//! between builds, and the settings put back that a program which was ended left behind.

use std::io::{self, IsTerminal};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// What becomes of what is on the screen when a build begins to speak.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) enum Clear {
    /// It stays.
    #[default]
    Never,
    /// It is gone from sight.
    Screen,
    /// It is gone.
    Scrollback,
}

impl Clear {
    /// The bytes for it.
    pub(crate) fn sequence(self) -> &'static str {
        match self {
            Clear::Never => "",
            Clear::Screen => "\x1b[H\x1b[2J",
            Clear::Scrollback => "\x1b[H\x1b[2J\x1b[3J",
        }
    }
}

/// The line at the bottom.
#[derive(Default, Debug)]
pub(crate) struct Status {
    text: String,
    drawn: bool,
    /// A program that writes to the same terminal has the last line to itself.
    pub(crate) hidden: bool,
}

impl Status {
    /// Sets what the line says; it is drawn with the next output.
    pub(crate) fn set(&mut self, text: String) {
        self.text = text;
    }

    /// Puts output above the line, and the line as it is now below it.
    pub(crate) fn frame(&mut self, output: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        if self.drawn {
            bytes.extend(b"\r\x1b[K");
        }
        bytes.extend(output);
        self.drawn = !self.hidden && !self.text.is_empty();
        DRAWN.store(self.drawn, Ordering::Relaxed);
        if self.drawn {
            // One that is too long for the terminal is cut, not wrapped.
            bytes.extend(b"\x1b[?7l");
            bytes.extend(self.text.as_bytes());
            bytes.extend(b"\x1b[?7h");
        }
        bytes
    }
}

/// Whether there is a line at the bottom, and the settings to be put back, for whoever ends the process
/// while others are busy.
static DRAWN: AtomicBool = AtomicBool::new(false);
static SETTINGS: Mutex<Option<libc::termios>> = Mutex::new(None);

/// Leaves the terminal as it was found, without waiting for anybody.
pub(crate) fn leave() {
    if DRAWN.swap(false, Ordering::Relaxed) {
        // Not through the standard library's lock: who holds it may be what is not waited for.
        let _ = rustix::io::write(io::stderr(), b"\r\x1b[K");
    }
    if let Some(settings) = SETTINGS.try_lock().ok().and_then(|mut s| s.take()) {
        Settings(Some(settings)).restore();
    }
}

/// "1 file", "2 files".
pub(crate) fn count(n: usize, noun: &str, plural: &str) -> String {
    format!("{n} {}", if n == 1 { noun } else { plural })
}

/// The settings of the terminal on standard input, to be put back.
pub(crate) struct Settings(Option<libc::termios>);

impl Settings {
    /// As they are now; none where there is no terminal.
    pub(crate) fn save() -> Settings {
        if !io::stdin().is_terminal() {
            return Settings(None);
        }
        // SAFETY: all bytes of this structure are plain numbers.
        let mut now: libc::termios = unsafe { std::mem::zeroed() };
        // SAFETY: the structure is ours and outlives the call.
        let result = unsafe { libc::tcgetattr(libc::STDIN_FILENO, &raw mut now) };
        let saved = (result == 0).then_some(now);
        if let Ok(mut settings) = SETTINGS.lock() {
            *settings = saved;
        }
        Settings(saved)
    }

    /// Puts them back; a job in the background would be stopped for trying.
    pub(crate) fn restore(&self) {
        // SAFETY: two system calls, no memory.
        let in_front = || unsafe { libc::tcgetpgrp(libc::STDIN_FILENO) == libc::getpgrp() };
        if let Some(settings) = self.0.as_ref().filter(|_| in_front()) {
            // SAFETY: the structure is ours and outlives the call.
            unsafe { libc::tcsetattr(libc::STDIN_FILENO, libc::TCSADRAIN, settings) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(status: &mut Status, text: &str) -> String {
        String::from_utf8_lossy(&status.frame(text.as_bytes())).into_owned()
    }

    #[test]
    fn the_line_stays_below_the_output() {
        let mut s = Status::default();
        assert_eq!(frame(&mut s, "a\n"), "a\n");
        s.set("Watching".into());
        assert_eq!(frame(&mut s, "b\n"), "b\n\x1b[?7lWatching\x1b[?7h");
        assert_eq!(frame(&mut s, "c\n"), "\r\x1b[Kc\n\x1b[?7lWatching\x1b[?7h");
        s.hidden = true;
        assert_eq!(frame(&mut s, ""), "\r\x1b[K");
        assert_eq!(frame(&mut s, "d\n"), "d\n");
        s.hidden = false;
        s.set(String::new());
        assert_eq!(frame(&mut s, ""), "");
    }

    #[test]
    fn numbers_have_their_nouns() {
        assert_eq!(count(1, "directory", "directories"), "1 directory");
        assert_eq!(count(12, "file", "files"), "12 files");
        assert_eq!(Clear::Never.sequence(), "");
        assert!(Clear::Scrollback.sequence().starts_with(Clear::Screen.sequence()));
    }
}
