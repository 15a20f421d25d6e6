//! What is said when there is no such field, member or access.

use syntax::Name;
use syntax::ast::{MemberRoot, PtrSize};

use crate::analyze::An;
use crate::decl::{DeclId, MemberId};
use crate::msg::{Place, SemaMsg};
use crate::pool::{ContId, Type, TypeId};
use crate::unit::R;

impl An<'_> {
    /// Slices and arrays have a length and a pointer only.
    pub(super) fn no_member<T>(&mut self, ty: TypeId, name: Name, place: Place) -> R<T> {
        let (text, n) = (self.s.text(name), self.type_name(ty));
        self.fail_at(place, format!("no member named '{text}' in '{n}'"))
    }

    /// A struct, tuple or union without such a field.
    pub fn no_field<T>(&mut self, ty: TypeId, name: Name, place: Place) -> R<T> {
        let (text, n) = (self.s.text(name), self.type_name(ty));
        let kind = match self.s.pool.ty(ty).clone() {
            Type::Tuple { .. } => "tuple",
            Type::Struct(c) if self.fields(c)?.is_tuple => "tuple",
            Type::Union(_) => "union",
            Type::Enum(_) | Type::UnionTag(_) => "enum",
            _ => "struct",
        };
        let msg = SemaMsg::new(place, format!("no field named '{text}' in {kind} '{n}'"));
        let msg = if kind == "tuple" { msg } else { self.note_type_declared(msg, ty) };
        self.fail_msg(msg)
    }

    /// A type whose namespace does not hold a name.
    pub(super) fn no_type_member<T>(&mut self, ty: TypeId, name: Name, place: Place) -> R<T> {
        let (text, n) = (self.s.text(name), self.type_name(ty));
        let kind = match *self.s.pool.ty(ty) {
            Type::Struct(c) if self.is_file_struct(c) => "root source file struct",
            Type::Union(_) => "union",
            Type::Enum(_) | Type::UnionTag(_) => "enum",
            Type::Opaque(_) => "opaque",
            _ => "struct",
        };
        let msg = SemaMsg::new(place, format!("{kind} '{n}' has no member named '{text}'"));
        let msg = self.note_type_declared(msg, ty);
        self.fail_msg(msg)
    }

    /// Whether a container is the struct of a file.
    fn is_file_struct(&self, c: ContId) -> bool {
        let key = &self.s.cont(c).key;
        key.reified.is_none() && self.s.site(key.site).owner.is_none()
    }

    /// Adds where a container type (or the union of a tag type) is declared.
    pub fn note_type_declared(&self, msg: SemaMsg, ty: TypeId) -> SemaMsg {
        let (c, kind) = match *self.s.pool.ty(ty) {
            Type::Struct(c) => (c, "struct"),
            Type::Union(c) => (c, "union"),
            Type::Enum(c) | Type::UnionTag(c) => (c, "enum"),
            Type::Opaque(c) => (c, "opaque"),
            _ => return msg,
        };
        match self.cont_decl_place(c) {
            Some(at) => msg.note(at, format!("{kind} declared here")),
            None => msg,
        }
    }

    /// Where a container stands; of a file, its beginning.
    pub fn cont_decl_place(&self, c: ContId) -> Option<Place> {
        if let Some(p) = self.cont_place(c) {
            return Some(p);
        }
        if !self.is_file_struct(c) {
            return None;
        }
        let site = self.s.cont(c).key.site;
        Some(Place::file_start(self.s.site(site).file))
    }

    /// A declaration of another file that is not public.
    pub fn not_pub<T>(&mut self, d: DeclId, name: Name, src: Place) -> R<T> {
        let text = self.s.text(name);
        let at = self.member_decl_place(self.s.decl(d).member);
        self.fail_msg(SemaMsg::new(src, format!("'{text}' is not marked 'pub'")).note(at, "declared here"))
    }

    /// The keyword that a member's declaration is known by.
    pub fn member_decl_place(&self, m: MemberId) -> Place {
        let ast = &self.s.member(m).ast;
        let node = match ast.root() {
            MemberRoot::Var { node } => node,
            MemberRoot::Fn { proto, .. } => proto,
            _ => return self.member_place(m),
        };
        Place::node(m, ast, node)
    }

    /// A value whose type has nothing after a dot.
    pub(super) fn no_field_access<T>(&mut self, ty: TypeId, name: Name, src: Place) -> R<T> {
        let inner = match self.s.pool.ptr_info(ty) {
            Some(p) if p.size == PtrSize::One => p.child,
            _ => ty,
        };
        let n = self.type_name(ty);
        if let Some(c) = self.s.pool.optional_child(inner)
            && self.has_fields(c, name)
        {
            let msg = SemaMsg::new(src, format!("optional type '{n}' does not support field access"));
            return self.fail_msg(msg.note(src, "consider using '.?', 'orelse', or 'if'"));
        }
        if let Some((_, c)) = self.s.pool.error_union_parts(inner)
            && self.has_fields(c, name)
        {
            let msg = SemaMsg::new(src, format!("error union type '{n}' does not support field access"));
            return self.fail_msg(msg.note(src, "consider using 'try', 'catch', or 'if'"));
        }
        self.fail_at(src, format!("type '{n}' does not support field access"))
    }

    fn has_fields(&self, ty: TypeId, name: Name) -> bool {
        match self.s.pool.ty(ty) {
            Type::Array { .. } => name == self.s.names.len,
            Type::Ptr(p) if p.size == PtrSize::Slice => name == self.s.names.len || name == self.s.names.ptr,
            Type::Type | Type::Struct(_) | Type::Union(_) | Type::Tuple { .. } => true,
            _ => false,
        }
    }
}
