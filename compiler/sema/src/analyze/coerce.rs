//! Coercion: a value of one type where another is expected. What changes no bits is in
//! `memory`, errors and error sets in `errors`, pointers in `pointers`, what is built from parts
//! in `parts`; the instructions that ask for types are in `operand`.

mod errors;
mod memory;
mod operand;
mod parts;
mod pointers;

use ir::ComptimeReason;
use syntax::ast::PtrSize;

pub use memory::{Reasons, Same, Why};

use super::{An, Opv, Repr, Rt, Rv};
use crate::msg::{Place, SemaMsg};
use crate::pool::{Type, TypeId, Value, ValueId};
use crate::unit::{Fail, R};

/// How a coercion is asked for.
#[derive(Clone, Copy)]
struct How {
    /// Report what goes wrong; else refuse silently.
    report: bool,
}

const REPORT: How = How { report: true };
const TRY: How = How { report: false };

/// A coerced value, or why there is none.
type Coerced = Result<Opv, Reasons>;

impl An<'_> {
    /// `v` as a value of type `ty`.
    pub fn coerce(&mut self, ty: TypeId, v: Opv, place: Place) -> R<Opv> {
        if self.ty_of(v) == ty && !matches!(v, Opv::Inferred(_) | Opv::None) {
            return Ok(v);
        }
        match self.coerce_how(ty, v, place, REPORT)? {
            Ok(v) => Ok(v),
            Err(why) => self.fail_coerce(ty, v, place, why, None),
        }
    }

    /// As [`An::coerce`], of the argument for a parameter that is declared at `param`.
    pub fn coerce_arg(&mut self, ty: TypeId, v: Opv, place: Place, param: Option<Place>) -> R<Opv> {
        if self.ty_of(v) == ty {
            return Ok(v);
        }
        match self.coerce_how(ty, v, place, REPORT)? {
            Ok(v) => Ok(v),
            Err(why) => self.fail_coerce(ty, v, place, why, param.map(|p| (p, "parameter type declared here"))),
        }
    }

    /// `v` as a value of type `ty`, or `None` if it does not coerce.
    pub fn try_coerce(&mut self, ty: TypeId, v: Opv, place: Place) -> R<Option<Opv>> {
        Ok(self.coerce_how(ty, v, place, TRY)?.ok())
    }

    /// `v` as the result of the running function; its errors join an inferred error set.
    pub fn coerce_return(&mut self, ty: TypeId, v: Opv, place: Place) -> R<Opv> {
        if self.ty_of(v) == ty {
            return Ok(v);
        }
        let had = self.rec.msgs.len();
        let how = match self.coerce_how(ty, v, place, REPORT) {
            Err(Fail::Reported) => {
                // The set of the function as a whole is what cannot be told.
                let at = self.decl_start_place(self.frame().member);
                if self.rec.msgs.len() > had
                    && let Some(m) = self.rec.msgs.last_mut()
                    && m.text == "unable to resolve inferred error set"
                {
                    m.place = at;
                }
                return Err(Fail::Reported);
            }
            r => r?,
        };
        match how {
            Ok(v) => Ok(v),
            Err(why) => {
                let from = self.ty_of(v);
                let is_error = |an: &Self, t| an.s.pool.is_error_set(t) || an.s.pool.error_union_parts(t).is_some();
                let text = if is_error(self, from) && !is_error(self, ty) {
                    "function cannot return an error"
                } else {
                    "function return type declared here"
                };
                let at = self.ret_type_place();
                if ty == TypeId::NORETURN {
                    let msg = SemaMsg::new(place, "function declared 'noreturn' returns")
                        .note(at, "'noreturn' declared here");
                    return self.fail_msg(msg);
                }
                self.fail_coerce(ty, v, place, why, Some((at, text)))
            }
        }
    }

    fn fail_coerce<T>(
        &mut self,
        ty: TypeId,
        v: Opv,
        place: Place,
        mut why: Reasons,
        last: Option<(Place, &str)>,
    ) -> R<T> {
        let from = self.ty_of(v);
        if ty == TypeId::NORETURN {
            return self.fail_at(place, "cannot cast to noreturn");
        }
        if from == TypeId::NORETURN {
            return self.fail_at(place, "internal error: coercion of what has no value");
        }
        let (want, found) = (self.type_name(ty), self.type_name(from));
        let mut msg = SemaMsg::new(place, format!("expected type '{want}', found '{found}'"));
        if let Some((_, payload)) = self.s.pool.error_union_parts(from)
            && self.same_memory(ty, payload, false)?.is_ok()
        {
            msg = msg
                .note(place, "cannot convert error union to payload type")
                .note(place, "consider using 'try', 'catch', or 'if'");
        }
        if let Some(payload) = self.s.pool.optional_child(from)
            && self.same_memory(ty, payload, false)?.is_ok()
        {
            msg = msg
                .note(place, "cannot convert optional to payload type")
                .note(place, "consider using '.?', 'orelse', or 'if'");
        }
        if why.notes.is_empty() {
            why.notes = vec![Why::Declared(from), Why::Declared(ty)];
        }
        for n in why.notes {
            msg = match n {
                Why::Text(t) => msg.note(place, t),
                Why::Declared(t) => self.declared_here(msg, t),
            };
        }
        if let Some((at, text)) = last {
            msg = msg.note(at, text);
        }
        self.fail_msg(msg)
    }

    /// Adds where a type is declared, if it is.
    pub fn declared_here(&self, msg: SemaMsg, ty: TypeId) -> SemaMsg {
        let (c, what) = match *self.s.pool.ty(ty) {
            Type::Struct(c) => (c, "struct"),
            Type::Union(c) => (c, "union"),
            Type::Enum(c) | Type::UnionTag(c) => (c, "enum"),
            Type::Opaque(c) => (c, "opaque"),
            _ => return msg,
        };
        match self.cont_place(c) {
            Some(p) => msg.note(p, format!("{what} declared here")),
            None => msg,
        }
    }

    fn coerce_how(&mut self, ty: TypeId, v: Opv, place: Place, how: How) -> R<Coerced> {
        let from = self.ty_of(v);
        match v {
            Opv::None => return self.fail_at(place, "internal error: operand was not evaluated"),
            Opv::Inferred(_) => return self.fail_at(place, "internal error: allocation is not resolved"),
            _ => {}
        }
        if from == ty || from == TypeId::NORETURN {
            return Ok(Ok(v));
        }
        if let Type::Struct(c) | Type::Union(c) = *self.s.pool.ty(ty) {
            // Nothing becomes a value of a type whose fields fail, not even `undefined`.
            self.fields(c)?;
        }
        let had = self.rec.msgs.len();
        let same = self.same_memory(ty, from, false);
        if same.is_err()
            && self.rec.msgs.len() > had
            && let Some(m) = self.rec.msgs.last_mut()
            && m.text.starts_with("unable to resolve inferred error set")
        {
            m.place = place;
        }
        let why = match same? {
            Ok(()) => return Ok(Ok(self.retype(v, ty)?)),
            Err(why) => why,
        };
        let why = match self.s.pool.ty(ty).clone() {
            Type::Optional(child) => match self.coerce_to_optional(ty, child, v, place, why)? {
                Ok(v) => return Ok(Ok(v)),
                Err(why) => why,
            },
            Type::Ptr(p) => match self.coerce_to_pointer(ty, p, v, place, why, how)? {
                Ok(v) => return Ok(Ok(v)),
                Err(why) => why,
            },
            Type::Int { .. } | Type::Usize | Type::Isize | Type::CInt(_) | Type::ComptimeInt => {
                match self.coerce_to_int(ty, v, place, why, how)? {
                    Ok(v) => return Ok(Ok(v)),
                    Err(why) => why,
                }
            }
            Type::Float(_) | Type::ComptimeFloat => match self.coerce_to_float(ty, v, place, why, how)? {
                Ok(v) => return Ok(Ok(v)),
                Err(why) => why,
            },
            Type::Enum(_) | Type::UnionTag(_) => match self.coerce_to_enum(ty, v, place, why, how)? {
                Ok(v) => return Ok(Ok(v)),
                Err(why) => why,
            },
            Type::ErrorUnion { .. } => match self.coerce_to_error_union(ty, v, place, why, how)? {
                Ok(v) => return Ok(Ok(v)),
                Err(why) => why,
            },
            Type::Union(c) => match self.coerce_to_union(ty, c, v, place, why, how)? {
                Ok(v) => return Ok(Ok(v)),
                Err(why) => why,
            },
            Type::Array { .. } | Type::Vector { .. } => match self.coerce_to_array(ty, v, place, why, how)? {
                Ok(v) => return Ok(Ok(v)),
                Err(why) => why,
            },
            Type::Tuple { .. } => match self.coerce_to_tuple(ty, v, place, why, how)? {
                Ok(v) => return Ok(Ok(v)),
                Err(why) => why,
            },
            Type::Struct(c) => match self.coerce_to_tuple_struct(ty, c, v, place, why, how)? {
                Ok(v) => return Ok(Ok(v)),
                Err(why) => why,
            },
            _ => why,
        };
        if v == Opv::C(ValueId::UNDEF)
            && !matches!(self.s.pool.ty(ty), Type::Noreturn | Type::AnyOpaque | Type::Opaque(_))
        {
            return Ok(Ok(Opv::C(self.s.pool.undef(ty))));
        }
        Ok(Err(why))
    }

    /// A value as another type of the same representation.
    pub fn retype(&mut self, v: Opv, ty: TypeId) -> R<Opv> {
        Ok(match v {
            Opv::C(c) => Opv::C(self.retype_value(c, ty)?),
            Opv::R(rt) => Opv::R(Rt { ty, rv: rt.rv }),
            other => other,
        })
    }

    fn coerce_to_optional(&mut self, ty: TypeId, child: TypeId, v: Opv, place: Place, mut why: Reasons) -> R<Coerced> {
        match v {
            Opv::C(ValueId::UNDEF) => return Ok(Ok(Opv::C(self.s.pool.undef(ty)))),
            Opv::C(ValueId::NULL) => return Ok(Ok(Opv::C(self.s.pool.opt_none(ty)))),
            _ => {}
        }
        let from = self.ty_of(v);
        if from == TypeId::NULL {
            return Ok(Ok(Opv::C(self.s.pool.opt_none(ty))));
        }
        if self.is_ptr_like_optional(ty) && self.s.pool.child_of(child) == Some(TypeId::ANYOPAQUE) {
            let src = self.s.pool.optional_child(from).unwrap_or(from);
            if let Some(s) = self.s.pool.ptr_info(src).filter(|s| s.size != PtrSize::Slice) {
                if let Err(e) = self.same_attributes(ty, src)? {
                    return Ok(Err(e));
                }
                if self.is_pointer_like(s.child) {
                    return Ok(Err(self.double_pointer(ty, from)));
                }
                if src != from && self.is_ptr_like_optional(from) {
                    return Ok(Ok(self.retype(v, ty)?));
                }
            }
        }
        match self.coerce_how(child, v, place, TRY)? {
            Ok(v) => {
                if self.known(v).is_none() {
                    self.require_runtime(place, None)?;
                }
                Ok(Ok(self.wrap_optional(ty, v)?))
            }
            Err(_) => {
                if why.no_match
                    && let Err(e) = self.same_memory(child, from, false)?
                {
                    why = e;
                }
                Ok(Err(why))
            }
        }
    }

    /// A payload as a value of an optional type.
    pub fn wrap_optional(&mut self, ty: TypeId, v: Opv) -> R<Opv> {
        let rt = match v {
            Opv::C(c) => return Ok(Opv::C(self.s.pool.opt_some(ty, c))),
            Opv::R(_) if self.is_comptime() => return Ok(Opv::R(Rt { ty, rv: Rv::Zst })),
            Opv::R(rt) => rt,
            other => return Ok(other),
        };
        if self.is_ptr_like_optional(ty) {
            return Ok(Opv::R(Rt { ty, rv: rt.rv }));
        }
        let rv = match self.repr(ty)? {
            Repr::Zst => Rv::Zst,
            Repr::S(s) => Rv::S(self.const_scalar(s, 1)),
            Repr::P(_, (f, _)) => {
                let p = self.scalar(rt)?;
                Rv::P(p, self.const_scalar(f, 1))
            }
            Repr::M => {
                let slot = self.new_slot(ty)?;
                let ptr_ty = self.s.pool.single_ptr(ty, false);
                let ptr = Rt { ty: ptr_ty, rv: Rv::Slot(slot, 0) };
                self.store_rt(ptr, rt, 0)?;
                let size = self.layout(rt.ty)?.size as u32;
                let one = self.const_scalar(tir::Scalar::I8, 1);
                self.store_scalar(ptr, one, size, false)?;
                let addr = self.bld().slot_addr(slot, 0);
                Rv::M(addr)
            }
        };
        Ok(Opv::R(Rt { ty, rv }))
    }

    fn coerce_to_int(&mut self, ty: TypeId, v: Opv, place: Place, why: Reasons, how: How) -> R<Coerced> {
        let from = self.ty_of(v);
        let to_comptime = self.s.pool.is_comptime_int(ty);
        if self.s.pool.is_any_float(from) {
            return match self.known(v) {
                Some(_) if how.report => self.float_to_int(ty, v, place),
                None if to_comptime && how.report => self.fail_not_comptime(
                    place,
                    Some(super::ComptimeWhy { reason: Some(ComptimeReason::CastedToComptimeInt), place }),
                ),
                _ => Ok(Err(why)),
            };
        }
        if !self.s.pool.is_any_int(from) {
            return Ok(Err(why));
        }
        if let Some(c) = self.known(v) {
            let Some(i) = self.int_of(c) else { return Ok(Ok(Opv::C(self.s.pool.undef(ty)))) };
            if let Some((signed, bits)) = self.int_info(ty)
                && !i.fits(signed, bits)
            {
                if !how.report {
                    return Ok(Err(why));
                }
                let n = self.type_name(ty);
                return self.fail_at(place, format!("type '{n}' cannot represent integer value '{i}'"));
            }
            return Ok(Ok(self.int_op(ty, i)));
        }
        if to_comptime {
            if !how.report {
                return Ok(Err(why));
            }
            return self.fail_not_comptime(
                place,
                Some(super::ComptimeWhy { reason: Some(ComptimeReason::CastedToComptimeInt), place }),
            );
        }
        let (Some((ds, db)), Some((ss, sb))) = (self.int_info(ty), self.int_info(from)) else { return Ok(Err(why)) };
        if (ss == ds && db >= sb) || (ds && db > sb) {
            self.require_runtime(place, None)?;
            return Ok(Ok(self.widen_int(ty, v)?));
        }
        Ok(Err(why))
    }

    /// A run-time integer as one of a type that holds all its values.
    pub fn widen_int(&mut self, ty: TypeId, v: Opv) -> R<Opv> {
        let from = self.ty_of(v);
        let signed = self.s.pool.is_signed(from);
        match self.repr(ty)? {
            Repr::S(s) => {
                let x = match v {
                    Opv::R(Rt { rv: Rv::Zst, .. }) => self.const_scalar(s, 0),
                    _ => self.scalar_of(v)?,
                };
                let x = self.bld().cast(x, s, signed);
                Ok(self.rt_s(ty, x))
            }
            _ => self.retype(v, ty),
        }
    }

    fn float_to_int(&mut self, _ty: TypeId, _v: Opv, place: Place) -> R<Coerced> {
        self.fail_at(place, "floating-point arithmetic is not supported yet")
    }

    fn coerce_to_float(&mut self, _ty: TypeId, v: Opv, place: Place, why: Reasons, how: How) -> R<Coerced> {
        let from = self.ty_of(v);
        if how.report && self.known(v).is_some() && (self.s.pool.is_any_float(from) || self.s.pool.is_any_int(from)) {
            return self.fail_at(place, "floating-point arithmetic is not supported yet");
        }
        Ok(Err(why))
    }

    fn coerce_to_enum(&mut self, ty: TypeId, v: Opv, place: Place, why: Reasons, how: How) -> R<Coerced> {
        let from = self.ty_of(v);
        match *self.s.pool.ty(from) {
            Type::EnumLiteral => {
                let Some(Value::EnumLiteral(name)) = self.known(v).map(|c| self.s.pool.val(c).clone()) else {
                    return Ok(Err(why));
                };
                let tags = self.enum_tags(ty)?;
                if let Some(&(_, tag)) = tags.iter().find(|(n, _)| *n == name) {
                    return Ok(Ok(Opv::C(tag)));
                }
                if !how.report {
                    return Ok(Err(why));
                }
                let (n, t) = (self.s.text(name), self.type_name(ty));
                let msg = SemaMsg::new(place, format!("no field named '{n}' in enum '{t}'"));
                let msg = self.declared_here(msg, ty);
                self.fail_msg(msg)
            }
            Type::Union(c) => Ok(if self.fields(c)?.tag == Some(ty) { Ok(self.union_tag(c, v)?) } else { Err(why) }),
            _ => Ok(Err(why)),
        }
    }

    /// The tag of a union value.
    pub fn union_tag(&mut self, c: crate::pool::ContId, v: Opv) -> R<Opv> {
        let Some(tag_ty) = self.fields(c)?.tag else {
            return self.fail("internal error: union without a tag");
        };
        match v {
            Opv::C(u) => Ok(Opv::C(match *self.s.pool.val(u) {
                Value::Union { tag, .. } => tag,
                _ => match self.opv(tag_ty)? {
                    Some(t) => t,
                    None => self.s.pool.undef(tag_ty),
                },
            })),
            Opv::R(rt) => {
                if let Some(t) = self.opv(tag_ty)? {
                    return Ok(Opv::C(t));
                }
                let at = self.cont_layout(c)?.tag_offset;
                Ok(Opv::R(self.part_of(rt, at as u32, tag_ty)?))
            }
            other => Ok(other),
        }
    }
}
