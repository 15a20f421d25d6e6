//! Initialisers: what is common to structs, unions, arrays and tuples, and the addresses that
//! values are built at in place. The kinds stand in [`structs`], [`arrays`] and [`unions`].

use ir::Ref;
use syntax::Name;
use syntax::ast::PtrSize;
use tir::Scalar;

use super::comptime_mem::Step;
use super::{An, Opv, Rt, Rv};
use crate::msg::{Place, SemaMsg};
use crate::pool::{Type, TypeId, Value, ValueId};
use crate::unit::R;

mod arrays;
mod parts;
mod structs;
mod unions;

impl An<'_> {
    /// `Inst::ValidateRefTy`
    pub fn validate_ref_ty(&mut self, ty: Ref) -> R<()> {
        let here = self.here();
        let at = Place { main: self.extent(here).0, ..here };
        let Some(t) = self.type_or_generic(ty, at)? else { return Ok(()) };
        if self.s.pool.is_ptr(self.opt_eu_base(t)) {
            return Ok(());
        }
        let n = self.type_name(t);
        let msg = SemaMsg::new(at, format!("expected type '{n}', found pointer"));
        self.fail_msg(msg.note(at, "address-of operator always returns a pointer"))
    }

    /// `Inst::CoercePtrElemTy`
    pub fn coerce_ptr_elem_ty(&mut self, ptr_ty: Ref, value: Ref) -> R<Opv> {
        let src = self.here();
        let v = self.op(value)?;
        let Some(t) = self.type_or_generic(ptr_ty, src)? else { return Ok(v) };
        let base = self.opt_eu_base(t);
        let Some(info) = self.s.pool.ptr_info(base) else { return Ok(v) };
        match info.size {
            PtrSize::One if info.child == TypeId::ANYOPAQUE => Ok(v),
            PtrSize::One => self.coerce(info.child, v, src),
            PtrSize::C => Ok(v),
            PtrSize::Slice | PtrSize::Many => {
                let ty = self.ty_of(v);
                let len = match *self.s.pool.ty(ty) {
                    Type::Array { len, .. } => Some(len),
                    Type::Vector { len, .. } => Some(u64::from(len)),
                    _ => self.tuple_fields(ty)?.map(|(t, _)| t.len() as u64),
                };
                let Some(len) = len else {
                    let (e, n) = (self.type_name(info.child), self.type_name(ty));
                    return self.fail_at(src, format!("expected array of '{e}', found '{n}'"));
                };
                let array = self.s.pool.array(len, info.child, info.sentinel);
                self.coerce(array, v, src)
            }
        }
    }

    /// `Inst::OptEuBasePtrInit`: makes payloads of all optionals and error unions around what is
    /// about to be initialised.
    pub fn opt_eu_base_ptr_init(&mut self, r: Ref) -> R<Opv> {
        let mut p = self.op(r)?;
        let src = self.here();
        loop {
            let ty = self.ty_of(p);
            let Some(info) = self.s.pool.ptr_info(ty) else { return Ok(p) };
            let (step, child) = match *self.s.pool.ty(info.child) {
                Type::Optional(c) => (Step::Opt, c),
                Type::ErrorUnion { payload, .. } => (Step::Eu, payload),
                _ => return Ok(p),
            };
            self.make_payload(p, info.child, child, step, src)?;
            let part_ty = self.ptr_to_part(&info, child);
            let offset = self.step_offset(info.child, step)?;
            p = self.part_ptr(p, step, offset, part_ty)?;
        }
    }

    /// Writes that an optional or error union holds a payload, whose contents follow.
    fn make_payload(&mut self, p: Opv, ty: TypeId, child: TypeId, step: Step, src: Place) -> R<()> {
        if let Opv::C(v) = p {
            let val = self.s.pool.undef(child);
            let whole = match step {
                Step::Opt => self.s.pool.opt_some(ty, val),
                _ => self.s.pool.intern(Value::ErrUnionPayload { ty, val }),
            };
            if self.store_comptime(v, whole, src)? {
                return Ok(());
            }
        }
        self.require_runtime(src, None)?;
        let ptr = self.to_rt(p)?;
        match step {
            Step::Opt if self.is_ptr_like_optional(ty) => Ok(()),
            Step::Opt => {
                let size = self.layout(child)?.size;
                let one = self.const_scalar(Scalar::I8, 1);
                self.store_scalar(ptr, one, size as u32, false)
            }
            _ => {
                let (_, at) = self.error_union_offsets(child)?;
                let zero = self.const_scalar(Scalar::I16, 0);
                self.store_scalar(ptr, zero, at, false)
            }
        }
    }

    /// A write to a comptime field, which can only confirm what it holds.
    pub fn store_comptime_field(&mut self, fixed: ValueId, v: Opv, place: Place) -> R<()> {
        let v = self.need_comptime(v, place, ir::ComptimeReason::StoredToComptimeField)?;
        if v != fixed {
            return self.fail_at(place, "value stored in comptime field does not match the default value of the field");
        }
        Ok(())
    }

    /// Complains about `T{ .a = … }` of a type that has no fields.
    fn no_struct_init<T>(&mut self, ty: TypeId, place: Place) -> R<T> {
        let n = self.type_name(ty);
        let msg = SemaMsg::new(place, format!("type '{n}' does not support struct initialization syntax"));
        let msg = self.note_type_declared(msg, ty);
        self.fail_msg(msg)
    }

    /// Complains about `T{ … }` of a type that has no elements.
    fn no_array_init<T>(&mut self, ty: TypeId, place: Place) -> R<T> {
        let n = self.type_name(ty);
        let msg = SemaMsg::new(place, format!("type '{n}' does not support array initialization syntax"));
        self.fail_msg(match self.s.pool.ptr_info(ty) {
            Some(p) if p.size == PtrSize::Slice => {
                let e = self.type_name(p.child);
                msg.note(place, format!("inferred array length is specified with an underscore: '[_]{e}'"))
            }
            _ => msg,
        })
    }

    /// Type of the field of that name of a struct, tuple or union type.
    pub fn init_field_type(&mut self, ty: TypeId, name: Name, name_place: Place, src: Place) -> R<TypeId> {
        let base = self.opt_eu_base(ty);
        match self.s.pool.ty(base).clone() {
            Type::Tuple { types, .. } => {
                let i = self.tuple_index(base, types.len(), name, name_place)?;
                Ok(types.get(i as usize).copied().unwrap_or(TypeId::VOID))
            }
            Type::Struct(c) | Type::Union(c) => {
                let f = self.fields(c)?;
                if f.is_tuple {
                    let i = self.tuple_index(base, f.fields.len(), name, name_place)?;
                    return Ok(f.fields.get(i as usize).map_or(TypeId::VOID, |x| x.ty));
                }
                match self.find_field(c, name)? {
                    Some((_, f)) => Ok(f.ty),
                    None => self.no_field(base, name, name_place),
                }
            }
            _ => {
                let n = self.type_name(base);
                self.fail_at(src, format!("expected struct or union; found '{n}'"))
            }
        }
    }

    /// A struct, tuple or array of parts that have the right types. Comptime fields take no
    /// memory.
    fn aggregate_of(&mut self, ty: TypeId, mut parts: Vec<Opv>, src: Place, places: &[Place]) -> R<Opv> {
        if let Some(i) = parts.iter().position(|&p| self.known(p).is_none()) {
            let at = places.get(i).copied().unwrap_or(src);
            match self.s.pool.ty(ty) {
                Type::Struct(c) if !self.s.made_up.contains_key(c) => self.require_runtime(src, Some(at))?,
                _ => {
                    if let Some(u) = self.unknown_at_comptime(ty) {
                        return Ok(u);
                    }
                }
            }
            if self.is_comptime_only(ty)? {
                let n = self.type_name(ty);
                let kind = if matches!(self.s.pool.ty(ty), Type::Array { .. }) { "array" } else { "struct" };
                let msg = SemaMsg::new(at, "unable to resolve comptime value");
                let msg = msg.note(at, format!("initializer of comptime-only {kind} '{n}' must be comptime-known"));
                let msg = self.explain_comptime(msg, at, ty)?;
                return self.fail_msg(msg);
            }
            for (i, p) in parts.iter_mut().enumerate() {
                if self.comptime_field(ty, i as u32)?.is_some() {
                    *p = Opv::C(ValueId::UNDEF);
                }
            }
        }
        self.build_aggregate(ty, &parts)
    }

    /// The finished initialiser as the result type, or its address.
    fn finish_init(&mut self, result: TypeId, v: Opv, by_ref: bool, src: Place) -> R<Opv> {
        let v = self.coerce(result, v, src)?;
        if by_ref { self.init_ref(v) } else { Ok(v) }
    }

    /// The address of what was initialised.
    fn init_ref(&mut self, v: Opv) -> R<Opv> {
        if let (Opv::R(rt), true) = (v, self.is_comptime()) {
            let ty = self.s.pool.single_ptr(rt.ty, true);
            return Ok(Opv::R(Rt { ty, rv: Rv::Zst }));
        }
        self.ref_value(v)
    }
}
