//! Files of object notation: one expression.

use std::sync::Arc;

use super::space::Gap;
use super::{Formatter, Refused};
use crate::ast::{MemberRoot, Node, NodeId, VarDecl};
use crate::{AstTree, Interner, SyntaxError};

/// What stands before a file so that it reads as a declaration, and after it.
const HEAD: &[u8] = b"const a=\n";
const TAIL: &[u8] = b"\n;";
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// A file of object notation.
pub struct Zon {
    tree: AstTree,
    /// Length of the byte order mark, which the tree's text lacks.
    mark: u32,
    error: Option<SyntaxError>,
}

impl Zon {
    /// Parses a file.
    pub fn parse(source: &[u8], interner: &Interner) -> Zon {
        let error = crate::tree::value_error(source);
        let text = source.strip_prefix(MARK).unwrap_or(source);
        let tree = AstTree::parse(Arc::from([HEAD, text, TAIL].concat()), interner, None);
        // What is wrong with the tree alone can only be how deep it is.
        let error = error.or_else(|| tree.error().cloned());
        Zon { tree, mark: (source.len() - text.len()) as u32, error }
    }

    /// Its first syntax error, with offsets of the file.
    pub fn error(&self) -> Option<&SyntaxError> {
        self.error.as_ref()
    }

    /// The tree that its expression stands in, as the value of the only member.
    pub fn tree(&self) -> &AstTree {
        &self.tree
    }

    /// The expression, unless the file has a syntax error.
    pub fn value(&self) -> Option<NodeId> {
        let member = self.tree.members().first()?;
        match (member.ast.root(), &self.error) {
            (MemberRoot::Var { node }, None) => match member.ast.node(node) {
                Node::VarDecl(VarDecl { init, .. }) => init,
                _ => None,
            },
            _ => None,
        }
    }

    /// The offset in the file of an offset in the tree's text.
    pub fn byte(&self, byte: u32) -> u32 {
        let end = (self.tree.source().len() - TAIL.len()) as u32;
        byte.min(end).saturating_sub(HEAD.len() as u32) + self.mark
    }

    /// The canonical text.
    pub fn render(&self) -> Result<Vec<u8>, Refused> {
        if let Some(e) = &self.error {
            return Err(Refused::Syntax(Box::new(e.clone())));
        }
        let source = self.tree.source();
        let mut formatter = Formatter::new();
        let text = formatter.write(source, HEAD.len()..source.len() - TAIL.len(), |r| {
            let Some(MemberRoot::Var { node }) = r.tree.root(0) else { return };
            let Node::VarDecl(VarDecl { init: Some(value), .. }) = r.ast().node(*node) else { return };
            let first = r.first(value);
            r.comments(r.text.file.start, r.text.start(first));
            r.expr(value, Gap::Line);
        })?;
        Ok(text.to_vec())
    }
}
