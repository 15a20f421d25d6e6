//! `++` and `**` on arrays, pointers to arrays, comptime slices and tuples.

use ir::{ComptimeReason, Ref};
use syntax::NodeId;
use syntax::ast::{Node, PtrSize};
use tir::{Inst as T, Val};

use super::{BinPlaces, UNDEF_USE};
use crate::analyze::comptime_mem::Step;
use crate::analyze::{An, Opv, Rt, Rv};
use crate::msg::{Place, SemaMsg};
use crate::pool::{PtrBase, PtrType, Type, TypeId, Value, ValueId};
use crate::unit::R;

/// Above so many elements an operand whose elements must be converted one by one is refused.
const MAX_ELEMENTWISE: u64 = 4096;

/// An operand as a sequence of elements.
#[derive(Clone, Copy)]
struct Seq {
    value: Opv,
    elem: TypeId,
    len: u64,
    sentinel: Option<ValueId>,
    is_ptr: bool,
    is_tuple: bool,
}

impl An<'_> {
    /// Field types and comptime values of a tuple.
    pub fn tuple_fields(&mut self, ty: TypeId) -> R<Option<(Vec<TypeId>, Vec<Option<ValueId>>)>> {
        Ok(match self.s.pool.ty(ty).clone() {
            Type::Tuple { types, values } => Some((types.to_vec(), values.to_vec())),
            Type::Struct(c) => {
                let f = self.fields(c)?;
                if !f.is_tuple {
                    return Ok(None);
                }
                let mut values = vec![None; f.fields.len()];
                if f.fields.iter().any(|f| f.is_comptime) {
                    let d = self.defaults(c)?;
                    for (i, field) in f.fields.iter().enumerate() {
                        if field.is_comptime {
                            values[i] = d.get(i).copied().flatten();
                        }
                    }
                }
                Some((f.fields.iter().map(|f| f.ty).collect(), values))
            }
            _ => None,
        })
    }

    /// The i-th element of a tuple.
    pub fn tuple_item(&mut self, v: Opv, i: usize, ty: TypeId, fixed: Option<ValueId>) -> R<Opv> {
        if let Some(v) = fixed {
            return Ok(Opv::C(v));
        }
        match v {
            Opv::C(c) => match self.value_step(c, Step::Field(i as u32))? {
                Some(e) => Ok(Opv::C(e)),
                None => self.fail("internal error: tuple without an element"),
            },
            Opv::R(rt) => {
                if let Some(o) = self.opv(ty)? {
                    return Ok(Opv::C(o));
                }
                let offset = self.step_offset(rt.ty, Step::Field(i as u32))?;
                Ok(Opv::R(self.part_of(rt, offset as u32, ty)?))
            }
            other => Ok(other),
        }
    }

    fn sequence(&mut self, v: Opv, place: Place, other: TypeId) -> R<Option<Seq>> {
        let ty = self.ty_of(v);
        let plain = Seq { value: v, elem: ty, len: 0, sentinel: None, is_ptr: false, is_tuple: false };
        Ok(match self.s.pool.ty(ty).clone() {
            Type::Array { len, child, sentinel } => Some(Seq { elem: child, len, sentinel, ..plain }),
            Type::Ptr(p) => match (p.size, self.s.pool.ty(p.child).clone()) {
                (PtrSize::Slice, _) => {
                    let c = self.need_comptime(v, place, ComptimeReason::SliceCatOperand)?;
                    if self.is_undef(c) {
                        return self.fail_at(place, UNDEF_USE);
                    }
                    let (_, len) = self.slice_parts(v)?;
                    let Some(len) = self.known(len).and_then(|l| self.int_of(l)).and_then(|l| l.to_u64()) else {
                        return self.fail_at(place, UNDEF_USE);
                    };
                    Some(Seq { elem: p.child, len, sentinel: p.sentinel, is_ptr: true, ..plain })
                }
                (PtrSize::One, Type::Array { len, child, sentinel }) => {
                    Some(Seq { elem: child, len, sentinel, is_ptr: true, ..plain })
                }
                _ => None,
            },
            _ => match (self.tuple_fields(ty)?, self.s.pool.elem_of(other)) {
                (Some((types, _)), Some(elem)) => Some(Seq { elem, len: types.len() as u64, is_tuple: true, ..plain }),
                _ => None,
            },
        })
    }

    fn not_indexable<T>(&mut self, v: Opv, place: Place, operator: Option<Place>) -> R<T> {
        let ty = self.ty_of(v);
        let n = self.type_name(ty);
        let mut msg = SemaMsg::new(place, format!("expected indexable; found '{n}'"));
        msg = self.declared_here(msg, ty);
        if let Some(op) = operator
            && (self.s.pool.is_any_int(ty) || self.s.pool.is_any_float(ty))
        {
            msg = msg.note(op, "this operator multiplies arrays; use std.math.pow for exponentiation");
        }
        self.fail_msg(msg)
    }

    /// `++`
    pub(super) fn array_cat(&mut self, l: Opv, r: Opv, p: BinPlaces) -> R<Opv> {
        let (lt, rt) = (self.ty_of(l), self.ty_of(r));
        if let (Some(_), Some(_)) = (self.tuple_fields(lt)?, self.tuple_fields(rt)?) {
            return self.tuple_cat(&[l, r], p.op);
        }
        let Some(a) = self.sequence(l, p.lhs, rt)? else { return self.not_indexable(l, p.lhs, None) };
        let Some(b) = self.sequence(r, p.rhs, lt)? else { return self.not_indexable(r, p.rhs, None) };
        let elem = if a.elem == b.elem {
            a.elem
        } else {
            let (x, y) = (self.s.pool.undef(a.elem), self.s.pool.undef(b.elem));
            self.peer_type(&[(Opv::C(x), p.lhs), (Opv::C(y), p.rhs)], None)?
        };
        let sentinel = match (self.sentinel_as(a.sentinel, elem, p.lhs)?, self.sentinel_as(b.sentinel, elem, p.rhs)?) {
            (Some(x), Some(y)) => (x == y).then_some(x),
            (x, y) => x.or(y),
        };
        let Some(len) = a.len.checked_add(b.len) else { return self.fail_at(p.op, "operation results in overflow") };
        self.join(&[(a, p.lhs), (b, p.rhs)], 1, elem, len, sentinel, p.op)
    }

    fn sentinel_as(&mut self, s: Option<ValueId>, elem: TypeId, place: Place) -> R<Option<ValueId>> {
        match s {
            Some(v) => {
                let v = self.coerce(elem, Opv::C(v), place)?;
                Ok(self.known(v))
            }
            None => Ok(None),
        }
    }

    /// `Inst::ArrayMul`
    pub fn array_mul(&mut self, res_ty: Ref, lhs: Ref, rhs: Ref) -> R<Opv> {
        let l = self.op(lhs)?;
        let r = self.op(rhs)?;
        let p = self.bin_places();
        let lt = self.ty_of(l);
        let res = match res_ty.some() {
            Some(r) => match self.op(r)? {
                Opv::C(v) => self.type_value(v),
                _ => None,
            },
            None => None,
        };
        let tuple = self.tuple_fields(lt)?;
        if tuple.is_none() {
            // The left operand is judged first.
            if self.sequence(l, p.lhs, TypeId::VOID)?.is_none() {
                return self.not_indexable(l, p.lhs, Some(p.op));
            }
        }
        let n = self.coerce(TypeId::USIZE, r, p.rhs)?;
        let n = self.need_comptime(n, p.rhs, ComptimeReason::ArrayMulFactor)?;
        let Some(factor) = self.int_of(n).and_then(|n| n.to_u64()) else { return self.fail_at(p.rhs, UNDEF_USE) };
        let l = match (&tuple, res.and_then(|t| self.s.pool.elem_of(t))) {
            (Some((types, _)), Some(elem)) => {
                let t = self.s.pool.array(types.len() as u64, elem, None);
                self.coerce(t, l, p.lhs)?
            }
            (Some((types, _)), None) => {
                if (types.len() as u64).saturating_mul(factor) > 1 << 20 {
                    return self.fail_at(p.rhs, "a tuple of more than 1048576 elements is not supported yet");
                }
                return self.tuple_cat(&vec![l; factor as usize], p.op);
            }
            _ => l,
        };
        let Some(a) = self.sequence(l, p.lhs, TypeId::VOID)? else { return self.not_indexable(l, p.lhs, Some(p.op)) };
        let Some(len) = a.len.checked_mul(factor) else { return self.fail_at(p.rhs, "operation results in overflow") };
        self.join(&[(a, p.lhs)], factor, a.elem, len, a.sentinel, p.op)
    }

    /// The sequences one after the other, all of it `factor` times.
    fn join(
        &mut self,
        parts: &[(Seq, Place)],
        factor: u64,
        elem: TypeId,
        len: u64,
        sentinel: Option<ValueId>,
        op: Place,
    ) -> R<Opv> {
        let array = self.s.pool.array(len, elem, sentinel);
        let ptr = parts.iter().any(|(s, _)| s.is_ptr);
        let ptr_ty = self.s.pool.ptr_type(PtrType { is_const: true, ..PtrType::new(PtrSize::One, array) });
        if let Some(v) = self.join_known(parts, factor, elem, array)? {
            return if ptr { self.ref_value(Opv::C(v)) } else { Ok(Opv::C(v)) };
        }
        let unknown = parts.iter().find(|(s, _)| self.known(s.value).is_none()).map_or(op, |(_, p)| *p);
        self.require_runtime(op, unknown)?;
        let l = self.layout(elem)?;
        let slot = self.new_slot(array)?;
        let dst = self.bld().slot_addr(slot, 0);
        let to = Rt { ty: ptr_ty, rv: Rv::S(dst) };
        let block: u64 = parts.iter().map(|(s, _)| s.len).sum();
        if factor > MAX_ELEMENTWISE {
            return self.fail_at(op, "repeating a run-time array that often is not supported yet");
        }
        for i in 0..factor {
            let mut at = i * block;
            for &(s, place) in parts {
                self.store_sequence(s, place, to, at * l.size, elem, l.size)?;
                at += s.len;
            }
        }
        if let Some(s) = sentinel {
            let rt = self.to_rt(Opv::C(s))?;
            self.store_rt(to, rt, (len * l.size) as u32)?;
        }
        Ok(Opv::R(if ptr { Rt { ty: ptr_ty, rv: Rv::Slot(slot, 0) } } else { Rt { ty: array, rv: Rv::M(dst) } }))
    }

    fn store_sequence(&mut self, s: Seq, place: Place, to: Rt, offset: u64, elem: TypeId, size: u64) -> R<()> {
        let ty = self.ty_of(s.value);
        if s.is_tuple {
            let Some((types, values)) = self.tuple_fields(ty)? else { return Ok(()) };
            for (i, (&t, &fixed)) in types.iter().zip(&values).enumerate() {
                let e = self.tuple_item(s.value, i, t, fixed)?;
                let at = self.item_place(place, i);
                let e = self.coerce(elem, e, at)?;
                let rt = self.to_rt(e)?;
                self.store_rt(to, rt, (offset + i as u64 * size) as u32)?;
            }
            return Ok(());
        }
        if s.len == 0 {
            return Ok(());
        }
        let src = self.sequence_address(s)?;
        if s.elem == elem {
            let dst = self.address(to, offset as u32)?;
            let Ok(len) = u32::try_from(s.len.saturating_mul(size)) else {
                return self.fail_at(place, "an array of four gigabytes or more is not supported yet");
            };
            self.bld().inst(T::Copy { dst, src, len, align: 1 });
            return Ok(());
        }
        if s.len > MAX_ELEMENTWISE {
            return self.fail_at(place, "converting that many elements one by one is not supported yet");
        }
        let from = Rt { ty: TypeId::USIZE, rv: Rv::S(src) };
        let step = self.layout(s.elem)?.size;
        for i in 0..s.len {
            let e = self.load_rt(from, s.elem, (i * step) as u32, false, true)?;
            let e = self.coerce(elem, Opv::R(e), place)?;
            let rt = self.to_rt(e)?;
            self.store_rt(to, rt, (offset + i * size) as u32)?;
        }
        Ok(())
    }

    /// The i-th element of an operand of the operation at hand, if it is written out there.
    fn item_place(&self, operand: Place, i: usize) -> Place {
        let f = self.frame();
        let side = |n: NodeId| if self.at(n) == operand { Some(n) } else { None };
        let found = match f.ast.node(self.node()) {
            Node::Binary { lhs, rhs, .. } => side(lhs).or(side(rhs)),
            _ => None,
        };
        match found.map(|n| f.ast.node(n)) {
            Some(Node::ArrayInit { elems, .. }) => elems.get(i).map_or(operand, |&e| self.at(e)),
            _ => operand,
        }
    }

    /// Where the elements of a sequence stand in memory.
    fn sequence_address(&mut self, s: Seq) -> R<Val> {
        let rt = self.to_rt(s.value)?;
        match rt.rv {
            Rv::P(p, _) => Ok(p),
            _ => self.scalar(rt),
        }
    }

    fn join_known(&mut self, parts: &[(Seq, Place)], factor: u64, elem: TypeId, array: TypeId) -> R<Option<ValueId>> {
        if elem == TypeId::U8
            && let Some(v) = self.join_bytes(parts, factor, array)?
        {
            return Ok(Some(v));
        }
        let mut once = Vec::new();
        for (s, place) in parts {
            let Some(elems) = self.known_elems(s)? else { return Ok(None) };
            for (i, e) in elems.into_iter().enumerate() {
                let e = if self.s.pool.type_of(e) == elem {
                    e
                } else {
                    let at = if s.is_tuple { self.item_place(*place, i) } else { *place };
                    match self.coerce(elem, Opv::C(e), at)? {
                        Opv::C(e) => e,
                        _ => return Ok(None),
                    }
                };
                once.push(e);
            }
        }
        if let ([e], true) = (&once[..], factor > 1) {
            return Ok(Some(self.s.pool.intern(Value::Repeated { ty: array, elem: *e })));
        }
        let total = (once.len() as u64).saturating_mul(factor);
        if total > 1 << 26 {
            return self.unsupported("a comptime array of more than 67108864 elements");
        }
        let all = once.repeat(factor as usize);
        Ok(Some(self.s.pool.aggregate(array, 0, &all)))
    }

    /// [`An::join_known`] of texts, whose bytes need not become values each.
    fn join_bytes(&mut self, parts: &[(Seq, Place)], factor: u64, array: TypeId) -> R<Option<ValueId>> {
        let mut once = Vec::new();
        for (s, _) in parts {
            let Opv::C(mut v) = s.value else { return Ok(None) };
            if s.elem != TypeId::U8 || s.is_tuple {
                return Ok(None);
            }
            if let Value::Slice { ptr, .. } = *self.s.pool.val(v) {
                v = ptr;
            }
            if s.is_ptr {
                // All of an array, from its first byte on.
                let Value::Ptr { mut base, .. } = *self.s.pool.val(v) else { return Ok(None) };
                if let PtrBase::Elem { base: whole, index: 0 } = base
                    && let Value::Ptr { base: b, .. } = *self.s.pool.val(whole)
                {
                    base = b;
                }
                let PtrBase::Const(c) = base else { return Ok(None) };
                v = c;
            }
            let Some(bytes) = self.s.pool.bytes_of(v).filter(|b| b.len() as u64 >= s.len) else { return Ok(None) };
            once.extend_from_slice(bytes.get(..s.len as usize).unwrap_or_default());
        }
        if once.len() as u64 * factor > 1 << 26 {
            return Ok(None);
        }
        Ok(Some(self.s.pool.bytes(array, &once.repeat(factor as usize))))
    }

    /// The elements of a sequence that is known at compile time.
    fn known_elems(&mut self, s: &Seq) -> R<Option<Vec<ValueId>>> {
        let Opv::C(v) = s.value else { return Ok(None) };
        let ty = self.s.pool.type_of(v);
        if s.is_tuple {
            let Some((types, values)) = self.tuple_fields(ty)? else { return Ok(None) };
            let mut out = Vec::with_capacity(types.len());
            for (i, (&t, &fixed)) in types.iter().zip(&values).enumerate() {
                match self.tuple_item(s.value, i, t, fixed)? {
                    Opv::C(e) => out.push(e),
                    _ => return Ok(None),
                }
            }
            return Ok(Some(out));
        }
        if self.s.pool.is_slice(ty) {
            return self.known_slice_elems(v);
        }
        let array = if s.is_ptr {
            match self
                .load_comptime(v)?
                .filter(|&a| self.s.pool.ptr_info(ty).is_some_and(|p| p.child == self.s.pool.type_of(a)))
            {
                Some(a) => a,
                None => return self.known_array_part(v, s.len, s.elem),
            }
        } else {
            v
        };
        let mut out = Vec::new();
        for i in 0..s.len {
            match self.elem_value(array, i)? {
                Some(e) => out.push(e),
                None => return Ok(None),
            }
        }
        Ok(Some(out))
    }

    /// The elements behind a pointer to a part of an array.
    fn known_array_part(&mut self, ptr: ValueId, len: u64, elem: TypeId) -> R<Option<Vec<ValueId>>> {
        let t = self.s.pool.single_ptr(elem, true);
        let mut out = Vec::new();
        for i in 0..len {
            let p = self.elem_ptr_value(ptr, i, t)?;
            match self.load_comptime(p)? {
                Some(e) => out.push(e),
                None => return Ok(None),
            }
        }
        Ok(Some(out))
    }

    /// The elements behind a comptime slice.
    pub fn known_slice_elems(&mut self, v: ValueId) -> R<Option<Vec<ValueId>>> {
        let Value::Slice { ptr, len, .. } = *self.s.pool.val(v) else { return Ok(None) };
        let Some(n) = self.int_of(len).and_then(|n| n.to_u64()) else { return Ok(None) };
        let ty = self.s.pool.type_of(ptr);
        let Some(info) = self.s.pool.ptr_info(ty) else { return Ok(None) };
        let ty = self.s.pool.single_ptr(info.child, true);
        let mut out = Vec::new();
        for i in 0..n {
            let Some(base) = self.moved_base(ptr, i, false) else { return Ok(None) };
            let p = self.s.pool.intern(Value::Ptr { ty, base });
            match self.load_comptime(p)? {
                Some(e) => out.push(e),
                None => return Ok(None),
            }
        }
        Ok(Some(out))
    }

    /// Tuples one after the other.
    fn tuple_cat(&mut self, parts: &[Opv], op: Place) -> R<Opv> {
        let (mut types, mut values, mut elems) = (Vec::new(), Vec::new(), Vec::new());
        for &part in parts {
            let ty = self.ty_of(part);
            let Some((t, v)) = self.tuple_fields(ty)? else { return self.fail("internal error: not a tuple") };
            for i in 0..t.len() {
                elems.push(self.tuple_item(part, i, t[i], v[i])?);
            }
            types.extend(t);
            values.extend(v);
        }
        let ty = self.s.pool.tuple_with_values(&types, &values);
        self.make_tuple(ty, &types, &values, &elems, op)
    }

    /// A tuple of these elements.
    pub fn make_tuple(
        &mut self,
        ty: TypeId,
        types: &[TypeId],
        values: &[Option<ValueId>],
        elems: &[Opv],
        op: Place,
    ) -> R<Opv> {
        let known: Option<Vec<ValueId>> = elems.iter().map(|&e| self.known(e)).collect();
        if let Some(known) = known {
            return Ok(Opv::C(self.s.pool.aggregate(ty, 0, &known)));
        }
        self.require_runtime(op, op)?;
        let (_, offsets) = self.tuple_layout(types, values)?;
        let slot = self.new_slot(ty)?;
        let to = Rt { ty: self.s.pool.single_ptr(ty, false), rv: Rv::Slot(slot, 0) };
        for (i, &e) in elems.iter().enumerate() {
            if values.get(i).copied().flatten().is_some() {
                continue;
            }
            let rt = self.to_rt(e)?;
            self.store_rt(to, rt, offsets.get(i).copied().unwrap_or(0) as u32)?;
        }
        let addr = self.bld().slot_addr(slot, 0);
        Ok(Opv::R(Rt { ty, rv: Rv::M(addr) }))
    }
}
