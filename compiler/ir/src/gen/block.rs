//! Blocks and the statements in them; `comptime`; leaving blocks and loops.

use syntax::ast::{BinaryOp, Node};
use syntax::{NodeId, Tok};

use super::result::Loc;
use super::scope::{Gz, Kind, Label, ScopeId};
use super::{Gen, Res, Ri};
use crate::inst::{Body, ComptimeReason, Inst, InstId, Prim, Ref};
use crate::member::Place;

/// Which deferred statements run at an exit.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Defers {
    /// All, with this error.
    Both(Ref),
    /// All; none of them looks at the error.
    BothSansErr,
    /// Those that run on success too.
    NormalOnly,
}

/// What deferred statements there are between two scopes.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct DeferCounts {
    pub have_err: bool,
    pub need_err_code: bool,
}

impl Gen<'_> {
    /// Lowers an expression that is the whole content of the block `gz`: a plain block's
    /// statements go straight into it.
    pub(crate) fn full_body(&mut self, gz: Gz, scope: ScopeId, ri: Ri, node: NodeId, hint: bool) -> Res<Ref> {
        match self.node(node) {
            Node::Block { label: None, stmts, .. } => {
                let sub = self.sub_block_shared(gz, scope);
                self.stmts(sub, sub, stmts, hint)?;
                Ok(self.rvalue(gz, ri, Prim::VoidValue.into(), node))
            }
            Node::Block { label: Some(label), stmts, .. } => {
                self.labeled_block(gz, scope, ri, node, label, stmts, false, hint)
            }
            _ => self.expr(gz, scope, ri, node),
        }
    }

    pub(crate) fn block_expr(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        ri: Ri,
        node: NodeId,
        label: Option<Tok>,
        stmts: &[NodeId],
    ) -> Res<Ref> {
        if let Some(label) = label {
            return self.labeled_block(gz, scope, ri, node, label, stmts, false, false);
        }
        if self.is_comptime(gz) {
            let sub = self.sub_block_shared(gz, scope);
            self.stmts(sub, sub, stmts, false)?;
        } else {
            let block = self.make(Inst::Hole, node);
            self.append(gz, block);
            let inner = self.sub_block(gz, scope);
            self.stmts(inner, inner, stmts, false)?;
            if !self.ends_with_noreturn(inner) {
                self.add_break(inner, false, block, Prim::VoidValue.into(), node);
            }
            let body = self.finish(inner, &[]);
            self.set(block, Inst::Block(body));
        }
        Ok(self.rvalue(gz, ri, Prim::VoidValue.into(), node))
    }

    /// Complains if an enclosing block has the same label.
    pub(crate) fn check_label(&mut self, scope: ScopeId, label: Tok) -> Res<()> {
        let name = self.name(label)?;
        let mut s = scope;
        while let Some(sc) = self.scope(s) {
            match &sc.kind {
                Kind::Block(b) => {
                    if let Some(prev) = b.label
                        && prev.name == name
                    {
                        let text = format!("redefinition of label '{}'", self.name_text(name));
                        let notes = vec![("previous definition here".to_owned(), Place::Tok(prev.tok))];
                        return self.fail_notes(Place::Tok(label), text, notes);
                    }
                }
                Kind::Container(_) => break,
                _ => {}
            }
            s = sc.parent;
        }
        Ok(())
    }

    pub(crate) fn set_label(&mut self, gz: Gz, tok: Tok, inst: InstId, is_switch: bool) -> Res<()> {
        let name = self.name(tok)?;
        self.gz_mut(gz).label = Some(Label { name, tok, inst, is_switch, used: false, used_for_continue: false });
        Ok(())
    }

    fn labeled_block(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        ri: Ri,
        node: NodeId,
        label: Tok,
        stmts: &[NodeId],
        force_comptime: bool,
        hint: bool,
    ) -> Res<Ref> {
        self.check_label(scope, label)?;
        let (block_ri, store) = self.branch_ri(gz, ri, node);
        let block = self.make(Inst::Hole, node);
        self.append(gz, block);
        let inner = self.sub_block(gz, scope);
        self.set_label(inner, label, block, false)?;
        self.set_break_ri(inner, block_ri);
        let b = self.gz_mut(inner);
        b.is_inline = force_comptime;
        b.is_comptime |= force_comptime;
        self.stmts(inner, inner, stmts, hint)?;
        if !self.ends_with_noreturn(inner) {
            let break_ri = self.gz(inner).break_ri;
            let v = self.rvalue(inner, break_ri, Prim::VoidValue.into(), node);
            self.add_break(inner, force_comptime, block, v, node);
        }
        if !self.gz(inner).label.is_some_and(|l| l.used) {
            self.msg(Place::Tok(label), "unused block label");
        }
        let body = self.finish(inner, &[]);
        let inst = if force_comptime {
            Inst::BlockComptime { reason: ComptimeReason::ComptimeKeyword, body }
        } else {
            Inst::Block(body)
        };
        self.set(block, inst);
        Ok(if store { self.rvalue(gz, ri, block.as_ref(), node) } else { block.as_ref() })
    }

    /// The statements of a block.
    fn stmts(&mut self, gz: Gz, outer: ScopeId, stmts: &[NodeId], hint: bool) -> Res<()> {
        let mut scope = outer;
        let mut diverted: Option<NodeId> = None;
        for (i, &stmt) in stmts.iter().enumerate() {
            if let Some(src) = diverted {
                let notes = vec![("control flow is diverted here".to_owned(), Place::Node(src))];
                self.msg_notes(Place::Node(stmt), "unreachable code", notes);
            }
            let mut n = stmt;
            while let Node::Grouped { expr, .. } = self.node(n) {
                n = expr;
            }
            match self.node(n) {
                Node::VarDecl(v) => scope = self.var_decl(gz, scope, n, &v)?,
                Node::AssignDestructure { comptime, lhs, rhs } => {
                    scope = self.destructure_stmt(gz, scope, n, comptime, lhs, rhs)?;
                }
                Node::Defer { body } => scope = self.defer_stmt(gz, scope, n, body, false, None)?,
                Node::Errdefer { payload, body } => scope = self.defer_stmt(gz, scope, n, body, true, payload)?,
                Node::Assign { op: None, lhs, rhs } => self.assign(gz, scope, n, lhs, rhs)?,
                Node::Assign { op: Some(op), lhs, rhs }
                    if !matches!(op, BinaryOp::AddSat | BinaryOp::SubSat | BinaryOp::MulSat | BinaryOp::ShlSat) =>
                {
                    self.assign_op(gz, scope, n, op, lhs, rhs)?;
                }
                Node::While { .. } => {
                    self.while_expr(gz, scope, Ri::NONE, n, true)?;
                }
                Node::For { .. } => {
                    self.for_expr(gz, scope, Ri::NONE, n, true)?;
                }
                Node::BuiltinCall { args, .. } => {
                    self.dbg_node(gz, n);
                    let r = self.builtin_call(gz, scope, Ri::NONE, n, args, hint && i == 0)?;
                    diverted = self.ensure_result(gz, r, n);
                }
                _ => diverted = self.unused_result(gz, scope, n)?,
            }
        }
        if diverted.is_none() {
            self.gen_defers(gz, outer, scope, Defers::NormalOnly);
        }
        self.check_used(outer, scope);
        Ok(())
    }

    // ---- comptime

    /// An expression that must be comptime-known.
    pub(crate) fn comptime_expr(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        ri: Ri,
        node: NodeId,
        reason: ComptimeReason,
    ) -> Res<Ref> {
        self.comptime_expr_at(gz, scope, ri, node, node, reason)
    }

    fn comptime_expr_at(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        ri: Ri,
        node: NodeId,
        src: NodeId,
        reason: ComptimeReason,
    ) -> Res<Ref> {
        if self.is_comptime(gz) {
            return self.expr(gz, scope, ri, node);
        }
        match self.node(node) {
            Node::Ident => return self.identifier(gz, scope, ri, node, Some((src, reason))),
            // Comptime-known wherever they stand.
            Node::NumberLiteral
            | Node::CharLiteral
            | Node::StringLiteral
            | Node::MultilineString { .. }
            | Node::EnumLiteral
            | Node::ErrorValue { .. }
            | Node::AnyframeLiteral
            | Node::ErrorSet { .. }
            | Node::ErrorUnionType { .. }
            | Node::Binary { op: BinaryOp::MergeErrorSets, .. }
            | Node::Unary { op: syntax::ast::UnaryOp::OptionalType, .. }
            | Node::AnyframeType { .. }
            | Node::PtrType(_)
            | Node::ArrayType { .. }
            | Node::FnProto(_)
            | Node::Container(_) => return self.expr(gz, scope, ri, node),
            Node::Block { label: Some(label), stmts, .. } => {
                let inner_ri = self.type_only(gz, ri, node);
                let r = self.labeled_block(gz, scope, inner_ri, node, label, stmts, true, false)?;
                return Ok(self.rvalue(gz, ri, r, node));
            }
            _ => {}
        }
        let inner = self.sub_block(gz, scope);
        self.gz_mut(inner).is_comptime = true;
        let block = self.make(Inst::Hole, src);
        let inner_ri = self.type_only(gz, ri, src);
        let r = self.full_body(inner, inner, inner_ri, node, false)?;
        if !self.ref_is_noreturn(r) {
            self.add_break(inner, true, block, r, node);
        }
        let r = self.finish_comptime(gz, block, inner, reason);
        Ok(self.rvalue(gz, ri, r, src))
    }

    /// A location may be run-time memory: comptime code gets only its type.
    fn type_only(&mut self, gz: Gz, ri: Ri, node: NodeId) -> Ri {
        let loc = self.result_type(gz, ri, node).map_or(Loc::None, Loc::CoercedTy);
        Ri { loc, ctx: ri.ctx }
    }

    /// `comptime x`.
    pub(crate) fn comptime_keyword(&mut self, gz: Gz, scope: ScopeId, ri: Ri, node: NodeId, expr: NodeId) -> Res<Ref> {
        if self.is_comptime(gz) {
            self.msg(Place::Node(node), "redundant comptime keyword in already comptime scope");
        }
        self.comptime_expr_at(gz, scope, ri, expr, node, ComptimeReason::ComptimeKeyword)
    }

    // ---- deferred statements at exits

    pub(crate) fn gen_defers(&mut self, gz: Gz, outer: ScopeId, inner: ScopeId, which: Defers) {
        let mut s = inner;
        while s != outer {
            let Some(scope) = self.scope(s) else { break };
            let parent = scope.parent;
            if let Kind::Defer(d) = &scope.kind {
                let d = *d;
                let inst = match (d.on_error, which, d.err) {
                    (true, Defers::NormalOnly, _) => None,
                    (true, Defers::Both(err), Some(hole)) => Some(Inst::DeferErrCode { hole, err, body: d.body }),
                    _ => Some(Inst::Defer(d.body)),
                };
                if let Some(inst) = inst {
                    self.add(gz, inst, NodeId(0));
                }
            }
            s = parent;
        }
    }

    pub(crate) fn count_defers(&self, outer: ScopeId, inner: ScopeId) -> DeferCounts {
        let mut c = DeferCounts::default();
        let mut s = inner;
        while s != outer {
            let Some(scope) = self.scope(s) else { break };
            if let Kind::Defer(d) = &scope.kind {
                c.have_err |= d.on_error;
                c.need_err_code |= d.err.is_some();
            }
            s = scope.parent;
        }
        c
    }

    // ---- break, continue

    pub(crate) fn break_expr(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        node: NodeId,
        label: Option<Tok>,
        value: Option<NodeId>,
    ) -> Res<Ref> {
        let want = label.map(|t| self.name(t)).transpose()?;
        let mut s = scope;
        while let Some(sc) = self.scope(s) {
            let parent = sc.parent;
            let b = match &sc.kind {
                Kind::Block(b) => b.clone(),
                Kind::Container(_) => break,
                _ => {
                    s = parent;
                    continue;
                }
            };
            if let Some(d) = b.cur_defer {
                let notes = vec![("defer expression here".to_owned(), Place::Node(d))];
                return self.fail_notes(Place::Node(node), "cannot break out of defer expression", notes);
            }
            let target = match want {
                Some(w) => b.label.filter(|l| l.name == w).map(|l| l.inst),
                None => b.break_block,
            };
            let Some(target) = target else {
                s = parent;
                continue;
            };
            if want.is_some()
                && let Some(l) = &mut self.gz_mut(s).label
            {
                l.used = true;
            }
            let void = Ref::prim(Prim::VoidValue);
            let Some(value) = value else {
                self.rvalue(gz, b.break_ri, void, node);
                self.gen_defers(gz, s, scope, Defers::NormalOnly);
                self.add_break(gz, b.is_inline, target, void, node);
                return Ok(Prim::UnreachableValue.into());
            };
            let v = self.reachable(gz, scope, b.break_ri, value, node)?;
            self.gen_defers(gz, s, scope, Defers::NormalOnly);
            match b.break_ri.loc {
                Loc::Ptr(..) | Loc::Discard => self.add_break(gz, b.is_inline, target, void, node),
                _ => self.add_break(gz, b.is_inline, target, v, value),
            }
            return Ok(Prim::UnreachableValue.into());
        }
        self.no_target(node, label, "break")
    }

    fn no_target(&mut self, node: NodeId, label: Option<Tok>, what: &str) -> Res<Ref> {
        match label {
            Some(t) => {
                let name = self.name(t)?;
                let text = format!("label not found: '{}'", self.name_text(name));
                self.fail(Place::Tok(t), text)
            }
            None => self.fail(Place::Node(node), format!("{what} expression outside loop")),
        }
    }

    pub(crate) fn continue_expr(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        node: NodeId,
        label: Option<Tok>,
        value: Option<NodeId>,
    ) -> Res<Ref> {
        if label.is_none() && value.is_some() {
            return self.fail(Place::Node(node), "cannot continue with operand without label");
        }
        let want = label.map(|t| self.name(t)).transpose()?;
        let mut s = scope;
        while let Some(sc) = self.scope(s) {
            let parent = sc.parent;
            let b = match &sc.kind {
                Kind::Block(b) => b.clone(),
                Kind::Container(_) => break,
                _ => {
                    s = parent;
                    continue;
                }
            };
            if let Some(d) = b.cur_defer {
                let notes = vec![("defer expression here".to_owned(), Place::Node(d))];
                return self.fail_notes(Place::Node(node), "cannot continue out of defer expression", notes);
            }
            let hit = match want {
                Some(w) => b.label.is_some_and(|l| l.name == w),
                None => !b.label.is_some_and(|l| l.is_switch),
            };
            let (Some(target), true) = (b.continue_block, hit) else {
                s = parent;
                continue;
            };
            if let (Some(_), Some(l)) = (want, b.label) {
                match (value.is_some(), l.is_switch) {
                    (true, false) => return self.fail(Place::Node(node), "cannot continue loop with operand"),
                    (false, true) => return self.fail(Place::Node(node), "cannot continue switch without operand"),
                    _ => {}
                }
                if let Some(l) = &mut self.gz_mut(s).label {
                    l.used = true;
                    l.used_for_continue = true;
                }
            }
            if let Some(value) = value {
                let v = self.reachable(gz, scope, b.continue_ri, value, node)?;
                self.gen_defers(gz, s, scope, Defers::NormalOnly);
                self.add(gz, Inst::SwitchContinue { target, value: v }, value);
                return Ok(Prim::UnreachableValue.into());
            }
            self.gen_defers(gz, s, scope, Defers::NormalOnly);
            if b.is_inline {
                self.add(gz, Inst::CheckComptimeControlFlow(target), node);
            }
            self.add_break(gz, b.is_inline, target, Prim::VoidValue.into(), node);
            return Ok(Prim::UnreachableValue.into());
        }
        self.no_target(node, label, "continue")
    }

    /// Sets the two branches of a conditional.
    pub(crate) fn set_cond_br(&mut self, at: InstId, inline: bool, cond: Ref, then: Body, els: Body) {
        let inst = if inline { Inst::CondBrInline { cond, then, els } } else { Inst::CondBr { cond, then, els } };
        self.set(at, inst);
    }
}
