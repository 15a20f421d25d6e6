//! What a program did, in the terms of a `run` manifest: exit code or signal, panic text, standard
//! output, and standard error without what differs between two compilers of one language (thread ids,
//! addresses, the library's part of stack traces).

use std::path::Path;

use crate::case::Manifest;
use crate::process::Finished;

/// The comparable part of a program's run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// `exit=` (0 where it is not written).
    pub exit: Option<i32>,
    /// `signal=`.
    pub signal: Option<String>,
    /// `panic=`: the text after `panic: `.
    pub panic: Option<String>,
    /// Standard output, by lines.
    pub stdout: Vec<String>,
    /// Standard error, by lines, up to a panic or a trace.
    pub stderr: Vec<String>,
    /// The stack trace, where a manifest says `trace=yes`: see [`Outcome::read_trace`].
    pub trace: Vec<String>,
}

/// The line of a manifest's body after which standard error begins.
const STDERR_MARK: &str = "--- stderr ---";
/// The line of a manifest's body after which a stack trace begins.
const TRACE_MARK: &str = "--- trace ---";
/// A mark for output that does not end in a line feed.
const NO_NEWLINE: &str = "--- no newline ---";

impl Outcome {
    /// Reads what a finished program wrote.
    pub fn of(finished: &Finished) -> Outcome {
        let text = mask_addresses(&String::from_utf8_lossy(&finished.stderr));
        let mut stderr = Vec::new();
        let mut panic = None;
        let mut cut = false;
        for line in text.lines() {
            if let Some((before, text)) = line.split_once(" panic: ")
                && let Some((unfinished, _)) = before.rsplit_once("thread ")
            {
                if !unfinished.is_empty() {
                    stderr.extend([unfinished.to_owned(), NO_NEWLINE.to_owned()]);
                }
                panic = Some(text.to_owned());
                cut = true;
                break;
            }
            if is_trace(line) {
                cut = true;
                break;
            }
            stderr.push(line.to_owned());
        }
        if !cut && !text.is_empty() && !text.ends_with('\n') {
            stderr.push(NO_NEWLINE.to_owned());
        }
        let signal = finished.signal.map(signal_name);
        Outcome { exit: finished.code, signal, panic, stdout: lines(&finished.stdout), stderr, trace: Vec::new() }
    }

    /// Keeps of a stack trace the frames in files below `dir`, each with the source lines that follow:
    /// paths relative to `dir`, without addresses and the numbers of instances.
    pub fn read_trace(&mut self, finished: &Finished, dir: &Path) {
        let text = String::from_utf8_lossy(&finished.stderr);
        let dir = format!("{}/", dir.canonicalize().unwrap_or_else(|_| dir.to_owned()).display());
        let mut inside = false;
        for line in text.lines() {
            if is_trace(line) {
                inside = line.starts_with(&dir);
                if let (true, Some((place, rest))) = (inside, line.split_once(": 0x")) {
                    let name = rest.split_once(" in ").map_or("", |r| r.1);
                    self.trace.push(format!("{} in {}", place.trim_start_matches(&dir), mask_instance(name)));
                }
            } else if inside {
                self.trace.push(line.to_owned());
            }
        }
    }

    /// What a manifest expects.
    pub fn expected(manifest: &Manifest) -> Outcome {
        let mut parts = manifest.body.split(|l| l == TRACE_MARK);
        let mut body = parts.next().unwrap_or_default().split(|l| l == STDERR_MARK);
        let signal = manifest.get("signal").map(str::to_owned);
        let exit = manifest.get("exit").map_or(Some(0), |e| e.parse().ok());
        Outcome {
            exit: if signal.is_some() { None } else { exit },
            signal,
            panic: manifest.get("panic").map(str::to_owned),
            stdout: body.next().unwrap_or_default().to_vec(),
            stderr: body.next().unwrap_or_default().to_vec(),
            trace: parts.next().unwrap_or_default().to_vec(),
        }
    }

