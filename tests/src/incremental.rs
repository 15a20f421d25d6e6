//! Incremental cases: a sequence of states of a project, driven through one `--watch` process of ours
//! and, for real Zig, built from nothing at every step: an update must end where a clean build does.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::case::{Manifest, write_file};
use crate::oracle::Oracle;
use crate::outcome::Outcome;
use crate::run::{expect_built, run_program, unescape};
use crate::{Checked, diagnostics};

/// One incremental case.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The file's name without its extension.
    pub name: String,
    /// The fixture.
    pub path: PathBuf,
    /// The states, in order.
    pub updates: Vec<Update>,
}

/// One step: what changes on disk, and what must follow.
#[derive(Debug, Clone, Default)]
pub struct Update {
    /// `#update=`: what the step shows.
    pub name: String,
    /// `#file=`, `#link=` and `#rm_file=`, in the order of the fixture.
    pub changes: Vec<(PathBuf, Change)>,
    /// What must follow.
    pub expect: Expectation,
    /// `#at_most=COUNT:N …`: bounds of the work that the step costs us, by the names in the event's report.
    pub at_most: Vec<(String, u64)>,
}

/// What happens to one path.
#[derive(Debug, Clone)]
pub enum Change {
    /// It has these contents.
    File(Vec<u8>),
    /// It is a symbolic link.
    Link(PathBuf),
    /// It is gone.
    Gone,
}

/// What a step must lead to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expectation {
    /// `#expect_error=` lines; none means that the build succeeds.
    pub errors: Vec<String>,
    /// `#expect_stdout=`, and with it `#expect_exit=`.
    pub program: Option<(String, i32)>,
    /// `#expect_log=`: the lines of the compile log.
    pub log: Vec<String>,
    /// `#expect_trace=` lines: the program's stack trace as in a `run` manifest, with the place of each frame
    /// only.
    pub trace: Vec<String>,
    /// `#expect_no_build`: the change must not start a build.
    pub no_build: bool,
}

/// What stands above the lines that `@compileLog` printed.
const LOG: &str = "Compile Log Output:\n";
/// How long a build may take before the session counts as stuck.
const LIMIT: Duration = Duration::from_secs(20);
/// How long after an event another one would follow, if a change of several files were built in parts.
const QUIET: Duration = Duration::from_millis(150);

/// Reads a fixture.
pub fn load(path: &Path) -> Checked<Scenario> {
    let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let mut updates: Vec<Update> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let bad = |why: &str| format!("{}:{}: {why}", path.display(), number + 1);
        if let Some(name) = line.strip_prefix("#update=") {
            updates.push(Update { name: name.to_owned(), ..Update::default() });
            continue;
        }
        let Some(update) = updates.last_mut() else {
            return Err(bad("the first line is not `#update=NAME`"));
        };
        let Some(directive) = line.strip_prefix('#') else {
            let Some((_, Change::File(bytes))) = update.changes.last_mut() else {
                return Err(bad("text outside of a `#file=`"));
            };
            bytes.extend_from_slice(line.as_bytes());
            bytes.push(b'\n');
            continue;
        };
        let (key, value) = directive.split_once('=').unwrap_or((directive, ""));
        match key {
            "file" => update.changes.push((PathBuf::from(value), Change::File(Vec::new()))),
            "rm_file" => update.changes.push((PathBuf::from(value), Change::Gone)),
            "link" => {
                let (name, to) = value.split_once(" -> ").ok_or_else(|| bad("a link is `NAME -> TARGET`"))?;
                update.changes.push((PathBuf::from(name), Change::Link(PathBuf::from(to))));
            }
            "at_most" => {
                for word in value.split(' ') {
                    let (name, n) = word.split_once(':').ok_or_else(|| bad("a bound is `COUNT:N`"))?;
                    update.at_most.push((name.to_owned(), n.parse().map_err(|_| bad("a bound is a number"))?));
                }
            }
            "expect_error" => update.expect.errors.push(value.to_owned()),
            "expect_log" => update.expect.log.push(value.to_owned()),
            "expect_trace" => update.expect.trace.push(value.to_owned()),
            "expect_no_build" => update.expect.no_build = true,
            "expect_stdout" => {
                let quoted = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
                let text = unescape(quoted.ok_or_else(|| bad("expect_stdout is not quoted"))?);
                let exit = update.expect.program.take().map_or(0, |(_, exit)| exit);
                update.expect.program = Some((text, exit));
            }
            "expect_exit" => {
                let exit = value.parse().map_err(|_| bad("expect_exit is not a number"))?;
                let text = update.expect.program.take().map_or(String::new(), |(text, _)| text);
                update.expect.program = Some((text, exit));
            }
            _ => return Err(bad("unknown directive")),
        }
    }
    let name = path.file_stem().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Scenario { name, path: path.to_owned(), updates })
}

