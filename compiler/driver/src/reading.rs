//! Reading: the dirty files and what they import first are read, parsed, lowered and checked, all that
//! needs nothing but the file itself.

use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

use errmsg::Source;
use rayon::prelude::*;
use sema::ImportTarget;
use syntax::tree::Import;
use syntax::{AstTree, MemberIx, Tok};

use crate::compilation::{Compilation, module_names};
use crate::event::Counts;
use crate::linked::Inode;
use crate::scope::{Contents, ImportEdge, ImportTo, MAX_FILE, ModuleKind, RootScope, ScopeId, absolute_path};
use crate::verify::{self, Held};

/// A parse without syntax errors, lowered and checked.
struct Lowered {
    ir: Arc<ir::FileIr>,
    check: Arc<ir::FileCheck>,
    /// Made upon what the file's own name held, so that a patch is one of that.
    upon_own: bool,
}

/// What was made of the text of a source.
struct Parsed {
    source: Arc<Source>,
    tree: Arc<AstTree>,
    lowered: Option<Lowered>,
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

/// The imports of a file that count: those not behind a mistake that ends what is known of a member.
fn visited<'t>(tree: &'t AstTree, unvisited: &'t [(MemberIx, Tok)]) -> impl Iterator<Item = &'t Import> {
    tree.imports().iter().filter(|i| unvisited.is_empty() || !unvisited.contains(&(i.member, i.path)))
}

/// What was made of a file under another of its names, with the path of this one.
fn taken(twin: &RootScope, s: &RootScope) -> Option<Parsed> {
    let (source, tree) = (twin.source.as_ref()?, twin.tree.clone()?);
    let lowered = match &twin.good {
        _ if tree.error().is_some() => None,
        Some((good, ir)) if Arc::ptr_eq(good, &tree) => {
            Some(Lowered { ir: ir.clone(), check: twin.check.clone(), upon_own: false })
        }
        _ => return None,
    };
    Some(Parsed { source: source.under(s.shown.clone()), tree, lowered })
}

/// A file that was read.
pub(crate) enum Read {
    Same,
    Error(&'static str),
    Text(Arc<[u8]>, u128),
}

/// What the system says of a file, or its error's name; nothing of one that does not come from the disk.
pub(crate) type Stat = Result<Option<Metadata>, &'static str>;

/// The file of a file system that was looked at.
pub(crate) fn inode(stat: &Stat) -> Option<Inode> {
    let meta = stat.as_ref().ok()?.as_ref()?;
    Some(Inode { device: meta.dev(), number: meta.ino() })
}

impl Compilation {
    /// Reads and parses dirty files, and files first imported by them.
    pub(crate) fn read_dirty(&mut self, counts: &mut Counts) {
        while !self.dirty.is_empty() {
            let batch = std::mem::take(&mut self.dirty);
            let batch = self.in_any_order(batch);
            for &id in &batch {
                self.register(id);
            }
            let batch = self.look_at(&batch);
            let this = &*self;
            let one = |(id, stat): &(ScopeId, Stat)| {
                let read = this.read(*id, stat);
                let parsed = match &read {
                    Read::Text(bytes, hash) => this.parse(*id, bytes, *hash),
                    Read::Same => this.taken_from_twin(*id),
                    Read::Error(_) => None,
                };
                (*id, read, parsed)
            };
            let results: Vec<_> = match &batch[..] {
                [only] => vec![one(only)],
                many => many.par_iter().map(one).collect(),
            };
            for (id, read, parsed) in results {
                counts.files_read += 1;
                match (read, parsed) {
                    (Read::Text(_, hash), Some(parsed)) => {
                        self.stale = true;
                        self.take_parse(id, hash, parsed);
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
                    (Read::Same, Some(parsed)) => {
                        // Nobody needs to be told, and the tables can wait for something to be built.
                        let Some(hash) = self.scopes.get(id).map(|s| s.hash) else { continue };
                        self.take_parse(id, hash, parsed);
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
                    _ => continue,
                }
                self.touch_other_names(id);
            }
        }
    }

    /// Parses, lowers and checks the text of a source, or takes what was made of it under another name.
    fn parse(&self, id: ScopeId, bytes: &Arc<[u8]>, hash: u128) -> Option<Parsed> {
        let s = self.scopes.get(id).filter(|s| s.module != ModuleKind::Embedded)?;
        if let Some(parsed) = self.scopes.twin(id, bytes, hash).and_then(|t| taken(t, s)) {
            return Some(parsed);
        }
        let source = self.scopes.source_of(id, bytes, hash)?;
        let previous = s.good.as_ref().map(|(t, i)| (&**t, &**i));
        let mut tree = AstTree::parse(source.text().clone(), &self.interner, previous.map(|p| p.0));
        let lowered = if tree.error().is_none() {
            let ir = Arc::new(ir::lower_file(&tree, &self.interner, previous));
            let before = previous.map(|(_, ir)| (ir, &*s.check));
            let check = match before.and_then(|b| ir::recheck_file(&tree, &ir, &self.interner, b)) {
                Some(()) => s.check.clone(),
                None => Arc::new(ir::check_file(&tree, &ir, &self.interner)),
            };
            Some(Lowered { ir, check, upon_own: true })
        } else {
            None
        };
        // What was edited is likely to be edited again.
        if previous.is_none() {
            tree.rest();
        }
        Some(Parsed { source, tree: Arc::new(tree), lowered })
    }

    /// What was made of the same bytes under another name, if a name now leads there and did not before.
    fn taken_from_twin(&self, id: ScopeId) -> Option<Parsed> {
        let s = self.scopes.get(id).filter(|s| s.module != ModuleKind::Embedded)?;
        let source = s.source.as_ref()?;
        let twin = self.scopes.twin(id, source.text(), s.hash)?;
        let held_twice = !Arc::ptr_eq(twin.tree.as_ref()?, s.tree.as_ref()?);
        if held_twice { taken(twin, s) } else { None }
    }

    /// Asks the system about a file.
    pub(crate) fn stat(&self, id: ScopeId) -> Stat {
        let Some(s) = self.scopes.get(id).filter(|s| s.module != ModuleKind::Builtin) else { return Ok(None) };
        if self.verifying.as_ref().is_some_and(|v| v.held.is_some()) {
            return Ok(None);
        }
        std::fs::metadata(&s.path).map(Some).map_err(|e| error_name(&e))
    }

    /// Reads a file that was looked at.
    pub(crate) fn read(&self, id: ScopeId, stat: &Stat) -> Read {
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
        let meta = match stat {
            Ok(Some(m)) => m,
            Ok(None) => return Read::Same,
            Err(name) => return Read::Error(name),
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
        match contents(&s.path, meta.len() as usize) {
            Ok(b) => {
                let hash = xxhash_rust::xxh3::xxh3_128(&b);
                if hash == s.hash && s.contents == Contents::Text { Read::Same } else { Read::Text(b, hash) }
            }
            Err(e) => Read::Error(error_name(&e)),
        }
    }

    fn take_parse(&mut self, id: ScopeId, hash: u128, parsed: Parsed) {
        let Parsed { source, tree, lowered } = parsed;
        if tree.error().is_some() {
            // Which files a broken file imports is not known: the edges stay as they were.
            let Some(s) = self.scopes.get_mut(id) else { return };
            s.contents = Contents::Text;
            s.hash = hash;
            s.source = Some(source);
            s.tree = Some(tree);
            return;
        }
        let unvisited = lowered.as_ref().map_or(&[][..], |l| &l.check.unvisited);
        if !self.keep_imports(id, &tree, unvisited) {
            self.take_imports(id, &tree, unvisited);
        }
        let Some(s) = self.scopes.get_mut(id) else { return };
        s.contents = Contents::Text;
        s.hash = hash;
        s.source = Some(source);
        s.tree = Some(tree);
        if let (Some(l), Some(tree)) = (lowered, &s.tree) {
            let before = s.good.replace((tree.clone(), l.ir.clone()));
            let changed_alone = |(_, ir): (_, Arc<ir::FileIr>)| alone_changed(tree, (&ir, &s.check), (&l.ir, &l.check));
            let patched = l.upon_own && before.is_some_and(changed_alone);
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
    fn keep_imports(&mut self, id: ScopeId, tree: &AstTree, unvisited: &[(MemberIx, Tok)]) -> bool {
        let Some(s) = self.scopes.get_mut(id) else { return false };
        let same = s.contents == Contents::Text
            && s.good.is_some()
            && s.imports.len() == visited(tree, unvisited).count()
            && s.imports.iter().zip(visited(tree, unvisited)).all(|(e, i)| {
                syntax::literal::parse_string(tree.text(i.member, i.path)).is_ok_and(|text| *text == *e.text)
            });
        if same {
            for (e, i) in s.imports.iter_mut().zip(visited(tree, unvisited)) {
                e.span = tree.span(i.member, i.path);
            }
        }
        same
    }

    fn take_imports(&mut self, id: ScopeId, tree: &AstTree, unvisited: &[(MemberIx, Tok)]) {
        let mut edges = Vec::new();
        for i in visited(tree, unvisited) {
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
}

/// The bytes of a file that probably has `len` of them, read to where they are to stay.
fn contents(path: &Path, len: usize) -> io::Result<Arc<[u8]>> {
    let mut file = File::open(path)?;
    let mut bytes: Arc<[u8]> = std::iter::repeat_n(0, len).collect();
    let room = Arc::get_mut(&mut bytes).unwrap_or_default();
    let mut filled = 0;
    while let Some(rest) = room.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    // It may have become longer or shorter since somebody looked.
    let mut more = Vec::new();
    file.take(MAX_FILE).read_to_end(&mut more)?;
    if filled == len && more.is_empty() {
        return Ok(bytes);
    }
    let read = room.get(..filled).unwrap_or_default();
    Ok([read, &more].concat().into())
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
