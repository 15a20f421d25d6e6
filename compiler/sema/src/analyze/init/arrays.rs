//! `T{ … }` and `.{ … }`: arrays and tuples.

use ir::{Body, Inst, Ref, Refs};
use syntax::ast::{Node, PtrSize};

use crate::analyze::comptime_mem::Step;
use crate::analyze::{An, Opv};
use crate::msg::Place;
use crate::pool::{Type, TypeId, ValueId};
use crate::unit::R;

impl An<'_> {
    fn init_elem_place(&self, i: usize) -> Place {
        self.here_sel(|n| match n {
            Node::ArrayInit { elems, .. } => elems.get(i).copied(),
            _ => None,
        })
    }

    /// `Inst::ArrayInitAnon`: a tuple; what is known becomes a comptime field.
    pub fn array_init_anon(&mut self, list: Refs) -> R<Opv> {
        let src = self.here();
        let ir = self.frame().ir.clone();
        let (mut types, mut values, mut parts, mut places) = (vec![], vec![], vec![], vec![]);
        for (i, r) in ir.refs(list).enumerate() {
            let v = self.op(r)?;
            let t = self.ty_of(v);
            let at = self.init_elem_place(i);
            if t == TypeId::NORETURN {
                return self.fail_at(at, "tuple fields cannot be 'noreturn'");
            }
            types.push(t);
            values.push(self.known(v));
            parts.push(v);
            places.push(at);
        }
        let ty = self.s.pool.tuple_with_values(&types, &values);
        self.aggregate_of(ty, parts, src, &places)
    }

    /// `Inst::ArrayInit`
    pub fn array_init(&mut self, by_ref: bool, ty: Ref, elems: Refs) -> R<Opv> {
        let src = self.here();
        let Some(result) = self.type_or_generic(ty, src)? else {
            let v = self.array_init_anon(elems)?;
            return if by_ref { self.init_ref(v) } else { Ok(v) };
        };
        let base = self.opt_eu_base(result);
        let ir = self.frame().ir.clone();
        let refs: Vec<Ref> = ir.refs(elems).collect();
        let mut parts = Vec::with_capacity(refs.len());
        let mut places = Vec::with_capacity(refs.len());
        let child = match *self.s.pool.ty(base) {
            Type::Array { child, .. } | Type::Vector { child, .. } => Some(child),
            _ => None,
        };
        for (i, r) in refs.into_iter().enumerate() {
            let at = self.init_elem_place(i);
            let mut v = self.op(r)?;
            if let Some(child) = child {
                v = self.coerce(child, v, at)?;
            }
            parts.push(v);
            places.push(at);
        }
        let v = match *self.s.pool.ty(base) {
            Type::Array { .. } | Type::Vector { .. } => self.aggregate_of(base, parts, src, &places)?,
            Type::Tuple { .. } | Type::Struct(_) => {
                let given = parts.into_iter().zip(places).collect();
                self.tuple_of(base, given, src)?
            }
            _ => return self.no_array_init(base, src),
        };
        self.finish_init(result, v, by_ref, src)
    }

    /// `Inst::ValidateArrayInitTy`, `Inst::ValidateArrayInitResultTy`
    pub fn validate_array_init_ty(&mut self, ty: Ref, len: u32, is_result: bool) -> R<()> {
        let src = self.here();
        let ty_place = self.init_type_place();
        let Some(t) = self.type_or_generic(ty, ty_place)? else { return Ok(()) };
        let base = if is_result { self.opt_eu_base(t) } else { t };
        self.check_array_init(base, len, src, ty_place)
    }

    fn check_array_init(&mut self, ty: TypeId, found: u32, src: Place, ty_place: Place) -> R<()> {
        match *self.s.pool.ty(ty) {
            Type::Array { len, .. } if len == u64::from(found) => Ok(()),
            Type::Array { len, .. } => self.fail_at(src, format!("expected {len} array elements; found {found}")),
            Type::Vector { len, .. } if len == found => Ok(()),
            Type::Vector { len, .. } => self.fail_at(src, format!("expected {len} vector elements; found {found}")),
            _ => match self.tuple_fields(ty)? {
                Some((t, _)) if found as usize > t.len() => {
                    self.fail_at(src, format!("expected at most {} tuple fields; found {found}", t.len()))
                }
                Some(_) => Ok(()),
                None => self.no_array_init(ty, ty_place),
            },
        }
    }

    /// `Inst::ValidateArrayInitRefTy`
    pub fn validate_array_init_ref_ty(&mut self, ptr_ty: Ref, len: u32) -> R<Opv> {
        let src = self.here();
        let Some(t) = self.type_or_generic(ptr_ty, src)? else { return Ok(Opv::C(ValueId::GENERIC)) };
        let base = self.opt_eu_base(t);
        let Some(info) = self.s.pool.ptr_info(base) else { return self.fail("internal error: not a pointer type") };
        if matches!(info.size, PtrSize::Slice | PtrSize::Many) {
            let array = self.s.pool.array(u64::from(len), info.child, info.sentinel);
            return Ok(self.ty_op(array));
        }
        if info.child == TypeId::ANYOPAQUE {
            return Ok(Opv::C(ValueId::GENERIC));
        }
        let array = self.opt_eu_base(info.child);
        self.check_array_init(array, len, src, src)?;
        Ok(self.ty_op(info.child))
    }

    /// `Inst::ArrayInitElemType`
    pub fn array_init_elem_type(&mut self, ty: Ref, index: u32) -> R<Opv> {
        let src = self.here();
        let Some(t) = self.type_or_generic(ty, src)? else { return Ok(Opv::C(ValueId::GENERIC)) };
        let base = self.opt_eu_base(t);
        if let Some((types, _)) = self.tuple_fields(base)? {
            return match types.get(index as usize) {
                Some(&t) => Ok(self.ty_op(t)),
                None => self.fail_at(src, format!("index {index} outside tuple of length {}", types.len())),
            };
        }
        match self.s.pool.elem_of(base) {
            Some(e) => Ok(self.ty_op(e)),
            None => self.no_array_init(base, src),
        }
    }

    /// `Inst::ArrayInitElemPtr`
    pub fn array_init_elem_ptr(&mut self, ptr: Ref, index: u32) -> R<Opv> {
        let p = self.op(ptr)?;
        let src = self.here();
        let ty = self.ty_of(p);
        let child = self.s.pool.child_of(ty).unwrap_or(TypeId::VOID);
        if let Some((types, _)) = self.tuple_fields(child)? {
            if index as usize >= types.len() {
                return self.fail_at(src, format!("index {index} outside tuple of length {}", types.len()));
            }
            return self.field_ptr_index(p, index, None);
        }
        match *self.s.pool.ty(child) {
            Type::Array { len, .. } => {
                // The sentinel is not for the initialiser to give.
                if u64::from(index) >= len {
                    return self.fail_at(src, format!("index {index} outside array of length {len}"));
                }
                let i = self.usize_op(u64::from(index));
                self.array_elem_ptr(p, i, src, src, false)
            }
            Type::Vector { .. } => self.unsupported("vectors initialised in place"),
            _ => self.no_array_init(child, src),
        }
    }

    /// `Inst::ValidatePtrArrayInit`
    pub fn validate_ptr_array_init(&mut self, list: Body) -> R<()> {
        let src = self.here();
        let ir = self.frame().ir.clone();
        let mut count = 0;
        let mut object = None;
        for i in ir.body(list) {
            if let Inst::ArrayInitElemPtr { ptr, .. } = ir.inst(i) {
                object = Some(ptr);
                count += 1;
            }
        }
        let Some(object) = object else { return Ok(()) };
        let p = self.op(object)?;
        let ty = self.ty_of(p);
        let child = self.s.pool.child_of(ty).unwrap_or(TypeId::VOID);
        let Type::Array { len, sentinel, .. } = *self.s.pool.ty(child) else {
            return self.finish_tuple_ptr(p, child, count, src);
        };
        if len != count as u64 {
            return self.fail_at(src, format!("expected {len} array elements; found {count}"));
        }
        let Some(s) = sentinel else { return Ok(()) };
        if let Opv::C(v) = p
            && self.load_comptime(v)?.is_some()
        {
            return Ok(());
        }
        self.require_runtime(src, None)?;
        let offset = self.step_offset(child, Step::Elem(len))?;
        let to = self.to_rt(p)?;
        let v = self.to_rt(Opv::C(s))?;
        self.store_rt(to, v, offset as u32)
    }
}