/// The states of the project after each update. Links are no part of them.
pub fn states(scenario: &Scenario) -> Vec<Vec<(PathBuf, Vec<u8>)>> {
    let mut files: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    let mut states = Vec::new();
    for update in &scenario.updates {
        for (name, change) in &update.changes {
            files.retain(|(n, _)| n != name);
            if let Change::File(bytes) = change {
                files.push((name.clone(), bytes.clone()));
            }
        }
        states.push(files.clone());
    }
    states
}

/// The links of the project after each update.
fn links(scenario: &Scenario) -> Vec<Vec<(PathBuf, PathBuf)>> {
    let mut links: Vec<(PathBuf, PathBuf)> = Vec::new();
    let mut states = Vec::new();
    for update in &scenario.updates {
        for (name, change) in &update.changes {
            links.retain(|(n, _)| n != name);
            if let Change::Link(to) = change {
                links.push((name.clone(), to.clone()));
            }
        }
        states.push(links.clone());
    }
    states
}

/// What clean builds of real Zig give for every state.
pub fn ask_oracle(oracle: &Oracle, scenario: &Scenario) -> Checked<Vec<Expectation>> {
    let mut found = Vec::new();
    for ((files, links), update) in states(scenario).iter().zip(links(scenario)).zip(&scenario.updates) {
        let mut input: Vec<&[u8]> =
            links.iter().flat_map(|(n, t)| [n.as_os_str().as_bytes(), t.as_os_str().as_bytes()]).collect();
        input.extend((!update.expect.trace.is_empty()).then_some(b"trace" as &[u8]));
        let answer = oracle.answer("incremental", &input, files, |oracle, dir| {
            for (name, to) in &links {
                make_link(&dir.join(name), to)?;
            }
            let exe = dir.with_file_name("program");
            let built = oracle.build_exe(dir, &exe)?;
            if built.code == Some(1) {
                let stderr = String::from_utf8_lossy(&built.stderr);
                let (messages, log) = stderr.split_once(LOG).unwrap_or((&stderr, ""));
                let errors = diagnostics::to_lines(&diagnostics::parse(messages)).join("\n");
                let log: String =
                    log.lines().map(|l| format!("\n{}{}", LOG.trim_end(), diagnostics::mask_anonymous(l))).collect();
                return Ok(errors + &log);
            }
            expect_built("real Zig", &built)?;
            let outcome = run_program(&exe, dir, &manifest(update))?;
            let (stdout, exit) = summary(&outcome);
            let trace: String = places(&outcome).iter().map(|t| format!("trace {t}\n")).collect();
            Ok(format!("{trace}exit {exit}\n{stdout}"))
        })?;
        let mut expect = Expectation { no_build: update.expect.no_build, ..Expectation::default() };
        let mut answer = answer.as_str();
        while let Some((frame, rest)) = answer.strip_prefix("trace ").and_then(|a| a.split_once('\n')) {
            expect.trace.push(frame.to_owned());
            answer = rest;
        }
        match answer.strip_prefix("exit ").and_then(|a| a.split_once('\n')) {
            Some((exit, stdout)) => expect.program = Some((stdout.to_owned(), exit.parse().unwrap_or(-1))),
            None => {
                let (log, errors): (Vec<&str>, _) = answer.lines().partition(|l| l.starts_with(LOG.trim_end()));
                expect.errors = errors.into_iter().map(str::to_owned).collect();
                expect.log = log.iter().filter_map(|l| l.strip_prefix(LOG.trim_end())).map(str::to_owned).collect();
            }
        }
        found.push(expect);
    }
    Ok(found)
}

