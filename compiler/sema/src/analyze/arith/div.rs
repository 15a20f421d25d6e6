//! Division and remainder in all their forms.

use ir::BinOp;
use tir::{BinOp as B, Cmp, Val};

use super::BinPlaces;
use super::emit::imm;
use crate::analyze::{An, Opv};
use crate::msg::Place;
use crate::pool::{Int, TypeId};
use crate::unit::R;

const DIV_ZERO: &str = "division by zero here causes illegal behavior";

impl An<'_> {
    /// `/`, `%`, `@divExact` and the like.
    pub(super) fn division(&mut self, op: BinOp, l: Opv, r: Opv, p: BinPlaces) -> R<Opv> {
        let (lt, rt) = (self.ty_of(l), self.ty_of(r));
        let ty = self.peer_type(&[(l, p.lhs), (r, p.rhs)], None)?;
        let l = self.coerce(ty, l, p.lhs)?;
        let r = self.coerce(ty, r, p.rhs)?;
        self.need_int_operands(ty, lt, rt, p, "binary")?;
        let (x, y) = (self.known(l), self.known(r));
        self.refuse_undef(l, p.lhs)?;
        self.refuse_undef(r, p.rhs)?;
        let (x, y) = (x.and_then(|v| self.int_of(v)), y.and_then(|v| self.int_of(v)));
        if y.as_ref().is_some_and(Int::is_zero) {
            return self.fail_at(p.rhs, DIV_ZERO);
        }
        if let (Some(x), Some(y)) = (&x, &y) {
            return self.fold_division(op, ty, x, y, lt, rt, p);
        }
        if self.s.pool.is_signed(ty) {
            match op {
                BinOp::Div => {
                    let (a, b) = (self.type_name(lt), self.type_name(rt));
                    return self.fail_at(
                        p.op,
                        format!(
                            "division with '{a}' and '{b}': signed integers must use @divTrunc, @divFloor, or @divExact"
                        ),
                    );
                }
                BinOp::ModRem => {
                    let at = if x.is_none() { p.lhs } else { p.rhs };
                    return self.signed_remainder(lt, rt, at);
                }
                _ => {}
            }
        }
        self.require_runtime(p.op, if x.is_none() { p.lhs } else { p.rhs })?;
        self.emit_division(op, ty, l, r, y)
    }

    fn signed_remainder<T>(&mut self, lt: TypeId, rt: TypeId, at: Place) -> R<T> {
        let (a, b) = (self.type_name(lt), self.type_name(rt));
        self.fail_at(
            at,
            format!("remainder division with '{a}' and '{b}': signed integers and floats must use @rem or @mod"),
        )
    }

    fn fold_division(
        &mut self,
        op: BinOp,
        ty: TypeId,
        x: &Int,
        y: &Int,
        lt: TypeId,
        rt: TypeId,
        p: BinPlaces,
    ) -> R<Opv> {
        match op {
            BinOp::Div | BinOp::DivTrunc => self.checked_int(ty, x.div_trunc(y), p.op),
            BinOp::DivFloor => self.checked_int(ty, x.div_floor(y), p.op),
            BinOp::DivExact => {
                if !x.rem(y).is_zero() {
                    return self.fail_at(p.op, "exact division produced remainder");
                }
                self.checked_int(ty, x.div_trunc(y), p.op)
            }
            BinOp::ModRem => {
                // Only where `@mod` and `@rem` agree.
                if x.is_zero() {
                    return Ok(self.int_op(ty, 0i64));
                }
                if y.is_negative() {
                    return self.signed_remainder(lt, rt, p.rhs);
                }
                let m = x.rem(y);
                if m.is_negative() {
                    return self.signed_remainder(lt, rt, p.lhs);
                }
                Ok(self.int_op(ty, m))
            }
            BinOp::Mod => Ok(self.int_op(ty, x.modulo(y))),
            _ => Ok(self.int_op(ty, x.rem(y))),
        }
    }

    fn emit_division(&mut self, op: BinOp, ty: TypeId, l: Opv, r: Opv, divisor: Option<Int>) -> R<Opv> {
        let (signed, bits) = self.runtime_int(ty)?;
        if bits == 0 {
            return self.emit_zero_bit_division(ty);
        }
        let a = self.scalar_of(l)?;
        let b = self.scalar_of(r)?;
        let minus_one = divisor.as_ref().map(|d| *d == Int::NEG_ONE);
        let is_rem = matches!(op, BinOp::ModRem | BinOp::Mod | BinOp::Rem);
        if self.blk.safety {
            if signed && !is_rem && minus_one != Some(false) {
                // MIN / -1 does not fit.
                let min = imm(&Int::min_value(true, bits));
                let x = self.bld().cmp_imm(Cmp::Ne, a, min);
                let ok = match minus_one {
                    Some(_) => x,
                    None => {
                        let y = self.bld().cmp_imm(Cmp::Ne, b, -1);
                        self.bld().bin(B::Or, x, y)
                    }
                };
                self.check(ok, "integerOverflow", &[])?;
            }
            if divisor.is_none() {
                let ok = self.bld().cmp_imm(Cmp::Ne, b, 0);
                self.check(ok, "divideByZero", &[])?;
            }
        }
        let v = match (op, signed) {
            (BinOp::ModRem | BinOp::Mod | BinOp::Rem, false) => self.bld().bin(B::URem, a, b),
            (BinOp::Rem | BinOp::ModRem, true) => self.signed_rem(a, b, minus_one),
            (BinOp::Mod, true) => {
                let m = self.signed_rem(a, b, minus_one);
                let adjust = self.rounds_down(m, b);
                let up = self.bld().bin(B::Add, m, b);
                self.select(adjust, up, m)
            }
            (BinOp::DivFloor, true) => {
                let q = self.bld().bin(B::SDiv, a, b);
                let back = self.bld().bin(B::Mul, q, b);
                let m = self.bld().bin(B::Sub, a, back);
                let adjust = self.rounds_down(m, b);
                let down = self.bld().bin_imm(B::Add, q, -1);
                self.select(adjust, down, q)
            }
            (_, true) => self.bld().bin(B::SDiv, a, b),
            (_, false) => self.bld().bin(B::UDiv, a, b),
        };
        if op == BinOp::DivExact && self.blk.safety {
            let back = self.bld().bin(B::Mul, v, b);
            let ok = self.bld().cmp(Cmp::Eq, back, a);
            self.check(ok, "exactDivisionRemainder", &[])?;
        }
        let v = self.wrap_val(v, signed, bits);
        Ok(self.rt_s(ty, v))
    }

    fn emit_zero_bit_division(&mut self, ty: TypeId) -> R<Opv> {
        self.panic_no_args("divideByZero")?;
        let rest = self.bld().block();
        self.bld().switch_to(rest);
        Ok(self.int_op(ty, 0i64))
    }

    /// A remainder whose divisor may be -1, for which the machine's instruction may trap.
    fn signed_rem(&mut self, a: Val, b: Val, minus_one: Option<bool>) -> Val {
        let s = self.bld().scalar(a);
        match minus_one {
            Some(true) => self.const_scalar(s, 0),
            Some(false) => self.bld().bin(B::SRem, a, b),
            None => {
                let one = self.const_scalar(s, 1);
                let is = self.bld().cmp_imm(Cmp::Eq, b, -1);
                let b = self.select(is, one, b);
                self.bld().bin(B::SRem, a, b)
            }
        }
    }

    /// Whether a remainder is not zero and has the other sign than the divisor.
    fn rounds_down(&mut self, m: Val, b: Val) -> Val {
        let some = self.bld().cmp_imm(Cmp::Ne, m, 0);
        let x = self.bld().bin(B::Xor, m, b);
        let differ = self.bld().cmp_imm(Cmp::SLt, x, 0);
        self.bld().bin(B::And, some, differ)
    }
}
