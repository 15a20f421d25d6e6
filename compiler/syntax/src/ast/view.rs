//! The decoded form of a node: what readers of the tree match on. The storage behind it
//! (struct of arrays, `super::MemberAst`) is private to this module tree and may change freely.
//!
//! Names follow Zig's. Every token is an ordinal relative to the member's base ([`Tok`]).

use super::{NodeId, Tok};

/// Operators with one operand; the main token is the operator.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub enum UnaryOp {
    BoolNot,
    Negate,
    NegateWrap,
    BitNot,
    AddressOf,
    Try,
    /// `?T`
    OptionalType,
}

/// Operators with two operands; the main token is the operator.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub enum BinaryOp {
    Add,
    AddWrap,
    AddSat,
    Sub,
    SubWrap,
    SubSat,
    Mul,
    MulWrap,
    MulSat,
    Div,
    Mod,
    Shl,
    ShlSat,
    Shr,
    BitAnd,
    BitOr,
    BitXor,
    ArrayCat,
    ArrayMult,
    /// `||`
    MergeErrorSets,
    Eq,
    NotEq,
    Less,
    LessEq,
    Greater,
    GreaterEq,
    BoolAnd,
    BoolOr,
    Orelse,
}

/// `|x|` or `|*x|`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Payload {
    /// Captured by pointer.
    pub ptr: bool,
    /// The identifier (may be `_`).
    pub name: Tok,
}

/// A `const`/`var` declaration, local or container-level; the main token is `const`/`var`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub struct VarDecl {
    pub visib: Option<Tok>,
    /// `extern` or `export`.
    pub extern_export: Option<Tok>,
    /// String after `extern`.
    pub lib_name: Option<Tok>,
    pub threadlocal: Option<Tok>,
    pub comptime: Option<Tok>,
    /// `true` for `var`.
    pub mutable: bool,
    pub name: Tok,
    pub ty: Option<NodeId>,
    pub align: Option<NodeId>,
    pub addrspace: Option<NodeId>,
    pub section: Option<NodeId>,
    pub init: Option<NodeId>,
}

/// One parameter of a function prototype.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Param {
    pub name: Option<Tok>,
    /// `comptime` or `noalias` before it.
    pub comptime: Option<Tok>,
    pub noalias: Option<Tok>,
    /// `anytype` token, or `...` token when `ty` is `None`.
    pub anytype: Option<Tok>,
    pub dots: Option<Tok>,
    pub ty: Option<NodeId>,
}

/// A function prototype (declaration or type); the main token is `fn`.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub struct FnProto {
    pub visib: Option<Tok>,
    /// `extern`, `export`, `inline` or `noinline`.
    pub qualifier: Option<Tok>,
    pub lib_name: Option<Tok>,
    pub name: Option<Tok>,
    pub lparen: Tok,
    pub params: Vec<Param>,
    pub align: Option<NodeId>,
    pub addrspace: Option<NodeId>,
    pub section: Option<NodeId>,
    pub callconv: Option<NodeId>,
    /// The `!` before the return type.
    pub inferred_error: Option<Tok>,
    pub ret: Option<NodeId>,
}

/// Pointer kinds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub enum PtrSize {
    One,
    Many,
    Slice,
    C,
}

/// A pointer or slice type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub struct PtrType {
    pub size: PtrSize,
    pub sentinel: Option<NodeId>,
    pub align: Option<NodeId>,
    pub bit_range: Option<(NodeId, NodeId)>,
    pub addrspace: Option<NodeId>,
    pub const_: Option<Tok>,
    pub volatile: Option<Tok>,
    pub allowzero: Option<Tok>,
    pub child: NodeId,
}

/// Container keywords.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub enum ContainerKind {
    Struct,
    Union,
    Enum,
    Opaque,
}