/// Drives our compiler through the updates.
pub fn ask_ours(compiler: &Path, scenario: &Scenario) -> Checked<Vec<Expectation>> {
    let scratch = tempfile::tempdir().map_err(|e| e.to_string())?;
    let dir = scratch.path().join("case");
    let exe = scratch.path().join("program");
    let mut session: Option<Session> = None;
    let mut found = Vec::new();
    let mut last_good = None;
    for (number, update) in scenario.updates.iter().enumerate() {
        let place = |e: String| format!("update `{}`: {e}", update.name);
        apply(&dir, update, number % 2 == 1).map_err(place)?;
        let running = match &mut session {
            Some(running) => running,
            None => session.insert(Session::start(compiler, &dir, &exe)?),
        };
        if update.expect.no_build {
            running.expect_silence().map_err(place)?;
            found.push(update.expect.clone());
            continue;
        }
        let (mut expect, report) = running.build(update.changes.len()).map_err(place)?;
        for (name, bound) in &update.at_most {
            match report[name].as_u64() {
                Some(n) if n <= *bound => {}
                Some(n) => return Err(place(format!("{name} is {n}, which is more than {bound}"))),
                None => return Err(place(format!("the report has no `{name}`"))),
            }
        }
        if exe.is_file() {
            let outcome = run_program(&exe, &dir, &manifest(update)).map_err(place)?;
            let program = summary(&outcome);
            if expect.errors.is_empty() {
                last_good = Some(program.clone());
                expect.program = Some(program);
                expect.trace = places(&outcome);
            } else if last_good.as_ref().is_some_and(|good| *good != program) {
                return Err(place("a failed build changed the program at the output path".to_owned()));
            }
        } else if expect.errors.is_empty() {
            return Err(place("no program at the output path".to_owned()));
        } else if last_good.is_some() {
            return Err(place("a failed build removed the program at the output path".to_owned()));
        }
        found.push(expect);
    }
    Ok(found)
}

/// Compares what was found with the fixture, update by update.
pub fn compare(who: &str, scenario: &Scenario, found: &[Expectation]) -> Checked {
    for (update, found) in scenario.updates.iter().zip(found) {
        let mut expected = update.expect.clone();
        expected.errors = diagnostics::canonical(&expected.errors);
        let mut found = found.clone();
        found.errors = diagnostics::canonical(&found.errors);
        if expected.no_build {
            // The state is that of the update before, which was compared.
            continue;
        }
        if expected != found {
            let (e, f) = (directives(&expected), directives(&found));
            return Err(format!("update `{}`\nexpected:\n{e}\n{who}:\n{f}", update.name));
        }
    }
    Ok(())
}

/// Rewrites the expectations of a fixture.
pub fn bless(scenario: &Scenario, found: &[Expectation]) -> Checked {
    let mut text = String::new();
    for (update, found) in scenario.updates.iter().zip(found) {
        text.push_str(&format!("#update={}\n", update.name));
        for (name, change) in &update.changes {
            let name = name.display();
            match change {
                Change::File(bytes) => text.push_str(&format!("#file={name}\n{}", String::from_utf8_lossy(bytes))),
                Change::Link(to) => text.push_str(&format!("#link={name} -> {}\n", to.display())),
                Change::Gone => text.push_str(&format!("#rm_file={name}\n")),
            }
        }
        let no_build = Expectation { no_build: true, ..Expectation::default() };
        text.push_str(&directives(if update.expect.no_build { &no_build } else { found }));
        if !update.at_most.is_empty() {
            let bounds: Vec<String> = update.at_most.iter().map(|(name, n)| format!("{name}:{n}")).collect();
            text.push_str(&format!("#at_most={}\n", bounds.join(" ")));
        }
    }
    fs::write(&scenario.path, text).map_err(|e| e.to_string())
}

/// The expectation as it stands in a fixture.
fn directives(expect: &Expectation) -> String {
    let mut text = String::new();
    for line in &expect.errors {
        let file = if line.starts_with(':') { "main.zig" } else { "" };
        text.push_str(&format!("#expect_error={file}{line}\n"));
    }
    for line in &expect.log {
        text.push_str(&format!("#expect_log={line}\n"));
    }
    if let Some((stdout, exit)) = &expect.program {
        let escaped = stdout.replace('\\', "\\\\").replace('\n', "\\n").replace('"', "\\\"");
        text.push_str(&format!("#expect_stdout=\"{escaped}\"\n"));
        if *exit != 0 {
            text.push_str(&format!("#expect_exit={exit}\n"));
        }
    }
    for line in &expect.trace {
        text.push_str(&format!("#expect_trace={line}\n"));
    }
    if expect.no_build {
        text.push_str("#expect_no_build\n");
    }
    text
}

/// How to run the program after an update.
fn manifest(update: &Update) -> Manifest {
    let traced = !update.expect.trace.is_empty();
    let settings = traced.then(|| ("trace".to_owned(), "yes".to_owned())).into_iter().collect();
    Manifest { settings, ..Manifest::default() }
}

/// The frames of a trace without the source lines.
fn places(outcome: &Outcome) -> Vec<String> {
    outcome.trace.iter().filter(|l| l.contains(".zig:") && l.contains(" in ")).cloned().collect()
}

/// Standard output and exit code; a signal is 128 and its number's place is taken by -1.
fn summary(outcome: &Outcome) -> (String, i32) {
    let text: String = outcome.stdout.iter().map(|l| format!("{l}\n")).collect();
    (text, outcome.exit.unwrap_or(-1))
}

