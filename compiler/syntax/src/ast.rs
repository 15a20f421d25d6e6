//! The tree of one member: nodes addressed by [`NodeId`], tokens by [`Tok`], both relative to the
//! member, so that moving it changes nothing in it. The members of nested containers are cut out:
//! between the braces of a nested container lies no ordinal of the member around it, so that
//! editing them changes nothing in it either.

mod builder;
mod range;
mod storage;
mod tag;
mod view;
mod words;

pub use builder::Builder;
pub use storage::MemberAst;
pub(crate) use storage::Nodes;
pub use view::*;

/// A token, as an ordinal relative to the first token of its member after doc comments.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Tok(pub u32);

/// A node of one member.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct NodeId(pub u32);
