//! `switch`: what is looked at, and which prong is taken where that is known. Items are checked
//! in [`validate`], captures made in [`capture`], run-time dispatch emitted in [`emit`].

use ir::{Body, Inst, InstId, Ref, Switch, SwitchOperand};
use syntax::ast::{Node, PtrSize};
use tir::BlockId;

use super::control::ValueOr;
use super::{An, Flow, Label, Opv, Rt, Rv};
use crate::msg::{Place, SemaMsg};
use crate::pool::{ContId, Int, Type, TypeId, Value, ValueId};
use crate::unit::R;

mod capture;
mod emit;
mod validate;

/// A switch over which `continue` loops at run time.
#[derive(Clone, Copy)]
pub struct SwitchLoop {
    /// Index of the frame.
    frame: usize,
    /// The switch.
    inst: InstId,
    /// Where the operand is looked at again.
    head: BlockId,
    /// Memory of the operand, if it has bits.
    operand: Option<Rt>,
    /// Type of the operand.
    ty: TypeId,
}

/// The checked items of a prong.
#[derive(Default)]
struct Items {
    /// Single ones.
    items: Vec<ValueId>,
    /// First and last.
    ranges: Vec<(Int, Int)>,
}

/// A switch under analysis.
struct Sw<'a> {
    id: InstId,
    ir: &'a Switch,
    src: Place,
    operand_place: Place,
    /// The operand as it was given: a value or a pointer to it.
    raw: Opv,
    by_ref: bool,
    /// What decides: the value, or the tag of a union.
    cond: Opv,
    cond_ty: TypeId,
    /// The operand is a union.
    union: Option<ContId>,
    /// Type of the value that is switched on.
    ty: TypeId,
    prongs: Vec<Items>,
    /// What no item names: tags of an enum, or errors, in order. `None` if they cannot be listed.
    rest: Option<Vec<ValueId>>,
    /// Some value has neither an item nor a name (non-exhaustive enums, `anyerror`, integers).
    open: bool,
}

impl Sw<'_> {
    /// When a prong's turn is: what stands beside `_`, prongs of one item, all others.
    fn turn(&self, prong: usize) -> u8 {
        if self.ir.under_prong == Some(prong as u32) {
            return 0;
        }
        match self.ir.prongs.get(prong) {
            Some(p) if p.items.len() == 1 && p.ranges.is_empty() => 1,
            _ => 2,
        }
    }
}

/// A prong about to be analysed.
#[derive(Clone, Copy)]
struct Arm {
    prong: usize,
    /// Of an inline prong: the value it is analysed for.
    inline: Option<ValueId>,
    /// Reached as `else` or `_`.
    special: bool,
}

