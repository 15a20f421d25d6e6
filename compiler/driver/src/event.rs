//! What a compilation tells its consumer: one event a build, and what is worth knowing between.
//! A build that was cancelled by a newer save sends none.

use errmsg::Msg;
use parking_lot::Mutex;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// One event.
#[derive(Clone, Debug)]
pub enum Event {
    /// A build succeeded; the output is on disk.
    Ok(Report),
    /// A build could not be carried out, whatever the source says.
    Error(BuildError),
    /// A build found errors in the source; the output is what it was before.
    Fail(Vec<Msg>, Report),
    /// A build begins. Sent only if its progress is shown.
    Building,
    /// The set of watched files has changed, or watching has begun.
    Watching(Watching),
    /// Something that the user should know, such as a restriction of watching.
    Note(Msg),
}

/// Why a build could not be carried out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BuildError {
    /// A short name, as the language names its errors: `AccessDenied`, `NoSpaceLeft`, `Internal`.
    pub name: String,
    /// The explanation, with the path concerned.
    pub text: String,
    /// The build.
    pub report: Report,
}

impl BuildError {
    /// Whether the fault is ours: an internal error, told from what the user can mend.
    pub fn is_internal(&self) -> bool {
        self.name == "Internal"
    }
}

/// What a build did and how long it took.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Report {
    /// The build's number, from 1.
    pub build: u32,
    /// From the taking of the dirty set, or the start, to the event.
    pub elapsed: Duration,
    /// Where the output is, if one was written.
    pub output: Option<PathBuf>,
    /// What `@compileLog` printed, in the order of the text.
    pub log: Vec<String>,
    /// What was counted.
    pub counts: Counts,
    /// The time of each stage, in the order of the way of the data.
    pub stages: Vec<(&'static str, Duration)>,
    /// The resident size of the process after the build, in bytes.
    pub resident: u64,
}

/// How much of each kind of work a build did: the cost of an edit, in numbers.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Counts {
    /// Source files read.
    pub files_read: u64,
    /// Members parsed.
    pub members_parsed: u64,
    /// Units whose inputs were compared.
    pub units_checked: u64,
    /// Units analysed.
    pub units_run: u64,
    /// Edges of the dependency graph walked: to tell units of a change, or to see whether there is one.
    pub edges_walked: u64,
    /// Functions for which machine code was made.
    pub functions_compiled: u64,
    /// Slots of the image written.
    pub slots_written: u64,
    /// References patched, in these slots and in others.
    pub references_patched: u64,
    /// Bytes of machine code written into the image.
    pub code_bytes_written: u64,
    /// Bytes written to the output.
    pub bytes_written: u64,
}

impl Counts {
    /// All counts with the names under which they are shown.
    pub fn named(&self) -> [(&'static str, u64); 10] {
        [
            ("files_read", self.files_read),
            ("members_parsed", self.members_parsed),
            ("units_checked", self.units_checked),
            ("units_run", self.units_run),
            ("edges_walked", self.edges_walked),
            ("functions_compiled", self.functions_compiled),
            ("slots_written", self.slots_written),
            ("references_patched", self.references_patched),
            ("code_bytes_written", self.code_bytes_written),
            ("bytes_written", self.bytes_written),
        ]
    }
}

/// How much is watched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Watching {
    /// Files.
    pub files: usize,
    /// Directories watched for them.
    pub dirs: usize,
    /// The name of the backend.
    pub backend: &'static str,
}

/// Ends a watching compilation from another thread. Clones are one and the same.
#[derive(Clone, Default)]
pub struct Stop(Arc<StopState>);

#[derive(Default)]
struct StopState {
    stopped: AtomicBool,
    hooks: Mutex<Vec<Box<dyn Fn() + Send>>>,
}

impl Stop {
    /// Asks for the end: sets the flag, then calls the hooks.
    pub fn stop(&self) {
        self.0.stopped.store(true, Ordering::Release);
        for hook in self.0.hooks.lock().iter() {
            hook();
        }
    }

    /// Whether the end was asked for.
    pub fn is_stopped(&self) -> bool {
        self.0.stopped.load(Ordering::Acquire)
    }

    /// Has `hook` called when the end is asked for; at once if it was already. This is how a wait
    /// for files is interrupted.
    pub fn on_stop(&self, hook: impl Fn() + Send + 'static) {
        let mut hooks = self.0.hooks.lock();
        if self.is_stopped() {
            hook();
        }
        hooks.push(Box::new(hook));
    }
}
