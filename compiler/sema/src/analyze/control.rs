//! Blocks, branches and returns: the shape of control.

use ir::{Body, ComptimeReason, Inst, InstId, Ref};
use syntax::ast::Node;
use tir::Scalar;

use super::{An, Blk, ComptimeWhy, Flow, Label, Leave, Opv, Repr, RetMode, Rt, Rv};
use crate::msg::{Place, SemaMsg};
use crate::pool::{TypeId, ValueId};
use crate::unit::{Fail, R};

/// Says that code is evaluated at compile time for its caller's sake.
pub const INHERITED: &str = "called at comptime from here";

/// A value, or control that goes elsewhere.
pub type ValueOr = Result<Opv, Flow>;

impl An<'_> {
    /// Evaluates an inline body once; `Ok(Err(flow))` if control leaves past its owner.
    pub fn eval_inline(&mut self, body: Body, owner: InstId) -> R<ValueOr> {
        let inst = self.inst;
        let flow = self.run_body(body)?;
        self.inst = inst;
        Ok(match flow {
            Flow::Break { target, value } if target == owner || target == InstId::OWNER => Ok(value),
            f => Err(f),
        })
    }

    /// Evaluates an inline body that has no owner in its frame.
    pub fn eval_owned(&mut self, body: Body) -> R<Opv> {
        match self.eval_inline(body, InstId::OWNER)? {
            Ok(v) => Ok(v),
            Err(Flow::Ended) => Ok(Opv::C(ValueId::UNREACHABLE)),
            Err(_) => self.fail("internal error: control left a body without an owner"),
        }
    }

    /// Runs `f` with everything evaluated at compile time.
    pub fn at_comptime<T>(
        &mut self,
        reason: Option<ComptimeReason>,
        place: Place,
        f: impl FnOnce(&mut Self) -> R<T>,
    ) -> R<T> {
        let saved = self.blk;
        self.blk.comptime = Some(ComptimeWhy { reason, place });
        let r = f(self);
        self.blk = saved;
        r
    }

    /// `Inst::BlockComptime`
    pub fn block_comptime(&mut self, id: InstId, reason: ComptimeReason, body: Body) -> R<ValueOr> {
        let place = self.at(self.frame().ir.node(id));
        let saved = self.blk;
        if self.blk.comptime.is_none() {
            self.blk.comptime = Some(ComptimeWhy { reason: Some(reason), place });
        }
        let r = self.block_inline(id, body);
        self.blk = saved;
        let v = r?;
        if let Ok(Opv::R(_)) = v {
            self.inst = id;
            return self.fail_not_comptime(place, Some(ComptimeWhy { reason: Some(reason), place }));
        }
        Ok(v)
    }

    /// `Inst::BlockInline`, an inline loop among them.
    pub fn block_inline(&mut self, id: InstId, body: Body) -> R<ValueOr> {
        self.inline_blocks.push((self.frames.len() - 1, id, self.blk.runtime_depth));
        let r = self.run_inline(id, body);
        self.inline_blocks.pop();
        r
    }

    fn run_inline(&mut self, id: InstId, body: Body) -> R<ValueOr> {
        if self.is_comptime() {
            return match self.run_inline_body(id, body)? {
                Flow::Break { target, value } if target == id => Ok(Ok(value)),
                f => Ok(Err(f)),
            };
        }
        // It may be left out of a run-time branch.
        let frame = self.frames.len() - 1;
        self.labels.push(Label { frame, inst: id, breaks: Vec::new() });
        let r = self.run_inline_body(id, body);
        let breaks = self.labels.pop().map(|l| l.breaks).unwrap_or_default();
        self.leave_label(id, r?, breaks)
    }

    fn run_inline_body(&mut self, id: InstId, body: Body) -> R<Flow> {
        loop {
            match self.run_body(body)? {
                Flow::Repeat => {
                    self.inst = id;
                    self.count_branch()?;
                }
                f => return Ok(f),
            }
        }
    }

    /// What follows a block that can be left at run time, given how its body ended and from where
    /// it was left before.
    pub fn leave_label(&mut self, id: InstId, flow: Flow, mut breaks: Vec<Leave>) -> R<ValueOr> {
        self.inst = id;
        match flow {
            Flow::Ended => self.merge(id, breaks),
            Flow::Break { target, value } if target == id && breaks.is_empty() => Ok(Ok(value)),
            f if breaks.is_empty() => Ok(Err(f)),
            Flow::Break { target, value } if target == id => {
                let (block, place) = (self.bld().current(), self.here());
                breaks.push(Leave { block, value, place, cond: self.blk.runtime_cond });
                self.merge(id, breaks)
            }
            f => {
                self.leave_inline(f)?;
                self.merge(id, breaks)
            }
        }
    }

    /// Leaves an inline block from within a run-time branch: a jump behind it.
    pub fn leave_inline(&mut self, flow: Flow) -> R<()> {
        let frame = self.frames.len() - 1;
        match flow {
            Flow::Ended => return Ok(()),
            Flow::Break { target, value } => {
                let (block, place) = (self.bld().current(), self.here());
                let cond = self.blk.runtime_cond;
                if let Some(l) = self.labels.iter_mut().rev().find(|l| l.frame == frame && l.inst == target) {
                    l.breaks.push(Leave { block, value, place, cond });
                    return Ok(());
                }
            }
            _ => {}
        }
        self.fail("comptime control flow inside runtime block")
    }

    /// `Inst::Block`
    pub fn block(&mut self, id: InstId, body: Body) -> R<ValueOr> {
        if self.is_comptime() {
            return self.block_inline(id, body);
        }
        let frame = self.frames.len() - 1;
        self.labels.push(Label { frame, inst: id, breaks: Vec::new() });
        let saved = self.blk;
        let r = self.run_body(body);
        self.blk = saved;
        let breaks = self.labels.pop().map(|l| l.breaks).unwrap_or_default();
        self.leave_label(id, r?, breaks)
    }

    /// Joins the places that a block was left from.
    pub fn merge(&mut self, id: InstId, breaks: Vec<Leave>) -> R<ValueOr> {
        let _ = id;
        if let [only] = &breaks[..]
            && self.bld().current() == only.block
            && !self.bld().terminated()
        {
            return Ok(Ok(only.value));
        }
        if breaks.is_empty() {
            return Ok(Err(Flow::Ended));
        }
        let values: Vec<(Opv, Place)> = breaks.iter().map(|l| (l.value, l.place)).collect();
        let end = self.bld().current();
        let ty = match self.peer_type(&values, None) {
            Err(Fail::Reported) => {
                // A value that nobody wrote has no place.
                let owner = self.here();
                if let Some(m) = self.rec.msgs.last_mut()
                    && m.text.starts_with("incompatible types: ")
                {
                    m.notes.retain(|(p, t)| !(t == "type 'void' here" && *p == Some(owner)));
                }
                return Err(Fail::Reported);
            }
            r => r?,
        };
        self.bld().switch_to(end);
        let repr = if self.is_comptime_only(ty)? {
            // Equal comptime values need no run-time form; different ones cannot have one.
            match self.same_value(ty, &breaks)? {
                Some(v) => {
                    let join = self.bld().block();
                    for l in &breaks {
                        self.bld().switch_to(l.block);
                        self.bld().jump(join, &[]);
                    }
                    self.bld().switch_to(join);
                    return Ok(Ok(Opv::C(v)));
                }
                None => {
                    let at = self.here();
                    let name = self.type_name(ty);
                    let msg = SemaMsg::new(
                        at,
                        format!("value with comptime-only type '{name}' depends on runtime control flow"),
                    );
                    let msg = match breaks.iter().find_map(|l| l.cond).or(self.blk.runtime_cond) {
                        Some(p) => msg.note(p, "runtime control flow here"),
                        None => msg,
                    };
                    let msg = self.explain_comptime(msg, at, ty)?;
                    return self.fail_msg(msg);
                }
            }
        } else {
            self.repr(ty)?
        };
        let join = self.bld().block();
        let slot = match repr {
            Repr::M => {
                let l = self.layout(ty)?;
                Some(self.bld().slot(l.size as u32, l.align))
            }
            _ => None,
        };
        for l in breaks {
            self.bld().switch_to(l.block);
            let saved = self.inst;
            let v = self.coerce(ty, l.value, l.place)?;
            self.inst = saved;
            if self.is_noreturn_value(v) {
                continue;
            }
            let rt = self.to_rt(v)?;
            match (rt.rv, slot) {
                (Rv::Zst, _) => self.bld().jump(join, &[]),
                (Rv::M(_), Some(slot)) => {
                    let dst = self.bld().slot_addr(slot, 0);
                    self.store_rt(Rt { ty: TypeId::USIZE, rv: Rv::S(dst) }, rt, 0)?;
                    self.bld().jump(join, &[]);
                }
                _ => {
                    let vals = self.scalars(rt);
                    self.bld().jump(join, &vals);
                }
            }
        }
        let b = self.bld();
        let rv = match repr {
            Repr::Zst => Rv::Zst,
            Repr::S(s) => Rv::S(b.block_param(join, s)),
            Repr::P((x, _), (y, _)) => Rv::P(b.block_param(join, x), b.block_param(join, y)),
            Repr::M => Rv::Zst,
        };
        b.switch_to(join);
        let rv = match slot {
            Some(slot) => Rv::M(self.bld().slot_addr(slot, 0)),
            None => rv,
        };
        if rv == Rv::Zst {
            return Ok(Ok(self.only_value(ty)?));
        }
        Ok(Ok(Opv::R(Rt { ty, rv })))
    }

    fn same_value(&mut self, ty: TypeId, breaks: &[Leave]) -> R<Option<ValueId>> {
        let mut same = None;
        for l in breaks {
            let v = self.coerce(ty, l.value, l.place)?;
            match (v, same) {
                (Opv::C(v), None) => same = Some(v),
                (Opv::C(v), Some(s)) if v == s => {}
                _ => return Ok(None),
            }
        }
        Ok(same)
    }

    /// `Inst::Break`
    pub fn break_(&mut self, target: InstId, value: Ref) -> R<Flow> {
        let value = self.op(value)?;
        if self.is_comptime() {
            return Ok(Flow::Break { target, value });
        }
        let frame = self.frames.len() - 1;
        let place = self.break_place();
        let Some(i) = self.labels.iter().rposition(|l| l.frame == frame && l.inst == target) else {
            // The block is evaluated inline around this one.
            return Ok(Flow::Break { target, value });
        };
        let block = self.bld().current();
        let cond = self.blk.runtime_cond;
        self.labels[i].breaks.push(Leave { block, value, place, cond });
        Ok(Flow::Ended)
    }

    fn break_place(&self) -> Place {
        self.here_sel(|n| match n {
            Node::Break { value, .. } => *value,
            _ => None,
        })
    }

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
        if is_for { Place { main: place.first, ..place } } else { place }
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

    // ---- returns

    /// `return operand`
    pub fn ret(&mut self, r: Ref) -> R<Flow> {
        let v = self.op(r)?;
        let place = self.here_sel(|n| match n {
            Node::Return { value } => *value,
            _ => None,
        });
        self.return_value(v, place)
    }

    /// The end of a function's body.
    pub fn ret_implicit(&mut self, r: Ref) -> R<Flow> {
        let v = self.op(r)?;
        let place = self.here();
        let ret_ty = self.frame().ret_ty;
        if let Some(t) = ret_ty {
            let last = Place { main: place.last, first: place.last, ..place };
            if t == TypeId::NORETURN {
                let at = self.ret_type_place();
                let msg = SemaMsg::new(at, "function declared 'noreturn' implicitly returns");
                return self.fail_msg(msg.note(last, "control flow reaches end of body here"));
            }
            let base = match self.s.pool.error_union_parts(t) {
                Some((_, p)) => p,
                None => t,
            };
            if base != TypeId::VOID {
                let name = self.type_name(t);
                let at = self.ret_type_place();
                let msg = SemaMsg::new(at, format!("function with non-void return type '{name}' implicitly returns"))
                    .note(last, "control flow reaches end of body here");
                return self.fail_msg(msg);
            }
        }
        self.return_value(v, place)
    }

    /// `return error.name`
    pub fn ret_err_value(&mut self, n: syntax::Name) -> R<Flow> {
        let place = match self.frame().ast.node(self.node()) {
            Node::ErrorValue { name } => self.at_tok(name),
            _ => self.here(),
        };
        let v = self.error_value(n);
        self.return_value(v, place)
    }

    /// The error about to be returned.
    pub fn ret_err_value_code(&mut self, n: syntax::Name) -> Opv {
        self.error_value(n)
    }

    /// Returns a value from the running frame.
    pub fn return_value(&mut self, v: Opv, place: Place) -> R<Flow> {
        if self.is_noreturn_value(v) {
            return Ok(Flow::Ended);
        }
        let ret = self.frame().ret;
        let Some(ret_ty) = self.frame().ret_ty else {
            return self.fail("internal error: return outside of a function");
        };
        let v = self.coerce_return(ret_ty, v, place)?;
        match ret {
            RetMode::Comptime => Ok(Flow::Return(v)),
            RetMode::Inline(label) => {
                if self.is_comptime() {
                    return Ok(Flow::Return(v));
                }
                let block = self.bld().current();
                match self.labels.get_mut(label) {
                    Some(l) => l.breaks.push(Leave { block, value: v, place, cond: None }),
                    None => return self.fail("internal error: inline call without an end"),
                }
                Ok(Flow::Ended)
            }
            RetMode::Function => {
                if self.is_comptime() {
                    let at = self.here();
                    let mut msg = SemaMsg::new(at, "function called at runtime cannot return value at comptime");
                    if let Some(w) = self.blk.comptime {
                        msg = self.with_reason(msg, w);
                    }
                    return self.fail_msg(msg);
                }
                self.emit_return(ret_ty, v)?;
                Ok(Flow::Ended)
            }
            RetMode::None => Err(Fail::Reported),
        }
    }

    /// "unable to resolve comptime value" with the reason.
    pub fn fail_not_comptime<T>(&mut self, place: Place, why: Option<ComptimeWhy>) -> R<T> {
        let mut msg = SemaMsg::new(place, "unable to resolve comptime value");
        if let Some(w) = why {
            msg = self.with_reason(msg, w);
        }
        self.fail_msg(msg)
    }

    /// Adds why something must be known at compile time.
    pub fn with_reason(&self, msg: SemaMsg, why: ComptimeWhy) -> SemaMsg {
        use ComptimeReason as C;
        let Some(r) = why.reason else { return msg };
        // Code that is evaluated because its caller is: the calls lead to the reason.
        let mut msg = msg;
        let mut outermost = None;
        let signature = matches!(r, C::FunctionRetTy | C::FunctionParameters);
        if !signature {
            for f in self.frames.iter().rev() {
                match f.call {
                    Some(call) if f.member != why.place.member => {
                        msg = msg.note(call, INHERITED);
                        outermost = Some(call);
                    }
                    _ => break,
                }
            }
        }
        let at = match outermost {
            _ if signature || r == C::ComptimeKeyword => why.place,
            Some(call) => call,
            None => msg.place,
        };
        msg.note(at, r.text())
    }

    /// The comptime value of an operand that must have one.
    pub fn need_comptime(&mut self, v: Opv, place: Place, reason: ComptimeReason) -> R<ValueId> {
        match self.known(v) {
            Some(v) => Ok(v),
            None => self.fail_not_comptime(place, Some(ComptimeWhy { reason: Some(reason), place })),
        }
    }
}
