//! Identity over edits: files, container sites, members, container instances, declarations.
//!
//! A *site* is a place in the text where a container stands; a *member* is one of its items. Both
//! keep their id while the text around them is edited ([`crate::diff`] matches old to new). A
//! *container instance* ([`ContId`]) is a site together with the values it captured, and a *decl*
//! is a member seen in one container instance. Tables of names are per site, not per instance.

use std::sync::Arc;

use indexmap::IndexMap;
use ir::MemberIr;
use rustc_hash::{FxBuildHasher, FxHashMap};
use syntax::ast::ContainerKind;
use syntax::{AstTree, MemberAst, MemberHash, MemberIx, MemberKind, Name};

use crate::pool::{ContId, TypeId, ValueId};

macro_rules! id {
    ($(#[$m:meta])* $n:ident) => {
        $(#[$m])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub struct $n(pub u32);
        impl $n {
            /// As an index into its arena.
            pub fn ix(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id!(
    /// A source file of the compilation.
    FileId
);
id!(
    /// A place in the text where a container stands; stable over edits.
    SiteId
);
id!(
    /// One item of a site; stable over edits.
    MemberId
);
id!(
    /// A member in one container instance.
    DeclId
);
id!(
    /// A module: a root file with its directory, and the names it may import.
    ModuleId
);

/// A module.
pub struct Module {
    /// The file that `@import` of its name gives.
    pub root: FileId,
    /// Modules that its files may import by name.
    pub deps: Vec<(Name, ModuleId)>,
}

/// What an `@import` string of a file leads to; supplied by the driver, which knows paths.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ImportTarget {
    /// A file of the compilation.
    File(FileId),
    /// Nothing: the driver reports missing files itself.
    Missing,
}

/// A source file.
pub struct File {
    /// The module it belongs to.
    pub module: ModuleId,
    /// Dotted path below the module's root directory, as type names show it (`main`, `sub.foo`).
    pub dotted: String,
    /// Path below the module's root directory, as `@src` shows it.
    pub sub_path: String,
    /// The site of the file's struct.
    pub root: SiteId,
    /// The tree that the tables were last brought in line with.
    pub tree: Option<Arc<AstTree>>,
    /// Where its imports lead.
    pub imports: FxHashMap<Name, ImportTarget>,
    /// The instance of its struct, once asked for.
    pub cont: Option<ContId>,
}

/// A container site.
pub struct Site {
    /// The file.
    pub file: FileId,
    /// Keyword.
    pub kind: ContainerKind,
    /// The member that holds it; `None` for a file.
    pub owner: Option<MemberId>,
    /// Declarations by name, in source order. Written only by the diff.
    pub decls: IndexMap<Name, MemberId, FxBuildHasher>,
    /// All members in source order. Written only by the diff.
    pub members: Vec<MemberId>,
    /// Hash of the field list.
    pub fields_hash: u128,
}

impl Site {
    /// A site that nothing stands in.
    pub fn empty() -> Site {
        Site {
            file: FileId(0),
            kind: ContainerKind::Struct,
            owner: None,
            decls: IndexMap::default(),
            members: Vec::new(),
            fields_hash: 0,
        }
    }
}

/// A member.
pub struct Member {
    /// Where it stands.
    pub site: SiteId,
    /// Which member of the file's current tree it is.
    pub ix: MemberIx,
    /// Kind.
    pub kind: MemberKind,
    /// Name of a declaration or field.
    pub name: Option<Name>,
    /// `pub`.
    pub is_pub: bool,
    /// Structural hashes.
    pub hash: MemberHash,
    /// Its tree.
    pub ast: Arc<MemberAst>,
    /// Its untyped IR.
    pub ir: Arc<MemberIr>,
    /// Directly nested sites, by ordinal.
    pub containers: Vec<SiteId>,
    /// The check of the file found it unusable and has said why: its readers fail silently.
    pub failed: bool,
    /// It is not in its file any more. Ids are not used again.
    pub removed: bool,
}

/// What a name of an enclosing function stands for inside a container.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Capture {
    /// Known at compile time.
    Value(ValueId),
    /// Known only at run time: usable for its type alone.
    Runtime(TypeId),
}

/// A container instance.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ContKey {
    /// The site.
    pub site: SiteId,
    /// The lexically enclosing instance; `None` for a file.
    pub parent: Option<ContId>,
    /// Captured names and what they stand for.
    pub captures: Arc<[(Name, Capture)]>,
    /// The comptime value of the argument in `enum(T)`, `struct(T)`, `union(T)`.
    pub arg: Option<TypeId>,
    /// Distinguishes types made by `@Type` from the same site by their content.
    pub reified: Option<ValueId>,
}

/// What hangs on a container instance.
pub struct Cont {
    /// Its key.
    pub key: ContKey,
    /// The site in the key that it is found under: that of a struct which no text declares is another.
    pub known_site: SiteId,
    /// Its type.
    pub ty: TypeId,
    /// Its full name.
    pub name: String,
    /// How many instances led to it: see [`crate::analyze::MAX_INSTANCE_DEPTH`].
    pub depth: u32,
    /// Its declarations seen so far.
    pub decls: FxHashMap<MemberId, DeclId>,
}

/// What hangs on a declaration.
pub struct Decl {
    /// The container instance.
    pub cont: ContId,
    /// The member.
    pub member: MemberId,
}
