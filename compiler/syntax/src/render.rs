//! Trees back to text, in the canonical form.
//!
//! The form is decided by the tree and by a few marks that the author left: line breaks at some
//! places, blank lines, commas before closing brackets, comments. One method writes one construct
//! (by topic in the files below); each ends with a [`Gap`](space::Gap), what is to follow its last
//! token. Everything goes through a [`Stream`], which alone knows how far lines are indented:
//! constructs open and close scopes without knowing whether a line will ever break in them.
//!
//! Comments are no tokens, but doc comments are, for this stage. Others are found between two tokens
//! when the first has been written.

mod asm;
mod call;
mod comments;
mod container;
mod control;
mod expr;
mod ident;
mod init;
mod member;
mod proto;
mod space;
mod stream;
mod text;
mod types;
mod verify;
mod zon;

use std::mem;
use std::ops::Range;

use crate::ast::{NodeId, Nodes, Tok};
use crate::{FileTree, SyntaxError};
use space::Gap;
use stream::Stream;
use text::{Marks, Text};

pub use verify::same_tokens;
pub use zon::Zon;

/// How deep constructs may nest, containers included, before we refuse to go on: the depth of our
/// own recursion. The parser's limit is one for each member and so does not bound it.
const MAX_DEPTH: u32 = 1500;

/// Why a file has no canonical form.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refused {
    /// It has a syntax error.
    #[error("the file has a syntax error")]
    Syntax(Box<SyntaxError>),
    /// Too much nesting.
    #[error("nesting is too deep")]
    TooDeep,
}

/// The canonical form of one file after the other, in the same memory.
#[derive(Default)]
pub struct Formatter {
    tree: FileTree,
    marks: Marks,
    bytes: Vec<u8>,
}

impl Formatter {
    /// A formatter without memory yet.
    pub fn new() -> Formatter {
        Formatter::default()
    }

    /// The canonical text of a file.
    pub fn format(&mut self, source: &[u8]) -> Result<&[u8], Refused> {
        self.write(source, 0..source.len(), |r| {
            r.file_head();
            r.root_members();
        })
    }

    /// Parses, and writes what is asked for.
    fn write(
        &mut self,
        source: &[u8],
        file: Range<usize>,
        work: impl FnOnce(&mut Renderer<'_>),
    ) -> Result<&[u8], Refused> {
        self.tree.parse(source).map_err(|e| Refused::Syntax(Box::new(e)))?;
        let text = Text::new(source, file, self.tree.tokens(), &mut self.marks);
        let mut r = Renderer::new(&self.tree, &text, mem::take(&mut self.bytes));
        r.out.reserve(source.len());
        work(&mut r);
        let too_deep = r.too_deep;
        self.bytes = r.finish();
        if too_deep { Err(Refused::TooDeep) } else { Ok(&self.bytes) }
    }
}

/// The canonical text of a file.
pub fn format(source: &[u8]) -> Result<Vec<u8>, Refused> {
    let mut formatter = Formatter::new();
    formatter.format(source)?;
    Ok(formatter.bytes)
}

/// The state of one rendering. Tokens are indices into [`Text`].
struct Renderer<'t> {
    tree: &'t FileTree,
    nodes: Nodes<'t>,
    text: &'t Text<'t>,
    out: Stream,
    /// Nodes whose left operand is being written, innermost last, and what follows each; used from
    /// its end only.
    spine: Vec<(NodeId, Gap)>,
    depth: u32,
    too_deep: bool,
}

impl<'t> Renderer<'t> {
    fn new(tree: &'t FileTree, text: &'t Text<'t>, bytes: Vec<u8>) -> Renderer<'t> {
        let out = Stream::new(bytes);
        Renderer { tree, nodes: tree.nodes(), text, out, spine: Vec::new(), depth: 0, too_deep: false }
    }

    /// Comments before everything, and the file's own documentation.
    fn file_head(&mut self) {
        self.comments(0, self.text.start(0));
        self.container_docs(0);
    }

    fn finish(mut self) -> Vec<u8> {
        // Formatting was switched off and never on again.
        if let Some(from) = self.out.off_from {
            self.out.raw_tidied(self.text.source.get(from..self.text.file.end).unwrap_or_default());
        }
        self.out.into_bytes()
    }

    /// The nodes of the file.
    fn ast(&self) -> Nodes<'t> {
        self.nodes
    }

    /// The index of a token that a node names.
    fn at(&self, t: Tok) -> usize {
        t.0 as usize
    }
    /// A node's main token.
    fn main(&self, n: NodeId) -> usize {
        self.at(self.ast().main_token(n))
    }
    /// A node's first token.
    fn first(&self, n: NodeId) -> usize {
        self.at(self.ast().first_token(n))
    }
    /// A node's last token.
    fn last(&self, n: NodeId) -> usize {
        self.at(self.ast().last_token(n))
    }
    /// The token after a node.
    fn past(&self, n: NodeId) -> usize {
        self.last(n) + 1
    }
}
