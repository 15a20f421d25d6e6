//! `if`, `orelse` and `catch`.

use syntax::ast::{Node, Payload};
use syntax::{NodeId, Tok};

use super::result::{Ctx, Loc};
use super::scope::{Gz, Local, ScopeId};
use super::{Gen, Res, Ri};
use crate::inst::{Inst, InstId, Prim, Ref};
use crate::member::{BindKind, Place};

/// A condition: what is tested, and the bool.
#[derive(Clone, Copy)]
pub(crate) struct Cond {
    pub operand: Ref,
    pub bit: Ref,
}

/// What a condition is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum CondKind {
    Bool,
    Optional,
    ErrUnion,
}

impl CondKind {
    pub(crate) fn of(payload: Option<Payload>, else_payload: Option<Tok>) -> CondKind {
        match (payload, else_payload) {
            (_, Some(_)) => CondKind::ErrUnion,
            (Some(_), None) => CondKind::Optional,
            (None, None) => CondKind::Bool,
        }
    }
    /// The test.
    pub(crate) fn test(self, by_ref: bool, operand: Ref) -> Option<Inst> {
        Some(match (self, by_ref) {
            (CondKind::Bool, _) => return None,
            (CondKind::Optional, false) => Inst::IsNonNull(operand),
            (CondKind::Optional, true) => Inst::IsNonNullPtr(operand),
            (CondKind::ErrUnion, false) => Inst::IsNonErr(operand),
            (CondKind::ErrUnion, true) => Inst::IsNonErrPtr(operand),
        })
    }
    /// The payload, after a successful test.
    pub(crate) fn payload(self, by_ref: bool, operand: Ref) -> Inst {
        match (self, by_ref) {
            (CondKind::ErrUnion, false) => Inst::ErrUnionPayloadUnsafe(operand),
            (CondKind::ErrUnion, true) => Inst::ErrUnionPayloadUnsafePtr(operand),
            (_, false) => Inst::OptionalPayloadUnsafe(operand),
            (_, true) => Inst::OptionalPayloadUnsafePtr(operand),
        }
    }
}

pub(crate) fn err_code(by_ref: bool, operand: Ref) -> Inst {
    if by_ref { Inst::ErrUnionCodePtr(operand) } else { Inst::ErrUnionCode(operand) }
}

