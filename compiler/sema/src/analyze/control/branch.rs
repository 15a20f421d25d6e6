//! Branches and loops.

use ir::{Body, ComptimeReason, Inst, InstId, Ref};
use syntax::ast::Node;
use tir::Scalar;

use super::super::{An, Blk, ComptimeWhy, Flow, Label, Opv, Rv};
use super::ValueOr;
use crate::msg::{Place, SemaMsg};
use crate::pool::{TypeId, ValueId};
use crate::unit::R;

impl An<'_> {
    /// `Inst::CondBr`
    pub fn cond_br(&mut self, cond: Ref, then: Body, els: Body) -> R<Flow> {
        let place = self.cond_place();
        let c = self.op(cond)?;
        let c = self.coerce(TypeId::BOOL, c, place)?;
        match c {
            Opv::C(v) => match self.s.pool.as_bool(v) {
                Some(false) if self.unwraps_error(cond, els)? => Ok(Flow::Ended),
                Some(b) => self.run_body(if b { then } else { els }),
                None => self.fail_at(place, "use of undefined value here causes illegal behavior"),
            },
            _ if self.is_comptime() => self.fail_not_comptime(place, self.blk.comptime),
            Opv::R(rt) => {
                let Rv::S(v) = rt.rv else { return self.fail("internal error: condition is not a scalar") };
                let (tb, eb) = {
                    let b = self.bld();
                    let (t, e) = (b.block(), b.block());
                    b.br(v, t, e);
                    (t, e)
                };
                let saved = self.blk;
                self.enter_runtime(place);
                self.bld().switch_to(tb);
                let inst = self.inst;
                self.run_branch(then)?;
                self.inst = inst;
                self.bld().switch_to(eb);
                if !self.unwraps_error(cond, els)? {
                    self.run_branch(els)?;
                }
                self.blk = saved;
                Ok(Flow::Ended)
            }
            Opv::None | Opv::Inferred(_) => self.fail("internal error: condition was not evaluated"),
        }
    }

    /// `catch unreachable` and the like: the branch of an error that is only `unreachable` says
    /// which error it was.
    fn unwraps_error(&mut self, cond: Ref, els: Body) -> R<bool> {
        let ir = self.frame().ir.clone();
        let Some(Inst::IsNonErr(operand)) = cond.inst().map(|i| ir.inst(i)) else { return Ok(false) };
        let last = ir.body(els).last().map(|i| ir.inst(i));
        if !matches!(last, Some(Inst::Unreachable)) {
            return Ok(false);
        }
        let code = self.err_union_code(operand, false)?;
        self.unwrap_error(code, els)
    }

    /// Where a condition stands.
    fn cond_place(&self) -> Place {
        let place = self.here_sel(|n| match n {
            Node::If { cond, .. } | Node::While { cond, .. } => Some(*cond),
            Node::For { inputs, .. } => inputs.first().copied(),
            _ => None,
        });
        // All inputs of a `for` together.
        let is_for = matches!(self.frame().ast.node(self.node()), Node::For { .. });
        if is_for { Place { main: self.extent(place).0, ..place } } else { place }
    }

    /// What follows is only run under a run-time condition.
    pub fn enter_runtime(&mut self, place: Place) {
        self.blk = Blk { runtime_depth: self.blk.runtime_depth + 1, runtime_cond: Some(place), ..self.blk };
    }

    /// Runs a branch taken at run time: it must end by leaving.
    pub fn run_branch(&mut self, body: Body) -> R<()> {
        let flow = self.run_body(body)?;
        self.leave_inline(flow)
    }

    /// `Inst::CondBrInline`
    pub fn cond_br_inline(&mut self, cond: Ref, then: Body, els: Body) -> R<Flow> {
        let place = self.cond_place();
        let c = self.op(cond)?;
        let c = self.coerce(TypeId::BOOL, c, place)?;
        match self.known(c).and_then(|v| self.s.pool.as_bool(v)) {
            Some(b) => self.run_body(if b { then } else { els }),
            None => self
                .fail_not_comptime(place, Some(ComptimeWhy { reason: Some(ComptimeReason::InlineLoopOperand), place })),
        }
    }

    /// `and`, `or`.
    pub fn bool_and_or(&mut self, id: InstId, lhs: Ref, rhs: Body, is_or: bool) -> R<Opv> {
        let place = self.lhs_place();
        let rhs_place = self.rhs_place();
        let l = self.op(lhs)?;
        let l = self.coerce(TypeId::BOOL, l, place)?;
        let rt = match l {
            Opv::C(v) => {
                if self.s.pool.as_bool(v) == Some(is_or) {
                    return Ok(self.bool_op(is_or));
                }
                let r = match self.eval_inline(rhs, id)? {
                    Ok(v) => v,
                    Err(Flow::Ended) => return Ok(Opv::C(ValueId::UNREACHABLE)),
                    Err(_) => return self.fail("internal error: control left an operand"),
                };
                return self.coerce(TypeId::BOOL, r, rhs_place);
            }
            Opv::R(rt) => rt,
            _ => return self.fail("internal error: operand was not evaluated"),
        };
        if self.is_comptime() {
            return self.fail_not_comptime(place, self.blk.comptime);
        }
        let Rv::S(v) = rt.rv else { return self.fail("internal error: condition is not a scalar") };
        let b = self.bld();
        let (rhs_b, join) = (b.block(), b.block());
        let p = b.block_param(join, Scalar::I8);
        let (yes, no) = (tir::Target { block: rhs_b, args: tir::List::default() }, b.list(&[v]));
        let shorted = tir::Target { block: join, args: no };
        let (then, els) = if is_or { (shorted, yes) } else { (yes, shorted) };
        b.term(tir::Term::Br { c: v, then, els });
        b.switch_to(rhs_b);
        let saved = self.blk;
        self.enter_runtime(place);
        let r = self.eval_inline(rhs, id)?;
        self.blk = saved;
        match r {
            Ok(r) => {
                let r = self.coerce(TypeId::BOOL, r, rhs_place)?;
                let rt = self.to_rt(r)?;
                let vals = self.scalars(rt);
                self.bld().jump(join, &vals);
            }
            Err(Flow::Ended) => {}
            Err(_) => return self.fail("internal error: control left an operand"),
        }
        self.bld().switch_to(join);
        Ok(self.rt_s(TypeId::BOOL, p))
    }

    /// `Inst::Loop`: left by a `Break` to it or to a block around it.
    pub fn loop_(&mut self, id: InstId, body: Body) -> R<ValueOr> {
        if self.is_comptime() {
            loop {
                match self.run_body(body)? {
                    Flow::Repeat => {
                        self.inst = id;
                        self.count_branch()?;
                    }
                    Flow::Break { target, value } if target == id => return Ok(Ok(value)),
                    f => return Ok(Err(f)),
                }
            }
        }
        let b = self.bld();
        let head = b.block();
        b.jump(head, &[]);
        b.switch_to(head);
        let frame = self.frames.len() - 1;
        self.labels.push(Label { frame, inst: id, breaks: Vec::new() });
        self.loops.push(head);
        let saved = self.blk;
        let place = self.here();
        self.enter_runtime(place);
        let r = self.run_body(body);
        self.blk = saved;
        self.loops.pop();
        let breaks = self.labels.pop().map(|l| l.breaks).unwrap_or_default();
        self.inst = id;
        match r? {
            Flow::Repeat => self.bld().jump(head, &[]),
            Flow::Ended => {}
            f if breaks.is_empty() => return Ok(Err(f)),
            _ => return self.fail("internal error: comptime control flow across a run-time loop"),
        }
        // The loop itself does not go on: what follows starts where it was left.
        self.merge(id, breaks)
    }

    /// `Inst::Repeat`
    pub fn repeat(&mut self) -> R<Flow> {
        if self.is_comptime() {
            return Ok(Flow::Repeat);
        }
        match self.loops.last().copied() {
            Some(head) => {
                self.bld().jump(head, &[]);
                Ok(Flow::Ended)
            }
            None => self.fail("internal error: repeat outside of a loop"),
        }
    }

    /// A comptime `break`/`continue` must not depend on a run-time branch.
    pub fn check_comptime_control_flow(&mut self, target: InstId) -> R<()> {
        let depth = self.inline_depth(target);
        if self.blk.comptime.is_none() && self.blk.runtime_depth > depth {
            let at = self.here();
            let mut msg = SemaMsg::new(at, "comptime control flow inside runtime block");
            if let Some(p) = self.blk.runtime_cond {
                msg = msg.note(p, "runtime control flow here");
            }
            return self.fail_msg(msg);
        }
        Ok(())
    }

    /// `unreachable`
    pub fn unreachable(&mut self) -> R<Flow> {
        if self.is_comptime() {
            return self.fail("reached unreachable code");
        }
        self.panic_no_args("reachedUnreachable")?;
        Ok(Flow::Ended)
    }
}
