//! Conversions between integers, bits and addresses.

use ir::Ref;
use syntax::ast::PtrSize;
use tir::{BinOp as Bin, Cmp, Scalar, Val};

use super::Strip;
use crate::analyze::{An, Opv, Rt, Rv};
use crate::msg::SemaMsg;
use crate::pool::{Int, PtrBase, Type, TypeId, Value, ValueId};
use crate::unit::R;

pub(super) fn imm(v: &Int) -> i64 {
    v.to_i64().unwrap_or_else(|| v.to_u64().unwrap_or(0) as i64)
}

impl An<'_> {
    /// `@intCast`
    pub(super) fn int_cast(&mut self, dest: Ref, r: Ref) -> R<Opv> {
        let ty = self.dest_type(dest, Strip::EuOpt)?;
        let v = self.op(r)?;
        let (here, at) = (self.here(), self.arg_place(0));
        self.need_int_or_vector(ty, here, true)?;
        let from = self.ty_of(v);
        self.need_int_or_vector(from, at, true)?;
        if self.is_undef_op(v) {
            return Ok(Opv::C(self.s.pool.undef(ty)));
        }
        if self.known(v).is_some() {
            return self.coerce(ty, v, at);
        }
        if self.s.pool.is_comptime_int(ty) {
            return self.fail_at(at, "unable to cast runtime value to 'comptime_int'");
        }
        self.require_runtime(here, at)?;
        self.int_cast_checked(v, from, ty, "integerOutOfBounds")
    }

    /// A run-time integer as one of another type, checked.
    pub(super) fn int_cast_checked(&mut self, v: Opv, from: TypeId, ty: TypeId, panic: &str) -> R<Opv> {
        let (fs, fb) = self.runtime_int(from)?;
        let (ts, tb) = self.runtime_int(ty)?;
        let x: Val = if fb == 0 { self.const_scalar(Scalar::I8, 0) } else { self.scalar_of(v)? };
        if self.blk.safety {
            let (flo, fhi) = (Int::min_value(fs, fb), Int::max_value(fs, fb));
            let (tlo, thi) = (Int::min_value(ts, tb), Int::max_value(ts, tb));
            let low = if flo < tlo {
                Some(self.bld().cmp_imm(if fs { Cmp::SGe } else { Cmp::UGe }, x, imm(&tlo)))
            } else {
                None
            };
            let high = if fhi > thi {
                Some(self.bld().cmp_imm(if fs { Cmp::SLe } else { Cmp::ULe }, x, imm(&thi)))
            } else {
                None
            };
            let ok = match (low, high) {
                (Some(a), Some(b)) => Some(self.bld().bin(Bin::And, a, b)),
                (a, b) => a.or(b),
            };
            if let Some(ok) = ok {
                self.check(ok, panic, &[])?;
            }
        }
        let Some(s) = Scalar::for_bits(u32::from(tb)).filter(|_| tb > 0) else { return Ok(self.int_op(ty, 0i64)) };
        let x = self.bld().cast(x, s, fs);
        Ok(self.rt_s(ty, x))
    }

    /// `@truncate`
    pub(super) fn truncate(&mut self, dest: Ref, r: Ref) -> R<Opv> {
        let ty = self.dest_type(dest, Strip::EuOpt)?;
        let v = self.op(r)?;
        let (here, at) = (self.here(), self.arg_place(0));
        self.need_int_or_vector(ty, here, true)?;
        let from = self.ty_of(v);
        self.need_int_or_vector(from, at, true)?;
        let Some((signed, bits)) = self.int_info(ty) else { return self.coerce(ty, v, at) };
        if let Some((fs, fb)) = self.int_info(from) {
            if bits == 0 {
                return Ok(self.int_op(ty, 0i64));
            }
            if fs != signed {
                let n = self.type_name(from);
                let want = if signed { "signed" } else { "unsigned" };
                return self.fail_at(at, format!("expected {want} integer type, found '{n}'"));
            }
            if fb < bits {
                let (a, b) = (self.type_name(ty), self.type_name(from));
                let msg = SemaMsg::new(here, format!("destination type '{a}' has more bits than source type '{b}'"))
                    .note(here, format!("destination type has {bits} bits"))
                    .note(at, format!("operand type has {fb} bits"));
                return self.fail_msg(msg);
            }
        }
        if let Opv::C(c) = v {
            return match self.int_of(c) {
                Some(i) => Ok(self.int_op(ty, i.wrap(signed, bits))),
                None => Ok(Opv::C(self.s.pool.undef(ty))),
            };
        }
        self.require_runtime(here, at)?;
        self.runtime_int(from)?;
        let x = self.scalar_of(v)?;
        let Some(s) = Scalar::for_bits(u32::from(bits)) else { return self.fail("internal error: wide integer") };
        let x = self.bld().cast(x, s, signed);
        let x = self.wrap_val(x, signed, bits);
        Ok(self.rt_s(ty, x))
    }

    /// `@bitCast`
    pub(super) fn bit_cast(&mut self, dest: Ref, r: Ref) -> R<Opv> {
        let ty = self.dest_type(dest, Strip::EuOpt)?;
        let v = self.op(r)?;
        let from = self.ty_of(v);
        self.check_bit_cast(ty, from, true)?;
        self.check_bit_cast(from, ty, false)?;
        let (here, at) = (self.here(), self.arg_place(0));
        let (a, b) = (self.bit_size(ty)?, self.bit_size(from)?);
        if a != b {
            let (x, y) = (self.type_name(ty), self.type_name(from));
            return self.fail(format!(
                "@bitCast size mismatch: destination type '{x}' has {a} bits but source type '{y}' has {b} bits"
            ));
        }
        if ty == from {
            return Ok(v);
        }
        let small = |an: &Self, t: TypeId| t == TypeId::BOOL || an.s.pool.is_int(t);
        let simple = small(self, ty) && small(self, from);
        if let Opv::C(c) = v {
            if self.is_undef(c) {
                return Ok(Opv::C(self.s.pool.undef(ty)));
            }
            let bits = if simple { self.s.pool.as_bool(c).map(Int::from).or(self.int_of(c)) } else { self.bits_of(c)? };
            if let Some(bits) = bits
                && let Some(v) = self.value_of_bits(ty, &bits)?
            {
                return Ok(Opv::C(v));
            }
            if self.is_comptime() {
                return self.unsupported("this @bitCast at compile time");
            }
        }
        self.require_runtime(here, at)?;
        if simple {
            let x = self.scalar_of(v)?;
            let x = match (self.int_info(from), self.int_info(ty)) {
                (Some((fs, _)), Some((ts, bits))) if fs != ts => self.wrap_val(x, ts, bits),
                // A bool is 0 or 1, as the unsigned bit is.
                (Some((true, _)), None) => self.wrap_val(x, false, 1),
                (None, Some((true, _))) => self.wrap_val(x, true, 1),
                _ => x,
            };
            return Ok(self.rt_s(ty, x));
        }
        // Through memory, where that holds all bits and nothing else.
        for t in [ty, from] {
            if self.layout(t)?.size * 8 != a {
                let n = self.type_name(t);
                return self.unsupported(format!("@bitCast with type '{n}'"));
            }
        }
        let rt = self.to_rt(v)?;
        let slot = self.new_slot(ty)?;
        let ptr = Rt { ty: self.s.pool.single_ptr(from, false), rv: Rv::Slot(slot, 0) };
        self.store_rt(ptr, rt, 0)?;
        Ok(Opv::R(self.load_rt(ptr, ty, 0, false, true)?))
    }

    /// Whether a type may stand on a side of `@bitCast`.
    fn check_bit_cast(&mut self, ty: TypeId, other: TypeId, to: bool) -> R<()> {
        let at = if to { self.here() } else { self.arg_place(0) };
        let what = if to { "to" } else { "from" };
        let n = self.type_name(ty);
        let o = self.type_name(other);
        let int = self.s.pool.is_any_int(other);
        let refuse = SemaMsg::new(at, format!("cannot @bitCast {what} '{n}'"));
        match *self.s.pool.ty(ty) {
            Type::Enum(_) | Type::UnionTag(_) => {
                let f = if to { "enumFromInt" } else { "intFromEnum" };
                let dir = if to { "from" } else { "to" };
                let msg = if int { refuse.note(at, format!("use @{f} to cast {dir} '{o}'")) } else { refuse };
                self.fail_msg(msg)
            }
            Type::Ptr(_) => {
                let dir = if to { "from" } else { "to" };
                let f = if to { "ptrFromInt" } else { "intFromPtr" };
                let msg = if int {
                    refuse.note(at, format!("use @{f} to cast {dir} '{o}'"))
                } else if self.s.pool.is_ptr(other) {
                    refuse.note(at, format!("use @ptrCast to cast {dir} '{o}'"))
                } else {
                    refuse
                };
                self.fail_msg(msg)
            }
            Type::Struct(c) | Type::Union(c) => {
                if self.fields(c)?.layout == crate::unit::ContLayout::Auto {
                    let kind = self.kind_word(ty);
                    let msg = SemaMsg::new(
                        at,
                        format!("cannot @bitCast {what} '{n}'; {kind} does not have a guaranteed in-memory layout"),
                    );
                    let msg = self.declared_here(msg, ty);
                    return self.fail_msg(msg);
                }
                Ok(())
            }
            Type::Int { .. } | Type::Usize | Type::Isize | Type::CInt(_) | Type::Bool | Type::Array { .. } => Ok(()),
            Type::Float(_) => self.fail_at(at, "floating-point arithmetic is not supported yet"),
            Type::Vector { .. } => self.fail_at(at, "vector arithmetic is not supported yet"),
            _ => self.fail_msg(refuse),
        }
    }

    /// The bits of a known integer, bool, or array of such whose elements fill their bytes.
    fn bits_of(&mut self, v: ValueId) -> R<Option<Int>> {
        let ty = self.s.pool.type_of(v);
        if let Some(b) = self.s.pool.as_bool(v) {
            return Ok(Some(Int::from(b)));
        }
        if let Some((_, bits)) = self.int_info(ty) {
            return Ok(self.int_of(v).map(|i| i.wrap(false, bits)));
        }
        let Type::Array { len, child, .. } = *self.s.pool.ty(ty) else { return Ok(None) };
        let bits = self.bit_size(child)?;
        if self.layout(child)?.size * 8 != bits || len.saturating_mul(bits) > 1 << 16 {
            return Ok(None);
        }
        let mut all = Int::ZERO;
        for i in (0..len).rev() {
            let Some(e) = self.elem_value(v, i)? else { return Ok(None) };
            let Some(e) = self.bits_of(e)? else { return Ok(None) };
            let Some(up) = all.shl(bits) else { return Ok(None) };
            all = up.bit_or(&e);
        }
        Ok(Some(all))
    }

    fn value_of_bits(&mut self, ty: TypeId, bits: &Int) -> R<Option<ValueId>> {
        if ty == TypeId::BOOL {
            return Ok(Some(self.s.pool.bool(!bits.wrap(false, 1).is_zero())));
        }
        if let Some((signed, n)) = self.int_info(ty) {
            return Ok(Some(self.s.pool.int(ty, bits.wrap(signed, n))));
        }
        let Type::Array { len, child, .. } = *self.s.pool.ty(ty) else { return Ok(None) };
        let size = self.bit_size(child)?;
        if self.layout(child)?.size * 8 != size {
            return Ok(None);
        }
        let mut elems = Vec::new();
        for i in 0..len {
            match self.value_of_bits(child, &bits.shr(i * size))? {
                Some(e) => elems.push(e),
                None => return Ok(None),
            }
        }
        Ok(Some(self.s.pool.aggregate(ty, 0, &elems)))
    }

    /// `@intFromPtr`
    pub(super) fn int_from_ptr(&mut self, r: Ref) -> R<Opv> {
        let v = self.op(r)?;
        let at = self.arg_place(0);
        let ty = self.ty_of(v);
        let base = if self.is_ptr_like_optional(ty) { self.s.pool.optional_child(ty).unwrap_or(ty) } else { ty };
        match self.s.pool.ptr_info(base) {
            Some(p) if p.size != PtrSize::Slice => {}
            _ => {
                let n = self.type_name(ty);
                return self.fail_at(at, format!("expected pointer, found '{n}'"));
            }
        }
        if let Opv::C(c) = v {
            match *self.s.pool.val(c) {
                Value::Undef(_) => return Ok(Opv::C(self.s.pool.undef(TypeId::USIZE))),
                Value::Ptr { base: PtrBase::Addr(a), .. } => return Ok(self.usize_op(a)),
                Value::Opt { val: None, .. } => return Ok(self.usize_op(0)),
                Value::Opt { val: Some(p), .. } => {
                    if let Value::Ptr { base: PtrBase::Addr(a), .. } = *self.s.pool.val(p) {
                        return Ok(self.usize_op(a));
                    }
                }
                _ => {}
            }
        }
        let here = self.here();
        self.require_runtime(here, at)?;
        let x = self.scalar_of(v)?;
        Ok(self.rt_s(TypeId::USIZE, x))
    }

    /// `@ptrFromInt`
    pub(super) fn ptr_from_int(&mut self, dest: Ref, r: Ref) -> R<Opv> {
        let ty = self.dest_type(dest, Strip::Eu)?;
        let v = self.op(r)?;
        let at = self.arg_place(0);
        let v = self.coerce(TypeId::USIZE, v, at)?;
        let optional = self.s.pool.optional_child(ty);
        let ptr_ty = optional.unwrap_or(ty);
        let Some(info) = self.s.pool.ptr_info(ptr_ty).filter(|_| optional.is_none() || self.is_ptr_like_optional(ty))
        else {
            let n = self.type_name(ty);
            return self.fail(format!("expected pointer type, found '{n}'"));
        };
        if info.size == PtrSize::Slice {
            let n = self.type_name(ty);
            let here = self.here();
            let msg = SemaMsg::new(here, format!("integer cannot be converted to slice type '{n}'"))
                .note(here, "slice length cannot be inferred from address");
            return self.fail_msg(msg);
        }
        let align = self.ptr_align(&info)?;
        let zero_ok = optional.is_some() || info.allowzero;
        if let Opv::C(c) = v {
            let Some(a) = self.int_of(c).and_then(|i| i.to_u64()) else { return Ok(Opv::C(self.s.pool.undef(ty))) };
            let n = self.type_name(ty);
            if a == 0 && !zero_ok {
                return self.fail_at(at, format!("pointer type '{n}' does not allow address zero"));
            }
            if a != 0 && !a.is_multiple_of(u64::from(align.max(1))) {
                return self.fail_at(at, format!("pointer type '{n}' requires aligned address"));
            }
            if a == 0 && optional.is_some() {
                return Ok(Opv::C(self.s.pool.opt_none(ty)));
            }
            let p = self.s.pool.intern(Value::Ptr { ty: ptr_ty, base: PtrBase::Addr(a) });
            return Ok(Opv::C(if optional.is_some() { self.s.pool.opt_some(ty, p) } else { p }));
        }
        self.require_runtime(at, None)?;
        let x = self.scalar_of(v)?;
        if self.blk.safety {
            if !zero_ok {
                let ok = self.bld().cmp_imm(Cmp::Ne, x, 0);
                self.check(ok, "castToNull", &[])?;
            }
            self.check_aligned(x, align)?;
        }
        Ok(self.rt_s(ty, x))
    }

    /// Checks that an address is aligned.
    pub(super) fn check_aligned(&mut self, x: Val, align: u32) -> R<()> {
        if align > 1 && self.blk.safety {
            let low = self.bld().bin_imm(Bin::And, x, i64::from(align) - 1);
            let ok = self.not_val(low);
            self.check(ok, "incorrectAlignment", &[])?;
        }
        Ok(())
    }
}
