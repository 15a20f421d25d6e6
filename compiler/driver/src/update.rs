//! One update: dirty files are read and parsed, the import graph and the tables brought in line,
//! semantics run, machine code made, the output replaced.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use errmsg::{Msg, Source};
use rayon::prelude::*;
use sema::ImportTarget;
use syntax::AstTree;

use crate::compilation::{Compilation, module_names};
use crate::event::{BuildError, Counts, Event, Report};
use crate::progress::Progress;
use crate::scope::{Contents, ImportEdge, ImportTo, MAX_FILE, ModuleKind, RootScope, ScopeId, absolute_path};
use crate::verify::{self, Held};

/// Times of the stages of one build.
pub(crate) struct Clock {
    start: Instant,
    last: Instant,
    pub(crate) stages: Vec<(&'static str, Duration)>,
    progress: Option<Progress>,
}

impl Clock {
    pub(crate) fn new(start: Instant, progress: Option<Progress>) -> Clock {
        progress.iter().for_each(Progress::begin);
        Clock { start, last: Instant::now(), stages: Vec::new(), progress }
    }
    pub(crate) fn lap(&mut self, stage: &'static str) {
        let now = Instant::now();
        self.stages.push((stage, now - self.last));
        self.last = now;
        self.progress.iter().for_each(|p| p.passed(stage));
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        self.progress.iter().for_each(Progress::end);
    }
}

/// A parse without syntax errors, lowered and checked.
struct Lowered {
    ir: Arc<ir::FileIr>,
    check: Arc<ir::FileCheck>,
}

/// Whether nothing differs outside of the member that a patch changed. What it captures, and what
/// its locals are called, can change the members around it and in it.
fn alone_changed(
    tree: &AstTree,
    (old, old_check): (&ir::FileIr, &ir::FileCheck),
    (new, check): (&ir::FileIr, &ir::FileCheck),
) -> bool {
    let Some(patch) = tree.patch() else { return false };
    let at = patch.member.map(|m| m.0 as usize);
    let same = |i: usize| {
        let failed = |c: &ir::FileCheck| c.failed.get(i).copied().unwrap_or(false);
        old.get(i).zip(new.get(i)).is_some_and(|(a, b)| Arc::ptr_eq(a, b)) && failed(old_check) == failed(check)
    };
    old.len() == new.len() && (0..new.len()).all(|i| Some(i) == at || same(i))
}

/// A file that was read.
pub(crate) enum Read {
    Same,
    Error(&'static str),
    Text(Arc<[u8]>, u128),
}

/// How the steps of a build ended.
pub(crate) enum Ending {
    Cancelled,
    Good,
    Messages(Vec<Msg>),
    /// Name and text.
    Error(String, String),
}

impl Compilation {
    /// One update. `None`: nothing had changed, or it was given up for a newer save; then what it
    /// has done so far stays done.
    pub(crate) fn build(&mut self, start: Instant) -> Option<Event> {
        let mut clock = Clock::new(start, self.options.progress.clone());
        let mut counts = std::mem::take(&mut self.carried);
        let ending = self.steps(&mut clock, &mut counts)?;
        if matches!(ending, Ending::Cancelled) {
            self.carried = counts;
            let half = self.check_given_up().err()?;
            return Some(Event::Error(BuildError { name: "Internal".into(), text: half, report: Report::default() }));
        }
        self.stale = false;
        self.builds += 1;
        let elapsed = clock.start.elapsed();
        let ending = self.verified(ending, &mut clock);
        let output = self.options.emit.clone().filter(|_| matches!(ending, Ending::Good));
        let report = Report {
            build: self.builds,
            elapsed,
            output,
            log: if matches!(ending, Ending::Messages(_)) { std::mem::take(&mut self.log) } else { Vec::new() },
            counts,
            stages: std::mem::take(&mut clock.stages),
            resident: self.resident.bytes(),
        };
        Some(match ending {
            Ending::Good | Ending::Cancelled => Event::Ok(report),
            Ending::Messages(msgs) => Event::Fail(msgs, report),
            Ending::Error(name, text) => Event::Error(BuildError { name, text, report }),
        })
    }

