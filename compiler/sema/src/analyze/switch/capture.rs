//! `|x|`, `|*x|` and `|x, tag|` of a prong.

use ir::Capture;
use syntax::ast::Node;
use tir::Cmp;

use super::{Arm, Sw};
use crate::analyze::{An, Flow, Leave, Opv, Rt};
use crate::msg::{Place, SemaMsg};
use crate::pool::{ContId, TypeId, Value, ValueId};
use crate::unit::{Fail, R};

impl An<'_> {
    /// Where the first capture of a prong stands.
    fn capture_place(&self, sw: &Sw<'_>, prong: usize) -> Place {
        let Some(p) = sw.ir.prongs.get(prong) else { return sw.src };
        match self.frame().ast.node(p.node) {
            // The star stands right before the name.
            Node::SwitchCase { payload: Some(c), .. } if c.ptr => self.at_tok(syntax::Tok(c.name.0.saturating_sub(1))),
            Node::SwitchCase { payload: Some(c), .. } => self.at_tok(c.name),
            _ => self.at(p.node),
        }
    }

    fn tag_capture_place(&self, sw: &Sw<'_>, prong: usize) -> Place {
        let Some(p) = sw.ir.prongs.get(prong) else { return sw.src };
        match self.frame().ast.node(p.node) {
            Node::SwitchCase { tag_payload: Some(t), .. } => self.at_tok(t),
            _ => self.at(p.node),
        }
    }

    /// Sets what the captures of a prong stand for.
    pub(super) fn set_captures(&mut self, sw: &Sw<'_>, arm: Arm) -> R<()> {
        let Some(prong) = sw.ir.prongs.get(arm.prong) else { return self.fail("internal error: no such prong") };
        if let (Some(hole), Capture::Value | Capture::Ptr) = (sw.ir.capture, prong.capture) {
            let place = self.capture_place(sw, arm.prong);
            let v = self.capture(sw, arm, prong.capture == Capture::Ptr, place)?;
            self.set(hole, v);
        }
        if let (Some(hole), true) = (sw.ir.tag_capture, prong.tag_capture) {
            if sw.union.is_none() {
                let at = self.tag_capture_place(sw, arm.prong);
                let n = self.type_name(sw.ty);
                let msg = SemaMsg::new(at, format!("cannot capture tag of non-union type '{n}'"));
                let msg = self.note_type_declared(msg, sw.ty);
                return self.fail_msg(msg);
            }
            if let Some(v) = arm.inline {
                self.set(hole, Opv::C(v));
            }
        }
        Ok(())
    }

    fn capture(&mut self, sw: &Sw<'_>, arm: Arm, by_ref: bool, place: Place) -> R<Opv> {
        let items: &[ValueId] = sw.prongs.get(arm.prong).map_or(&[], |p| &p.items);
        if let Some(v) = arm.inline {
            return match sw.union {
                Some(c) => match self.union_field_of_tag(c, v)? {
                    Some(i) => self.capture_field(sw, c, i, by_ref),
                    None => self.fail_at(place, "internal error: no field for this tag"),
                },
                None if self.s.pool.is_error_set(sw.cond_ty) => self.capture_errors(sw, &[v]),
                None if by_ref => self.ref_value(Opv::C(v)),
                None => Ok(Opv::C(v)),
            };
        }
        if let Some(c) = sw.union
            && !arm.special
        {
            return self.capture_union(sw, c, arm.prong, items, by_ref, place);
        }
        if self.s.pool.is_error_set(sw.cond_ty) && !(by_ref && arm.special) {
            if by_ref {
                return self.fail_at(place, "error set cannot be captured by reference");
            }
            if !arm.special {
                return self.capture_errors(sw, items);
            }
            return match &sw.rest {
                Some(rest) => self.capture_errors(sw, rest),
                None => Ok(sw.cond),
            };
        }
        match sw.union {
            _ if by_ref || !sw.by_ref => Ok(sw.raw),
            Some(_) => self.load(sw.raw, sw.operand_place, false),
            None => Ok(sw.cond),
        }
    }

    /// The error with the errors of the prong as its set.
    fn capture_errors(&mut self, sw: &Sw<'_>, items: &[ValueId]) -> R<Opv> {
        let mut names = Vec::with_capacity(items.len());
        for &v in items {
            if let Value::Err { name, .. } = *self.s.pool.val(v) {
                names.push(name);
            }
        }
        let interner = self.s.interner.clone();
        let ty = self.s.pool.error_set(&mut names, &interner);
        Ok(match sw.cond {
            Opv::C(v) => match *self.s.pool.val(v) {
                Value::Err { name, .. } => Opv::C(self.s.pool.error(ty, name)),
                _ => Opv::C(self.s.pool.undef(ty)),
            },
            Opv::R(rt) => Opv::R(Rt { ty, rv: rt.rv }),
            other => other,
        })
    }

    fn capture_field(&mut self, sw: &Sw<'_>, c: ContId, index: u32, by_ref: bool) -> R<Opv> {
        if sw.by_ref {
            let align = self.fields(c)?.fields.get(index as usize).and_then(|f| f.align);
            let p = self.union_payload_ptr(sw.raw, index, align)?;
            return if by_ref { Ok(p) } else { self.load(p, sw.operand_place, false) };
        }
        self.union_payload(sw.raw, index)
    }

    /// The payload of one of several fields.
    fn capture_union(
        &mut self,
        sw: &Sw<'_>,
        c: ContId,
        prong: usize,
        items: &[ValueId],
        by_ref: bool,
        place: Place,
    ) -> R<Opv> {
        let mut fields = Vec::with_capacity(items.len());
        for &v in items {
            if let Some(i) = self.union_field_of_tag(c, v)? {
                fields.push((v, i));
            }
        }
        let Some(&(_, first)) = fields.first() else {
            return self.fail_at(place, "internal error: prong without fields");
        };
        if let Opv::C(tag) = sw.cond
            && let Some(&(_, i)) = fields.iter().find(|f| f.0 == tag)
            && fields.len() == 1
        {
            return self.capture_field(sw, c, i, by_ref);
        }
        let f = self.fields(c)?;
        let ty_at = |i: u32| f.fields.get(i as usize).map_or(TypeId::VOID, |x| x.ty);
        if fields.iter().all(|&(_, i)| ty_at(i) == ty_at(first)) {
            return self.capture_field(sw, c, first, by_ref);
        }
        // Different types: what all of them coerce to.
        let types: Vec<TypeId> = fields.iter().map(|&(_, i)| ty_at(i)).collect();
        let mut ty = self.capture_type(sw, prong, &types, place, false)?;
        if by_ref {
            let raw_ty = self.ty_of(sw.raw);
            let Some(info) = self.s.pool.ptr_info(raw_ty) else { return self.fail("internal error: not a pointer") };
            let types: Vec<TypeId> = types.into_iter().map(|t| self.ptr_to_part(&info, t)).collect();
            ty = self.capture_type(sw, prong, &types, place, true)?;
        }
        if let Opv::C(tag) = sw.cond {
            let i = fields.iter().find(|f| f.0 == tag).map_or(first, |f| f.1);
            let v = self.capture_field(sw, c, i, by_ref)?;
            return self.coerce(ty, v, place);
        }
        if by_ref {
            return self.capture_field(sw, c, first, true).and_then(|p| self.coerce(ty, p, place));
        }
        self.capture_any(sw, c, &fields, place)
    }

    /// The common type of what the items of a prong capture.
    fn capture_type(&mut self, sw: &Sw<'_>, prong: usize, types: &[TypeId], place: Place, by_ref: bool) -> R<TypeId> {
        let items = sw.ir.prongs.get(prong).map_or(&[][..], |p| &p.items);
        let mut dummies = Vec::with_capacity(types.len());
        for (k, &t) in types.iter().enumerate() {
            let at = items.get(k).map_or(place, |&(_, n)| self.at(n));
            dummies.push((Opv::C(self.s.pool.undef(t)), at));
        }
        let before = self.rec.msgs.len();
        let r = self.peer_type(&dummies, None);
        if r == Err(Fail::Reported)
            && self.rec.msgs.len() > before
            && let Some(m) = self.rec.msgs.last_mut()
        {
            let text = std::mem::replace(&mut m.text, "capture group with incompatible types".into());
            m.place = place;
            m.notes.insert(0, (Some(place), text));
            if by_ref {
                m.notes.push((Some(place), "this coercion is only possible when capturing by value".into()));
            }
        }
        r
    }

    /// At run time: the payload of whichever field it is, as the type that all coerce to.
    fn capture_any(&mut self, sw: &Sw<'_>, c: ContId, fields: &[(ValueId, u32)], place: Place) -> R<Opv> {
        let tag = self.scalar_of(sw.cond)?;
        let mut breaks = Vec::with_capacity(fields.len());
        let last = fields.len().saturating_sub(1);
        for (k, &(v, i)) in fields.iter().enumerate() {
            let next = if k == last {
                None
            } else {
                let want = self.scalar_of(Opv::C(v))?;
                let b = self.bld();
                let is = b.cmp(Cmp::Eq, tag, want);
                let (yes, no) = (b.block(), b.block());
                b.br(is, yes, no);
                b.switch_to(yes);
                Some(no)
            };
            let value = self.capture_field(sw, c, i, false)?;
            let block = self.bld().current();
            breaks.push(Leave { block, value, place, cond: self.blk.runtime_cond });
            if let Some(no) = next {
                self.bld().switch_to(no);
            }
        }
        match self.merge(sw.id, breaks)? {
            Ok(v) => Ok(v),
            Err(Flow::Ended) => Ok(Opv::C(ValueId::UNREACHABLE)),
            Err(_) => self.fail("internal error: control left a capture"),
        }
    }
}
