//! Integer arithmetic as typed IR.

use tir::{BinOp as B, Cmp, Inst as T, OvfOp, Scalar, Val};

use super::{Kind, Overflow};
use crate::analyze::{An, Opv};
use crate::pool::{Int, TypeId};
use crate::unit::R;

/// A constant as the bits of a scalar.
pub fn imm(v: &Int) -> i64 {
    v.to_i64().unwrap_or_else(|| v.to_u64().unwrap_or(0) as i64)
}

impl An<'_> {
    /// Signedness and width of an integer type that is used at run time.
    pub fn runtime_int(&mut self, ty: TypeId) -> R<(bool, u16)> {
        // Wide ones are refused here.
        self.repr(ty)?;
        match self.int_info(ty) {
            Some(i) => Ok(i),
            None => {
                let n = self.type_name(ty);
                self.fail(format!("internal error: '{n}' is not an integer type of the machine"))
            }
        }
    }

    /// `c != 0 ? a : b`
    pub fn select(&mut self, c: Val, a: Val, b: Val) -> Val {
        let s = self.bld().scalar(a);
        let dst = self.bld().val(s);
        self.bld().inst(T::Select { dst, c, a, b });
        dst
    }

    /// Restores the invariant of an odd width.
    pub fn wrap_val(&mut self, a: Val, signed: bool, bits: u16) -> Val {
        let s = self.bld().scalar(a);
        if u32::from(bits) >= s.bits() {
            return a;
        }
        let dst = self.bld().val(s);
        self.bld().inst(T::Wrap { dst, a, bits: bits as u8, signed });
        dst
    }

    /// Result reduced to the width, and whether the exact one fits not.
    pub fn ovf(&mut self, op: OvfOp, signed: bool, bits: u16, a: Val, b: Val) -> (Val, Val) {
        let bld = self.bld();
        let s = bld.scalar(a);
        let (dst, ovf) = (bld.val(s), bld.val(Scalar::I8));
        bld.inst(T::Ovf { dst, ovf, op, signed, bits: bits as u8, a, b });
        (dst, ovf)
    }

    /// One operand, same scalar.
    pub fn un_val(&mut self, op: tir::UnOp, a: Val) -> Val {
        let s = self.bld().scalar(a);
        let dst = self.bld().val(s);
        self.bld().inst(T::Un { dst, op, a });
        dst
    }

    /// `v == 0` of a truth value.
    pub fn not_val(&mut self, v: Val) -> Val {
        self.bld().cmp_imm(Cmp::Eq, v, 0)
    }

    /// The least or greatest value of a width, as a constant of a scalar.
    pub fn limit_val(&mut self, s: Scalar, signed: bool, bits: u16, max: bool) -> Val {
        let v = if max { Int::max_value(signed, bits) } else { Int::min_value(signed, bits) };
        self.const_scalar(s, imm(&v))
    }

    /// `+`, `-`, `*` on integers of one type.
    pub(super) fn emit_arith(&mut self, kind: Kind, over: Overflow, ty: TypeId, l: Opv, r: Opv) -> R<Opv> {
        let (signed, bits) = self.runtime_int(ty)?;
        if bits == 0 {
            return Ok(self.int_op(ty, 0i64));
        }
        let a = self.scalar_of(l)?;
        let b = self.scalar_of(r)?;
        let (plain, op) = match kind {
            Kind::Add => (B::Add, OvfOp::Add),
            Kind::Sub => (B::Sub, OvfOp::Sub),
            Kind::Mul => (B::Mul, OvfOp::Mul),
        };
        let v = match over {
            Overflow::Checked if self.blk.safety => {
                let (v, o) = self.ovf(op, signed, bits, a, b);
                let ok = self.not_val(o);
                self.check(ok, "integerOverflow", &[])?;
                v
            }
            Overflow::Checked | Overflow::Unchecked | Overflow::Wrap => {
                let v = self.bld().bin(plain, a, b);
                self.wrap_val(v, signed, bits)
            }
            Overflow::Saturate => {
                let (v, o) = self.ovf(op, signed, bits, a, b);
                let s = self.bld().scalar(a);
                let limit = if !signed {
                    self.limit_val(s, false, bits, kind != Kind::Sub)
                } else {
                    let (max, min) = (self.limit_val(s, true, bits, true), self.limit_val(s, true, bits, false));
                    // The sign of the exact result, where it does not fit.
                    let sign = match kind {
                        Kind::Add | Kind::Sub => a,
                        Kind::Mul => self.bld().bin(B::Xor, a, b),
                    };
                    let negative = self.bld().cmp_imm(Cmp::SLt, sign, 0);
                    self.select(negative, min, max)
                };
                self.select(o, limit, v)
            }
        };
        Ok(self.rt_s(ty, v))
    }
}
