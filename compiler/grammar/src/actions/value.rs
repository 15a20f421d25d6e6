//! The values of the grammar's rules, where they are not nodes yet.

use syntax::ast::{NodeId, Param, Payload};

use crate::token::Terminal;

/// What stands before `fn`, `const`, `var` or `threadlocal`.
#[derive(Clone, Copy, Default)]
pub struct Head {
    pub visib: Option<Terminal>,
    pub qualifier: Option<Terminal>,
    pub lib_name: Option<Terminal>,
}

/// A declaration up to its `=`.
pub struct VarProto {
    pub main: Terminal,
    pub name: Terminal,
    pub ty: Option<NodeId>,
    pub align: Option<NodeId>,
    pub addrspace: Option<NodeId>,
    pub section: Option<NodeId>,
}

/// A statement that `comptime` before it would change.
pub enum Statement {
    Plain(NodeId),
    Var(VarProto, NodeId),
    Destructure(Vec<NodeId>, Terminal, NodeId),
}

/// Alignment, address space, section, calling convention.
pub type Attributes = [Option<NodeId>; 4];

/// A prototype up to its return type.
pub struct Signature {
    /// `fn`, name, `(`, parameters.
    pub head: (Terminal, Option<Terminal>, Terminal, Vec<Param>),
    pub attributes: Attributes,
    pub bang: Option<Terminal>,
}

/// `else` and its payload.
pub type Else = (Terminal, Option<Terminal>);

/// The head of an `if` or a loop.
pub enum Control {
    If { main: Terminal, cond: NodeId, payload: Option<Payload> },
    While { marks: Marks, main: Terminal, cond: NodeId, payload: Option<Payload>, cont: Option<NodeId> },
    For { marks: Marks, main: Terminal, inputs: Vec<NodeId>, captures: Vec<Payload> },
}

/// Label and `inline` of a loop.
#[derive(Clone, Copy, Default)]
pub struct Marks {
    pub label: Option<Terminal>,
    pub inline: Option<Terminal>,
}

/// Operands and operators that wait for a right side, tighter ones above looser ones; with each
/// operator, whether a payload follows it.
#[derive(Default)]
pub struct Chain {
    pub pending: Vec<(NodeId, Terminal, bool)>,
    /// The last operand folded is a comparison, which another may not follow.
    pub compares: bool,
}

/// What stands between a pointer's brackets and its child.
#[derive(Clone, Copy, Default)]
pub struct Modifiers {
    pub align: Option<NodeId>,
    pub bit_range: Option<(NodeId, NodeId)>,
    pub addrspace: Option<NodeId>,
    pub const_: Option<Terminal>,
    pub volatile: Option<Terminal>,
    pub allowzero: Option<Terminal>,
}

/// What stands before a type.
pub enum Prefix {
    Optional(Terminal),
    Anyframe(Terminal),
    One(Terminal, Modifiers),
    /// `**`
    Two(Terminal, Modifiers),
    Many(Terminal, Option<NodeId>, Modifiers),
    C(Terminal, Modifiers),
    Slice(Terminal, Option<NodeId>, Modifiers),
    Array(Terminal, NodeId, Option<NodeId>),
}

/// `{ … }` of an initialiser; names are empty if it has none.
pub struct InitList {
    pub lbrace: Terminal,
    pub names: Vec<Terminal>,
    pub values: Vec<NodeId>,
    pub rbrace: Terminal,
}

impl InitList {
    pub fn empty(lbrace: Terminal, rbrace: Terminal) -> InitList {
        InitList { lbrace, names: Vec::new(), values: Vec::new(), rbrace }
    }
}

/// A container up to its `{`.
pub struct ContainerHead {
    pub main: Terminal,
    pub arg: Option<NodeId>,
    pub enum_tag: Option<Terminal>,
}

impl ContainerHead {
    pub fn plain(main: Terminal) -> ContainerHead {
        ContainerHead { main, arg: None, enum_tag: None }
    }
}

/// A prong of a `switch` up to its body.
pub struct Prong {
    pub inline: Option<Terminal>,
    pub items: Vec<NodeId>,
    pub arrow: Terminal,
    pub payload: Option<(Payload, Option<Terminal>)>,
}

/// Whether fields and declarations of a container may still follow.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum FieldOrder {
    None,
    Seen,
    Ended,
}
