//! One incremental compilation in this process, and builds from nothing beside it.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, PoisonError};

use driver::{Compilation, Counts, Event, Options};
use errmsg::{Msg, Renderer, Style};

use super::project::Files;
use crate::case::write_file;
use crate::{Checked, diagnostics};

/// What a build came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Built {
    /// All messages as a terminal shows them, digits of unnamed types masked.
    pub messages: String,
    /// The same in the short form.
    pub short: String,
    /// What went wrong on our side, if anything did.
    pub internal: Option<String>,
    /// How the update differs from a build from nothing: a line, and both sides.
    pub difference: Option<(String, String)>,
    /// Whether there is a program.
    pub good: bool,
    /// What the build cost.
    pub counts: Counts,
}

impl Built {
    /// Whether something is refused that the language has.
    pub fn refuses(&self) -> bool {
        self.short.contains("not supported yet") || self.short.contains("internal error")
    }
}

/// A project on disk, and the compilation that follows its updates.
pub struct Session {
    scratch: tempfile::TempDir,
    lib: PathBuf,
    compilation: Compilation,
    disk: Files,
    last: Built,
}

impl Session {
    /// Starts with an empty directory. `lib` holds `std/`; `shuffle` see [`Options::shuffle`].
    pub fn start(lib: &Path, shuffle: Option<u64>) -> Checked<Session> {
        watch_panics();
        let scratch = tempfile::tempdir().map_err(|e| e.to_string())?;
        std::fs::create_dir(scratch.path().join("case")).map_err(|e| e.to_string())?;
        let compilation = open(scratch.path(), lib, "program", shuffle)?;
        Ok(Session { scratch, lib: lib.to_owned(), compilation, disk: Files::new(), last: Built::default() })
    }

    /// The directory of the sources.
    pub fn dir(&self) -> PathBuf {
        self.scratch.path().join("case")
    }

    /// The program that updates keep, or that of the last build from nothing.
    pub fn program(&self, clean: bool) -> PathBuf {
        self.scratch.path().join(if clean { "clean" } else { "program" })
    }

    /// The files as they are on disk.
    pub fn files(&self) -> &Files {
        &self.disk
    }

    /// Brings the files on disk to a state, and builds what changed.
    pub fn update(&mut self, files: &Files) -> Checked<Built> {
        self.save(files)?;
        if let Some(event) = self.compilation.update() {
            self.take(event);
        } else {
            self.last.counts = Counts::default();
        }
        Ok(self.last.clone())
    }

    /// The same, but a newer save is noticed at the `k`th point where a build looks for one. None if the
    /// build was given up for it.
    pub fn update_until(&mut self, files: &Files, k: u32) -> Checked<Option<Built>> {
        self.save(files)?;
        let cancel = self.compilation.cancel();
        let before = std::fs::read(self.program(false)).ok();
        cancel.request_at(k);
        let event = self.compilation.update();
        cancel.clear();
        let Some(event) = event else {
            if before == std::fs::read(self.program(false)).ok() {
                return Ok(None);
            }
            let internal = Some("a build that was given up changed the program".to_owned());
            return Ok(Some(Built { internal, ..Built::default() }));
        };
        self.take(event);
        Ok(Some(self.last.clone()))
    }

    fn save(&mut self, files: &Files) -> Checked {
        let mut changed: Vec<&String> = self.disk.keys().filter(|name| !files.contains_key(*name)).collect();
        for name in &changed {
            std::fs::remove_file(self.dir().join(name)).map_err(|e| e.to_string())?;
        }
        for (name, bytes) in files {
            if self.disk.get(name) != Some(bytes) {
                write_file(&self.dir().join(name), bytes)?;
                changed.push(name);
            }
        }
        for name in changed {
            self.compilation.touch(&self.dir().join(name));
        }
        self.disk = files.clone();
        Ok(())
    }

    fn take(&mut self, event: Event) {
        self.last = self.built(event);
        // The event says that there is a difference, not all of it.
        if self.last.internal.as_ref().is_some_and(|text| text.contains("differs from a clean build"))
            && let Err(difference) = self.compilation.verify()
        {
            self.last.internal = None;
            self.last.difference = Some((difference.what, difference.detail));
        }
    }

    /// Builds what is on disk from nothing.
    pub fn build_clean(&self) -> Checked<Built> {
        drop(std::fs::remove_file(self.program(true)));
        let mut fresh = open(self.scratch.path(), &self.lib, "clean", None)?;
        let event = fresh.update().ok_or("a first build without event")?;
        Ok(self.built(event))
    }

    fn built(&self, event: Event) -> Built {
        let panicked = std::mem::take(&mut *PANICS.lock().unwrap_or_else(PoisonError::into_inner));
        let (messages, counts, internal) = match event {
            Event::Ok(report) => (Vec::new(), report.counts, None),
            Event::Fail(messages, report) => (messages, report.counts, None),
            Event::Error(e) => (Vec::new(), e.report.counts, Some(format!("{}\n{}", e.text, panicked.join("\n")))),
            _ => (Vec::new(), Counts::default(), Some("not a build".to_owned())),
        };
        let (text, short) = (self.render(&messages, Style::Rich), self.render(&messages, Style::Short));
        // Semantics never end so: the driver says it where an analysis failed without a message.
        let internal = internal.or_else(|| short.contains("internal error").then(|| short.clone()));
        let good = messages.is_empty() && internal.is_none();
        Built { good, messages: text, short, internal, difference: None, counts }
    }

    fn render(&self, messages: &[Msg], style: Style) -> String {
        let renderer = Renderer { style, color: false };
        let text: String = messages.iter().map(|m| renderer.to_string(m)).collect();
        let cwd = std::env::current_dir().unwrap_or_default();
        let dir = format!("{}/", errmsg::shown_path(&self.dir(), &cwd));
        diagnostics::mask_anonymous(&text.replace(&dir, ""))
    }
}

fn open(scratch: &Path, lib: &Path, program: &str, shuffle: Option<u64>) -> Checked<Compilation> {
    let mut options = Options::new(scratch.join("case/main.zig"));
    options.emit = Some(scratch.join(program));
    options.zig_lib_dir = Some(lib.to_owned());
    options.jobs = std::num::NonZeroUsize::new(1);
    // Whatever is written about a difference goes away with the scratch directory.
    options.cache_dir = Some(scratch.to_owned());
    options.verify_incremental = program == "program";
    options.shuffle = shuffle;
    Compilation::new(options).map_err(|messages| messages.iter().map(|m| m.text.clone()).collect::<Vec<_>>().join("\n"))
}

/// What panics said since somebody last looked.
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// The driver survives panics of the stages; their texts and places are kept for the report.
fn watch_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let ours = std::thread::current().name().is_some_and(|n| n == "semantics" || n == "codegen");
            if !ours {
                return before(info);
            }
            let trace = std::backtrace::Backtrace::force_capture().to_string();
            let trace: Vec<&str> = trace.lines().filter(|l| l.contains("compiler/")).take(12).collect();
            let text = format!("{info}\n{}", trace.join("\n"));
            PANICS.lock().unwrap_or_else(PoisonError::into_inner).push(text);
        }));
    });
}
