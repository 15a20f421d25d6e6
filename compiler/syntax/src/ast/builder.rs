//! Building of trees: the only writer of [`MemberAst`], driven by the parser and by its
//! grammar twin alike.

use super::storage::{MemberAst, NODE, Nodes, bracket_tokens};
use super::tag::{ASSIGN, ASSIGN_OP, BINARY, NONE, Tag, UNARY};
use super::view::*;
use super::words::Words;
use super::{NodeId, Tok};

/// A tree under construction. Children are added before their parents.
#[derive(Default, Debug)]
pub struct Builder {
    nodes: Vec<[NodeId; NODE]>,
    extra: Vec<NodeId>,
    containers: u32,
}

fn node(x: Option<NodeId>) -> u32 {
    x.map_or(NONE, |n| n.0)
}
fn tok(x: Option<Tok>) -> u32 {
    x.map_or(NONE, |t| t.0)
}
fn payload(x: Option<Payload>) -> u32 {
    x.map_or(NONE, |p| p.name.0 << 1 | u32::from(p.ptr))
}

#[allow(missing_docs, reason = "each method adds the node of its name; operands are those of `Node`")]
impl Builder {
    /// Takes the finished tree and starts anew, keeping the memory.
    pub fn finish(&mut self, root: MemberRoot) -> MemberAst {
        let mut words = Vec::with_capacity(self.nodes.len() * NODE + self.extra.len());
        words.extend_from_slice(self.nodes.as_flattened());
        words.extend_from_slice(&self.extra);
        let nodes = self.nodes.len() as u32;
        let ast = MemberAst { words: Words::Plain(words.into_boxed_slice()), nodes, root, containers: self.containers };
        self.clear();
        ast
    }
    /// Forgets what was built.
    pub fn clear(&mut self) {
        self.nodes.clear();
        self.extra.clear();
        self.containers = 0;
    }

