//! Arithmetic on pointers: elements forward, elements back, and the distance of two pointers.

use syntax::ast::PtrSize;
use tir::{BinOp as B, Scalar};

use super::{BinPlaces, Kind, Overflow};
use crate::analyze::{An, Opv};
use crate::msg::SemaMsg;
use crate::pool::{Int, PtrBase, PtrType, Type, TypeId, Value, ValueId};
use crate::unit::R;

impl An<'_> {
    /// Pointer arithmetic; `None` if the operands are none of its business.
    pub(super) fn pointer_arith(&mut self, kind: Kind, ovf: Overflow, l: Opv, r: Opv, p: BinPlaces) -> R<Option<Opv>> {
        let (lt, rt) = (self.ty_of(l), self.ty_of(r));
        let Some(li) = self.s.pool.ptr_info(lt) else { return Ok(None) };
        let checked = matches!(ovf, Overflow::Checked);
        if let Some(ri) = self.s.pool.ptr_info(rt) {
            if li.size == PtrSize::Slice || ri.size == PtrSize::Slice {
                return Ok(None);
            }
            if kind != Kind::Sub || !checked {
                let msg = SemaMsg::new(p.op, "invalid pointer-pointer arithmetic operator")
                    .note(p.op, "pointer-pointer arithmetic only supports subtraction");
                return self.fail_msg(msg);
            }
            return self.pointer_distance(l, r, p).map(Some);
        }
        if !matches!(li.size, PtrSize::Many | PtrSize::C) {
            return Ok(None);
        }
        if kind == Kind::Mul || !checked {
            let msg = SemaMsg::new(p.op, "invalid pointer-integer arithmetic operator")
                .note(p.op, "pointer-integer arithmetic only supports addition and subtraction");
            return self.fail_msg(msg);
        }
        let size = self.element_size(li.child, p)?;
        let n = self.coerce(TypeId::USIZE, r, p.rhs)?;
        self.refuse_undef(n, p.rhs)?;
        let known = self.known(n).and_then(|v| self.int_of(v));
        let ty = self.moved_type(&li, size, known.as_ref());
        if let (Opv::C(lv), Some(i)) = (l, &known)
            && let Some(v) = self.fold_pointer_move(kind, lv, i, ty, size, p)?
        {
            return Ok(Some(v));
        }
        self.require_runtime(p.op, if self.known(l).is_none() { p.lhs } else { p.rhs })?;
        let a = self.scalar_of(l)?;
        let d = match known {
            Some(i) => {
                let bytes = (super::emit::imm(&i)).wrapping_mul(size as i64);
                self.const_scalar(Scalar::I64, bytes)
            }
            None => {
                let d = self.scalar_of(n)?;
                if size == 1 { d } else { self.bld().bin_imm(B::Mul, d, size as i64) }
            }
        };
        let v = self.bld().bin(if kind == Kind::Add { B::Add } else { B::Sub }, a, d);
        Ok(Some(self.rt_s(ty, v)))
    }

    fn element_size(&mut self, child: TypeId, p: BinPlaces) -> R<u64> {
        let size = if self.is_comptime_only(child)? { 0 } else { self.layout(child)?.size };
        if size == 0 {
            let n = self.type_name(child);
            return self.fail_at(p.op, format!("pointer arithmetic requires element type '{n}' to have runtime bits"));
        }
        Ok(size)
    }

    /// An explicit alignment holds only as far as the distance keeps it.
    fn moved_type(&mut self, info: &PtrType, size: u64, by: Option<&Int>) -> TypeId {
        let align = match info.align {
            None => None,
            Some(a) => {
                let bytes = match by.and_then(Int::to_u64) {
                    Some(n) => size.wrapping_mul(n),
                    None => size,
                };
                let kept = if bytes == 0 { a } else { a.min(1u32 << bytes.trailing_zeros().min(31)) };
                let natural = self.layout(info.child).map(|l| l.align).unwrap_or(1);
                if kept == natural { None } else { Some(kept) }
            }
        };
        self.s.pool.ptr_type(PtrType { align, ..*info })
    }

    fn fold_pointer_move(
        &mut self,
        kind: Kind,
        ptr: ValueId,
        by: &Int,
        ty: TypeId,
        size: u64,
        p: BinPlaces,
    ) -> R<Option<Opv>> {
        self.refuse_undef(Opv::C(ptr), p.lhs)?;
        let Value::Ptr { base, .. } = *self.s.pool.val(ptr) else { return Ok(None) };
        let Some(n) = by.to_u64() else { return Ok(None) };
        if n == 0 {
            return Ok(Some(Opv::C(self.s.pool.intern(Value::Ptr { ty, base }))));
        }
        let base = match base {
            PtrBase::Addr(a) => {
                let d = size.wrapping_mul(n);
                PtrBase::Addr(if kind == Kind::Add { a.wrapping_add(d) } else { a.wrapping_sub(d) })
            }
            _ => match self.moved_base(ptr, n, kind == Kind::Sub) {
                Some(b) => b,
                None => {
                    let msg = SemaMsg::new(p.op, "pointer computation here causes illegal behavior")
                        .note(p.op, "resulting pointer exceeds bounds of containing value which may trigger overflow");
                    return self.fail_msg(msg);
                }
            },
        };
        Ok(Some(Opv::C(self.s.pool.intern(Value::Ptr { ty, base }))))
    }

    /// What a pointer leads to when it is moved by `n` of its elements. `None` before the first.
    pub fn moved_base(&self, ptr: ValueId, n: u64, back: bool) -> Option<PtrBase> {
        let Value::Ptr { ty, base } = *self.s.pool.val(ptr) else { return None };
        let child = self.s.pool.child_of(ty);
        // A pointer to an element moves on; one to an array that is itself an element, seen as a
        // pointer to the first of many, starts to count there.
        let (mut outer, mut index) = match base {
            PtrBase::Elem { base, index } if self.counts(base, child) => (base, index),
            _ => (ptr, 0),
        };
        // A part of an array counts from the array's beginning.
        while let Value::Ptr { ty, base: PtrBase::Elem { base, index: start } } = *self.s.pool.val(outer) {
            if self.s.pool.elem_of(ty) != child || !self.counts(base, child) {
                break;
            }
            outer = base;
            index = index.checked_add(start)?;
        }
        let index = if back { index.checked_sub(n) } else { index.checked_add(n) }?;
        Some(PtrBase::Elem { base: outer, index })
    }

    /// Whether elements of type `child` are what a pointer to an array, to many or to one counts.
    fn counts(&self, ptr: ValueId, child: Option<TypeId>) -> bool {
        let ty = self.s.pool.type_of(ptr);
        match self.s.pool.elem_of(ty) {
            Some(e) => Some(e) == child,
            None => self.s.pool.child_of(ty) == child,
        }
    }

    fn pointer_distance(&mut self, l: Opv, r: Opv, p: BinPlaces) -> R<Opv> {
        let (lt, rt) = (self.ty_of(l), self.ty_of(r));
        let (le, re) = (self.pointed_elem(lt), self.pointed_elem(rt));
        if le != re {
            let (a, b) = (self.type_name(lt), self.type_name(rt));
            return self.fail_at(p.op, format!("incompatible pointer arithmetic operands '{a}' and '{b}'"));
        }
        let size = self.element_size(le, p)?;
        self.refuse_undef(l, p.lhs)?;
        self.refuse_undef(r, p.rhs)?;
        if let (Opv::C(a), Opv::C(b)) = (l, r)
            && let Some(d) = self.known_distance(a, b, size)?
        {
            return match u64::try_from(d) {
                Ok(d) => Ok(self.usize_op(d)),
                Err(_) => self.fail_at(p.op, "operation results in overflow"),
            };
        }
        self.require_runtime(p.op, if self.known(l).is_none() { p.lhs } else { p.rhs })?;
        let a = self.scalar_of(l)?;
        let b = self.scalar_of(r)?;
        let d = if self.blk.safety {
            let (d, o) = self.ovf(tir::OvfOp::Sub, false, 64, a, b);
            let ok = self.not_val(o);
            self.check(ok, "integerOverflow", &[])?;
            d
        } else {
            self.bld().bin(B::Sub, a, b)
        };
        let d = match size {
            1 => d,
            _ => {
                let s = self.const_scalar(Scalar::I64, size as i64);
                self.bld().bin(B::UDiv, d, s)
            }
        };
        Ok(self.rt_s(TypeId::USIZE, d))
    }

    fn pointed_elem(&self, ty: TypeId) -> TypeId {
        match self.s.pool.ptr_info(ty) {
            Some(PtrType { size: PtrSize::One, child, .. }) => match *self.s.pool.ty(child) {
                Type::Array { child, .. } => child,
                _ => child,
            },
            Some(i) => i.child,
            None => ty,
        }
    }

    /// Distance in elements of two pointers into one object.
    fn known_distance(&mut self, a: ValueId, b: ValueId, size: u64) -> R<Option<i64>> {
        use crate::analyze::comptime_mem::{Root, Step};
        let mut plain = |p: ValueId| match (self.moved_base(p, 0, false), self.s.pool.type_of(p)) {
            (Some(base), ty) if !self.s.pool.is_single_ptr(ty) => self.s.pool.intern(Value::Ptr { ty, base }),
            _ => p,
        };
        let (a, b) = (plain(a), plain(b));
        let (Some((ra, sa)), Some((rb, sb))) = (self.ptr_path(a), self.ptr_path(b)) else { return Ok(None) };
        if let (Root::Addr(x), Root::Addr(y)) = (ra, rb)
            && sa.is_empty()
            && sb.is_empty()
        {
            return Ok(Some((x.wrapping_sub(y) as i64) / size as i64));
        }
        if ra != rb {
            return Ok(None);
        }
        let split = |mut s: Vec<Step>| -> (Vec<Step>, u64) {
            match s.last().copied() {
                Some(Step::Elem(i)) => {
                    s.pop();
                    (s, i)
                }
                _ => (s, 0),
            }
        };
        let ((pa, ia), (pb, ib)) = (split(sa), split(sb));
        Ok((pa == pb).then(|| (ia as i64).wrapping_sub(ib as i64)))
    }
}
