//! Instructions, terminators, blocks and their operands.
#![allow(missing_docs, reason = "operand names of instructions are documented on the instruction")]

use crate::Sym;

/// A machine-level scalar type. Odd-width integers live in the next wider one, always correctly
/// zero- or sign-extended to it (the *container invariant*); `bool` is an `I8` of 0 or 1;
/// pointers are `I64` on 64-bit targets.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Scalar {
    /// 8 bits.
    I8,
    /// 16 bits.
    I16,
    /// 32 bits.
    I32,
    /// 64 bits.
    I64,
}

impl Scalar {
    /// Size in bytes.
    pub fn size(self) -> u32 {
        match self {
            Scalar::I8 => 1,
            Scalar::I16 => 2,
            Scalar::I32 => 4,
            Scalar::I64 => 8,
        }
    }
    /// Size in bits.
    pub fn bits(self) -> u32 {
        self.size() * 8
    }
    /// The narrowest scalar that holds `bits` bits; `None` above 64.
    pub fn for_bits(bits: u32) -> Option<Scalar> {
        Some(match bits {
            0..=8 => Scalar::I8,
            9..=16 => Scalar::I16,
            17..=32 => Scalar::I32,
            33..=64 => Scalar::I64,
            _ => return None,
        })
    }
}

macro_rules! id {
    ($(#[$m:meta])* $n:ident) => {
        $(#[$m])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub struct $n(pub u32);
        impl $n {
            /// As an index into its arena.
            pub fn ix(self) -> usize {
                self.0 as usize
            }
        }
    };
}
id!(
    /// An SSA value of one function.
    Val
);
id!(
    /// A basic block of one function.
    BlockId
);
id!(
    /// An instruction of one function.
    InstId
);
id!(
    /// A stack slot of one function.
    SlotId
);
id!(
    /// A source place of one function: 0 is "none", `n` is `n - 1` in [`crate::Func::places`].
    Loc
);

/// A source place, as semantics number it; to everybody else two opaque numbers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Place {
    /// The member whose text it is in: another than the function's where a call was inlined.
    pub member: u32,
    /// Its token, counted from the member's first.
    pub token: u32,
}

/// A list of values in [`crate::Func::lists`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct List {
    /// First index.
    pub start: u32,
    /// Number of values.
    pub len: u32,
}

/// A function signature in scalars. Aggregate parameters are passed as the address of memory that
/// the callee must not write; an aggregate result as the address of the caller's memory in the
/// first parameter. Semantics have already made both explicit.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Sig {
    /// Parameter scalars.
    pub params: Vec<Scalar>,
    /// Result scalars; at most two.
    pub rets: Vec<Scalar>,
    /// Follows the platform's C convention (`export`, `extern`, `callconv(.c)`), else our own.
    pub c_abi: bool,
}

/// Stack memory.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Slot {
    /// Size in bytes; may be 0.
    pub size: u32,
    /// Alignment in bytes, a power of two.
    pub align: u32,
}

/// Two-operand operations at the width of their operands; they wrap. The result has the operands'
/// scalar. Shift amounts have the same scalar as the shifted value and are below its width.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub enum BinOp {
    Add,
    Sub,
    Mul,
    /// Traps on zero and on MIN / -1: semantics emit checks before it.
    SDiv,
    UDiv,
    SRem,
    URem,
    And,
    Or,
    Xor,
    Shl,
    UShr,
    SShr,
    SMin,
    SMax,
    UMin,
    UMax,
}

/// One-operand operations at the width of their operand.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub enum UnOp {
    Neg,
    Not,
    Clz,
    Ctz,
    Popcnt,
    /// Not for `I8`.
    Bswap,
    BitReverse,
}

/// Operations that also tell whether the exact result fits `bits`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub enum OvfOp {
    Add,
    Sub,
    Mul,
}

/// Integer comparison.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Cmp {
    Eq,
    Ne,
    SLt,
    SLe,
    SGt,
    SGe,
    ULt,
    ULe,
    UGt,
    UGe,
}

/// Width changes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CastOp {
    /// Zero-extend to a wider scalar.
    Zext,
    /// Sign-extend to a wider scalar.
    Sext,
    /// Keep the low bits.
    Trunc,
}

