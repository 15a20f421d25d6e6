//! Comparisons.

use std::cmp::Ordering;

use ir::BinOp;
use syntax::ast::PtrSize;
use tir::{BinOp as B, Cmp, Scalar, Val};

use super::arith::BinPlaces;
use super::runtime::eu_offsets;
use super::{An, Opv, Repr, Rt, Rv};
use crate::msg::SemaMsg;
use crate::pool::{Int, PtrBase, Type, TypeId, Value, ValueId};
use crate::unit::R;

fn symbol(op: BinOp) -> &'static str {
    match op {
        BinOp::CmpEq => "==",
        BinOp::CmpNeq => "!=",
        BinOp::CmpLt => "<",
        BinOp::CmpLte => "<=",
        BinOp::CmpGt => ">",
        _ => ">=",
    }
}

fn holds(op: BinOp, o: Ordering) -> bool {
    match op {
        BinOp::CmpEq => o == Ordering::Equal,
        BinOp::CmpNeq => o != Ordering::Equal,
        BinOp::CmpLt => o == Ordering::Less,
        BinOp::CmpLte => o != Ordering::Greater,
        BinOp::CmpGt => o == Ordering::Greater,
        _ => o != Ordering::Less,
    }
}

/// The operator with its operands exchanged.
fn flipped(op: BinOp) -> BinOp {
    match op {
        BinOp::CmpLt => BinOp::CmpGt,
        BinOp::CmpLte => BinOp::CmpGte,
        BinOp::CmpGt => BinOp::CmpLt,
        BinOp::CmpGte => BinOp::CmpLte,
        other => other,
    }
}

fn machine(op: BinOp, signed: bool) -> Cmp {
    match (op, signed) {
        (BinOp::CmpEq, _) => Cmp::Eq,
        (BinOp::CmpNeq, _) => Cmp::Ne,
        (BinOp::CmpLt, true) => Cmp::SLt,
        (BinOp::CmpLte, true) => Cmp::SLe,
        (BinOp::CmpGt, true) => Cmp::SGt,
        (_, true) => Cmp::SGe,
        (BinOp::CmpLt, false) => Cmp::ULt,
        (BinOp::CmpLte, false) => Cmp::ULe,
        (BinOp::CmpGt, false) => Cmp::UGt,
        (_, false) => Cmp::UGe,
    }
}

