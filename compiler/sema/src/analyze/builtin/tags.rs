//! Conversions between integers on one side, enums, bools and errors on the other.

use ir::{ComptimeReason, Ref};
use tir::{BinOp as Bin, Cmp, Val};

use super::Strip;
use super::cast::imm;
use crate::analyze::arith::UNDEF_USE;
use crate::analyze::{An, Opv, Rt};
use crate::msg::SemaMsg;
use crate::pool::{Int, Type, TypeId, Value};
use crate::unit::{R, Src};

impl An<'_> {
    /// `@enumFromInt`
    pub(super) fn enum_from_int(&mut self, dest: Ref, r: Ref) -> R<Opv> {
        let ty = self.dest_type(dest, Strip::EuOpt)?;
        let v = self.op(r)?;
        let (here, at) = (self.here(), self.arg_place(0));
        if !matches!(self.s.pool.ty(ty), Type::Enum(_) | Type::UnionTag(_)) {
            let n = self.type_name(ty);
            return self.fail(format!("expected enum, found '{n}'"));
        }
        let from = self.ty_of(v);
        if !self.s.pool.is_any_int(from) {
            let n = self.type_name(from);
            return self.fail_at(at, format!("expected integer type, found '{n}'"));
        }
        let open = match *self.s.pool.ty(ty) {
            Type::Enum(c) => self.fields(c)?.non_exhaustive,
            _ => false,
        };
        let tag_ty = self.enum_int_type(ty)?;
        let tags = if open { Vec::new() } else { self.enum_tags(ty)? };
        if let Opv::C(c) = v {
            let Some(i) = self.int_of(c) else { return self.fail_at(at, UNDEF_USE) };
            let n = self.type_name(ty);
            let fits = self.int_info(tag_ty).is_none_or(|(s, b)| i.fits(s, b));
            let problem = if open {
                (!fits).then(|| format!("int value '{i}' out of range of non-exhaustive enum '{n}'"))
            } else if tags.iter().any(|(_, t)| self.int_of(*t).as_ref() == Some(&i)) {
                None
            } else {
                Some(format!("enum '{n}' has no tag with value '{i}'"))
            };
            if let Some(text) = problem {
                let msg = SemaMsg::new(here, text);
                let msg = self.declared_here(msg, ty);
                return self.fail_msg(msg);
            }
            let val = self.s.pool.int(tag_ty, i);
            return Ok(Opv::C(self.s.pool.intern(Value::EnumTag { ty, val })));
        }
        if self.s.pool.is_comptime_int(tag_ty) {
            return self.fail_not_comptime(
                at,
                Some(crate::analyze::ComptimeWhy { reason: Some(ComptimeReason::CastedToComptimeEnum), place: at }),
            );
        }
        self.require_runtime(here, at)?;
        let x = self.int_cast_checked(v, from, tag_ty, "invalidEnumValue")?;
        if self.known(x).is_some() {
            return self.only_value(ty);
        }
        let x = self.scalar_of(x)?;
        if !open && self.blk.safety {
            let values: Vec<Int> = tags.iter().filter_map(|(_, t)| self.int_of(*t)).collect();
            self.check_one_of(x, &values, "invalidEnumValue")?;
        }
        if let Some(only) = self.opv(ty)? {
            return Ok(Opv::C(only));
        }
        Ok(self.rt_s(ty, x))
    }

    /// Checks that a scalar is one of some values.
    pub(super) fn check_one_of(&mut self, x: Val, values: &[Int], panic: &str) -> R<()> {
        if !self.blk.safety {
            return Ok(());
        }
        let mut cases: Vec<i64> = values.iter().map(imm).collect();
        cases.sort_unstable();
        cases.dedup();
        if let (Some(&lo), Some(&hi)) = (cases.first(), cases.last())
            && hi.wrapping_sub(lo) as u64 == cases.len() as u64 - 1
        {
            let d = if lo == 0 { x } else { self.bld().bin_imm(Bin::Sub, x, lo) };
            let ok = self.bld().cmp_imm(Cmp::ULe, d, hi.wrapping_sub(lo));
            return self.check(ok, panic, &[]);
        }
        let (ok, bad) = {
            let b = self.bld();
            (b.block(), b.block())
        };
        let cases = cases.into_iter().map(|c| (c, ok)).collect();
        self.bld().term(tir::Term::Switch { v: x, cases, default: bad });
        self.bld().set_cold(bad);
        self.bld().switch_to(bad);
        self.panic_no_args(panic)?;
        self.bld().switch_to(ok);
        Ok(())
    }

    /// `@intFromEnum`
    pub(super) fn int_from_enum(&mut self, r: Ref) -> R<Opv> {
        let v = self.op(r)?;
        let at = self.arg_place(0);
        let ty = self.ty_of(v);
        let v = match *self.s.pool.ty(ty) {
            Type::Enum(_) | Type::UnionTag(_) => v,
            Type::Union(c) => {
                if !self.fields(c)?.tagged {
                    let n = self.type_name(ty);
                    let msg = SemaMsg::new(at, format!("untagged union '{n}' cannot be converted to integer"));
                    let msg = self.declared_here(msg, ty);
                    return self.fail_msg(msg);
                }
                self.union_tag(c, v)?
            }
            _ => {
                let n = self.type_name(ty);
                return self.fail_at(at, format!("expected enum or tagged union, found '{n}'"));
            }
        };
        let int = {
            let t = self.ty_of(v);
            self.enum_int_type(t)?
        };
        match v {
            Opv::C(c) => match *self.s.pool.val(c) {
                Value::EnumTag { val, .. } => Ok(Opv::C(val)),
                _ => Ok(Opv::C(self.s.pool.undef(int))),
            },
            _ => {
                let here = self.here();
                self.require_runtime(here, at)?;
                let x = self.scalar_of(v)?;
                Ok(self.rt_s(int, x))
            }
        }
    }

    /// `@intFromBool`
    pub(super) fn int_from_bool(&mut self, r: Ref) -> R<Opv> {
        let v = self.op(r)?;
        let ty = self.ty_of(v);
        if ty != TypeId::BOOL {
            let found = match *self.s.pool.ty(ty) {
                Type::Vector { child, .. } => child,
                _ => ty,
            };
            let kind = self.s.pool.zig_tag(found).name();
            return self.fail(format!("expected 'bool', found '{kind}'"));
        }
        match v {
            Opv::C(c) => Ok(match self.s.pool.as_bool(c) {
                Some(b) => self.int_op(TypeId::U1, b),
                None => Opv::C(self.s.pool.undef(TypeId::U1)),
            }),
            _ => {
                if let Some(v) = self.unknown_at_comptime(TypeId::U1) {
                    return Ok(v);
                }
                let x = self.scalar_of(v)?;
                Ok(self.rt_s(TypeId::U1, x))
            }
        }
    }

    /// `@intFromError`
    pub(super) fn int_from_error(&mut self, r: Ref) -> R<Opv> {
        let v = self.op(r)?;
        let at = self.arg_place(0);
        let v = self.coerce(TypeId::ANYERROR, v, at)?;
        match v {
            Opv::C(c) => match *self.s.pool.val(c) {
                Value::Err { name, .. } => {
                    self.dep(Src::ErrorNumbers);
                    let n = self.error_number(name);
                    Ok(self.int_op(TypeId::U16, n))
                }
                _ => Ok(Opv::C(self.s.pool.undef(TypeId::U16))),
            },
            _ => {
                let here = self.here();
                self.require_runtime(here, at)?;
                self.dep(Src::ErrorNumbers);
                let x = self.scalar_of(v)?;
                Ok(self.rt_s(TypeId::U16, x))
            }
        }
    }

    /// `@errorFromInt`
    pub(super) fn error_from_int(&mut self, r: Ref) -> R<Opv> {
        let v = self.op(r)?;
        let at = self.arg_place(0);
        let v = self.coerce(TypeId::U16, v, at)?;
        // Which numbers there are is a fact of the whole program.
        self.dep(Src::ErrorTable);
        self.dep(Src::ErrorNumbers);
        let count = self.s.error_names.len() as u64;
        if let Opv::C(c) = v {
            let Some(i) = self.int_of(c) else { return self.fail_at(at, UNDEF_USE) };
            let n = i.to_u64().unwrap_or(0);
            return match self.s.error_names.get(n as usize).copied().filter(|_| n > 0) {
                Some(name) => Ok(Opv::C(self.s.pool.error(TypeId::ANYERROR, name))),
                None => self.fail_at(at, format!("integer value '{i}' represents no error")),
            };
        }
        let here = self.here();
        self.require_runtime(here, at)?;
        let x = self.scalar_of(v)?;
        if self.blk.safety {
            let some = self.bld().cmp_imm(Cmp::Ne, x, 0);
            let below = self.bld().cmp_imm(Cmp::ULt, x, count as i64);
            let ok = self.bld().bin(Bin::And, some, below);
            self.check(ok, "invalidErrorCode", &[])?;
        }
        Ok(self.rt_s(TypeId::ANYERROR, x))
    }

    /// `@errorCast`
    pub(super) fn error_cast(&mut self, dest: Ref, r: Ref) -> R<Opv> {
        let ty = self.dest_type(dest, Strip::Opt)?;
        let v = self.op(r)?;
        let from = self.ty_of(v);
        let at = self.arg_place(0);
        let (dest_set, dest_payload) = self.set_and_payload(ty);
        let (src_set, src_payload) = self.set_and_payload(from);
        if !self.s.pool.is_error_set(dest_set) {
            let n = self.s.pool.zig_tag(ty).name();
            return self.fail(format!("expected error set or error union type, found '{n}'"));
        }
        if !self.s.pool.is_error_set(src_set) {
            let n = self.s.pool.zig_tag(from).name();
            return self.fail(format!("expected error set or error union type, found '{n}'"));
        }
        match (dest_payload, src_payload) {
            (None, Some(_)) => return self.fail("cannot cast an error union type to error set"),
            (Some(a), Some(b)) if a != b => {
                let (p, q) = (self.type_name(b), self.type_name(a));
                let here = self.here();
                let msg = SemaMsg::new(here, "payload types of error unions must match")
                    .note(here, format!("destination payload is '{q}'"))
                    .note(here, format!("operand payload is '{p}'"));
                return self.fail_msg(msg);
            }
            _ => {}
        }
        let dest_names = self.error_names(dest_set)?;
        let src_names = self.error_names(src_set)?;
        if let (Some(d), Some(s)) = (&dest_names, &src_names)
            && !s.iter().any(|n| d.contains(n))
            && !(d.is_empty() && s.is_empty())
            && src_payload.is_none()
        {
            let (a, b) = (self.type_name(src_set), self.type_name(dest_set));
            return self.fail(format!("error sets '{a}' and '{b}' have no common errors"));
        }
        if let Opv::C(c) = v {
            let name = match *self.s.pool.val(c) {
                Value::Err { name, .. } | Value::ErrUnionErr { name, .. } => Some(name),
                Value::ErrUnionPayload { val, .. } => {
                    return Ok(Opv::C(self.s.pool.intern(Value::ErrUnionPayload { ty, val })));
                }
                _ => None,
            };
            let Some(name) = name else { return Ok(Opv::C(self.s.pool.undef(ty))) };
            if dest_names.as_ref().is_some_and(|d| !d.contains(&name)) {
                let (text, n) = (self.s.text(name), self.type_name(dest_set));
                return self.fail(format!("'error.{text}' not a member of error set '{n}'"));
            }
            return Ok(Opv::C(match dest_payload {
                Some(_) => self.s.pool.intern(Value::ErrUnionErr { ty, name }),
                None => self.s.pool.error(ty, name),
            }));
        }
        let here = self.here();
        self.require_runtime(here, at)?;
        let rt = self.to_rt(v)?;
        if self.blk.safety
            && let Some(d) = &dest_names
            && src_names.as_ref().is_none_or(|s| s.iter().any(|n| !d.contains(n)))
        {
            let mut numbers: Vec<Int> = d.iter().map(|&n| Int::from(self.error_number(n))).collect();
            if src_payload.is_some() {
                numbers.push(Int::ZERO);
            }
            let code = self.error_code_of(v)?;
            self.check_one_of(code, &numbers, "invalidErrorCode")?;
        }
        match (dest_payload, src_payload) {
            // An error becomes an error union: the same number, without a payload.
            (Some(_), None) => {
                let set = Opv::R(Rt { ty: dest_set, rv: rt.rv });
                self.coerce(ty, set, at)
            }
            _ => Ok(Opv::R(Rt { ty, rv: rt.rv })),
        }
    }

    fn set_and_payload(&self, ty: TypeId) -> (TypeId, Option<TypeId>) {
        match self.s.pool.error_union_parts(ty) {
            Some((s, p)) => (s, Some(p)),
            None => (ty, None),
        }
    }
}
