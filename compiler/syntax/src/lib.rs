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
pub mod render;
pub mod token;
pub mod tree;

pub use ast::{MemberAst, NodeId, Tok};
pub use name::{Interner, Name};
pub use parse::whole::{WholeMember, whole_file};
pub use token::Kind;
pub use tree::{
    AstTree, Container, ContainerIx, FileTree, Import, Member, MemberHash, MemberIx, MemberKind, Patch, SyntaxError,
};