/// A nested container: its members live in the [`crate::AstTree`], not here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Container {
    /// Which one of the member's directly nested containers, in the order of their `{`.
    pub ordinal: u32,
    /// Keyword.
    pub kind: ContainerKind,
    /// `extern` or `packed`.
    pub layout: Option<Tok>,
    /// `struct(u8)`, `enum(u8)`, `union(Tag)`, `union(enum(u8))`.
    pub arg: Option<NodeId>,
    /// `union(enum …)`: the `enum` token.
    pub enum_tag: Option<Tok>,
    /// `{` and `}`.
    pub lbrace: Tok,
    /// See `lbrace`.
    pub rbrace: Tok,
}

/// A container field (as a member).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Field {
    pub comptime: Option<Tok>,
    /// `None` in tuple-like fields (`struct { u8, u16 }`); an enum field `a` parses as a
    /// tuple-like field whose type is the identifier, exactly as in Zig: readers of enums and
    /// unions convert.
    pub name: Option<Tok>,
    pub ty: Option<NodeId>,
    pub align: Option<NodeId>,
    pub value: Option<NodeId>,
}

/// An `asm` output or input operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub struct AsmOperand {
    pub symbolic_name: Tok,
    pub constraint: Tok,
    /// Output `(-> T)`: the type; input: the expression.
    pub expr: Option<NodeId>,
    /// Output `(x)`: the identifier.
    pub variable: Option<Tok>,
}

