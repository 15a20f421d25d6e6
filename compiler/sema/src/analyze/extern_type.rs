//! Types that C has, too: in functions of its convention and in extern structs.

use syntax::ast::PtrSize;

use super::An;
use crate::msg::{Place, SemaMsg};
use crate::pool::{CallConv, Type, TypeId};
use crate::unit::{ContLayout, FieldsRec, R};

/// What a type is used for, as far as C minds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Position {
    Param,
    Ret,
    /// Of a struct, or an element of an array.
    Field,
    Other,
}

impl An<'_> {
    /// Complains about a field of an extern struct that C cannot have. What depends on other
    /// containers is asked for by the layout (`laid_out`), the rest by the field list, so that
    /// containers may point to each other.
    pub(super) fn check_extern_field(&mut self, ty: TypeId, at: Place, laid_out: bool) -> R<()> {
        if self.needs_containers(ty) != laid_out || self.is_extern_type(ty, Position::Field)? {
            return Ok(());
        }
        let n = self.type_name(ty);
        let msg = SemaMsg::new(at, format!("extern structs cannot contain fields of type '{n}'"));
        let msg = self.why_not_extern(msg, at, ty, Position::Field)?;
        let msg = self.declared_here(msg, ty);
        self.fail_msg(msg)
    }

    /// Checks the fields of an extern struct whose types hold or point to other containers.
    pub(super) fn check_extern_layout(&mut self, f: &FieldsRec) -> R<()> {
        if f.layout != ContLayout::Extern {
            return Ok(());
        }
        for field in &f.fields {
            if let (Some(m), false) = (field.member, field.is_comptime) {
                let at = self.field_type_place(m);
                self.check_extern_field(field.ty, at, true)?;
            }
        }
        Ok(())
    }

    /// Complains about an exported symbol that C cannot have.
    pub(super) fn check_export(&mut self, ty: TypeId, at: Place) -> R<()> {
        if self.is_extern_type(ty, Position::Other)? {
            return Ok(());
        }
        let n = self.type_name(ty);
        let msg = SemaMsg::new(at, format!("unable to export type '{n}'"));
        let msg = self.why_not_extern(msg, at, ty, Position::Other)?;
        let msg = self.declared_here(msg, ty);
        self.fail_msg(msg)
    }

    fn needs_containers(&self, ty: TypeId) -> bool {
        match *self.s.pool.ty(ty) {
            Type::Array { child, .. } | Type::Vector { child, .. } => self.needs_containers(child),
            Type::Ptr(ref p) => p.size != PtrSize::Slice && self.needs_containers(p.child),
            Type::Optional(_) => self.is_ptr_like_optional(ty),
            Type::Struct(_) | Type::Union(_) | Type::Tuple { .. } => true,
            _ => false,
        }
    }

    /// Whether C has such values, in such a place.
    pub(super) fn is_extern_type(&mut self, t: TypeId, position: Position) -> R<bool> {
        if let Some((_, bits)) = self.int_info(t)
            && !matches!(self.s.pool.ty(t), Type::Enum(_) | Type::UnionTag(_))
        {
            return Ok(matches!(bits, 0 | 8 | 16 | 32 | 64 | 128));
        }
        Ok(match self.s.pool.ty(t).clone() {
            Type::Void => matches!(position, Position::Ret | Position::Field),
            Type::Noreturn => position == Position::Ret,
            Type::Bool | Type::Float(_) | Type::AnyOpaque | Type::Opaque(_) | Type::AnyFrame => true,
            Type::Ptr(p) => match self.s.pool.ty(p.child) {
                _ if p.size == PtrSize::Slice => false,
                Type::Fn(_) => self.is_extern_type(p.child, Position::Other)?,
                _ => !self.is_comptime_only(t)?,
            },
            Type::Fn(f) => position == Position::Other && f.cc == CallConv::C,
            Type::Enum(_) | Type::UnionTag(_) => {
                let int = self.enum_int_type(t)?;
                self.is_extern_type(int, position)?
            }
            Type::Struct(c) | Type::Union(c) => self.fields(c)?.layout != ContLayout::Auto || self.layout(t)?.size == 0,
            Type::Tuple { .. } => self.layout(t)?.size == 0,
            Type::Array { child, .. } => {
                !matches!(position, Position::Param | Position::Ret) && self.is_extern_type(child, Position::Field)?
            }
            Type::Vector { child, .. } => self.is_extern_type(child, Position::Other)?,
            Type::Optional(_) => {
                self.is_ptr_like_optional(t)
                    && self.s.pool.optional_child(t).is_some_and(|c| self.s.pool.ptr_info(c).is_some())
            }
            _ => false,
        })
    }

    /// Adds why C does not know a type.
    pub(super) fn why_not_extern(&mut self, msg: SemaMsg, at: Place, t: TypeId, position: Position) -> R<SemaMsg> {
        if let Some((_, bits)) = self.int_info(t)
            && !matches!(self.s.pool.ty(t), Type::Enum(_) | Type::UnionTag(_))
        {
            let what = if bits.is_power_of_two() {
                "only integers with 0, 8, 16, 32, 64 and 128 bits are extern compatible"
            } else {
                "only integers with 0 or power of two bits are extern compatible"
            };
            return Ok(msg.note(at, what));
        }
        Ok(match self.s.pool.ty(t).clone() {
            Type::Ptr(p) if p.size == PtrSize::Slice => {
                msg.note(at, "slices have no guaranteed in-memory representation")
            }
            Type::Ptr(p) if self.is_comptime_only(p.child)? && !matches!(self.s.pool.ty(p.child), Type::Fn(_)) => {
                let n = self.type_name(p.child);
                let msg = msg.note(at, format!("pointer to comptime-only type '{n}'"));
                let msg = self.explain_comptime(msg, at, p.child)?;
                self.why_not_extern(msg, at, p.child, Position::Other)?
            }
            Type::Ptr(p) => self.why_not_extern(msg, at, p.child, Position::Other)?,
            Type::Void => msg.note(at, "'void' is a zero bit type; for C 'void' use 'anyopaque'"),
            Type::Noreturn => msg.note(at, "'noreturn' is only allowed as a return type"),
            Type::Fn(_) if position != Position::Other => {
                // The name of the type is missing in real Zig's text, too.
                msg.note(at, "type has no guaranteed in-memory representation")
                    .note(at, "use '*const ' to make a function pointer type")
            }
            Type::Fn(_) => msg.note(at, "extern function must specify calling convention"),
            Type::Enum(_) | Type::UnionTag(_) => {
                let int = self.enum_int_type(t)?;
                let n = self.type_name(int);
                let msg = msg.note(at, format!("enum tag type '{n}' is not extern compatible"));
                self.why_not_extern(msg, at, int, position)?
            }
            Type::Struct(_) | Type::Tuple { .. } => {
                msg.note(at, "only extern structs and ABI sized packed structs are extern compatible")
            }
            Type::Union(_) => msg.note(at, "only extern unions and ABI sized packed unions are extern compatible"),
            Type::Array { .. } if position == Position::Param => {
                msg.note(at, "arrays are not allowed as a parameter type")
            }
            Type::Array { .. } if position == Position::Ret => msg.note(at, "arrays are not allowed as a return type"),
            Type::Array { child, .. } | Type::Vector { child, .. } => {
                self.why_not_extern(msg, at, child, Position::Other)?
            }
            Type::Optional(_) => msg.note(at, "only pointer like optionals are extern compatible"),
            _ => msg,
        })
    }
}
