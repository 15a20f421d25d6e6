//! The compilation: Root scopes, semantics, machine code and output, as one thing that is opened
//! and then built, once or again and again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use errmsg::Msg;
use sema::{Cancel, FileId, ModuleId, Sema, Shuffle};
use stdlib_ports::fs::Watch;
use syntax::Interner;

use crate::event::{Counts, Event};
use crate::options::{Options, OutputKind};
use crate::output::Output;
use crate::resident::Resident;
use crate::scope::{ModuleKind, ScopeId, Scopes, absolute_path};
use crate::verify::Verifying;
use crate::{builtin_module, library};

/// Stack of the thread that semantics run on: analysis nests as deeply as the program's
/// declarations depend on each other, up to a limit with a message. The smaller sizes are for
/// systems that refuse the address space.
const STACKS: [usize; 3] = [4 << 30, 1 << 30, 256 << 20];

/// What may see events first.
pub(crate) type FirstLook = Box<dyn Fn(&Event) + Send + Sync>;

/// One compilation. Several live in one process without knowing of each other.
pub struct Compilation {
    pub(crate) options: Options,
    pub(crate) interner: Arc<Interner>,
    pub(crate) scopes: Scopes,
    pub(crate) sema: Sema,
    pub(crate) output: Output,
    pub(crate) root: ScopeId,
    pub(crate) lib_dir: PathBuf,
    pub(crate) main_dir: PathBuf,
    pub(crate) builtin_text: Arc<[u8]>,
    pub(crate) cwd: PathBuf,
    pub(crate) builds: u32,
    pub(crate) cancel: Arc<Cancel>,
    /// Files whose contents may differ from what was last read; grows over cancelled updates.
    pub(crate) dirty: std::collections::BTreeSet<ScopeId>,
    /// Parsed and not yet brought to semantics.
    pub(crate) unapplied: std::collections::BTreeSet<ScopeId>,
    /// Files whose check found something.
    pub(crate) with_findings: std::collections::BTreeSet<ScopeId>,
    /// Files that suspend semantics as long as they are alive: unreadable, or with errors that are
    /// a file's own.
    pub(crate) with_errors: std::collections::BTreeSet<ScopeId>,
    /// The import graph has changed such that the alive set must be made anew.
    pub(crate) imports_changed: bool,
    /// Files that were not in use, each with a file in use that imports it now.
    pub(crate) revived: Vec<(ScopeId, ScopeId)>,
    /// Something was taken in that no event has told of yet.
    pub(crate) stale: bool,
    /// A fault of ours left the state unusable.
    pub(crate) broken: bool,
    /// Files that sources embed.
    pub(crate) embedded: std::collections::BTreeMap<ScopeId, crate::embed::Embedders>,
    /// What `@compileLog` printed, until the event that tells of it.
    pub(crate) log: Vec<String>,
    /// What builds that were given up since the last event did.
    pub(crate) carried: Counts,
    /// Where files are registered before they are read, under watch.
    pub(crate) watcher: Option<Arc<Watch<ScopeId>>>,
    /// The set of watched files has changed since somebody was told.
    pub(crate) watch_changed: bool,
    /// What comparing with clean builds needs, if they are made.
    pub(crate) verifying: Option<Box<Verifying>>,
    /// Gives the system what was freed; set by whoever knows the allocator.
    pub(crate) give_back: Option<fn()>,
    /// Sees the events of builds before they are sent.
    pub(crate) first_look: Option<FirstLook>,
    /// Tells the resident size.
    pub(crate) resident: Resident,
    /// How many of the next builds end in a fault.
    #[cfg(test)]
    pub(crate) faults: u32,
}

