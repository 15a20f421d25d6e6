//! Tags of enums and unions: their numbers, and which field a tag stands for.

use ir::{ComptimeReason, FieldIr};
use rustc_hash::FxHashMap;
use syntax::Name;

use super::super::An;
use crate::decl::MemberId;
use crate::msg::{Place, SemaMsg};
use crate::pool::{ContId, Int, Type, TypeId, Value, ValueId};
use crate::unit::R;

/// Numbers the tags of an enum, or of a union that makes its own, in order of declaration.
pub(super) struct TagNumbers {
    /// The integer type.
    ty: TypeId,
    /// The number of a tag without a value.
    next: Int,
    /// Numbers that are taken, and where.
    seen: FxHashMap<ValueId, Place>,
}

impl TagNumbers {
    /// No tag yet.
    pub(super) fn new(ty: TypeId) -> TagNumbers {
        TagNumbers { ty, next: Int::from(0i64), seen: FxHashMap::default() }
    }
}

impl An<'_> {
    /// The number of the next tag: what its field says, or one more than the tag before.
    pub(super) fn next_tag(&mut self, numbers: &mut TagNumbers, m: MemberId, f: &FieldIr) -> R<ValueId> {
        let ty = numbers.ty;
        let mut place = self.member_place(m);
        if let Some(b) = f.default {
            if let Some(h) = f.default_ty {
                let t = self.ty_op(ty);
                self.set(h, t);
            }
            place = self.field_value_place(m);
            let v = self.eval_owned(b)?;
            let v = self.coerce(ty, v, place)?;
            let v = self.need_comptime(v, place, ComptimeReason::EnumFieldTagValue)?;
            match self.int_of(v) {
                Some(i) => numbers.next = i,
                None => return self.fail_at(place, "use of undefined value here causes illegal behavior"),
            }
        } else if let Some((signed, bits)) = self.int_info(ty)
            && !numbers.next.fits(signed, bits)
        {
            let (t, next) = (self.type_name(ty), &numbers.next);
            return self.fail_at(place, format!("enumeration value '{next}' too large for type '{t}'"));
        }
        let number = numbers.next.clone();
        let value = self.s.pool.int(ty, number.clone());
        if let Some(first) = numbers.seen.insert(value, place) {
            let msg = SemaMsg::new(place, format!("enum tag value {number} already taken"));
            return self.fail_msg(msg.note(first, "other occurrence here"));
        }
        numbers.next = number.add(&Int::from(1i64));
        Ok(value)
    }

    /// The tag value of field `i` of a union.
    pub fn union_tag_value(&mut self, c: ContId, i: u32) -> R<ValueId> {
        let f = self.fields(c)?;
        let (Some(tag), Some(field)) = (f.tag, f.fields.get(i as usize)) else {
            return self.fail("internal error: union without a tag");
        };
        match *self.s.pool.ty(tag) {
            Type::Enum(e) => {
                let ef = self.fields(e)?;
                match ef.fields.iter().find(|x| x.name == field.name).and_then(|x| x.value) {
                    Some(val) => Ok(self.s.pool.intern(Value::EnumTag { ty: tag, val })),
                    None => self.fail("internal error: no such tag"),
                }
            }
            _ => {
                let int = self.enum_int_type(tag)?;
                let val = match field.value {
                    Some(v) => v,
                    None => self.s.pool.int(int, u64::from(i)),
                };
                Ok(self.s.pool.intern(Value::EnumTag { ty: tag, val }))
            }
        }
    }

    /// The field of a union that a tag value selects.
    pub fn union_field_of_tag(&mut self, c: ContId, tag: ValueId) -> R<Option<u32>> {
        let n = self.fields(c)?.fields.len() as u32;
        for i in 0..n {
            if self.union_tag_value(c, i)? == tag {
                return Ok(Some(i));
            }
        }
        Ok(None)
    }

    /// Fields of an enum or made-up tag type: names with tag values.
    pub fn enum_tags(&mut self, ty: TypeId) -> R<Vec<(Name, ValueId)>> {
        match *self.s.pool.ty(ty) {
            Type::Enum(c) => {
                let f = self.fields(c)?;
                Ok(f.fields
                    .iter()
                    .filter_map(|f| f.value.map(|val| (f.name, self.s.pool.intern(Value::EnumTag { ty, val }))))
                    .collect())
            }
            Type::UnionTag(c) => {
                let f = self.fields(c)?;
                let mut out = Vec::with_capacity(f.fields.len());
                for (i, field) in f.fields.iter().enumerate() {
                    out.push((field.name, self.union_tag_value(c, i as u32)?));
                }
                Ok(out)
            }
            _ => Ok(Vec::new()),
        }
    }
}
