//! `while` and `for`.

use syntax::ast::{Node, Payload};
use syntax::{NodeId, Tok};

use super::control::{CondKind, err_code};
use super::result::{Ctx, Loc};
use super::scope::{Gz, Local, ScopeId};
use super::{Gen, Res, Ri};
use crate::inst::{BinOp, Body, Inst, InstId, Prim, Ref};
use crate::member::{BindKind, Place};

/// An input of a `for`.
#[derive(Clone, Copy)]
struct Input {
    node: NodeId,
    payload: Payload,
    /// The range's start or the thing walked over; none for a counter from 0.
    base: Ref,
    is_counter: bool,
}

fn block_inst(inline: bool, body: Body) -> Inst {
    if inline { Inst::BlockInline(body) } else { Inst::Block(body) }
}
fn loop_inst(inline: bool, body: Body) -> Inst {
    if inline { Inst::BlockInline(body) } else { Inst::Loop(body) }
}

impl Gen<'_> {
    /// Sets up the block of a loop: its label comes once the head has been lowered.
    fn loop_head(&mut self, gz: Gz, scope: ScopeId, inline: Option<Tok>, node: NodeId, ri: Ri) -> (InstId, Gz) {
        if let Some(t) = inline
            && self.is_comptime(gz)
        {
            self.msg(Place::Tok(t), "redundant inline keyword in comptime scope");
        }
        let lp = self.make(Inst::Hole, node);
        self.append(gz, lp);
        let loop_gz = self.sub_block(gz, scope);
        self.gz_mut(loop_gz).is_inline = inline.is_some();
        self.set_break_ri(loop_gz, ri);
        (lp, loop_gz)
    }

    fn unused_label(&mut self, gz: Gz, what: &str) {
        if let Some(l) = self.gz(gz).label
            && !l.used
        {
            self.msg(Place::Tok(l.tok), format!("unused {what} loop label"));
        }
    }

    fn end_loop(&mut self, gz: Gz, ri: Ri, store: bool, lp: InstId, node: NodeId, statement: bool) -> Ref {
        let r = if store { self.rvalue(gz, ri, lp.as_ref(), node) } else { lp.as_ref() };
        if statement {
            self.add(gz, Inst::EnsureResultUsed(r), node);
        }
        r
    }

    pub(crate) fn while_expr(&mut self, gz: Gz, scope: ScopeId, ri: Ri, node: NodeId, statement: bool) -> Res<Ref> {
        let Node::While { label, inline, cond, payload, cont, body, else_payload, els, .. } = self.node(node) else {
            return self.fail(Place::Node(node), "expected 'while'");
        };
        let (block_ri, store) = self.branch_ri(gz, ri, node);
        if let Some(l) = label {
            self.check_label(scope, l)?;
        }
        let is_inline = inline.is_some();
        let kind = CondKind::of(payload, else_payload);
        let by_ref = payload.is_some_and(|p| p.ptr);
        let (lp, loop_gz) = self.loop_head(gz, scope, inline, node, block_ri);
        let break_ri = self.gz(loop_gz).break_ri;

        let cond_gz = self.sub_block(gz, loop_gz);
        self.dbg_node(cond_gz, cond);
        let c = self.condition(cond_gz, cond_gz, kind, by_ref, cond, Ctx::None)?;
        let br = self.make(Inst::Hole, node);
        self.append(cond_gz, br);
        let cond_block = self.make(Inst::Hole, node);
        let cond_body = self.finish(cond_gz, &[]);
        self.set(cond_block, block_inst(is_inline, cond_body));
        self.append(loop_gz, cond_block);

        let then_gz = self.sub_block(gz, cond_gz);
        let mut then_scope = then_gz;
        match payload {
            Some(p) => {
                let v = self.add(then_gz, kind.payload(by_ref, c.operand), cond);
                if self.is_underscore(p.name) {
                    self.discard_by_ref(p)?;
                } else {
                    then_scope = self.capture_local(then_gz, p.name, v, cond)?;
                }
            }
            None if kind == CondKind::ErrUnion => {
                self.add(then_gz, Inst::EnsureErrUnionPayloadVoid(c.operand), node);
            }
            None => {}
        }
        let cont_gz = self.sub_block(gz, then_scope);
        let cont_block = self.make(Inst::Hole, node);
        self.add(loop_gz, if is_inline { Inst::RepeatInline } else { Inst::Repeat }, node);
        let b = self.gz_mut(loop_gz);
        b.break_block = Some(lp);
        b.continue_block = Some(cont_block);
        if let Some(l) = label {
            self.set_label(loop_gz, l, lp, false)?;
        }
        self.append(then_gz, cont_block);
        if let Some(cont) = cont {
            self.unused_result(then_gz, then_scope, cont)?;
        }
        self.dbg_node(cont_gz, body);
        let v = self.full_body(cont_gz, cont_gz, Ri::NONE, body, true)?;
        self.ensure_result(cont_gz, v, body);
        self.check_used(then_gz, then_scope);
        let void = Ref::prim(Prim::VoidValue);
        if !self.ends_with_noreturn(cont_gz) {
            self.add_break(cont_gz, is_inline, cont_block, void, node);
        }
        let cont_body = self.finish(cont_gz, &[]);
        self.set(cont_block, block_inst(is_inline, cont_body));
        self.add_break(then_gz, is_inline, cond_block, void, node);

        let else_gz = self.sub_block(gz, cond_gz);
        match els {
            Some(els) => {
                let mut sub = else_gz;
                if let Some(t) = else_payload {
                    let v = self.add(else_gz, err_code(by_ref, c.operand), cond);
                    if !self.is_underscore(t) {
                        sub = self.capture_local(else_gz, t, v, cond)?;
                    }
                }
                self.loop_else(loop_gz, else_gz, sub, break_ri, els, statement, is_inline, lp)?;
                self.check_used(else_gz, sub);
            }
            None => {
                let v = self.rvalue(else_gz, ri, void, node);
                self.add_break(else_gz, is_inline, lp, v, node);
            }
        }
        self.unused_label(loop_gz, "while");
        let then = self.finish(then_gz, &[]);
        let els = self.finish(else_gz, &[]);
        self.set_cond_br(br, is_inline, c.bit, then, els);
        let loop_body = self.finish(loop_gz, &[]);
        self.set(lp, loop_inst(is_inline, loop_body));
        Ok(self.end_loop(gz, ri, store, lp, node, statement))
    }

    fn loop_else(
        &mut self,
        loop_gz: Gz,
        gz: Gz,
        scope: ScopeId,
        break_ri: Ri,
        els: NodeId,
        statement: bool,
        is_inline: bool,
        lp: InstId,
    ) -> Res<()> {
        // From here on, `break` and `continue` without label mean the loops around this one.
        let b = self.gz_mut(loop_gz);
        b.continue_block = None;
        b.break_block = None;
        let v = self.full_body(gz, scope, break_ri, els, true)?;
        if statement {
            self.ensure_result(gz, v, els);
        }
        if !self.ends_with_noreturn(gz) {
            self.add_break(gz, is_inline, lp, v, els);
        }
        Ok(())
    }

    pub(crate) fn for_expr(&mut self, gz: Gz, scope: ScopeId, ri: Ri, node: NodeId, statement: bool) -> Res<Ref> {
        let Node::For { label, inline, inputs, captures, body, els, .. } = self.node(node) else {
            return self.fail(Place::Node(node), "expected 'for'");
        };
        if let Some(l) = label {
            self.check_label(scope, l)?;
        }
        let (block_ri, store) = self.branch_ri(gz, ri, node);
        let is_inline = inline.is_some();
        if let Some(t) = inline
            && self.is_comptime(gz)
        {
            self.msg(Place::Tok(t), "redundant inline keyword in comptime scope");
        }

        let usize_ty = Ref::prim(Prim::Usize);
        let alloc = Inst::Alloc { is_const: !is_inline, is_comptime: is_inline, ty: usize_ty, align: Ref::NONE };
        let index_ptr = self.add(gz, alloc, node);
        self.add(gz, Inst::Store { ptr: index_ptr, value: Prim::ZeroUsize.into() }, node);

        let mut lowered = Vec::with_capacity(inputs.len());
        let mut lens = Vec::with_capacity(inputs.len() * 2);
        for (&n, &payload) in inputs.iter().zip(captures.iter()) {
            lowered.push(self.for_input(gz, scope, n, payload, &mut lens)?);
        }
        if lens.iter().all(|r| r.is_none()) {
            return self.fail(Place::Node(node), "unbounded for loop");
        }
        let lens = self.refs(&lens);
        let len = self.add(gz, Inst::ForLen(lens), node);

        let lp = self.make(Inst::Hole, node);
        self.append(gz, lp);
        let loop_gz = self.sub_block(gz, scope);
        self.gz_mut(loop_gz).is_inline = is_inline;
        self.set_break_ri(loop_gz, block_ri);
        let break_ri = self.gz(loop_gz).break_ri;
        let index = self.add(loop_gz, Inst::Load(index_ptr), node);

        let cond_gz = self.sub_block(gz, loop_gz);
        let cond = self.bin(cond_gz, BinOp::CmpLt, index, len, node);
        let br = self.make(Inst::Hole, node);
        self.append(cond_gz, br);
        let cond_block = self.make(Inst::Hole, node);
        let cond_body = self.finish(cond_gz, &[]);
        self.set(cond_block, block_inst(is_inline, cond_body));
        self.append(loop_gz, cond_block);
        let b = self.gz_mut(loop_gz);
        b.break_block = Some(lp);
        b.continue_block = Some(cond_block);
        if let Some(l) = label {
            self.set_label(loop_gz, l, lp, false)?;
        }

        let then_gz = self.sub_block(gz, cond_gz);
        let mut sub = then_gz;
        for i in lowered {
            sub = self.for_capture(then_gz, sub, i, index)?;
        }
        let v = self.full_body(then_gz, sub, Ri::NONE, body, true)?;
        self.ensure_result(then_gz, v, body);
        self.check_used(then_gz, sub);
        let void = Ref::prim(Prim::VoidValue);
        if !self.ends_with_noreturn(then_gz) {
            self.add_break(then_gz, is_inline, cond_block, void, node);
        }

        let else_gz = self.sub_block(gz, cond_gz);
        match els {
            Some(els) => self.loop_else(loop_gz, else_gz, else_gz, break_ri, els, statement, is_inline, lp)?,
            None => {
                let v = self.rvalue(else_gz, ri, void, node);
                self.add_break(else_gz, is_inline, lp, v, node);
            }
        }
        self.unused_label(loop_gz, "for");
        let then = self.finish(then_gz, &[]);
        let els = self.finish(else_gz, &[]);
        self.set_cond_br(br, is_inline, cond, then, els);

        let next = self.bin(loop_gz, BinOp::AddUnsafe, index, Prim::OneUsize.into(), node);
        self.add(loop_gz, Inst::Store { ptr: index_ptr, value: next }, node);
        self.add(loop_gz, if is_inline { Inst::RepeatInline } else { Inst::Repeat }, node);
        let loop_body = self.finish(loop_gz, &[]);
        self.set(lp, loop_inst(is_inline, loop_body));
        Ok(self.end_loop(gz, ri, store, lp, node, statement))
    }

    fn for_input(&mut self, gz: Gz, scope: ScopeId, node: NodeId, payload: Payload, lens: &mut Vec<Ref>) -> Res<Input> {
        let is_discard = self.is_underscore(payload.name);
        if is_discard {
            self.discard_by_ref(payload)?;
        }
        self.dbg_node(gz, node);
        let Node::ForRange { start, end } = self.node(node) else {
            let base = self.expr(gz, scope, Ri::NONE, node)?;
            lens.extend([base, Ref::NONE]);
            return Ok(Input { node, payload, base, is_counter: false });
        };
        if payload.ptr {
            return self.fail(Place::Tok(payload.name), "cannot capture reference to range");
        }
        let ri = Ri::of(Loc::Ty(Prim::Usize.into()));
        let from = self.expr(gz, scope, ri, start)?;
        match end {
            Some(end) => {
                let to = self.expr(gz, scope, ri, end)?;
                lens.extend([from, to]);
            }
            None => {
                if is_discard {
                    self.msg(Place::Tok(payload.name), "discard of unbounded counter");
                }
                lens.extend([Ref::NONE, Ref::NONE]);
            }
        }
        let base = if self.is_trivially_zero(start) { Ref::NONE } else { from };
        Ok(Input { node, payload, base, is_counter: true })
    }

    fn for_capture(&mut self, gz: Gz, scope: ScopeId, i: Input, index: Ref) -> Res<ScopeId> {
        let tok = i.payload.name;
        if self.is_underscore(tok) {
            return Ok(scope);
        }
        let name = self.name(tok)?;
        self.bind(scope, name, tok, BindKind::Capture)?;
        let value = if i.base.is_none() {
            index
        } else {
            let inst = match (i.is_counter, i.payload.ptr) {
                (true, _) => Inst::Bin { op: BinOp::Add, lhs: i.base, rhs: index },
                (false, false) => Inst::ForElemVal { lhs: i.base, index },
                (false, true) => Inst::ForElemPtr { ptr: i.base, index },
            };
            self.add(gz, inst, i.node)
        };
        self.dbg_var_val(gz, name, value, i.node);
        Ok(self.push_local(scope, Local::val(name, tok, value, BindKind::Capture)))
    }
}