/// Changes the files: in place, or as many editors do by a rename over the old file.
fn apply(dir: &Path, update: &Update, by_rename: bool) -> Checked {
    for (name, change) in &update.changes {
        let path = dir.join(name);
        let bytes = match change {
            Change::File(bytes) => bytes,
            Change::Link(to) => {
                make_link(&path, to)?;
                continue;
            }
            Change::Gone => {
                fs::remove_file(&path).map_err(|e| e.to_string())?;
                continue;
            }
        };
        if by_rename {
            let aside = path.with_extension("zig.tmp");
            write_file(&aside, bytes)?;
            fs::rename(&aside, &path).map_err(|e| e.to_string())?;
        } else {
            write_file(&path, bytes)?;
        }
    }
    Ok(())
}

/// Makes a symbolic link, or points it elsewhere.
fn make_link(path: &Path, to: &Path) -> Checked {
    let aside = path.with_extension("link.tmp");
    let place = |e: std::io::Error| format!("cannot link {}: {e}", path.display());
    fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).map_err(place)?;
    symlink(to, &aside).and_then(|()| fs::rename(&aside, path)).map_err(place)
}

/// A watching compiler; it is ended when the session is dropped.
struct Session {
    child: Child,
    events: Receiver<Value>,
}

impl Session {
    fn start(compiler: &Path, dir: &Path, exe: &Path) -> Checked<Session> {
        let mut command = Command::new(compiler);
        command.args(["build-exe", "main.zig", "--watch", "--events=json", "--verify-incremental"]).current_dir(dir);
        command.arg(format!("-femit-bin={}", exe.display()));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|e| e.to_string())?;
        let stdout = child.stdout.take().ok_or("no pipe")?;
        let (sender, events) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let event = serde_json::from_str(&line).unwrap_or(Value::String(line));
                if sender.send(event).is_err() {
                    break;
                }
            }
        });
        Ok(Session { child, events })
    }

    /// The next build's result with its report; of several builds that one change of several files caused, the last.
    fn build(&mut self, changes: usize) -> Checked<(Expectation, Value)> {
        // A build of half a change may have to be verified before the next one begins.
        let quiet = if changes > 1 { QUIET * 4 } else { QUIET };
        let mut last = None;
        let mut limit = LIMIT;
        loop {
            match self.events.recv_timeout(limit) {
                Ok(Value::String(line)) => return Err(format!("not a JSON event: {line}")),
                // The build from nothing that follows may be right; this one was not.
                Ok(event) if event["error"] == "Internal" => return Err(format!("the build ended with {event}")),
                Ok(event) if event["type"] == "build" => {
                    last = Some(event);
                    limit = quiet;
                }
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return Err("the watching compiler ended".to_owned()),
            }
        }
        let event = last.ok_or("no build event")?;
        let report = event["report"].clone();
        let lines = event["log"].as_array().cloned().unwrap_or_default();
        let log = lines.iter().filter_map(Value::as_str).map(diagnostics::mask_anonymous).collect();
        match event["status"].as_str() {
            Some("ok") => Ok((Expectation::default(), report)),
            Some("fail") => {
                let messages = event["messages"].as_array().cloned().unwrap_or_default();
                let lines: Vec<String> = messages.iter().flat_map(message_lines).collect();
                let errors = diagnostics::to_lines(&diagnostics::parse(&lines.join("\n")));
                if errors.is_empty() {
                    Err(format!("a failed build without messages: {event}"))
                } else {
                    Ok((Expectation { errors, log, ..Expectation::default() }, report))
                }
            }
            _ => Err(format!("the build ended with {event}")),
        }
    }

    fn expect_silence(&mut self) -> Checked {
        match self.events.recv_timeout(QUIET * 2) {
            Ok(event) if event["type"] == "build" => Err(format!("a build that should not have been: {event}")),
            _ => Ok(()),
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A JSON message with its notes in the short form.
fn message_lines(message: &Value) -> Vec<String> {
    let one = |m: &Value, kind: &str| {
        let text = |key: &str| m[key].as_str().unwrap_or_default().to_owned();
        let number = |key: &str| m[key].as_u64().map_or("-".to_owned(), |n| n.to_string());
        let (path, body) = (text("path"), text("text"));
        if path.is_empty() {
            format!("{kind}: {body}")
        } else {
            format!("{path}:{}:{}: {kind}: {body}", number("line"), number("column"))
        }
    };
    let notes = message["notes"].as_array().cloned().unwrap_or_default();
    std::iter::once(one(message, "error")).chain(notes.iter().map(|n| one(n, "note"))).collect()
}
