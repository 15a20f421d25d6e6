//! Shifts.

use ir::{BinOp, Ref};
use tir::{BinOp as B, Cmp, Scalar};

use super::BinPlaces;
use crate::analyze::{An, Opv};
use crate::msg::Place;
use crate::pool::{Int, TypeId};
use crate::unit::R;

/// Width of the type that counts the bits of a type `bits` wide.
pub fn log2_bits(bits: u16) -> u16 {
    (16 - bits.saturating_sub(1).leading_zeros()) as u16
}

impl An<'_> {
    /// The type of shift amounts for a shifted type.
    pub fn log2_int_type(&mut self, ty: TypeId, place: Place) -> R<TypeId> {
        if self.s.pool.is_comptime_int(ty) {
            return Ok(ty);
        }
        if let Some((_, bits)) = self.int_info(ty) {
            return Ok(self.s.pool.int_type(false, log2_bits(bits)));
        }
        if let crate::pool::Type::Vector { .. } = self.s.pool.ty(ty) {
            return self.fail_at(place, "vector arithmetic is not supported yet");
        }
        let n = self.type_name(ty);
        self.fail_at(place, format!("bit shifting operation expected integer type, found '{n}'"))
    }

    /// `Inst::TypeOfLog2Int`
    pub fn typeof_log2_int(&mut self, r: Ref) -> R<Opv> {
        let v = self.op(r)?;
        let ty = self.ty_of(v);
        let at = self.here();
        let t = self.log2_int_type(ty, at)?;
        Ok(self.ty_op(t))
    }

    /// `Inst::AsShiftOperand`
    pub fn as_shift_operand(&mut self, ty: Ref, operand: Ref) -> R<Opv> {
        let t = self.type_op(ty)?;
        let v = self.op(operand)?;
        // The shift itself complains about an unknown amount of a comptime_int.
        if self.s.pool.is_comptime_int(t) && self.known(v).is_none() {
            return Ok(v);
        }
        let at = self.here();
        self.coerce(t, v, at)
    }

    /// `<<`, `>>`, `<<|`, `@shlExact`, `@shrExact`.
    pub(super) fn shift(&mut self, op: BinOp, l: Opv, r: Opv, p: BinPlaces) -> R<Opv> {
        let (ty, rt) = (self.ty_of(l), self.ty_of(r));
        self.log2_int_type(ty, p.lhs)?;
        if !self.s.pool.is_any_int(rt) {
            let n = self.type_name(rt);
            return self.fail_at(p.rhs, format!("expected integer type, found '{n}'"));
        }
        self.refuse_undef(l, p.lhs)?;
        self.refuse_undef(r, p.rhs)?;
        let x = self.known(l).and_then(|v| self.int_of(v));
        let amount = self.known(r).and_then(|v| self.int_of(v));
        let info = self.int_info(ty);
        let mut count = None;
        if let Some(n) = &amount {
            if n.is_negative() {
                return self.fail_at(p.rhs, format!("shift by negative amount '{n}'"));
            }
            let c = n.to_u64().unwrap_or(u64::MAX);
            if let Some((_, bits)) = info
                && op != BinOp::ShlSat
                && c >= u64::from(bits)
                && !(bits == 0 && c == 0)
            {
                let t = self.type_name(ty);
                return self.fail_at(p.rhs, format!("shift amount '{n}' is too large for operand type '{t}'"));
            }
            count = Some(c);
        } else if self.s.pool.is_signed(rt) {
            let n = self.type_name(rt);
            return self.fail_at(p.rhs, format!("shift by signed type '{n}'"));
        }
        if let (Some(x), Some(c)) = (&x, count) {
            return self.fold_shift(op, ty, info, x, c, p);
        }
        let Some((signed, bits)) = info else {
            return self
                .fail_at(p.op, "LHS of shift must be a fixed-width integer type, or RHS must be comptime-known");
        };
        if x.as_ref().is_some_and(Int::is_zero) {
            return Ok(self.int_op(ty, 0i64));
        }
        self.require_runtime(p.op, if x.is_none() { p.lhs } else { p.rhs })?;
        self.emit_shift(op, ty, signed, bits, l, r, count)
    }

    fn fold_shift(
        &mut self,
        op: BinOp,
        ty: TypeId,
        info: Option<(bool, u16)>,
        x: &Int,
        c: u64,
        p: BinPlaces,
    ) -> R<Opv> {
        if matches!(op, BinOp::Shr | BinOp::ShrExact) {
            let v = x.shr(c);
            if op == BinOp::ShrExact && v.shl(c).as_ref() != Some(x) {
                return self.fail_at(p.op, "exact shift shifted out 1 bits");
            }
            return Ok(self.int_op(ty, v));
        }
        // No fixed width needs more than all of its bits.
        let c = match info {
            Some((_, bits)) => c.min(u64::from(bits) + 1),
            None => c,
        };
        let Some(v) = x.shl(c) else { return self.too_large(p.op) };
        match op {
            BinOp::Shl => Ok(self.wrapped_int(ty, v)),
            BinOp::ShlSat => match info {
                Some((s, bits)) => Ok(self.int_op(ty, v.saturate(s, bits))),
                None => Ok(self.int_op(ty, v)),
            },
            _ => self.checked_int(ty, v, p.op),
        }
    }

    fn emit_shift(
        &mut self,
        op: BinOp,
        ty: TypeId,
        signed: bool,
        bits: u16,
        l: Opv,
        r: Opv,
        count: Option<u64>,
    ) -> R<Opv> {
        self.repr(ty)?;
        if bits == 0 {
            return Ok(self.int_op(ty, 0i64));
        }
        let a = self.scalar_of(l)?;
        let s = self.bld().scalar(a);
        if op == BinOp::ShlSat {
            return self.emit_shl_sat(ty, signed, bits, a, r, count);
        }
        let rt = self.ty_of(r);
        let n = match (count, self.int_info(rt)) {
            (Some(c), _) => self.const_scalar(s, c as i64),
            (None, Some((_, 0))) => self.const_scalar(s, 0),
            _ => {
                let n = self.scalar_of(r)?;
                self.bld().cast(n, s, false)
            }
        };
        if count.is_none() && self.blk.safety && !bits.is_power_of_two() {
            let ok = self.bld().cmp_imm(Cmp::ULt, n, i64::from(bits));
            self.check(ok, "shiftRhsTooBig", &[])?;
        }
        let down = if signed { B::SShr } else { B::UShr };
        let v = match op {
            BinOp::Shl | BinOp::ShlExact => {
                let v = self.bld().bin(B::Shl, a, n);
                let v = self.wrap_val(v, signed, bits);
                if op == BinOp::ShlExact && self.blk.safety {
                    let back = self.bld().bin(down, v, n);
                    let ok = self.bld().cmp(Cmp::Eq, back, a);
                    self.check(ok, "shlOverflow", &[])?;
                }
                v
            }
            _ => {
                let v = self.bld().bin(down, a, n);
                if op == BinOp::ShrExact && self.blk.safety {
                    let back = self.bld().bin(B::Shl, v, n);
                    let ok = self.bld().cmp(Cmp::Eq, back, a);
                    self.check(ok, "shrOverflow", &[])?;
                }
                v
            }
        };
        Ok(self.rt_s(ty, v))
    }

    fn emit_shl_sat(&mut self, ty: TypeId, signed: bool, bits: u16, a: tir::Val, r: Opv, count: Option<u64>) -> R<Opv> {
        let s = self.bld().scalar(a);
        let top = i64::from(bits) - 1;
        // Amounts may be of any unsigned type; one beyond the width saturates all but zero.
        let (n, far) = match count {
            Some(c) => {
                let n = self.const_scalar(s, (c as i64).clamp(0, top));
                let n = if c > top as u64 { self.const_scalar(s, top) } else { n };
                let far = self.const_scalar(Scalar::I8, i64::from(c >= u64::from(bits)));
                (n, far)
            }
            None => {
                let rt = self.ty_of(r);
                if matches!(self.int_info(rt), Some((_, 0))) {
                    return Ok(self.rt_s(ty, a));
                }
                let n = self.scalar_of(r)?;
                let n = self.bld().cast(n, Scalar::I64, false);
                let far = self.bld().cmp_imm(Cmp::UGe, n, i64::from(bits));
                let limit = self.const_scalar(Scalar::I64, top);
                let n = self.bld().bin(B::UMin, n, limit);
                (self.bld().cast(n, s, false), far)
            }
        };
        let down = if signed { B::SShr } else { B::UShr };
        let v = self.bld().bin(B::Shl, a, n);
        let v = self.wrap_val(v, signed, bits);
        let back = self.bld().bin(down, v, n);
        let lost = self.bld().cmp(Cmp::Ne, back, a);
        let some = self.bld().cmp_imm(Cmp::Ne, a, 0);
        let far = self.bld().bin(B::And, far, some);
        let over = self.bld().bin(B::Or, lost, far);
        let max = self.limit_val(s, signed, bits, true);
        let limit = if signed {
            let min = self.limit_val(s, signed, bits, false);
            let negative = self.bld().cmp_imm(Cmp::SLt, a, 0);
            self.select(negative, min, max)
        } else {
            max
        };
        let v = self.select(over, limit, v);
        Ok(self.rt_s(ty, v))
    }
}
