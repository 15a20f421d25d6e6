//! Method calls: what `object.name(…)` calls, and with which receiver.

use syntax::ast::PtrSize;
use syntax::{MemberKind, Name};

use super::super::{An, Opv};
use crate::decl::DeclId;
use crate::msg::{Place, SemaMsg};
use crate::pool::{FnParam, Type, TypeId};
use crate::unit::R;

impl An<'_> {
    /// Finds what `object.name(…)` calls, and what it gets as its first argument.
    pub(super) fn bind_method(&mut self, object: Opv, name: Name) -> R<(Opv, Option<Opv>)> {
        let place = self.callee_place();
        let ptr_ty = self.ty_of(object);
        let Some(info) = self.s.pool.ptr_info(ptr_ty) else {
            return self.fail("internal error: method call on what is not a pointer");
        };
        let mut ptr = object;
        let mut ty = info.child;
        let mut twice = false;
        if let Some(inner) = self.s.pool.ptr_info(ty)
            && inner.size == PtrSize::One
        {
            ptr = self.load(ptr, place, false)?;
            ty = inner.child;
            twice = true;
        }
        if let Some(c) = self.cont_of_type(ty) {
            if !matches!(self.s.pool.ty(ty), Type::Enum(_) | Type::Opaque(_)) && self.find_field(c, name)?.is_some() {
                let v = self.field_val_by_ptr(ptr, name, place)?;
                return Ok((v, None));
            }
            if let Some(d) = self.lookup_decl(c, name) {
                if !self.decl_visible(d) {
                    return self.not_pub(d, name, place);
                }
                let f = self.load_decl(d)?;
                let f_ty = self.ty_of(f);
                if let Type::Fn(ft) = self.s.pool.ty(f_ty).clone()
                    && let Some(first) = ft.params.first().copied()
                    && let Some(this) = self.method_receiver(ptr, ty, &first, d, place)?
                {
                    return Ok((f, Some(this)));
                }
                return self.not_a_method(ty, name, d, place, twice);
            }
        }
        if matches!(self.s.pool.ty(ty), Type::Tuple { .. }) {
            let v = self.field_val_by_ptr(ptr, name, place)?;
            return Ok((v, None));
        }
        if ty == TypeId::TYPE {
            let t = self.load(ptr, place, false)?;
            let v = self.field_val(t, name, place)?;
            return Ok((v, None));
        }
        let text = self.s.text(name);
        let n = self.type_name(ty);
        let mut msg = SemaMsg::new(place, format!("no field or member function named '{text}' in '{n}'"));
        if let Some(c) = self.cont_of_type(ty)
            && let Some(p) = self.cont_place(c)
        {
            let kind = self.kind_word(ty);
            msg = msg.note(p, format!("{kind} declared here"));
        }
        if twice {
            let at = place;
            msg = msg.note(at, "method invocation only supports up to one level of implicit pointer dereferencing");
            msg = msg.note(at, "use '.*' to dereference pointer");
        }
        self.fail_msg(msg)
    }

    fn not_a_method<T>(&mut self, ty: TypeId, name: Name, d: DeclId, place: Place, twice: bool) -> R<T> {
        let text = self.s.text(name);
        let n = self.type_name(ty);
        let member = self.s.decl(d).member;
        let at = self.member_decl_place(member);
        let mut msg = SemaMsg::new(place, format!("no field or member function named '{text}' in '{n}'"));
        if let Some(c) = self.cont_of_type(ty)
            && let Some(p) = self.cont_place(c)
        {
            let kind = self.kind_word(ty);
            msg = msg.note(p, format!("{kind} declared here"));
        }
        msg = msg.note(at, format!("'{text}' is not a member function"));
        if twice {
            msg = msg.note(place, "method invocation only supports up to one level of implicit pointer dereferencing");
            msg = msg.note(place, "use '.*' to dereference pointer");
        }
        self.fail_msg(msg)
    }

    /// `struct`, `union`, `enum`, `opaque`.
    pub fn kind_word(&self, ty: TypeId) -> &'static str {
        match self.s.pool.ty(ty) {
            Type::Union(_) => "union",
            Type::Enum(_) => "enum",
            Type::Opaque(_) => "opaque",
            _ => "struct",
        }
    }

    /// The receiver of a method call, if the first parameter takes one.
    fn method_receiver(&mut self, ptr: Opv, ty: TypeId, first: &FnParam, d: DeclId, place: Place) -> R<Option<Opv>> {
        let Some(p) = first.ty else {
            // `anytype` takes the pointer; a type that depends on arguments cannot be first.
            let _ = d;
            return Ok(Some(ptr));
        };
        if p == ty {
            return Ok(Some(self.load(ptr, place, false)?));
        }
        if let Some(i) = self.s.pool.ptr_info(p)
            && matches!(i.size, PtrSize::One | PtrSize::C)
            && i.child == ty
        {
            return Ok(Some(ptr));
        }
        if let Some(c) = self.s.pool.optional_child(p) {
            if c == ty {
                return Ok(Some(self.load(ptr, place, false)?));
            }
            if let Some(i) = self.s.pool.ptr_info(c)
                && i.size == PtrSize::One
                && i.child == ty
            {
                return Ok(Some(ptr));
            }
        }
        if let Some((_, c)) = self.s.pool.error_union_parts(p)
            && c == ty
        {
            return Ok(Some(self.load(ptr, place, false)?));
        }
        Ok(None)
    }

    /// Whether a declaration may be named from the running frame's file.
    pub fn decl_visible(&self, d: DeclId) -> bool {
        let m = self.s.member(self.s.decl(d).member);
        let here = self.s.site(self.s.member(self.frame().member).site).file;
        m.is_pub || self.s.site(m.site).file == here || m.kind == MemberKind::Field
    }
}