/// One instruction. `dst` values are defined exactly once.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Inst {
    /// `dst = value`, sign-extended from 64 bits as needed.
    Const { dst: Val, value: i64 },
    /// Address of a symbol plus an offset.
    SymAddr { dst: Val, sym: Sym, addend: i64 },
    /// Address of the current thread's instance of a thread-local symbol plus an offset.
    TlsAddr { dst: Val, sym: Sym, addend: i64 },
    /// Address of stack memory plus an offset.
    SlotAddr { dst: Val, slot: SlotId, offset: u32 },
    /// Wrapping arithmetic.
    Bin { dst: Val, op: BinOp, a: Val, b: Val },
    /// Like `Bin` with a constant right operand.
    BinImm { dst: Val, op: BinOp, a: Val, imm: i64 },
    /// One operand.
    Un { dst: Val, op: UnOp, a: Val },
    /// `dst` = result wrapped to `bits` (container invariant restored), `ovf` (`I8`) = 1 if the
    /// exact result does not fit.
    Ovf { dst: Val, ovf: Val, op: OvfOp, signed: bool, bits: u8, a: Val, b: Val },
    /// Comparison; `dst` is `I8`.
    Cmp { dst: Val, cc: Cmp, a: Val, b: Val },
    /// Comparison with a constant.
    CmpImm { dst: Val, cc: Cmp, a: Val, imm: i64 },
    /// Width change to the scalar of `dst`.
    Cast { dst: Val, op: CastOp, a: Val },
    /// Restore the container invariant of a value of `bits` bits: sign- or zero-extend its low
    /// bits within its scalar.
    Wrap { dst: Val, a: Val, bits: u8, signed: bool },
    /// `dst = c != 0 ? a : b`.
    Select { dst: Val, c: Val, a: Val, b: Val },
    /// Read the scalar of `dst` at `addr + offset`.
    Load { dst: Val, addr: Val, offset: i32, volatile: bool },
    /// Write `val` at `addr + offset`.
    Store { addr: Val, offset: i32, val: Val, volatile: bool },
    /// Read/write stack memory directly (no address value needed).
    SlotLoad { dst: Val, slot: SlotId, offset: u32 },
    /// See `SlotLoad`.
    SlotStore { slot: SlotId, offset: u32, val: Val },
    /// Copy `len` bytes; the ranges are equal or do not overlap. `align` holds for both.
    Copy { dst: Val, src: Val, len: u32, align: u32 },
    /// Copy a run-time number of bytes; the ranges may overlap if `overlap`.
    CopyDyn { dst: Val, src: Val, len: Val, overlap: bool },
    /// Fill a run-time number of bytes with the low byte of `byte`.
    Fill { dst: Val, byte: Val, len: Val },
    /// Fill a constant number of bytes with a constant byte.
    FillImm { dst: Val, byte: u8, len: u32 },
    /// Direct call; results are `rets`.
    Call { sym: Sym, sig: u32, args: List, rets: List },
    /// Call through a function address.
    CallPtr { ptr: Val, sig: u32, args: List, rets: List },
    /// Go on if `cond != 0`; else call the panic function `sym` with `args`, which does not
    /// return. Each check has a place of its own.
    Check { cond: Val, sym: Sym, sig: u32, args: List },
    /// A breakpoint instruction.
    Breakpoint,
    /// Return address of the current function.
    RetAddr { dst: Val },
    /// Frame address of the current function.
    FrameAddr { dst: Val },
    /// Raw Linux system call: `args[0]` is the number, up to six arguments follow.
    Syscall { dst: Val, args: List },
}

/// Where control goes, with values for the block's parameters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Target {
    /// The block.
    pub block: BlockId,
    /// One value per parameter.
    pub args: List,
}

/// The end of a block.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Term {
    /// Not yet known; never in a finished function.
    Open,
    /// Unconditional.
    Jump(Target),
    /// `c != 0`.
    Br { c: Val, then: Target, els: Target },
    /// Jump by value; cases are unequal. Values are compared in the scalar of `v`.
    Switch { v: Val, cases: Vec<(i64, BlockId)>, default: BlockId },
    /// Return.
    Ret(List),
    /// Never reached, or traps: what follows a call that does not return.
    Trap,
}

/// A basic block.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Block {
    /// Parameters.
    pub params: Vec<Val>,
    /// Instructions in order.
    pub insts: Vec<InstId>,
    /// How it ends.
    pub term: Term,
    /// Place of the terminator.
    pub loc: Loc,
    /// Unlikely to run.
    pub cold: bool,
}
