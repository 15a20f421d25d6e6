//! Integer arithmetic, with the rules for integers narrower than their scalar: a value of `bits`
//! bits is always zero- or sign-extended to its scalar, before and after every operation here.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};
use tir::{BinOp, OvfOp, Scalar, UnOp, Val};

use crate::CodegenError;
use crate::function::{Translator, ty};

impl Translator<'_> {
    /// `value` in the scalar of `like`.
    pub(crate) fn constant(&mut self, like: Val, value: i64) -> Result<Value, CodegenError> {
        let scalar = self.scalar(like)?;
        Ok(self.iconst(scalar, value))
    }

    /// `value` cut to a scalar.
    pub(crate) fn iconst(&mut self, scalar: Scalar, value: i64) -> Value {
        let mask = u64::MAX >> (64 - scalar.bits());
        self.b.ins().iconst(ty(scalar), (value as u64 & mask) as i64)
    }

    pub(crate) fn bin(&mut self, op: BinOp, a: Value, b: Value) -> Value {
        let i = self.b.ins();
        match op {
            BinOp::Add => i.iadd(a, b),
            BinOp::Sub => i.isub(a, b),
            BinOp::Mul => i.imul(a, b),
            BinOp::SDiv => i.sdiv(a, b),
            BinOp::UDiv => i.udiv(a, b),
            BinOp::SRem => i.srem(a, b),
            BinOp::URem => i.urem(a, b),
            BinOp::And => i.band(a, b),
            BinOp::Or => i.bor(a, b),
            BinOp::Xor => i.bxor(a, b),
            BinOp::Shl => i.ishl(a, b),
            BinOp::UShr => i.ushr(a, b),
            BinOp::SShr => i.sshr(a, b),
            BinOp::SMin => i.smin(a, b),
            BinOp::SMax => i.smax(a, b),
            BinOp::UMin => i.umin(a, b),
            BinOp::UMax => i.umax(a, b),
        }
    }

    pub(crate) fn un(&mut self, op: UnOp, a: Value) -> Value {
        let byte = self.b.func.dfg.value_type(a) == types::I8;
        let i = self.b.ins();
        match op {
            UnOp::Neg => i.ineg(a),
            UnOp::Not => i.bnot(a),
            UnOp::Clz => i.clz(a),
            UnOp::Ctz => i.ctz(a),
            UnOp::Popcnt => i.popcnt(a),
            UnOp::Bswap if byte => a,
            UnOp::Bswap => i.bswap(a),
            UnOp::BitReverse => i.bitrev(a),
        }
    }

    /// Extends the low `bits` bits of a value over its scalar.
    pub(crate) fn wrap(&mut self, a: Value, scalar: Scalar, bits: u32, signed: bool) -> Value {
        if bits >= scalar.bits() {
            return a;
        }
        if bits == 0 {
            return self.iconst(scalar, 0);
        }
        let t = ty(scalar);
        if let Some(narrow) = [Scalar::I8, Scalar::I16, Scalar::I32].into_iter().find(|s| s.bits() == bits) {
            let low = self.b.ins().ireduce(ty(narrow), a);
            return if signed { self.b.ins().sextend(t, low) } else { self.b.ins().uextend(t, low) };
        }
        if signed {
            let n = self.iconst(scalar, i64::from(scalar.bits() - bits));
            let high = self.b.ins().ishl(a, n);
            self.b.ins().sshr(high, n)
        } else {
            let mask = self.iconst(scalar, (u64::MAX >> (64 - bits)) as i64);
            self.b.ins().band(a, mask)
        }
    }

    /// The result wrapped to `bits` bits, and whether the exact result does not fit them.
    pub(crate) fn overflow(
        &mut self,
        op: OvfOp,
        signed: bool,
        bits: u32,
        scalar: Scalar,
        a: Value,
        b: Value,
    ) -> (Value, Value) {
        if bits >= scalar.bits() {
            return self.native_overflow(op, signed, a, b);
        }
        // Operands of fewer bits than the scalar cannot overflow it in sum and difference, so
        // "does not survive wrapping" is the whole test; a product can overflow both.
        let (raw, native) = match op {
            OvfOp::Add => (self.b.ins().iadd(a, b), None),
            OvfOp::Sub => (self.b.ins().isub(a, b), None),
            OvfOp::Mul if bits * 2 <= scalar.bits() => (self.b.ins().imul(a, b), None),
            OvfOp::Mul => {
                let (v, o) = self.native_overflow(op, signed, a, b);
                (v, Some(o))
            }
        };
        let wrapped = self.wrap(raw, scalar, bits, signed);
        let differs = self.b.ins().icmp(IntCC::NotEqual, raw, wrapped);
        match native {
            Some(o) => (wrapped, self.b.ins().bor(differs, o)),
            None => (wrapped, differs),
        }
    }

    fn native_overflow(&mut self, op: OvfOp, signed: bool, a: Value, b: Value) -> (Value, Value) {
        let i = self.b.ins();
        match (op, signed) {
            (OvfOp::Add, false) => i.uadd_overflow(a, b),
            (OvfOp::Add, true) => i.sadd_overflow(a, b),
            (OvfOp::Sub, false) => i.usub_overflow(a, b),
            (OvfOp::Sub, true) => i.ssub_overflow(a, b),
            (OvfOp::Mul, false) => i.umul_overflow(a, b),
            (OvfOp::Mul, true) => i.smul_overflow(a, b),
        }
    }
}
