//! Syntax: bytes to tokens, to members, to trees; and back to canonical text.
//!
//! Knows nothing of files, threads or types. Analysis of bad source is no `Err`: a tree carries
//! its first syntax error.

pub mod ast;
mod error;
pub mod literal;
mod member;
pub mod name;
pub mod operator;
mod parse;
// Behind a feature only while it does not compile (others build this crate at the same time):
// check it with `--features render`, and remove the feature here and in Cargo.toml when it does.
#[cfg(feature = "render")]
pub mod render;
pub mod token;
pub mod tree;

pub use ast::{MemberAst, NodeId, Tok};
pub use name::{Interner, Name};
pub use parse::whole::{WholeMember, whole_file};
pub use token::Kind;
pub use tree::{AstTree, Container, ContainerIx, Import, Member, MemberHash, MemberIx, MemberKind, SyntaxError};
