//! Typed IR: what semantics hand to machine-code generation, one [`Func`] per function instance.
//!
//! It is a control-flow graph of basic blocks with parameters, over scalar SSA values only.
//! Aggregates exist as memory (stack slots, data objects) with their layout already folded into
//! offsets and sizes, so nothing here names a type of the language: no declaration, no pool
//! index, no source file. Symbols are opaque numbers ([`Sym`]); places are opaque numbers
//! ([`Loc`]) that the driver maps back to a member and a token.
//!
//! Everything here is plain data: `Eq + Hash`, so that an unchanged function is recognised and
//! never compiled again.

mod build;
mod data;
mod inst;
mod print;
mod validate;

pub use build::{Builder, Insertion};
pub use data::{Data, DataReloc, Section};
pub use inst::{
    BinOp, Block, BlockId, CastOp, Cmp, Inst, InstId, List, Loc, OvfOp, Place, Scalar, Sig, Slot, SlotId, Target, Term,
    UnOp, Val,
};
pub use validate::validate;

/// A symbol: a function instance, a global variable, or an anonymous constant. Allocated by
/// semantics; stable over updates for as long as the thing it stands for lives.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Sym(pub u32);

/// One typed function, ready for machine code.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Func {
    /// The symbol that this function defines.
    pub sym: Sym,
    /// Parameters and results. Parameters of the entry block are the function's.
    pub sig: Sig,
    /// Stack memory, addressed by [`Inst::SlotAddr`].
    pub slots: Vec<Slot>,
    /// `blocks[0]` is the entry.
    pub blocks: Vec<Block>,
    /// The type of every value, indexed by [`Val`].
    pub vals: Vec<Scalar>,
    /// All instructions; each block lists its own, in order.
    pub insts: Vec<Inst>,
    /// `locs[i]` is the place of `insts[i]`.
    pub locs: Vec<Loc>,
    /// What the locs stand for.
    pub places: Vec<Place>,
    /// Signatures used by calls and checks, referred to by index.
    pub sigs: Vec<Sig>,
    /// Operand lists (call arguments, block arguments, switch arms), referred to by range.
    pub lists: Vec<Val>,
}
