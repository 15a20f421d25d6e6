//! One immutable parse of a file: source, tokens, the containers and members of every depth.

mod file;
mod parse;
mod patch;

pub(crate) use parse::value_error;

use std::sync::{Arc, OnceLock};

use crate::ast::{ContainerKind, MemberAst, Tok};
use crate::literal;
use crate::name::{Interner, Name};
use crate::token::{Kind, Pieces, Tokens};

pub use file::FileTree;
pub use patch::Patch;

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
    /// Tokens of its braces in the file; of the file itself, 0 and the end.
    pub lbrace: u32,
    /// See `lbrace`.
    pub rbrace: u32,
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
    /// Where containers are cut out of it: ordinal of each `{`, and how many tokens were cut so far.
    pub(crate) cuts: Box<[(u32, u32)]>,
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

/// A string literal that is the operand of an `@import`, wherever it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Import {
    /// The member it stands in.
    pub member: MemberIx,
    /// The string literal.
    pub path: Tok,
}

/// One parse of a file.
pub struct AstTree {
    source: Arc<[u8]>,
    tokens: Pieces,
    members: Vec<Member>,
    containers: Vec<Container>,
    imports: Vec<Import>,
    error: Option<SyntaxError>,
    /// First bytes of lines, found when first asked for.
    lines: OnceLock<Vec<u32>>,
    patch: Option<Patch>,
}

impl AstTree {
    /// Parses a file; members whose tokens stand unchanged in `previous` share their tree with it.
    pub fn parse(source: Arc<[u8]>, interner: &Interner, previous: Option<&AstTree>) -> AstTree {
        parse::parse(source, interner, previous)
    }
    /// How the tree differs from the one that it was parsed upon, if that is known to be little.
    pub fn patch(&self) -> Option<Patch> {
        self.patch
    }
    /// The bytes.
    pub fn source(&self) -> &Arc<[u8]> {
        &self.source
    }
    /// The first syntax error, if the file has one; there are no members then.
    pub fn error(&self) -> Option<&SyntaxError> {
        self.error.as_ref()
    }
    /// All members of the file, at any depth.
    pub fn members(&self) -> &[Member] {
        &self.members
    }
    /// One member.
    pub fn member(&self, ix: MemberIx) -> &Member {
        &self.members[ix.0 as usize]
    }
    /// All containers; the first is the file.
    pub fn containers(&self) -> &[Container] {
        &self.containers
    }
    /// One container.
    pub fn container(&self, ix: ContainerIx) -> &Container {
        &self.containers[ix.0 as usize]
    }
    /// The paths of `@import("…")`, in source order.
    pub fn imports(&self) -> &[Import] {
        &self.imports
    }
    /// All tokens of the file.
    pub fn tokens(&self) -> Tokens {
        self.tokens.all()
    }
    /// Takes less room from now on: for a file that is done with for a while.
    pub fn rest(&mut self) {
        for ast in self.members.iter_mut().filter_map(|m| Arc::get_mut(&mut m.ast)) {
            ast.rest();
        }
    }

    /// The file's index of a token of a member.
    pub fn token_index(&self, member: MemberIx, tok: Tok) -> u32 {
        let m = self.member(member);
        let n = m.cuts.partition_point(|c| c.0 < tok.0);
        let cut = n.checked_sub(1).map_or(0, |i| m.cuts[i].1);
        m.base + tok.0 + cut
    }
    /// The innermost member that holds a token of the file, and the token's ordinal in it.
    pub fn locate(&self, index: u32) -> Option<(MemberIx, Tok)> {
        let mut at = self.members.partition_point(|m| m.base <= index).checked_sub(1)? as u32;
        loop {
            let m = &self.members[at as usize];
            if index < m.end {
                let cut = m.cuts.iter().take_while(|c| m.base + c.0 + c.1 < index).last().map_or(0, |c| c.1);
                return Some((MemberIx(at), Tok(index - m.base - cut)));
            }
            at = self.container(m.container).owner?.0.0;
        }
    }
    /// The kind of a token of a member.
    pub fn token_kind(&self, member: MemberIx, tok: Tok) -> Kind {
        let i = self.token_index(member, tok) as usize;
        self.tokens.kind(i).unwrap_or(Kind::Eof)
    }
    /// The bytes of a token of a member.
    pub fn text(&self, member: MemberIx, tok: Tok) -> &[u8] {
        let (start, end) = self.span(member, tok);
        self.source.get(start as usize..end as usize).unwrap_or_default()
    }
    /// Byte span of a token of a member.
    pub fn span(&self, member: MemberIx, tok: Tok) -> (u32, u32) {
        self.tokens.span(self.token_index(member, tok) as usize)
    }
    /// The name of an identifier token, unquoted; `None` if its escapes are bad.
    pub fn name(&self, member: MemberIx, tok: Tok, interner: &Interner) -> Option<Name> {
        let text = literal::parse_identifier(self.text(member, tok)).ok()?;
        Some(interner.intern(&text))
    }
    /// Byte span of a member.
    pub fn member_span(&self, member: MemberIx) -> (u32, u32) {
        let m = self.member(member);
        let last = m.end.saturating_sub(1).max(m.base);
        (self.tokens.span(m.base as usize).0, self.tokens.span(last as usize).1)
    }
    /// Byte span of the token that holds a byte.
    pub fn token_at(&self, byte: u32) -> Option<(u32, u32)> {
        self.tokens.at_byte(byte)
    }
    /// Text of the doc comments before a member, if any (for editors and `@typeInfo`-free uses).
    pub fn doc(&self, member: MemberIx) -> Option<String> {
        let docs = self.tokens.docs_before(self.member(member).base as usize);
        let lines: Vec<_> = docs
            .iter()
            .filter(|d| !d.container)
            .map(|d| {
                let text = String::from_utf8_lossy(&self.source[d.start as usize + 3..d.end as usize]);
                text.strip_prefix(' ').unwrap_or(&text).trim_end().to_owned()
            })
            .collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
    /// Line and column of a byte, both from 1; columns count bytes.
    pub fn line_column(&self, byte: u32) -> (u32, u32) {
        let lines = self.lines.get_or_init(|| {
            let feeds = memchr::memchr_iter(b'\n', &self.source);
            std::iter::once(0).chain(feeds.map(|i| i as u32 + 1)).collect()
        });
        let line = lines.partition_point(|start| *start <= byte);
        let start = line.checked_sub(1).and_then(|i| lines.get(i)).copied().unwrap_or(0);
        (line as u32, byte - start + 1)
    }
}
