//! Descriptions of structs, tuples, enums and unions, and of the declarations in them.

use syntax::{MemberKind, Name};

use crate::analyze::An;
use crate::pool::{ContId, Type, TypeId, ValueId};
use crate::unit::{ContLayout, R, Src};

/// What is said of one field of a struct or tuple.
struct Described {
    name: Name,
    ty: TypeId,
    default: Option<ValueId>,
    is_comptime: bool,
    align: Option<u32>,
}

impl An<'_> {
    /// The `pub` declarations of a container as its description's `decls`.
    pub(super) fn decls_info(&mut self, out: TypeId, c: Option<ContId>) -> R<ValueId> {
        let slice_ty = self.field_type(out, "decls")?;
        let elem_ty = self.slice_part(slice_ty)?;
        let mut names = Vec::new();
        if let Some(c) = c {
            let site = self.s.cont(c).key.site;
            self.dep(Src::Names(site));
            for (&name, &m) in &self.s.site(site).decls {
                let member = self.s.member(m);
                if member.is_pub && matches!(member.kind, MemberKind::Const | MemberKind::Var | MemberKind::Fn) {
                    names.push(name);
                }
            }
        }
        let mut elems = Vec::with_capacity(names.len());
        for n in names {
            let name = self.name_field(elem_ty, "name", n)?;
            elems.push(self.struct_value(elem_ty, &[("name", name)])?);
        }
        self.slice_value(slice_ty, &elems)
    }

    fn layout_field(&mut self, out: TypeId, layout: ContLayout) -> R<ValueId> {
        let t = self.field_type(out, "layout")?;
        self.enum_value(
            t,
            match layout {
                ContLayout::Auto => "auto",
                ContLayout::Extern => "extern",
                ContLayout::Packed => "packed",
            },
        )
    }

    fn struct_fields_info(&mut self, out: TypeId, fields: &[Described]) -> R<ValueId> {
        let slice_ty = self.field_type(out, "fields")?;
        let elem_ty = self.slice_part(slice_ty)?;
        let mut elems = Vec::with_capacity(fields.len());
        for f in fields {
            let name = self.name_field(elem_ty, "name", f.name)?;
            let ty = self.s.pool.type_value(f.ty);
            let default = self.untyped_ptr_field(elem_ty, "default_value_ptr", f.default)?;
            let is_comptime = self.s.pool.bool(f.is_comptime);
            let alignment = self.align_field(elem_ty, f.align)?;
            elems.push(self.struct_value(
                elem_ty,
                &[
                    ("name", name),
                    ("type", ty),
                    ("default_value_ptr", default),
                    ("is_comptime", is_comptime),
                    ("alignment", alignment),
                ],
            )?);
        }
        self.slice_value(slice_ty, &elems)
    }

    pub(super) fn tuple_info(&mut self, out: TypeId, types: &[TypeId], values: &[Option<ValueId>]) -> R<ValueId> {
        let mut fields = Vec::with_capacity(types.len());
        for (i, &ty) in types.iter().enumerate() {
            let default = values.get(i).copied().flatten();
            let name = self.s.interner.intern(i.to_string().as_bytes());
            let align = Some(self.layout(ty)?.align);
            fields.push(Described { name, ty, default, is_comptime: default.is_some(), align });
        }
        self.any_struct_info(out, None, ContLayout::Auto, None, &fields, true)
    }

    pub(super) fn struct_info(&mut self, out: TypeId, c: ContId) -> R<ValueId> {
        // Real Zig has the layout known before it describes a container, so that one whose layout needs its
        // description depends on itself, wherever analysis comes upon it first.
        self.cont_layout(c)?;
        let rec = self.fields(c)?;
        let defaults =
            if rec.fields.iter().any(|f| f.has_default || f.is_comptime) { Some(self.defaults(c)?) } else { None };
        let packed = rec.layout == ContLayout::Packed;
        let mut fields = Vec::with_capacity(rec.fields.len());
        for (i, f) in rec.fields.iter().enumerate() {
            let align = match f.align {
                _ if packed => Some(0),
                Some(a) => Some(a),
                None => Some(self.layout(f.ty)?.align),
            };
            let default = defaults.as_ref().and_then(|d| d.get(i).copied().flatten());
            fields.push(Described { name: f.name, ty: f.ty, default, is_comptime: f.is_comptime, align });
        }
        let backing = match (packed, rec.tag) {
            (false, _) => None,
            (true, Some(t)) => Some(t),
            (true, None) => {
                let mut bits = 0;
                for f in &rec.fields {
                    bits += self.bit_size(f.ty)?;
                }
                Some(self.s.pool.int_type(false, u16::try_from(bits).unwrap_or(u16::MAX)))
            }
        };
        self.any_struct_info(out, Some(c), rec.layout, backing, &fields, rec.is_tuple)
    }

    fn any_struct_info(
        &mut self,
        out: TypeId,
        c: Option<ContId>,
        layout: ContLayout,
        backing: Option<TypeId>,
        fields: &[Described],
        is_tuple: bool,
    ) -> R<ValueId> {
        let layout = self.layout_field(out, layout)?;
        let backing = self.opt_type_field(out, "backing_integer", backing)?;
        let fields = self.struct_fields_info(out, fields)?;
        let decls = self.decls_info(out, c)?;
        let is_tuple = self.s.pool.bool(is_tuple);
        self.struct_value(
            out,
            &[
                ("layout", layout),
                ("backing_integer", backing),
                ("fields", fields),
                ("decls", decls),
                ("is_tuple", is_tuple),
            ],
        )
    }

    pub(super) fn enum_info(&mut self, out: TypeId, ty: TypeId) -> R<ValueId> {
        let int_ty = self.enum_int_type(ty)?;
        let (cont, exhaustive) = match *self.s.pool.ty(ty) {
            Type::Enum(c) => (Some(c), !self.fields(c)?.non_exhaustive),
            _ => (None, true),
        };
        let slice_ty = self.field_type(out, "fields")?;
        let elem_ty = self.slice_part(slice_ty)?;
        let value_ty = self.field_type(elem_ty, "value")?;
        let mut elems = Vec::new();
        for (n, tag) in self.enum_tags(ty)? {
            let name = self.name_field(elem_ty, "name", n)?;
            let Some(i) = self.int_of(tag) else { return self.fail("internal error: a tag without a number") };
            let value = self.s.pool.int(value_ty, i);
            elems.push(self.struct_value(elem_ty, &[("name", name), ("value", value)])?);
        }
        let fields = self.slice_value(slice_ty, &elems)?;
        let decls = self.decls_info(out, cont)?;
        let tag_type = self.s.pool.type_value(int_ty);
        let exhaustive = self.s.pool.bool(exhaustive);
        self.struct_value(
            out,
            &[("tag_type", tag_type), ("fields", fields), ("decls", decls), ("is_exhaustive", exhaustive)],
        )
    }

    pub(super) fn union_info(&mut self, out: TypeId, c: ContId) -> R<ValueId> {
        self.cont_layout(c)?;
        let rec = self.fields(c)?;
        let slice_ty = self.field_type(out, "fields")?;
        let elem_ty = self.slice_part(slice_ty)?;
        let mut elems = Vec::with_capacity(rec.fields.len());
        for f in &rec.fields {
            let align = match f.align {
                _ if rec.layout == ContLayout::Packed || f.ty == TypeId::NORETURN => Some(0),
                Some(a) => Some(a),
                None => Some(self.layout(f.ty)?.align),
            };
            let name = self.name_field(elem_ty, "name", f.name)?;
            let ty = self.s.pool.type_value(f.ty);
            let alignment = self.align_field(elem_ty, align)?;
            elems.push(self.struct_value(elem_ty, &[("name", name), ("type", ty), ("alignment", alignment)])?);
        }
        let fields = self.slice_value(slice_ty, &elems)?;
        let layout = self.layout_field(out, rec.layout)?;
        let tag_type = self.opt_type_field(out, "tag_type", rec.tag.filter(|_| rec.tagged))?;
        let decls = self.decls_info(out, Some(c))?;
        self.struct_value(out, &[("layout", layout), ("tag_type", tag_type), ("fields", fields), ("decls", decls)])
    }
}
