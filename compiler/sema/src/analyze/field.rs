//! `x.name`: parts of values, the length and pointer of slices and arrays, and what namespaces
//! hold. The value forms stand here, the address forms in [`pointer`], messages in [`message`].

use ir::{ComptimeReason, Ref};
use syntax::Name;
use syntax::ast::{Node, PtrSize};

use super::comptime_mem::Step;
use super::{An, Opv};
use crate::msg::{Place, SemaMsg};
use crate::pool::{ContId, PtrType, Type, TypeId, Value, ValueId};
use crate::unit::{FieldRec, R};

mod message;
pub(super) mod pointer;

impl An<'_> {
    /// `Inst::FieldVal`, `Inst::FieldValNamed`
    pub fn field_val_inst(&mut self, lhs: Ref, name: Name) -> R<Opv> {
        let v = self.op(lhs)?;
        let (src, name_place) = (self.here(), self.member_name_place());
        self.field_val_at(v, name, src, name_place)
    }

    /// `Inst::FieldPtr`, `Inst::FieldPtrNamed`
    pub fn field_ptr_inst(&mut self, ptr: Ref, name: Name) -> R<Opv> {
        let p = self.op(ptr)?;
        let (src, name_place) = (self.here(), self.member_name_place());
        self.field_ptr(p, name, src, name_place)
    }

    /// Where the name stands in the access at hand.
    pub fn member_name_place(&self) -> Place {
        let f = self.frame();
        match f.ast.node(self.node()) {
            Node::FieldAccess { name, .. } => self.at_tok(name),
            Node::BuiltinCall { args, .. } => args.get(1).map_or_else(|| self.here(), |&n| self.at(n)),
            _ => self.here(),
        }
    }

    /// The comptime string that names a field.
    pub fn comptime_name(&mut self, r: Ref, reason: ComptimeReason) -> R<Name> {
        let v = self.op(r)?;
        let place = self.arg_place(1);
        self.comptime_name_of(v, place, reason)
    }

    /// See [`An::comptime_name`].
    pub fn comptime_name_of(&mut self, v: Opv, place: Place, reason: ComptimeReason) -> R<Name> {
        let v = self.coerce(TypeId::SLICE_CONST_U8, v, place)?;
        let v = self.need_comptime(v, place, reason)?;
        if self.is_undef(v) {
            return self.fail_at(place, "use of undefined value here causes illegal behavior");
        }
        let Some(elems) = self.known_slice_elems(v)? else {
            return self
                .need_comptime(Opv::None, place, reason)
                .and_then(|_| self.fail("internal error: a name without text"));
        };
        let mut bytes = Vec::with_capacity(elems.len());
        for e in elems {
            match self.int_of(e).and_then(|i| i.to_u64()) {
                Some(b) => bytes.push(b as u8),
                None => return self.fail_at(place, "use of undefined value here causes illegal behavior"),
            }
        }
        Ok(self.s.interner.intern(&bytes))
    }

    /// The field of a struct, union or enum of that name.
    pub fn find_field(&mut self, c: ContId, name: Name) -> R<Option<(u32, FieldRec)>> {
        let f = self.fields(c)?;
        Ok(f.fields.iter().position(|x| x.name == name).and_then(|i| f.fields.get(i).map(|x| (i as u32, x.clone()))))
    }

    /// `lhs.name` with one place for everything.
    pub fn field_val(&mut self, lhs: Opv, name: Name, place: Place) -> R<Opv> {
        let v = self.field_val_at(lhs, name, place, place)?;
        self.owned(v)
    }

    /// `ptr.*.name`.
    pub fn field_val_by_ptr(&mut self, ptr: Opv, name: Name, place: Place) -> R<Opv> {
        let p = self.field_ptr(ptr, name, place, place)?;
        self.load(p, place, false)
    }

    /// `lhs.name`; `lhs` may be a pointer to what has the field. An aggregate is borrowed, see
    /// [`An::own_part`].
    pub fn field_val_at(&mut self, lhs: Opv, name: Name, src: Place, name_place: Place) -> R<Opv> {
        let ty = self.ty_of(lhs);
        let (by_ptr, inner) = match self.s.pool.ptr_info(ty) {
            Some(p) if p.size == PtrSize::One => (true, p.child),
            _ => (false, ty),
        };
        let (len, ptr) = (self.s.names.len, self.s.names.ptr);
        match self.s.pool.ty(inner).clone() {
            Type::Array { len: n, child, sentinel } => {
                if name == len {
                    return Ok(self.usize_op(n));
                }
                if by_ptr
                    && name == ptr
                    && let Some(info) = self.s.pool.ptr_info(ty)
                {
                    let many = self.s.pool.ptr_type(PtrType { size: PtrSize::Many, child, sentinel, ..info });
                    return self.retype_ptr(lhs, many);
                }
                self.no_member(ty, name, name_place)
            }
            Type::Ptr(p) if p.size == PtrSize::Slice => {
                if name != len && name != ptr {
                    return self.no_member(ty, name, name_place);
                }
                let v = if by_ptr { self.load(lhs, src, true)? } else { lhs };
                if self.known(v).is_none() {
                    self.require_runtime(src, None)?;
                }
                let (p, l) = self.slice_parts(v)?;
                Ok(if name == ptr { p } else { l })
            }
            Type::Type => {
                let v = if by_ptr { self.load(lhs, src, true)? } else { lhs };
                let t = self.expect_type(v, src)?;
                match self.type_member(t, name, src, src, name_place)? {
                    Member::Decl(d) => self.load_decl(d),
                    Member::Value(v) => Ok(Opv::C(v)),
                }
            }
            Type::Struct(_) | Type::Tuple { .. } => {
                if by_ptr {
                    let p = self.struct_field_ptr(lhs, name, name_place)?;
                    return self.load_part(p, src);
                }
                self.struct_field_val(lhs, name, src, name_place)
            }
            Type::Union(_) => {
                if by_ptr {
                    let p = self.union_field_ptr(lhs, name, src, name_place, false)?;
                    return self.load_part(p, src);
                }
                self.union_field_val(lhs, name, src, name_place)
            }
            _ => self.no_field_access(ty, name, src),
        }
    }

    fn struct_field_val(&mut self, v: Opv, name: Name, src: Place, name_place: Place) -> R<Opv> {
        let ty = self.ty_of(v);
        let part = self.struct_part(ty, name, name_place)?;
        match part {
            Part::Len(n) => Ok(self.usize_op(n)),
            Part::Field { index, .. } => self.field_val_index(v, index, src),
        }
    }

    /// Field `index` of a struct or tuple value.
    pub fn field_val_index(&mut self, v: Opv, index: u32, src: Place) -> R<Opv> {
        let ty = self.ty_of(v);
        if let Some(fixed) = self.comptime_field(ty, index)? {
            return Ok(Opv::C(fixed));
        }
        let step = Step::Field(index);
        match v {
            Opv::C(c) => match self.value_step(c, step)? {
                Some(x) => Ok(Opv::C(x)),
                None => self.fail_at(src, "internal error: a value without this field"),
            },
            _ => {
                let field_ty = self.step_type(ty, step)?;
                if let Some(only) = self.opv(field_ty)? {
                    return Ok(Opv::C(only));
                }
                if let Some(u) = self.unknown_at_comptime(field_ty) {
                    return Ok(u);
                }
                let offset = self.step_offset(ty, step)?;
                let rt = self.to_rt(v)?;
                Ok(Opv::R(self.part_of(rt, offset as u32, field_ty)?))
            }
        }
    }

    /// The value of a comptime field.
    pub fn comptime_field(&mut self, ty: TypeId, index: u32) -> R<Option<ValueId>> {
        Ok(match self.s.pool.ty(ty).clone() {
            Type::Tuple { values, .. } => values.get(index as usize).copied().flatten(),
            Type::Struct(c) => {
                let f = self.fields(c)?;
                match f.fields.get(index as usize) {
                    Some(field) if field.is_comptime => self.defaults(c)?.get(index as usize).copied().flatten(),
                    _ => None,
                }
            }
            _ => None,
        })
    }

    /// What a name stands for in a struct or tuple type.
    fn struct_part(&mut self, ty: TypeId, name: Name, name_place: Place) -> R<Part> {
        match self.s.pool.ty(ty).clone() {
            Type::Tuple { types, .. } => self.tuple_part_of(ty, types.len(), name, name_place),
            Type::Struct(c) => {
                let f = self.fields(c)?;
                if f.is_tuple {
                    return self.tuple_part_of(ty, f.fields.len(), name, name_place);
                }
                match f.fields.iter().position(|x| x.name == name) {
                    Some(i) => Ok(Part::Field { index: i as u32, align: f.fields.get(i).and_then(|x| x.align) }),
                    None => self.no_field(ty, name, name_place),
                }
            }
            _ => self.fail("internal error: not a struct"),
        }
    }

    fn tuple_part_of(&mut self, ty: TypeId, len: usize, name: Name, name_place: Place) -> R<Part> {
        if name == self.s.names.len {
            return Ok(Part::Len(len as u64));
        }
        Ok(Part::Field { index: self.tuple_index(ty, len, name, name_place)?, align: None })
    }

    /// The place of a tuple's field of that name (`@"0"`).
    pub fn tuple_index(&mut self, ty: TypeId, len: usize, name: Name, name_place: Place) -> R<u32> {
        let text = self.s.text(name);
        match decimal(text.as_bytes()) {
            Some(i) if (i as usize) < len => Ok(i),
            Some(_) => {
                let n = self.type_name(ty);
                self.fail_at(name_place, format!("index '{text}' out of bounds of tuple '{n}'"))
            }
            None => self.no_field(ty, name, name_place),
        }
    }

    /// A field of a union value: checks that it is the active one.
    pub fn union_field_val(&mut self, v: Opv, name: Name, src: Place, name_place: Place) -> R<Opv> {
        let ty = self.ty_of(v);
        let Type::Union(c) = *self.s.pool.ty(ty) else { return self.fail("internal error: not a union") };
        let Some((index, field)) = self.find_field(c, name)? else { return self.no_field(ty, name, name_place) };
        if let Opv::C(u) = v {
            if self.is_undef(u) {
                return Ok(Opv::C(self.s.pool.undef(field.ty)));
            }
            self.check_active_known(ty, u, index, src)?;
            return match self.value_step(u, Step::Field(index))? {
                Some(x) => Ok(Opv::C(x)),
                None => self.fail_at(src, "internal error: a union without a value"),
            };
        }
        if let Some(u) = self.unknown_at_comptime(field.ty) {
            return Ok(u);
        }
        let rt = self.to_rt(v)?;
        let at = self.spill(rt)?;
        self.check_active(at, c, index)?;
        self.union_payload(Opv::R(rt), index)
    }

    /// The payload of a run-time or comptime union whose field `index` is known to be active.
    pub fn union_payload(&mut self, v: Opv, index: u32) -> R<Opv> {
        let ty = self.ty_of(v);
        let step = Step::Field(index);
        let field_ty = self.step_type(ty, step)?;
        if let Opv::C(u) = v {
            return match *self.s.pool.val(u) {
                Value::Union { val, .. } => Ok(Opv::C(val)),
                _ => Ok(Opv::C(self.s.pool.undef(field_ty))),
            };
        }
        if let Some(only) = self.opv(field_ty)? {
            return Ok(Opv::C(only));
        }
        let offset = self.step_offset(ty, step)?;
        let rt = self.to_rt(v)?;
        Ok(Opv::R(self.part_of(rt, offset as u32, field_ty)?))
    }

    /// What a type's namespace holds under a name. Structs are pointed at in another place where a
    /// value is asked for than where an address is.
    fn type_member(&mut self, t: TypeId, name: Name, src: Place, struct_place: Place, name_place: Place) -> R<Member> {
        match self.s.pool.ty(t).clone() {
            Type::AnyError => {
                let mut names = vec![name];
                let interner = self.s.interner.clone();
                let set = self.s.pool.error_set(&mut names, &interner);
                Ok(Member::Value(self.s.pool.error(set, name)))
            }
            Type::ErrorSet(names) => {
                if !names.contains(&name) {
                    let (text, n) = (self.s.text(name), self.type_name(t));
                    return self.fail_at(src, format!("no error named '{text}' in '{n}'"));
                }
                Ok(Member::Value(self.s.pool.error(t, name)))
            }
            Type::InferredErrorSet(_) => self.unsupported("naming an error of an inferred error set"),
            Type::Struct(c) | Type::Opaque(c) => match self.namespace_decl(c, name, src)? {
                Some(d) => Ok(Member::Decl(d)),
                None => self.no_type_member(t, name, struct_place),
            },
            Type::Union(c) => {
                if let Some(d) = self.namespace_decl(c, name, src)? {
                    return Ok(Member::Decl(d));
                }
                if let Some((i, _)) = self.find_field(c, name)?
                    && self.fields(c)?.tagged
                {
                    return Ok(Member::Value(self.union_tag_value(c, i)?));
                }
                self.no_type_member(t, name, name_place)
            }
            Type::Enum(_) | Type::UnionTag(_) => {
                if let Type::Enum(c) = *self.s.pool.ty(t)
                    && let Some(d) = self.namespace_decl(c, name, src)?
                {
                    return Ok(Member::Decl(d));
                }
                match self.enum_tag_named(t, name)? {
                    Some(v) => Ok(Member::Value(v)),
                    None => self.no_type_member(t, name, name_place),
                }
            }
            Type::Tuple { .. } => self.no_type_member(t, name, struct_place),
            other => {
                let n = self.type_name(t);
                let msg = SemaMsg::new(src, format!("type '{n}' has no members"));
                self.fail_msg(match other {
                    Type::Array { .. } => msg.note(src, "array values have 'len' member"),
                    Type::Ptr(p) if p.size == PtrSize::Slice => {
                        msg.note(src, "slice values have 'len' and 'ptr' members")
                    }
                    _ => msg,
                })
            }
        }
    }

    /// The tag of an enum of that name.
    pub fn enum_tag_named(&mut self, ty: TypeId, name: Name) -> R<Option<ValueId>> {
        match *self.s.pool.ty(ty) {
            Type::Enum(c) => Ok(match self.find_field(c, name)?.and_then(|(_, f)| f.value) {
                Some(val) => Some(self.s.pool.intern(Value::EnumTag { ty, val })),
                None => None,
            }),
            Type::UnionTag(c) => match self.find_field(c, name)? {
                Some((i, _)) => Ok(Some(self.union_tag_value(c, i)?)),
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }

    /// A declaration that may be named from here.
    fn namespace_decl(&mut self, c: ContId, name: Name, src: Place) -> R<Option<crate::decl::DeclId>> {
        let Some(d) = self.lookup_decl(c, name) else { return Ok(None) };
        if !self.decl_visible(d) {
            return self.not_pub(d, name, src);
        }
        Ok(Some(d))
    }

    /// `Inst::DeclLiteral`: `.name` where the result type is known.
    pub fn decl_literal(&mut self, coerce: bool, ty: Ref, name: Name) -> R<Opv> {
        let src = self.here();
        let Some(t) = self.type_or_generic(ty, src)? else {
            return Ok(Opv::C(self.s.pool.enum_literal(name)));
        };
        let mut base = t;
        loop {
            base = match *self.s.pool.ty(base) {
                Type::Optional(c) => c,
                Type::ErrorUnion { payload, .. } => payload,
                Type::Ptr(p) if p.size == PtrSize::One => p.child,
                _ => break,
            };
        }
        let v = if self.s.pool.is_error_set(base) || base == TypeId::ENUM_LITERAL {
            Opv::C(self.s.pool.enum_literal(name))
        } else {
            match self.type_member(base, name, src, src, src)? {
                Member::Decl(d) => match self.load_decl(d)? {
                    v if self.known(v).is_some() => v,
                    _ => return self.fail_at(src, "decl literal must be comptime-known"),
                },
                Member::Value(v) => Opv::C(v),
            }
        };
        if coerce { self.coerce(t, v, src) } else { Ok(v) }
    }

    /// `Inst::FieldTypeRef`: type of the field of that name.
    pub fn field_type_ref(&mut self, ty: Ref, name: Ref) -> R<Opv> {
        let place = self.arg_place(0);
        let v = self.op(ty)?;
        let t = self.expect_type(v, place)?;
        let name = self.comptime_name(name, ComptimeReason::FieldName)?;
        let name_place = self.arg_place(1);
        let f = self.init_field_type(t, name, name_place, place)?;
        Ok(self.ty_op(f))
    }
}

/// What a namespace holds under a name.
enum Member {
    /// A declaration.
    Decl(crate::decl::DeclId),
    /// An error, or an enum tag.
    Value(ValueId),
}

/// What a name of a struct or tuple stands for.
pub(super) enum Part {
    /// The length of a tuple.
    Len(u64),
    /// A field and its explicit alignment.
    Field {
        /// Which.
        index: u32,
        /// `align(…)`.
        align: Option<u32>,
    },
}

/// The number that a decimal numeral without superfluous zeros stands for.
fn decimal(text: &[u8]) -> Option<u32> {
    if text.len() > 1 && text.first() == Some(&b'0') {
        return None;
    }
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}
