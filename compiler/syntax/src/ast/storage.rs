//! Storage of a member's tree, one array of words, and its decoding into views.
//!
//! A node is four words: a tag, a main token and two operands. Which operands a tag has, and what
//! of them lies behind the nodes as extra words, is known to this file and to `builder` only.
//! Words are typed as ids, whatever they are, so that lists of children can be borrowed; they lie
//! in one allocation because members are many and small.

use std::sync::Arc;

use super::tag::{ASSIGN, ASSIGN_OP, BINARY, BINARY_OPS, NONE, PLAIN, Tag, UNARY, UNARY_OPS};
use super::view::*;
use super::words::Words;
use super::{NodeId, Tok};

/// One parsed member.
#[derive(Clone, PartialEq, Debug)]
pub struct MemberAst {
    /// The nodes, `NODE` words each, then the extra words.
    pub(super) words: Words,
    pub(super) nodes: u32,
    pub(super) root: MemberRoot,
    pub(super) containers: u32,
}

/// How many words a node takes: tag, main token, two operands.
pub(super) const NODE: usize = 4;

/// The optional node or token behind an operand.
fn opt_node(x: u32) -> Option<NodeId> {
    (x != NONE).then_some(NodeId(x))
}
fn opt_tok(x: u32) -> Option<Tok> {
    (x != NONE).then_some(Tok(x))
}
/// A payload is stored as twice its token plus whether it is a pointer.
fn opt_payload(x: u32) -> Option<Payload> {
    (x != NONE).then_some(payload(x))
}
fn payload(x: u32) -> Payload {
    Payload { ptr: x & 1 == 1, name: Tok(x >> 1) }
}

/// Reads words of `extra` one after the other.
struct Reader<'a> {
    rest: &'a [NodeId],
}

impl<'a> Reader<'a> {
    fn word(&mut self) -> u32 {
        match self.rest.split_first() {
            Some((w, rest)) => {
                self.rest = rest;
                w.0
            }
            None => NONE,
        }
    }
    fn node(&mut self) -> NodeId {
        NodeId(self.word())
    }
    fn opt_node(&mut self) -> Option<NodeId> {
        opt_node(self.word())
    }
    fn tok(&mut self) -> Tok {
        Tok(self.word())
    }
    fn opt_tok(&mut self) -> Option<Tok> {
        opt_tok(self.word())
    }
    /// A list with its length before it.
    fn list(&mut self) -> &'a [NodeId] {
        let n = self.word() as usize;
        let (list, rest) = self.rest.split_at(n.min(self.rest.len()));
        self.rest = rest;
        list
    }
    fn toks(&mut self) -> Vec<Tok> {
        self.list().iter().map(|n| Tok(n.0)).collect()
    }
}

impl MemberAst {
    /// The number of nodes; ids are `0..len`.
    pub fn len(&self) -> usize {
        self.nodes as usize
    }
    /// Whether there is no node at all, which no parse yields.
    pub fn is_empty(&self) -> bool {
        self.nodes == 0
    }
    /// The roots.
    pub fn root(&self) -> MemberRoot {
        self.root.clone()
    }
    /// The token that the declaration is known by.
    pub fn name_token(&self) -> Tok {
        match &self.root {
            MemberRoot::Field(f) => f.name.unwrap_or(Tok(0)),
            MemberRoot::Var { node } => Tok(self.main_token(*node).0 + 1),
            // The fourth word of a prototype; see `fn_proto`.
            MemberRoot::Fn { proto, .. } => {
                let extra = self.words.word(proto.0 as usize * NODE + 2);
                let name = self.words.word(self.nodes as usize * NODE + extra as usize + 3);
                opt_tok(name).unwrap_or(self.main_token(*proto))
            }
            MemberRoot::Test { test_token, .. } => *test_token,
            MemberRoot::Comptime { comptime_token, .. } => *comptime_token,
        }
    }
    /// Takes less room from now on; reading single nodes is slow the first time then.
    pub fn rest(&mut self) {
        self.words.pack();
    }
    /// The same for whoever reads much of it.
    pub fn at_work(this: &Arc<MemberAst>) -> Arc<MemberAst> {
        match this.words.unpacked() {
            Some(words) => Arc::new(MemberAst { words, root: this.root.clone(), ..**this }),
            None => this.clone(),
        }
    }
    /// How many containers are directly nested in the member.
    pub fn container_count(&self) -> u32 {
        self.containers
    }

