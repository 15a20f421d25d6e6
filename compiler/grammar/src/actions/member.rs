//! Members, containers and prototypes.

use syntax::ast::{AsmOperand, ContainerKind, Field, FnProto, MemberRoot, NodeId, Param, Payload, VarDecl};
use syntax::token::Kind;
use syntax::{MemberKind, WholeMember};

use super::{Actions, ContainerHead, FieldOrder, Head, Open, Signature, Statement, VarProto};
use crate::token::Terminal;

impl Actions<'_> {
    pub fn begin_member(&mut self, base: u32) {
        let slot = self.members.len();
        self.members.push(None);
        let container = self.containers.last().copied().unwrap_or(0);
        self.open.push(Open { slot, base, container, builder: Default::default(), cuts: Vec::new() });
    }

    fn end_member(&mut self, kind: MemberKind, root: MemberRoot, end: u32) {
        let Some(mut o) = self.open.pop() else { return };
        let ast = o.builder.finish(root);
        if let Some(m) = self.members.get_mut(o.slot) {
            *m = Some(WholeMember { kind, base: o.base as usize, end: end as usize, container: o.container, ast });
        }
    }

    pub fn after_decl(&mut self, o: FieldOrder) -> FieldOrder {
        if o == FieldOrder::Seen { FieldOrder::Ended } else { o }
    }
    pub fn after_field(&mut self, o: FieldOrder) -> FieldOrder {
        if o == FieldOrder::Ended {
            self.refuse("declarations between fields");
        }
        FieldOrder::Seen
    }

    /// The first of a run of doc comments.
    pub fn doc(&mut self, t: Terminal) {
        let n = t.index as usize;
        let docs = &self.tokens.docs;
        let Some(d) = docs.get(n) else { return };
        let follows_doc = n > 0 && docs[n - 1].before == d.before;
        if follows_doc || d.before == 0 {
            return;
        }
        let between = self.source.get(self.start(d.before - 1)..d.start as usize).unwrap_or_default();
        if !between.contains(&b'\n') {
            self.refuse("doc comment on the line of another token");
        }
    }

    pub fn test(&mut self, t: Terminal, name: Option<Terminal>, body: NodeId, end: u32) {
        let root = MemberRoot::Test { test_token: self.tok(t), name: self.opt_tok(name), body };
        self.end_member(MemberKind::Test, root, end);
    }
    pub fn comptime_block(&mut self, t: Terminal, body: NodeId, end: u32) {
        let root = MemberRoot::Comptime { comptime_token: self.tok(t), body };
        self.end_member(MemberKind::Comptime, root, end);
    }
    pub fn fn_decl(&mut self, (head, proto): (Head, NodeId), body: Option<NodeId>, end: u32) {
        if body.is_some() && head.qualifier.is_some_and(|q| q.kind == Kind::KwExtern) {
            self.refuse("extern function with a body");
        }
        self.end_member(MemberKind::Fn, MemberRoot::Fn { proto, body }, end);
    }
    pub fn global_var(
        &mut self,
        head: Head,
        threadlocal: Option<Terminal>,
        v: VarProto,
        init: Option<NodeId>,
        end: u32,
    ) {
        let mut d = self.var_decl(&v, init);
        d.visib = self.opt_tok(head.visib);
        d.extern_export = self.opt_tok(head.qualifier);
        d.lib_name = self.opt_tok(head.lib_name);
        d.threadlocal = self.opt_tok(threadlocal);
        let kind = if d.mutable { MemberKind::Var } else { MemberKind::Const };
        let main = self.tok(v.main);
        let node = self.builder().var_decl(main, &d);
        self.end_member(kind, MemberRoot::Var { node }, end);
    }
    pub fn field(
        &mut self,
        comptime: Option<Terminal>,
        name: Option<Terminal>,
        ty: NodeId,
        align: Option<NodeId>,
        value: Option<NodeId>,
        end: u32,
    ) {
        // There these begin a declaration, also where a type could begin with them.
        let base = self.open.last().and_then(|o| self.tokens.kinds.get(o.base as usize));
        if matches!(base, Some(Kind::KwExtern | Kind::KwInline)) {
            self.refuse("a declaration should follow");
        }
        let field = Field { comptime: self.opt_tok(comptime), name: self.opt_tok(name), ty: Some(ty), align, value };
        self.end_member(MemberKind::Field, MemberRoot::Field(field), end);
    }

    fn var_decl(&self, v: &VarProto, init: Option<NodeId>) -> VarDecl {
        VarDecl {
            visib: None,
            extern_export: None,
            lib_name: None,
            threadlocal: None,
            comptime: None,
            mutable: v.main.kind == Kind::KwVar,
            name: self.tok(v.name),
            ty: v.ty,
            align: v.align,
            addrspace: v.addrspace,
            section: v.section,
            init,
        }
    }
    pub fn local_var(&mut self, comptime: Option<Terminal>, v: VarProto, init: Option<NodeId>) -> NodeId {
        let mut d = self.var_decl(&v, init);
        d.comptime = self.opt_tok(comptime);
        let main = self.tok(v.main);
        self.builder().var_decl(main, &d)
    }
    pub fn statement(&mut self, comptime: Option<Terminal>, s: Statement) -> NodeId {
        match (s, comptime) {
            (Statement::Plain(e), None) => e,
            (Statement::Plain(e), Some(t)) => self.comptime(t, e),
            (Statement::Var(v, init), _) => self.local_var(comptime, v, Some(init)),
            (Statement::Destructure(lhs, t, rhs), _) => self.destructure(comptime, lhs, t, rhs),
        }
    }

    pub fn fn_proto(&mut self, head: Head, s: Signature, ret: NodeId) -> NodeId {
        let (main, name, lparen, params) = s.head;
        let [align, addrspace, section, callconv] = s.attributes;
        let proto = FnProto {
            visib: self.opt_tok(head.visib),
            qualifier: self.opt_tok(head.qualifier),
            lib_name: self.opt_tok(head.lib_name),
            name: self.opt_tok(name),
            lparen: self.tok(lparen),
            params,
            align,
            addrspace,
            section,
            callconv,
            inferred_error: self.opt_tok(s.bang),
            ret: Some(ret),
        };
        let main = self.tok(main);
        self.builder().fn_proto(main, &proto)
    }
    pub fn dots(&mut self, t: Terminal) -> Param {
        let dots = Some(self.tok(t));
        Param { name: None, comptime: None, noalias: None, anytype: None, dots, ty: None }
    }
    pub fn param(
        &mut self,
        mark: Option<Terminal>,
        name: Option<Terminal>,
        anytype: Option<Terminal>,
        ty: Option<NodeId>,
    ) -> Param {
        let of = |k: Kind| mark.filter(|m| m.kind == k);
        Param {
            name: self.opt_tok(name),
            comptime: self.opt_tok(of(Kind::KwComptime)),
            noalias: self.opt_tok(of(Kind::KwNoalias)),
            anytype: self.opt_tok(anytype),
            dots: None,
            ty,
        }
    }

    pub fn open_container(&mut self) {
        self.containers.push(self.container_count);
        self.container_count += 1;
    }
    pub fn container(
        &mut self,
        layout: Option<Terminal>,
        head: ContainerHead,
        lbrace: Terminal,
        rbrace: Terminal,
    ) -> NodeId {
        self.containers.pop();
        let kind = match head.main.kind {
            Kind::KwUnion => ContainerKind::Union,
            Kind::KwEnum => ContainerKind::Enum,
            Kind::KwOpaque => ContainerKind::Opaque,
            _ => ContainerKind::Struct,
        };
        let (layout, enum_tag) = (self.opt_tok(layout), self.opt_tok(head.enum_tag));
        let (main, open) = (self.tok(head.main), self.tok(lbrace));
        let node = self.builder().container(main, kind, layout, head.arg, enum_tag, open);
        if let Some(o) = self.open.last_mut() {
            o.cuts.push((lbrace.index, rbrace.index));
        }
        node
    }
    /// `union(e)`: `enum` right after the parenthesis always asks for a tag.
    pub fn union_argument(&mut self, main: Terminal, e: NodeId) -> ContainerHead {
        if self.kind(main.index + 2) == Kind::KwEnum {
            self.refuse("an enum declared as a union's tag");
        }
        ContainerHead { main, arg: Some(e), enum_tag: None }
    }

    pub fn asm_operand(
        &mut self,
        name: Terminal,
        constraint: Terminal,
        expr: Option<NodeId>,
        variable: Option<Terminal>,
    ) -> AsmOperand {
        AsmOperand {
            symbolic_name: self.tok(name),
            constraint: self.tok(constraint),
            expr,
            variable: self.opt_tok(variable),
        }
    }
    /// `head`: `asm`, `volatile`, template, `)`.
    pub fn asm(
        &mut self,
        head: (Terminal, Option<Terminal>, NodeId, Terminal),
        outputs: Vec<AsmOperand>,
        inputs: Vec<AsmOperand>,
        clobbers: Option<NodeId>,
        legacy: Vec<Terminal>,
    ) -> NodeId {
        let (main, volatile, template, rparen) = head;
        let (main, volatile, rparen) = (self.tok(main), self.opt_tok(volatile), self.tok(rparen));
        let legacy = self.toks(&legacy);
        self.builder().asm(main, volatile, template, &outputs, &inputs, clobbers, &legacy, rparen)
    }
    /// Clobbers by an expression; a single string is a list of the old kind.
    pub fn clobbers(
        &mut self,
        head: (Terminal, Option<Terminal>, NodeId, Terminal),
        outputs: Vec<AsmOperand>,
        inputs: Vec<AsmOperand>,
        (place, clobbers): (u32, NodeId),
    ) -> NodeId {
        if self.kind(place) != Kind::StringLiteral {
            return self.asm(head, outputs, inputs, Some(clobbers), Vec::new());
        }
        if head.3.index != place + 1 {
            self.refuse("a list of clobbers that is an expression");
        }
        self.builder().retract_last();
        let string = Terminal { index: place, ..head.3 };
        self.asm(head, outputs, inputs, None, vec![string])
    }

    pub fn payload(&mut self, ptr: bool, name: Terminal) -> Payload {
        Payload { ptr, name: self.tok(name) }
    }
}
