//! Coercions that build a value from the parts of another: tuples, arrays, tagged unions.

use super::{Coerced, How, Reasons, TRY};
use crate::analyze::comptime_mem::Step;
use crate::analyze::{An, Opv, Repr, Rt, Rv};
use crate::msg::{Place, SemaMsg};
use crate::pool::{ContId, Type, TypeId, Value, ValueId};
use crate::unit::R;

impl An<'_> {
    /// Number of elements of a tuple type.
    pub fn tuple_len(&mut self, ty: TypeId) -> R<Option<u64>> {
        Ok(match self.s.pool.ty(ty).clone() {
            Type::Tuple { types, .. } => Some(types.len() as u64),
            Type::Struct(c) if !self.is_running(crate::unit::UnitKey::Fields(c)) => {
                let f = self.fields(c)?;
                f.is_tuple.then_some(f.fields.len() as u64)
            }
            _ => None,
        })
    }

    /// Element `i` of a tuple.
    pub fn tuple_part(&mut self, v: Opv, i: u64) -> R<Opv> {
        let ty = self.ty_of(v);
        let step = Step::Field(i as u32);
        let fixed = match self.s.pool.ty(ty).clone() {
            Type::Tuple { values, .. } => values.get(i as usize).copied().flatten(),
            Type::Struct(c) => {
                let comptime = self.fields(c)?.fields.get(i as usize).is_some_and(|f| f.is_comptime);
                if comptime { self.defaults(c)?.get(i as usize).copied().flatten() } else { None }
            }
            _ => None,
        };
        if let Some(v) = fixed {
            return Ok(Opv::C(v));
        }
        let part_ty = self.step_type(ty, step)?;
        if let Some(only) = self.opv(part_ty)? {
            return Ok(Opv::C(only));
        }
        match v {
            Opv::C(c) => match self.value_step(c, step)? {
                Some(x) => Ok(Opv::C(x)),
                None => self.fail("internal error: tuple without an element"),
            },
            Opv::R(rt) => {
                let offset = self.step_offset(ty, step)?;
                Ok(Opv::R(self.part_of(rt, offset as u32, part_ty)?))
            }
            other => Ok(other),
        }
    }

    /// An array, tuple or struct of these parts, which have the right types.
    pub fn build_aggregate(&mut self, ty: TypeId, parts: &[Opv]) -> R<Opv> {
        let known: Option<Vec<ValueId>> = parts.iter().map(|&p| self.known(p)).collect();
        if let Some(known) = known {
            return Ok(Opv::C(self.make_aggregate(ty, &known)?));
        }
        if self.is_comptime() {
            let at = self.here();
            return self.fail_not_comptime(at, self.blk.comptime);
        }
        if self.repr(ty)? == Repr::Zst {
            return self.only_value(ty);
        }
        let slot = self.new_slot(ty)?;
        let ptr_ty = self.s.pool.single_ptr(ty, false);
        let ptr = Rt { ty: ptr_ty, rv: Rv::Slot(slot, 0) };
        let is_array = matches!(self.s.pool.ty(ty), Type::Array { .. } | Type::Vector { .. });
        for (i, &p) in parts.iter().enumerate() {
            if self.known(p).is_some_and(|v| self.is_undef(v)) {
                continue;
            }
            let step = if is_array { Step::Elem(i as u64) } else { Step::Field(i as u32) };
            let t = self.step_type(ty, step)?;
            if self.is_comptime_only(t)? {
                continue;
            }
            let offset = self.step_offset(ty, step)?;
            let rt = self.to_rt(p)?;
            self.store_rt(ptr, rt, offset as u32)?;
        }
        if let Type::Array { len, sentinel: Some(z), .. } = *self.s.pool.ty(ty) {
            let offset = self.step_offset(ty, Step::Elem(len))?;
            let rt = self.to_rt(Opv::C(z))?;
            self.store_rt(ptr, rt, offset as u32)?;
        }
        let addr = self.bld().slot_addr(slot, 0);
        Ok(Opv::R(Rt { ty, rv: Rv::M(addr) }))
    }

    pub(super) fn coerce_to_array(&mut self, ty: TypeId, v: Opv, place: Place, why: Reasons, how: How) -> R<Coerced> {
        let from = self.ty_of(v);
        if let (Type::Array { len, child, sentinel }, Type::Array { len: sl, child: sc, sentinel: sz }) =
            (self.s.pool.ty(ty).clone(), self.s.pool.ty(from).clone())
        {
            if self.same_memory(child, sc, false)?.is_err() || (sentinel.is_some() && sentinel != sz) {
                return Ok(Err(why));
            }
            if len != sl {
                return self.length_differs(ty, from, (len, sl), place, why, how);
            }
            return Ok(Ok(self.retype(v, ty)?));
        }
        if self.tuple_len(from)?.is_some() && matches!(self.s.pool.ty(ty), Type::Array { .. }) {
            return self.tuple_to_array(ty, v, place, how);
        }
        Ok(Err(why))
    }

    fn length_differs(
        &mut self,
        ty: TypeId,
        from: TypeId,
        (dest, src): (u64, u64),
        place: Place,
        why: Reasons,
        how: How,
    ) -> R<Coerced> {
        if !how.report {
            return Ok(Err(why));
        }
        let (a, b) = (self.type_name(ty), self.type_name(from));
        let msg = SemaMsg::new(place, format!("expected type '{a}', found '{b}'"))
            .note(place, format!("destination has length {dest}"))
            .note(place, format!("source has length {src}"));
        self.fail_msg(msg)
    }

    /// A tuple as an array whose elements its own coerce to.
    pub(super) fn tuple_to_array(&mut self, ty: TypeId, v: Opv, place: Place, how: How) -> R<Coerced> {
        let from = self.ty_of(v);
        let (Type::Array { len, child, .. }, Some(n)) = (self.s.pool.ty(ty).clone(), self.tuple_len(from)?) else {
            return Ok(Err(Reasons::default()));
        };
        if n != len {
            return self.length_differs(ty, from, (len, n), place, Reasons::default(), how);
        }
        let mut parts = Vec::with_capacity(n as usize);
        for i in 0..n {
            let part = self.tuple_part(v, i)?;
            parts.push(if how.report {
                self.coerce(child, part, place)?
            } else {
                match self.coerce_how(child, part, place, TRY)? {
                    Ok(v) => v,
                    Err(e) => return Ok(Err(e)),
                }
            });
        }
        Ok(Ok(self.build_aggregate(ty, &parts)?))
    }

    pub(super) fn coerce_to_tuple(&mut self, ty: TypeId, v: Opv, place: Place, why: Reasons, how: How) -> R<Coerced> {
        let Type::Tuple { types, values } = self.s.pool.ty(ty).clone() else { return Ok(Err(why)) };
        self.tuple_to_tuple(ty, &types, &values, v, place, why, how)
    }

    pub(super) fn coerce_to_tuple_struct(
        &mut self,
        ty: TypeId,
        c: ContId,
        v: Opv,
        place: Place,
        why: Reasons,
        how: How,
    ) -> R<Coerced> {
        let from = self.ty_of(v);
        if self.tuple_len(from)?.is_none() || self.tuple_len(ty)?.is_none() {
            return Ok(Err(why));
        }
        let f = self.fields(c)?;
        let defaults = self.defaults(c)?;
        let types: Vec<TypeId> = f.fields.iter().map(|f| f.ty).collect();
        let values: Vec<Option<ValueId>> =
            f.fields.iter().zip(defaults.iter()).map(|(f, d)| if f.is_comptime { *d } else { None }).collect();
        self.tuple_to_tuple(ty, &types, &values, v, place, why, how)
    }

    #[allow(clippy::too_many_arguments, reason = "one caller for each kind of tuple type")]
    fn tuple_to_tuple(
        &mut self,
        ty: TypeId,
        types: &[TypeId],
        values: &[Option<ValueId>],
        v: Opv,
        place: Place,
        why: Reasons,
        how: How,
    ) -> R<Coerced> {
        let from = self.ty_of(v);
        let Some(n) = self.tuple_len(from)? else { return Ok(Err(why)) };
        if n > types.len() as u64 {
            return Ok(Err(why));
        }
        let mut parts = Vec::with_capacity(types.len());
        for (i, &t) in types.iter().enumerate() {
            let fixed = values.get(i).copied().flatten();
            if i as u64 >= n {
                match fixed {
                    Some(d) => {
                        parts.push(Opv::C(d));
                        continue;
                    }
                    None if how.report => return self.fail_at(place, format!("index {i} outside tuple of length {n}")),
                    None => return Ok(Err(why)),
                }
            }
            let part = self.tuple_part(v, i as u64)?;
            let part = if how.report {
                self.coerce(t, part, place)?
            } else {
                match self.coerce_how(t, part, place, TRY)? {
                    Ok(v) => v,
                    Err(e) => return Ok(Err(e)),
                }
            };
            if let Some(d) = fixed
                && self.known(part) != Some(d)
            {
                if !how.report {
                    return Ok(Err(why));
                }
                return match self.known(part) {
                    Some(_) => self
                        .fail_at(place, "value stored in comptime field does not match the default value of the field"),
                    None => self.fail_not_comptime(
                        place,
                        Some(crate::analyze::ComptimeWhy {
                            reason: Some(ir::ComptimeReason::StoredToComptimeField),
                            place,
                        }),
                    ),
                };
            }
            parts.push(part);
        }
        Ok(Ok(self.build_aggregate(ty, &parts)?))
    }

    pub(super) fn coerce_to_union(
        &mut self,
        ty: TypeId,
        c: ContId,
        v: Opv,
        place: Place,
        why: Reasons,
        how: How,
    ) -> R<Coerced> {
        let from = self.ty_of(v);
        if !matches!(self.s.pool.ty(from), Type::Enum(_) | Type::UnionTag(_) | Type::EnumLiteral) {
            return Ok(Err(why));
        }
        let f = self.fields(c)?;
        let Some(tag_ty) = f.tag.filter(|_| f.tagged) else { return Ok(Err(why)) };
        let tag = if how.report {
            self.coerce(tag_ty, v, place)?
        } else {
            match self.coerce_how(tag_ty, v, place, TRY)? {
                Ok(t) => t,
                Err(_) => return Ok(Err(why)),
            }
        };
        let (enum_name, union_name) = (self.type_name(from), self.type_name(ty));
        if let Opv::C(t) = tag {
            let Some(i) = self.union_field_of_tag(c, t)? else {
                if !how.report {
                    return Ok(Err(why));
                }
                let t = self.value_text(t);
                let msg = SemaMsg::new(place, format!("union '{union_name}' has no tag with value '{t}'"));
                let msg = self.declared_here(msg, ty);
                return self.fail_msg(msg);
            };
            let Some(field) = f.fields.get(i as usize) else { return Ok(Err(why)) };
            if field.ty == TypeId::NORETURN {
                let msg = SemaMsg::new(place, "cannot initialize 'noreturn' field of union");
                let msg = self.declared_here(self.field_note(msg, field), ty);
                return self.fail_msg(msg);
            }
            return match self.opv(field.ty)? {
                Some(val) => Ok(Ok(Opv::C(self.s.pool.intern(Value::Union { ty, tag: t, val })))),
                None if !how.report => Ok(Err(why)),
                None => {
                    let (n, t) = (self.s.text(field.name), self.type_name(field.ty));
                    let msg = SemaMsg::new(
                        place,
                        format!(
                            "coercion from enum '{enum_name}' to union '{union_name}' must initialize '{t}' field '{n}'"
                        ),
                    );
                    let msg = self.declared_here(self.field_note(msg, field), ty);
                    self.fail_msg(msg)
                }
            };
        }
        if self.is_comptime() {
            return self.fail_not_comptime(place, self.blk.comptime);
        }
        if !how.report {
            // What follows refuses with messages of its own only.
            for x in &f.fields {
                if self.opv(x.ty)?.is_none() {
                    return Ok(Err(why));
                }
            }
        }
        if let Type::Enum(e) = *self.s.pool.ty(tag_ty)
            && self.fields(e)?.non_exhaustive
        {
            let msg = SemaMsg::new(place, format!("runtime coercion to union '{union_name}' from non-exhaustive enum"));
            let msg = self.declared_here(msg, tag_ty);
            return self.fail_msg(msg);
        }
        let mut notes = Vec::new();
        for x in &f.fields {
            if self.opv(x.ty)?.is_none() {
                let (n, t) = (self.s.text(x.name), self.type_name(x.ty));
                notes.push((x.member.map(|m| self.member_place(m)), format!("field '{n}' has type '{t}'")));
            }
        }
        if !notes.is_empty() {
            let mut msg = SemaMsg::new(
                place,
                format!("runtime coercion from enum '{enum_name}' to union '{union_name}' which has non-void fields"),
            );
            msg.notes = notes;
            let msg = self.declared_here(msg, ty);
            return self.fail_msg(msg);
        }
        let tag = self.to_rt(tag)?;
        if self.repr(ty)? == Repr::Zst {
            return Ok(Ok(Opv::R(Rt { ty, rv: Rv::Zst })));
        }
        let at = self.cont_layout(c)?.tag_offset;
        let slot = self.new_slot(ty)?;
        let ptr_ty = self.s.pool.single_ptr(ty, false);
        self.store_rt(Rt { ty: ptr_ty, rv: Rv::Slot(slot, 0) }, tag, at as u32)?;
        let addr = self.bld().slot_addr(slot, 0);
        Ok(Ok(Opv::R(Rt { ty, rv: Rv::M(addr) })))
    }

    /// Adds where a field is declared.
    fn field_note(&self, msg: SemaMsg, field: &crate::unit::FieldRec) -> SemaMsg {
        match field.member {
            Some(m) => {
                let n = self.s.text(field.name);
                msg.note(self.member_place(m), format!("field '{n}' declared here"))
            }
            None => msg,
        }
    }
}
