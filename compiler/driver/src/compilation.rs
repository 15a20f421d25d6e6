//! The compilation: Root scopes, semantics, machine code and output, and the loop that keeps
//! them up to date.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use crossbeam_channel::Sender;
use errmsg::Msg;
use sema::{FileId, ModuleId, Sema};
use stdlib_ports::fs::{self as watch_fs, Watch};
use syntax::Interner;

use crate::event::{BuildError, Event, Report, Stop, Watching};
use crate::options::{Options, OutputKind};
use crate::output::Output;
use crate::scope::{ModuleKind, ScopeId, Scopes, real_path};
use crate::{builtin_module, library};

/// Stack of the thread that semantics run on: analysis nests as deeply as the program's
/// declarations depend on each other, up to a limit with a message.
const STACK: usize = 4 << 30;

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
    pub(crate) cancel: Arc<AtomicBool>,
    /// Files whose contents may differ from what was last read; grows over cancelled updates.
    pub(crate) dirty: std::collections::BTreeSet<ScopeId>,
    /// Parsed and not yet brought to semantics.
    pub(crate) unapplied: std::collections::BTreeSet<ScopeId>,
    /// Files whose check found something.
    pub(crate) with_findings: std::collections::BTreeSet<ScopeId>,
    /// The import graph has changed since the alive set was made.
    pub(crate) imports_changed: bool,
}

