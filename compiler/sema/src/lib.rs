//! Semantics: untyped IR and decl tables to types, values and typed functions, unit by unit, each
//! unit with the dependencies it read.
//!
//! Knows nothing of paths, bytes on disk or machine code. One thread owns a [`Sema`]; analysis
//! writes nothing global but interned things until a unit commits, which is what makes it
//! cancellable at any point.

pub mod analyze;
pub mod cancel;
pub mod canon;
pub mod collect;
pub mod decl;
pub mod diff;
pub mod error_numbers;
pub mod graph;
pub mod msg;
pub mod pool;
mod print_names;
pub mod quota;
mod rare;
mod said;
pub mod state;
pub mod sweep;
pub mod trace;
pub mod unit;
pub mod verify;

pub use analyze::message::name_tok;
pub use cancel::Cancel;
pub use decl::{DeclId, FileId, ImportTarget, MemberId, ModuleId, SiteId};
pub use graph::Shuffle;
pub use msg::{Place, SemaMsg};
pub use state::{Options, Sema};
pub use unit::{Output, Update};