    /// Takes back the node added last; only for leaves, which own nothing in `extra`.
    pub fn retract_last(&mut self) {
        self.nodes.pop();
    }
    /// What was built so far.
    pub(crate) fn nodes(&self) -> Nodes<'_> {
        Nodes { nodes: &self.nodes, extra: &self.extra }
    }
    /// The main token of a node added before.
    pub fn main_token(&self, id: NodeId) -> Tok {
        Tok(self.nodes[id.0 as usize][1].0)
    }
    /// How many nodes there are.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    fn push(&mut self, tag: u8, main: Tok, a: u32, b: u32) -> NodeId {
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push([tag as u32, main.0, a, b].map(NodeId));
        id
    }
    fn plain(&mut self, tag: Tag, main: Tok, a: u32, b: u32) -> NodeId {
        self.push(tag as u8, main, a, b)
    }
    fn words(&mut self, words: &[u32]) -> u32 {
        let at = self.extra.len() as u32;
        self.extra.extend(words.iter().map(|w| NodeId(*w)));
        at
    }
    fn list(&mut self, list: &[NodeId]) {
        self.extra.push(NodeId(list.len() as u32));
        self.extra.extend_from_slice(list);
    }
    fn toks(&mut self, list: &[Tok]) {
        self.extra.push(NodeId(list.len() as u32));
        self.extra.extend(list.iter().map(|t| NodeId(t.0)));
    }

    pub fn ident(&mut self, main: Tok) -> NodeId {
        self.plain(Tag::Ident, main, NONE, NONE)
    }
    pub fn number(&mut self, main: Tok) -> NodeId {
        self.plain(Tag::NumberLiteral, main, NONE, NONE)
    }
    pub fn character(&mut self, main: Tok) -> NodeId {
        self.plain(Tag::CharLiteral, main, NONE, NONE)
    }
    pub fn string(&mut self, main: Tok) -> NodeId {
        self.plain(Tag::StringLiteral, main, NONE, NONE)
    }
    pub fn multiline_string(&mut self, first: Tok, last: Tok) -> NodeId {
        self.plain(Tag::MultilineString, first, NONE, last.0)
    }
    pub fn enum_literal(&mut self, name: Tok) -> NodeId {
        self.plain(Tag::EnumLiteral, name, NONE, NONE)
    }
    pub fn unreachable(&mut self, main: Tok) -> NodeId {
        self.plain(Tag::UnreachableLiteral, main, NONE, NONE)
    }
    pub fn anyframe(&mut self, main: Tok) -> NodeId {
        self.plain(Tag::AnyframeLiteral, main, NONE, NONE)
    }
    pub fn error_value(&mut self, main: Tok, name: Tok) -> NodeId {
        self.plain(Tag::ErrorValue, main, name.0, NONE)
    }
    pub fn error_set(&mut self, main: Tok, names: &[Tok], rbrace: Tok) -> NodeId {
        let at = self.words(&[]);
        self.toks(names);
        self.plain(Tag::ErrorSet, main, at, rbrace.0)
    }
    pub fn grouped(&mut self, lparen: Tok, expr: NodeId, rparen: Tok) -> NodeId {
        self.plain(Tag::Grouped, lparen, expr.0, rparen.0)
    }
    pub fn unary(&mut self, op: UnaryOp, main: Tok, expr: NodeId) -> NodeId {
        self.push(UNARY + op as u8, main, expr.0, NONE)
    }
    pub fn binary(&mut self, op: BinaryOp, main: Tok, lhs: NodeId, rhs: NodeId) -> NodeId {
        self.push(BINARY + op as u8, main, lhs.0, rhs.0)
    }
    /// `payload`: whether `|name|` follows `catch`.
    pub fn catch(&mut self, main: Tok, payload: bool, lhs: NodeId, rhs: NodeId) -> NodeId {
        self.plain(if payload { Tag::CatchPayload } else { Tag::Catch }, main, lhs.0, rhs.0)
    }
    pub fn error_union(&mut self, bang: Tok, lhs: NodeId, rhs: NodeId) -> NodeId {
        self.plain(Tag::ErrorUnionType, bang, lhs.0, rhs.0)
    }
    pub fn assign(&mut self, op: Option<BinaryOp>, main: Tok, lhs: NodeId, rhs: NodeId) -> NodeId {
        self.push(op.map_or(ASSIGN, |op| ASSIGN_OP + op as u8), main, lhs.0, rhs.0)
    }
    pub fn destructure(&mut self, comptime: Option<Tok>, equal: Tok, lhs: &[NodeId], rhs: NodeId) -> NodeId {
        let at = self.words(&[tok(comptime)]);
        self.list(lhs);
        self.plain(Tag::AssignDestructure, equal, at, rhs.0)
    }
    pub fn field_access(&mut self, period: Tok, lhs: NodeId, name: Tok) -> NodeId {
        self.plain(Tag::FieldAccess, period, lhs.0, name.0)
    }
    pub fn unwrap_optional(&mut self, period: Tok, lhs: NodeId) -> NodeId {
        self.plain(Tag::UnwrapOptional, period, lhs.0, NONE)
    }
    pub fn deref(&mut self, main: Tok, lhs: NodeId) -> NodeId {
        self.plain(Tag::Deref, main, lhs.0, NONE)
    }
    pub fn call(&mut self, lparen: Tok, callee: NodeId, args: &[NodeId], rparen: Tok) -> NodeId {
        let at = self.words(&[rparen.0]);
        self.list(args);
        self.plain(Tag::Call, lparen, callee.0, at)
    }
    pub fn index(&mut self, lbracket: Tok, lhs: NodeId, index: NodeId, rbracket: Tok) -> NodeId {
        let at = self.words(&[index.0, rbracket.0]);
        self.plain(Tag::Index, lbracket, lhs.0, at)
    }
    pub fn slice(
        &mut self,
        lbracket: Tok,
        lhs: NodeId,
        start: NodeId,
        end: Option<NodeId>,
        sentinel: Option<NodeId>,
        rbracket: Tok,
    ) -> NodeId {
        let at = self.words(&[start.0, node(end), node(sentinel), rbracket.0]);
        self.plain(Tag::Slice, lbracket, lhs.0, at)
    }
    pub fn struct_init(
        &mut self,
        lbrace: Tok,
        ty: Option<NodeId>,
        names: &[Tok],
        values: &[NodeId],
        rbrace: Tok,
    ) -> NodeId {
        let at = self.words(&[rbrace.0]);
        self.list(values);
        self.toks(names);
        self.plain(Tag::StructInit, lbrace, node(ty), at)
    }
    pub fn array_init(&mut self, lbrace: Tok, ty: Option<NodeId>, elems: &[NodeId], rbrace: Tok) -> NodeId {
        let at = self.words(&[rbrace.0]);
        self.list(elems);
        self.plain(Tag::ArrayInit, lbrace, node(ty), at)
    }
    pub fn builtin_call(&mut self, main: Tok, args: &[NodeId], rparen: Tok) -> NodeId {
        let at = self.words(&[]);
        self.list(args);
        self.plain(Tag::BuiltinCall, main, at, rparen.0)
    }
    pub fn comptime(&mut self, main: Tok, expr: NodeId) -> NodeId {
        self.plain(Tag::Comptime, main, expr.0, NONE)
    }
    pub fn nosuspend(&mut self, main: Tok, expr: NodeId) -> NodeId {
        self.plain(Tag::Nosuspend, main, expr.0, NONE)
    }
    pub fn suspend(&mut self, main: Tok, body: NodeId) -> NodeId {
        self.plain(Tag::Suspend, main, body.0, NONE)
    }
    pub fn resume(&mut self, main: Tok, expr: NodeId) -> NodeId {
        self.plain(Tag::Resume, main, expr.0, NONE)
    }
    pub fn block(&mut self, label: Option<Tok>, lbrace: Tok, stmts: &[NodeId], rbrace: Tok) -> NodeId {
        let at = self.words(&[rbrace.0]);
        self.list(stmts);
        self.plain(Tag::Block, lbrace, tok(label), at)
    }
    /// `main` is `const` or `var`; the name must be the token after it.
    pub fn var_decl(&mut self, main: Tok, d: &VarDecl) -> NodeId {
        let toks = [d.visib, d.extern_export, d.lib_name, d.threadlocal, d.comptime];
        let nodes = [d.align, d.addrspace, d.section];
        if toks.iter().all(Option::is_none) && nodes.iter().all(Option::is_none) {
            let tag = if d.mutable { Tag::VarSimple } else { Tag::ConstSimple };
            return self.plain(tag, main, node(d.ty), node(d.init));
        }
        let at = self.words(&toks.map(tok));
        self.words(&[node(d.ty), node(d.align), node(d.addrspace), node(d.section)]);
        self.plain(if d.mutable { Tag::VarFull } else { Tag::ConstFull }, main, at, node(d.init))
    }
    pub fn if_(
        &mut self,
        main: Tok,
        cond: NodeId,
        pay: Option<Payload>,
        then: NodeId,
        els: Option<(Tok, Option<Tok>, NodeId)>,
    ) -> NodeId {
        if pay.is_none() && els.is_none() {
            return self.plain(Tag::IfSimple, main, cond.0, then.0);
        }
        let (et, ep, e) = els.map_or((None, None, None), |(t, p, e)| (Some(t), p, Some(e)));
        let at = self.words(&[payload(pay), then.0, tok(et), tok(ep), node(e)]);
        self.plain(Tag::If, main, cond.0, at)
    }
    pub fn while_(
        &mut self,
        main: Tok,
        (label, inline): (Option<Tok>, Option<Tok>),
        cond: NodeId,
        pay: Option<Payload>,
        cont: Option<NodeId>,
        body: NodeId,
        els: Option<(Tok, Option<Tok>, NodeId)>,
    ) -> NodeId {
        let (et, ep, e) = els.map_or((None, None, None), |(t, p, e)| (Some(t), p, Some(e)));
        let at = self.words(&[tok(label), tok(inline), payload(pay), node(cont), body.0, tok(et), tok(ep), node(e)]);
        self.plain(Tag::While, main, cond.0, at)
    }
    pub fn for_(
        &mut self,
        main: Tok,
        (label, inline): (Option<Tok>, Option<Tok>),
        inputs: &[NodeId],
        captures: &[Payload],
        body: NodeId,
        els: Option<(Tok, NodeId)>,
    ) -> NodeId {
        let (et, e) = els.map_or((None, None), |(t, e)| (Some(t), Some(e)));
        let at = self.words(&[tok(label), tok(inline), tok(et), node(e)]);
        self.list(inputs);
        self.extra.push(NodeId(captures.len() as u32));
        self.extra.extend(captures.iter().map(|p| NodeId(payload(Some(*p)))));
        self.plain(Tag::For, main, at, body.0)
    }
    pub fn for_range(&mut self, main: Tok, start: NodeId, end: Option<NodeId>) -> NodeId {
        self.plain(Tag::ForRange, main, start.0, node(end))
    }
    pub fn switch(&mut self, main: Tok, label: Option<Tok>, operand: NodeId, cases: &[NodeId], rbrace: Tok) -> NodeId {
        let at = self.words(&[tok(label), rbrace.0]);
        self.list(cases);
        self.plain(Tag::Switch, main, operand.0, at)
    }
    pub fn switch_case(
        &mut self,
        arrow: Tok,
        inline: Option<Tok>,
        items: &[NodeId],
        pay: Option<Payload>,
        tag_payload: Option<Tok>,
        body: NodeId,
    ) -> NodeId {
        let at = self.words(&[tok(inline), payload(pay), tok(tag_payload)]);
        self.list(items);
        self.plain(Tag::SwitchCase, arrow, at, body.0)
    }
    pub fn switch_range(&mut self, main: Tok, lo: NodeId, hi: NodeId) -> NodeId {
        self.plain(Tag::SwitchRange, main, lo.0, hi.0)
    }
    pub fn break_(&mut self, main: Tok, label: Option<Tok>, value: Option<NodeId>) -> NodeId {
        self.plain(Tag::Break, main, tok(label), node(value))
    }
    pub fn continue_(&mut self, main: Tok, label: Option<Tok>, value: Option<NodeId>) -> NodeId {
        self.plain(Tag::Continue, main, tok(label), node(value))
    }
    pub fn return_(&mut self, main: Tok, value: Option<NodeId>) -> NodeId {
        self.plain(Tag::Return, main, node(value), NONE)
    }
    pub fn defer(&mut self, main: Tok, body: NodeId) -> NodeId {
        self.plain(Tag::Defer, main, body.0, NONE)
    }
    pub fn errdefer(&mut self, main: Tok, payload: Option<Tok>, body: NodeId) -> NodeId {
        self.plain(Tag::Errdefer, main, tok(payload), body.0)
    }
    pub fn fn_proto(&mut self, main: Tok, p: &FnProto) -> NodeId {
        let at = self.words(&[p.visib, p.qualifier, p.lib_name, p.name, Some(p.lparen)].map(tok));
        self.words(&[p.align, p.addrspace, p.section, p.callconv].map(node));
        self.words(&[tok(p.inferred_error), p.params.len() as u32 * 6]);
        for q in &p.params {
            self.words(&[tok(q.name), tok(q.comptime), tok(q.noalias), tok(q.anytype), tok(q.dots), node(q.ty)]);
        }
        self.plain(Tag::FnProto, main, at, node(p.ret))
    }
    pub fn ptr_type(&mut self, main: Tok, p: &PtrType) -> NodeId {
        let size = match p.size {
            PtrSize::One => 0,
            PtrSize::Many => 1,
            PtrSize::Slice => 2,
            PtrSize::C => 3,
        };
        let const_at = Tok(main.0 + bracket_tokens(p.size));
        let rest = p.sentinel.or(p.align).or(p.addrspace).is_some() || p.volatile.or(p.allowzero).is_some();
        if !rest && p.const_.is_none_or(|c| c == const_at) {
            return self.plain(Tag::PtrSimple, main, size | u32::from(p.const_.is_some()) << 2, p.child.0);
        }
        let (lo, hi) = p.bit_range.map_or((None, None), |(lo, hi)| (Some(lo), Some(hi)));
        let at = self.words(&[size, node(p.sentinel), node(p.align), node(lo), node(hi), node(p.addrspace)]);
        self.words(&[p.const_, p.volatile, p.allowzero].map(tok));
        self.plain(Tag::PtrFull, main, at, p.child.0)
    }
    pub fn array_type(&mut self, lbracket: Tok, len: NodeId, sentinel: Option<NodeId>, elem: NodeId) -> NodeId {
        match sentinel {
            None => self.plain(Tag::ArrayType, lbracket, len.0, elem.0),
            Some(s) => {
                let at = self.words(&[s.0, elem.0]);
                self.plain(Tag::ArrayTypeSentinel, lbracket, len.0, at)
            }
        }
    }
    pub fn anyframe_type(&mut self, main: Tok, child: NodeId) -> NodeId {
        self.plain(Tag::AnyframeType, main, child.0, NONE)
    }
    /// The next directly nested container; `}` is the ordinal after `{` unless it is closed later.
    pub fn container(
        &mut self,
        main: Tok,
        kind: ContainerKind,
        layout: Option<Tok>,
        arg: Option<NodeId>,
        enum_tag: Option<Tok>,
        lbrace: Tok,
    ) -> NodeId {
        let ordinal = self.containers;
        self.containers += 1;
        let kind = match kind {
            ContainerKind::Struct => 0,
            ContainerKind::Union => 1,
            ContainerKind::Enum => 2,
            ContainerKind::Opaque => 3,
        };
        let at = self.words(&[ordinal, kind, tok(layout), node(arg), tok(enum_tag), lbrace.0 + 1]);
        self.plain(Tag::Container, main, at, lbrace.0)
    }
    /// Says where the `}` of a container is whose members are not cut out.
    pub(crate) fn close_container(&mut self, container: NodeId, rbrace: Tok) {
        let [_, _, at, _] = self.nodes[container.0 as usize];
        if let Some(word) = self.extra.get_mut(at.0 as usize + 5) {
            *word = NodeId(rbrace.0);
        }
    }
    pub fn asm(
        &mut self,
        main: Tok,
        volatile: Option<Tok>,
        template: NodeId,
        outputs: &[AsmOperand],
        inputs: &[AsmOperand],
        clobbers: Option<NodeId>,
        legacy_clobbers: &[Tok],
        rparen: Tok,
    ) -> NodeId {
        let at = self.words(&[tok(volatile), node(clobbers)]);
        for list in [outputs, inputs] {
            self.words(&[list.len() as u32 * 4]);
            for o in list {
                self.words(&[o.symbolic_name.0, o.constraint.0, node(o.expr), tok(o.variable)]);
            }
        }
        self.toks(legacy_clobbers);
        self.words(&[rparen.0]);
        self.plain(Tag::Asm, main, at, template.0)
    }
}
