//! Blocks, branches and returns: the shape of control.

mod branch;
mod reason;
mod ret;

use ir::{Body, ComptimeReason, InstId, Ref};
use syntax::ast::Node;

use super::{An, ComptimeWhy, Flow, Label, Leave, Opv, Repr, Rt, Rv};
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
}