impl An<'_> {
    fn switch_operand_place(&self) -> Place {
        self.here_sel(|n| match n {
            Node::Switch { operand, .. } => Some(*operand),
            _ => None,
        })
    }

    /// `Inst::Switch`
    pub fn switch(&mut self, id: InstId, index: u32) -> R<ValueOr> {
        let ir = self.frame().ir.clone();
        let Some(sw) = ir.switches.get(index as usize) else { return self.fail("internal error: no such switch") };
        match sw.kind {
            SwitchOperand::Value | SwitchOperand::Ptr => {
                let raw = self.op(sw.operand)?;
                let by_ref = sw.kind == SwitchOperand::Ptr;
                if sw.has_continue {
                    if self.is_comptime() {
                        return self.comptime_loop(id, sw, raw, by_ref);
                    }
                    return self.runtime_loop(id, sw, raw, by_ref);
                }
                self.switch_once(id, sw, raw, by_ref)
            }
            SwitchOperand::ErrUnion { ptr, .. } => self.switch_err_union(id, sw, ptr),
        }
    }

    /// Looks at the operand; everything but the dispatch.
    fn prepare<'a>(&mut self, id: InstId, ir: &'a Switch, raw: Opv, by_ref: bool) -> R<Sw<'a>> {
        let (src, operand_place) = (self.here(), self.switch_operand_place());
        let raw_ty = self.ty_of(raw);
        let ty = if by_ref {
            match self.s.pool.ptr_info(raw_ty) {
                Some(p) => p.child,
                None => {
                    let n = self.type_name(raw_ty);
                    return self.fail_at(operand_place, format!("expected pointer, found '{n}'"));
                }
            }
        } else {
            raw_ty
        };
        let union = match *self.s.pool.ty(ty) {
            Type::Union(c) => Some(c),
            _ => None,
        };
        let cond = match union {
            Some(c) => {
                if self.fields(c)?.tag.is_none() {
                    let msg = SemaMsg::new(operand_place, "switch on union with no attached enum");
                    let msg = match self.cont_decl_place(c) {
                        Some(p) => msg.note(p, "consider 'union(enum)' here"),
                        None => msg,
                    };
                    return self.fail_msg(msg);
                }
                self.union_cond(raw, by_ref, c, operand_place)?
            }
            None => {
                self.check_switch_type(ty, operand_place)?;
                if by_ref { self.load(raw, operand_place, false)? } else { raw }
            }
        };
        let cond_ty = self.ty_of(cond);
        let cond = match (cond, self.opv(cond_ty)?) {
            (Opv::R(_), Some(v)) => Opv::C(v),
            (c, _) => c,
        };
        Ok(Sw {
            id,
            ir,
            src,
            operand_place,
            raw,
            by_ref,
            cond,
            cond_ty,
            union,
            ty,
            prongs: Vec::new(),
            rest: None,
            open: false,
        })
    }

    /// The tag of the union that is switched on.
    fn union_cond(&mut self, raw: Opv, by_ref: bool, c: ContId, place: Place) -> R<Opv> {
        if !by_ref {
            if self.known(raw).is_none() {
                self.check_known_here(raw, place)?;
            }
            return self.union_tag_of(raw);
        }
        if let Opv::C(p) = raw
            && let Some(u) = self.load_comptime(p)?
        {
            return self.union_tag_of(Opv::C(u));
        }
        self.check_known_here(raw, place)?;
        let rt = self.to_rt(raw)?;
        self.union_tag_at(rt, c)
    }

    /// In code evaluated at compile time the operand must be known.
    fn check_known_here(&mut self, _v: Opv, place: Place) -> R<()> {
        if self.is_comptime() {
            return self.fail_not_comptime(place, self.blk.comptime);
        }
        Ok(())
    }

    fn check_switch_type(&mut self, ty: TypeId, place: Place) -> R<()> {
        match self.s.pool.ty(ty) {
            Type::ErrorUnion { .. }
            | Type::Noreturn
            | Type::Array { .. }
            | Type::Struct(_)
            | Type::Tuple { .. }
            | Type::Undefined
            | Type::Null
            | Type::Optional(_)
            | Type::Opaque(_)
            | Type::AnyOpaque
            | Type::Vector { .. }
            | Type::AnyFrame => {
                let n = self.type_name(ty);
                self.fail_at(place, format!("switch on type '{n}'"))
            }
            Type::Ptr(p) if p.size == PtrSize::Slice => {
                let n = self.type_name(ty);
                self.fail_at(place, format!("switch on type '{n}'"))
            }
            _ => Ok(()),
        }
    }

    /// A switch without `continue`, or one round of it.
    fn switch_once(&mut self, id: InstId, ir: &Switch, raw: Opv, by_ref: bool) -> R<ValueOr> {
        let mut sw = self.prepare(id, ir, raw, by_ref)?;
        self.validate_switch(&mut sw)?;
        if ir.prongs.is_empty() {
            // Only an enum without tags gets here.
            return Ok(Ok(Opv::C(ValueId::VOID)));
        }
        if self.is_comptime() {
            return self.pick_comptime(&sw);
        }
        let run = |s: &mut Self| s.dispatch(&sw);
        self.labelled(id, sw.operand_place, run)
    }

    /// Takes the prong of a known operand; all is evaluated at compile time.
    fn pick_comptime(&mut self, sw: &Sw<'_>) -> R<ValueOr> {
        let Opv::C(_) = sw.cond else { return self.fail_not_comptime(sw.operand_place, self.blk.comptime) };
        match self.pick(sw)? {
            Flow::Break { target, value } if target == sw.id => Ok(Ok(value)),
            f => Ok(Err(f)),
        }
    }

    /// Runs the prong of a known operand.
    fn pick(&mut self, sw: &Sw<'_>) -> R<Flow> {
        let Opv::C(v) = sw.cond else { return self.fail("internal error: operand is not known") };
        if self.is_undef(v) {
            return self.fail_at(sw.src, "use of undefined value here causes illegal behavior");
        }
        match self.find_prong(sw, v) {
            Some(arm) => self.run_arm(sw, arm),
            None => self.fail_at(sw.src, "internal error: no prong for this value"),
        }
    }

    /// The prong of a value.
    fn find_prong(&self, sw: &Sw<'_>, v: ValueId) -> Option<Arm> {
        let int = self.int_of(v);
        let hit = sw.prongs.iter().position(|p| {
            p.items.contains(&v) || int.as_ref().is_some_and(|i| p.ranges.iter().any(|(a, b)| a <= i && i <= b))
        });
        let inline = |prong: usize| sw.ir.prongs.get(prong).is_some_and(|p| p.is_inline).then_some(v);
        if let Some(prong) = hit {
            return Some(Arm { prong, inline: inline(prong), special: false });
        }
        let named = sw.rest.as_ref().is_none_or(|r| r.contains(&v));
        let prong = match (sw.ir.else_prong, sw.ir.under_prong) {
            (Some(e), Some(u)) => {
                if named {
                    e
                } else {
                    u
                }
            }
            (Some(p), None) | (None, Some(p)) => p,
            (None, None) => return None,
        } as usize;
        Some(Arm { prong, inline: inline(prong), special: true })
    }

    /// Runs a prong's body in the current block.
    fn run_arm(&mut self, sw: &Sw<'_>, arm: Arm) -> R<Flow> {
        let Some(prong) = sw.ir.prongs.get(arm.prong) else { return self.fail("internal error: no such prong") };
        self.inst = sw.id;
        if self.s.pool.is_error_set(sw.cond_ty) && self.unwrap_error(sw.cond, prong.body)? {
            return Ok(Flow::Ended);
        }
        self.inst = sw.id;
        self.set_captures(sw, arm)?;
        self.run_body(prong.body)
    }

    /// A prong on an error that is nothing but `unreachable`: says which error got there.
    pub(super) fn unwrap_error(&mut self, cond: Opv, body: Body) -> R<bool> {
        let ir = self.frame().ir.clone();
        let mut end = None;
        for i in ir.body(body) {
            match ir.inst(i) {
                Inst::DbgStmt(_) | Inst::DbgVarVal { .. } | Inst::ErrUnionCode(_) => {}
                Inst::Unreachable => end = Some(i),
                _ => return Ok(false),
            }
        }
        let Some(end) = end else { return Ok(false) };
        if let Opv::C(v) = cond
            && let Value::Err { name, .. } = *self.s.pool.val(v)
        {
            let at = self.at(ir.node(end));
            let name = self.s.text(name);
            return self.fail_at(at, format!("caught unexpected error '{name}'"));
        }
        if !self.blk.safety || self.is_comptime() {
            return Ok(false);
        }
        let code = self.scalar_of(cond)?;
        self.panic_with("unwrapError", &[code])?;
        Ok(true)
    }

    /// Runs `f` with the switch as a label that can be left, and joins where it was. `cond` is
    /// what the outcome depends on.
    fn labelled(&mut self, id: InstId, cond: Place, f: impl FnOnce(&mut Self) -> R<Flow>) -> R<ValueOr> {
        let frame = self.frames.len() - 1;
        self.labels.push(Label { frame, inst: id, breaks: Vec::new() });
        let saved = self.blk;
        let r = f(self);
        self.blk = saved;
        let breaks = self.labels.pop().map(|l| l.breaks).unwrap_or_default();
        self.blk.runtime_cond = Some(cond);
        let r = r.and_then(|flow| self.leave_label(id, flow, breaks));
        self.blk = saved;
        r
    }

    // ---- continue

    /// A switch with `continue`, all at compile time.
    fn comptime_loop(&mut self, id: InstId, ir: &Switch, mut raw: Opv, by_ref: bool) -> R<ValueOr> {
        loop {
            self.inst = id;
            match self.switch_once(id, ir, raw, by_ref)? {
                Err(Flow::SwitchContinue { target, value }) if target == id => {
                    self.inst = id;
                    self.count_branch()?;
                    raw = value;
                }
                r => return Ok(r),
            }
        }
    }

    /// A switch with `continue` at run time: a loop around the dispatch.
    fn runtime_loop(&mut self, id: InstId, ir: &Switch, raw: Opv, by_ref: bool) -> R<ValueOr> {
        let place = self.switch_operand_place();
        let ty = self.ty_of(raw);
        if self.is_comptime_only(ty)? {
            let n = self.type_name(ty);
            let msg = SemaMsg::new(place, format!("operand of switch loop has comptime-only type '{n}'"));
            return self.fail_msg(msg.note(place, "switch loops are evaluated at runtime outside of comptime scopes"));
        }
        let rt = self.to_rt(raw)?;
        let operand = match rt.rv {
            Rv::Zst => None,
            _ => {
                let slot = self.new_slot(ty)?;
                let ptr = Rt { ty: self.s.pool.single_ptr(ty, false), rv: Rv::Slot(slot, 0) };
                self.store_rt(ptr, rt, 0)?;
                Some(ptr)
            }
        };
        let b = self.bld();
        let head = b.block();
        b.jump(head, &[]);
        b.switch_to(head);
        let frame = self.frames.len() - 1;
        self.switch_loops.push(SwitchLoop { frame, inst: id, head, operand, ty });
        let raw = match operand {
            Some(ptr) => self.load_rt(ptr, ty, 0, false, false).map(Opv::R),
            None => self.only_value(ty),
        };
        let saved = self.blk;
        self.enter_runtime(place);
        let r = raw.and_then(|raw| self.switch_once(id, ir, raw, by_ref));
        self.blk = saved;
        self.switch_loops.pop();
        r
    }

    /// `Inst::SwitchContinue`
    pub fn switch_continue(&mut self, target: InstId, value: Ref) -> R<Flow> {
        let value = self.op(value)?;
        let frame = self.frames.len() - 1;
        let found = self.switch_loops.iter().rev().find(|l| l.frame == frame && l.inst == target).copied();
        let (false, Some(l)) = (self.is_comptime(), found) else {
            return Ok(Flow::SwitchContinue { target, value });
        };
        let place = self.here_sel(|n| match n {
            Node::Continue { value, .. } => *value,
            _ => None,
        });
        let value = self.coerce(l.ty, value, place)?;
        if let Some(ptr) = l.operand {
            let rt = self.to_rt(value)?;
            self.store_rt(ptr, rt, 0)?;
        }
        self.bld().jump(l.head, &[]);
        Ok(Flow::Ended)
    }

    /// How many run-time branches surround the inline block or loop.
    pub fn inline_depth(&self, target: InstId) -> u32 {
        let frame = self.frames.len() - 1;
        self.inline_blocks.iter().rev().find(|b| b.0 == frame && b.1 == target).map_or(self.blk.runtime_depth, |b| b.2)
    }

    // ---- switch over the error of an error union

    fn switch_err_union(&mut self, id: InstId, ir: &Switch, ptr: bool) -> R<ValueOr> {
        let src = self.here();
        let SwitchOperand::ErrUnion { non_error, .. } = ir.kind else {
            return self.fail("internal error: not a switch on an error");
        };
        let v = self.op(ir.operand)?;
        let ty = self.ty_of(v);
        let ty = if ptr { self.s.pool.child_of(ty).unwrap_or(ty) } else { ty };
        if self.s.pool.error_union_parts(ty).is_none() {
            let n = self.type_name(ty);
            return self.fail_at(src, format!("expected error union type, found '{n}'"));
        }
        let ok = self.is_non_err(ir.operand, ptr)?;
        self.inst = id;
        if let Opv::C(c) = ok {
            if self.is_undef(c) {
                return self.fail_at(src, "use of undefined value here causes illegal behavior");
            }
            let good = self.s.pool.as_bool(c) == Some(true);
            let set = self.s.pool.error_union_parts(ty).map_or(TypeId::ANYERROR, |(s, _)| s);
            // Where there are no errors at all, nobody looks at the prongs.
            let sw = if good && self.is_empty_error_set(set, src)? {
                None
            } else {
                let mut sw = self.prepare_error(id, ir, ptr, good, ty)?;
                self.validate_switch(&mut sw)?;
                Some(sw)
            };
            let run = |s: &mut Self| match &sw {
                Some(sw) if !good => s.dispatch(sw),
                _ => s.run_body(non_error),
            };
            if self.is_comptime() {
                return match run(self)? {
                    Flow::Break { target, value } if target == id => Ok(Ok(value)),
                    f => Ok(Err(f)),
                };
            }
            return self.labelled(id, src, run);
        }
        if self.is_comptime() {
            return self.fail_not_comptime(src, self.blk.comptime);
        }
        let cond = self.scalar_of(ok)?;
        let run = |s: &mut Self| {
            let b = s.bld();
            let (good, bad) = (b.block(), b.block());
            b.br(cond, good, bad);
            b.set_cold(bad);
            b.switch_to(bad);
            let mut sw = s.prepare_error(id, ir, ptr, false, ty)?;
            s.validate_switch(&mut sw)?;
            let bad = s.bld().current();
            s.bld().switch_to(good);
            s.enter_runtime(src);
            s.run_branch(non_error)?;
            s.inst = id;
            s.bld().switch_to(bad);
            let flow = s.dispatch(&sw)?;
            s.leave_inline(flow)?;
            Ok(Flow::Ended)
        };
        self.labelled(id, src, run)
    }

    /// `good`: there is no error, and no prong runs.
    fn prepare_error<'a>(&mut self, id: InstId, ir: &'a Switch, ptr: bool, good: bool, ty: TypeId) -> R<Sw<'a>> {
        let (src, operand_place) = (self.here(), self.switch_operand_place());
        let set = self.s.pool.error_union_parts(ty).map_or(TypeId::ANYERROR, |(s, _)| s);
        let err = if good { Opv::C(self.s.pool.undef(set)) } else { self.err_union_code(ir.operand, ptr)? };
        self.inst = id;
        if let SwitchOperand::ErrUnion { err: Some(hole), .. } = ir.kind {
            self.set(hole, err);
        }
        let cond_ty = self.ty_of(err);
        Ok(Sw {
            id,
            ir,
            src,
            operand_place,
            raw: err,
            by_ref: false,
            cond: err,
            cond_ty,
            union: None,
            ty: cond_ty,
            prongs: Vec::new(),
            rest: None,
            open: false,
        })
    }
}
