//! The tree of one member: nodes addressed by [`NodeId`], tokens by [`Tok`], both relative to the
//! member, so that moving it changes nothing in it.

mod view;

pub use view::*;

/// A token, as an ordinal relative to the first token of its member after doc comments.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Tok(pub u32);

/// A node of one member.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct NodeId(pub u32);

/// One parsed member.
pub struct MemberAst {
    // STORAGE: owned by this module (struct of arrays), see design §4.
}

impl MemberAst {
    /// The decoded node.
    pub fn node(&self, _id: NodeId) -> Node<'_> {
        Node::Ident
    }
    /// The token at which messages about the node point.
    pub fn main_token(&self, _id: NodeId) -> Tok {
        Tok(0)
    }
    /// First and last token of the node's text.
    pub fn token_range(&self, _id: NodeId) -> (Tok, Tok) {
        (Tok(0), Tok(0))
    }
    /// The roots.
    pub fn root(&self) -> MemberRoot {
        MemberRoot::Comptime { comptime_token: Tok(0), body: NodeId(0) }
    }
}
