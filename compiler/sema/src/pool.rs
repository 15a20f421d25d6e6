//! The pool: interned types and comptime values of one compilation.

pub mod int;
mod intern;
mod print;
pub mod types;
pub mod values;

pub use int::Int;
pub use intern::{Pool, PoolStats, ZigTag};
pub use print::Names;
pub use types::{CInt, CallConv, ContId, FnParam, FnType, FuncId, PtrType, Type, TypeId};
pub use values::{PtrBase, Value, ValueId};