impl Compilation {
    /// Opens a compilation. Fails with messages about what can be seen before any source is read.
    pub fn new(options: Options) -> Result<Compilation, Vec<Msg>> {
        let cli = |path: &Path, e: &dyn std::fmt::Display| vec![Msg::cli(path.display().to_string(), e.to_string())];
        let lib_dir = match &options.zig_lib_dir {
            Some(d) => real_path(d),
            None => library::unpack(options.cache_dir.as_deref())
                .map_err(|e| vec![Msg::plain(format!("unable to unpack the library: {e}"))])?,
        };
        let std_root = lib_dir.join("std/std.zig");
        if !std_root.is_file() {
            return Err(cli(&std_root, &"the library directory has no std/std.zig"));
        }
        let output = Output::new(&options)?;
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
        let root_path = real_path(&options.root);
        let main_dir = root_path.parent().map(Path::to_owned).unwrap_or_default();
        let cwd = std::env::current_dir().unwrap_or_default();
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
            cancel: Arc::new(AtomicBool::new(false)),
            dirty,
            unapplied: Default::default(),
            with_findings: Default::default(),
            imports_changed: true,
        })
    }

    /// Builds once.
    pub fn run_once(&mut self) -> Event {
        with_stack(|| self.build_event(Instant::now())).unwrap_or_else(|| {
            Event::Error(BuildError {
                name: "Internal".into(),
                text: "internal error: analysis ended unexpectedly".into(),
                report: Report { build: self.builds, ..Report::default() },
            })
        })
    }

    /// A build as an event; a cancelled one counts for nothing.
    fn build_event(&mut self, start: Instant) -> Event {
        loop {
            self.cancel.store(false, std::sync::atomic::Ordering::Relaxed);
            if let Some(e) = self.build(start) {
                return e;
            }
        }
    }

    /// Builds, then builds again whenever an input changes, until stopped. The watch is set up
    /// before the first build reads anything, so that no save is missed.
    pub fn watch(mut self, sink: Sender<Event>, stop: Stop) {
        // A consumer that has gone needs no events.
        if with_stack(|| self.watch_loop(&sink, &stop)).is_none() {
            let _ = sink.send(Event::Error(BuildError {
                name: "Internal".into(),
                text: "internal error: analysis ended unexpectedly".into(),
                report: Report::default(),
            }));
        }
    }

    fn watch_loop(&mut self, sink: &Sender<Event>, stop: &Stop) {
        let w = self.options.watch;
        let watch = match Watch::<ScopeId>::new(watch_fs::Options {
            backend: w.backend,
            poll_interval: w.poll_interval,
            debounce: w.debounce,
        }) {
            Ok(w) => Arc::new(w),
            Err(e) => {
                let _ = sink.send(Event::Error(BuildError {
                    name: "WatchFailed".into(),
                    text: e.to_string(),
                    report: Report::default(),
                }));
                return;
            }
        };
        let waker = watch.waker();
        let cancel = self.cancel.clone();
        stop.on_stop(move || {
            cancel.store(true, std::sync::atomic::Ordering::Relaxed);
            waker.wake();
        });
        let mut told = None;
        let mut first = true;
        let mut start = Instant::now();
        while !stop.is_stopped() {
            if first || !self.dirty.is_empty() {
                first = false;
                self.sync_watch(&watch);
                let event = self.build_watching(start, &watch);
                // Files that were found by the build itself are watched before anyone is told.
                if self.sync_watch(&watch) {
                    // One of them may have changed between being read and being watched.
                    self.recheck_new();
                }
                if let Some(e) = event {
                    if sink.send(e).is_err() {
                        return;
                    }
                    let c = watch.counts();
                    let now = Watching { files: c.files, dirs: c.dirs, backend: watch.backend() };
                    if told != Some(now) {
                        told = Some(now);
                        if sink.send(Event::Watching(now)).is_err() {
                            return;
                        }
                    }
                    self.output.idle();
                    if !self.dirty.is_empty() {
                        start = Instant::now();
                        continue;
                    }
                }
            }
            let events = watch.wait(None);
            start = Instant::now();
            for e in events {
                match e {
                    watch_fs::Event::Changed(id) | watch_fs::Event::Removed(id) => {
                        self.dirty.insert(id);
                    }
                    watch_fs::Event::Rescan => {
                        let ids: Vec<ScopeId> = self.scopes.ids().filter(|&i| self.scopes.get(i).is_some_and(|s| s.watched)).collect();
                        self.dirty.extend(ids);
                    }
                    watch_fs::Event::Err(e) => {
                        if sink.send(Event::Note(Msg::plain(e.to_string()))).is_err() {
                            return;
                        }
                    }
                }
            }
        }
    }

    /// Builds; a save during it cancels it, and its event is that of the newer state.
    fn build_watching(&mut self, start: Instant, _watch: &Arc<Watch<ScopeId>>) -> Option<Event> {
        self.cancel.store(false, std::sync::atomic::Ordering::Relaxed);
        self.build(start)
    }

    /// Registers the files that are alive and releases the others. Whether any was new.
    fn sync_watch(&mut self, watch: &Watch<ScopeId>) -> bool {
        let mut new = false;
        if !self.imports_changed_for_watch() {
            return false;
        }
        for id in self.scopes.ids() {
            let Some(s) = self.scopes.get_mut(id) else { continue };
            let want = s.alive && s.module != ModuleKind::Builtin;
            if want && !s.watched {
                watch.add_file(&s.path, id);
                s.watched = true;
                new = true;
            } else if !want && s.watched {
                watch.remove_file(&s.path);
                s.watched = false;
            }
        }
        new
    }

    fn imports_changed_for_watch(&mut self) -> bool {
        std::mem::take(&mut self.output.watch_stale)
    }

    /// Marks files that were read before they were watched, if they have changed since.
    fn recheck_new(&mut self) {
        let mut changed = Vec::new();
        for id in self.scopes.ids() {
            let Some(s) = self.scopes.get(id) else { continue };
            if !s.watched || s.module == ModuleKind::Std {
                continue;
            }
            let now = std::fs::read(&s.path).ok().map(|b| xxhash_rust::xxh3::xxh3_128(&b));
            let was = (s.contents == crate::scope::Contents::Text).then_some(s.hash);
            if now != was && !(now.is_none() && matches!(s.contents, crate::scope::Contents::Error(_))) {
                changed.push(id);
            }
        }
        self.dirty.extend(changed);
    }
}

/// Names of a file within its module: dotted for types, with slashes for `@src`.
pub(crate) fn module_names(path: &Path, dir: &Path) -> (String, String) {
    let sub = path.strip_prefix(dir).unwrap_or(path);
    let shown = sub.to_string_lossy().into_owned();
    let stem = shown.strip_suffix(".zig").unwrap_or(&shown).replace('/', ".");
    (stem, shown)
}

/// Runs `f` on a thread with a large stack. `None` if it panicked.
fn with_stack<T: Send>(f: impl FnOnce() -> T + Send) -> Option<T> {
    std::thread::scope(|s| {
        let t = std::thread::Builder::new().name("semantics".into()).stack_size(STACK).spawn_scoped(s, f).ok()?;
        t.join().ok()
    })
}
