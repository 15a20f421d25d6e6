//! Untyped IR: one member's tree to instructions without types, names resolved as far as the
//! member itself goes, and the messages that need no more than that.
//!
//! Knows nothing of other members, of types or of files. A member's IR mentions no position of
//! the file, so it survives every edit that does not touch the member.

pub mod check;
mod dump;
mod file;
mod r#gen;
pub mod inst;
pub mod member;
mod zon;

pub use check::{FileCheck, FileMsg, check_file, file_messages, recheck_file};
pub use dump::Dump;
pub use file::{lower_file, lower_member, nested_names};
pub use inst::{
    Args, BinOp, Body, Builtin, CallModifier, ComptimeReason, FieldInits, Inst, InstId, Names, Operand, Prim, Ref,
    Refs, StdType, UnOp,
};
pub use member::*;
pub use zon::zon_messages;
