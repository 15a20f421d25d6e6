//! Comptime pointers into arrays: to elements, and to parts of several elements, which have a
//! type that the array does not know of.

use syntax::ast::PtrSize;

use crate::analyze::comptime_mem::Step;
use crate::analyze::{An, Opv};
use crate::msg::Place;
use crate::pool::{PtrBase, PtrType, Type, TypeId, Value, ValueId};
use crate::unit::R;

impl An<'_> {
    /// A comptime pointer of type `ty` to element `index` counted from where `ptr` (a many-pointer
    /// or a pointer to an array) points to.
    pub fn elem_ptr_value(&mut self, ptr: ValueId, index: u64, ty: TypeId) -> R<ValueId> {
        if self.is_undef(ptr) {
            return Ok(self.s.pool.undef(ty));
        }
        let from = self.s.pool.type_of(ptr);
        let (Some(info), Some(elem)) = (self.s.pool.ptr_info(from), self.s.pool.elem_of(from)) else {
            return self.fail("internal error: not a pointer to elements");
        };
        let Value::Ptr { base, .. } = *self.s.pool.val(ptr) else { return self.fail("internal error: not a pointer") };
        if let PtrBase::Addr(a) = base {
            let offset = self.layout(elem)?.size.wrapping_mul(index);
            return Ok(self.s.pool.intern(Value::Ptr { ty, base: PtrBase::Addr(a.wrapping_add(offset)) }));
        }
        // Seen as a pointer to the first of many, a part of an array counts on from its beginning.
        let many = self.s.pool.ptr_type(PtrType { size: PtrSize::Many, child: elem, sentinel: None, ..info });
        let many = self.s.pool.intern(Value::Ptr { ty: many, base });
        match self.moved_base(many, index, false) {
            Some(base) => Ok(self.s.pool.intern(Value::Ptr { ty, base })),
            None => self.fail("internal error: pointer cannot be moved"),
        }
    }

    /// What a comptime pointer to several elements of an array points to, as an array of type
    /// `ty`. `None` if it is something else, or not known.
    pub fn load_elems(&mut self, ptr: ValueId, ty: TypeId) -> R<Option<ValueId>> {
        let Type::Array { len, child, .. } = *self.s.pool.ty(ty) else { return Ok(None) };
        let mut elems = Vec::new();
        for i in 0..len {
            let Some(e) = self.load_elem(ptr, child, i)? else { return Ok(None) };
            elems.push(e);
        }
        Ok(Some(self.s.pool.aggregate(ty, 0, &elems)))
    }

    fn load_elem(&mut self, ptr: ValueId, child: TypeId, i: u64) -> R<Option<ValueId>> {
        let t = self.s.pool.single_ptr(child, true);
        let p = self.elem_ptr_value(ptr, i, t)?;
        Ok(self.load_comptime(p)?.filter(|&e| self.s.pool.type_of(e) == child))
    }

    /// The type that comptime memory has where a pointer points to.
    fn memory_type(&mut self, ptr: ValueId) -> R<Option<TypeId>> {
        let Some((root, steps)) = self.ptr_path(ptr) else { return Ok(None) };
        let Some(mut ty) = self.root_type_of(root)? else { return Ok(None) };
        for s in steps {
            let known = match (s, self.s.pool.ty(ty)) {
                (Step::Elem(_), Type::Array { .. } | Type::Vector { .. }) => true,
                (Step::Elem(n), _) => n == 0,
                _ => true,
            };
            if !known {
                return Ok(None);
            }
            ty = self.step_type(ty, s)?;
        }
        Ok(Some(ty))
    }

    /// Writes into comptime memory whose type is not that of the value: element by element.
    /// `None` where the types are equal and the write is an ordinary one; else whether it is done.
    pub fn store_elems(&mut self, ptr: ValueId, v: ValueId, place: Place) -> R<Option<bool>> {
        let ty = self.s.pool.type_of(v);
        let Some(memory) = self.memory_type(ptr)? else { return Ok(Some(false)) };
        if memory == ty {
            return Ok(None);
        }
        let Type::Array { len, child, .. } = *self.s.pool.ty(ty) else {
            // Types that differ in nothing that memory shows.
            return Ok(if self.same_bits(memory, ty) { None } else { Some(false) });
        };
        let t = self.s.pool.single_ptr(child, false);
        for i in 0..len {
            let Some(e) = self.elem_value(v, i)? else { return Ok(Some(false)) };
            let p = self.elem_ptr_value(ptr, i, t)?;
            if !self.store_comptime(p, e, place)? {
                return Ok(Some(false));
            }
        }
        Ok(Some(true))
    }

    fn same_bits(&self, a: TypeId, b: TypeId) -> bool {
        matches!((self.s.pool.ty(a), self.s.pool.ty(b)), (Type::Ptr(x), Type::Ptr(y)) if (x.size == PtrSize::Slice) == (y.size == PtrSize::Slice))
    }

    /// Whether an operand is known to be `undefined`.
    pub(super) fn is_undef_operand(&self, v: Opv) -> bool {
        self.known(v).is_some_and(|v| self.is_undef(v))
    }
}
