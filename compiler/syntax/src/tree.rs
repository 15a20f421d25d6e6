//! One immutable parse of a file: source, tokens, the containers and members of every depth.

use std::sync::Arc;

use crate::ast::{ContainerKind, MemberAst, Tok};
use crate::name::Name;

/// A container of a tree; 0 is the file itself (a struct).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ContainerIx(pub u32);

/// A member of a tree, in source order of the whole file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct MemberIx(pub u32);

/// What a member is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub enum MemberKind {
    Field,
    Const,
    Var,
    Fn,
    Test,
    Comptime,
}

/// Structural 128-bit hashes (token kinds and text; doc comments, comments and blanks free).
/// Nested members are cut out: of a nested container only kind, layout, argument and position
/// remain.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct MemberHash {
    /// A function's prototype; of other members: everything before `=`.
    pub sig: u128,
    /// The rest.
    pub body: u128,
}

/// A container of a file.
#[derive(Clone, Debug)]
pub struct Container {
    /// Keyword.
    pub kind: ContainerKind,
    /// The member whose text holds it, and which one of that member's containers it is; `None`
    /// for the file.
    pub owner: Option<(MemberIx, u32)>,
    /// Its direct members in source order.
    pub members: Vec<MemberIx>,
    /// Hash of its field list (names, types, alignments, defaults, layout keyword and argument).
    pub fields_hash: u128,
}

/// A member of a file.
#[derive(Clone)]
pub struct Member {
    /// Kind.
    pub kind: MemberKind,
    /// Declared name of a `const`/`var`/`fn`/named field; the text of a test's name.
    pub name: Option<Name>,
    /// `pub`.
    pub is_pub: bool,
    /// The container it belongs to.
    pub container: ContainerIx,
    /// Token index in the file of its ordinal 0.
    pub base: u32,
    /// One past its last token, in the file.
    pub end: u32,
    /// Structural hashes.
    pub hash: MemberHash,
    /// Its tree.
    pub ast: Arc<MemberAst>,
    /// The containers directly nested in it, by ordinal.
    pub containers: Vec<ContainerIx>,
}

/// The first syntax error of a file, as Zig reports it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SyntaxError {
    /// Message text.
    pub text: String,
    /// Byte span of what is underlined; `main` is the byte that line and column are taken from.
    pub start: u32,
    /// See `start`.
    pub end: u32,
    /// See `start`.
    pub main: u32,
    /// Notes: text and span.
    pub notes: Vec<(String, u32, u32)>,
}

/// One parse of a file.
pub struct AstTree {
    // FIELDS: source, tokens, members, containers, doc comments, error; owned by this module.
}

impl AstTree {
    /// The bytes.
    pub fn source(&self) -> &Arc<[u8]> {
        unimplemented!("syntax")
    }
    /// The first syntax error, if the file has one; members are then not to be analysed.
    pub fn error(&self) -> Option<&SyntaxError> {
        unimplemented!("syntax")
    }
    /// All members of the file, at any depth.
    pub fn members(&self) -> &[Member] {
        unimplemented!("syntax")
    }
    /// All containers; the first is the file.
    pub fn containers(&self) -> &[Container] {
        unimplemented!("syntax")
    }
    /// The bytes of a token of a member.
    pub fn text(&self, _member: MemberIx, _tok: Tok) -> &[u8] {
        unimplemented!("syntax")
    }
    /// Byte span of a token of a member.
    pub fn span(&self, _member: MemberIx, _tok: Tok) -> (u32, u32) {
        unimplemented!("syntax")
    }
    /// Text of the doc comments before a member, if any (for editors and `@typeInfo`-free uses).
    pub fn doc(&self, _member: MemberIx) -> Option<String> {
        unimplemented!("syntax")
    }
}
