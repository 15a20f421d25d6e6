//! `@ptrCast` and the other pointer casts, a whole nest at once, and `@fieldParentPtr`.

use ir::inst::ptr_cast as flag;
use ir::{ComptimeReason, Ref};
use syntax::NodeId;
use syntax::ast::{Node, PtrSize};
use tir::{BinOp as Bin, Cmp, Scalar};

use super::Strip;
use crate::analyze::arith::UNDEF_USE;
use crate::analyze::comptime_mem::Step;
use crate::analyze::{An, Opv, Rt, Rv};
use crate::msg::{Place, SemaMsg};
use crate::pool::{PtrBase, PtrType, Type, TypeId, Value, ValueId};
use crate::unit::R;

/// How the length of a slice comes about.
#[derive(Clone, Copy)]
enum Len {
    /// No slice is made.
    None,
    /// Known.
    Known(u64),
    /// That of the source, whose elements have this size.
    Of(u64, u64),
}

fn size_word(s: PtrSize) -> &'static str {
    match s {
        PtrSize::One => "single",
        PtrSize::Many => "many",
        PtrSize::Slice => "slice",
        PtrSize::C => "C",
    }
}

impl An<'_> {
    /// The operand inside a nest of pointer casts.
    fn cast_operand_place(&self) -> Place {
        let f = self.frame();
        let mut node: NodeId = self.node();
        loop {
            let args = match f.ast.node(node) {
                Node::Grouped { expr, .. } => {
                    node = expr;
                    continue;
                }
                Node::BuiltinCall { args, .. } => args,
                _ => break,
            };
            let name = self.token_text(f.member, f.ast.main_token(node));
            if !matches!(name, b"@ptrCast" | b"@alignCast" | b"@addrSpaceCast" | b"@constCast" | b"@volatileCast") {
                break;
            }
            match args.first() {
                Some(&n) => node = n,
                None => break,
            }
        }
        self.at(node)
    }

    fn cast_pointer(&self, ty: TypeId) -> Option<PtrType> {
        let base = self.s.pool.optional_child(ty).unwrap_or(ty);
        self.s.pool.ptr_info(base)
    }

    /// `Builtin::PtrCast`
    pub(super) fn ptr_cast(&mut self, dest: Ref, r: Ref, bits: Ref) -> R<Opv> {
        let v = self.op(r)?;
        let here = self.here();
        let at = self.cast_operand_place();
        let flags = match self.op(bits)? {
            Opv::C(c) => self.int_of(c).and_then(|i| i.to_u32()).unwrap_or(0),
            _ => 0,
        };
        let from = self.ty_of(v);
        let Some(src) = self.cast_pointer(from) else {
            let n = self.type_name(from);
            return self.fail_at(at, format!("expected pointer type, found '{n}'"));
        };
        let ty = if dest.is_none() {
            let plain = PtrType {
                is_const: src.is_const && flags & flag::CONST == 0,
                is_volatile: src.is_volatile && flags & flag::VOLATILE == 0,
                ..src
            };
            let p = self.s.pool.ptr_type(plain);
            let ty = if self.s.pool.optional_child(from).is_some() { self.s.pool.optional(p) } else { p };
            return self.retype(v, ty);
        } else {
            self.dest_type(dest, Strip::Eu)?
        };
        let Some(dst) = self.cast_pointer(ty) else {
            let n = self.type_name(ty);
            return self.fail(format!("expected pointer type, found '{n}'"));
        };
        let name = if flags & flag::PTR != 0 { "@ptrCast" } else { "@alignCast" };
        let len = self.cast_len(&src, &dst, from, here)?;
        if flags & flag::PTR == 0 {
            self.check_same_elements(&src, &dst, here)?;
        }
        let (sa, da) = (self.ptr_align(&src)?, self.ptr_align(&dst)?);
        if flags & flag::ALIGN == 0 && da > sa {
            let (a, b) = (self.type_name(from), self.type_name(ty));
            let msg = SemaMsg::new(here, format!("{name} increases pointer alignment"))
                .note(at, format!("'{a}' has alignment '{sa}'"))
                .note(here, format!("'{b}' has alignment '{da}'"))
                .note(here, "use @alignCast to assert pointer alignment");
            return self.fail_msg(msg);
        }
        if flags & flag::CONST == 0 && src.is_const && !dst.is_const {
            let msg = SemaMsg::new(here, format!("{name} discards const qualifier"))
                .note(here, "use @constCast to discard const qualifier");
            return self.fail_msg(msg);
        }
        if flags & flag::VOLATILE == 0 && src.is_volatile && !dst.is_volatile {
            let msg = SemaMsg::new(here, format!("{name} discards volatile qualifier"))
                .note(here, "use @volatileCast to discard volatile qualifier");
            return self.fail_msg(msg);
        }
        let (src_opt, dst_opt) = (self.s.pool.optional_child(from), self.s.pool.optional_child(ty));
        for t in [src_opt.map(|_| from), dst_opt.map(|_| ty)].into_iter().flatten() {
            if !self.is_ptr_like_optional(t) {
                return self.unsupported("a pointer cast with an optional slice");
            }
        }
        let nullable = |info: &PtrType, opt: Option<TypeId>| info.allowzero || opt.is_some();
        let to_ptr = dst_opt.unwrap_or(ty);
        if let Opv::C(c) = v
            && let Some(v) = self.fold_ptr_cast(c, ty, to_ptr, len, &dst, da, nullable(&dst, dst_opt), at)?
        {
            return Ok(v);
        }
        if self.is_comptime() {
            return self.fail_not_comptime(here, self.blk.comptime);
        }
        self.emit_ptr_cast(v, ty, &src, len, da, da > sa, nullable(&src, src_opt) && !nullable(&dst, dst_opt))
    }

    fn cast_len(&mut self, src: &PtrType, dst: &PtrType, from: TypeId, here: Place) -> R<Len> {
        if dst.size != PtrSize::Slice {
            return Ok(Len::None);
        }
        let (count, elem) = match src.size {
            PtrSize::Slice => (None, src.child),
            PtrSize::One => match *self.s.pool.ty(src.child) {
                Type::Array { len, child, .. } => (Some(len), child),
                _ => (Some(1), src.child),
            },
            PtrSize::Many | PtrSize::C => {
                let w = size_word(src.size);
                return self.fail_at(here, format!("cannot infer length of slice from {w} pointer"));
            }
        };
        if elem == dst.child {
            return Ok(count.map_or(Len::Of(1, 1), Len::Known));
        }
        let (ss, ds) = (self.layout(elem)?.size, self.layout(dst.child)?.size);
        if ds == 0 {
            let (a, b) = (self.type_name(dst.child), self.type_name(from));
            return self.fail_at(here, format!("cannot infer length of slice of zero-bit '{a}' from '{b}'"));
        }
        match count {
            Some(n) => {
                let bytes = n.saturating_mul(ss);
                if !bytes.is_multiple_of(ds) {
                    let n = self.type_name(src.child);
                    return self.fail_at(here, format!("type '{n}' does not divide exactly into destination elements"));
                }
                Ok(Len::Known(bytes / ds))
            }
            None => Ok(Len::Of(ss, ds)),
        }
    }

    fn check_same_elements(&mut self, src: &PtrType, dst: &PtrType, here: Place) -> R<()> {
        let class = |s: PtrSize| if s == PtrSize::C { PtrSize::Many } else { s };
        if class(src.size) != class(dst.size) && src.size != PtrSize::C && dst.size != PtrSize::C {
            let same_array = dst.size == PtrSize::Slice
                && src.size == PtrSize::One
                && self.s.pool.elem_of(src.child) == Some(dst.child);
            if !same_array {
                let (a, b) = (size_word(src.size), size_word(dst.size));
                let word = |w: &str| if w == "slice" { w.to_string() } else { format!("{w} pointer") };
                let msg = SemaMsg::new(here, format!("cannot implicitly convert {} to {}", word(a), word(b)))
                    .note(here, "use @ptrCast to change pointer size");
                return self.fail_msg(msg);
            }
            return Ok(());
        }
        if let Err(why) = self.same_memory(dst.child, src.child, !dst.is_const)? {
            let (a, b) = (self.type_name(src.child), self.type_name(dst.child));
            let msg = SemaMsg::new(here, format!("pointer element type '{a}' cannot coerce into element type '{b}'"));
            let msg = self.note_reasons(msg, &why).note(here, "use @ptrCast to cast pointer element type");
            return self.fail_msg(msg);
        }
        Ok(())
    }

    fn fold_ptr_cast(
        &mut self,
        c: ValueId,
        ty: TypeId,
        to_ptr: TypeId,
        len: Len,
        dst: &PtrType,
        align: u32,
        nullable: bool,
        at: Place,
    ) -> R<Option<Opv>> {
        let n = self.type_name(ty);
        let inner = match self.s.pool.val(c).clone() {
            Value::Undef(_) => return Ok(Some(Opv::C(self.s.pool.undef(ty)))),
            Value::Opt { val: None, .. } => {
                if !nullable {
                    return self.fail_at(at, format!("null pointer casted to type '{n}'"));
                }
                return Ok(Some(Opv::C(if to_ptr == ty {
                    self.s.pool.intern(Value::Ptr { ty, base: PtrBase::Addr(0) })
                } else {
                    self.s.pool.opt_none(ty)
                })));
            }
            Value::Opt { val: Some(p), .. } => p,
            _ => c,
        };
        let (ptr, src_len) = match *self.s.pool.val(inner) {
            Value::Slice { ptr, len, .. } => (ptr, self.int_of(len).and_then(|l| l.to_u64())),
            _ => (inner, None),
        };
        let Value::Ptr { base, .. } = *self.s.pool.val(ptr) else { return Ok(None) };
        if let PtrBase::Addr(a) = base {
            if a == 0 && !nullable {
                return self.fail_at(at, format!("null pointer casted to type '{n}'"));
            }
            if a == 0 && to_ptr != ty {
                return Ok(Some(Opv::C(self.s.pool.opt_none(ty))));
            }
            if !a.is_multiple_of(u64::from(align.max(1))) {
                return self.fail_at(at, format!("pointer address 0x{a:X} is not aligned to {align} bytes"));
            }
        }
        let p = if dst.size == PtrSize::Slice {
            let n = match (len, src_len) {
                (Len::Known(n), _) => n,
                (Len::Of(s, d), Some(n)) => {
                    let bytes = n.saturating_mul(s);
                    if !bytes.is_multiple_of(d) {
                        return self.fail_at(at, "slice length does not divide evenly into destination elements");
                    }
                    bytes / d
                }
                _ => return self.fail_at(at, UNDEF_USE),
            };
            let many = self.s.pool.ptr_type(PtrType { size: PtrSize::Many, ..*dst });
            let ptr = self.s.pool.intern(Value::Ptr { ty: many, base });
            let len = self.s.pool.usize(n);
            self.s.pool.intern(Value::Slice { ty: to_ptr, ptr, len })
        } else {
            self.s.pool.intern(Value::Ptr { ty: to_ptr, base })
        };
        Ok(Some(Opv::C(if to_ptr == ty { p } else { self.s.pool.opt_some(ty, p) })))
    }

    fn emit_ptr_cast(
        &mut self,
        v: Opv,
        ty: TypeId,
        src: &PtrType,
        len: Len,
        align: u32,
        check_align: bool,
        check_null: bool,
    ) -> R<Opv> {
        let rt = self.to_rt(v)?;
        if let (Rv::Slot(..), Len::None, false) = (rt.rv, len, check_align) {
            return Ok(Opv::R(Rt { ty, rv: rt.rv }));
        }
        let (addr, old_len) = match rt.rv {
            Rv::P(p, l) => (p, Some(l)),
            _ => (self.scalar(rt)?, None),
        };
        if self.blk.safety {
            if check_null {
                let ok = self.bld().cmp_imm(Cmp::Ne, addr, 0);
                self.check(ok, "castToNull", &[])?;
            }
            if check_align && align > 1 {
                let low = self.bld().bin_imm(Bin::And, addr, i64::from(align) - 1);
                let mut ok = self.not_val(low);
                if let (PtrSize::Slice, Some(l)) = (src.size, old_len) {
                    let empty = self.not_val(l);
                    ok = self.bld().bin(Bin::Or, ok, empty);
                }
                self.check(ok, "incorrectAlignment", &[])?;
            }
        }
        let rv = match (len, old_len) {
            (Len::None, _) => Rv::S(addr),
            (Len::Known(n), _) => {
                let n = self.const_scalar(Scalar::I64, n as i64);
                Rv::P(addr, n)
            }
            (Len::Of(s, d), Some(l)) if s == d => Rv::P(addr, l),
            (Len::Of(s, d), Some(l)) => {
                let bytes = if s == 1 { l } else { self.bld().bin_imm(Bin::Mul, l, s as i64) };
                let n = if d == 1 {
                    bytes
                } else {
                    let d_val = self.const_scalar(Scalar::I64, d as i64);
                    if self.blk.safety && !s.is_multiple_of(d) {
                        let rem = self.bld().bin(Bin::URem, bytes, d_val);
                        let ok = self.not_val(rem);
                        self.check(ok, "sliceCastLenRemainder", &[l])?;
                    }
                    self.bld().bin(Bin::UDiv, bytes, d_val)
                };
                Rv::P(addr, n)
            }
            (Len::Of(..), None) => return self.fail("internal error: a slice without a length"),
        };
        Ok(Opv::R(Rt { ty, rv }))
    }

    /// `@fieldParentPtr`
    pub(super) fn field_parent_ptr(&mut self, dest: Ref, name: Ref, field_ptr: Ref, bits: Ref) -> R<Opv> {
        let ty = self.dest_type(dest, Strip::Eu)?;
        let here = self.here();
        let flags = match self.op(bits)? {
            Opv::C(c) => self.int_of(c).and_then(|i| i.to_u32()).unwrap_or(0),
            _ => 0,
        };
        let Some(parent) = self.s.pool.ptr_info(ty).filter(|p| p.size == PtrSize::One) else {
            let n = self.type_name(ty);
            return self.fail(format!("expected single pointer type, found '{n}'"));
        };
        let name_place = self.arg_place(0);
        let nv = self.op(name)?;
        let name = self.comptime_name_of(nv, name_place, ComptimeReason::FieldName)?;
        let v = self.op(field_ptr)?;
        let at = self.arg_place(1);
        let Type::Struct(c) = *self.s.pool.ty(parent.child) else {
            let n = self.type_name(parent.child);
            if matches!(self.s.pool.ty(parent.child), Type::Union(_)) {
                return self.unsupported("@fieldParentPtr of a union");
            }
            return self.fail(format!("expected struct or union type, found '{n}'"));
        };
        let Some((index, field)) = self.find_field(c, name)? else {
            let (t, n) = (self.s.text(name), self.type_name(parent.child));
            let msg = SemaMsg::new(name_place, format!("no field named '{t}' in struct '{n}'"));
            let msg = self.declared_here(msg, parent.child);
            return self.fail_msg(msg);
        };
        if field.is_comptime {
            return self.fail("cannot get @fieldParentPtr of a comptime field");
        }
        let vt = self.ty_of(v);
        let Some(info) = self.s.pool.ptr_info(vt).filter(|p| p.size != PtrSize::Slice) else {
            let n = self.type_name(vt);
            return self.fail_at(at, format!("expected pointer type, found '{n}'"));
        };
        if self.fields(c)?.layout == crate::unit::ContLayout::Packed {
            return self.unsupported("@fieldParentPtr of a packed struct");
        }
        let wanted = self.s.pool.ptr_type(PtrType {
            align: None,
            child: field.ty,
            is_const: parent.is_const || flags & flag::CONST != 0,
            is_volatile: parent.is_volatile || flags & flag::VOLATILE != 0,
            ..info
        });
        let v = self.coerce(wanted, v, at)?;
        let offset = self.step_offset(parent.child, Step::Field(index))?;
        if let Opv::C(c) = v {
            match *self.s.pool.val(c) {
                Value::Undef(_) => return self.fail_at(at, UNDEF_USE),
                Value::Ptr { base: PtrBase::Field { base, index: i }, .. } => {
                    let of = self.s.pool.type_of(base);
                    if i == index && self.s.pool.child_of(of) == Some(parent.child) {
                        return self.retype_ptr(Opv::C(base), ty);
                    }
                    return self.fail_at(here, "pointer value not based on parent struct");
                }
                Value::Ptr { base: PtrBase::Addr(a), .. } => {
                    return Ok(Opv::C(
                        self.s.pool.intern(Value::Ptr { ty, base: PtrBase::Addr(a.wrapping_sub(offset)) }),
                    ));
                }
                _ => return self.fail_at(here, "pointer value not based on parent struct"),
            }
        }
        let align = self.ptr_align(&parent)?;
        let natural = self.layout(parent.child)?.align;
        if align > natural && flags & flag::ALIGN == 0 {
            return self.unsupported("@fieldParentPtr that increases alignment");
        }
        self.require_runtime(here, at)?;
        let a = self.scalar_of(v)?;
        let a = if offset == 0 { a } else { self.bld().bin_imm(Bin::Sub, a, offset as i64) };
        Ok(self.rt_s(ty, a))
    }
}
