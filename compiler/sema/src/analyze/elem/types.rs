//! Types of elements, as result types of initialisers ask for them.

use ir::Ref;
use syntax::ast::{Node, PtrSize};

use crate::analyze::{An, Opv};
use crate::msg::{Place, SemaMsg};
use crate::pool::{Type, TypeId, ValueId};
use crate::unit::R;

impl An<'_> {
    /// The type that an operand is; `None` where it depends on an argument that is not known.
    pub fn type_or_generic(&mut self, r: Ref, place: Place) -> R<Option<TypeId>> {
        let v = self.op(r)?;
        if v == Opv::C(ValueId::GENERIC) {
            return Ok(None);
        }
        Ok(Some(self.expect_type(v, place)?))
    }

    /// A type without the optionals and error unions around it.
    pub fn opt_eu_base(&self, mut ty: TypeId) -> TypeId {
        loop {
            ty = match *self.s.pool.ty(ty) {
                Type::Optional(c) => c,
                Type::ErrorUnion { payload, .. } => payload,
                _ => return ty,
            };
        }
    }

    /// `Inst::ElemType`
    pub fn elem_type(&mut self, r: Ref) -> R<Opv> {
        let place = self.here();
        let Some(ty) = self.type_or_generic(r, place)? else { return Ok(Opv::C(ValueId::GENERIC)) };
        let base = self.opt_eu_base(ty);
        match self.s.pool.ptr_info(base) {
            Some(p) if p.child == TypeId::ANYOPAQUE => Ok(Opv::C(ValueId::GENERIC)),
            Some(p) => Ok(self.ty_op(p.child)),
            None => self.fail("internal error: element type of what is not a pointer"),
        }
    }

    /// `Inst::IndexablePtrElemType`
    pub fn indexable_ptr_elem_type(&mut self, r: Ref) -> R<Opv> {
        let place = self.here();
        let Some(ty) = self.type_or_generic(r, place)? else { return Ok(Opv::C(ValueId::GENERIC)) };
        match self.s.pool.ptr_info(ty) {
            Some(p) if p.size == PtrSize::One => match self.s.pool.elem_of(ty) {
                Some(e) => Ok(self.ty_op(e)),
                None => {
                    self.check_indexable(ty, place)?;
                    Ok(Opv::C(ValueId::GENERIC))
                }
            },
            Some(p) => Ok(self.ty_op(p.child)),
            None => {
                self.check_indexable(ty, place)?;
                self.fail("internal error: element type of what is not a pointer")
            }
        }
    }

    /// `Inst::SplatOpResultTy`
    pub fn splat_op_result_ty(&mut self, r: Ref) -> R<Opv> {
        let place = self.here();
        let Some(ty) = self.type_or_generic(r, place)? else { return Ok(Opv::C(ValueId::GENERIC)) };
        let base = self.opt_eu_base(ty);
        match *self.s.pool.ty(base) {
            Type::Array { child, .. } | Type::Vector { child, .. } => Ok(self.ty_op(child)),
            _ => {
                let n = self.type_name(base);
                self.fail(format!("expected array or vector type, found '{n}'"))
            }
        }
    }

    /// `Inst::SliceSentinelTy`
    pub fn slice_sentinel_ty(&mut self, ptr: Ref) -> R<Opv> {
        let p = self.op(ptr)?;
        let ty = self.ty_of(p);
        let lhs = self.s.pool.child_of(ty).unwrap_or(ty);
        let t = match *self.s.pool.ty(lhs) {
            Type::Array { child, .. } => child,
            Type::Ptr(p) => match (p.size, self.s.pool.ty(p.child)) {
                (PtrSize::One, Type::Array { child, .. }) => *child,
                (PtrSize::One, _) => {
                    let at = self.here_sel(|n| match n {
                        Node::Slice { sentinel, .. } => *sentinel,
                        _ => None,
                    });
                    return self.fail_at(at, "slice of single-item pointer cannot have sentinel");
                }
                _ => p.child,
            },
            _ => {
                let n = self.type_name(lhs);
                let at = self.here();
                let msg = SemaMsg::new(at, format!("slice of non-array type '{n}'"));
                let msg = self.note_type_declared(msg, lhs);
                return self.fail_msg(msg);
            }
        };
        Ok(self.ty_op(t))
    }
}
