//! Types as the pool stores them. Structural types are their own key; declared containers are
//! nominal: the key is the container instance ([`ContId`]), whose fields live elsewhere and may
//! change while the `TypeId` stays.

use std::sync::Arc;

use syntax::Name;
use syntax::ast::PtrSize;

use super::ValueId;

/// An interned type; equality is index equality.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct TypeId(pub u32);

/// An instance of a container site: `(site, captured values)`, or a reified type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ContId(pub u32);

/// A function instance: a function declaration with its comptime arguments.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct FuncId(pub u32);

/// C's integer types, whose widths come from the target.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub enum CInt {
    Char,
    Short,
    UShort,
    Int,
    UInt,
    Long,
    ULong,
    LongLong,
    ULongLong,
}

/// Calling conventions that we know.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub enum CallConv {
    Auto,
    C,
    Naked,
    Inline,
    Async,
}

/// A pointer or slice type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct PtrType {
    /// One, many, slice, C.
    pub size: PtrSize,
    /// Pointee.
    pub child: TypeId,
    /// `[*:s]T`, `[:s]T`.
    pub sentinel: Option<ValueId>,
    /// Explicit alignment in bytes; `None` is the pointee's natural one.
    pub align: Option<u32>,
    /// `*const`.
    pub is_const: bool,
    /// `*volatile`.
    pub is_volatile: bool,
    /// `*allowzero`.
    pub allowzero: bool,
    /// Pointer into a packed host: (bit offset, host size in bytes).
    pub packed: Option<(u16, u16)>,
}

/// A function type.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FnType {
    /// Parameter types; `None` where the type is generic (`anytype`, or depends on an argument).
    pub params: Arc<[FnParam]>,
    /// Return type; `None` where it depends on arguments.
    pub ret: Option<TypeId>,
    /// Convention.
    pub cc: CallConv,
    /// `...`
    pub var_args: bool,
}

/// A parameter of a function type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FnParam {
    /// Its type; `None` if generic.
    pub ty: Option<TypeId>,
    /// `comptime` before it.
    pub is_comptime: bool,
    /// `noalias` before it.
    pub is_noalias: bool,
}

/// A type.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Type {
    Int {
        signed: bool,
        bits: u16,
    },
    Usize,
    Isize,
    CInt(CInt),
    Bool,
    Void,
    Noreturn,
    /// `type`
    Type,
    ComptimeInt,
    ComptimeFloat,
    Float(u16),
    /// `@TypeOf(null)`
    Null,
    /// `@TypeOf(undefined)`
    Undefined,
    EnumLiteral,
    AnyOpaque,
    AnyError,
    /// `anyframe`, parsed only.
    AnyFrame,
    /// What an error union holds that a generic function returns, as long as that depends on its arguments.
    Generic,
    Ptr(PtrType),
    Array {
        len: u64,
        child: TypeId,
        sentinel: Option<ValueId>,
    },
    Vector {
        len: u32,
        child: TypeId,
    },
    Optional(TypeId),
    ErrorUnion {
        set: TypeId,
        payload: TypeId,
    },
    /// Sorted by text.
    ErrorSet(Arc<[Name]>),
    /// The inferred set of a function; resolved through its unit.
    InferredErrorSet(FuncId),
    Fn(FnType),
    /// Field types and comptime values.
    Tuple {
        types: Arc<[TypeId]>,
        values: Arc<[Option<ValueId>]>,
    },
    Struct(ContId),
    Union(ContId),
    Enum(ContId),
    Opaque(ContId),
    /// The tag type made up for `union(enum)`.
    UnionTag(ContId),
}
