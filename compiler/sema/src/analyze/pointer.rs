//! Reading and writing through pointers, taking addresses.

use ir::{Body, Inst, InstId, MemberIr, Ref};
use syntax::ast::{Node, PtrSize};

use super::{An, Opv, Repr, Rt, Rv};
use crate::msg::{Place, SemaMsg};
use crate::pool::{PtrBase, PtrType, Type, TypeId, Value, ValueId};
use crate::unit::R;

impl An<'_> {
    /// `Inst::Load`
    pub fn load_inst(&mut self, r: Ref, borrow: bool) -> R<Opv> {
        let p = self.op(r)?;
        let place = self.here();
        self.load(p, place, borrow)
    }

    /// Reads what a pointer points to. `borrow`: the value is used before memory can change, so
    /// that an aggregate need not be copied.
    pub fn load(&mut self, p: Opv, place: Place, borrow: bool) -> R<Opv> {
        if self.is_noreturn_value(p) {
            return Ok(p);
        }
        let ty = self.ty_of(p);
        let Some(info) = self.s.pool.ptr_info(ty).filter(|i| i.size != PtrSize::Slice) else {
            let n = self.type_name(ty);
            return self.fail_at(place, format!("expected pointer, found '{n}'"));
        };
        if matches!(self.s.pool.ty(info.child), Type::AnyOpaque | Type::Opaque(_)) {
            let n = self.type_name(info.child);
            return self.fail_at(place, format!("cannot load opaque type '{n}'"));
        }
        if let Some(v) = self.opv(info.child)? {
            return Ok(Opv::C(v));
        }
        if let Opv::C(v) = p {
            if self.is_undef(v) {
                return self.fail_at(place, "use of undefined value here causes illegal behavior");
            }
            // A local constant that is read before it is finished may change in a loop.
            if !self.is_comptime()
                && let Some((super::comptime_mem::Root::Comptime(i), _)) = self.ptr_path(v)
                && self.cmem.get(&i).is_some_and(|a| a.lazy.is_some())
            {
                self.spill_alloc(i)?;
            }
            if let Some(x) = self.load_comptime(v)? {
                if self.s.pool.type_of(x) == info.child {
                    return Ok(Opv::C(x));
                }
                if let Some(x) = self.reinterpret(x, info.child)? {
                    return Ok(Opv::C(x));
                }
                if let Some(x) = self.load_elems(v, info.child)? {
                    return Ok(Opv::C(x));
                }
                if self.is_comptime() {
                    return self.unsupported("reading comptime memory as another type");
                }
            }
        }
        if let Some(unknown) = self.unknown_at_comptime(info.child) {
            // A variable is analysed before its value is found to be out of reach.
            if let Opv::C(v) = p
                && let Some((super::comptime_mem::Root::Decl(d), _)) = self.ptr_path(v)
            {
                self.decl_value(d)?;
            }
            return Ok(unknown);
        }
        if self.is_comptime_only(info.child)? {
            let n = self.type_name(info.child);
            return self.fail_at(place, format!("cannot load comptime-only type '{n}'"));
        }
        if info.packed.is_some() {
            return self.unsupported("a pointer to a packed field");
        }
        let rt = self.to_rt(p)?;
        let rt = self.check_null_c_ptr(rt, &info)?;
        Ok(Opv::R(self.load_rt(rt, info.child, 0, info.is_volatile, borrow)?))
    }

    fn check_null_c_ptr(&mut self, rt: Rt, info: &PtrType) -> R<Rt> {
        if info.size == PtrSize::C && self.blk.safety {
            let v = self.scalar(rt)?;
            let ok = self.bld().cmp_imm(tir::Cmp::Ne, v, 0);
            self.check(ok, "unwrapNull", &[])?;
        }
        Ok(rt)
    }

    /// A comptime value seen as another type of the same memory.
    fn reinterpret(&mut self, v: ValueId, ty: TypeId) -> R<Option<ValueId>> {
        let from = self.s.pool.type_of(v);
        Ok(match (self.s.pool.ty(from).clone(), self.s.pool.ty(ty).clone()) {
            // `*[n]T` read through `*[m]T` with m <= n, or with another sentinel.
            (Type::Array { len: a, child: x, sentinel }, Type::Array { len: b, child: y, .. })
                if x == y && b <= a + u64::from(sentinel.is_some()) =>
            {
                let mut elems = Vec::new();
                for i in 0..b {
                    match self.elem_value(v, i)? {
                        Some(e) => elems.push(e),
                        None => return Ok(None),
                    }
                }
                Some(self.s.pool.aggregate(ty, 0, &elems))
            }
            // Pointers that differ in attributes only.
            (Type::Ptr(_), Type::Ptr(_)) => match *self.s.pool.val(v) {
                Value::Ptr { base, .. } => Some(self.s.pool.intern(Value::Ptr { ty, base })),
                _ => None,
            },
            (Type::Optional(_), Type::Optional(_)) => match *self.s.pool.val(v) {
                Value::Opt { val: None, .. } => Some(self.s.pool.opt_none(ty)),
                _ => None,
            },
            _ => None,
        })
    }

    /// `Inst::Store`
    pub fn store_inst(&mut self, ptr: Ref, value: Ref) -> R<()> {
        let p = self.op(ptr)?;
        let v = self.op(value)?;
        let place = self.store_place();
        let ty = self.ty_of(p);
        let Some(info) = self.s.pool.ptr_info(ty) else {
            let n = self.type_name(ty);
            return self.fail(format!("expected pointer type, found '{n}'"));
        };
        if info.is_const {
            let at = self.lhs_place();
            return self.fail_at(at, "cannot assign to constant");
        }
        // `x.* = undefined` through a slice or the like is refused by the type check above.
        let v = self.coerce(info.child, v, place)?;
        self.store_to(p, v, place)
    }

    /// What an assignment at hand writes to; otherwise where the value stands.
    fn stored_to_place(&self, value: Place) -> Place {
        match self.frame().ast.node(self.node()) {
            Node::Assign { lhs, .. } => self.at(lhs),
            _ => value,
        }
    }

    /// Writes a value of the right type.
    pub fn store_to(&mut self, p: Opv, v: Opv, place: Place) -> R<()> {
        if self.is_noreturn_value(v) || self.is_noreturn_value(p) {
            return Ok(());
        }
        let ty = self.ty_of(p);
        let Some(info) = self.s.pool.ptr_info(ty) else {
            return self.fail("internal error: store through what is not a pointer");
        };
        if let Opv::C(pv) = p {
            if let Value::Ptr { base: PtrBase::ComptimeField(fixed), .. } = *self.s.pool.val(pv) {
                let at = match self.frame().ast.node(self.node()) {
                    Node::Assign { .. } => self.here(),
                    _ => place,
                };
                return self.store_comptime_field(fixed, v, at);
            }
            let to = match self.frame().ast.node(self.node()) {
                Node::Assign { .. } => self.here(),
                _ => place,
            };
            if let Opv::C(cv) = v
                && self.store_comptime(pv, cv, to)?
            {
                return Ok(());
            }
            if self.known(v).is_none()
                && let Some((super::comptime_mem::Root::Comptime(i), _)) = self.ptr_path(pv)
                && let Some(t) = self.cmem.get(&i).map(|a| a.ty)
                && self.is_comptime_only(t)?
            {
                let at = self.stored_to_place(place);
                return self.fail_at(at, "cannot store runtime value in compile time variable");
            }
            if let Some((super::comptime_mem::Root::Comptime(i), _)) = self.ptr_path(pv)
                && self.cmem.get(&i).is_some_and(|a| a.lazy.is_none())
            {
                if self.known(v).is_some() {
                    return self.unsupported("writing comptime memory as another type");
                }
                let at = self.stored_to_place(place);
                return self.fail_at(at, "cannot store runtime value in compile time variable");
            }
        }
        if let Some(only) = self.opv(info.child)? {
            let _ = only;
            return Ok(());
        }
        if self.is_comptime() {
            let (at, to) = match self.frame().ast.node(self.node()) {
                Node::Assign { .. } => (self.here(), self.stored_to_place(place)),
                _ => (place, place),
            };
            let msg = SemaMsg::new(at, "unable to evaluate comptime expression");
            let msg = msg.note(to, "operation is runtime due to this operand");
            let msg = match self.blk.comptime {
                Some(w) => self.with_reason(msg, w),
                None => msg,
            };
            return self.fail_msg(msg);
        }
        if info.packed.is_some() {
            return self.unsupported("a pointer to a packed field");
        }
        if let Opv::C(cv) = v
            && self.is_undef(cv)
            && !self.blk.safety
        {
            return Ok(());
        }
        let dst = self.to_rt(p)?;
        if let Opv::C(cv) = v
            && self.is_undef(cv)
            && self.repr(info.child)? == Repr::M
        {
            // Filled in place rather than copied from filled memory.
            let l = self.layout(info.child)?;
            let dst = self.address(dst, 0)?;
            self.bld().inst(tir::Inst::FillImm { dst, byte: 0xaa, len: l.size as u32 });
            return Ok(());
        }
        let src = self.to_rt(v)?;
        self.store_rt_volatile(dst, src, 0, info.is_volatile)
    }

    /// `Inst::Ref`: a constant address of a value.
    pub fn ref_(&mut self, r: Ref) -> R<Opv> {
        let v = self.op(r)?;
        self.ref_value(v)
    }

    /// See [`An::ref_`].
    pub fn ref_value(&mut self, v: Opv) -> R<Opv> {
        let ty = self.ty_of(v);
        let ptr_ty = self.s.pool.single_ptr(ty, true);
        match v {
            Opv::C(c) => {
                if let Value::Func { func, .. } = *self.s.pool.val(c) {
                    let d = self.s.funcs[func.0 as usize].key.decl;
                    if self.s.funcs[func.0 as usize].key.args.is_empty() {
                        return Ok(Opv::C(self.s.pool.intern(Value::Ptr { ty: ptr_ty, base: PtrBase::Decl(d) })));
                    }
                }
                Ok(Opv::C(self.s.pool.intern(Value::Ptr { ty: ptr_ty, base: PtrBase::Const(c) })))
            }
            Opv::R(rt) => {
                let p = self.spill(rt)?;
                Ok(Opv::R(Rt { ty: ptr_ty, ..p }))
            }
            other => Ok(other),
        }
    }

    /// `Inst::ValidateDeref`
    pub fn validate_deref(&mut self, r: Ref) -> R<()> {
        let v = self.op(r)?;
        let ty = self.ty_of(v);
        let place = self.here();
        let Some(info) = self.s.pool.ptr_info(ty) else {
            let n = self.type_name(ty);
            return self.fail_at(place, format!("cannot dereference non-pointer type '{n}'"));
        };
        match info.size {
            PtrSize::One | PtrSize::C => {}
            PtrSize::Many => {
                let n = self.type_name(ty);
                return self.fail_at(place, format!("index syntax required for unknown-length pointer type '{n}'"));
            }
            PtrSize::Slice => {
                let n = self.type_name(ty);
                return self.fail_at(place, format!("index syntax required for slice type '{n}'"));
            }
        }
        if let Opv::C(c) = v
            && self.is_undef(c)
        {
            return self.fail_at(place, "cannot dereference undefined value");
        }
        Ok(())
    }

    /// Whether the aggregate that a load gives is only used by a part access before anything can
    /// write memory: then it need not be copied.
    pub fn can_elide_load(&self, ir: &MemberIr, body: Body, next: usize, load: InstId) -> bool {
        let me = load.as_ref();
        let mut i = next;
        while let Some(id) = ir.body_at(body, i) {
            i += 1;
            match ir.inst(id) {
                Inst::ElemVal { lhs, .. } | Inst::ForElemVal { lhs, .. } | Inst::FieldVal { lhs, .. } if lhs == me => {
                    return true;
                }
                Inst::ElemValImm { .. } => return false,
                Inst::ElemVal { index, .. } | Inst::ForElemVal { index, .. } if index == me => return false,
                Inst::FieldVal { .. }
                | Inst::FieldPtr { .. }
                | Inst::Load(_)
                | Inst::Int(_)
                | Inst::As { .. }
                | Inst::DeclVal(_)
                | Inst::DeclRef(_)
                | Inst::DbgStmt(_)
                | Inst::ElemVal { .. }
                | Inst::ElemPtr { .. }
                | Inst::Bin { .. }
                | Inst::TypeOf(_)
                | Inst::InplaceArithResultTy { .. } => {
                    // A place of its own, other than a part access, keeps the value.
                    if mentions(ir.inst(id), me) {
                        return false;
                    }
                }
                _ => return false,
            }
        }
        false
    }

    /// The pointer type that points to `child` with the attributes of another pointer.
    pub fn ptr_to_part(&mut self, like: &PtrType, child: TypeId) -> TypeId {
        self.s.pool.ptr_type(PtrType {
            size: PtrSize::One,
            child,
            sentinel: None,
            align: None,
            is_const: like.is_const,
            is_volatile: like.is_volatile,
            allowzero: false,
            packed: None,
        })
    }

    /// A pointer to a part of what `p` points to.
    pub fn part_ptr(&mut self, p: Opv, step: super::comptime_mem::Step, offset: u64, ty: TypeId) -> R<Opv> {
        use super::comptime_mem::Step;
        match p {
            Opv::C(v) if matches!(self.s.pool.val(v), Value::Ptr { .. }) => {
                let base = match step {
                    Step::Field(index) => PtrBase::Field { base: v, index },
                    Step::Elem(index) => return Ok(Opv::C(self.elem_ptr_value(v, index, ty)?)),
                    Step::Opt => PtrBase::OptPayload(v),
                    Step::Eu => PtrBase::EuPayload(v),
                };
                Ok(Opv::C(self.s.pool.intern(Value::Ptr { ty, base })))
            }
            _ => {
                if self.is_comptime() {
                    let at = self.here();
                    return self.fail_not_comptime(at, self.blk.comptime);
                }
                let rt = self.to_rt(p)?;
                Ok(Opv::R(self.offset_ptr(rt, offset as u32, ty)?))
            }
        }
    }

    /// A pointer as a pointer of another type, the address unchanged.
    pub fn retype_ptr(&mut self, p: Opv, ty: TypeId) -> R<Opv> {
        Ok(match p {
            Opv::C(v) => match self.s.pool.val(v).clone() {
                Value::Ptr { base, .. } => Opv::C(self.s.pool.intern(Value::Ptr { ty, base })),
                Value::Slice { ptr, len, .. } => {
                    let many = match self.s.pool.ptr_info(ty) {
                        Some(i) => self.s.pool.ptr_type(PtrType { size: PtrSize::Many, ..i }),
                        None => ty,
                    };
                    match self.retype_ptr(Opv::C(ptr), many)? {
                        Opv::C(ptr) => Opv::C(self.s.pool.intern(Value::Slice { ty, ptr, len })),
                        other => other,
                    }
                }
                Value::Undef(_) => Opv::C(self.s.pool.undef(ty)),
                _ => return self.fail("internal error: not a pointer"),
            },
            Opv::R(rt) => Opv::R(Rt { ty, rv: rt.rv }),
            other => other,
        })
    }

    /// Pointer and length of a slice.
    pub fn slice_parts(&mut self, v: Opv) -> R<(Opv, Opv)> {
        let ty = self.ty_of(v);
        let Some(info) = self.s.pool.ptr_info(ty) else { return self.fail("internal error: not a slice") };
        let many = self.s.pool.ptr_type(PtrType { size: PtrSize::Many, ..info });
        match v {
            Opv::C(c) => match *self.s.pool.val(c) {
                Value::Slice { ptr, len, .. } => Ok((Opv::C(ptr), Opv::C(len))),
                _ => {
                    let p = self.s.pool.undef(many);
                    let l = self.s.pool.undef(TypeId::USIZE);
                    Ok((Opv::C(p), Opv::C(l)))
                }
            },
            Opv::R(Rt { rv: Rv::P(p, l), .. }) => Ok((self.rt_s(many, p), self.rt_s(TypeId::USIZE, l))),
            _ => self.fail("internal error: not a slice"),
        }
    }

    /// A slice of a pointer and a length.
    pub fn make_slice(&mut self, ty: TypeId, ptr: Opv, len: Opv) -> R<Opv> {
        if let (Opv::C(p), Opv::C(l)) = (ptr, len) {
            return Ok(Opv::C(self.s.pool.intern(Value::Slice { ty, ptr: p, len: l })));
        }
        let p = self.scalar_of(ptr)?;
        let l = self.scalar_of(len)?;
        Ok(Opv::R(Rt { ty, rv: Rv::P(p, l) }))
    }
}

/// Whether an instruction has `r` as an operand.
fn mentions(i: Inst, r: Ref) -> bool {
    match i {
        Inst::FieldVal { lhs, .. } => lhs == r,
        Inst::FieldPtr { ptr, .. } => ptr == r,
        Inst::Load(x) | Inst::TypeOf(x) => x == r,
        Inst::As { ty, operand } => ty == r || operand == r,
        Inst::ElemVal { lhs, index } => lhs == r || index == r,
        Inst::ElemPtr { ptr, index } => ptr == r || index == r,
        Inst::Bin { lhs, rhs, .. } => lhs == r || rhs == r,
        Inst::InplaceArithResultTy { lhs, .. } => lhs == r,
        _ => false,
    }
}