    pub(crate) fn cancelled(&self) -> bool {
        self.cancel.is_requested()
    }

    /// The way of the data. `None` if nothing had changed.
    fn steps(&mut self, clock: &mut Clock, counts: &mut Counts) -> Option<Ending> {
        self.read_dirty(counts);
        if !self.stale {
            return None;
        }
        self.refresh_alive(counts);
        clock.lap("parse");
        if self.cancelled() {
            return Some(Ending::Cancelled);
        }
        self.log.clear();
        let file_errors = self.file_errors();
        if !file_errors.is_empty() {
            return Some(Ending::Messages(file_errors));
        }
        let unapplied = std::mem::take(&mut self.unapplied);
        for id in self.in_any_order(unapplied) {
            let Some(s) = self.scopes.get_mut(id) else { continue };
            if !s.alive {
                continue;
            }
            let Some((tree, ir)) = s.good.clone() else { continue };
            let check = s.check.clone();
            s.applied = true;
            let d = match tree.patch().filter(|_| s.upon_applied) {
                Some(patch) => self.sema.patch_tree(id, tree, &ir, &check.failed, patch),
                None => self.sema.set_tree(id, tree, &ir, &check.failed),
            };
            counts.members_parsed += u64::from(d.added + d.body + d.signature);
        }
        clock.lap("diff");
        #[cfg(test)]
        if self.faults > 0 {
            self.faults -= 1;
            std::panic::resume_unwind(Box::new("a fault"));
        }
        self.sema.set_root();
        let before = self.sema.graph.counters();
        let cancel = self.cancel.clone();
        let up = loop {
            let output = &mut self.output;
            let up = self.sema.update(&cancel, &mut |sema, o| output.push(o, sema));
            if up.cancelled || !self.read_embedded(counts) {
                break up;
            }
        };
        let after = self.sema.graph.counters();
        counts.units_run += after.runs - before.runs;
        let verified = after.edges_verified - before.edges_verified;
        counts.units_checked += (after.runs - before.runs) + verified;
        counts.edges_walked += (after.edges_pushed - before.edges_pushed) + verified;
        clock.lap("semantics");
        if up.cancelled {
            return Some(Ending::Cancelled);
        }
        self.output.finish_code();
        clock.lap("codegen");
        let msgs = self.semantic_messages();
        self.log = self.log_lines();
        let moved = std::mem::take(&mut self.sema.moved);
        if let Err(text) = self.output.apply(&moved, &self.sema) {
            self.broken = true;
            return Some(Ending::Error("Internal".into(), format!("internal error: {text}")));
        }
        self.output.count(counts);
        clock.lap("link");
        if !msgs.is_empty() {
            return Some(Ending::Messages(msgs));
        }
        let written = self.output.write(&self.options, &self.sema);
        clock.lap("publish");
        Some(match written {
            Ok(written) => {
                counts.bytes_written += written;
                Ending::Good
            }
            Err(crate::output::WriteError::Messages(msgs)) => Ending::Messages(msgs),
            Err(crate::output::WriteError::Io(name, text)) => Ending::Error(name, text),
        })
    }

    /// Files that may be taken in whatever order.
    fn in_any_order(&self, files: std::collections::BTreeSet<ScopeId>) -> Vec<ScopeId> {
        let mut files: Vec<ScopeId> = files.into_iter().collect();
        if let Some(seed) = self.options.shuffle {
            sema::Shuffle::new(seed.wrapping_add(self.builds.into())).permute(&mut files);
        }
        files
    }