impl Compilation {
    /// Opens a compilation. Fails with messages about what can be seen before any source is read.
    pub fn new(options: Options) -> Result<Compilation, Vec<Msg>> {
        let cli = |path: &Path, e: &dyn std::fmt::Display| vec![Msg::cli(path.display().to_string(), e.to_string())];
        let cwd = std::env::current_dir().unwrap_or_default();
        let lib_dir = match &options.zig_lib_dir {
            Some(d) => absolute_path(d, &cwd),
            None => library::unpack(options.cache_dir.as_deref())
                .map_err(|e| vec![Msg::plain(format!("unable to unpack the library: {e}"))])?,
        };
        let std_root = lib_dir.join("std/std.zig");
        if !std_root.is_file() {
            return Err(cli(&std_root, &"the library directory has no std/std.zig"));
        }
        let mut output = Output::new(&options)?;
        let interner = Arc::new(Interner::new());
        let mut sema = Sema::new(
            sema::state::Options {
                mode: match options.optimize {
                    crate::Optimize::Debug => sema::state::Mode::Debug,
                    crate::Optimize::ReleaseSafe => sema::state::Mode::ReleaseSafe,
                    crate::Optimize::ReleaseFast => sema::state::Mode::ReleaseFast,
                    crate::Optimize::ReleaseSmall => sema::state::Mode::ReleaseSmall,
                },
                output: match options.kind {
                    OutputKind::Exe => sema::state::OutputMode::Exe,
                    OutputKind::Obj => sema::state::OutputMode::Obj,
                    OutputKind::StaticLib | OutputKind::DynamicLib => sema::state::OutputMode::Lib,
                },
                ptr_bits: 64,
            },
            interner.clone(),
        );
        if let Some(seed) = options.shuffle {
            sema.graph.set_shuffle(Shuffle::new(seed));
        }
        if options.verify_incremental {
            sema.collect_always();
        }
        let root_path = absolute_path(&options.root, &cwd);
        let main_dir = root_path.parent().map(Path::to_owned).unwrap_or_default();
        output.set_source(link::Source {
            producer: concat!("compiler ", env!("CARGO_PKG_VERSION")).into(),
            name: root_path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned()),
            // In the order in which the modules are added.
            dirs: [&main_dir, &lib_dir.join("std"), &lib_dir].iter().map(|d| d.display().to_string()).collect(),
        });
        let builtin_path = lib_dir.join("builtin.zig");
        let mut scopes = Scopes::default();
        let mut add = |sema: &mut Sema, path: PathBuf, dir: &Path, kind: ModuleKind, module: ModuleId| {
            let (dotted, sub) = module_names(&path, dir);
            let id = sema.add_file(module, dotted, sub);
            let shown = errmsg::shown_path(&path, &cwd);
            scopes.add(id, path, shown, kind);
            id
        };
        let main_module = sema.add_module(FileId(0));
        let root = add(&mut sema, root_path, &main_dir, ModuleKind::Main, main_module);
        let std_file = FileId(1);
        let std_module = sema.add_module(std_file);
        add(&mut sema, std_root, &lib_dir.join("std"), ModuleKind::Std, std_module);
        let builtin_module = sema.add_module(FileId(2));
        add(&mut sema, builtin_path, &lib_dir, ModuleKind::Builtin, builtin_module);
        sema.main_module = main_module;
        sema.std_module = Some(std_module);
        sema.builtin_module = Some(builtin_module);
        let builtin_text = Arc::from(builtin_module::source(&options).into_bytes());
        let mut dirty = std::collections::BTreeSet::new();
        dirty.extend([root, std_file, FileId(2)]);
        let verifying = options.verify_incremental.then(Box::default);
        Ok(Compilation {
            options,
            interner,
            scopes,
            sema,
            output,
            root,
            lib_dir,
            main_dir,
            builtin_text,
            cwd,
            builds: 0,
            cancel: Arc::default(),
            dirty,
            unapplied: Default::default(),
            with_findings: Default::default(),
            with_errors: Default::default(),
            imports_changed: true,
            revived: Vec::new(),
            stale: true,
            broken: false,
            embedded: Default::default(),
            log: Vec::new(),
            carried: Counts::default(),
            watcher: None,
            watch_changed: false,
            verifying,
            give_back: None,
            first_look: None,
            resident: Resident::default(),
            #[cfg(test)]
            faults: 0,
        })
    }

    /// Has `f` called when a build that took much memory is done and there is nothing else to do.
    pub fn set_give_back(&mut self, f: fn()) {
        self.give_back = Some(f);
    }

    /// Has `look` called with the event of each watched build, on the thread that builds, before it is sent:
    /// somebody may be waiting for it, and it takes time for another thread to wake up.
    pub fn set_first_look(&mut self, look: impl Fn(&Event) + Send + Sync + 'static) {
        self.first_look = Some(Box::new(look));
    }

    /// Ends the compilation of a process that is about to end: what lies beside the output goes, the
    /// memory is left to the system, which is faster at it.
    pub fn abandon(mut self) {
        self.output.close();
        std::mem::forget(self);
    }
}

/// Names of a file within its module: dotted for types, with slashes for `@src`.
pub(crate) fn module_names(path: &Path, dir: &Path) -> (String, String) {
    let sub = path.strip_prefix(dir).unwrap_or(path);
    let shown = sub.to_string_lossy().into_owned();
    let stem = shown.strip_suffix(".zig").unwrap_or(&shown).replace('/', ".");
    (stem, shown)
}

/// Runs `f` on a thread with a large stack. `None` if it panicked, or if no thread was to be had.
pub(crate) fn with_stack<T: Send>(f: impl FnOnce() -> T + Send) -> Option<T> {
    // Taken by the thread that does start.
    let f = parking_lot::Mutex::new(Some(f));
    let run = || f.lock().take().map(|f| f());
    std::thread::scope(|s| {
        let start =
            |size| std::thread::Builder::new().name("semantics".into()).stack_size(size).spawn_scoped(s, run).ok();
        STACKS.into_iter().find_map(start)?.join().ok().flatten()
    })
}