    /// The manifest that expects this outcome, with the inputs (`args`, `stdin`) of the old one.
    pub fn to_manifest(&self, old: &Manifest) -> Manifest {
        let inputs = ["args", "stdin", "kind", "trace"];
        let mut settings: Vec<(String, String)> =
            old.settings.iter().filter(|(k, _)| inputs.contains(&k.as_str())).cloned().collect();
        let mut set = |key: &str, value: String| settings.push((key.to_owned(), value));
        if let Some(code) = self.exit.filter(|&c| c != 0) {
            set("exit", code.to_string());
        }
        if let Some(signal) = &self.signal {
            set("signal", signal.clone());
        }
        if let Some(text) = &self.panic {
            set("panic", text.clone());
        }
        let mut body = self.stdout.clone();
        if !self.stderr.is_empty() {
            body.push(STDERR_MARK.to_owned());
            body.extend(self.stderr.iter().cloned());
        }
        if !self.trace.is_empty() {
            body.push(TRACE_MARK.to_owned());
            body.extend(self.trace.iter().cloned());
        }
        Manifest { settings, body }
    }
}

/// Whether a line begins a stack trace or says why there is none.
fn is_trace(line: &str) -> bool {
    line.contains(": 0x") && line.contains(" in ") || line.starts_with("Unable to dump stack trace")
}

/// Replaces the digits after `__anon_`, which tell instances of a generic function apart.
fn mask_instance(name: &str) -> String {
    match name.split_once("__anon_") {
        Some((before, after)) => {
            format!("{before}__anon_?{}", after.trim_start_matches(|c: char| c.is_ascii_digit()))
        }
        None => name.to_owned(),
    }
}

/// Replaces the digits after `at address 0x`, which differ between two programs.
fn mask_addresses(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("at address 0x") {
        out.push_str(before);
        out.push_str("at address 0x?");
        rest = after.trim_start_matches(|c: char| c.is_ascii_hexdigit());
    }
    out.push_str(rest);
    out
}

fn lines(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    // `split` leaves an empty last piece after a final line feed, and a non-empty one without.
    match lines.pop() {
        Some(last) if !last.is_empty() => lines.extend([last, NO_NEWLINE.to_owned()]),
        _ => {}
    }
    lines
}

fn signal_name(number: i32) -> String {
    match number {
        4 => "ILL".to_owned(),
        5 => "TRAP".to_owned(),
        6 => "ABRT".to_owned(),
        7 => "BUS".to_owned(),
        8 => "FPE".to_owned(),
        9 => "KILL".to_owned(),
        11 => "SEGV".to_owned(),
        n => n.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcome_and_manifest_agree() {
        let finished = Finished {
            code: None,
            signal: Some(6),
            stdout: b"one\n\ntwo".to_vec(),
            stderr: b"note\nthread 12 panic: integer overflow\nx.zig:1:1: 0x10 in main (x)\n".to_vec(),
        };
        let outcome = Outcome::of(&finished);
        assert_eq!(outcome.panic.as_deref(), Some("integer overflow"));
        assert_eq!(outcome.stdout, ["one", "", "two", NO_NEWLINE]);
        let manifest = outcome.to_manifest(&Manifest::default());
        assert_eq!(Outcome::expected(&manifest), outcome);
        let unfinished = Finished { stderr: b"so far: thread 7 panic: x\n".to_vec(), ..finished };
        assert_eq!(Outcome::of(&unfinished).stderr, ["so far: ", NO_NEWLINE]);
    }

    #[test]
    fn traces_keep_what_is_in_the_case() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().canonicalize().expect("a path");
        let stderr = format!(
            "thread 12 panic: x\n{0}/a.zig:1:2: 0x10 in f__anon_17 (a.zig)\n  x\n ^\n/l/std.zig:1:1: 0x1 in s (std)\n y\n\
             {0}/a.zig:3:4: 0x20 in main (a.zig)\n???:?:?: 0x0 in ??? (???)\n",
            path.display()
        );
        let finished = Finished { code: None, signal: Some(6), stdout: Vec::new(), stderr: stderr.into_bytes() };
        let mut outcome = Outcome::of(&finished);
        outcome.read_trace(&finished, dir.path());
        assert_eq!(outcome.trace, ["a.zig:1:2 in f__anon_? (a.zig)", "  x", " ^", "a.zig:3:4 in main (a.zig)"]);
        assert_eq!(Outcome::expected(&outcome.to_manifest(&Manifest::default())), outcome);
    }
}
