//! Messages of semantics. Places are (member, tokens): they move with the text and are turned
//! into bytes only when a message is shown.

use syntax::Tok;

use crate::decl::{FileId, MemberId};

/// A place: tokens of a member, relative to it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Place {
    /// The member.
    pub member: MemberId,
    /// Where line and column are taken from.
    pub main: Tok,
    /// First token that is underlined.
    pub first: Tok,
    /// Last token that is underlined.
    pub last: Tok,
    /// Byte offset within the main token (string contents), usually 0.
    pub offset: u32,
}

impl Place {
    /// The beginning of a file, which needs no member: its id is one that no member ever gets.
    pub fn file_start(f: FileId) -> Place {
        let tok = Tok(0);
        Place { member: MemberId(u32::MAX - f.0), main: tok, first: tok, last: tok, offset: 0 }
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
