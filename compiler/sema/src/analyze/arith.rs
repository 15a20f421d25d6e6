//! Arithmetic: the operators with one and two operands, and what lowering needs to know about
//! their operand types. Known operands are computed exactly; the rest becomes typed IR with the
//! checks that the language asks for.

mod bits;
mod cat;
mod div;
mod emit;
mod pointer;
mod shift;

use ir::{BinOp, Ref, UnOp};
use syntax::ast::Node;

use super::{An, Opv, Rt, Rv};
use crate::msg::{Place, SemaMsg};
use crate::pool::{Int, TypeId, ValueId};
use crate::unit::R;

/// Message for an operand that must not be undefined.
pub(super) const UNDEF_USE: &str = "use of undefined value here causes illegal behavior";

/// Where a binary operation and its operands stand.
#[derive(Clone, Copy, Debug)]
pub struct BinPlaces {
    /// The operation (its operator, or the name of the builtin function).
    pub op: Place,
    /// The left operand.
    pub lhs: Place,
    /// The right operand.
    pub rhs: Place,
}

/// What is computed by [`An::arith`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
}

/// What happens when the exact result does not fit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Overflow {
    /// It is an error.
    Checked,
    /// It cannot happen.
    Unchecked,
    /// The low bits stay.
    Wrap,
    /// The nearest value stays.
    Saturate,
}

