//! The tags of stored nodes: what kind of node, or which operator, in one byte.

use super::view::{BinaryOp, UnaryOp};

/// Stands for an absent node or token.
pub(super) const NONE: u32 = u32::MAX;

/// Tags of the nodes that are not operators.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Tag {
    Ident,
    NumberLiteral,
    CharLiteral,
    StringLiteral,
    MultilineString,
    EnumLiteral,
    UnreachableLiteral,
    AnyframeLiteral,
    ErrorValue,
    ErrorSet,
    Grouped,
    Catch,
    /// The payload is the second token after `catch`.
    CatchPayload,
    ErrorUnionType,
    AssignDestructure,
    FieldAccess,
    UnwrapOptional,
    Deref,
    Call,
    Index,
    Slice,
    StructInit,
    ArrayInit,
    BuiltinCall,
    Comptime,
    Nosuspend,
    Suspend,
    Resume,
    Block,
    /// Nothing but a type and a value.
    ConstSimple,
    VarSimple,
    ConstFull,
    VarFull,
    /// Neither payload nor `else`.
    IfSimple,
    If,
    While,
    For,
    ForRange,
    Switch,
    SwitchCase,
    SwitchRange,
    Break,
    Continue,
    Return,
    Defer,
    Errdefer,
    FnProto,
    /// At most `const` right after the brackets.
    PtrSimple,
    PtrFull,
    ArrayType,
    ArrayTypeSentinel,
    AnyframeType,
    Container,
    Asm,
}

/// The tags by their numbers.
pub(super) const PLAIN: [Tag; 54] = [
    Tag::Ident,
    Tag::NumberLiteral,
    Tag::CharLiteral,
    Tag::StringLiteral,
    Tag::MultilineString,
    Tag::EnumLiteral,
    Tag::UnreachableLiteral,
    Tag::AnyframeLiteral,
    Tag::ErrorValue,
    Tag::ErrorSet,
    Tag::Grouped,
    Tag::Catch,
    Tag::CatchPayload,
    Tag::ErrorUnionType,
    Tag::AssignDestructure,
    Tag::FieldAccess,
    Tag::UnwrapOptional,
    Tag::Deref,
    Tag::Call,
    Tag::Index,
    Tag::Slice,
    Tag::StructInit,
    Tag::ArrayInit,
    Tag::BuiltinCall,
    Tag::Comptime,
    Tag::Nosuspend,
    Tag::Suspend,
    Tag::Resume,
    Tag::Block,
    Tag::ConstSimple,
    Tag::VarSimple,
    Tag::ConstFull,
    Tag::VarFull,
    Tag::IfSimple,
    Tag::If,
    Tag::While,
    Tag::For,
    Tag::ForRange,
    Tag::Switch,
    Tag::SwitchCase,
    Tag::SwitchRange,
    Tag::Break,
    Tag::Continue,
    Tag::Return,
    Tag::Defer,
    Tag::Errdefer,
    Tag::FnProto,
    Tag::PtrSimple,
    Tag::PtrFull,
    Tag::ArrayType,
    Tag::ArrayTypeSentinel,
    Tag::AnyframeType,
    Tag::Container,
    Tag::Asm,
];

/// Tags from here on are unary, binary, assigning operators, then plain assignment.
pub(super) const UNARY: u8 = 64;
/// See `UNARY`.
pub(super) const BINARY: u8 = 80;
/// See `UNARY`.
pub(super) const ASSIGN_OP: u8 = 128;
/// See `UNARY`.
pub(super) const ASSIGN: u8 = 176;

/// The operators by their numbers above `UNARY`.
pub(super) const UNARY_OPS: [UnaryOp; 7] = [
    UnaryOp::BoolNot,
    UnaryOp::Negate,
    UnaryOp::NegateWrap,
    UnaryOp::BitNot,
    UnaryOp::AddressOf,
    UnaryOp::Try,
    UnaryOp::OptionalType,
];

/// The operators by their numbers above `BINARY` and `ASSIGN_OP`.
pub(super) const BINARY_OPS: [BinaryOp; 29] = [
    BinaryOp::Add,
    BinaryOp::AddWrap,
    BinaryOp::AddSat,
    BinaryOp::Sub,
    BinaryOp::SubWrap,
    BinaryOp::SubSat,
    BinaryOp::Mul,
    BinaryOp::MulWrap,
    BinaryOp::MulSat,
    BinaryOp::Div,
    BinaryOp::Mod,
    BinaryOp::Shl,
    BinaryOp::ShlSat,
    BinaryOp::Shr,
    BinaryOp::BitAnd,
    BinaryOp::BitOr,
    BinaryOp::BitXor,
    BinaryOp::ArrayCat,
    BinaryOp::ArrayMult,
    BinaryOp::MergeErrorSets,
    BinaryOp::Eq,
    BinaryOp::NotEq,
    BinaryOp::Less,
    BinaryOp::LessEq,
    BinaryOp::Greater,
    BinaryOp::GreaterEq,
    BinaryOp::BoolAnd,
    BinaryOp::BoolOr,
    BinaryOp::Orelse,
];
