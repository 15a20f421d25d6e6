//! The message model: [`Msg`], its [`Place`], [`Note`]s and the trace of [`Ref`]s.

use crate::source::{Pos, Source};
use std::cmp::Ordering;
use std::sync::Arc;

/// How grave a message is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// The user must mend something.
    Error,
    /// A remark that stands by itself (for instance which watch backend is in use).
    Note,
}

impl Kind {
    /// The word that is printed before the text.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Error => "error",
            Kind::Note => "note",
        }
    }
}

/// Bytes `start..end` of one source, of which `main` is the one that matters: its line and column
/// are reported while the whole span is underlined.
#[derive(Clone, Debug)]
pub struct Span {
    /// The version of the file that the offsets count in.
    pub source: Arc<Source>,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// First byte of the main token; within `start..=end`.
    pub main: u32,
}

impl Span {
    /// A span whose main token stands somewhere inside it.
    pub fn new(source: &Arc<Source>, start: u32, end: u32, main: u32) -> Span {
        Span { source: source.clone(), start, end, main }
    }

    /// A span whose main token is its first.
    pub fn at(source: &Arc<Source>, start: u32, end: u32) -> Span {
        Span::new(source, start, end, start)
    }

    /// Line and column of the main token.
    pub fn pos(&self) -> Pos {
        self.source.pos(self.main)
    }
}

/// Where a message points.
#[derive(Clone, Debug)]
pub enum Place {
    /// Nowhere: `error: …`.
    Nowhere,
    /// A path given by the user, without source: `path:-:-: error: …`.
    Cli(Arc<str>),
    /// A parse outside a compilation, as formatting does.
    PathAndTree(Span),
    /// A span of one version of a file of a compilation.
    ScopeAndComp {
        /// The driver's number of the file's root scope.
        scope: u32,
        /// The span in the version that was analysed.
        span: Span,
    },
}

impl Place {
    /// The span, if the place has source text.
    pub fn span(&self) -> Option<&Span> {
        match self {
            Place::PathAndTree(span) | Place::ScopeAndComp { span, .. } => Some(span),
            Place::Nowhere | Place::Cli(_) => None,
        }
    }

    /// The path as it is shown, if there is one.
    pub fn path(&self) -> Option<&str> {
        match self {
            Place::Nowhere => None,
            Place::Cli(path) => Some(path),
            Place::PathAndTree(span) | Place::ScopeAndComp { span, .. } => Some(span.source.path()),
        }
    }
}

/// A remark that belongs to a message.
#[derive(Clone, Debug)]
pub struct Note {
    /// What it says; may have several lines.
    pub text: String,
    /// Where it points.
    pub place: Place,
}

/// One step of "referenced by": a declaration whose analysis needed the one before it.
#[derive(Clone, Debug)]
pub struct Ref {
    /// The declaration's name, with its containers.
    pub name: String,
    /// The place of the reference.
    pub span: Span,
}

/// One message.
#[derive(Clone, Debug)]
pub struct Msg {
    /// Error or stand-alone note.
    pub kind: Kind,
    /// What it says, without place; may have several lines.
    pub text: String,
    /// Where it points.
    pub place: Place,
    /// Remarks, in the order in which they are shown.
    pub notes: Vec<Note>,
    /// The references that led here, innermost first.
    pub trace: Vec<Ref>,
    /// How many further references exist that `trace` leaves out.
    pub hidden_refs: u32,
}

impl Msg {
    /// A message without notes and trace.
    pub fn new(kind: Kind, text: impl Into<String>, place: Place) -> Msg {
        Msg { kind, text: text.into(), place, notes: Vec::new(), trace: Vec::new(), hidden_refs: 0 }
    }

    /// An error at a place.
    pub fn error(text: impl Into<String>, place: Place) -> Msg {
        Msg::new(Kind::Error, text, place)
    }

    /// An error about a path that has no source text to show (missing, unreadable, a directory).
    pub fn cli(path: impl Into<Arc<str>>, text: impl Into<String>) -> Msg {
        Msg::error(text, Place::Cli(path.into()))
    }

    /// An error that points nowhere.
    pub fn plain(text: impl Into<String>) -> Msg {
        Msg::error(text, Place::Nowhere)
    }

    /// Adds a note.
    pub fn note(mut self, text: impl Into<String>, place: Place) -> Msg {
        self.notes.push(Note { text: text.into(), place });
        self
    }

    /// Adds the trace of references; `hidden` further ones exist.
    pub fn trace(mut self, trace: Vec<Ref>, hidden: u32) -> Msg {
        self.trace = trace;
        self.hidden_refs = hidden;
        self
    }

    /// The order by shown path, byte offset, kind and text: a total order that does not depend on
    /// the order in which messages were found.
    pub fn cmp_by_place(&self, other: &Msg) -> Ordering {
        let offset = |m: &Msg| m.place.span().map(|s| (s.main, s.start, s.end));
        (self.place.path(), offset(self), self.kind, &self.text).cmp(&(
            other.place.path(),
            offset(other),
            other.kind,
            &other.text,
        ))
    }
}
