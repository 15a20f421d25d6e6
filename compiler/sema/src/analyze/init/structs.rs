//! `T{ .a = … }` and `.{ .a = … }`.

use ir::{Body, FieldInits, Inst, Ref};
use syntax::ast::{Node, PtrSize};
use syntax::{Name, Tok};

use crate::analyze::{An, Opv};
use crate::collect::Item;
use crate::msg::{Place, SemaMsg};
use crate::pool::{Type, TypeId, ValueId};
use crate::unit::R;

/// A struct's or tuple's field, as initialisers see it.
struct Slot {
    ty: TypeId,
    align: Option<u32>,
    /// Value if nothing is said.
    default: Option<ValueId>,
    is_comptime: bool,
    /// None in tuples.
    name: Option<Name>,
}

impl An<'_> {
    /// Where the value of the field whose name stands at `tok` stands.
    fn init_value_place(&self, tok: Tok) -> Place {
        self.here_sel(|n| match n {
            Node::StructInit { names, values, .. } => {
                names.iter().position(|&t| t == tok).and_then(|i| values.get(i).copied())
            }
            _ => None,
        })
    }

    /// `Inst::StructInitEmpty`
    pub fn struct_init_empty(&mut self, ty: Ref) -> R<Opv> {
        let src = self.here();
        let place = self.init_type_place();
        let v = self.op(ty)?;
        let t = self.expect_type(v, place)?;
        if t == TypeId::VOID {
            return Ok(Opv::C(ValueId::VOID));
        }
        self.empty_of(t, src)
    }

    /// Where the type of the initialiser at hand stands.
    pub(super) fn init_type_place(&self) -> Place {
        self.here_sel(|n| match n {
            Node::StructInit { ty, .. } | Node::ArrayInit { ty, .. } => *ty,
            _ => None,
        })
    }

    /// `Inst::StructInitEmptyResult`, `Inst::StructInitEmptyRefResult`
    pub fn struct_init_empty_result(&mut self, ty: Ref, by_ref: bool) -> R<Opv> {
        let src = self.here();
        let t = match ty.some() {
            Some(r) => self.type_or_generic(r, src)?,
            None => None,
        };
        let Some(t) = t else {
            let v = Opv::C(ValueId::EMPTY_TUPLE);
            return if by_ref { self.ref_value(v) } else { Ok(v) };
        };
        let wanted = if by_ref {
            let base = self.opt_eu_base(t);
            match self.s.pool.ptr_info(base) {
                Some(p) if matches!(p.size, PtrSize::Slice | PtrSize::Many) => {
                    self.s.pool.array(0, p.child, p.sentinel)
                }
                Some(p) if p.child == TypeId::ANYOPAQUE => TypeId::EMPTY_TUPLE,
                Some(p) => p.child,
                None => return self.fail("internal error: not a pointer type"),
            }
        } else {
            t
        };
        let base = self.opt_eu_base(wanted);
        let v = self.empty_of(base, src)?;
        self.finish_init(wanted, v, by_ref, src)
    }

    /// `T{}`
    fn empty_of(&mut self, ty: TypeId, src: Place) -> R<Opv> {
        match *self.s.pool.ty(ty) {
            Type::Struct(_) | Type::Tuple { .. } => {
                let slots = self.init_slots(ty)?;
                let found = slots.iter().map(|_| None).collect();
                self.finish_struct(ty, &slots, found, src)
            }
            Type::Array { len: 0, .. } => Ok(Opv::C(self.s.pool.aggregate(ty, 0, &[]))),
            Type::Array { len, .. } => self.fail_at(src, format!("expected {len} array elements; found 0")),
            Type::Vector { len, .. } => self.fail_at(src, format!("expected {len} vector elements; found 0")),
            Type::Union(_) => self.fail_at(src, "union initializer must initialize one field"),
            _ => self.no_array_init(ty, src),
        }
    }

    /// The fields to initialise, with their defaults.
    fn init_slots(&mut self, ty: TypeId) -> R<Vec<Slot>> {
        let mut defaults = None;
        if let Type::Struct(c) = *self.s.pool.ty(ty)
            && self.fields(c)?.fields.iter().any(|x| x.has_default)
        {
            defaults = Some(self.defaults(c)?);
        }
        self.slots(ty, defaults.as_deref())
    }

    /// The fields to initialise, without the defaults of a struct: as long as each field is given
    /// through a pointer to it, nobody asks for those.
    fn bare_slots(&mut self, ty: TypeId) -> R<Vec<Slot>> {
        self.slots(ty, None)
    }

    fn slots(&mut self, ty: TypeId, defaults: Option<&[Option<ValueId>]>) -> R<Vec<Slot>> {
        Ok(match self.s.pool.ty(ty).clone() {
            Type::Tuple { types, values } => types
                .iter()
                .enumerate()
                .map(|(i, &ty)| {
                    let default = values.get(i).copied().flatten();
                    Slot { ty, align: None, default, is_comptime: default.is_some(), name: None }
                })
                .collect(),
            Type::Struct(c) => {
                let f = self.fields(c)?;
                if f.layout == crate::unit::ContLayout::Packed {
                    return self.unsupported("packed structs");
                }
                f.fields
                    .iter()
                    .enumerate()
                    .map(|(i, x)| Slot {
                        ty: x.ty,
                        align: x.align,
                        default: defaults.and_then(|d| d.get(i).copied().flatten()),
                        is_comptime: x.is_comptime,
                        name: (!f.is_tuple).then_some(x.name),
                    })
                    .collect()
            }
            _ => return self.fail("internal error: not a struct"),
        })
    }

    /// Complains about fields that have no value.
    fn missing_fields(&mut self, ty: TypeId, slots: &[Slot], missing: &[usize], src: Place) -> R<()> {
        let mut msg: Option<SemaMsg> = None;
        let mut named = false;
        for &i in missing {
            let text = match slots.get(i).and_then(|s| s.name) {
                Some(n) => {
                    named = true;
                    format!("missing struct field: {}", self.s.text(n))
                }
                None => format!("missing tuple field with index {i}"),
            };
            msg = Some(match msg {
                None => SemaMsg::new(src, text),
                Some(m) => m.note(src, text),
            });
        }
        match msg {
            Some(m) => {
                let m = if named { self.note_type_declared(m, ty) } else { m };
                self.fail_msg(m)
            }
            None => Ok(()),
        }
    }

    fn finish_struct(&mut self, ty: TypeId, slots: &[Slot], found: Vec<Option<(Opv, Place)>>, src: Place) -> R<Opv> {
        let mut parts = Vec::with_capacity(slots.len());
        let mut places = Vec::with_capacity(slots.len());
        let mut missing = Vec::new();
        for (i, s) in slots.iter().enumerate() {
            let (v, at) = match (found.get(i).copied().flatten(), s.default) {
                (Some(x), _) => x,
                (None, Some(d)) => (Opv::C(d), src),
                (None, None) => {
                    missing.push(i);
                    continue;
                }
            };
            parts.push(v);
            places.push(at);
        }
        self.missing_fields(ty, slots, &missing, src)?;
        self.aggregate_of(ty, parts, src, &places)
    }

    /// `Inst::StructInit`
    pub fn struct_init(&mut self, by_ref: bool, ty: Ref, fields: FieldInits) -> R<Opv> {
        let src = self.here();
        let Some(result) = self.type_or_generic(ty, src)? else {
            let v = self.struct_init_anon(fields)?;
            return if by_ref { self.init_ref(v) } else { Ok(v) };
        };
        let base = self.opt_eu_base(result);
        if let Type::Struct(c) | Type::Union(c) = *self.s.pool.ty(base) {
            // First of all, so that a loop through it is reported where real Zig does.
            self.cont_layout(c)?;
        }
        let ir = self.frame().ir.clone();
        let inits: Vec<(Name, Tok, Ref)> = ir.field_inits(fields).collect();
        let v = match self.s.pool.ty(base).clone() {
            Type::Union(c) => {
                let &[(name, tok, value)] = &inits[..] else {
                    return self.fail_at(src, "union initialization expects exactly one field");
                };
                let name_place = self.at_tok(tok);
                let Some((index, _)) = self.find_field(c, name)? else { return self.no_field(base, name, name_place) };
                let v = self.op(value)?;
                self.make_union(base, index, v, name_place, src)?
            }
            Type::Struct(_) | Type::Tuple { .. } => self.struct_of(base, &inits, src)?,
            _ => return self.no_struct_init(base, src),
        };
        self.finish_init(result, v, by_ref, src)
    }

    fn struct_of(&mut self, ty: TypeId, inits: &[(Name, Tok, Ref)], src: Place) -> R<Opv> {
        let slots = self.init_slots(ty)?;
        let mut found: Vec<Option<(Opv, Place)>> = slots.iter().map(|_| None).collect();
        for &(name, tok, value) in inits {
            let name_place = self.at_tok(tok);
            let i = self.slot_index(ty, &slots, name, name_place)?;
            let Some(s) = slots.get(i) else { continue };
            let v = self.op(value)?;
            let v = self.coerce(s.ty, v, name_place)?;
            if s.is_comptime
                && let Some(d) = s.default
            {
                self.store_comptime_field(d, v, name_place)?;
            }
            if let Some(slot) = found.get_mut(i) {
                *slot = Some((v, name_place));
            }
        }
        self.finish_struct(ty, &slots, found, src)
    }

    fn slot_index(&mut self, ty: TypeId, slots: &[Slot], name: Name, name_place: Place) -> R<usize> {
        let is_tuple = match *self.s.pool.ty(ty) {
            Type::Struct(c) => self.fields(c)?.is_tuple,
            _ => true,
        };
        if is_tuple {
            return Ok(self.tuple_index(ty, slots.len(), name, name_place)? as usize);
        }
        match slots.iter().position(|s| s.name == Some(name)) {
            Some(i) => Ok(i),
            None => self.no_field(ty, name, name_place),
        }
    }

    /// `Inst::StructInitAnon`: what is known becomes a comptime field.
    pub fn struct_init_anon(&mut self, fields: FieldInits) -> R<Opv> {
        let src = self.here();
        let ir = self.frame().ir.clone();
        let (mut names, mut types, mut values, mut parts, mut places) = (vec![], vec![], vec![], vec![], vec![]);
        for (name, tok, value) in ir.field_inits(fields) {
            let v = self.op(value)?;
            let t = self.ty_of(v);
            let at = self.init_value_place(tok);
            if t == TypeId::NORETURN {
                return self.fail_at(at, "struct fields cannot be 'noreturn'");
            }
            if matches!(self.s.pool.ty(t), Type::Opaque(_) | Type::AnyOpaque) {
                let msg = SemaMsg::new(
                    at,
                    "opaque types have unknown size and therefore cannot be directly embedded in structs",
                );
                let msg = self.note_type_declared(msg, t);
                return self.fail_msg(msg);
            }
            names.push(name);
            types.push(t);
            values.push(self.known(v));
            parts.push(v);
            places.push(at);
        }
        let ty = self.anon_struct(&names, &types, &values)?;
        if let Type::Struct(c) = *self.s.pool.ty(ty) {
            self.s.made_up_places.insert(c, src);
            self.s.touched(Item::Cont(c));
        }
        self.aggregate_of(ty, parts, src, &places)
    }

    /// `Inst::ValidateStructInitTy`, `Inst::ValidateStructInitResultTy`
    pub fn validate_struct_init_ty(&mut self, ty: Ref, is_result: bool) -> R<()> {
        let src = self.here();
        let Some(t) = self.type_or_generic(ty, src)? else { return Ok(()) };
        let base = if is_result { self.opt_eu_base(t) } else { t };
        match self.s.pool.ty(base) {
            Type::Struct(_) | Type::Tuple { .. } | Type::Union(_) => Ok(()),
            _ => self.no_struct_init(base, src),
        }
    }

    /// `Inst::StructInitFieldType`
    pub fn struct_init_field_type(&mut self, ty: Ref, name: Name, tok: Tok) -> R<Opv> {
        let src = self.here();
        let Some(t) = self.type_or_generic(ty, src)? else { return Ok(Opv::C(ValueId::GENERIC)) };
        let name_place = self.at_tok(tok);
        let t = self.init_field_type(t, name, name_place, src)?;
        Ok(self.ty_op(t))
    }

    /// `Inst::StructInitFieldPtr`
    pub fn struct_init_field_ptr(&mut self, ptr: Ref, name: Name, tok: Tok) -> R<Opv> {
        let p = self.op(ptr)?;
        let src = self.here();
        let name_place = self.at_tok(tok);
        let ty = self.ty_of(p);
        let child = self.s.pool.child_of(ty).unwrap_or(TypeId::VOID);
        match self.s.pool.ty(child) {
            Type::Struct(_) | Type::Tuple { .. } => {
                let slots = self.bare_slots(child)?;
                let i = self.slot_index(child, &slots, name, name_place)?;
                let align = slots.get(i).and_then(|s| s.align);
                self.field_ptr_index(p, i as u32, align)
            }
            &Type::Union(c) => {
                let part = self.union_field_ptr(p, name, src, name_place, true)?;
                self.activate_field(p, c, name)?;
                Ok(part)
            }
            _ => self.no_struct_init(child, src),
        }
    }

    /// `Inst::ValidatePtrStructInit`
    pub fn validate_ptr_struct_init(&mut self, list: Body) -> R<()> {
        let src = self.here();
        let ir = self.frame().ir.clone();
        let mut inits = Vec::new();
        let mut object = None;
        for i in ir.body(list) {
            if let Inst::StructInitFieldPtr { ptr, name, tok } = ir.inst(i) {
                object = Some(ptr);
                inits.push((name, tok));
            }
        }
        let Some(object) = object else { return Ok(()) };
        let p = self.op(object)?;
        let ty = self.ty_of(p);
        let child = self.s.pool.child_of(ty).unwrap_or(TypeId::VOID);
        if let Type::Union(c) = *self.s.pool.ty(child) {
            return self.validate_union_init(p, child, c, &inits, src);
        }
        let slots = self.bare_slots(child)?;
        let mut given = vec![false; slots.len()];
        for (name, tok) in inits {
            let name_place = self.at_tok(tok);
            let i = self.slot_index(child, &slots, name, name_place)?;
            if let Some(g) = given.get_mut(i) {
                *g = true;
            }
        }
        let slots = if given.contains(&false) { self.init_slots(child)? } else { slots };
        self.store_defaults(p, child, &slots, &given, src)
    }

    fn store_defaults(&mut self, p: Opv, ty: TypeId, slots: &[Slot], given: &[bool], src: Place) -> R<()> {
        let left = |i: usize| !given.get(i).copied().unwrap_or(false);
        let missing: Vec<usize> =
            slots.iter().enumerate().filter(|&(i, s)| left(i) && s.default.is_none()).map(|(i, _)| i).collect();
        self.missing_fields(ty, slots, &missing, src)?;
        for (i, s) in slots.iter().enumerate() {
            if let Some(d) = s.default
                && left(i)
                && !s.is_comptime
            {
                let field = self.field_ptr_index(p, i as u32, s.align)?;
                self.store_to(field, Opv::C(d), src)?;
            }
        }
        Ok(())
    }

    /// Stores the defaults of a tuple of which the first `count` fields were initialised.
    pub(super) fn finish_tuple_ptr(&mut self, p: Opv, ty: TypeId, count: usize, src: Place) -> R<()> {
        let slots = self.init_slots(ty)?;
        let given: Vec<bool> = (0..slots.len()).map(|i| i < count).collect();
        self.store_defaults(p, ty, &slots, &given, src)
    }

    /// A tuple of its first fields; the others have defaults.
    pub(super) fn tuple_of(&mut self, ty: TypeId, given: Vec<(Opv, Place)>, src: Place) -> R<Opv> {
        let slots = self.init_slots(ty)?;
        let mut found = Vec::with_capacity(slots.len());
        for (i, (v, at)) in given.into_iter().enumerate() {
            let Some(s) = slots.get(i) else {
                return self.fail_at(at, format!("index {i} outside tuple of length {}", slots.len()));
            };
            let v = self.coerce(s.ty, v, at)?;
            if s.is_comptime
                && let Some(d) = s.default
            {
                self.store_comptime_field(d, v, at)?;
            }
            found.push(Some((v, at)));
        }
        self.finish_struct(ty, &slots, found, src)
    }
}
