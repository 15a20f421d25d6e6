//! Messages of semantics. Places are (member, tokens): they move with the text and are turned
//! into bytes only when a message is shown.

use syntax::{MemberAst, NodeId, Tok};

use crate::decl::{FileId, MemberId};
use crate::pool::ContId;

/// What a message underlines. Most places are never shown, so that the ends of a node are not looked for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Extent {
    /// All of a node.
    Node(NodeId),
    /// From a token to another, including it.
    Toks(Tok, Tok),
}

/// A place: tokens of a member, relative to it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Place {
    /// The member.
    pub member: MemberId,
    /// Where line and column are taken from.
    pub main: Tok,
    /// What is underlined.
    pub extent: Extent,
    /// Byte offset within the main token (string contents), usually 0.
    pub offset: u32,
}

/// An id that no member ever gets, nor the beginning of a file.
const MADE_UP: MemberId = MemberId(1 << 31);

impl Place {
    /// A token.
    pub fn tok(member: MemberId, tok: Tok) -> Place {
        Place { member, main: tok, extent: Extent::Toks(tok, tok), offset: 0 }
    }

    /// A node of the tree of `member`.
    pub fn node(member: MemberId, ast: &MemberAst, node: NodeId) -> Place {
        Place { member, main: ast.main_token(node), extent: Extent::Node(node), offset: 0 }
    }

    /// First and last token that are underlined; `ast` is the member's tree.
    pub fn range(self, ast: &MemberAst) -> (Tok, Tok) {
        match self.extent {
            Extent::Node(n) => ast.token_range(n),
            Extent::Toks(first, last) => (first, last),
        }
    }

    /// The beginning of a file, which needs no member: its id is one that no member ever gets.
    pub fn file_start(f: FileId) -> Place {
        Place::tok(MemberId(u32::MAX - f.0), Tok(0))
    }

    /// Where a type was made up (by `@Type`, or as that of an initializer without one): looked up
    /// when it is shown, for the expression may have moved while the type stays what it is.
    pub fn made_up(c: ContId) -> Place {
        Place { offset: c.0, ..Place::tok(MADE_UP, Tok(0)) }
    }

    /// The type, if this is where one was made up.
    pub fn made_up_type(self) -> Option<ContId> {
        (self.member == MADE_UP).then_some(ContId(self.offset))
    }

    /// The file, if this is the beginning of one of `files` files.
    pub fn started_file(self, files: usize) -> Option<FileId> {
        let f = FileId(u32::MAX - self.member.0);
        (f.ix() < files).then_some(f)
    }
}

/// A message with its notes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SemaMsg {
    /// Where.
    pub place: Place,
    /// What.
    pub text: String,
    /// Notes, each with a place of its own, if it has one.
    pub notes: Vec<(Option<Place>, String)>,
}

impl SemaMsg {
    /// A message without notes.
    pub fn new(place: Place, text: impl Into<String>) -> SemaMsg {
        SemaMsg { place, text: text.into(), notes: Vec::new() }
    }
    /// Adds a note.
    pub fn note(mut self, place: Place, text: impl Into<String>) -> SemaMsg {
        self.notes.push((Some(place), text.into()));
        self
    }
}