impl An<'_> {
    /// Places of the binary operation at hand.
    pub fn bin_places(&self) -> BinPlaces {
        let op = self.here();
        let builtin = self.here_sel(|n| match n {
            Node::BuiltinCall { args, .. } => args.first().copied(),
            _ => None,
        });
        if builtin == op {
            BinPlaces { op, lhs: self.lhs_place(), rhs: self.rhs_place() }
        } else {
            BinPlaces { op, lhs: builtin, rhs: self.arg_place(1) }
        }
    }

    /// `Inst::Bin`
    pub fn bin(&mut self, op: BinOp, lhs: Ref, rhs: Ref) -> R<Opv> {
        let l = self.op(lhs)?;
        let r = self.op(rhs)?;
        let p = self.bin_places();
        match op {
            BinOp::Add => self.arith(Kind::Add, Overflow::Checked, l, r, p),
            BinOp::AddUnsafe => self.arith(Kind::Add, Overflow::Unchecked, l, r, p),
            BinOp::AddWrap => self.arith(Kind::Add, Overflow::Wrap, l, r, p),
            BinOp::AddSat => self.arith(Kind::Add, Overflow::Saturate, l, r, p),
            BinOp::Sub => self.arith(Kind::Sub, Overflow::Checked, l, r, p),
            BinOp::SubWrap => self.arith(Kind::Sub, Overflow::Wrap, l, r, p),
            BinOp::SubSat => self.arith(Kind::Sub, Overflow::Saturate, l, r, p),
            BinOp::Mul => self.arith(Kind::Mul, Overflow::Checked, l, r, p),
            BinOp::MulWrap => self.arith(Kind::Mul, Overflow::Wrap, l, r, p),
            BinOp::MulSat => self.arith(Kind::Mul, Overflow::Saturate, l, r, p),
            BinOp::Div
            | BinOp::ModRem
            | BinOp::DivExact
            | BinOp::DivFloor
            | BinOp::DivTrunc
            | BinOp::Mod
            | BinOp::Rem => self.division(op, l, r, p),
            BinOp::Shl | BinOp::ShlSat | BinOp::Shr | BinOp::ShlExact | BinOp::ShrExact => self.shift(op, l, r, p),
            BinOp::BitAnd | BinOp::BitOr | BinOp::Xor => self.bitwise(op, l, r, p),
            BinOp::ArrayCat => self.array_cat(l, r, p),
            BinOp::CmpEq | BinOp::CmpNeq | BinOp::CmpLt | BinOp::CmpLte | BinOp::CmpGt | BinOp::CmpGte => {
                self.compare(op, l, r, p)
            }
        }
    }

    /// `+`, `-`, `*` in all their forms.
    pub fn arith(&mut self, kind: Kind, ovf: Overflow, l: Opv, r: Opv, p: BinPlaces) -> R<Opv> {
        let (lt, rt) = (self.ty_of(l), self.ty_of(r));
        if let Some(v) = self.pointer_arith(kind, ovf, l, r, p)? {
            return Ok(v);
        }
        let ty = self.peer_type(&[(l, p.lhs), (r, p.rhs)], None)?;
        let l = self.coerce(ty, l, p.lhs)?;
        let r = self.coerce(ty, r, p.rhs)?;
        self.need_int_operands(ty, lt, rt, p, "binary")?;
        if ovf != Overflow::Wrap && ovf != Overflow::Saturate {
            self.refuse_undef(l, p.lhs)?;
            self.refuse_undef(r, p.rhs)?;
        }
        match (l, r) {
            (Opv::C(a), Opv::C(b)) => self.fold_arith(kind, ovf, ty, a, b, p.op),
            _ => {
                if let Some(v) = self.unknown_at_comptime(ty) {
                    return Ok(v);
                }
                if self.is_undef_op(l) || self.is_undef_op(r) {
                    return Ok(Opv::C(self.s.pool.undef(ty)));
                }
                self.emit_arith(kind, ovf, ty, l, r)
            }
        }
    }

    fn fold_arith(&mut self, kind: Kind, ovf: Overflow, ty: TypeId, a: ValueId, b: ValueId, place: Place) -> R<Opv> {
        let (Some(x), Some(y)) = (self.int_of(a), self.int_of(b)) else { return Ok(Opv::C(self.s.pool.undef(ty))) };
        let exact = match kind {
            Kind::Add => Some(x.add(&y)),
            Kind::Sub => Some(x.sub(&y)),
            Kind::Mul => x.mul(&y),
        };
        let Some(exact) = exact else { return self.too_large(place) };
        match ovf {
            Overflow::Checked | Overflow::Unchecked => self.checked_int(ty, exact, place),
            Overflow::Wrap => Ok(self.wrapped_int(ty, exact)),
            Overflow::Saturate => match self.int_info(ty) {
                Some((s, bits)) => Ok(self.int_op(ty, exact.saturate(s, bits))),
                None => Ok(self.int_op(ty, exact)),
            },
        }
    }

    /// An integer, or the message that it does not fit.
    pub fn checked_int(&mut self, ty: TypeId, v: Int, place: Place) -> R<Opv> {
        match self.int_info(ty) {
            Some((signed, bits)) if !v.fits(signed, bits) => {
                let t = self.type_name(ty);
                self.fail_at(place, format!("overflow of integer type '{t}' with value '{v}'"))
            }
            _ => Ok(self.int_op(ty, v)),
        }
    }

    /// An integer reduced to its type.
    pub fn wrapped_int(&mut self, ty: TypeId, v: Int) -> Opv {
        match self.int_info(ty) {
            Some((signed, bits)) => self.int_op(ty, v.wrap(signed, bits)),
            None => self.int_op(ty, v),
        }
    }

    /// A comptime integer beyond what we compute with.
    pub fn too_large<T>(&mut self, place: Place) -> R<T> {
        self.fail_at(place, "an integer of more than 67108864 bits is not supported yet")
    }

    /// Complains unless the common type of two operands is an integer type.
    fn need_int_operands(&mut self, ty: TypeId, lt: TypeId, rt: TypeId, p: BinPlaces, what: &str) -> R<()> {
        if self.s.pool.is_any_int(ty) {
            return Ok(());
        }
        if self.s.pool.is_any_float(ty) {
            return self.fail_at(p.op, "floating-point arithmetic is not supported yet");
        }
        if let crate::pool::Type::Vector { .. } = self.s.pool.ty(ty) {
            return self.fail_at(p.op, "vector arithmetic is not supported yet");
        }
        let (a, b) = (self.s.pool.zig_tag(lt).name(), self.s.pool.zig_tag(rt).name());
        self.fail_at(p.op, format!("invalid operands to {what} expression: '{a}' and '{b}'"))
    }

    /// Whether an operand is known to be undefined.
    pub fn is_undef_op(&self, v: Opv) -> bool {
        matches!(v, Opv::C(v) if self.is_undef(v))
    }

    /// Complains about an undefined operand.
    pub fn refuse_undef(&mut self, v: Opv, place: Place) -> R<()> {
        if self.is_undef_op(v) {
            return self.fail_at(place, UNDEF_USE);
        }
        Ok(())
    }

    /// Complains if code that runs at run time stands where everything is evaluated at compile
    /// time; `operand` is what is not known.
    pub fn require_runtime(&mut self, place: Place, operand: impl Into<Option<Place>>) -> R<()> {
        let Some(why) = self.blk.comptime else { return Ok(()) };
        let mut msg = SemaMsg::new(place, "unable to evaluate comptime expression");
        if let Some(at) = operand.into() {
            msg = msg.note(at, "operation is runtime due to this operand");
        }
        let msg = self.with_reason(msg, why);
        self.fail_msg(msg)
    }

    /// In code that is evaluated at compile time: a value of a type that is not known. Whoever
    /// uses it says so; on its own it is no error.
    pub fn unknown_at_comptime(&self, ty: TypeId) -> Option<Opv> {
        self.is_comptime().then_some(Opv::R(Rt { ty, rv: Rv::Zst }))
    }

    /// `Inst::Un`
    pub fn un(&mut self, op: UnOp, operand: Ref) -> R<Opv> {
        let v = self.op(operand)?;
        let here = self.here();
        let at = self.operand_place();
        match op {
            UnOp::BoolNot => self.bool_not(v, at),
            UnOp::BitNot => self.bit_not(v, at),
            UnOp::Negate | UnOp::NegateWrap => {
                let ty = self.ty_of(v);
                if self.s.pool.is_any_float(ty) {
                    return self.unsupported("floating-point arithmetic");
                }
                let ok = match op {
                    UnOp::Negate => self.s.pool.is_any_int(ty) && self.s.pool.is_signed(ty),
                    _ => self.s.pool.is_any_int(ty),
                };
                if !ok {
                    let n = self.type_name(ty);
                    return self.fail(format!("negation of type '{n}'"));
                }
                let zero = self.int_op(ty, 0i64);
                let ovf = if op == UnOp::Negate { Overflow::Checked } else { Overflow::Wrap };
                self.arith(Kind::Sub, ovf, zero, v, BinPlaces { op: here, lhs: here, rhs: at })
            }
        }
    }

    /// `Inst::IntBig`
    pub fn int_big(&mut self, i: u32) -> R<Opv> {
        match self.frame().ir.bigs.get(i as usize) {
            Some(b) => {
                let v = Int::from(b.clone());
                Ok(self.int_op(TypeId::COMPTIME_INT, v))
            }
            None => self.fail("internal error: no such literal"),
        }
    }

    /// `Inst::InplaceArithResultTy`
    pub fn inplace_arith_result_ty(&mut self, op: BinOp, lhs: Ref) -> R<Opv> {
        let v = self.op(lhs)?;
        let ty = self.ty_of(v);
        let pointer = matches!(op, BinOp::Add | BinOp::Sub)
            && self
                .s
                .pool
                .ptr_info(ty)
                .is_some_and(|p| matches!(p.size, syntax::ast::PtrSize::Many | syntax::ast::PtrSize::C));
        let t = if pointer { TypeId::USIZE } else { ty };
        Ok(self.ty_op(t))
    }
}