impl Gen<'_> {
    /// Whether the node is a `switch` without label over the identifier that `capture` names.
    pub(crate) fn is_switch_on(&self, node: NodeId, capture: Tok) -> bool {
        match self.node(node) {
            Node::Switch { label: None, operand, .. } => {
                matches!(self.node(operand), Node::Ident) && self.text(self.main_tok(operand)) == self.text(capture)
            }
            _ => false,
        }
    }

    /// Binds a capture in a block; `value` has been added.
    pub(crate) fn capture_local(&mut self, gz: Gz, tok: Tok, value: Ref, node: NodeId) -> Res<ScopeId> {
        let name = self.name(tok)?;
        self.bind(gz, name, tok, BindKind::Capture)?;
        let scope = self.push_local(gz, Local::val(name, tok, value, BindKind::Capture));
        self.dbg_var_val(gz, name, value, node);
        Ok(scope)
    }

    pub(crate) fn discard_by_ref(&mut self, p: Payload) -> Res<()> {
        if p.ptr {
            // The modifier stands before the name.
            return self.fail(Place::Tok(Tok(p.name.0.saturating_sub(1))), "pointer modifier invalid on discard");
        }
        Ok(())
    }

    pub(crate) fn if_expr(&mut self, gz: Gz, scope: ScopeId, ri: Ri, node: NodeId) -> Res<Ref> {
        let Node::If { cond, payload, then, else_payload, els, .. } = self.node(node) else {
            return self.fail(Place::Node(node), "expected 'if'");
        };
        if let (Some(e), Some(els)) = (else_payload, els)
            && self.is_switch_on(els, e)
        {
            return self.switch_err_union(gz, scope, ri, node);
        }
        let kind = CondKind::of(payload, else_payload);
        let by_ref = payload.is_some_and(|p| p.ptr);
        let (block_ri, store) = self.branch_ri(gz, ri, node);
        let block_scope = self.sub_block(gz, scope);
        self.set_break_ri(block_scope, block_ri);
        let break_ri = self.gz(block_scope).break_ri;

        self.dbg_node(gz, cond);
        let c = self.condition(block_scope, block_scope, kind, by_ref, cond, Ctx::ErrorHandling)?;
        let br = self.make(Inst::Hole, node);
        self.append(block_scope, br);
        let block = self.make(Inst::Hole, node);
        let body = self.finish(block_scope, &[]);
        self.set(block, Inst::Block(body));
        self.append(gz, block);

        let then_gz = self.sub_block(gz, scope);
        let then_scope = self.then_capture(then_gz, kind, by_ref, payload, c, then, node)?;
        let v = self.full_body(then_gz, then_scope, break_ri, then, true)?;
        self.check_used(then_gz, then_scope);
        if !self.ends_with_noreturn(then_gz) {
            self.add_break(then_gz, false, block, v, then);
        }

        let else_gz = self.sub_block(gz, scope);
        match els {
            Some(els) => {
                let sub = self.else_capture(else_gz, by_ref, else_payload, c, cond)?;
                let v = self.full_body(else_gz, sub, break_ri, els, true)?;
                if !self.ends_with_noreturn(else_gz) {
                    self.add_break(else_gz, false, block, v, els);
                }
                self.check_used(else_gz, sub);
            }
            None => {
                let v = self.rvalue(else_gz, ri, Prim::VoidValue.into(), node);
                self.add_break(else_gz, false, block, v, node);
            }
        }
        let then = self.finish(then_gz, &[]);
        let els = self.finish(else_gz, &[]);
        self.set_cond_br(br, false, c.bit, then, els);
        Ok(if store { self.rvalue(gz, ri, block.as_ref(), node) } else { block.as_ref() })
    }

    /// Lowers a condition and its test.
    pub(crate) fn condition(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        kind: CondKind,
        by_ref: bool,
        cond: NodeId,
        err_ctx: Ctx,
    ) -> Res<Cond> {
        let loc = match kind {
            CondKind::Bool => Loc::CoercedTy(Prim::Bool.into()),
            _ if by_ref => Loc::Ref,
            _ => Loc::None,
        };
        let ctx = if kind == CondKind::ErrUnion { err_ctx } else { Ctx::None };
        let operand = self.full_body(gz, scope, Ri::ctx(loc, ctx), cond, false)?;
        let bit = match kind.test(by_ref, operand) {
            Some(test) => self.add(gz, test, cond),
            None => operand,
        };
        Ok(Cond { operand, bit })
    }

    fn then_capture(
        &mut self,
        gz: Gz,
        kind: CondKind,
        by_ref: bool,
        payload: Option<Payload>,
        c: Cond,
        then: NodeId,
        node: NodeId,
    ) -> Res<ScopeId> {
        let Some(p) = payload else {
            if kind == CondKind::ErrUnion {
                self.add(gz, Inst::EnsureErrUnionPayloadVoid(c.operand), node);
            }
            return Ok(gz);
        };
        if self.is_underscore(p.name) {
            self.discard_by_ref(p)?;
            return Ok(gz);
        }
        let v = self.add(gz, kind.payload(by_ref, c.operand), then);
        self.capture_local(gz, p.name, v, then)
    }

    pub(crate) fn else_capture(
        &mut self,
        gz: Gz,
        by_ref: bool,
        tok: Option<Tok>,
        c: Cond,
        cond: NodeId,
    ) -> Res<ScopeId> {
        let Some(t) = tok else { return Ok(gz) };
        let v = self.add(gz, err_code(by_ref, c.operand), cond);
        if self.is_underscore(t) {
            return Ok(gz);
        }
        self.capture_local(gz, t, v, cond)
    }

    /// `lhs orelse rhs` (`catch_payload` none) or `lhs catch rhs`.
    pub(crate) fn orelse_catch(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        ri: Ri,
        node: NodeId,
        lhs: NodeId,
        rhs: NodeId,
        catch_payload: Option<Option<Tok>>,
    ) -> Res<Ref> {
        let kind = if catch_payload.is_some() { CondKind::ErrUnion } else { CondKind::Optional };
        let by_ref = ri.wants_ref();
        let (block_ri, store) = self.branch_ri(gz, ri, node);
        let block_scope = self.sub_block(gz, scope);
        self.set_break_ri(block_scope, block_ri);
        let break_ri = self.gz(block_scope).break_ri;

        let trace = self.fn_block.is_some() && kind == CondKind::ErrUnion;
        let ctx = if trace { Ctx::ErrorHandling } else { Ctx::None };
        let operand_ri = Ri::ctx(if by_ref { Loc::Ref } else { Loc::None }, ctx);
        let operand = self.reachable(block_scope, block_scope, operand_ri, lhs, rhs)?;
        let cond = match kind.test(by_ref, operand) {
            Some(test) => self.add(block_scope, test, node),
            None => operand,
        };
        let br: InstId = self.make(Inst::Hole, node);
        self.append(block_scope, br);
        let block = self.make(Inst::Hole, node);
        let body = self.finish(block_scope, &[]);
        self.set(block, Inst::Block(body));
        self.append(gz, block);

        let then_gz = self.sub_block(block_scope, scope);
        let payload = self.add(then_gz, kind.payload(by_ref, operand), node);
        let v = if by_ref { payload } else { self.rvalue(then_gz, break_ri, payload, node) };
        self.add_break(then_gz, false, block, v, node);

        let else_gz = self.sub_block(block_scope, scope);
        let mut sub = else_gz;
        if let Some(t) = catch_payload.flatten() {
            if self.is_underscore(t) {
                self.msg(Place::Tok(t), "discard of error capture; omit it instead");
            } else {
                let name = self.name(t)?;
                self.bind(scope, name, t, BindKind::Capture)?;
                let v = self.add(else_gz, err_code(by_ref, operand), node);
                self.dbg_var_val(else_gz, name, v, node);
                sub = self.push_local(else_gz, Local::val(name, t, v, BindKind::Capture));
            }
        }
        let v = self.full_body(else_gz, sub, break_ri, rhs, true)?;
        if !self.ends_with_noreturn(else_gz) {
            self.add_break(else_gz, false, block, v, rhs);
        }
        self.check_used(else_gz, sub);
        let then = self.finish(then_gz, &[]);
        let els = self.finish(else_gz, &[]);
        self.set_cond_br(br, false, cond, then, els);
        Ok(if store { self.rvalue(gz, ri, block.as_ref(), node) } else { block.as_ref() })
    }
}