impl An<'_> {
    /// `==` and its kin.
    pub(super) fn compare(&mut self, op: BinOp, l: Opv, r: Opv, p: BinPlaces) -> R<Opv> {
        let (lt, rt) = (self.ty_of(l), self.ty_of(r));
        if matches!(op, BinOp::CmpEq | BinOp::CmpNeq)
            && let Some(v) = self.compare_equal(op, l, r, lt, rt, p)?
        {
            return Ok(v);
        }
        self.compare_peers(op, l, r, p)
    }

    /// The pairs of types for which `==` has rules of its own.
    fn compare_equal(&mut self, op: BinOp, l: Opv, r: Opv, lt: TypeId, rt: TypeId, p: BinPlaces) -> R<Option<Opv>> {
        let eq = op == BinOp::CmpEq;
        if lt == TypeId::NULL && rt == TypeId::NULL {
            return Ok(Some(self.bool_op(eq)));
        }
        if lt == TypeId::NULL || rt == TypeId::NULL {
            let (other, ty) = if lt == TypeId::NULL { (r, rt) } else { (l, lt) };
            let nullable = match self.s.pool.ty(ty) {
                Type::Optional(_) => true,
                Type::Ptr(i) => i.size == PtrSize::C,
                _ => false,
            };
            if !nullable {
                let n = self.type_name(ty);
                return self.fail_at(p.op, format!("comparison of '{n}' with null"));
            }
            let v = self.is_null_value(other)?;
            return if eq { Ok(Some(v)) } else { self.flip(v).map(Some) };
        }
        for (v, ty, at, lit, lit_ty, lit_at) in [(l, lt, p.lhs, r, rt, p.rhs), (r, rt, p.rhs, l, lt, p.lhs)] {
            let Type::Union(c) = *self.s.pool.ty(ty) else { continue };
            if lit_ty != TypeId::ENUM_LITERAL && !matches!(self.s.pool.ty(lit_ty), Type::Enum(_) | Type::UnionTag(_)) {
                continue;
            }
            let f = self.fields(c)?;
            let tag = match f.tag {
                Some(t) if f.tagged => t,
                _ => {
                    let mut msg =
                        SemaMsg::new(at, "comparison of union and enum literal is only valid for tagged union types");
                    if let Some(place) = self.cont_place(c) {
                        let n = self.type_name(ty);
                        msg = msg.note(place, format!("union '{n}' is not a tagged union"));
                    }
                    return self.fail_msg(msg);
                }
            };
            let t = self.union_tag(c, v)?;
            let lit = self.coerce(tag, lit, lit_at)?;
            return self.compare_self(op, tag, t, lit, p).map(Some);
        }
        let pool = &self.s.pool;
        if pool.is_error_set(lt) && pool.is_error_set(rt) {
            if let (Opv::C(a), Opv::C(b)) = (l, r) {
                if self.is_undef(a) || self.is_undef(b) {
                    return Ok(Some(Opv::C(self.s.pool.undef(TypeId::BOOL))));
                }
                let same = self.error_name_of(a) == self.error_name_of(b);
                return Ok(Some(self.bool_op(same == eq)));
            }
            self.require_runtime(p.op, if self.known(l).is_none() { p.lhs } else { p.rhs })?;
            let a = self.scalar_of(l)?;
            let b = self.scalar_of(r)?;
            let v = self.bld().cmp(machine(op, false), a, b);
            return Ok(Some(self.rt_s(TypeId::BOOL, v)));
        }
        if lt == TypeId::TYPE && rt == TypeId::TYPE {
            let a = self.need_comptime(l, p.lhs, ir::ComptimeReason::Type)?;
            let b = self.need_comptime(r, p.rhs, ir::ComptimeReason::Type)?;
            return Ok(Some(self.bool_op((a == b) == eq)));
        }
        // An error union and an error: what is no error differs from all errors.
        for (u, ut, e, et) in [(l, lt, r, rt), (r, rt, l, lt)] {
            if self.s.pool.error_union_parts(ut).is_none() || !self.s.pool.is_error_set(et) {
                continue;
            }
            if let (Opv::C(a), Opv::C(b)) = (u, e) {
                if self.is_undef(a) || self.is_undef(b) {
                    return Ok(Some(Opv::C(self.s.pool.undef(TypeId::BOOL))));
                }
                let same = self.error_name_of(a).is_some() && self.error_name_of(a) == self.error_name_of(b);
                return Ok(Some(self.bool_op(same == eq)));
            }
            self.require_runtime(p.op, if self.known(l).is_none() { p.lhs } else { p.rhs })?;
            let a = self.error_code_of(u)?;
            let b = self.scalar_of(e)?;
            let v = self.bld().cmp(machine(op, false), a, b);
            return Ok(Some(self.rt_s(TypeId::BOOL, v)));
        }
        Ok(None)
    }

    fn error_name_of(&self, v: ValueId) -> Option<syntax::Name> {
        match *self.s.pool.val(v) {
            Value::Err { name, .. } | Value::ErrUnionErr { name, .. } => Some(name),
            _ => None,
        }
    }

    /// Error number of an error union at run time, 0 if it is none.
    pub fn error_code_of(&mut self, v: Opv) -> R<Val> {
        let rt = self.to_rt(v)?;
        match rt.rv {
            Rv::S(v) | Rv::P(_, v) => Ok(v),
            _ => {
                let payload = self.s.pool.error_union_parts(rt.ty).map_or(TypeId::VOID, |p| p.1);
                let l = self.layout(payload)?;
                let (_, at) = if l.size == 0 { (0, 0) } else { eu_offsets(l.size, l.align) };
                Ok(self.part_of(rt, at as u32, TypeId::ANYERROR).map(|r| self.scalar(r))??)
            }
        }
    }

    /// Whether an optional or C pointer is null.
    pub fn is_null_value(&mut self, v: Opv) -> R<Opv> {
        if let Opv::C(c) = v {
            return Ok(match *self.s.pool.val(c) {
                Value::Undef(_) => Opv::C(self.s.pool.undef(TypeId::BOOL)),
                Value::Opt { val, .. } => self.bool_op(val.is_none()),
                Value::Ptr { base: PtrBase::Addr(0), .. } => self.bool_op(true),
                _ => self.bool_op(false),
            });
        }
        if let Some(v) = self.unknown_at_comptime(TypeId::BOOL) {
            return Ok(v);
        }
        let rt = self.to_rt(v)?;
        let flag = match rt.rv {
            Rv::S(v) | Rv::P(_, v) => v,
            Rv::Slot(..) => return Ok(self.bool_op(false)),
            Rv::M(_) => {
                let child = self.s.pool.optional_child(rt.ty).unwrap_or(TypeId::VOID);
                let at = self.layout(child)?.size;
                let part = self.part_of(rt, at as u32, TypeId::BOOL)?;
                self.scalar(part)?
            }
            Rv::Zst => return self.fail("internal error: an optional without bits"),
        };
        let v = self.not_val(flag);
        Ok(self.rt_s(TypeId::BOOL, v))
    }

    fn flip(&mut self, v: Opv) -> R<Opv> {
        match v {
            Opv::C(c) => Ok(match self.s.pool.as_bool(c) {
                Some(b) => self.bool_op(!b),
                None => v,
            }),
            _ if self.is_comptime() => Ok(v),
            _ => {
                let x = self.scalar_of(v)?;
                let x = self.not_val(x);
                Ok(self.rt_s(TypeId::BOOL, x))
            }
        }
    }

    fn compare_peers(&mut self, op: BinOp, l: Opv, r: Opv, p: BinPlaces) -> R<Opv> {
        let (lt, rt) = (self.ty_of(l), self.ty_of(r));
        let pool = &self.s.pool;
        if pool.is_any_int(lt) && pool.is_any_int(rt) {
            return self.compare_ints(op, l, r, p);
        }
        if (pool.is_any_float(lt) || pool.is_any_int(lt)) && (pool.is_any_float(rt) || pool.is_any_int(rt)) {
            return self.fail_at(p.op, "floating-point arithmetic is not supported yet");
        }
        let equality = matches!(op, BinOp::CmpEq | BinOp::CmpNeq);
        // An error union beside an error is compared above, or not at all.
        let union = [lt, rt].into_iter().find(|&t| pool.error_union_parts(t).is_some());
        let ty = match union {
            Some(t) if pool.is_error_set(if t == lt { rt } else { lt }) => t,
            _ => self.peer_type(&[(l, p.lhs), (r, p.rhs)], None)?,
        };
        if !self.is_self_comparable(ty, equality)? {
            let n = self.type_name(ty);
            let msg = SemaMsg::new(p.op, format!("operator {} not allowed for type '{n}'", symbol(op)));
            let msg = self.declared_here(msg, ty);
            return self.fail_msg(msg);
        }
        let l = self.coerce(ty, l, p.lhs)?;
        let r = self.coerce(ty, r, p.rhs)?;
        self.compare_self(op, ty, l, r, p)
    }

    fn is_self_comparable(&mut self, ty: TypeId, equality: bool) -> R<bool> {
        if self.s.pool.is_any_int(ty) {
            return Ok(true);
        }
        Ok(match self.s.pool.ty(ty).clone() {
            Type::Bool
            | Type::Void
            | Type::Noreturn
            | Type::Type
            | Type::Null
            | Type::EnumLiteral
            | Type::Fn(_)
            | Type::AnyError
            | Type::ErrorSet(_)
            | Type::InferredErrorSet(_)
            | Type::Enum(_)
            | Type::UnionTag(_) => equality,
            Type::Ptr(i) => i.size == PtrSize::C || (equality && i.size != PtrSize::Slice),
            Type::Optional(c) => equality && (self.is_ptr_like_optional(ty) || self.is_self_comparable(c, true)?),
            Type::Struct(c) if equality && self.fields(c)?.layout == crate::unit::ContLayout::Packed => {
                return self.unsupported("comparing packed structs");
            }
            Type::Vector { .. } => return self.unsupported("vector arithmetic"),
            _ => false,
        })
    }

    /// Compares two values of one type.
    pub fn compare_self(&mut self, op: BinOp, ty: TypeId, l: Opv, r: Opv, p: BinPlaces) -> R<Opv> {
        if self.s.pool.is_any_int(ty) {
            return self.compare_ints(op, l, r, p);
        }
        let eq = op == BinOp::CmpEq;
        if let (Opv::C(a), Opv::C(b)) = (l, r) {
            if self.is_undef(a) || self.is_undef(b) {
                return Ok(Opv::C(self.s.pool.undef(TypeId::BOOL)));
            }
            if matches!(op, BinOp::CmpEq | BinOp::CmpNeq) {
                return Ok(self.bool_op((a == b) == eq));
            }
            // Only C pointers have an order, and known ones only as numbers.
            if let (Value::Ptr { base: PtrBase::Addr(x), .. }, Value::Ptr { base: PtrBase::Addr(y), .. }) =
                (self.s.pool.val(a), self.s.pool.val(b))
            {
                return Ok(self.bool_op(holds(op, x.cmp(y))));
            }
        }
        if self.is_undef_op(l) || self.is_undef_op(r) {
            return Ok(Opv::C(self.s.pool.undef(TypeId::BOOL)));
        }
        self.require_runtime(p.op, if self.known(l).is_none() { p.lhs } else { p.rhs })?;
        let a = self.to_rt(l)?;
        let b = self.to_rt(r)?;
        let v = self.compare_rt(op, ty, a, b)?;
        Ok(match v {
            Some(v) => self.rt_s(TypeId::BOOL, v),
            None => self.bool_op(eq),
        })
    }

    /// Compares run-time values of one type; `None` if they have no bits and so are equal.
    fn compare_rt(&mut self, op: BinOp, ty: TypeId, a: Rt, b: Rt) -> R<Option<Val>> {
        let Some(child) = self.s.pool.optional_child(ty).filter(|_| !self.is_ptr_like_optional(ty)) else {
            if self.repr(ty)? == Repr::Zst {
                return Ok(None);
            }
            let x = self.scalar(a)?;
            let y = self.scalar(b)?;
            return Ok(Some(self.bld().cmp(machine(op, false), x, y)));
        };
        let (x, xf) = self.optional_parts(a, child)?;
        let (y, yf) = self.optional_parts(b, child)?;
        let alike = self.bld().cmp(Cmp::Eq, xf, yf);
        let same = match self.compare_rt(BinOp::CmpEq, child, x, y)? {
            // Both null, or equal payloads.
            Some(s) => {
                let none = self.not_val(xf);
                let either = self.bld().bin(B::Or, none, s);
                self.bld().bin(B::And, alike, either)
            }
            None => alike,
        };
        Ok(Some(if op == BinOp::CmpEq { same } else { self.not_val(same) }))
    }

    fn optional_parts(&mut self, rt: Rt, child: TypeId) -> R<(Rt, Val)> {
        Ok(match rt.rv {
            Rv::P(v, f) => (Rt { ty: child, rv: Rv::S(v) }, f),
            Rv::S(f) => (Rt { ty: child, rv: Rv::Zst }, f),
            _ => {
                let at = self.layout(child)?.size;
                let flag = self.part_of(rt, at as u32, TypeId::BOOL)?;
                let flag = self.scalar(flag)?;
                (self.part_of(rt, 0, child)?, flag)
            }
        })
    }

    // ---- integers

    /// Compares integers of any two types by value.
    pub fn compare_ints(&mut self, op: BinOp, l: Opv, r: Opv, p: BinPlaces) -> R<Opv> {
        if self.is_undef_op(l) || self.is_undef_op(r) {
            return Ok(Opv::C(self.s.pool.undef(TypeId::BOOL)));
        }
        let x = self.known(l).and_then(|v| self.int_of(v));
        let y = self.known(r).and_then(|v| self.int_of(v));
        match (&x, &y) {
            (Some(x), Some(y)) => return Ok(self.bool_op(holds(op, x.cmp(y)))),
            (None, Some(y)) => {
                if let Some(b) = self.decided(op, l, y) {
                    return Ok(self.bool_op(b));
                }
            }
            (Some(x), None) => {
                if let Some(b) = self.decided(flipped(op), r, x) {
                    return Ok(self.bool_op(b));
                }
            }
            (None, None) => {}
        }
        self.require_runtime(p.op, if x.is_none() { p.lhs } else { p.rhs })?;
        let (lt, rt) = (self.ty_of(l), self.ty_of(r));
        // What is known lies in the range of the other's type, else it were decided.
        let l = if x.is_some() { self.coerce(rt, l, p.lhs)? } else { l };
        let r = if y.is_some() { self.coerce(lt, r, p.rhs)? } else { r };
        let v = self.compare_machine(op, l, r)?;
        Ok(self.rt_s(TypeId::BOOL, v))
    }

    /// The outcome of comparing an unknown integer with a known one, if its type tells.
    fn decided(&self, op: BinOp, l: Opv, y: &Int) -> Option<bool> {
        let (signed, bits) = self.int_info(self.ty_of(l))?;
        let (lo, hi) = (Int::min_value(signed, bits), Int::max_value(signed, bits));
        let (a, b) = (holds(op, lo.cmp(y)), holds(op, hi.cmp(y)));
        match op {
            BinOp::CmpEq | BinOp::CmpNeq => {
                if *y < lo || *y > hi || lo == hi {
                    Some(a)
                } else {
                    None
                }
            }
            _ if a == b => Some(a),
            _ => None,
        }
    }

    /// Compares run-time integers of any two types by value.
    pub fn compare_machine(&mut self, op: BinOp, l: Opv, r: Opv) -> R<Val> {
        let (ls, lb) = self.runtime_int(self.ty_of(l))?;
        let (rs, rb) = self.runtime_int(self.ty_of(r))?;
        let a = self.int_scalar(l, lb)?;
        let b = self.int_scalar(r, rb)?;
        let (sa, sb) = (self.bld().scalar(a), self.bld().scalar(b));
        let wide = if sa.size() >= sb.size() { sa } else { sb };
        if ls == rs {
            let bld = self.bld();
            let (a, b) = (bld.cast(a, wide, ls), bld.cast(b, wide, rs));
            return Ok(bld.cmp(machine(op, ls), a, b));
        }
        // One signed, one unsigned: at a width that holds both, if there is one.
        let unsigned = if ls { rb } else { lb };
        let need = u32::from(unsigned + 1).max(u32::from(if ls { lb } else { rb }));
        if let Some(s) = Scalar::for_bits(need) {
            let bld = self.bld();
            let (a, b) = (bld.cast(a, s, ls), bld.cast(b, s, rs));
            return Ok(bld.cmp(machine(op, true), a, b));
        }
        let bld = self.bld();
        let (a, b) = (bld.cast(a, wide, ls), bld.cast(b, wide, rs));
        let signed_one = if ls { a } else { b };
        let negative = bld.cmp_imm(Cmp::SLt, signed_one, 0);
        let plain = bld.cmp(machine(op, false), a, b);
        // A negative one is less than all of the others.
        let less = if ls { holds(op, Ordering::Less) } else { holds(op, Ordering::Greater) };
        let fixed = bld.iconst(Scalar::I8, i64::from(less));
        Ok(self.select(negative, fixed, plain))
    }

    fn int_scalar(&mut self, v: Opv, bits: u16) -> R<Val> {
        if bits == 0 { Ok(self.const_scalar(Scalar::I8, 0)) } else { self.scalar_of(v) }
    }
}