    /// Reads and parses dirty files, and files first imported by them.
    pub(crate) fn read_dirty(&mut self, counts: &mut Counts) {
        while !self.dirty.is_empty() {
            let batch = std::mem::take(&mut self.dirty);
            let batch = self.in_any_order(batch);
            for &id in &batch {
                self.register(id);
            }
            let this = &*self;
            let one = |id: ScopeId| -> Option<(ScopeId, Read, Option<(Arc<AstTree>, Option<Lowered>)>)> {
                let s = this.scopes.get(id)?;
                let read = this.read(id);
                let parsed = match &read {
                    Read::Text(bytes, _) if s.module != ModuleKind::Embedded => {
                        let previous = s.good.as_ref().map(|(t, i)| (&**t, &**i));
                        let mut tree = AstTree::parse(bytes.clone(), &this.interner, previous.map(|p| p.0));
                        let lowered = if tree.error().is_none() {
                            let ir = Arc::new(ir::lower_file(&tree, &this.interner, previous));
                            let before = previous.map(|(_, ir)| (ir, &*s.check));
                            let check = match before.and_then(|b| ir::recheck_file(&tree, &ir, &this.interner, b)) {
                                Some(()) => s.check.clone(),
                                None => Arc::new(ir::check_file(&tree, &ir, &this.interner)),
                            };
                            Some(Lowered { ir, check })
                        } else {
                            None
                        };
                        // What was edited is likely to be edited again.
                        if previous.is_none() {
                            tree.rest();
                        }
                        Some((Arc::new(tree), lowered))
                    }
                    _ => None,
                };
                Some((id, read, parsed))
            };
            let results: Vec<_> = match &batch[..] {
                [only] => one(*only).into_iter().collect(),
                many => many.par_iter().filter_map(|&id| one(id)).collect(),
            };
            for (id, read, parsed) in results {
                counts.files_read += 1;
                match (read, parsed) {
                    (Read::Text(bytes, hash), Some((tree, lowered))) => {
                        self.stale = true;
                        self.take_parse(id, bytes, hash, tree, lowered);
                        self.note_errors(id);
                        self.tell_embedded(id);
                    }
                    // If it has become a source meanwhile, it is read again as one.
                    (Read::Text(bytes, hash), None)
                        if self.scopes.get(id).is_some_and(|s| s.module == ModuleKind::Embedded) =>
                    {
                        self.stale = true;
                        self.take_embedded(id, bytes, hash);
                        self.tell_embedded(id);
                    }
                    (Read::Error(name), _) => {
                        let Some(s) = self.scopes.get_mut(id) else { continue };
                        if s.contents != Contents::Error(name) {
                            s.contents = Contents::Error(name);
                            s.hash = 0;
                            self.stale = true;
                            self.note_errors(id);
                            self.tell_embedded(id);
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    pub(crate) fn read(&self, id: ScopeId) -> Read {
        let Some(s) = self.scopes.get(id) else { return Read::Same };
        if s.module == ModuleKind::Builtin {
            return Read::Text(self.builtin_text.clone(), 0);
        }
        if let Some(held) = self.verifying.as_ref().and_then(|v| v.held.as_ref()) {
            return match held.get(&s.path) {
                Some(Held::Text(bytes)) => Read::Text(bytes.clone(), 0),
                Some(Held::Error(name)) => Read::Error(name),
                None => Read::Error(verify::NOT_HELD),
            };
        }
        let meta = match std::fs::metadata(&s.path) {
            Ok(m) => m,
            Err(e) => return Read::Error(error_name(&e)),
        };
        if meta.is_dir() {
            return Read::Error("IsDir");
        }
        if !meta.is_file() {
            // A pipe would keep us waiting for ever.
            return Read::Error("NotRegularFile");
        }
        if meta.len() > MAX_FILE {
            return Read::Error("FileTooBig");
        }
        match std::fs::read(&s.path) {
            Ok(b) => {
                let hash = xxhash_rust::xxh3::xxh3_128(&b);
                if hash == s.hash && s.contents == Contents::Text { Read::Same } else { Read::Text(Arc::from(b), hash) }
            }
            Err(e) => Read::Error(error_name(&e)),
        }
    }

    fn take_parse(&mut self, id: ScopeId, bytes: Arc<[u8]>, hash: u128, tree: Arc<AstTree>, lowered: Option<Lowered>) {
        if tree.error().is_some() {
            // Which files a broken file imports is not known: the edges stay as they were.
            let Some(s) = self.scopes.get_mut(id) else { return };
            s.contents = Contents::Text;
            s.hash = hash;
            s.source = Some(Source::new(s.shown.clone(), bytes));
            s.tree = Some(tree);
            return;
        }
        if !self.keep_imports(id, &tree) {
            self.take_imports(id, &tree);
        }
        let Some(s) = self.scopes.get_mut(id) else { return };
        s.contents = Contents::Text;
        s.hash = hash;
        s.source = Some(Source::new(s.shown.clone(), bytes));
        s.tree = Some(tree);
        if let (Some(l), Some(tree)) = (lowered, &s.tree) {
            let before = s.good.replace((tree.clone(), l.ir.clone()));
            let patched = before.is_some_and(|(_, ir)| alone_changed(tree, (&ir, &s.check), (&l.ir, &l.check)));
            s.check = l.check;
            if s.check.messages.is_empty() {
                self.with_findings.remove(&id);
            } else {
                self.with_findings.insert(id);
            }
            s.upon_applied = std::mem::take(&mut s.applied) && patched;
            self.unapplied.insert(id);
        }
    }

    /// If a file imports what it did, only where the strings stand may have changed.
    fn keep_imports(&mut self, id: ScopeId, tree: &AstTree) -> bool {
        let Some(s) = self.scopes.get_mut(id) else { return false };
        let same = s.contents == Contents::Text
            && s.good.is_some()
            && s.imports.len() == tree.imports().len()
            && s.imports.iter().zip(tree.imports()).all(|(e, i)| {
                syntax::literal::parse_string(tree.text(i.member, i.path)).is_ok_and(|text| *text == *e.text)
            });
        if same {
            for (e, i) in s.imports.iter_mut().zip(tree.imports()) {
                e.span = tree.span(i.member, i.path);
            }
        }
        same
    }

    fn take_imports(&mut self, id: ScopeId, tree: &AstTree) {
        let mut edges = Vec::new();
        for i in tree.imports() {
            let raw = tree.text(i.member, i.path);
            let Ok(text) = syntax::literal::parse_string(raw) else { continue };
            let to = self.resolve_import(id, &text);
            edges.push(ImportEdge { text: text.into_owned(), span: tree.span(i.member, i.path), to });
        }
        let file = &mut self.sema.files[id.ix()];
        let before = file.imports.clone();
        file.imports.clear();
        for e in &edges {
            let name = self.interner.intern(&e.text);
            match e.to {
                ImportTo::File(f) => {
                    file.imports.insert(name, ImportTarget::File(f));
                }
                ImportTo::Outside => {
                    file.imports.insert(name, ImportTarget::Missing);
                }
                ImportTo::Module => {}
            }
        }
        let moved: Vec<syntax::Name> = before
            .keys()
            .chain(file.imports.keys())
            .filter(|n| file.imports.get(n) != before.get(n))
            .copied()
            .collect();
        for n in moved {
            self.sema.graph.invalidate(sema::unit::Src::Import(id, n));
        }
        let Some(s) = self.scopes.get_mut(id) else { return };
        let before = std::mem::replace(&mut s.imports, edges);
        self.imports_replaced(id, &before);
    }

    /// Where an import string of a file leads; a file not known yet becomes dirty.
    fn resolve_import(&mut self, from: ScopeId, text: &[u8]) -> ImportTo {
        let Ok(text) = std::str::from_utf8(text) else { return ImportTo::Module };
        if !text.ends_with(".zig") {
            return ImportTo::Module;
        }
        let Some(s) = self.scopes.get(from) else { return ImportTo::Module };
        let module = s.module;
        let dir = s.path.parent().unwrap_or(Path::new("/"));
        let path = absolute_path(&dir.join(text), &self.cwd);
        let root_dir = match module {
            ModuleKind::Main => self.main_dir.clone(),
            ModuleKind::Std => self.lib_dir.join("std"),
            ModuleKind::Builtin | ModuleKind::Embedded => self.lib_dir.clone(),
        };
        if !path.starts_with(&root_dir) {
            return ImportTo::Outside;
        }
        if let Some(id) = self.scopes.find(&path) {
            let Some(s) = self.scopes.get_mut(id) else { return ImportTo::Module };
            if s.module == ModuleKind::Embedded {
                // From now on it is a source.
                s.module = module;
                s.contents = Contents::Unread;
                s.hash = 0;
                let (dotted, sub) = module_names(&path, &root_dir);
                let file = &mut self.sema.files[id.ix()];
                (file.dotted, file.sub_path) = (dotted, sub);
            }
            if s.contents == Contents::Unread {
                self.dirty.insert(id);
            }
            return ImportTo::File(id);
        }
        let (dotted, sub) = module_names(&path, &root_dir);
        let m = match module {
            ModuleKind::Main => self.sema.main_module,
            ModuleKind::Std => self.sema.std_module.unwrap_or(self.sema.main_module),
            ModuleKind::Builtin | ModuleKind::Embedded => self.sema.builtin_module.unwrap_or(self.sema.main_module),
        };
        let id = self.sema.add_file(m, dotted, sub);
        let shown = errmsg::shown_path(&path, &self.cwd);
        self.scopes.add(id, path, shown, module);
        self.dirty.insert(id);
        ImportTo::File(id)
    }

    /// Keeps the set of files with errors of their own.
    fn note_errors(&mut self, id: ScopeId) {
        let Some(s) = self.scopes.get(id) else { return };
        let bad = match s.contents {
            Contents::Error(_) => true,
            Contents::Text => {
                s.tree.as_ref().is_some_and(|t| t.error().is_some())
                    || s.check.fatal
                    || s.imports.iter().any(|e| e.to == ImportTo::Outside)
            }
            Contents::Unread => false,
        };
        if bad {
            self.with_errors.insert(id);
        } else {
            self.with_errors.remove(&id);
        }
    }

    /// Errors that suspend semantics: unreadable files, syntax errors, duplicate names.
    pub(crate) fn file_errors(&self) -> Vec<Msg> {
        let mut msgs = Vec::new();
        let mut broken: Vec<ScopeId> = self.with_errors.iter().copied().filter(|&id| self.is_alive(id)).collect();
        if broken.is_empty() {
            return msgs;
        }
        // What can be said of the other files without semantics is said, too.
        let mut found: Vec<ScopeId> = self.with_findings.iter().copied().filter(|&id| self.is_alive(id)).collect();
        found.retain(|&id| self.scopes.get(id).and_then(|s| s.tree.as_ref()).is_some_and(|t| t.error().is_none()));
        // A build from nothing would not know what a broken file imports. A single one is reached by others.
        if broken.len() > 1 || found.iter().any(|id| !broken.contains(id)) {
            let known = self.reached(RootScope::is_whole);
            broken.retain(|id| known.contains_key(id));
            found.retain(|id| known.contains_key(id));
            if broken.is_empty() {
                return msgs;
            }
        }
        for id in broken {
            let Some(s) = self.scopes.get(id) else { continue };
            match s.contents {
                Contents::Error(name) => msgs.push(self.unreadable(id, name)),
                Contents::Text => match (&s.tree.as_ref().and_then(|t| t.error()), &s.source) {
                    (Some(e), Some(source)) => msgs.push(self.syntax_error(e, source)),
                    _ => msgs.extend(self.outside_imports(id)),
                },
                Contents::Unread => {}
            }
        }
        for id in found {
            if self.scopes.get(id).is_some_and(|s| s.contents == Contents::Text) {
                msgs.extend(self.check_messages(id));
            }
        }
        msgs.sort_by(|a, b| a.cmp_by_place(b));
        msgs
    }
}

/// The language's name for a system error.
pub(crate) fn error_name(e: &std::io::Error) -> &'static str {
    use std::io::ErrorKind as K;
    match e.kind() {
        K::NotFound => "FileNotFound",
        K::PermissionDenied => "AccessDenied",
        K::IsADirectory => "IsDir",
        K::NotADirectory => "NotDir",
        K::OutOfMemory => "OutOfMemory",
        K::StorageFull => "NoSpaceLeft",
        K::InvalidFilename => "NameTooLong",
        K::ReadOnlyFilesystem => "ReadOnlyFileSystem",
        _ => match e.raw_os_error() {
            Some(40) => "SymLinkLoop",
            Some(36) => "NameTooLong",
            Some(24 | 23) => "ProcessFdQuotaExceeded",
            _ => "InputOutput",
        },
    }
}
