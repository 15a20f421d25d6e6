//! Builtin functions on integers.

use ir::{Builtin as B, Ref};
use tir::{BinOp as Bin, Cmp, OvfOp, Scalar, UnOp, Val};

use crate::analyze::arith::BinPlaces;
use crate::analyze::{An, Opv};
use crate::pool::{Int, TypeId};
use crate::unit::R;

/// An operand of `@min` and `@max` with the range that its value lies in.
struct Ranged {
    value: Opv,
    lo: Int,
    hi: Int,
}

impl An<'_> {
    /// `@abs`
    pub(super) fn abs(&mut self, r: Ref) -> R<Opv> {
        let v = self.op(r)?;
        let at = self.arg_place(0);
        let ty = self.ty_of(v);
        if self.s.pool.is_any_float(ty) {
            return self.fail_at(at, "floating-point arithmetic is not supported yet");
        }
        if !self.s.pool.is_any_int(ty) {
            let n = self.type_name(ty);
            return self
                .fail_at(at, format!("expected integer, float, or vector of either integers or floats, found '{n}'"));
        }
        let info = self.int_info(ty);
        let result = match info {
            Some((true, bits)) => self.s.pool.int_type(false, bits),
            _ => ty,
        };
        if let Opv::C(c) = v {
            return match self.int_of(c) {
                Some(i) => Ok(self.int_op(result, i.abs())),
                None => Ok(Opv::C(self.s.pool.undef(result))),
            };
        }
        if !matches!(info, Some((true, _))) {
            return Ok(v);
        }
        self.require_runtime(at, None)?;
        let (_, bits) = self.runtime_int(ty)?;
        if bits == 0 {
            return Ok(self.int_op(result, 0i64));
        }
        let a = self.scalar_of(v)?;
        let negated = self.un_val(UnOp::Neg, a);
        let negative = self.bld().cmp_imm(Cmp::SLt, a, 0);
        let x = self.select(negative, negated, a);
        Ok(self.rt_s(result, x))
    }

    /// `@addWithOverflow` and its kin.
    pub(super) fn with_overflow(&mut self, tag: B, lhs: Ref, rhs: Ref) -> R<Opv> {
        let (l, r) = (self.op(lhs)?, self.op(rhs)?);
        let p = BinPlaces { op: self.here(), lhs: self.arg_place(0), rhs: self.arg_place(1) };
        let ty = self.peer_type(&[(l, p.lhs), (r, p.rhs)], None)?;
        self.need_sized_int(ty)?;
        let l = self.coerce(ty, l, p.lhs)?;
        let r = self.coerce(ty, r, p.rhs)?;
        let (signed, bits) = self.int_info(ty).unwrap_or((false, 0));
        let x = self.known(l).and_then(|v| self.int_of(v));
        let y = self.known(r).and_then(|v| self.int_of(v));
        let zero = |i: &Option<Int>| i.as_ref().is_some_and(Int::is_zero);
        if tag == B::MulWithOverflow && (zero(&x) || zero(&y)) {
            return self.overflow_pair(ty, &Int::ZERO, signed, bits);
        }
        if let (Some(x), Some(y)) = (&x, &y) {
            let exact = match tag {
                B::AddWithOverflow => Some(x.add(y)),
                B::SubWithOverflow => Some(x.sub(y)),
                _ => x.mul(y),
            };
            let Some(exact) = exact else { return self.too_large(p.op) };
            return self.overflow_pair(ty, &exact, signed, bits);
        }
        let types = [ty, TypeId::U1];
        let tuple = self.s.pool.tuple(&types);
        if self.is_undef_op(l) || self.is_undef_op(r) {
            return Ok(Opv::C(self.s.pool.undef(tuple)));
        }
        if let Some(v) = self.unknown_at_comptime(tuple) {
            return Ok(v);
        }
        self.runtime_int(ty)?;
        let (a, b) = (self.scalar_of(l)?, self.scalar_of(r)?);
        let op = match tag {
            B::AddWithOverflow => OvfOp::Add,
            B::SubWithOverflow => OvfOp::Sub,
            _ => OvfOp::Mul,
        };
        let (v, o) = self.ovf(op, signed, bits, a, b);
        let elems = [self.rt_s(ty, v), self.rt_s(TypeId::U1, o)];
        self.make_tuple(tuple, &types, &[None, None], &elems, p.op)
    }

    fn need_sized_int(&mut self, ty: TypeId) -> R<()> {
        if self.s.pool.is_int(ty) {
            return Ok(());
        }
        if let crate::pool::Type::Vector { .. } = self.s.pool.ty(ty) {
            return self.unsupported("vector arithmetic");
        }
        let n = self.type_name(ty);
        self.fail(format!("expected vector of integers or integer tag type, found '{n}'"))
    }

    fn overflow_pair(&mut self, ty: TypeId, exact: &Int, signed: bool, bits: u16) -> R<Opv> {
        let tuple = self.s.pool.tuple(&[ty, TypeId::U1]);
        let v = self.s.pool.int(ty, exact.wrap(signed, bits));
        let o = self.s.pool.int(TypeId::U1, !exact.fits(signed, bits));
        Ok(Opv::C(self.s.pool.aggregate(tuple, 0, &[v, o])))
    }

    /// `@shlWithOverflow`
    pub(super) fn shl_with_overflow(&mut self, lhs: Ref, rhs: Ref) -> R<Opv> {
        let (l, r) = (self.op(lhs)?, self.op(rhs)?);
        let p = BinPlaces { op: self.here(), lhs: self.arg_place(0), rhs: self.arg_place(1) };
        let ty = self.ty_of(l);
        self.need_sized_int(ty)?;
        let amount_ty = self.log2_int_type(ty, p.lhs)?;
        let r = self.coerce(amount_ty, r, p.rhs)?;
        let (signed, bits) = self.int_info(ty).unwrap_or((false, 0));
        let x = self.known(l).and_then(|v| self.int_of(v));
        let y = self.known(r).and_then(|v| self.int_of(v));
        if let Some(n) = &y
            && bits > 0
            && *n >= Int::from(bits)
        {
            let t = self.type_name(ty);
            return self.fail_at(p.rhs, format!("shift amount '{n}' is too large for operand type '{t}'"));
        }
        if let (Some(x), Some(y)) = (&x, &y) {
            let Some(exact) = y.to_u64().and_then(|n| x.shl(n)) else { return self.too_large(p.op) };
            return self.overflow_pair(ty, &exact, signed, bits);
        }
        let types = [ty, TypeId::U1];
        let tuple = self.s.pool.tuple(&types);
        if self.is_undef_op(l) || self.is_undef_op(r) {
            return Ok(Opv::C(self.s.pool.undef(tuple)));
        }
        self.require_runtime(p.op, if x.is_none() { p.lhs } else { p.rhs })?;
        self.runtime_int(ty)?;
        let a = self.scalar_of(l)?;
        let s = self.bld().scalar(a);
        let n = if matches!(self.int_info(amount_ty), Some((_, 0))) {
            self.const_scalar(s, 0)
        } else {
            let n = self.scalar_of(r)?;
            self.bld().cast(n, s, false)
        };
        if self.blk.safety && y.is_none() && !bits.is_power_of_two() {
            let ok = self.bld().cmp_imm(Cmp::ULt, n, i64::from(bits));
            self.check(ok, "shiftRhsTooBig", &[])?;
        }
        let v = self.bld().bin(Bin::Shl, a, n);
        let v = self.wrap_val(v, signed, bits);
        let back = self.bld().bin(if signed { Bin::SShr } else { Bin::UShr }, v, n);
        let o = self.bld().cmp(Cmp::Ne, back, a);
        let elems = [self.rt_s(ty, v), self.rt_s(TypeId::U1, o)];
        self.make_tuple(tuple, &types, &[None, None], &elems, p.op)
    }

    /// `@clz`, `@ctz`, `@popCount`
    pub(super) fn count_bits(&mut self, tag: B, r: Ref) -> R<Opv> {
        let v = self.op(r)?;
        let at = self.arg_place(0);
        let ty = self.ty_of(v);
        self.need_int_or_vector(ty, at, false)?;
        let (signed, bits) = self.int_info(ty).unwrap_or((false, 0));
        let result = self.s.pool.int_type(false, Int::from(bits).bit_len() as u16);
        if let Opv::C(c) = v {
            let Some(i) = self.int_of(c) else { return Ok(Opv::C(self.s.pool.undef(result))) };
            let n = match tag {
                B::Clz => i.clz(bits),
                B::Ctz => i.ctz(bits),
                _ => i.popcount(bits),
            };
            return Ok(self.int_op(result, n));
        }
        let here = self.here();
        self.require_runtime(here, at)?;
        self.runtime_int(ty)?;
        if bits == 0 {
            return Ok(self.int_op(result, 0i64));
        }
        let a = self.scalar_of(v)?;
        let s = self.bld().scalar(a);
        let odd = u32::from(bits) < s.bits();
        let a = if signed && odd { self.wrap_val(a, false, bits) } else { a };
        let n = match tag {
            B::Clz => {
                let n = self.un_val(UnOp::Clz, a);
                if odd { self.bld().bin_imm(Bin::Add, n, i64::from(bits) - i64::from(s.bits())) } else { n }
            }
            B::Ctz => {
                // A bit above the highest ends the count of zero.
                let a = if odd { self.bld().bin_imm(Bin::Or, a, 1i64 << bits) } else { a };
                self.un_val(UnOp::Ctz, a)
            }
            _ => self.un_val(UnOp::Popcnt, a),
        };
        let n = self.bld().cast(n, Scalar::I8, false);
        Ok(self.rt_s(result, n))
    }

    /// `@byteSwap`, `@bitReverse`
    pub(super) fn swap_bits(&mut self, tag: B, r: Ref) -> R<Opv> {
        let v = self.op(r)?;
        let at = self.arg_place(0);
        let ty = self.ty_of(v);
        self.need_int_or_vector(ty, at, false)?;
        let (signed, bits) = self.int_info(ty).unwrap_or((false, 0));
        if tag == B::ByteSwap && !bits.is_multiple_of(8) {
            let n = self.type_name(ty);
            return self.fail_at(
                at,
                format!("@byteSwap requires the number of bits to be evenly divisible by 8, but {n} has {bits} bits"),
            );
        }
        if let Opv::C(c) = v {
            let Some(i) = self.int_of(c) else { return Ok(v) };
            let i = if tag == B::ByteSwap { i.byte_swap(signed, bits) } else { i.bit_reverse(signed, bits) };
            return Ok(self.int_op(ty, i));
        }
        let here = self.here();
        self.require_runtime(here, at)?;
        self.runtime_int(ty)?;
        if bits == 0 || (tag == B::ByteSwap && bits == 8) {
            return Ok(v);
        }
        let a = self.scalar_of(v)?;
        let s = self.bld().scalar(a);
        let x = self.un_val(if tag == B::ByteSwap { UnOp::Bswap } else { UnOp::BitReverse }, a);
        // Of an odd width the result stands in the upper bits.
        let up = s.bits() - u32::from(bits);
        let x =
            if up == 0 { x } else { self.bld().bin_imm(if signed { Bin::SShr } else { Bin::UShr }, x, i64::from(up)) };
        Ok(self.rt_s(ty, x))
    }

    /// `@min`, `@max`
    pub(super) fn min_max(&mut self, min: bool, args: &[Ref]) -> R<Opv> {
        let mut ops = Vec::with_capacity(args.len());
        let mut all_comptime_int = true;
        for (i, &r) in args.iter().enumerate() {
            let v = self.op(r)?;
            let at = self.arg_place(i);
            let ty = self.ty_of(v);
            if self.s.pool.is_any_float(ty) {
                return self.fail_at(at, "floating-point arithmetic is not supported yet");
            }
            if let crate::pool::Type::Vector { .. } = self.s.pool.ty(ty) {
                return self.fail_at(at, "vector arithmetic is not supported yet");
            }
            if !self.s.pool.is_any_int(ty) {
                let n = self.type_name(ty);
                return self.fail_at(at, format!("expected number, found '{n}'"));
            }
            all_comptime_int &= self.s.pool.is_comptime_int(ty);
            ops.push((v, ty));
        }
        let mut cur: Option<Ranged> = None;
        let mut undefined = false;
        // What is known comes first, so that it is compared once.
        let known_first =
            ops.iter().filter(|o| self.known(o.0).is_some()).chain(ops.iter().filter(|o| self.known(o.0).is_none()));
        let ordered: Vec<(Opv, TypeId)> = known_first.copied().collect();
        for (v, ty) in ordered {
            let next = match v {
                Opv::C(c) => match self.int_of(c) {
                    Some(i) => Ranged { value: v, lo: i.clone(), hi: i },
                    None => {
                        undefined = true;
                        continue;
                    }
                },
                _ => {
                    let (signed, bits) = self.int_info(ty).unwrap_or((false, 0));
                    Ranged { value: v, lo: Int::min_value(signed, bits), hi: Int::max_value(signed, bits) }
                }
            };
            cur = Some(match cur {
                None => next,
                Some(c) => self.min_max_pair(min, c, next)?,
            });
        }
        let Some(c) = cur else { return Ok(ops.first().map_or(Opv::None, |o| o.0)) };
        let ty = if all_comptime_int { TypeId::COMPTIME_INT } else { self.fitting_int(&c.lo, &c.hi)? };
        if undefined {
            return Ok(Opv::C(self.s.pool.undef(ty)));
        }
        match c.value {
            Opv::C(v) => match self.int_of(v) {
                Some(i) => Ok(self.int_op(ty, i)),
                None => Ok(c.value),
            },
            _ if self.is_comptime() => Ok(self.unknown_at_comptime(ty).unwrap_or(c.value)),
            v => {
                let x = self.int_as(v, ty)?;
                Ok(x)
            }
        }
    }

    fn min_max_pair(&mut self, min: bool, a: Ranged, b: Ranged) -> R<Ranged> {
        let pick = |x: &Int, y: &Int| if (x < y) == min { x.clone() } else { y.clone() };
        let (lo, hi) = (pick(&a.lo, &b.lo), pick(&a.hi, &b.hi));
        if let (Opv::C(_), Opv::C(_)) = (a.value, b.value) {
            return Ok(if (a.lo < b.lo) == min { a } else { b });
        }
        if self.is_comptime() {
            let value = if self.known(a.value).is_none() { a.value } else { b.value };
            return Ok(Ranged { value, lo, hi });
        }
        let (x, y) = (self.sized_int(a.value)?, self.sized_int(b.value)?);
        let op = if min { ir::BinOp::CmpLt } else { ir::BinOp::CmpGt };
        let first = self.compare_machine(op, x, y)?;
        let ty = self.fitting_int(&lo, &hi)?;
        let (x, y) = (self.int_as(x, ty)?, self.int_as(y, ty)?);
        let value = match (x, y) {
            (Opv::R(_), Opv::R(_)) | (Opv::C(_), Opv::R(_)) | (Opv::R(_), Opv::C(_)) => {
                let (p, q) = (self.scalar_of(x)?, self.scalar_of(y)?);
                let v = self.select(first, p, q);
                self.rt_s(ty, v)
            }
            _ => x,
        };
        Ok(Ranged { value, lo, hi })
    }

    /// A known integer in the smallest type that holds it.
    fn sized_int(&mut self, v: Opv) -> R<Opv> {
        match self.known(v).and_then(|c| self.int_of(c)) {
            Some(i) => {
                let ty = self.fitting_int(&i, &i)?;
                Ok(self.int_op(ty, i))
            }
            None => Ok(v),
        }
    }

    /// The smallest integer type for a range.
    fn fitting_int(&mut self, lo: &Int, hi: &Int) -> R<TypeId> {
        let signed = lo.is_negative();
        let need = |i: &Int| {
            let (neg, bits) = i.smallest_type();
            if signed && !neg { bits + 1 } else { bits }
        };
        match u16::try_from(need(lo).max(need(hi))) {
            Ok(bits) => Ok(self.s.pool.int_type(signed, bits)),
            Err(_) => self.fail("an integer of more than 65535 bits is not supported yet"),
        }
    }

    /// The low bits of a run-time integer as another type; the value is known to fit, or not to
    /// be used.
    fn int_as(&mut self, v: Opv, ty: TypeId) -> R<Opv> {
        let (signed, bits) = self.runtime_int(ty)?;
        if bits == 0 {
            return Ok(self.int_op(ty, 0i64));
        }
        if let Some(i) = self.known(v).and_then(|c| self.int_of(c)) {
            return Ok(self.int_op(ty, i.wrap(signed, bits)));
        }
        let x: Val = self.scalar_of(v)?;
        let from = self.s.pool.is_signed(self.ty_of(v));
        let Some(s) = Scalar::for_bits(u32::from(bits)) else { return self.fail("internal error: wide integer") };
        let x = self.bld().cast(x, s, from);
        Ok(self.rt_s(ty, x))
    }
}
