//! Values of library types, put together by the names of their fields.

use syntax::Name;
use syntax::ast::PtrSize;

use crate::analyze::An;
use crate::pool::{Int, PtrBase, PtrType, Type, TypeId, Value, ValueId};
use crate::unit::R;

impl An<'_> {
    fn library_name(&self, name: &str) -> Name {
        self.s.interner.intern(name.as_bytes())
    }

    fn not_as_expected<T>(&mut self, ty: TypeId, name: &str) -> R<T> {
        let n = self.type_name(ty);
        self.fail(format!("the library's '{n}' has no '{name}' as this compiler expects it"))
    }

    /// Index and type of a field of a struct or union of the library.
    fn field_at(&mut self, ty: TypeId, name: &str) -> R<(u32, TypeId)> {
        if let Type::Struct(c) | Type::Union(c) = *self.s.pool.ty(ty) {
            let f = self.fields(c)?;
            let want = self.library_name(name);
            if let Some(i) = f.fields.iter().position(|f| f.name == want) {
                return Ok((i as u32, f.fields[i].ty));
            }
        }
        self.not_as_expected(ty, name)
    }

    /// Type of a field of a struct or union of the library.
    pub fn field_type(&mut self, ty: TypeId, name: &str) -> R<TypeId> {
        Ok(self.field_at(ty, name)?.1)
    }

    /// Index of a field of a struct or union of the library.
    pub(super) fn field_index(&mut self, ty: TypeId, name: &str) -> R<u32> {
        Ok(self.field_at(ty, name)?.0)
    }

    /// A struct of these fields; what is not named has its default value.
    pub fn struct_value(&mut self, ty: TypeId, given: &[(&str, ValueId)]) -> R<ValueId> {
        let Type::Struct(c) = *self.s.pool.ty(ty) else {
            return self.not_as_expected(ty, given.first().map_or("fields", |g| g.0));
        };
        let f = self.fields(c)?;
        let mut elems: Vec<Option<ValueId>> = vec![None; f.fields.len()];
        for &(name, v) in given {
            let want = self.library_name(name);
            match f.fields.iter().position(|f| f.name == want && f.ty == self.s.pool.type_of(v)) {
                Some(i) => elems[i] = Some(v),
                None => return self.not_as_expected(ty, name),
            }
        }
        if elems.iter().any(|e| e.is_none()) {
            let defaults = self.defaults(c)?;
            for (e, d) in elems.iter_mut().zip(defaults.iter()) {
                *e = e.or(*d);
            }
        }
        let Some(elems) = elems.into_iter().collect::<Option<Vec<ValueId>>>() else {
            return self.not_as_expected(ty, "value for every field");
        };
        Ok(self.s.pool.aggregate(ty, f.shape, &elems))
    }

    /// The value of an enum of that name.
    pub fn enum_value(&mut self, ty: TypeId, name: &str) -> R<ValueId> {
        let want = self.library_name(name);
        match self.enum_tags(ty)?.into_iter().find(|(n, _)| *n == want) {
            Some((_, v)) => Ok(v),
            None => self.not_as_expected(ty, name),
        }
    }

    /// A tagged union whose active field is `name`.
    pub fn union_value(&mut self, ty: TypeId, name: &str, val: ValueId) -> R<ValueId> {
        let (i, field_ty) = self.field_at(ty, name)?;
        let (Type::Union(c), true) = (self.s.pool.ty(ty).clone(), self.s.pool.type_of(val) == field_ty) else {
            return self.not_as_expected(ty, name);
        };
        let tag = self.union_tag_value(c, i)?;
        Ok(self.s.pool.intern(Value::Union { ty, tag, val }))
    }

    /// The element type of a slice type of the library.
    pub(super) fn slice_part(&mut self, ty: TypeId) -> R<TypeId> {
        match self.s.pool.ptr_info(ty).filter(|p| p.size == PtrSize::Slice) {
            Some(p) => Ok(p.child),
            None => self.not_as_expected(ty, "elements"),
        }
    }

    /// The payload type of an optional type of the library.
    pub(super) fn optional_payload_type(&mut self, ty: TypeId) -> R<TypeId> {
        match self.s.pool.optional_child(ty) {
            Some(t) => Ok(t),
            None => self.not_as_expected(ty, "payload"),
        }
    }

    /// A slice of these constants; `ty` is the slice type.
    pub fn slice_value(&mut self, ty: TypeId, elems: &[ValueId]) -> R<ValueId> {
        let child = self.slice_part(ty)?;
        let sentinel = self.s.pool.sentinel_of(ty);
        let array_ty = self.s.pool.array(elems.len() as u64, child, sentinel);
        let array = self.s.pool.aggregate(array_ty, 0, elems);
        self.slice_of_array(ty, array, elems.len())
    }

    /// A slice of a constant string; `ty` is the slice type.
    pub fn text_value(&mut self, ty: TypeId, bytes: &[u8]) -> R<ValueId> {
        let child = self.slice_part(ty)?;
        let sentinel = self.s.pool.sentinel_of(ty);
        let array_ty = self.s.pool.array(bytes.len() as u64, child, sentinel);
        let array = self.s.pool.bytes(array_ty, bytes);
        self.slice_of_array(ty, array, bytes.len())
    }

    fn slice_of_array(&mut self, ty: TypeId, array: ValueId, len: usize) -> R<ValueId> {
        let Some(p) = self.s.pool.ptr_info(ty) else { return self.not_as_expected(ty, "elements") };
        let array_ty = self.s.pool.type_of(array);
        let whole_ty = self.s.pool.single_ptr(array_ty, true);
        let base = self.s.pool.intern(Value::Ptr { ty: whole_ty, base: PtrBase::Const(array) });
        let many = self.s.pool.ptr_type(PtrType { size: PtrSize::Many, ..p });
        let ptr = self.s.pool.intern(Value::Ptr { ty: many, base: PtrBase::Elem { base, index: 0 } });
        let len = self.s.pool.usize(len as u64);
        Ok(self.s.pool.intern(Value::Slice { ty, ptr, len }))
    }

    // ---- fields of common types

    /// An integer of the declared type of a field.
    pub(super) fn int_field(&mut self, ty: TypeId, name: &str, v: impl Into<Int>) -> R<ValueId> {
        let t = self.field_type(ty, name)?;
        Ok(self.s.pool.int(t, v))
    }

    /// A name as the string type of a field.
    pub(super) fn name_field(&mut self, ty: TypeId, field: &str, name: Name) -> R<ValueId> {
        let t = self.field_type(ty, field)?;
        let text = self.s.interner.text(name).to_vec();
        self.text_value(t, &text)
    }

    /// An alignment; undefined if it is not known yet.
    pub(super) fn align_field(&mut self, ty: TypeId, align: Option<u32>) -> R<ValueId> {
        let t = self.field_type(ty, "alignment")?;
        Ok(match align {
            Some(a) => self.s.pool.int(t, u64::from(a)),
            None => self.s.pool.undef(t),
        })
    }

    /// A field of type `?type`.
    pub(super) fn opt_type_field(&mut self, ty: TypeId, name: &str, v: Option<TypeId>) -> R<ValueId> {
        let t = self.field_type(ty, name)?;
        Ok(match v {
            Some(v) => {
                let v = self.s.pool.type_value(v);
                self.s.pool.opt_some(t, v)
            }
            None => self.s.pool.opt_none(t),
        })
    }

    /// A field of type `?*const anyopaque` that points to a constant.
    pub(super) fn untyped_ptr_field(&mut self, ty: TypeId, name: &str, v: Option<ValueId>) -> R<ValueId> {
        let t = self.field_type(ty, name)?;
        let Some(v) = v else { return Ok(self.s.pool.opt_none(t)) };
        let ptr_ty = self.optional_payload_type(t)?;
        let ptr = self.s.pool.intern(Value::Ptr { ty: ptr_ty, base: PtrBase::Const(v) });
        Ok(self.s.pool.opt_some(t, ptr))
    }
}