/// A decoded node. The comment names the main token where it is not the operator or keyword.
#[derive(Clone, PartialEq, Debug)]
#[allow(missing_docs, reason = "operands carry the names of Zig's grammar")]
pub enum Node<'a> {
    /// Main: the identifier.
    Ident,
    NumberLiteral,
    CharLiteral,
    StringLiteral,
    /// Main: the first line token; lines are consecutive tokens `first..=last`.
    MultilineString {
        first: Tok,
        last: Tok,
    },
    /// `.name`; main: the identifier (the dot is the token before).
    EnumLiteral,
    UnreachableLiteral,
    AnyframeLiteral,
    /// `error.Name`; main: `error`.
    ErrorValue {
        name: Tok,
    },
    /// `error{A, B}`; main: `error`.
    ErrorSet {
        names: Vec<Tok>,
        lbrace: Tok,
        rbrace: Tok,
    },
    /// Main: `(`.
    Grouped {
        expr: NodeId,
        rparen: Tok,
    },
    Unary {
        op: UnaryOp,
        expr: NodeId,
    },
    Binary {
        op: BinaryOp,
        lhs: NodeId,
        rhs: NodeId,
    },
    Catch {
        lhs: NodeId,
        payload: Option<Tok>,
        rhs: NodeId,
    },
    /// `E!T`
    ErrorUnionType {
        lhs: NodeId,
        rhs: NodeId,
    },
    /// `=` (op `None`) or `op=`.
    Assign {
        op: Option<BinaryOp>,
        lhs: NodeId,
        rhs: NodeId,
    },
    /// `a, const b = x`; main: `=`. Each left side is an expression or a `VarDecl`.
    AssignDestructure {
        comptime: Option<Tok>,
        lhs: &'a [NodeId],
        rhs: NodeId,
    },
    /// Main: `.`.
    FieldAccess {
        lhs: NodeId,
        name: Tok,
    },
    /// `x.?`; main: `.`.
    UnwrapOptional {
        lhs: NodeId,
    },
    /// `x.*`.
    Deref {
        lhs: NodeId,
    },
    /// Main: `(`.
    Call {
        callee: NodeId,
        args: &'a [NodeId],
        rparen: Tok,
    },
    /// Main: `[`.
    Index {
        lhs: NodeId,
        index: NodeId,
        rbracket: Tok,
    },
    /// Main: `[`.
    Slice {
        lhs: NodeId,
        start: NodeId,
        end: Option<NodeId>,
        sentinel: Option<NodeId>,
        rbracket: Tok,
    },
    /// Main: `{`. `names[i]` is the identifier token of field i, whose value is `values[i]`.
    StructInit {
        ty: Option<NodeId>,
        names: Vec<Tok>,
        values: Vec<NodeId>,
        rbrace: Tok,
    },
    /// Main: `{`.
    ArrayInit {
        ty: Option<NodeId>,
        elems: &'a [NodeId],
        rbrace: Tok,
    },
    /// Main: the `@name` token.
    BuiltinCall {
        args: &'a [NodeId],
        rparen: Tok,
    },
    Comptime {
        expr: NodeId,
    },
    Nosuspend {
        expr: NodeId,
    },
    Suspend {
        body: NodeId,
    },
    Resume {
        expr: NodeId,
    },
    /// Main: `{`.
    Block {
        label: Option<Tok>,
        stmts: &'a [NodeId],
        rbrace: Tok,
    },
    VarDecl(VarDecl),
    If {
        cond: NodeId,
        payload: Option<Payload>,
        then: NodeId,
        else_token: Option<Tok>,
        else_payload: Option<Tok>,
        els: Option<NodeId>,
    },
    While {
        label: Option<Tok>,
        inline: Option<Tok>,
        cond: NodeId,
        payload: Option<Payload>,
        cont: Option<NodeId>,
        body: NodeId,
        else_token: Option<Tok>,
        else_payload: Option<Tok>,
        els: Option<NodeId>,
    },
    /// Inputs may be `ForRange`.
    For {
        label: Option<Tok>,
        inline: Option<Tok>,
        inputs: &'a [NodeId],
        captures: Vec<Payload>,
        body: NodeId,
        else_token: Option<Tok>,
        els: Option<NodeId>,
    },
    /// `a..b`; only as an input of `For`. Main: `..`.
    ForRange {
        start: NodeId,
        end: Option<NodeId>,
    },
    /// Main: `switch`.
    Switch {
        label: Option<Tok>,
        operand: NodeId,
        cases: &'a [NodeId],
        rbrace: Tok,
    },
    /// Main: `=>`. No items: `else`.
    SwitchCase {
        inline: Option<Tok>,
        items: &'a [NodeId],
        payload: Option<Payload>,
        tag_payload: Option<Tok>,
        body: NodeId,
    },
    /// `a...b`; only as an item of `SwitchCase`.
    SwitchRange {
        lo: NodeId,
        hi: NodeId,
    },
    Break {
        label: Option<Tok>,
        value: Option<NodeId>,
    },
    Continue {
        label: Option<Tok>,
        value: Option<NodeId>,
    },
    Return {
        value: Option<NodeId>,
    },
    Defer {
        body: NodeId,
    },
    Errdefer {
        payload: Option<Tok>,
        body: NodeId,
    },
    FnProto(FnProto),
    PtrType(PtrType),
    /// Main: `[`.
    ArrayType {
        len: NodeId,
        sentinel: Option<NodeId>,
        elem: NodeId,
    },
    /// `anyframe->T`.
    AnyframeType {
        child: NodeId,
    },
    /// Main: the keyword.
    Container(Container),
    Asm {
        volatile: Option<Tok>,
        template: NodeId,
        outputs: Vec<AsmOperand>,
        inputs: Vec<AsmOperand>,
        clobbers: Option<NodeId>,
        legacy_clobbers: Vec<Tok>,
        rparen: Tok,
    },
}

/// What a member is; the roots of its tree.
#[derive(Clone, PartialEq, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub enum MemberRoot {
    Field(Field),
    /// The node is a `VarDecl`.
    Var {
        node: NodeId,
    },
    /// `proto` is a `FnProto` node; `body` a `Block` node.
    Fn {
        proto: NodeId,
        body: Option<NodeId>,
    },
    /// `name`: a string or identifier token. Main: `test`.
    Test {
        test_token: Tok,
        name: Option<Tok>,
        body: NodeId,
    },
    Comptime {
        comptime_token: Tok,
        body: NodeId,
    },
}
