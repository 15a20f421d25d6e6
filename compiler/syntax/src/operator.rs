//! Operators: which tokens they are, and how tight they bind.

use crate::ast::BinaryOp;
use crate::token::Kind;

/// The precedence of comparisons, which do not associate.
pub const COMPARISON: u8 = 30;

/// The precedence and operation of a binary operator; `catch` has no operation. The higher the
/// number, the tighter it binds.
pub fn precedence(k: Kind) -> Option<(u8, Option<BinaryOp>)> {
    use BinaryOp as B;
    let (p, op) = match k {
        Kind::KwOr => (10, B::BoolOr),
        Kind::KwAnd => (20, B::BoolAnd),
        Kind::EqualEqual => (COMPARISON, B::Eq),
        Kind::BangEqual => (COMPARISON, B::NotEq),
        Kind::Less => (COMPARISON, B::Less),
        Kind::Greater => (COMPARISON, B::Greater),
        Kind::LessEqual => (COMPARISON, B::LessEq),
        Kind::GreaterEqual => (COMPARISON, B::GreaterEq),
        Kind::Ampersand => (40, B::BitAnd),
        Kind::Caret => (40, B::BitXor),
        Kind::Pipe => (40, B::BitOr),
        Kind::KwOrelse => (40, B::Orelse),
        Kind::KwCatch => return Some((40, None)),
        Kind::Shl => (50, B::Shl),
        Kind::ShlPipe => (50, B::ShlSat),
        Kind::Shr => (50, B::Shr),
        Kind::Plus => (60, B::Add),
        Kind::Minus => (60, B::Sub),
        Kind::PlusPlus => (60, B::ArrayCat),
        Kind::PlusPercent => (60, B::AddWrap),
        Kind::MinusPercent => (60, B::SubWrap),
        Kind::PlusPipe => (60, B::AddSat),
        Kind::MinusPipe => (60, B::SubSat),
        Kind::PipePipe => (70, B::MergeErrorSets),
        Kind::Asterisk => (70, B::Mul),
        Kind::Slash => (70, B::Div),
        Kind::Percent => (70, B::Mod),
        Kind::AsteriskAsterisk => (70, B::ArrayMult),
        Kind::AsteriskPercent => (70, B::MulWrap),
        Kind::AsteriskPipe => (70, B::MulSat),
        _ => return None,
    };
    Some((p, Some(op)))
}

/// The operator of a compound assignment; `Some(None)` for `=`.
pub fn assign_op(k: Kind) -> Option<Option<BinaryOp>> {
    use BinaryOp as B;
    Some(Some(match k {
        Kind::Equal => return Some(None),
        Kind::AsteriskEqual => B::Mul,
        Kind::SlashEqual => B::Div,
        Kind::PercentEqual => B::Mod,
        Kind::PlusEqual => B::Add,
        Kind::MinusEqual => B::Sub,
        Kind::ShlEqual => B::Shl,
        Kind::ShlPipeEqual => B::ShlSat,
        Kind::ShrEqual => B::Shr,
        Kind::AmpersandEqual => B::BitAnd,
        Kind::CaretEqual => B::BitXor,
        Kind::PipeEqual => B::BitOr,
        Kind::AsteriskPercentEqual => B::MulWrap,
        Kind::PlusPercentEqual => B::AddWrap,
        Kind::MinusPercentEqual => B::SubWrap,
        Kind::AsteriskPipeEqual => B::MulSat,
        Kind::PlusPipeEqual => B::AddSat,
        Kind::MinusPipeEqual => B::SubSat,
        _ => return None,
    }))
}
