//! Trees back to text, in the canonical form.
//!
//! The form is decided by the tree and by a few marks that the author left: line breaks at some
//! places, blank lines, commas before closing brackets, comments. One method writes one construct
//! (by topic in the files below); each ends with a [`Gap`](space::Gap), what is to follow its last
//! token. Everything goes through a [`Stream`], which alone knows how far lines are indented:
//! constructs open and close scopes without knowing whether a line will ever break in them.
//!
//! Comments are no tokens. They are found between two tokens when the first has been written, and
//! doc comments are woven back among the tokens for this stage ([`Text`]).

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

use crate::ast::{MemberAst, NodeId, Tok};
use crate::{AstTree, ContainerIx, MemberIx};
use space::Gap;
use stream::Stream;
use text::Text;

pub use verify::same_tokens;
pub use zon::Zon;

/// How deep constructs may nest, containers included, before we refuse to go on: the depth of our
/// own recursion. The parser's limit is one for each member and so does not bound it.
const MAX_DEPTH: u32 = 1500;

/// Why a tree was not rendered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refused {
    /// The file has a syntax error, which the tree carries.
    #[error("the file has a syntax error")]
    Syntax,
    /// Too much nesting.
    #[error("nesting is too deep")]
    TooDeep,
}

/// The canonical text of a file.
pub fn render(tree: &AstTree) -> Result<Vec<u8>, Refused> {
    if tree.error().is_some() {
        return Err(Refused::Syntax);
    }
    let text = Text::new(tree);
    let mut r = Renderer::new(tree, &text);
    r.out.reserve(tree.source().len());
    r.file_head();
    r.root_members(ContainerIx(0));
    if r.too_deep { Err(Refused::TooDeep) } else { Ok(r.finish()) }
}

/// The member whose nodes are being written.
#[derive(Clone, Copy)]
struct Scope<'t> {
    ix: MemberIx,
    ast: Option<&'t MemberAst>,
}

/// The state of one rendering. Tokens are indices into [`Text`], nodes belong to `scope`.
struct Renderer<'t> {
    tree: &'t AstTree,
    text: &'t Text<'t>,
    scope: Scope<'t>,
    out: Stream,
    /// Nodes whose left operand is being written, innermost last, and what follows each; used from
    /// its end only.
    spine: Vec<(NodeId, Gap)>,
    depth: u32,
    too_deep: bool,
}

impl<'t> Renderer<'t> {
    fn new(tree: &'t AstTree, text: &'t Text<'t>) -> Renderer<'t> {
        Renderer {
            tree,
            text,
            scope: Scope { ix: MemberIx(0), ast: None },
            out: Stream::new(),
            spine: Vec::new(),
            depth: 0,
            too_deep: false,
        }
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

    /// Runs `work` with another member's nodes.
    fn in_member(&mut self, ix: MemberIx, work: impl FnOnce(&mut Self)) {
        let outer = self.scope;
        self.scope = Scope { ix, ast: Some(&self.tree.member(ix).ast) };
        work(self);
        self.scope = outer;
    }

    /// The current member's tree. There is one wherever a node is.
    fn ast(&self) -> &'t MemberAst {
        match self.scope.ast {
            Some(ast) => ast,
            None => &self.tree.member(self.scope.ix).ast,
        }
    }

    /// A token of the current member.
    fn at(&self, t: Tok) -> usize {
        self.text.woven(self.tree.token_index(self.scope.ix, t))
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
