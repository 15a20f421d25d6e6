//! Questions about types and values that need no knowledge of containers or functions.

use std::borrow::Cow;

use syntax::ast::PtrSize;

use super::Pool;
use crate::pool::{CInt, Int, PtrType, Type, TypeId, Value, ValueId};

/// The kinds of types, as `std.builtin.TypeId` has them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
#[repr(u8)]
#[allow(missing_docs, reason = "the names say it")]
pub enum ZigTag {
    Type,
    Void,
    Bool,
    Noreturn,
    Int,
    Float,
    Pointer,
    Array,
    Struct,
    ComptimeFloat,
    ComptimeInt,
    Undefined,
    Null,
    Optional,
    ErrorUnion,
    ErrorSet,
    Enum,
    Union,
    Fn,
    Opaque,
    Frame,
    AnyFrame,
    Vector,
    EnumLiteral,
}

impl ZigTag {
    /// The tag's name in the language.
    pub fn name(self) -> &'static str {
        match self {
            ZigTag::Type => "type",
            ZigTag::Void => "void",
            ZigTag::Bool => "bool",
            ZigTag::Noreturn => "noreturn",
            ZigTag::Int => "int",
            ZigTag::Float => "float",
            ZigTag::Pointer => "pointer",
            ZigTag::Array => "array",
            ZigTag::Struct => "struct",
            ZigTag::ComptimeFloat => "comptime_float",
            ZigTag::ComptimeInt => "comptime_int",
            ZigTag::Undefined => "undefined",
            ZigTag::Null => "null",
            ZigTag::Optional => "optional",
            ZigTag::ErrorUnion => "error_union",
            ZigTag::ErrorSet => "error_set",
            ZigTag::Enum => "enum",
            ZigTag::Union => "union",
            ZigTag::Fn => "fn",
            ZigTag::Opaque => "opaque",
            ZigTag::Frame => "frame",
            ZigTag::AnyFrame => "anyframe",
            ZigTag::Vector => "vector",
            ZigTag::EnumLiteral => "enum_literal",
        }
    }
}

impl CInt {
    /// Signedness and width on x86_64-linux, where `long` is as wide as a pointer.
    pub fn info(self, ptr_bits: u16) -> (bool, u16) {
        match self {
            CInt::Char => (true, 8),
            CInt::Short => (true, 16),
            CInt::UShort => (false, 16),
            CInt::Int => (true, 32),
            CInt::UInt => (false, 32),
            CInt::Long => (true, ptr_bits),
            CInt::ULong => (false, ptr_bits),
            CInt::LongLong => (true, 64),
            CInt::ULongLong => (false, 64),
        }
    }
}

/// Types.
impl Pool {
    /// Signedness and width of an integer type other than `comptime_int`.
    pub fn int_info(&self, ty: TypeId, ptr_bits: u16) -> Option<(bool, u16)> {
        match *self.ty(ty) {
            Type::Int { signed, bits } => Some((signed, bits)),
            Type::Usize => Some((false, ptr_bits)),
            Type::Isize => Some((true, ptr_bits)),
            Type::CInt(c) => Some(c.info(ptr_bits)),
            _ => None,
        }
    }

    /// An integer type with a width?
    pub fn is_int(&self, ty: TypeId) -> bool {
        matches!(self.ty(ty), Type::Int { .. } | Type::Usize | Type::Isize | Type::CInt(_))
    }

    /// `comptime_int`?
    pub fn is_comptime_int(&self, ty: TypeId) -> bool {
        ty == TypeId::COMPTIME_INT
    }

    /// An integer type, or `comptime_int`?
    pub fn is_any_int(&self, ty: TypeId) -> bool {
        self.is_int(ty) || self.is_comptime_int(ty)
    }

    /// An integer type with negative values (`comptime_int` is one)?
    pub fn is_signed(&self, ty: TypeId) -> bool {
        self.is_comptime_int(ty) || self.int_info(ty, 64).is_some_and(|(signed, _)| signed)
    }

