//! The consumer of a compilation's events: for people on standard error, for programs one JSON
//! object a line on standard output.

mod early;
#[cfg(test)]
mod tests;

use crate::args::Output;
use crate::terminal::{Status, count};
use crate::{EXIT_INTERNAL, EXIT_USER};
use driver::{BuildError, Event, Report, Watching};
use early::Early;
use errmsg::render::to_json;
use errmsg::{Kind, Msg, Place, Renderer, use_color};
use serde::Serialize;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

/// What an event means for the exit code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    Ok,
    User,
    Internal,
}

impl Verdict {
    pub(crate) fn exit_code(self) -> u8 {
        match self {
            Verdict::Ok => 0,
            Verdict::User => EXIT_USER,
            Verdict::Internal => EXIT_INTERNAL,
        }
    }
}

/// Shows events.
pub(crate) struct Consumer {
    renderer: Renderer,
    output: Output,
    /// Whether each build gets a line of its own. Of a single build, success is silent and
    /// messages speak for themselves, as with the language's own compiler.
    announce: bool,
    /// The line at the bottom of a terminal, under watch.
    status: Option<Status>,
    watching: String,
    early: Early,
}

impl Consumer {
    pub(crate) fn new(output: Output, watch: bool) -> Consumer {
        let terminal = io::stderr().is_terminal();
        let renderer = Renderer {
            style: output.style.resolve(terminal),
            color: use_color(output.color, terminal, |name| std::env::var(name).ok()),
        };
        let status = (watch && terminal).then(Status::default);
        Consumer {
            renderer,
            output,
            announce: watch || output.time_report,
            status,
            watching: String::new(),
            early: Early::default(),
        }
    }

    /// What shall see the events of builds on the thread that builds, if there is anything for it to do.
    pub(crate) fn first_look(&self) -> Option<impl Fn(&Event) + Send + Sync + 'static> {
        let early = self.early.clone();
        self.output.events.then_some(move |event: &Event| early.look(event))
    }

    /// Shows one event.
    pub(crate) fn event(&mut self, event: &Event) -> io::Result<Verdict> {
        let mut text = Vec::new();
        if self.status.is_some() && matches!(event, Event::Ok(_) | Event::Fail(..) | Event::Error(_)) {
            text.extend(self.output.clear.sequence().as_bytes());
        }
        let verdict = self.human(event, &mut text)?;
        // JSON first: it is what somebody may be waiting for.
        if self.output.events
            && !self.early.has(event)?
            && let Some(line) = json(event)?
        {
            put(&mut io::stdout().lock(), &line)?;
        }
        if let Event::Watching(w) = event {
            let (files, dirs) = (count(w.files, "file", "files"), count(w.dirs, "directory", "directories"));
            self.watching = format!("Watching {files} in {dirs}");
        }
        if !matches!(event, Event::Building) {
            self.set_status(None);
            self.put(&text)?;
        }
        Ok(verdict)
    }

    /// Shows what a build that takes long is doing.
    pub(crate) fn stage(&mut self, stage: Option<&str>) -> io::Result<()> {
        self.set_status(stage);
        self.put(b"")
    }

    /// A program runs, or has ended, that writes to where we write.
    pub(crate) fn running(&mut self, running: bool) -> io::Result<()> {
        if let Some(status) = &mut self.status {
            status.hidden = running;
        }
        self.put(b"")
    }

    /// Nothing more is to be shown.
    pub(crate) fn end(&mut self) -> io::Result<()> {
        self.running(true)
    }

    fn set_status(&mut self, stage: Option<&str>) {
        if let Some(status) = &mut self.status {
            status.set(match (stage, self.watching.as_str()) {
                (None, watching) => watching.to_owned(),
                (Some(stage), "") => format!("Building: {stage}"),
                (Some(stage), watching) => format!("{watching}: {stage}"),
            });
        }
    }

    /// Writes for people.
    fn put(&mut self, text: &[u8]) -> io::Result<()> {
        match &mut self.status {
            Some(status) => put(&mut io::stderr().lock(), &status.frame(text)),
            None => put(&mut io::stderr().lock(), text),
        }
    }

    /// Shows messages that belong to no build.
    pub(crate) fn messages(&mut self, msgs: &[Msg]) -> io::Result<()> {
        let mut text = Vec::new();
        self.renderer.render_all(msgs, &mut text)?;
        self.put(&text)
    }

    /// Shows a line of our own.
    pub(crate) fn say(&mut self, line: &str) -> io::Result<()> {
        self.put(format!("{line}\n").as_bytes())
    }

    fn human(&self, event: &Event, w: &mut Vec<u8>) -> io::Result<Verdict> {
        match event {
            Event::Ok(report) => {
                self.headline(report, "succeeded", w)?;
                self.report(report, w)?;
                Ok(Verdict::Ok)
            }
            Event::Fail(msgs, report) => {
                self.headline(report, "compile errors:", w)?;
                self.renderer.render_all(msgs, w)?;
                compile_log(&report.log, w)?;
                self.report(report, w)?;
                Ok(Verdict::User)
            }
            Event::Error(error) => {
                self.headline(&error.report, &format!("failed: {}", error.name), w)?;
                self.renderer.render(&message(error), w)?;
                self.report(&error.report, w)?;
                Ok(if error.is_internal() { Verdict::Internal } else { Verdict::User })
            }
            Event::Note(msg) => self.renderer.render(msg, w).map(|()| Verdict::Ok),
            Event::Watching(_) | Event::Building => Ok(Verdict::Ok),
        }
    }

    fn headline(&self, report: &Report, outcome: &str, w: &mut Vec<u8>) -> io::Result<()> {
        if !self.announce {
            return Ok(());
        }
        writeln!(w, "Build {} {outcome} ({})", report.build, duration(report.elapsed))
    }

    fn report(&self, report: &Report, w: &mut Vec<u8>) -> io::Result<()> {
        if !self.output.time_report {
            return Ok(());
        }
        for (stage, time) in &report.stages {
            writeln!(w, "  {stage:<20}{:>12}", duration(*time))?;
        }
        for (name, count) in report.counts.named() {
            writeln!(w, "  {:<20}{count:>12}", name.replace('_', " "))?;
        }
        writeln!(w, "  {:<20}{:>8.1} MiB", "resident", report.resident as f64 / f64::from(1 << 20))
    }
}

