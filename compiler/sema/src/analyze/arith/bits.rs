//! Operators on bits, and `!`.

use ir::BinOp;
use tir::{BinOp as B, UnOp as U};

use super::BinPlaces;
use crate::analyze::{An, Opv};
use crate::msg::Place;
use crate::pool::{Int, TypeId, ValueId};
use crate::unit::R;

impl An<'_> {
    /// `&`, `|`, `^` on integers and bools.
    pub(super) fn bitwise(&mut self, op: BinOp, l: Opv, r: Opv, p: BinPlaces) -> R<Opv> {
        let (lt, rt) = (self.ty_of(l), self.ty_of(r));
        let ty = self.peer_type(&[(l, p.lhs), (r, p.rhs)], None)?;
        if ty != TypeId::BOOL && !self.s.pool.is_any_int(ty) {
            if let crate::pool::Type::Vector { .. } = self.s.pool.ty(ty) {
                return self.fail_at(p.op, "vector arithmetic is not supported yet");
            }
            let (a, b) = (self.s.pool.zig_tag(lt).name(), self.s.pool.zig_tag(rt).name());
            return self.fail_at(p.op, format!("invalid operands to binary bitwise expression: '{a}' and '{b}'"));
        }
        let l = self.coerce(ty, l, p.lhs)?;
        let r = self.coerce(ty, r, p.rhs)?;
        if let (Opv::C(a), Opv::C(b)) = (l, r) {
            if self.is_undef(a) && self.is_undef(b) {
                return Ok(l);
            }
            return self.fold_bitwise(op, ty, a, b);
        }
        self.require_runtime(p.op, if self.known(l).is_none() { p.lhs } else { p.rhs })?;
        if ty != TypeId::BOOL {
            let (_, bits) = self.runtime_int(ty)?;
            if bits == 0 {
                return Ok(self.int_op(ty, 0i64));
            }
        }
        let a = self.scalar_of(l)?;
        let b = self.scalar_of(r)?;
        let op = match op {
            BinOp::BitAnd => B::And,
            BinOp::BitOr => B::Or,
            _ => B::Xor,
        };
        // Both operands extended alike: so is the result.
        let v = self.bld().bin(op, a, b);
        Ok(self.rt_s(ty, v))
    }

    fn fold_bitwise(&mut self, op: BinOp, ty: TypeId, a: ValueId, b: ValueId) -> R<Opv> {
        if ty == TypeId::BOOL {
            // Of an undefined bool the lowest bit of 0xaa is seen.
            let bit = |s: &Self, v| s.s.pool.as_bool(v).unwrap_or(false);
            let (x, y) = (bit(self, a), bit(self, b));
            return Ok(self.bool_op(match op {
                BinOp::BitAnd => x & y,
                BinOp::BitOr => x | y,
                _ => x ^ y,
            }));
        }
        let (x, y) = (self.int_or_pattern(ty, a), self.int_or_pattern(ty, b));
        let v = match op {
            BinOp::BitAnd => x.bit_and(&y),
            BinOp::BitOr => x.bit_or(&y),
            _ => x.bit_xor(&y),
        };
        Ok(self.wrapped_int(ty, v))
    }

    /// The integer of a value; of an undefined one the pattern that memory is filled with.
    fn int_or_pattern(&self, ty: TypeId, v: ValueId) -> Int {
        match (self.int_of(v), self.int_info(ty)) {
            (Some(i), _) => i,
            (None, Some((signed, bits))) => {
                let n = usize::from(bits).div_ceil(8);
                Int::from_le_bytes(&vec![0xaa; n], false).wrap(signed, bits)
            }
            (None, None) => Int::ZERO,
        }
    }

    /// `~`
    pub(super) fn bit_not(&mut self, v: Opv, place: Place) -> R<Opv> {
        let ty = self.ty_of(v);
        if ty == TypeId::BOOL {
            return self.bool_not(v, place);
        }
        if let crate::pool::Type::Vector { .. } = self.s.pool.ty(ty) {
            return self.fail_at(place, "vector arithmetic is not supported yet");
        }
        let Some((signed, bits)) = self.int_info(ty) else {
            let n = self.type_name(ty);
            return self.fail_at(place, format!("bitwise not operation on type '{n}'"));
        };
        match v {
            Opv::C(c) => match self.int_of(c) {
                Some(i) => Ok(self.wrapped_int(ty, i.not())),
                None => Ok(v),
            },
            _ => {
                let here = self.here();
                self.require_runtime(here, None)?;
                self.repr(ty)?;
                if bits == 0 {
                    return Ok(self.int_op(ty, 0i64));
                }
                let a = self.scalar_of(v)?;
                let n = self.un_val(U::Not, a);
                let n = self.wrap_val(n, signed, bits);
                Ok(self.rt_s(ty, n))
            }
        }
    }

    /// `!`
    pub(super) fn bool_not(&mut self, v: Opv, place: Place) -> R<Opv> {
        match self.coerce(TypeId::BOOL, v, place)? {
            Opv::C(c) => match self.s.pool.as_bool(c) {
                Some(b) => Ok(self.bool_op(!b)),
                None => Ok(Opv::C(c)),
            },
            v => {
                let here = self.here();
                self.require_runtime(here, None)?;
                let a = self.scalar_of(v)?;
                let n = self.not_val(a);
                Ok(self.rt_s(TypeId::BOOL, n))
            }
        }
    }
}
