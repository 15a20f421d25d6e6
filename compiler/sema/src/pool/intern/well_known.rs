//! Types and values that every pool holds at fixed ids.

use std::sync::Arc;

use syntax::ast::PtrSize;

use super::Pool;
use crate::pool::{CInt, Int, PtrType, Type, TypeId, Value, ValueId};

/// Declares the constants in order and the function that interns them in that order.
macro_rules! well_known {
    ($id:ident, $slots:ident, $intern:ident, $fill:ident: $($name:ident = $key:expr,)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "named after the constants they number")]
        enum $slots { $($name),* }
        #[allow(missing_docs, reason = "the names say it")]
        impl $id {
            $(pub const $name: $id = $id($slots::$name as u32);)*
        }
        fn $fill(pool: &mut Pool) {
            $({
                let id = pool.$intern($key);
                assert_eq!(id, $id::$name, stringify!($name));
            })*
        }
    };
}

fn int(signed: bool, bits: u16) -> Type {
    Type::Int { signed, bits }
}

fn ptr(size: PtrSize, child: TypeId, is_const: bool, sentinel: Option<ValueId>) -> Type {
    Type::Ptr(PtrType { sentinel, is_const, ..PtrType::new(size, child) })
}

well_known! { TypeId, TypeSlots, intern_type, fill_types:
    U0 = int(false, 0),
    I0 = int(true, 0),
    U1 = int(false, 1),
    U8 = int(false, 8),
    I8 = int(true, 8),
    U16 = int(false, 16),
    I16 = int(true, 16),
    U29 = int(false, 29),
    U32 = int(false, 32),
    I32 = int(true, 32),
    U64 = int(false, 64),
    I64 = int(true, 64),
    U128 = int(false, 128),
    I128 = int(true, 128),
    USIZE = Type::Usize,
    ISIZE = Type::Isize,
    C_CHAR = Type::CInt(CInt::Char),
    C_SHORT = Type::CInt(CInt::Short),
    C_USHORT = Type::CInt(CInt::UShort),
    C_INT = Type::CInt(CInt::Int),
    C_UINT = Type::CInt(CInt::UInt),
    C_LONG = Type::CInt(CInt::Long),
    C_ULONG = Type::CInt(CInt::ULong),
    C_LONGLONG = Type::CInt(CInt::LongLong),
    C_ULONGLONG = Type::CInt(CInt::ULongLong),
    BOOL = Type::Bool,
    VOID = Type::Void,
    NORETURN = Type::Noreturn,
    TYPE = Type::Type,
    COMPTIME_INT = Type::ComptimeInt,
    COMPTIME_FLOAT = Type::ComptimeFloat,
    F16 = Type::Float(16),
    F32 = Type::Float(32),
    F64 = Type::Float(64),
    F80 = Type::Float(80),
    F128 = Type::Float(128),
    NULL = Type::Null,
    UNDEFINED = Type::Undefined,
    ENUM_LITERAL = Type::EnumLiteral,
    ANYOPAQUE = Type::AnyOpaque,
    ANYERROR = Type::AnyError,
    ANYFRAME = Type::AnyFrame,
    GENERIC = Type::Generic,
    EMPTY_TUPLE = Type::Tuple { types: Arc::new([]), values: Arc::new([]) },
    EMPTY_ERROR_SET = Type::ErrorSet(Arc::new([])),
    ANYERROR_VOID = Type::ErrorUnion { set: TypeId::ANYERROR, payload: TypeId::VOID },
    OPT_NORETURN = Type::Optional(TypeId::NORETURN),
    OPT_USIZE = Type::Optional(TypeId::USIZE),
    // []u8, []const u8, [:0]const u8
    SLICE_U8 = ptr(PtrSize::Slice, TypeId::U8, false, None),
    SLICE_CONST_U8 = ptr(PtrSize::Slice, TypeId::U8, true, None),
    SLICE_CONST_U8_Z = ptr(PtrSize::Slice, TypeId::U8, true, Some(ValueId::ZERO_U8)),
    // [*]u8, [*]const u8, [*:0]const u8
    MANYPTR_U8 = ptr(PtrSize::Many, TypeId::U8, false, None),
    MANYPTR_CONST_U8 = ptr(PtrSize::Many, TypeId::U8, true, None),
    MANYPTR_CONST_U8_Z = ptr(PtrSize::Many, TypeId::U8, true, Some(ValueId::ZERO_U8)),
    // *anyopaque, *const anyopaque, ?*anyopaque
    PTR_ANYOPAQUE = ptr(PtrSize::One, TypeId::ANYOPAQUE, false, None),
    PTR_CONST_ANYOPAQUE = ptr(PtrSize::One, TypeId::ANYOPAQUE, true, None),
    OPT_PTR_ANYOPAQUE = Type::Optional(TypeId::PTR_ANYOPAQUE),
}

fn int_value(ty: TypeId, val: i64) -> Value {
    Value::Int { ty, val: Int::Small(val) }
}

well_known! { ValueId, ValueSlots, intern, fill_values:
    UNDEF = Value::Undef(TypeId::UNDEFINED),
    VOID = Value::Void,
    FALSE = Value::Bool(false),
    TRUE = Value::Bool(true),
    NULL = Value::Null,
    EMPTY_TUPLE = Value::Aggregate { ty: TypeId::EMPTY_TUPLE, shape: 0, elems: Arc::new([]) },
    // comptime_int
    ZERO = int_value(TypeId::COMPTIME_INT, 0),
    ONE = int_value(TypeId::COMPTIME_INT, 1),
    NEG_ONE = int_value(TypeId::COMPTIME_INT, -1),
    ZERO_U1 = int_value(TypeId::U1, 0),
    ONE_U1 = int_value(TypeId::U1, 1),
    ZERO_U8 = int_value(TypeId::U8, 0),
    ONE_U8 = int_value(TypeId::U8, 1),
    ZERO_USIZE = int_value(TypeId::USIZE, 0),
    ONE_USIZE = int_value(TypeId::USIZE, 1),
    // What control never gets to: its type is noreturn.
    UNREACHABLE = Value::Undef(TypeId::NORETURN),
    // The result type that an `anytype` parameter gives its argument: none.
    GENERIC = Value::Undef(TypeId::TYPE),
}

/// Interns everything above into an empty pool.
pub(super) fn fill(pool: &mut Pool) {
    fill_types(pool);
    fill_values(pool);
}
