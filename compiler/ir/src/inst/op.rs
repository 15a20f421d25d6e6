//! Operators that differ only in what is computed.

/// Operators of [`super::Inst::Bin`]; both operands are evaluated. The comment gives the syntax;
/// those with `@` are builtin functions.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BinOp {
    /// `+`
    Add,
    /// `+%`
    AddWrap,
    /// `+|`
    AddSat,
    /// `+` of a counter that cannot overflow (the index of a `for`).
    AddUnsafe,
    /// `-`
    Sub,
    /// `-%`
    SubWrap,
    /// `-|`
    SubSat,
    /// `*`
    Mul,
    /// `*%`
    MulWrap,
    /// `*|`
    MulSat,
    /// `/`
    Div,
    /// `%`: an error where `@mod` and `@rem` would differ.
    ModRem,
    /// `<<`; the right side has been coerced by `AsShiftOperand`.
    Shl,
    /// `<<|`
    ShlSat,
    /// `>>`
    Shr,
    /// `&`
    BitAnd,
    /// `|`
    BitOr,
    /// `^`
    Xor,
    /// `++`
    ArrayCat,
    /// `==`
    CmpEq,
    /// `!=`
    CmpNeq,
    /// `<`
    CmpLt,
    /// `<=`
    CmpLte,
    /// `>`
    CmpGt,
    /// `>=`
    CmpGte,
    /// `@divExact`
    DivExact,
    /// `@divFloor`
    DivFloor,
    /// `@divTrunc`
    DivTrunc,
    /// `@mod`
    Mod,
    /// `@rem`
    Rem,
    /// `@shlExact`
    ShlExact,
    /// `@shrExact`
    ShrExact,
}

/// Operators of [`super::Inst::Un`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum UnOp {
    /// `!`
    BoolNot,
    /// `~`
    BitNot,
    /// `-`
    Negate,
    /// `-%`
    NegateWrap,
}

impl BinOp {
    /// All of them, in the order of their numbers.
    pub(crate) const ALL: [BinOp; 32] = {
        use BinOp::*;
        [
            Add, AddWrap, AddSat, AddUnsafe, Sub, SubWrap, SubSat, Mul, MulWrap, MulSat, Div, ModRem, Shl, ShlSat, Shr,
            BitAnd, BitOr, Xor, ArrayCat, CmpEq, CmpNeq, CmpLt, CmpLte, CmpGt, CmpGte, DivExact, DivFloor, DivTrunc,
            Mod, Rem, ShlExact, ShrExact,
        ]
    };
}

impl UnOp {
    /// All of them, in the order of their numbers.
    pub(crate) const ALL: [UnOp; 4] = {
        use UnOp::*;
        [BoolNot, BitNot, Negate, NegateWrap]
    };
}
