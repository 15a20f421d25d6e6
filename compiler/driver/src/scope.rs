//! Root scopes: one per source file of the compilation, with its current parse.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use errmsg::Source;
use ir::{FileCheck, FileIr};
use rustc_hash::FxHashMap;
use sema::FileId;
use syntax::AstTree;

use crate::linked::{Inode, Names};

/// A file larger than this is refused: offsets are 32 bits.
pub const MAX_FILE: u64 = (2 << 30) - 1;

/// Index of a Root scope; equals the [`FileId`] that semantics know the file by.
pub type ScopeId = FileId;

/// Which module a file belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ModuleKind {
    /// The program.
    Main,
    /// The library.
    Std,
    /// The made-up module.
    Builtin,
    /// None: it is no source, but embedded in one.
    Embedded,
}

/// What reading a file gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contents {
    /// Not read yet.
    Unread,
    /// Read.
    Text,
    /// Could not be read: the error's name in the language.
    Error(&'static str),
}

/// One source file.
pub struct RootScope {
    /// Absolute path.
    pub path: PathBuf,
    /// As messages show it.
    pub shown: String,
    /// Its module.
    pub module: ModuleKind,
    /// What the path led to when it was last read.
    pub inode: Option<Inode>,
    /// Hash of the bytes last parsed.
    pub hash: u128,
    /// What reading it gave.
    pub contents: Contents,
    /// The newest parse.
    pub tree: Option<Arc<AstTree>>,
    /// Its source as messages use it.
    pub source: Option<Arc<Source>>,
    /// The newest parse without a syntax error, and its IR: what later parses share members with,
    /// so that breaking a file and mending it changes nothing.
    pub good: Option<(Arc<AstTree>, Arc<FileIr>)>,
    /// What can be said of the newest parse without types: names, unused locals and the like.
    pub check: Arc<FileCheck>,
    /// Whether tables are in line with the newest parse.
    pub applied: bool,
    /// Whether they were in line with the parse that the newest one was made upon.
    pub upon_applied: bool,
    /// The files it imports: string as written, target, place of the string in the tree.
    pub imports: Vec<ImportEdge>,
    /// Reached from the program's root.
    pub alive: bool,
    /// A file in use that imports it, such that no circle arises; none for the roots.
    pub support: Option<ScopeId>,
    /// Registered with the watcher.
    pub watched: bool,
}

impl RootScope {
    /// Whether it was read, has no syntax error and can be used as a container, so that a build from nothing
    /// knows what it imports.
    pub fn is_whole(&self) -> bool {
        let good = self.tree.as_ref().is_some_and(|t| t.error().is_none());
        self.contents == Contents::Text && good && !self.check.fatal
    }
}

/// One `@import` of a file.
#[derive(Clone, Debug)]
pub struct ImportEdge {
    /// The string.
    pub text: Vec<u8>,
    /// Byte span of the string token.
    pub span: (u32, u32),
    /// Where it leads.
    pub to: ImportTo,
}

/// Where an import leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ImportTo {
    /// A file.
    File(ScopeId),
    /// A module (semantics resolve it).
    Module,
    /// Outside of the module's directory.
    Outside,
}

/// All Root scopes, found by path.
#[derive(Default)]
pub struct Scopes {
    /// By id.
    pub all: Vec<RootScope>,
    by_path: FxHashMap<PathBuf, ScopeId>,
    /// By what the paths lead to.
    pub(crate) names: Names,
}

impl Scopes {
    /// The scope of a path, if there is one.
    pub fn find(&self, path: &Path) -> Option<ScopeId> {
        self.by_path.get(path).copied()
    }
    /// Adds a scope under the id that semantics gave it.
    pub fn add(&mut self, id: ScopeId, path: PathBuf, shown: String, module: ModuleKind) {
        debug_assert_eq!(id.ix(), self.all.len());
        self.by_path.insert(path.clone(), id);
        self.all.push(RootScope {
            path,
            shown,
            module,
            inode: None,
            hash: 0,
            contents: Contents::Unread,
            tree: None,
            source: None,
            good: None,
            check: Arc::default(),
            applied: false,
            upon_applied: false,
            imports: Vec::new(),
            alive: false,
            support: None,
            watched: false,
        });
    }
    /// A scope.
    pub fn get(&self, id: ScopeId) -> Option<&RootScope> {
        self.all.get(id.ix())
    }
    /// A scope, to change it.
    pub fn get_mut(&mut self, id: ScopeId) -> Option<&mut RootScope> {
        self.all.get_mut(id.ix())
    }
    /// All ids.
    pub fn ids(&self) -> impl Iterator<Item = ScopeId> + use<> {
        (0..self.all.len() as u32).map(FileId)
    }
}

/// An absolute path with `.` and `..` resolved in the text. Symbolic links stay: an import is looked
/// up beside the path that a file was reached by, and a link that is pointed elsewhere is a save.
pub fn absolute_path(path: &Path, cwd: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for c in cwd.join(path).components() {
        match c {
            std::path::Component::ParentDir => {
                out.pop();
            }
            std::path::Component::CurDir => {}
            c => out.push(c),
        }
    }
    out
}
