//! Statements: local declarations, assignments, deferred statements, and what to do with the
//! value of an expression statement.

use syntax::ast::{BinaryOp, Node, VarDecl};
use syntax::{NodeId, Tok};

use super::result::{Ctx, Loc};
use super::scope::{Defer, Gz, Local, ScopeId};
use super::{Gen, Res, Ri};
use crate::inst::{BinOp, ComptimeReason, Inst, InstId, Prim, Ref};
use crate::member::{BindKind, NameStrategy, Place};

impl Gen<'_> {
    // ---- debug places

    /// A statement begins at this token.
    pub(crate) fn dbg_stmt(&mut self, gz: Gz, tok: Tok, node: NodeId) {
        if self.is_comptime(gz) {
            return;
        }
        if let Some(&last) = self.block_insts(gz).last()
            && matches!(self.inst(last), Inst::DbgStmt(_))
        {
            self.set(last, Inst::DbgStmt(tok));
            return;
        }
        self.add(gz, Inst::DbgStmt(tok), node);
    }
    /// A statement begins at the node's first token.
    pub(crate) fn dbg_node(&mut self, gz: Gz, node: NodeId) {
        let t = self.first_tok(node);
        self.dbg_stmt(gz, t, node);
    }
    /// An operation that may fail is at the node's main token.
    pub(crate) fn dbg_main(&mut self, gz: Gz, node: NodeId) {
        let t = self.main_tok(node);
        self.dbg_stmt(gz, t, node);
    }
    pub(crate) fn dbg_var_val(&mut self, gz: Gz, name: syntax::Name, val: Ref, node: NodeId) {
        if !self.is_comptime(gz) {
            self.add(gz, Inst::DbgVarVal { name, val }, node);
        }
    }
    fn dbg_var_ptr(&mut self, gz: Gz, name: syntax::Name, ptr: Ref, node: NodeId) {
        if !self.is_comptime(gz) {
            self.add(gz, Inst::DbgVarPtr { name, ptr }, node);
        }
    }

    // ---- values of statements

    /// An expression as a statement. The result is the node that control does not get past.
    pub(crate) fn unused_result(&mut self, gz: Gz, scope: ScopeId, node: NodeId) -> Res<Option<NodeId>> {
        self.dbg_node(gz, node);
        let r = self.expr(gz, scope, Ri::NONE, node)?;
        Ok(self.ensure_result(gz, r, node))
    }

    /// Checks that a value may be dropped.
    pub(crate) fn ensure_result(&mut self, gz: Gz, value: Ref, node: NodeId) -> Option<NodeId> {
        let noreturn = self.ref_is_noreturn(value);
        let void = match value.inst() {
            Some(i) => matches!(self.inst(i), Inst::ResolveInferredAlloc(_)) || self.inst(i).is_always_void(),
            None => value == Ref::prim(Prim::VoidValue),
        };
        if noreturn {
            return Some(node);
        }
        if !void {
            self.add(gz, Inst::EnsureResultUsed(value), node);
        }
        None
    }

    // ---- locals

    /// `const x = …` or `var x = …`; the result is the scope with the local in it.
    pub(crate) fn var_decl(&mut self, gz: Gz, scope: ScopeId, node: NodeId, v: &VarDecl) -> Res<ScopeId> {
        self.dbg_node(gz, node);
        if self.is_underscore(v.name) {
            return self.fail(Place::Tok(v.name), "'_' used as an identifier without @\"_\" syntax");
        }
        let name = self.name(v.name)?;
        let kind = if v.mutable { BindKind::LocalVar } else { BindKind::LocalConst };
        self.bind(scope, name, v.name, kind)?;
        let Some(init) = v.init else {
            return self.fail(Place::Node(node), "variables must be initialized");
        };
        self.check_local_attributes(v)?;
        let align = match v.align {
            Some(a) => self.expr(gz, scope, Ri::coerced(Prim::U29), a)?,
            None => Ref::NONE,
        };
        let strategy = NameStrategy::DbgVar(name);
        if v.mutable {
            return self.var_var(gz, scope, node, v, init, align, name);
        }

        if let Some(t) = v.comptime {
            let text = "'comptime const' is redundant; instead wrap the initialization expression with 'comptime'";
            self.msg(Place::Tok(t), text);
        }
        let reason = v.comptime.map(|_| ComptimeReason::ComptimeKeyword);
        if align.is_none() && !self.need_rl.contains(node) {
            let loc = match v.ty {
                Some(t) => Loc::Ty(self.type_expr(gz, scope, t)?),
                None => Loc::None,
            };
            let ri = Ri::ctx(loc, Ctx::ConstInit);
            let value = match self.named_expr(gz, scope, ri, init, strategy)? {
                Some(r) => r,
                None => self.reachable_comptime(gz, scope, ri, init, node, reason)?,
            };
            self.add(gz, Inst::ValidateConst(value), init);
            self.dbg_var_val(gz, name, value, node);
            return Ok(self.push_local(scope, Local::val(name, v.name, value, kind)));
        }

        let is_comptime = self.is_comptime(gz) || matches!(self.node(init), Node::Comptime { .. });
        let (ptr, loc) = match v.ty {
            Some(t) => {
                let ty = self.type_expr(gz, scope, t)?;
                let is_comptime = is_comptime && !align.is_none();
                let p = self.add(gz, Inst::Alloc { is_const: true, is_comptime, ty, align }, node);
                (p, Loc::Ptr(p, None))
            }
            None => {
                let p = self.add(gz, Inst::Alloc { is_const: true, is_comptime, ty: Ref::NONE, align }, node);
                (p, Loc::InferredPtr(p))
            }
        };
        let ri = Ri::ctx(loc, Ctx::ConstInit);
        if self.named_expr(gz, scope, ri, init, strategy)?.is_none() {
            self.reachable_comptime(gz, scope, ri, init, node, reason)?;
        }
        let done = match loc {
            Loc::InferredPtr(_) => self.add(gz, Inst::ResolveInferredAlloc(ptr), node),
            _ => self.add(gz, Inst::MakePtrConst(ptr), node),
        };
        self.dbg_var_ptr(gz, name, done, node);
        let local = Local { is_ptr: true, ..Local::val(name, v.name, done, kind) };
        Ok(self.push_local(scope, local))
    }

    fn var_var(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        node: NodeId,
        v: &VarDecl,
        init: NodeId,
        align: Ref,
        name: syntax::Name,
    ) -> Res<ScopeId> {
        if let Some(t) = v.comptime
            && self.is_comptime(gz)
        {
            return self.fail(Place::Tok(t), "'comptime var' is redundant in comptime scope");
        }
        let is_comptime = v.comptime.is_some() || self.is_comptime(gz);
        let (ptr, loc) = match v.ty {
            Some(t) => {
                let ty = self.type_expr(gz, scope, t)?;
                let p = self.add(gz, Inst::Alloc { is_const: false, is_comptime, ty, align }, node);
                (p, Loc::Ptr(p, None))
            }
            None => {
                let p = self.add(gz, Inst::Alloc { is_const: false, is_comptime, ty: Ref::NONE, align }, node);
                (p, Loc::InferredPtr(p))
            }
        };
        let ri = Ri::of(loc);
        if self.named_expr(gz, scope, ri, init, NameStrategy::DbgVar(name))?.is_none() {
            let reason = v.comptime.map(|_| ComptimeReason::ComptimeKeyword);
            self.reachable_comptime(gz, scope, ri, init, node, reason)?;
        }
        let done = match loc {
            Loc::InferredPtr(_) => self.add(gz, Inst::ResolveInferredAlloc(ptr), node),
            _ => ptr,
        };
        self.dbg_var_ptr(gz, name, done, node);
        let local =
            Local { is_ptr: true, maybe_comptime: is_comptime, ..Local::val(name, v.name, done, BindKind::LocalVar) };
        Ok(self.push_local(scope, local))
    }

    pub(crate) fn check_local_attributes(&mut self, v: &VarDecl) -> Res<()> {
        let name = self.text_str(v.name);
        if let Some(a) = v.addrspace {
            let t = self.main_tok(a);
            return self.fail(Place::Tok(t), format!("cannot set address space of local variable '{name}'"));
        }
        if let Some(s) = v.section {
            let t = self.main_tok(s);
            return self.fail(Place::Tok(t), format!("cannot set section of local variable '{name}'"));
        }
        Ok(())
    }

    /// Puts a local into a scope: used by destructuring.
    pub(crate) fn finish_local(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        v: &VarDecl,
        ptr: Ref,
        maybe_comptime: bool,
        node: NodeId,
    ) -> Res<ScopeId> {
        let name = self.name(v.name)?;
        let kind = if v.mutable { BindKind::LocalVar } else { BindKind::LocalConst };
        self.bind(scope, name, v.name, kind)?;
        self.dbg_var_ptr(gz, name, ptr, node);
        let local = Local { is_ptr: true, maybe_comptime, ..Local::val(name, v.name, ptr, kind) };
        Ok(self.push_local(scope, local))
    }

    // ---- deferred statements

    pub(crate) fn defer_stmt(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        node: NodeId,
        body: NodeId,
        on_error: bool,
        payload: Option<Tok>,
    ) -> Res<ScopeId> {
        let inner = self.sub_block(gz, scope);
        let b = self.gz_mut(inner);
        b.cur_defer = Some(node);
        b.any_defer = Some(node);
        let mut hole = None;
        let mut sub = inner;
        if let Some(t) = payload {
            let name = self.name(t)?;
            if self.is_underscore(t) {
                self.msg(Place::Tok(t), "discard of error capture; omit it instead");
            } else {
                let h = self.make(Inst::Hole, node);
                hole = Some(h);
                self.dbg_var_val(inner, name, h.as_ref(), node);
                sub = self.push_local(inner, Local::val(name, t, h.as_ref(), BindKind::Capture));
            }
        }
        self.unused_result(inner, sub, body)?;
        self.check_used(scope, sub);
        self.add_break(inner, true, InstId::OWNER, Prim::VoidValue.into(), node);
        let holes: Vec<InstId> = hole.into_iter().collect();
        let body = self.finish(inner, &holes);
        Ok(self.push_defer(scope, Defer { body, on_error, err: hole }))
    }

    // ---- assignments

    /// `lhs = rhs`.
    pub(crate) fn assign(&mut self, gz: Gz, scope: ScopeId, node: NodeId, lhs: NodeId, rhs: NodeId) -> Res<()> {
        self.dbg_node(gz, node);
        if self.is_underscore_node(lhs) {
            self.expr(gz, scope, Ri::ctx(Loc::Discard, Ctx::Assignment), rhs)?;
            return Ok(());
        }
        let ptr = self.lval(gz, scope, lhs)?;
        self.expr(gz, scope, Ri::of(Loc::Ptr(ptr, Some(node))), rhs)?;
        Ok(())
    }

    /// `lhs op= rhs`.
    pub(crate) fn assign_op(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        node: NodeId,
        op: BinaryOp,
        lhs: NodeId,
        rhs: NodeId,
    ) -> Res<()> {
        self.dbg_node(gz, node);
        let Some(op) = super::expr::bin_op(op) else {
            return self.fail(Place::Node(node), "invalid operator in assignment");
        };
        let ptr = self.lval(gz, scope, lhs)?;
        let old = self.add(gz, Inst::Load(ptr), node);
        let loc = match op {
            BinOp::Shl | BinOp::Shr => Loc::Ty(self.add(gz, Inst::TypeOfLog2Int(old), node)),
            BinOp::ShlSat => Loc::None,
            BinOp::Add | BinOp::Sub => Loc::Ty(self.add(gz, Inst::InplaceArithResultTy { op, lhs: old }, node)),
            _ => Loc::Ty(self.add(gz, Inst::TypeOf(old), node)),
        };
        let rhs = self.expr(gz, scope, Ri::of(loc), rhs)?;
        if matches!(op, BinOp::Add | BinOp::Sub | BinOp::Mul | BinOp::Div | BinOp::ModRem) {
            self.dbg_main(gz, node);
        }
        let value = self.bin(gz, op, old, rhs, node);
        self.add(gz, Inst::Store { ptr, value }, node);
        Ok(())
    }

    /// The address that an assignment writes to.
    pub(crate) fn lval(&mut self, gz: Gz, scope: ScopeId, node: NodeId) -> Res<Ref> {
        let ok = match self.node(node) {
            Node::UnwrapOptional { .. }
            | Node::Deref { .. }
            | Node::FieldAccess { .. }
            | Node::Index { .. }
            | Node::Ident
            | Node::Grouped { .. }
            | Node::Binary { op: BinaryOp::Orelse, .. } => true,
            Node::BuiltinCall { .. } => {
                // An unknown name is reported where it is called.
                super::builtin_table::find(self.text(self.main_tok(node))).is_none_or(|i| i.allows_lvalue)
            }
            _ => false,
        };
        if !ok {
            return self.fail(Place::Node(node), "invalid left-hand side to assignment");
        }
        self.expr(gz, scope, Ri::REF, node)
    }
}