    /// A float type, or `comptime_float`?
    pub fn is_any_float(&self, ty: TypeId) -> bool {
        matches!(self.ty(ty), Type::Float(_) | Type::ComptimeFloat)
    }

    /// A pointer or slice?
    pub fn is_ptr(&self, ty: TypeId) -> bool {
        matches!(self.ty(ty), Type::Ptr(_))
    }

    /// A slice?
    pub fn is_slice(&self, ty: TypeId) -> bool {
        matches!(self.ty(ty), Type::Ptr(p) if p.size == PtrSize::Slice)
    }

    /// `*T`?
    pub fn is_single_ptr(&self, ty: TypeId) -> bool {
        matches!(self.ty(ty), Type::Ptr(p) if p.size == PtrSize::One)
    }

    /// What a pointer or slice type says.
    pub fn ptr_info(&self, ty: TypeId) -> Option<PtrType> {
        match *self.ty(ty) {
            Type::Ptr(p) => Some(p),
            _ => None,
        }
    }

    /// Pointee, element, or payload of an optional: `@typeInfo(T).….child`.
    pub fn child_of(&self, ty: TypeId) -> Option<TypeId> {
        match *self.ty(ty) {
            Type::Ptr(PtrType { child, .. })
            | Type::Array { child, .. }
            | Type::Vector { child, .. }
            | Type::Optional(child) => Some(child),
            _ => None,
        }
    }

    /// The element type of what can be indexed: arrays, vectors, slices, many-pointers, C
    /// pointers and pointers to arrays.
    pub fn elem_of(&self, ty: TypeId) -> Option<TypeId> {
        match *self.ty(ty) {
            Type::Array { child, .. } | Type::Vector { child, .. } => Some(child),
            Type::Ptr(p) if p.size == PtrSize::One => match *self.ty(p.child) {
                Type::Array { child, .. } | Type::Vector { child, .. } => Some(child),
                _ => None,
            },
            Type::Ptr(p) => Some(p.child),
            _ => None,
        }
    }

    /// The sentinel of an array, slice or many-pointer.
    pub fn sentinel_of(&self, ty: TypeId) -> Option<ValueId> {
        match *self.ty(ty) {
            Type::Array { sentinel, .. } | Type::Ptr(PtrType { sentinel, .. }) => sentinel,
            _ => None,
        }
    }

    /// Is `?ty` represented as the pointer itself, null being address 0?
    pub fn is_ptr_like_child(&self, ty: TypeId) -> bool {
        matches!(self.ty(ty), Type::Ptr(p) if !p.allowzero && matches!(p.size, PtrSize::One | PtrSize::Many))
    }

    /// The payload of an optional.
    pub fn optional_child(&self, ty: TypeId) -> Option<TypeId> {
        match *self.ty(ty) {
            Type::Optional(child) => Some(child),
            _ => None,
        }
    }

    /// Set and payload of an error union.
    pub fn error_union_parts(&self, ty: TypeId) -> Option<(TypeId, TypeId)> {
        match *self.ty(ty) {
            Type::ErrorUnion { set, payload } => Some((set, payload)),
            _ => None,
        }
    }

    /// An error set of any kind?
    pub fn is_error_set(&self, ty: TypeId) -> bool {
        matches!(self.ty(ty), Type::AnyError | Type::ErrorSet(_) | Type::InferredErrorSet(_))
    }

