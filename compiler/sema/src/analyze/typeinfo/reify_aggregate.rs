//! `@Type` of structs, tuples, enums, unions and opaque types. Such a type is the same for equal
//! descriptions at one place of the text, whatever instance of its surroundings asks for it.

use std::sync::Arc;

use ir::{Inst, NameStrategy};
use syntax::Name;
use syntax::ast::ContainerKind;

use crate::analyze::An;
use crate::canon::{Canon, digits};
use crate::collect::Item;
use crate::decl::ContKey;
use crate::msg::SemaMsg;
use crate::pool::{ContId, Type, TypeId, Value, ValueId};
use crate::unit::{ContLayout, FieldRec, FieldsRec, R};

/// The generation that tells descriptions of such types from other values; the first element is the
/// number of a member.
pub(crate) const REIFIED_SHAPE: u32 = 2;

type Defaults = Vec<Option<ValueId>>;

impl An<'_> {
    fn refuse_decls(&mut self, val: ValueId, text: &str) -> R<()> {
        let decls = self.part(val, "decls")?;
        if self.slice_elems(decls)?.is_empty() { Ok(()) } else { self.fail(text) }
    }

    fn part_layout(&mut self, val: ValueId) -> R<ContLayout> {
        Ok(match self.part_enum(val, "layout")?.as_str() {
            "extern" => ContLayout::Extern,
            "packed" => ContLayout::Packed,
            _ => ContLayout::Auto,
        })
    }

    /// The explicit alignment of a field; none if it is the natural one.
    fn explicit_align(&mut self, align: u32, ty: TypeId) -> R<Option<u32>> {
        Ok(if self.natural_align(ty)? == Some(align) { None } else { Some(align) })
    }

    pub(super) fn reify_struct(&mut self, val: ValueId, how: NameStrategy) -> R<TypeId> {
        self.refuse_decls(val, "reified structs must have no decls")?;
        let layout = self.part_layout(val)?;
        let backing = self.part_opt_type(val, "backing_integer")?;
        if layout != ContLayout::Packed && backing.is_some() {
            return self.fail("non-packed struct does not support backing integer type");
        }
        let is_tuple = self.part_bool(val, "is_tuple")?;
        let list = self.part(val, "fields")?;
        let items = self.slice_elems(list)?;
        if is_tuple {
            return match layout {
                ContLayout::Extern => self.fail("extern tuples are not supported"),
                ContLayout::Packed => self.fail("packed tuples are not supported"),
                ContLayout::Auto => self.reify_tuple(&items),
            };
        }
        if layout == ContLayout::Packed {
            return self.unsupported("a packed struct made by @Type");
        }
        let mut rec = FieldsRec { layout, ..FieldsRec::default() };
        let mut defaults = Defaults::new();
        for &item in &items {
            let name = self.part_name(item)?;
            let ty = self.part_type(item, "type")?;
            if rec.fields.iter().any(|f| f.name == name) {
                let text = self.s.text(name);
                return self.fail(format!("duplicate struct field name {text}"));
            }
            let align = self.part_align(item)?;
            let is_comptime = self.part_bool(item, "is_comptime")?;
            if layout == ContLayout::Extern && is_comptime {
                return self.fail("extern struct fields cannot be marked comptime");
            }
            let default = self.part_pointee(item, "default_value_ptr", ty)?;
            if is_comptime && default.is_none() {
                return self.fail("comptime field without default initialization value");
            }
            match self.s.pool.ty(ty) {
                Type::AnyOpaque | Type::Opaque(_) => {
                    return self
                        .fail("opaque types have unknown size and therefore cannot be directly embedded in structs");
                }
                Type::Noreturn => return self.fail("struct fields cannot be 'noreturn'"),
                _ => {}
            }
            let align = self.explicit_align(align, ty)?;
            rec.fields.push(FieldRec {
                name,
                ty,
                align,
                is_comptime,
                has_default: default.is_some(),
                value: None,
                member: None,
            });
            defaults.push(default);
        }
        self.reified(ContainerKind::Struct, how, rec, defaults)
    }

    fn reify_tuple(&mut self, items: &[ValueId]) -> R<TypeId> {
        let (mut types, mut values) = (Vec::new(), Vec::new());
        for (i, &item) in items.iter().enumerate() {
            let name = self.part_name(item)?;
            let text = self.s.interner.text(name).to_vec();
            let number = std::str::from_utf8(&text).ok().and_then(|t| t.parse::<u32>().ok());
            let ty = self.part_type(item, "type")?;
            match number {
                Some(n) if n as usize == i => {}
                Some(_) => {
                    let text = self.s.text(name);
                    return self.fail(format!("tuple field name '{text}' does not match field index {i}"));
                }
                None => {
                    let text = self.s.text(name);
                    return self.fail(format!("tuple cannot have non-numeric field '{text}'"));
                }
            }
            let align = self.part_int(item, "alignment")?;
            if !align.is_zero() && align.to_u32() != self.natural_align(ty)? {
                return self.fail("tuple fields cannot specify alignment");
            }
            let is_comptime = self.part_bool(item, "is_comptime")?;
            let default = self.part_pointee(item, "default_value_ptr", ty)?;
            match (is_comptime, default) {
                (true, None) => return self.fail("comptime field without default initialization value"),
                (false, Some(_)) => {
                    return self.fail("non-comptime tuple fields cannot specify default initialization value");
                }
                _ => {}
            }
            match self.s.pool.ty(ty) {
                Type::AnyOpaque | Type::Opaque(_) => {
                    return self
                        .fail("opaque types have unknown size and therefore cannot be directly embedded in tuples");
                }
                Type::Noreturn => return self.fail("tuple fields cannot be 'noreturn'"),
                _ => {}
            }
            types.push(ty);
            values.push(default);
        }
        Ok(self.s.pool.tuple_with_values(&types, &values))
    }

    pub(super) fn reify_enum(&mut self, val: ValueId, how: NameStrategy) -> R<TypeId> {
        self.refuse_decls(val, "reified enums must have no decls")?;
        let tag = self.part_type(val, "tag_type")?;
        let Some((signed, bits)) = self.int_info(tag) else {
            return self.fail("Type.Enum.tag_type must be an integer type");
        };
        let exhaustive = self.part_bool(val, "is_exhaustive")?;
        let list = self.part(val, "fields")?;
        let items = self.slice_elems(list)?;
        let mut rec = FieldsRec { tag: Some(tag), non_exhaustive: !exhaustive, ..FieldsRec::default() };
        let mut names = rustc_hash::FxHashSet::default();
        let mut values = rustc_hash::FxHashSet::default();
        for &item in &items {
            let name = self.part_name(item)?;
            let number = self.part_int(item, "value")?;
            let at = self.here();
            if !number.fits(signed, bits) {
                let (n, t) = (self.s.text(name), self.type_name(tag));
                return self.fail(format!(
                    "field '{n}' with enumeration value '{number}' is too large for backing int type '{t}'"
                ));
            }
            if !names.insert(name) {
                let n = self.s.text(name);
                return self
                    .fail_msg(SemaMsg::new(at, format!("duplicate enum field '{n}'")).note(at, "other field here"));
            }
            let value = self.s.pool.int(tag, number.clone());
            if !values.insert(value) {
                return self.fail_msg(
                    SemaMsg::new(at, format!("enum tag value {number} already taken"))
                        .note(at, "other enum tag value here"),
                );
            }
            rec.fields.push(FieldRec {
                name,
                ty: TypeId::VOID,
                align: None,
                is_comptime: false,
                has_default: false,
                value: Some(value),
                member: None,
            });
        }
        if !exhaustive && items.len() > 1 && bits < 32 && items.len() as u64 == 1 << bits {
            return self.fail("non-exhaustive enum specified every value");
        }
        let defaults = vec![None; rec.fields.len()];
        self.reified(ContainerKind::Enum, how, rec, defaults)
    }

    pub(super) fn reify_union(&mut self, val: ValueId, how: NameStrategy) -> R<TypeId> {
        self.refuse_decls(val, "reified unions must have no decls")?;
        let layout = self.part_layout(val)?;
        let tag = self.part_opt_type(val, "tag_type")?;
        match (layout, tag) {
            (ContLayout::Extern, Some(_)) => return self.fail("extern union does not support enum tag type"),
            (ContLayout::Packed, Some(_)) => return self.fail("packed union does not support enum tag type"),
            _ => {}
        }
        let list = self.part(val, "fields")?;
        let items = self.slice_elems(list)?;
        let tags = match tag {
            Some(t) => match self.s.pool.ty(t) {
                Type::Enum(_) | Type::UnionTag(_) => Some((t, self.enum_tags(t)?)),
                _ => return self.fail("Type.Union.tag_type must be an enum type"),
            },
            None => None,
        };
        let mut rec = FieldsRec { layout, tag, tagged: true, ..FieldsRec::default() };
        for &item in &items {
            let name = self.part_name(item)?;
            let ty = self.part_type(item, "type")?;
            if let Some((t, tags)) = &tags
                && !tags.iter().any(|(n, _)| *n == name)
            {
                let (text, n) = (self.s.text(name), self.type_name(*t));
                let at = self.here();
                let msg = SemaMsg::new(at, format!("no field named '{text}' in enum '{n}'"));
                let msg = self.note_enum(msg, *t);
                return self.fail_msg(msg);
            }
            if rec.fields.iter().any(|f| f.name == name) {
                let text = self.s.text(name);
                return self.fail(format!("duplicate union field {text}"));
            }
            // A description of a field that can never be active says 0.
            let align = if ty == TypeId::NORETURN { None } else { Some(self.part_align(item)?) };
            let align = match align {
                Some(a) => self.explicit_align(a, ty)?,
                None => None,
            };
            if matches!(self.s.pool.ty(ty), Type::AnyOpaque | Type::Opaque(_)) {
                return self.fail("opaque types have unknown size and therefore cannot be directly embedded in unions");
            }
            rec.fields.push(FieldRec {
                name,
                ty,
                align,
                is_comptime: false,
                has_default: false,
                value: None,
                member: None,
            });
        }
        let Some((t, tags)) = tags else {
            return self.unsupported(match layout {
                ContLayout::Auto => "an untagged union made by @Type",
                ContLayout::Extern => "an extern union made by @Type",
                ContLayout::Packed => "a packed union made by @Type",
            });
        };
        self.check_all_tags(&rec, t, &tags)?;
        // Zig gives such fields the types of one another.
        if !rec.fields.iter().map(|f| f.name).eq(tags.iter().map(|x| x.0)) {
            return self.unsupported("a union made by @Type whose fields are in another order than those of its tag");
        }
        let defaults = vec![None; rec.fields.len()];
        self.reified(ContainerKind::Union, how, rec, defaults)
    }

    fn check_all_tags(&mut self, rec: &FieldsRec, t: TypeId, tags: &[(Name, ValueId)]) -> R<()> {
        let missing: Vec<Name> =
            tags.iter().map(|x| x.0).filter(|n| !rec.fields.iter().any(|f| f.name == *n)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let at = self.here();
        let mut msg = SemaMsg::new(at, "enum fields missing in union");
        let members = match *self.s.pool.ty(t) {
            Type::Enum(c) | Type::UnionTag(c) => self.fields(c)?,
            _ => return Ok(()),
        };
        for n in missing {
            let text = self.s.text(n);
            let member = members.fields.iter().find(|f| f.name == n).and_then(|f| f.member);
            let place = member.map_or(at, |m| self.member_place(m));
            msg = msg.note(place, format!("field '{text}' missing, declared here"));
        }
        let msg = self.note_enum(msg, t);
        self.fail_msg(msg)
    }

    fn note_enum(&self, msg: SemaMsg, t: TypeId) -> SemaMsg {
        let place = match *self.s.pool.ty(t) {
            Type::Enum(c) | Type::UnionTag(c) => self.cont_place(c),
            _ => None,
        };
        match place {
            Some(p) => msg.note(p, "enum declared here"),
            None => msg,
        }
    }

    pub(super) fn reify_opaque(&mut self, val: ValueId, how: NameStrategy) -> R<TypeId> {
        self.refuse_decls(val, "reified opaque must have no decls")?;
        self.reified(ContainerKind::Opaque, how, FieldsRec::default(), Vec::new())
    }

    // ---- identity

    /// The type with these contents at the place at hand.
    fn reified(&mut self, kind: ContainerKind, how: NameStrategy, rec: FieldsRec, defaults: Defaults) -> R<TypeId> {
        let member = self.frame().member;
        let content = self.reified_key(kind, &rec, &defaults);
        let key = ContKey {
            site: self.s.member(member).site,
            parent: None,
            captures: Arc::from([]),
            arg: None,
            reified: Some(content),
        };
        let number = if how == NameStrategy::Anon { digits(Canon::new(self.s).value(content)) } else { 0 };
        let name = self.container_name(how, kind, number);
        let c = match self.s.cont_ids.get(&key) {
            Some(&c) => c,
            None => self.s.reified_cont(key, kind, name.clone()),
        };
        self.name_container(c, how, name, &[]);
        // A type of equal content that is made elsewhere is another type.
        let src = self.here();
        self.s.touched(Item::Cont(c));
        self.s.made_up_places.insert(c, src);
        self.s.made_up.entry(c).or_insert_with(|| (rec, defaults.into()));
        Ok(self.s.cont(c).ty)
    }

    /// What distinguishes a type: where it is made, and its contents.
    fn reified_key(&mut self, kind: ContainerKind, rec: &FieldsRec, defaults: &[Option<ValueId>]) -> ValueId {
        let member = self.frame().member;
        let nth = self.nth_inst(|i| matches!(i, Inst::Reify { .. }));
        let flags = rec.layout as u64 * 2 + u64::from(rec.non_exhaustive);
        let mut content = Vec::with_capacity(5 + rec.fields.len() * 6);
        for n in [u64::from(member.0), nth as u64, kind as u64, flags] {
            content.push(self.s.pool.usize(n));
        }
        content.push(rec.tag.map_or(ValueId::NULL, |t| self.s.pool.type_value(t)));
        for (i, f) in rec.fields.iter().enumerate() {
            content.push(self.s.pool.enum_literal(f.name));
            content.push(self.s.pool.type_value(f.ty));
            content.push(f.align.map_or(ValueId::NULL, |a| self.s.pool.usize(u64::from(a))));
            content.push(self.s.pool.bool(f.is_comptime));
            content.push(f.value.unwrap_or(ValueId::NULL));
            // `null` itself may be the default.
            let default = defaults.get(i).copied().flatten();
            content.push(self.s.pool.bool(default.is_some()));
            content.push(default.unwrap_or(ValueId::NULL));
        }
        let tys: Vec<TypeId> = content.iter().map(|&v| self.s.pool.type_of(v)).collect();
        let ty = self.s.pool.tuple(&tys);
        self.s.pool.intern(Value::Aggregate { ty, shape: REIFIED_SHAPE, elems: content.into() })
    }
}

impl crate::state::Sema {
    /// A container instance that no text declares.
    fn reified_cont(&mut self, key: ContKey, kind: ContainerKind, name: String) -> ContId {
        let held = ContKey { site: self.empty_site, ..key.clone() };
        self.add_cont(key, held, kind, name, self.instance_depth + 1)
    }
}
