//! Syntax: bytes to tokens, to members, to trees; and back to canonical text.
//!
//! Knows nothing of files, threads or types. Analysis of bad source is no `Err`: a tree carries
//! its first syntax error.

pub mod ast;
pub mod name;
pub mod tree;

pub use ast::{MemberAst, NodeId, Tok};
pub use name::{Interner, Name};
pub use tree::{AstTree, Container, ContainerIx, Member, MemberHash, MemberIx, MemberKind, SyntaxError};
