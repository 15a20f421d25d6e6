//! Coercion of pointers, slices and C pointers.

use syntax::ast::PtrSize;

use super::{Coerced, How, Reasons, Same, TRY, Why};
use crate::analyze::{An, Opv};
use crate::msg::{Place, SemaMsg};
use crate::pool::{PtrBase, PtrType, Type, TypeId, Value, ValueId};
use crate::unit::R;

impl An<'_> {
    pub(super) fn is_pointer_like(&self, ty: TypeId) -> bool {
        self.s.pool.is_ptr(ty) || self.is_ptr_like_optional(ty)
    }

    pub(super) fn double_pointer(&self, dest: TypeId, src: TypeId) -> Reasons {
        let (a, b) = (self.type_name(src), self.type_name(dest));
        Reasons::of(format!("cannot implicitly cast double pointer '{a}' to anyopaque pointer '{b}'"))
    }

    pub(super) fn coerce_to_pointer(
        &mut self,
        ty: TypeId,
        d: PtrType,
        v: Opv,
        place: Place,
        mut why: Reasons,
        how: How,
    ) -> R<Coerced> {
        let from = self.ty_of(v);
        if matches!(self.s.pool.ty(from), Type::Fn(_)) && self.known(v).is_some() {
            let p = self.ref_value(v)?;
            return self.coerce_how(ty, p, place, how);
        }
        let src = self.s.pool.ptr_info(from);
        if let Some(s) = src {
            // `*T` as `*[1]T`, `*[N:s]T` as `*[N]T`.
            if d.size == PtrSize::One && s.size == PtrSize::One {
                if let Err(e) = self.same_attributes(ty, from)? {
                    return Ok(Err(e));
                }
                if let Type::Array { len, child, sentinel } = *self.s.pool.ty(d.child) {
                    if len == 1 && sentinel.is_none() && self.same_memory(child, s.child, !d.is_const)?.is_ok() {
                        return Ok(Ok(self.retype_array_ptr(v, ty)?));
                    }
                    if let Type::Array { len: sl, child: sc, sentinel: Some(_) } = *self.s.pool.ty(s.child)
                        && sl == len
                        && sentinel.is_none()
                        && self.same_memory(child, sc, !d.is_const)?.is_ok()
                    {
                        return Ok(Ok(self.retype(v, ty)?));
                    }
                }
            }
            if s.size == PtrSize::One
                && d.size != PtrSize::One
                && let Type::Array { len, child, sentinel } = *self.s.pool.ty(s.child)
            {
                if let Err(e) = self.same_attributes(ty, from)? {
                    return Ok(Err(e));
                }
                match self.array_pointer(&d, child, sentinel)? {
                    Ok(()) if d.size == PtrSize::Slice => return Ok(Ok(self.array_ptr_to_slice(v, ty, len)?)),
                    Ok(()) => return Ok(Ok(self.first_elem_ptr(v, ty)?)),
                    Err(e) => why = e,
                }
            }
            if s.size == PtrSize::C && d.size != PtrSize::Slice {
                match self.same_attributes(ty, from)? {
                    Err(e) => why = e,
                    Ok(()) => {
                        if self.same_memory(d.child, s.child, !d.is_const)?.is_ok()
                            && self.same_sentinel(d.sentinel, s.sentinel, true)?.is_ok()
                        {
                            return self.coerce_c_pointer(ty, v, place);
                        }
                    }
                }
            }
            if d.child == TypeId::ANYOPAQUE {
                if let Err(e) = self.same_attributes(ty, from)? {
                    return Ok(Err(e));
                }
                if self.is_pointer_like(s.child) {
                    return Ok(Err(self.double_pointer(ty, from)));
                }
                if d.size != PtrSize::Slice {
                    if s.size == PtrSize::Slice {
                        let (a, b) = (self.type_name(from), self.type_name(ty));
                        let mut r =
                            Reasons::of(format!("cannot implicitly cast slice '{a}' to anyopaque pointer '{b}'"));
                        r.notes.push(Why::Text("consider using '.ptr'".into()));
                        return Ok(Err(r));
                    }
                    if s.size == PtrSize::C {
                        return self.coerce_c_pointer(ty, v, place);
                    }
                    return Ok(Ok(self.retype(v, ty)?));
                }
            }
        }
        match d.size {
            PtrSize::C => self.coerce_to_c_pointer(ty, d, v, place, why),
            PtrSize::One => Ok(Err(why)),
            PtrSize::Slice => self.coerce_to_slice(ty, d, v, place, why, how),
            PtrSize::Many => {
                let Some(s) = src.filter(|s| s.size == PtrSize::Slice) else { return Ok(Err(why)) };
                if let Err(e) = self.same_attributes(ty, from)? {
                    return Ok(Err(e));
                }
                if self.same_memory(d.child, s.child, !d.is_const)?.is_err()
                    || d.sentinel.is_none()
                    || d.sentinel != s.sentinel
                {
                    return Ok(Err(why));
                }
                let (p, _) = self.slice_parts(v)?;
                Ok(Ok(self.retype(p, ty)?))
            }
        }
    }

    /// Whether a pointer to an array of `child` may become the pointer `d` to its elements.
    fn array_pointer(&mut self, d: &PtrType, child: TypeId, sentinel: Option<ValueId>) -> R<Same> {
        if let Err(inner) = self.same_memory(d.child, child, !d.is_const)? {
            let (a, b) = (self.type_name(child), self.type_name(d.child));
            let mut notes =
                vec![Why::Text(format!("pointer type child '{a}' cannot cast into pointer type child '{b}'"))];
            notes.extend(inner.notes);
            return Ok(Err(Reasons { notes, no_match: false }));
        }
        self.same_sentinel(d.sentinel, sentinel, false)
    }

    /// `*T` as `*[1]T`: the item is seen as the only element.
    fn retype_array_ptr(&mut self, v: Opv, ty: TypeId) -> R<Opv> {
        self.retype(v, ty)
    }

    /// `*[N]T` as a pointer to elements.
    fn first_elem_ptr(&mut self, v: Opv, ty: TypeId) -> R<Opv> {
        Ok(match v {
            Opv::C(c) => match self.s.pool.val(c) {
                Value::Ptr { base: PtrBase::Addr(a), .. } => {
                    let base = PtrBase::Addr(*a);
                    Opv::C(self.s.pool.intern(Value::Ptr { ty, base }))
                }
                Value::Ptr { .. } => Opv::C(self.elem_ptr_value(c, 0, ty)?),
                _ => Opv::C(self.s.pool.undef(ty)),
            },
            _ => self.retype(v, ty)?,
        })
    }

    /// `*[N]T` as `[]T`.
    fn array_ptr_to_slice(&mut self, v: Opv, ty: TypeId, len: u64) -> R<Opv> {
        let many = match self.s.pool.ptr_info(ty) {
            Some(i) => self.s.pool.ptr_type(PtrType { size: PtrSize::Many, ..i }),
            None => ty,
        };
        let ptr = self.first_elem_ptr(v, many)?;
        let len = self.usize_op(len);
        self.make_slice(ty, ptr, len)
    }

    /// A C pointer as one that cannot be null.
    fn coerce_c_pointer(&mut self, ty: TypeId, v: Opv, place: Place) -> R<Coerced> {
        let allows_zero = self.s.pool.ptr_info(ty).is_none_or(|p| p.allowzero);
        match v {
            Opv::C(c) => {
                if !allows_zero && matches!(self.s.pool.val(c), Value::Ptr { base: PtrBase::Addr(0), .. }) {
                    let n = self.type_name(ty);
                    return self.fail_at(place, format!("null pointer casted to type '{n}'"));
                }
                Ok(Ok(self.retype(v, ty)?))
            }
            Opv::R(rt) => {
                if self.is_comptime() {
                    return self.fail_not_comptime(place, self.blk.comptime);
                }
                if !allows_zero && self.blk.safety {
                    let s = self.scalar(rt)?;
                    let ok = self.bld().cmp_imm(tir::Cmp::Ne, s, 0);
                    self.check(ok, "castToNull", &[])?;
                }
                Ok(Ok(self.retype(v, ty)?))
            }
            _ => self.fail_at(place, "internal error: not a pointer"),
        }
    }

    fn coerce_to_c_pointer(&mut self, ty: TypeId, d: PtrType, v: Opv, place: Place, why: Reasons) -> R<Coerced> {
        let from = self.ty_of(v);
        if from == TypeId::NULL {
            return Ok(Ok(Opv::C(self.s.pool.intern(Value::Ptr { ty, base: PtrBase::Addr(0) }))));
        }
        if self.s.pool.is_any_int(from) {
            let word = if self.s.pool.is_comptime_int(from) || !self.s.pool.is_signed(from) {
                TypeId::USIZE
            } else {
                TypeId::ISIZE
            };
            return Ok(match self.coerce_how(word, v, place, TRY)? {
                Ok(Opv::C(c)) => {
                    let a = self.int_of(c).and_then(|i| i.to_u64().or(i.to_i64().map(|x| x as u64))).unwrap_or(0);
                    Ok(Opv::C(self.s.pool.intern(Value::Ptr { ty, base: PtrBase::Addr(a) })))
                }
                Ok(v) => Ok(self.retype(v, ty)?),
                Err(_) => Err(why),
            });
        }
        let Some(s) = self.s.pool.ptr_info(from) else { return Ok(Err(why)) };
        if let Err(e) = self.same_attributes(ty, from)? {
            return Ok(Err(e));
        }
        if self.same_memory(d.child, s.child, !d.is_const)?.is_err() {
            return Ok(Err(why));
        }
        if s.size == PtrSize::Slice {
            let zero = s.sentinel.and_then(|z| self.int_of(z)).is_some_and(|z| z.is_zero());
            if !zero {
                return Ok(Err(why));
            }
            let (p, _) = self.slice_parts(v)?;
            return Ok(Ok(self.retype(p, ty)?));
        }
        Ok(Ok(self.retype(v, ty)?))
    }

    fn coerce_to_slice(&mut self, ty: TypeId, d: PtrType, v: Opv, place: Place, why: Reasons, how: How) -> R<Coerced> {
        let from = self.ty_of(v);
        if matches!(self.s.pool.ty(from), Type::Array { .. }) {
            if !how.report {
                return Ok(Err(why));
            }
            let n = self.type_name(ty);
            return self.fail_at(
                place,
                format!("array literal requires address-of operator (&) to coerce to slice type '{n}'"),
            );
        }
        let Some(s) = self.s.pool.ptr_info(from).filter(|s| s.size == PtrSize::One) else { return Ok(Err(why)) };
        let Some(n) = self.tuple_len(s.child)? else { return Ok(Err(why)) };
        if n == 0 {
            // Also of a mutable slice: there is nothing to write.
            let array = self.s.pool.array(0, d.child, d.sentinel);
            let empty = self.s.pool.aggregate(array, 0, &[]);
            let ptr_ty = self.s.pool.ptr_type(PtrType { is_const: true, ..PtrType::new(PtrSize::One, array) });
            let p = Opv::C(self.s.pool.intern(Value::Ptr { ty: ptr_ty, base: PtrBase::Const(empty) }));
            return Ok(Ok(self.array_ptr_to_slice(p, ty, 0)?));
        }
        if let Err(e) = self.same_attributes(ty, from)? {
            return Ok(Err(e));
        }
        if !d.is_const {
            if !how.report {
                return Ok(Err(why));
            }
            let n = self.type_name(ty);
            let msg = SemaMsg::new(place, format!("cannot cast pointer to tuple to '{n}'"))
                .note(place, "pointers to tuples can only coerce to constant pointers");
            return self.fail_msg(msg);
        }
        let array = self.s.pool.array(n, d.child, d.sentinel);
        let tuple = self.load(v, place, true)?;
        let whole = match self.tuple_to_array(array, tuple, place, how)? {
            Ok(v) => v,
            Err(e) => return Ok(Err(e)),
        };
        let p = self.ref_value(whole)?;
        Ok(Ok(self.array_ptr_to_slice(p, ty, n)?))
    }
}