    #[inline]
    fn nodes(&self) -> Nodes<'_> {
        let (nodes, extra) = self.words.get().split_at(self.nodes as usize * NODE);
        Nodes { nodes: nodes.as_chunks().0, extra }
    }
    /// The token at which messages about the node point.
    #[inline]
    pub fn main_token(&self, id: NodeId) -> Tok {
        Tok(self.words.word(id.0 as usize * NODE + 1))
    }
    /// The decoded node.
    #[inline]
    pub fn node(&self, id: NodeId) -> Node<'_> {
        self.nodes().node(id)
    }
    /// First and last token of the node's text.
    pub fn token_range(&self, id: NodeId) -> (Tok, Tok) {
        (self.first_token(id), self.last_token(id))
    }
    /// First token of the node's text.
    pub fn first_token(&self, id: NodeId) -> Tok {
        self.nodes().first_token(id)
    }
    /// Last token of the node's text.
    pub fn last_token(&self, id: NodeId) -> Tok {
        self.nodes().last_token(id)
    }
}

/// Nodes as they are stored: those of a member, or of a whole file.
#[derive(Clone, Copy)]
pub(crate) struct Nodes<'a> {
    pub(super) nodes: &'a [[NodeId; NODE]],
    pub(super) extra: &'a [NodeId],
}

impl<'a> Nodes<'a> {
    /// The token at which messages about the node point.
    #[inline]
    pub fn main_token(self, id: NodeId) -> Tok {
        Tok(self.nodes[id.0 as usize][1].0)
    }