/// All at once, so that lines of different writers do not mix.
fn put(w: &mut impl Write, text: &[u8]) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    w.write_all(text)?;
    w.flush()
}

/// What `@compileLog` printed, under the heading that it has in the language's own compiler.
fn compile_log(lines: &[String], w: &mut Vec<u8>) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(w, "\nCompile Log Output:")?;
    lines.iter().try_for_each(|l| writeln!(w, "{l}"))
}

/// In the unit in which it is easiest read.
fn duration(d: Duration) -> String {
    let us = d.as_micros();
    match us {
        0..1_000 => format!("{us} µs"),
        1_000..1_000_000 => format!("{:.1} ms", us as f64 / 1e3),
        _ => format!("{:.2} s", us as f64 / 1e6),
    }
}

fn message(error: &BuildError) -> Msg {
    let text = if error.text.is_empty() { error.name.clone() } else { format!("{}: {}", error.text, error.name) };
    Msg::new(Kind::Error, text, Place::Nowhere)
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum JsonEvent<'e, M: Serialize> {
    Build {
        build: u32,
        status: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<&'e str>,
        elapsed_us: u64,
        output: Option<String>,
        messages: Vec<M>,
        #[serde(skip_serializing_if = "<[String]>::is_empty")]
        log: &'e [String],
        report: JsonReport,
    },
    Watching {
        files: usize,
        dirs: usize,
        backend: &'static str,
    },
}

#[derive(Serialize)]
struct JsonReport {
    files_read: u64,
    members_parsed: u64,
    units_checked: u64,
    units_run: u64,
    edges_walked: u64,
    functions_compiled: u64,
    slots_written: u64,
    references_patched: u64,
    code_bytes_written: u64,
    bytes_written: u64,
    stages: Vec<JsonStage>,
    resident: u64,
}

#[derive(Serialize)]
struct JsonStage {
    name: &'static str,
    us: u64,
}

fn build<'e, M: Serialize>(
    status: &'static str,
    error: Option<&'e str>,
    messages: Vec<M>,
    report: &'e Report,
) -> JsonEvent<'e, M> {
    JsonEvent::Build {
        build: report.build,
        status,
        error,
        elapsed_us: micros(report.elapsed),
        output: report.output.as_deref().map(Path::to_string_lossy).map(Into::into),
        messages,
        log: &report.log,
        report: json_report(report),
    }
}

/// The report of an event that ends a build.
fn report_of(event: &Event) -> Option<&Report> {
    match event {
        Event::Ok(report) | Event::Fail(_, report) => Some(report),
        Event::Error(error) => Some(&error.report),
        Event::Building | Event::Watching(_) | Event::Note(_) => None,
    }
}

/// The line for an event; notes have none.
fn json(event: &Event) -> io::Result<Option<Vec<u8>>> {
    let own;
    let object = match event {
        Event::Ok(report) => build("ok", None, Vec::new(), report),
        Event::Fail(msgs, report) => build("fail", None, msgs.iter().map(to_json).collect(), report),
        Event::Error(error) => {
            own = message(error);
            build("error", Some(error.name.as_str()), vec![to_json(&own)], &error.report)
        }
        Event::Watching(Watching { files, dirs, backend }) => {
            JsonEvent::Watching { files: *files, dirs: *dirs, backend }
        }
        Event::Note(_) | Event::Building => return Ok(None),
    };
    let mut line = serde_json::to_vec(&object)?;
    line.push(b'\n');
    Ok(Some(line))
}

fn json_report(report: &Report) -> JsonReport {
    let c = report.counts;
    JsonReport {
        files_read: c.files_read,
        members_parsed: c.members_parsed,
        units_checked: c.units_checked,
        units_run: c.units_run,
        edges_walked: c.edges_walked,
        functions_compiled: c.functions_compiled,
        slots_written: c.slots_written,
        references_patched: c.references_patched,
        code_bytes_written: c.code_bytes_written,
        bytes_written: c.bytes_written,
        stages: report.stages.iter().map(|(name, time)| JsonStage { name, us: micros(*time) }).collect(),
        resident: report.resident,
    }
}

fn micros(d: Duration) -> u64 {
    u64::try_from(d.as_micros()).unwrap_or(u64::MAX)
}
