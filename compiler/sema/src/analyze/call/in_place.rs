//! Calls for which the callee's own text is looked at: generic, inline, or at compile time.

use ir::{Body, ComptimeReason, DeclIr, InstId};

use super::super::{An, ComptimeWhy, Flow, Frame, FrameName, Label, Opv, RetMode, Rt, Rv};
use super::{Arg, Callee, How};
use crate::collect::Item;
use crate::decl::DeclId;
use crate::msg::SemaMsg;
use crate::pool::{CallConv, FnParam, FnType, Type, TypeId, ValueId};
use crate::state::FuncKey;
use crate::unit::{Fail, R, Src};

/// How deep calls at compile time may nest, as Zig's evaluation is limited by its quota.
const MAX_FRAMES: usize = 2_000;

impl An<'_> {
    /// A call for which the callee's own text is looked at: generic, inline or at compile time.
    pub(super) fn call_analysed(
        &mut self,
        id: InstId,
        d: DeclId,
        this: Option<Opv>,
        args: &[Arg],
        how: How,
        inline: bool,
    ) -> R<Opv> {
        let (cont, member) = {
            let decl = self.s.decl(d);
            (decl.cont, decl.member)
        };
        self.dep(Src::Sig(member));
        let ir = self.s.member(member).ir.clone();
        let DeclIr::Fn(f) = &ir.decl else { return self.fail("internal error: not a function") };
        let call_place = self.here();
        let has_this = this.is_some();
        let all: Vec<Arg> = this.map(Arg::Value).into_iter().chain(args.iter().copied()).collect();

        // The callee's frame is filled while the caller's evaluates arguments.
        self.push_frame(member, cont, RetMode::None);
        self.frame_mut().name = FrameName::Decl(d);
        let Some(mut callee) = self.frames.pop() else { return self.fail("internal error: no frame") };
        callee.call = Some(call_place);

        let in_place = inline || how == How::Comptime || self.is_comptime();
        let mut values: Vec<Opv> = Vec::with_capacity(all.len());
        let mut fixed: Vec<Option<ValueId>> = Vec::with_capacity(all.len());
        let mut params: Vec<FnParam> = Vec::with_capacity(all.len());
        for (i, a) in all.into_iter().enumerate() {
            let Some(p) = f.params.get(i) else { return self.unsupported("variable arguments") };
            let ty = match p.ty {
                Some(b) if !p.is_anytype => Some(self.eval_callee_type(&mut callee, b, Some(i))?),
                _ => None,
            };
            let place = self.call_arg_place(i, has_this);
            let force = p.is_comptime && !self.is_comptime();
            let v = if force {
                let why = ComptimeWhy { reason: None, place };
                let saved = self.blk;
                self.blk.comptime = Some(why);
                let had = self.rec.msgs.len();
                let r = self.eval_arg(id, a, ty);
                self.blk = saved;
                if let (Err(Fail::Reported), true) = (&r, self.rec.msgs.len() > had) {
                    let at = self.param_start_place(member, i, p.tok);
                    if let Some(m) = self.rec.msgs.last_mut().filter(|m| m.text == "unable to resolve comptime value")
                        && m.notes.iter().all(|(_, t)| t.starts_with("called "))
                    {
                        m.notes
                            .insert(0, (Some(place), "argument to comptime parameter must be comptime-known".into()));
                        m.notes.insert(1, (Some(at), "parameter declared comptime here".into()));
                    }
                }
                match r? {
                    Ok(v) => v,
                    Err(_) => return Ok(Opv::C(ValueId::UNREACHABLE)),
                }
            } else {
                match self.eval_arg(id, a, ty)? {
                    Ok(v) => v,
                    Err(_) => return Ok(Opv::C(ValueId::UNREACHABLE)),
                }
            };
            if self.is_noreturn_value(v) {
                return Ok(v);
            }
            self.inst = id;
            let v = match ty {
                Some(t) => self.coerce_param(t, v, place, Some((member, i)))?,
                None => v,
            };
            let t = self.ty_of(v);
            let comptime_only = self.is_comptime_only(t)?;
            let must = p.is_comptime || comptime_only;
            if must && self.known(v).is_none() {
                let mut msg = SemaMsg::new(place, "unable to resolve comptime value");
                // A receiver is known by its type alone.
                if p.is_comptime && (i > 0 || !has_this) {
                    msg = msg.note(place, "argument to comptime parameter must be comptime-known");
                    msg = msg.note(self.param_start_place(member, i, p.tok), "parameter declared comptime here");
                } else {
                    let n = self.type_name(t);
                    msg = msg.note(
                        place,
                        format!("argument to parameter with comptime-only type '{n}' must be comptime-known"),
                    );
                    if let Some(at) = self.param_type_place(member, i) {
                        msg = msg.note(at, "parameter type declared here");
                    }
                    msg = self.explain_comptime(msg, place, t)?;
                }
                return self.fail_msg(msg);
            }
            fixed.push(if must { self.known(v) } else { None });
            params.push(FnParam { ty: Some(t), is_comptime: must, is_noalias: p.noalias });
            // Types of later parameters and the result see a run-time argument by its type only.
            let seen = if must || in_place { v } else { Opv::R(Rt { ty: t, rv: Rv::Zst }) };
            if let Some(slot) = callee.map.get_mut(p.inst.0 as usize) {
                *slot = seen;
            }
            values.push(v);
        }

        // The result type, in the callee's frame.
        let payload = match f.ret {
            Some(b) => self.eval_callee_type(&mut callee, b, None)?,
            None => TypeId::VOID,
        };
        self.inst = id;
        let comptime_result = self.is_comptime_only(payload)?;
        for (p, &v) in f.params.iter().zip(&values) {
            if let Some(slot) = callee.map.get_mut(p.inst.0 as usize) {
                *slot = v;
            }
        }
        let cc = if inline { CallConv::Inline } else { CallConv::Auto };
        let base =
            self.s.pool.fn_type(FnType { params: params.clone().into(), ret: Some(payload), cc, var_args: false });

        let at_comptime = !self.blk.is_typeof && (how == How::Comptime || self.is_comptime() || comptime_result);
        let generic = fixed.iter().any(Option::is_some)
            || f.ret_is_generic
            || f.params.iter().any(|p| p.is_comptime || p.is_anytype || p.ty_is_generic);
        let func = if generic {
            self.s.func(FuncKey { decl: d, args: fixed.into(), ty: Some(base), infers_errors: f.inferred_error })
        } else {
            self.plain_func(d)
        };
        let ret = if f.inferred_error {
            let set = self.s.pool.intern_type(Type::InferredErrorSet(func));
            self.s.pool.error_union(set, payload)
        } else {
            payload
        };
        if at_comptime || inline {
            let Some(body) = f.body else { return self.fail("comptime call of extern function") };
            callee.ret_ty = Some(if f.inferred_error { self.any_error_union(payload) } else { payload });
            callee.name = FrameName::Call(d);
            self.dep(Src::Body(member));
            return self.call_body(id, d, callee, body, &values, at_comptime, comptime_result, ret);
        }
        let real = FnType { params: params.into(), ret: Some(ret), cc: CallConv::Auto, var_args: false };
        if generic {
            self.lend_quota(func);
            let ty = self.s.pool.fn_type(real.clone());
            self.s.funcs[func.0 as usize].ty = Some(ty);
            self.s.touched(Item::Func(func));
        }
        self.emit_call(Callee::Func(func), &real, &values)
    }

    /// `anyerror!T`, the result of a call evaluated in place: its errors are the ones that it
    /// returns, and what is made of them keeps the names.
    fn any_error_union(&mut self, payload: TypeId) -> TypeId {
        self.s.pool.error_union(TypeId::ANYERROR, payload)
    }

    /// Evaluates a type of a callee's signature: of a parameter, or of the result.
    fn eval_callee_type(&mut self, callee: &mut Frame, b: Body, param: Option<usize>) -> R<TypeId> {
        let saved_inst = self.inst;
        let saved = self.blk;
        let place = self.here();
        let own =
            Frame { map: std::mem::take(&mut callee.map), ir: callee.ir.clone(), ast: callee.ast.clone(), ..*callee };
        self.frames.push(own);
        let (reason, at) = match param {
            Some(i) => (ComptimeReason::FunctionParameters, self.param_type_place(callee.member, i)),
            None => (ComptimeReason::FunctionRetTy, self.fn_ret_place(callee.member)),
        };
        self.blk.comptime = Some(ComptimeWhy { reason: Some(reason), place: at.unwrap_or(place) });
        let r = self.eval_type_body(b);
        self.blk = saved;
        if let Some(f) = self.frames.pop() {
            callee.map = f.map;
        }
        self.inst = saved_inst;
        r
    }

    /// Evaluates a callee's body in place.
    fn call_body(
        &mut self,
        id: InstId,
        d: DeclId,
        callee: Frame,
        body: Body,
        values: &[Opv],
        at_comptime: bool,
        comptime_result: bool,
        ret: TypeId,
    ) -> R<Opv> {
        if self.frames.len() > MAX_FRAMES {
            return self.fail(format!("evaluation exceeded {MAX_FRAMES} nested calls"));
        }
        if self.s.member(callee.member).failed || callee.ir.failed {
            return Err(Fail::Transitive);
        }
        let any_known = values.iter().any(|&v| self.known(v).is_some());
        if !any_known && self.frames.iter().any(|f| f.name == FrameName::Call(d)) {
            return self.fail("inline call is recursive");
        }
        let before = self.branches;
        self.count_branch()?;
        if at_comptime {
            let known: Option<Vec<ValueId>> = values.iter().map(|&v| self.known(v)).collect();
            let Some(known) = known else {
                let i = values.iter().position(|&v| self.known(v).is_none()).unwrap_or(0);
                let at = self.arg_place(i);
                if comptime_result && !self.is_comptime() {
                    let ty = self.s.pool.error_union_parts(ret).map_or(ret, |p| p.1);
                    let n = self.type_name(ret);
                    let text =
                        format!("call to function with comptime-only return type '{n}' is evaluated at comptime");
                    let call = self.here();
                    let mut msg = SemaMsg::new(at, "unable to resolve comptime value").note(call, text);
                    if let Some(p) = self.fn_ret_place(callee.member) {
                        msg = msg.note(p, "return type declared here");
                        msg = self.explain_comptime(msg, call, ty)?;
                    }
                    return self.fail_msg(msg);
                }
                return self.fail_not_comptime(at, self.blk.comptime);
            };
            let key = (d, known);
            // A result that is known already costs as much as when it was found; where that is too
            // much, the call is run until it is.
            if let Some(&(v, cost)) = self.memo.get(&key)
                && before.saturating_add(cost) <= self.quota
            {
                self.branches = before + cost;
                return Ok(Opv::C(v));
            }
            let pure = !key.1.iter().any(|&v| self.has_comptime_ref(v));
            let saved = self.blk;
            let place = self.here();
            if self.blk.comptime.is_none() {
                self.blk.comptime = Some(ComptimeWhy { reason: None, place });
            }
            let mut frame = callee;
            frame.ret = RetMode::Comptime;
            self.frames.push(frame);
            let flow = self.run_body(body);
            self.frames.pop();
            self.blk = saved;
            self.inst = id;
            return match flow? {
                Flow::Return(v) => {
                    if let (Opv::C(v), true) = (v, pure)
                        && !self.has_comptime_ref(v)
                    {
                        let cost = self.branches - before;
                        self.memo.insert(key, (v, cost));
                    }
                    Ok(v)
                }
                Flow::Ended => Ok(Opv::C(ValueId::UNREACHABLE)),
                _ => self.fail("internal error: control left a call"),
            };
        }
        // Inline: a block that `return` leaves.
        let frame_index = self.frames.len();
        let label = self.labels.len();
        self.labels.push(Label { frame: frame_index, inst: InstId::OWNER, breaks: Vec::new() });
        let mut frame = callee;
        frame.ret = RetMode::Inline(label);
        frame.ret_ty = Some(ret);
        if self
            .s
            .pool
            .error_union_parts(ret)
            .is_some_and(|(s, _)| matches!(self.s.pool.ty(s), Type::InferredErrorSet(_)))
        {
            let (_, p) = self.s.pool.error_union_parts(ret).unwrap_or((TypeId::ANYERROR, TypeId::VOID));
            frame.ret_ty = Some(self.any_error_union(p));
        }
        self.frames.push(frame);
        let saved = self.blk;
        let loops = std::mem::take(&mut self.loops);
        let flow = self.run_body(body);
        self.loops = loops;
        self.blk = saved;
        let breaks = self.labels.pop().map(|l| l.breaks).unwrap_or_default();
        self.frames.pop();
        self.inst = id;
        match flow? {
            Flow::Ended => match self.merge(id, breaks)? {
                Ok(v) => Ok(v),
                Err(_) => Ok(Opv::C(ValueId::UNREACHABLE)),
            },
            Flow::Return(v) if breaks.is_empty() => Ok(v),
            _ => self.fail("internal error: control left an inline call"),
        }
    }
}