    fn reader(self, at: u32) -> Reader<'a> {
        Reader { rest: self.extra.get(at as usize..).unwrap_or_default() }
    }

    /// The decoded node.
    pub fn node(self, id: NodeId) -> Node<'a> {
        let [tag, main, a, b] = self.nodes[id.0 as usize].map(|w| w.0);
        let (tag, main) = (tag as u8, Tok(main));
        if tag < UNARY {
            return self.plain(PLAIN[tag as usize], main, a, b);
        }
        if tag < BINARY {
            return Node::Unary { op: UNARY_OPS[(tag - UNARY) as usize], expr: NodeId(a) };
        }
        let (lhs, rhs) = (NodeId(a), NodeId(b));
        if tag < ASSIGN_OP {
            return Node::Binary { op: BINARY_OPS[(tag - BINARY) as usize], lhs, rhs };
        }
        let op = (tag < ASSIGN).then(|| BINARY_OPS[(tag - ASSIGN_OP) as usize]);
        Node::Assign { op, lhs, rhs }
    }

    fn plain(self, tag: Tag, main: Tok, a: u32, b: u32) -> Node<'a> {
        let (na, nb) = (NodeId(a), NodeId(b));
        match tag {
            Tag::Ident => Node::Ident,
            Tag::NumberLiteral => Node::NumberLiteral,
            Tag::CharLiteral => Node::CharLiteral,
            Tag::StringLiteral => Node::StringLiteral,
            Tag::MultilineString => Node::MultilineString { first: main, last: Tok(b) },
            Tag::EnumLiteral => Node::EnumLiteral,
            Tag::UnreachableLiteral => Node::UnreachableLiteral,
            Tag::AnyframeLiteral => Node::AnyframeLiteral,
            Tag::ErrorValue => Node::ErrorValue { name: Tok(a) },
            Tag::ErrorSet => Node::ErrorSet { names: self.reader(a).toks(), lbrace: Tok(main.0 + 1), rbrace: Tok(b) },
            Tag::Grouped => Node::Grouped { expr: na, rparen: Tok(b) },
            Tag::Catch => Node::Catch { lhs: na, payload: None, rhs: nb },
            Tag::CatchPayload => Node::Catch { lhs: na, payload: Some(Tok(main.0 + 2)), rhs: nb },
            Tag::ErrorUnionType => Node::ErrorUnionType { lhs: na, rhs: nb },
            Tag::AssignDestructure => {
                let mut r = self.reader(a);
                Node::AssignDestructure { comptime: r.opt_tok(), lhs: r.list(), rhs: nb }
            }
            Tag::FieldAccess => Node::FieldAccess { lhs: na, name: Tok(b) },
            Tag::UnwrapOptional => Node::UnwrapOptional { lhs: na },
            Tag::Deref => Node::Deref { lhs: na },
            Tag::Call => {
                let mut r = self.reader(b);
                Node::Call { callee: na, rparen: r.tok(), args: r.list() }
            }
            Tag::Index => {
                let mut r = self.reader(b);
                Node::Index { lhs: na, index: r.node(), rbracket: r.tok() }
            }
            Tag::Slice => {
                let mut r = self.reader(b);
                Node::Slice { lhs: na, start: r.node(), end: r.opt_node(), sentinel: r.opt_node(), rbracket: r.tok() }
            }
            Tag::StructInit => {
                let mut r = self.reader(b);
                let rbrace = r.tok();
                let values = r.list().to_vec();
                Node::StructInit { ty: opt_node(a), names: r.toks(), values, rbrace }
            }
            Tag::ArrayInit => {
                let mut r = self.reader(b);
                Node::ArrayInit { ty: opt_node(a), rbrace: r.tok(), elems: r.list() }
            }
            Tag::BuiltinCall => Node::BuiltinCall { args: self.reader(a).list(), rparen: Tok(b) },
            Tag::Comptime => Node::Comptime { expr: na },
            Tag::Nosuspend => Node::Nosuspend { expr: na },
            Tag::Suspend => Node::Suspend { body: na },
            Tag::Resume => Node::Resume { expr: na },
            Tag::Block => {
                let mut r = self.reader(b);
                Node::Block { label: opt_tok(a), rbrace: r.tok(), stmts: r.list() }
            }
            Tag::ConstSimple | Tag::VarSimple => Node::VarDecl(VarDecl {
                visib: None,
                extern_export: None,
                lib_name: None,
                threadlocal: None,
                comptime: None,
                mutable: tag == Tag::VarSimple,
                name: Tok(main.0 + 1),
                ty: opt_node(a),
                align: None,
                addrspace: None,
                section: None,
                init: opt_node(b),
            }),
            Tag::ConstFull | Tag::VarFull => {
                let mut r = self.reader(a);
                Node::VarDecl(VarDecl {
                    visib: r.opt_tok(),
                    extern_export: r.opt_tok(),
                    lib_name: r.opt_tok(),
                    threadlocal: r.opt_tok(),
                    comptime: r.opt_tok(),
                    mutable: tag == Tag::VarFull,
                    name: Tok(main.0 + 1),
                    ty: r.opt_node(),
                    align: r.opt_node(),
                    addrspace: r.opt_node(),
                    section: r.opt_node(),
                    init: opt_node(b),
                })
            }
            Tag::IfSimple => {
                Node::If { cond: na, payload: None, then: nb, else_token: None, else_payload: None, els: None }
            }
            Tag::If => {
                let mut r = self.reader(b);
                Node::If {
                    cond: na,
                    payload: opt_payload(r.word()),
                    then: r.node(),
                    else_token: r.opt_tok(),
                    else_payload: r.opt_tok(),
                    els: r.opt_node(),
                }
            }
            Tag::While => {
                let mut r = self.reader(b);
                Node::While {
                    cond: na,
                    label: r.opt_tok(),
                    inline: r.opt_tok(),
                    payload: opt_payload(r.word()),
                    cont: r.opt_node(),
                    body: r.node(),
                    else_token: r.opt_tok(),
                    else_payload: r.opt_tok(),
                    els: r.opt_node(),
                }
            }
            Tag::For => {
                let mut r = self.reader(a);
                Node::For {
                    label: r.opt_tok(),
                    inline: r.opt_tok(),
                    body: nb,
                    else_token: r.opt_tok(),
                    els: r.opt_node(),
                    inputs: r.list(),
                    captures: r.list().iter().map(|n| payload(n.0)).collect(),
                }
            }
            Tag::ForRange => Node::ForRange { start: na, end: opt_node(b) },
            Tag::Switch => {
                let mut r = self.reader(b);
                Node::Switch { operand: na, label: r.opt_tok(), rbrace: r.tok(), cases: r.list() }
            }
            Tag::SwitchCase => {
                let mut r = self.reader(a);
                Node::SwitchCase {
                    inline: r.opt_tok(),
                    payload: opt_payload(r.word()),
                    tag_payload: r.opt_tok(),
                    items: r.list(),
                    body: nb,
                }
            }
            Tag::SwitchRange => Node::SwitchRange { lo: na, hi: nb },
            Tag::Break => Node::Break { label: opt_tok(a), value: opt_node(b) },
            Tag::Continue => Node::Continue { label: opt_tok(a), value: opt_node(b) },
            Tag::Return => Node::Return { value: opt_node(a) },
            Tag::Defer => Node::Defer { body: na },
            Tag::Errdefer => Node::Errdefer { payload: opt_tok(a), body: nb },
            Tag::FnProto => Node::FnProto(self.fn_proto(a, opt_node(b))),
            Tag::PtrSimple => Node::PtrType(simple_pointer(main, a, nb)),
            Tag::PtrFull => {
                let mut r = self.reader(a);
                Node::PtrType(PtrType {
                    size: size_of(r.word()),
                    sentinel: r.opt_node(),
                    align: r.opt_node(),
                    bit_range: r.opt_node().zip(r.opt_node()),
                    addrspace: r.opt_node(),
                    const_: r.opt_tok(),
                    volatile: r.opt_tok(),
                    allowzero: r.opt_tok(),
                    child: nb,
                })
            }
            Tag::ArrayType => Node::ArrayType { len: na, sentinel: None, elem: nb },
            Tag::ArrayTypeSentinel => {
                let mut r = self.reader(b);
                Node::ArrayType { len: na, sentinel: r.opt_node(), elem: r.node() }
            }
            Tag::AnyframeType => Node::AnyframeType { child: na },
            Tag::Container => {
                let mut r = self.reader(a);
                Node::Container(Container {
                    ordinal: r.word(),
                    kind: match r.word() {
                        0 => ContainerKind::Struct,
                        1 => ContainerKind::Union,
                        2 => ContainerKind::Enum,
                        _ => ContainerKind::Opaque,
                    },
                    layout: r.opt_tok(),
                    arg: r.opt_node(),
                    enum_tag: r.opt_tok(),
                    rbrace: r.tok(),
                    lbrace: Tok(b),
                })
            }
            Tag::Asm => {
                let mut r = self.reader(a);
                Node::Asm {
                    volatile: r.opt_tok(),
                    clobbers: r.opt_node(),
                    outputs: operands(r.list()),
                    inputs: operands(r.list()),
                    legacy_clobbers: r.toks(),
                    template: nb,
                    rparen: r.tok(),
                }
            }
        }
    }

    fn fn_proto(self, a: u32, ret: Option<NodeId>) -> FnProto {
        let mut r = self.reader(a);
        FnProto {
            visib: r.opt_tok(),
            qualifier: r.opt_tok(),
            lib_name: r.opt_tok(),
            name: r.opt_tok(),
            lparen: r.tok(),
            align: r.opt_node(),
            addrspace: r.opt_node(),
            section: r.opt_node(),
            callconv: r.opt_node(),
            inferred_error: r.opt_tok(),
            params: r
                .list()
                .chunks_exact(6)
                .map(|p| Param {
                    name: opt_tok(p[0].0),
                    comptime: opt_tok(p[1].0),
                    noalias: opt_tok(p[2].0),
                    anytype: opt_tok(p[3].0),
                    dots: opt_tok(p[4].0),
                    ty: opt_node(p[5].0),
                })
                .collect(),
            ret,
        }
    }
}

fn operands(words: &[NodeId]) -> Vec<AsmOperand> {
    words
        .chunks_exact(4)
        .map(|p| AsmOperand {
            symbolic_name: Tok(p[0].0),
            constraint: Tok(p[1].0),
            expr: opt_node(p[2].0),
            variable: opt_tok(p[3].0),
        })
        .collect()
}

pub(super) fn size_of(word: u32) -> PtrSize {
    match word & 3 {
        0 => PtrSize::One,
        1 => PtrSize::Many,
        2 => PtrSize::Slice,
        _ => PtrSize::C,
    }
}

/// How many tokens the brackets of a pointer without sentinel take.
pub(super) fn bracket_tokens(size: PtrSize) -> u32 {
    match size {
        PtrSize::One => 1,
        PtrSize::Slice => 2,
        PtrSize::Many => 3,
        PtrSize::C => 4,
    }
}

fn simple_pointer(main: Tok, a: u32, child: NodeId) -> PtrType {
    let size = size_of(a);
    PtrType {
        size,
        sentinel: None,
        align: None,
        bit_range: None,
        addrspace: None,
        const_: (a & 4 != 0).then(|| Tok(main.0 + bracket_tokens(size))),
        volatile: None,
        allowzero: None,
        child,
    }
}