    /// The kind of a type.
    pub fn zig_tag(&self, ty: TypeId) -> ZigTag {
        match self.ty(ty) {
            Type::Int { .. } | Type::Usize | Type::Isize | Type::CInt(_) => ZigTag::Int,
            Type::Bool => ZigTag::Bool,
            Type::Void => ZigTag::Void,
            Type::Noreturn => ZigTag::Noreturn,
            Type::Type => ZigTag::Type,
            Type::ComptimeInt => ZigTag::ComptimeInt,
            Type::ComptimeFloat => ZigTag::ComptimeFloat,
            Type::Float(_) => ZigTag::Float,
            Type::Null => ZigTag::Null,
            Type::Undefined => ZigTag::Undefined,
            Type::EnumLiteral => ZigTag::EnumLiteral,
            Type::AnyOpaque | Type::Opaque(_) => ZigTag::Opaque,
            Type::AnyError | Type::ErrorSet(_) | Type::InferredErrorSet(_) => ZigTag::ErrorSet,
            Type::AnyFrame | Type::Generic => ZigTag::AnyFrame,
            Type::Ptr(_) => ZigTag::Pointer,
            Type::Array { .. } => ZigTag::Array,
            Type::Vector { .. } => ZigTag::Vector,
            Type::Optional(_) => ZigTag::Optional,
            Type::ErrorUnion { .. } => ZigTag::ErrorUnion,
            Type::Fn(_) => ZigTag::Fn,
            Type::Tuple { .. } | Type::Struct(_) => ZigTag::Struct,
            Type::Union(_) => ZigTag::Union,
            Type::Enum(_) | Type::UnionTag(_) => ZigTag::Enum,
        }
    }
}

/// Values.
impl Pool {
    /// The type of a value.
    pub fn type_of(&self, id: ValueId) -> TypeId {
        match *self.val(id) {
            Value::Void => TypeId::VOID,
            Value::Bool(_) => TypeId::BOOL,
            Value::Null => TypeId::NULL,
            Value::Type(_) => TypeId::TYPE,
            Value::EnumLiteral(_) => TypeId::ENUM_LITERAL,
            Value::AlignOf(_) => TypeId::COMPTIME_INT,
            Value::Undef(ty)
            | Value::Int { ty, .. }
            | Value::Float { ty, .. }
            | Value::EnumTag { ty, .. }
            | Value::Err { ty, .. }
            | Value::ErrUnionErr { ty, .. }
            | Value::ErrUnionPayload { ty, .. }
            | Value::Opt { ty, .. }
            | Value::Aggregate { ty, .. }
            | Value::Bytes { ty, .. }
            | Value::Repeated { ty, .. }
            | Value::Union { ty, .. }
            | Value::Ptr { ty, .. }
            | Value::Slice { ty, .. }
            | Value::Func { ty, .. }
            | Value::GenericFunc { ty, .. }
            | Value::Extern { ty, .. } => ty,
        }
    }

    /// Undefined as a whole?
    pub fn is_undef(&self, id: ValueId) -> bool {
        matches!(self.val(id), Value::Undef(_))
    }

    /// The integer of an integer or enum value.
    pub fn as_int(&self, id: ValueId) -> Option<&Int> {
        match self.val(id) {
            Value::Int { val, .. } => Some(val),
            Value::EnumTag { val, .. } => self.as_int(*val),
            _ => None,
        }
    }

    /// The truth of a `bool`.
    pub fn as_bool(&self, id: ValueId) -> Option<bool> {
        match self.val(id) {
            Value::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// The type that a value of type `type` is.
    pub fn as_type(&self, id: ValueId) -> Option<TypeId> {
        match self.val(id) {
            Value::Type(ty) => Some(*ty),
            _ => None,
        }
    }

    /// The elements of an array of `u8` that are all defined, without its sentinel, whatever form
    /// it has. `None` for other values, and for arrays too long for this process.
    pub fn bytes_of(&self, id: ValueId) -> Option<Cow<'_, [u8]>> {
        match self.val(id) {
            Value::Bytes { bytes, .. } => Some(Cow::Borrowed(bytes)),
            Value::Repeated { ty, elem } => {
                let (len, _) = self.array_of(*ty)?;
                let byte = self.as_u8(*elem)?;
                let mut bytes = Vec::new();
                bytes.try_reserve_exact(usize::try_from(len).ok()?).ok()?;
                bytes.resize(len as usize, byte);
                Some(Cow::Owned(bytes))
            }
            _ => None,
        }
    }
}
