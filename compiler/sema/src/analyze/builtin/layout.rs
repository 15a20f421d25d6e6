//! Builtin functions that ask about types.

use ir::{Builtin as B, ComptimeReason, Ref};
use syntax::ast::PtrSize;

use crate::analyze::An;
use crate::analyze::Opv;
use crate::msg::SemaMsg;
use crate::pool::{Type, TypeId};
use crate::unit::{ContLayout, R};

impl An<'_> {
    /// `@sizeOf`, `@alignOf`, `@bitSizeOf`
    pub(super) fn size_of(&mut self, tag: B, r: Ref) -> R<Opv> {
        let ty = self.type_arg(r, 0)?;
        let at = self.arg_place(0);
        let n = self.type_name(ty);
        let opaque = matches!(
            self.s.pool.ty(ty),
            Type::Noreturn
                | Type::Undefined
                | Type::Null
                | Type::EnumLiteral
                | Type::AnyOpaque
                | Type::Opaque(_)
                | Type::Fn(_)
        );
        let v = match tag {
            B::AlignOf => {
                if matches!(self.s.pool.ty(ty), Type::Noreturn | Type::Undefined | Type::Null | Type::EnumLiteral) {
                    return self.fail_at(at, format!("no align available for type '{n}'"));
                }
                u64::from(if opaque { 1 } else { self.layout(ty)?.align })
            }
            _ if opaque => return self.fail_at(at, format!("no size available for type '{n}'")),
            B::BitSizeOf => {
                if self.is_comptime_only(ty)? {
                    0
                } else {
                    self.bit_size(ty)?
                }
            }
            _ => {
                // The layout first, so that a loop through it is reported where real Zig does.
                let size = self.layout(ty)?.size;
                if self.is_comptime_only(ty)? { 0 } else { size }
            }
        };
        Ok(self.int_op(TypeId::COMPTIME_INT, v))
    }

    /// `@offsetOf`, `@bitOffsetOf`
    pub(super) fn offset_of(&mut self, bits: bool, ty: Ref, name: Ref) -> R<Opv> {
        let ty = self.type_arg(ty, 0)?;
        let name = self.comptime_name(name, ComptimeReason::FieldName)?;
        let (type_place, name_place) = (self.arg_place(0), self.arg_place(1));
        let offset = match self.s.pool.ty(ty).clone() {
            Type::Struct(c) => {
                let Some((i, field)) = self.find_field(c, name)? else {
                    let (t, n) = (self.s.text(name), self.type_name(ty));
                    let msg = SemaMsg::new(name_place, format!("no field named '{t}' in struct '{n}'"));
                    let msg = self.declared_here(msg, ty);
                    return self.fail_msg(msg);
                };
                if field.is_comptime {
                    return self.fail("no offset available for comptime field");
                }
                let f = self.fields(c)?;
                if f.layout == ContLayout::Packed {
                    let mut at = 0u64;
                    for x in f.fields.iter().take(i as usize) {
                        at += self.bit_size(x.ty)?;
                    }
                    let v = if bits { at } else { at / 8 };
                    return Ok(self.int_op(TypeId::COMPTIME_INT, v));
                }
                self.cont_layout(c)?.offsets.get(i as usize).copied()
            }
            Type::Tuple { types, values } => {
                let i = self.tuple_index(ty, types.len(), name, name_place)?;
                if values.get(i as usize).copied().flatten().is_some() {
                    return self.fail("no offset available for comptime field");
                }
                let (_, offsets) = self.tuple_layout(&types, &values)?;
                offsets.get(i as usize).copied()
            }
            _ => {
                let n = self.type_name(ty);
                let msg = SemaMsg::new(type_place, format!("expected struct type, found '{n}'"));
                let msg = self.declared_here(msg, ty);
                return self.fail_msg(msg);
            }
        };
        let bytes = offset.unwrap_or(0);
        Ok(self.int_op(TypeId::COMPTIME_INT, if bits { bytes * 8 } else { bytes }))
    }

    /// `@hasDecl`
    pub(super) fn has_decl(&mut self, ty: Ref, name: Ref) -> R<Opv> {
        let ty = self.type_arg(ty, 0)?;
        let name = self.comptime_name(name, ComptimeReason::DeclName)?;
        let Some(c) = self.cont_of_type(ty) else {
            if let Type::UnionTag(_) = self.s.pool.ty(ty) {
                return Ok(self.bool_op(false));
            }
            let at = self.arg_place(0);
            let n = self.type_name(ty);
            return self.fail_at(at, format!("expected struct, enum, union, or opaque; found '{n}'"));
        };
        let found = match self.lookup_decl(c, name) {
            Some(d) => self.decl_visible(d),
            None => false,
        };
        Ok(self.bool_op(found))
    }

    /// `@hasField`
    pub(super) fn has_field(&mut self, ty: Ref, name: Ref) -> R<Opv> {
        let ty = self.type_arg(ty, 0)?;
        let name = self.comptime_name(name, ComptimeReason::FieldName)?;
        let text = self.s.text(name);
        let has = match self.s.pool.ty(ty).clone() {
            Type::Struct(c) | Type::Union(c) | Type::Enum(c) | Type::UnionTag(c) => {
                let f = self.fields(c)?;
                if f.is_tuple {
                    text.parse::<usize>().is_ok_and(|i| i < f.fields.len())
                } else {
                    f.fields.iter().any(|f| f.name == name)
                }
            }
            Type::Tuple { types, .. } => text.parse::<usize>().is_ok_and(|i| i < types.len()),
            Type::Ptr(p) if p.size == PtrSize::Slice => matches!(text.as_str(), "ptr" | "len"),
            Type::Array { .. } => text == "len",
            _ => {
                let at = self.arg_place(0);
                let n = self.type_name(ty);
                return self.fail_at(at, format!("type '{n}' does not support '@hasField'"));
            }
        };
        Ok(self.bool_op(has))
    }
}
