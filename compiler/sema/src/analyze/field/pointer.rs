//! Addresses of fields, and the check that a union's field is the active one.

use syntax::Name;
use syntax::ast::PtrSize;
use tir::Scalar;

use super::{Member, Part};
use crate::analyze::comptime_mem::Step;
use crate::analyze::{An, Opv, Repr, Rt};
use crate::msg::{Place, SemaMsg};
use crate::pool::{ContId, PtrBase, PtrType, Type, TypeId, Value, ValueId};
use crate::unit::{ContLayout, R};

impl An<'_> {
    /// Address of `ptr.*.name`.
    pub fn field_ptr(&mut self, ptr: Opv, name: Name, src: Place, name_place: Place) -> R<Opv> {
        let ptr_ty = self.ty_of(ptr);
        let Some(outer) = self.s.pool.ptr_info(ptr_ty).filter(|p| p.size != PtrSize::Slice) else {
            let n = self.type_name(ptr_ty);
            return self.fail_at(src, format!("expected pointer, found '{n}'"));
        };
        let ty = outer.child;
        let (by_ptr, inner) = match self.s.pool.ptr_info(ty) {
            Some(p) if p.size == PtrSize::One => (true, p.child),
            _ => (false, ty),
        };
        let (len, data) = (self.s.names.len, self.s.names.ptr);
        match self.s.pool.ty(inner).clone() {
            Type::Array { len: n, .. } => {
                if name == len {
                    let v = self.usize_op(n);
                    return self.ref_value(v);
                }
                if by_ptr && name == data {
                    let p = self.load(ptr, src, false)?;
                    let v = self.field_val_at(p, name, src, name_place)?;
                    return self.ref_value(v);
                }
                self.no_member(ty, name, name_place)
            }
            Type::Ptr(p) if p.size == PtrSize::Slice => {
                if name != len && name != data {
                    return self.no_member(ty, name, name_place);
                }
                let at = if by_ptr { self.load(ptr, src, false)? } else { ptr };
                let at_ty = self.ty_of(at);
                let Some(attr) = self.s.pool.ptr_info(at_ty) else { return self.fail("internal error: not a pointer") };
                let (index, child) = if name == data {
                    (0, self.s.pool.ptr_type(PtrType { size: PtrSize::Many, ..p }))
                } else {
                    (1, TypeId::USIZE)
                };
                let field_ty = self.ptr_to_part(&attr, child);
                let offset = u64::from(index) * u64::from(self.s.opts.ptr_bits / 8);
                self.part_ptr(at, Step::Field(index), offset, field_ty)
            }
            Type::Type => {
                let v = self.load(ptr, src, true)?;
                let v = if by_ptr { self.load(v, src, true)? } else { v };
                let t = self.expect_type(v, src)?;
                match self.type_member(t, name, src, name_place, name_place)? {
                    Member::Decl(d) => self.decl_ptr(d),
                    Member::Value(v) => self.ref_value(Opv::C(v)),
                }
            }
            Type::Struct(_) | Type::Tuple { .. } => {
                let at = if by_ptr { self.load(ptr, src, false)? } else { ptr };
                self.struct_field_ptr(at, name, name_place)
            }
            Type::Union(_) => {
                let at = if by_ptr { self.load(ptr, src, false)? } else { ptr };
                self.union_field_ptr(at, name, src, name_place, false)
            }
            _ => self.no_field_access(ty, name, src),
        }
    }

    /// Address of a field of the struct or tuple that `ptr` points to.
    pub fn struct_field_ptr(&mut self, ptr: Opv, name: Name, name_place: Place) -> R<Opv> {
        let ptr_ty = self.ty_of(ptr);
        let Some(info) = self.s.pool.ptr_info(ptr_ty) else { return self.fail("internal error: not a pointer") };
        match self.struct_part(info.child, name, name_place)? {
            Part::Len(n) => {
                let v = self.usize_op(n);
                self.ref_value(v)
            }
            Part::Field { index, align } => self.field_ptr_index(ptr, index, align),
        }
    }

    /// Address of field `index` of the struct or tuple that `ptr` points to.
    pub fn field_ptr_index(&mut self, ptr: Opv, index: u32, align: Option<u32>) -> R<Opv> {
        let ptr_ty = self.ty_of(ptr);
        let Some(info) = self.s.pool.ptr_info(ptr_ty) else { return self.fail("internal error: not a pointer") };
        let step = Step::Field(index);
        let child = self.step_type(info.child, step)?;
        if let Some(v) = self.comptime_field(info.child, index)? {
            let ty = self.ptr_to_part(&info, child);
            return Ok(Opv::C(self.s.pool.intern(Value::Ptr { ty, base: PtrBase::ComptimeField(v) })));
        }
        let extern_offset = match *self.s.pool.ty(info.child) {
            Type::Struct(c) => match self.fields(c)?.layout {
                ContLayout::Auto => None,
                ContLayout::Extern => Some(self.step_offset(info.child, step)?),
                ContLayout::Packed => return self.unsupported("packed structs"),
            },
            _ => None,
        };
        let ty = self.field_ptr_type(&info, child, align, extern_offset)?;
        self.ptr_step(ptr, info.child, step, ty)
    }

    /// A pointer moved by a step; what is undefined stays so.
    fn ptr_step(&mut self, ptr: Opv, of: TypeId, step: Step, ty: TypeId) -> R<Opv> {
        match ptr {
            Opv::C(v) if self.is_undef(v) => Ok(Opv::C(self.s.pool.undef(ty))),
            Opv::C(v) if matches!(self.s.pool.val(v), Value::Ptr { .. }) => self.part_ptr(ptr, step, 0, ty),
            _ => {
                if let Some(u) = self.unknown_at_comptime(ty) {
                    return Ok(u);
                }
                let offset = self.step_offset(of, step)?;
                self.part_ptr(ptr, step, offset, ty)
            }
        }
    }

    /// Type of a pointer to a field. `extern_offset` is its offset where the struct's layout is
    /// fixed, so that more is known of its alignment.
    fn field_ptr_type(
        &mut self,
        parent: &PtrType,
        child: TypeId,
        explicit: Option<u32>,
        extern_offset: Option<u64>,
    ) -> R<TypeId> {
        let plain = self.ptr_to_part(parent, child);
        if extern_offset.is_none() && parent.align.is_none() && explicit.is_none() {
            return Ok(plain);
        }
        let natural = self.layout(child)?.align;
        let align = match (extern_offset, parent.align) {
            (Some(o), _) => self.ptr_align(parent)?.min(offset_align(o)),
            (None, None) => explicit.unwrap_or(natural),
            (None, Some(p)) => p.min(explicit.unwrap_or(natural)),
        };
        let Some(info) = self.s.pool.ptr_info(plain) else { return Ok(plain) };
        Ok(self.s.pool.ptr_type(PtrType { align: (align != natural).then_some(align), ..info }))
    }

    /// Address of a field of the union that `ptr` points to. Unless it is about to be initialised,
    /// it must be the active one.
    pub fn union_field_ptr(
        &mut self,
        ptr: Opv,
        name: Name,
        src: Place,
        name_place: Place,
        initializing: bool,
    ) -> R<Opv> {
        let ptr_ty = self.ty_of(ptr);
        let Some(info) = self.s.pool.ptr_info(ptr_ty) else { return self.fail("internal error: not a pointer") };
        let Type::Union(c) = *self.s.pool.ty(info.child) else { return self.fail("internal error: not a union") };
        let Some((index, field)) = self.find_field(c, name)? else {
            return self.no_field(info.child, name, name_place);
        };
        if !initializing {
            match ptr {
                Opv::C(p) => match self.load_comptime(p)? {
                    Some(u) if self.is_undef(u) => {
                        return self.fail_at(src, "use of undefined value here causes illegal behavior");
                    }
                    Some(u) => self.check_active_known(info.child, u, index, src)?,
                    None if !self.is_comptime() => {
                        let rt = self.to_rt(ptr)?;
                        self.check_active(rt, c, index)?;
                    }
                    None => {}
                },
                _ if self.is_comptime() => {}
                _ => {
                    let rt = self.to_rt(ptr)?;
                    self.check_active(rt, c, index)?;
                }
            }
        }
        self.union_payload_ptr(ptr, index, field.align)
    }

    /// Address of field `index` of a union, unchecked.
    pub fn union_payload_ptr(&mut self, ptr: Opv, index: u32, align: Option<u32>) -> R<Opv> {
        let ptr_ty = self.ty_of(ptr);
        let Some(info) = self.s.pool.ptr_info(ptr_ty) else { return self.fail("internal error: not a pointer") };
        let child = self.step_type(info.child, Step::Field(index))?;
        let ty = self.field_ptr_type(&info, child, align, None)?;
        self.ptr_step(ptr, info.child, Step::Field(index), ty)
    }

    /// Complains if another field of a known union is active.
    pub(super) fn check_active_known(&mut self, ty: TypeId, u: ValueId, index: u32, src: Place) -> R<()> {
        let (Type::Union(c), Value::Union { tag, .. }) = (self.s.pool.ty(ty).clone(), self.s.pool.val(u).clone())
        else {
            return Ok(());
        };
        if self.union_tag_value(c, index)? == tag {
            return Ok(());
        }
        let active = self.union_field_of_tag(c, tag)?;
        let f = self.fields(c)?;
        let name = |i: u32| f.fields.get(i as usize).map(|x| x.name);
        let wanted = name(index).map(|n| self.s.text(n)).unwrap_or_default();
        let found = active.and_then(name).map(|n| self.s.text(n)).unwrap_or_default();
        let msg = SemaMsg::new(src, format!("access of union field '{wanted}' while field '{found}' is active"));
        let msg = self.note_type_declared(msg, ty);
        self.fail_msg(msg)
    }

    /// The tag of the union that `ptr` points to.
    pub fn union_tag_at(&mut self, ptr: Rt, c: ContId) -> R<Opv> {
        let f = self.fields(c)?;
        let Some(tag) = f.tag else { return self.fail("internal error: union without a tag") };
        if let Some(only) = self.opv(tag)? {
            return Ok(Opv::C(only));
        }
        let Repr::S(_) = self.repr(tag)? else {
            // One field: its tag has no bits.
            return match f.fields.first() {
                Some(_) => Ok(Opv::C(self.union_tag_value(c, 0)?)),
                None => self.fail("internal error: union without fields"),
            };
        };
        let offset = self.cont_layout(c)?.tag_offset;
        Ok(Opv::R(self.load_rt(ptr, tag, offset as u32, false, false)?))
    }

    /// The tag of a union value.
    pub fn union_tag_of(&mut self, v: Opv) -> R<Opv> {
        let ty = self.ty_of(v);
        let Type::Union(c) = *self.s.pool.ty(ty) else { return self.fail("internal error: not a union") };
        match v {
            Opv::C(u) => match *self.s.pool.val(u) {
                Value::Union { tag, .. } => Ok(Opv::C(tag)),
                _ => {
                    let tag = self.fields(c)?.tag.unwrap_or(TypeId::VOID);
                    Ok(Opv::C(self.s.pool.undef(tag)))
                }
            },
            _ => {
                let rt = self.to_rt(v)?;
                let at = self.spill(rt)?;
                self.union_tag_at(at, c)
            }
        }
    }

    /// At run time: panics unless field `index` of the union at `ptr` is active.
    pub(super) fn check_active(&mut self, ptr: Rt, c: ContId, index: u32) -> R<()> {
        if !self.blk.safety || self.blk.is_typeof {
            return Ok(());
        }
        let active = self.union_tag_at(ptr, c)?;
        let wanted = Opv::C(self.union_tag_value(c, index)?);
        let Opv::R(rt) = active else { return Ok(()) };
        let (a, w) = (self.scalar(rt)?, self.scalar_of(wanted)?);
        let ok = self.bld().cmp(tir::Cmp::Eq, a, w);
        self.check_generic(ok, "inactiveUnionField", &[active, wanted])
    }

    /// As [`An::check`] with a panic function that takes `anytype`.
    pub fn check_generic(&mut self, cond: tir::Val, name: &str, args: &[Opv]) -> R<()> {
        if !self.blk.safety || self.blk.is_typeof {
            return Ok(());
        }
        let Some(ns) = self.std_builtin_type("panic")? else { return self.fail("std.builtin has no 'panic'") };
        let name = self.s.interner.intern(name.as_bytes());
        let ns = self.ty_op(ns);
        let place = self.here();
        let callee = self.field_val(ns, name, place)?;
        let b = self.bld();
        let (ok, bad) = (b.block(), b.block());
        b.set_cold(bad);
        b.br(cond, ok, bad);
        b.switch_to(bad);
        self.call_known(callee, args)?;
        self.bld().term(tir::Term::Trap);
        self.bld().switch_to(ok);
        Ok(())
    }

    /// Writes the tag of field `index` into the union that `ptr` points to at run time.
    pub fn store_union_tag(&mut self, ptr: Opv, c: ContId, index: u32) -> R<()> {
        let f = self.fields(c)?;
        let Some(tag_ty) = f.tag else { return Ok(()) };
        let Repr::S(_) = self.repr(tag_ty)? else { return Ok(()) };
        let tag = self.union_tag_value(c, index)?;
        let offset = self.cont_layout(c)?.tag_offset;
        let to = self.to_rt(ptr)?;
        let v = self.to_rt(Opv::C(tag))?;
        self.store_rt(to, v, offset as u32)
    }

    /// A length as a machine word.
    pub fn word(&mut self, n: u64) -> tir::Val {
        self.const_scalar(Scalar::I64, n as i64)
    }
}

/// The alignment that an offset preserves.
pub(in crate::analyze) fn offset_align(offset: u64) -> u32 {
    if offset == 0 { u32::MAX } else { 1 << offset.trailing_zeros().min(30) }
}
