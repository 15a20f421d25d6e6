//! Expressions, statements and types.

use syntax::ast::{BinaryOp, NodeId, Payload, PtrSize, PtrType, UnaryOp};
use syntax::operator::{COMPARISON, assign_op, precedence};
use syntax::token::Kind;

use super::{Actions, Chain, Control, Else, InitList, Marks, Modifiers, Prefix, Prong};
use crate::token::Terminal;

impl Actions<'_> {
    /// Puts an operand and the operator after it on a chain, folding what binds tighter.
    pub fn chain(&mut self, mut c: Chain, operand: NodeId, (op, payload): (Terminal, bool)) -> Chain {
        let (p, _) = precedence(op.kind).unwrap_or_default();
        let operand = self.fold_to(&mut c, operand, p);
        if p == COMPARISON && c.compares {
            self.refuse("chained comparison");
        }
        c.pending.push((operand, op, payload));
        c
    }
    /// Ends a chain.
    pub fn fold(&mut self, mut c: Chain, operand: NodeId) -> NodeId {
        self.fold_to(&mut c, operand, 0)
    }
    /// Folds operators that bind at least as tight as `min`; whether one of them was a comparison
    /// of just that precedence is left in the chain.
    fn fold_to(&mut self, c: &mut Chain, mut rhs: NodeId, min: u8) -> NodeId {
        c.compares = false;
        while let Some((lhs, op, payload)) = c.pending.pop_if(|(_, op, _)| binds(op.kind) >= min) {
            self.check_blanks(op);
            let main = self.tok(op);
            rhs = match precedence(op.kind) {
                Some((p, Some(operation))) => {
                    c.compares = p == COMPARISON && p == min;
                    self.builder().binary(operation, main, lhs, rhs)
                }
                _ => self.builder().catch(main, payload, lhs, rhs),
            };
        }
        rhs
    }
    fn check_blanks(&mut self, op: Terminal) {
        let start = self.start(op.index);
        let end = start + op.kind.lexeme().map_or(0, str::len);
        let before = start.checked_sub(1).map_or(0, |i| self.byte(i));
        let after = self.byte(end);
        let blank = |b: u8| matches!(b, b' ' | b'\t'..=b'\r');
        if blank(before) != blank(after) || (op.kind == Kind::Ampersand && after == b'&') {
            self.refuse("blanks around an operator");
        }
    }
    pub fn prefix(&mut self, t: Terminal, e: NodeId) -> NodeId {
        let op = match t.kind {
            Kind::Bang => UnaryOp::BoolNot,
            Kind::Minus => UnaryOp::Negate,
            Kind::MinusPercent => UnaryOp::NegateWrap,
            Kind::Tilde => UnaryOp::BitNot,
            Kind::Ampersand => UnaryOp::AddressOf,
            _ => UnaryOp::Try,
        };
        let main = self.tok(t);
        self.builder().unary(op, main, e)
    }
    pub fn assign(&mut self, t: Terminal, lhs: NodeId, rhs: NodeId) -> NodeId {
        let main = self.tok(t);
        let op: Option<BinaryOp> = assign_op(t.kind).flatten();
        self.builder().assign(op, main, lhs, rhs)
    }
    pub fn destructure(&mut self, comptime: Option<Terminal>, lhs: Vec<NodeId>, t: Terminal, rhs: NodeId) -> NodeId {
        let (comptime, equal) = (self.opt_tok(comptime), self.tok(t));
        self.builder().destructure(comptime, equal, &lhs, rhs)
    }

    pub fn ident(&mut self, t: Terminal) -> NodeId {
        let t = self.tok(t);
        self.builder().ident(t)
    }
    pub fn literal(&mut self, t: Terminal) -> NodeId {
        let tok = self.tok(t);
        match t.kind {
            Kind::CharLiteral => self.builder().character(tok),
            Kind::NumberLiteral => self.builder().number(tok),
            _ => self.builder().unreachable(tok),
        }
    }
    pub fn string(&mut self, t: Terminal) -> NodeId {
        let t = self.tok(t);
        self.builder().string(t)
    }
    pub fn multiline_string(&mut self, first: Terminal, last: Terminal) -> NodeId {
        let (first, last) = (self.tok(first), self.tok(last));
        self.builder().multiline_string(first, last)
    }
    pub fn enum_literal(&mut self, t: Terminal) -> NodeId {
        let t = self.tok(t);
        self.builder().enum_literal(t)
    }
    pub fn anyframe(&mut self, t: Terminal) -> NodeId {
        let t = self.tok(t);
        self.builder().anyframe(t)
    }
    pub fn error_value(&mut self, t: Terminal, name: Terminal) -> NodeId {
        let (t, name) = (self.tok(t), self.tok(name));
        self.builder().error_value(t, name)
    }
    pub fn error_set(&mut self, t: Terminal, names: Vec<Terminal>, r: Terminal) -> NodeId {
        let (t, names, r) = (self.tok(t), self.toks(&names), self.tok(r));
        self.builder().error_set(t, &names, r)
    }
    pub fn grouped(&mut self, l: Terminal, e: NodeId, r: Terminal) -> NodeId {
        let (l, r) = (self.tok(l), self.tok(r));
        self.builder().grouped(l, e, r)
    }
    pub fn builtin_call(&mut self, t: Terminal, args: Vec<NodeId>, r: Terminal) -> NodeId {
        let (t, r) = (self.tok(t), self.tok(r));
        self.builder().builtin_call(t, &args, r)
    }
    pub fn call(&mut self, l: Terminal, callee: NodeId, args: Vec<NodeId>, r: Terminal) -> NodeId {
        let (l, r) = (self.tok(l), self.tok(r));
        self.builder().call(l, callee, &args, r)
    }
    pub fn index(&mut self, l: Terminal, lhs: NodeId, index: NodeId, r: Terminal) -> NodeId {
        let (l, r) = (self.tok(l), self.tok(r));
        self.builder().index(l, lhs, index, r)
    }
    pub fn slice(
        &mut self,
        l: Terminal,
        lhs: NodeId,
        start: NodeId,
        end: Option<NodeId>,
        sentinel: Option<NodeId>,
        r: Terminal,
    ) -> NodeId {
        let (l, r) = (self.tok(l), self.tok(r));
        self.builder().slice(l, lhs, start, end, sentinel, r)
    }
    pub fn field_access(&mut self, t: Terminal, lhs: NodeId, name: Terminal) -> NodeId {
        let (t, name) = (self.tok(t), self.tok(name));
        self.builder().field_access(t, lhs, name)
    }
    pub fn unwrap_optional(&mut self, t: Terminal, lhs: NodeId) -> NodeId {
        let t = self.tok(t);
        self.builder().unwrap_optional(t, lhs)
    }
    pub fn deref(&mut self, t: Terminal, lhs: NodeId) -> NodeId {
        let t = self.tok(t);
        self.builder().deref(t, lhs)
    }
    pub fn init(&mut self, ty: Option<NodeId>, i: InitList) -> NodeId {
        let (lbrace, rbrace) = (self.tok(i.lbrace), self.tok(i.rbrace));
        if i.names.is_empty() && !i.values.is_empty() {
            return self.builder().array_init(lbrace, ty, &i.values, rbrace);
        }
        let names = self.toks(&i.names);
        self.builder().struct_init(lbrace, ty, &names, &i.values, rbrace)
    }

    pub fn comptime(&mut self, t: Terminal, e: NodeId) -> NodeId {
        let t = self.tok(t);
        self.builder().comptime(t, e)
    }
    pub fn nosuspend(&mut self, t: Terminal, e: NodeId) -> NodeId {
        let t = self.tok(t);
        self.builder().nosuspend(t, e)
    }
    pub fn suspend(&mut self, t: Terminal, e: NodeId) -> NodeId {
        let t = self.tok(t);
        self.builder().suspend(t, e)
    }
    pub fn resume(&mut self, t: Terminal, e: NodeId) -> NodeId {
        let t = self.tok(t);
        self.builder().resume(t, e)
    }
    pub fn defer(&mut self, t: Terminal, e: NodeId) -> NodeId {
        let t = self.tok(t);
        self.builder().defer(t, e)
    }
    pub fn errdefer(&mut self, t: Terminal, payload: Option<Terminal>, e: NodeId) -> NodeId {
        let (t, payload) = (self.tok(t), self.opt_tok(payload));
        self.builder().errdefer(t, payload, e)
    }
    pub fn return_(&mut self, t: Terminal, e: Option<NodeId>) -> NodeId {
        let t = self.tok(t);
        self.builder().return_(t, e)
    }
    pub fn break_(&mut self, (t, label): (Terminal, Option<Terminal>), e: Option<NodeId>) -> NodeId {
        let (main, label) = (self.tok(t), self.opt_tok(label));
        match t.kind {
            Kind::KwBreak => self.builder().break_(main, label, e),
            _ => self.builder().continue_(main, label, e),
        }
    }
    pub fn block(&mut self, label: Option<Terminal>, l: Terminal, stmts: Vec<NodeId>, r: Terminal) -> NodeId {
        let (label, l, r) = (self.opt_tok(label), self.tok(l), self.tok(r));
        self.builder().block(label, l, &stmts, r)
    }

    pub fn if_head(&mut self, main: Terminal, cond: NodeId, payload: Option<Payload>) -> Control {
        Control::If { main, cond, payload }
    }
    /// `last`: the last token of the head.
    pub fn while_head(
        &mut self,
        main: Terminal,
        cond: NodeId,
        payload: Option<Payload>,
        cont: Option<NodeId>,
        last: Terminal,
    ) -> Control {
        if cont.is_none() && self.kind(last.index + 1) == Kind::LParen {
            let between = self.source.get(self.start(last.index)..self.start(last.index + 1)).unwrap_or_default();
            if !between.contains(&b'\n') {
                self.refuse("a continue expression without colon");
            }
        }
        Control::While { marks: Marks::default(), main, cond, payload, cont }
    }
    pub fn for_head(&mut self, main: Terminal, inputs: Vec<NodeId>, captures: Vec<Payload>) -> Control {
        if inputs.len() != captures.len() {
            self.refuse("inputs and captures of a loop differ in number");
        }
        Control::For { marks: Marks::default(), main, inputs, captures }
    }
    fn mark(c: Control, mark: impl Fn(&mut Marks)) -> Control {
        let mut c = c;
        match &mut c {
            Control::If { .. } => {}
            Control::While { marks, .. } | Control::For { marks, .. } => mark(marks),
        }
        c
    }
    pub fn inline(&mut self, t: Terminal, c: Control) -> Control {
        Self::mark(c, |m| m.inline = Some(t))
    }
    pub fn label(&mut self, t: Terminal, c: Control) -> Control {
        Self::mark(c, |m| m.label = Some(t))
    }
    pub fn control(&mut self, c: Control, body: NodeId, els: Option<(Else, NodeId)>) -> NodeId {
        let els = els.map(|((t, payload), e)| (self.tok(t), self.opt_tok(payload), e));
        match c {
            Control::If { main, cond, payload } => {
                let main = self.tok(main);
                self.builder().if_(main, cond, payload, body, els)
            }
            Control::While { marks, main, cond, payload, cont } => {
                let (main, marks) = (self.tok(main), (self.opt_tok(marks.label), self.opt_tok(marks.inline)));
                self.builder().while_(main, marks, cond, payload, cont, body, els)
            }
            Control::For { marks, main, inputs, captures } => {
                if els.is_some_and(|e| e.1.is_some()) {
                    self.refuse("a payload after the else of a for");
                }
                let (main, marks) = (self.tok(main), (self.opt_tok(marks.label), self.opt_tok(marks.inline)));
                let els = els.map(|(t, _, e)| (t, e));
                self.builder().for_(main, marks, &inputs, &captures, body, els)
            }
        }
    }
    pub fn for_range(&mut self, t: Terminal, start: NodeId, end: Option<NodeId>) -> NodeId {
        let t = self.tok(t);
        self.builder().for_range(t, start, end)
    }
    pub fn switch(&mut self, label: Option<Terminal>, t: Terminal, e: NodeId, l: Vec<NodeId>, r: Terminal) -> NodeId {
        let (label, t, r) = (self.opt_tok(label), self.tok(t), self.tok(r));
        self.builder().switch(t, label, e, &l, r)
    }
    pub fn prong(&mut self, h: Prong, body: NodeId) -> NodeId {
        let (arrow, inline) = (self.tok(h.arrow), self.opt_tok(h.inline));
        let tag = self.opt_tok(h.payload.and_then(|p| p.1));
        self.builder().switch_case(arrow, inline, &h.items, h.payload.map(|p| p.0), tag, body)
    }
    pub fn switch_range(&mut self, t: Terminal, lo: NodeId, hi: NodeId) -> NodeId {
        let t = self.tok(t);
        self.builder().switch_range(t, lo, hi)
    }

    pub fn error_union(&mut self, t: Terminal, lhs: NodeId, rhs: NodeId) -> NodeId {
        let t = self.tok(t);
        self.builder().error_union(t, lhs, rhs)
    }
    pub fn letter_c(&mut self, t: Terminal) {
        // Not even a comment may stand between it and the bracket.
        let text = self.source.get(self.start(t.index)..self.start(t.index + 1));
        if text.is_none_or(|t| t.trim_ascii_end() != b"c") {
            self.refuse("a pointer of an unknown kind");
        }
    }
    pub fn slice_type(&mut self, t: Terminal, sentinel: Option<NodeId>, m: Modifiers) -> Prefix {
        if m.bit_range.is_some() {
            self.refuse("a bit range on a slice");
        }
        Prefix::Slice(t, sentinel, m)
    }
    pub fn modifier(&mut self, mut m: Modifiers, t: Terminal) -> Modifiers {
        let place = match t.kind {
            Kind::KwConst => &mut m.const_,
            Kind::KwVolatile => &mut m.volatile,
            _ => &mut m.allowzero,
        };
        if place.replace(t).is_some() {
            self.refuse("a pointer modifier twice");
        }
        m
    }
    pub fn align(&mut self, mut m: Modifiers, e: NodeId, bits: Option<(NodeId, NodeId)>) -> Modifiers {
        if m.align.replace(e).is_some() {
            self.refuse("an alignment twice");
        }
        m.bit_range = bits;
        m
    }
    pub fn addrspace(&mut self, mut m: Modifiers, e: NodeId) -> Modifiers {
        if m.addrspace.replace(e).is_some() {
            self.refuse("an address space twice");
        }
        m
    }
    fn pointer(&mut self, t: Terminal, size: PtrSize, sentinel: Option<NodeId>, m: Modifiers, child: NodeId) -> NodeId {
        let p = PtrType {
            size,
            sentinel,
            align: m.align,
            bit_range: m.bit_range,
            addrspace: m.addrspace,
            const_: self.opt_tok(m.const_),
            volatile: self.opt_tok(m.volatile),
            allowzero: self.opt_tok(m.allowzero),
            child,
        };
        let main = self.tok(t);
        self.builder().ptr_type(main, &p)
    }
    pub fn prefixed_type(&mut self, p: Prefix, child: NodeId) -> NodeId {
        match p {
            Prefix::Optional(t) => {
                let t = self.tok(t);
                self.builder().unary(UnaryOp::OptionalType, t, child)
            }
            Prefix::Anyframe(t) => {
                let t = self.tok(t);
                self.builder().anyframe_type(t, child)
            }
            Prefix::One(t, m) => self.pointer(t, PtrSize::One, None, m, child),
            Prefix::Two(t, m) => {
                let inner = self.pointer(t, PtrSize::One, None, m, child);
                self.pointer(t, PtrSize::One, None, Modifiers::default(), inner)
            }
            Prefix::Many(t, sentinel, m) => self.pointer(t, PtrSize::Many, sentinel, m, child),
            Prefix::C(t, m) => self.pointer(t, PtrSize::C, None, m, child),
            Prefix::Slice(t, sentinel, m) => self.pointer(t, PtrSize::Slice, sentinel, m, child),
            Prefix::Array(t, len, sentinel) => {
                let t = self.tok(t);
                self.builder().array_type(t, len, sentinel, child)
            }
        }
    }
}

fn binds(k: Kind) -> u8 {
    precedence(k).map_or(0, |(p, _)| p)
}
