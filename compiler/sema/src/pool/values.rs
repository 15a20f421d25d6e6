//! Comptime values as the pool stores them.

use std::sync::Arc;

use syntax::Name;

use super::int::Int;
use super::{FuncId, TypeId};
use crate::decl::DeclId;

/// An interned value; equality is index equality.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ValueId(pub u32);

/// What a comptime pointer points into. Paths are built by nesting.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the variants say what their fields are")]
pub enum PtrBase {
    /// A container-level variable or constant.
    Decl(DeclId),
    /// An anonymous constant.
    Const(ValueId),
    /// A comptime variable: an index into the comptime memory of the session.
    Comptime(u32),
    /// A fixed address.
    Addr(u64),
    /// A field of what another pointer points to.
    Field { base: ValueId, index: u32 },
    /// An element of the array that another pointer points to (or an offset in elements from a
    /// many-pointer).
    Elem { base: ValueId, index: u64 },
    /// The payload of an optional.
    OptPayload(ValueId),
    /// The payload of an error union.
    EuPayload(ValueId),
    /// A pointer to a comptime-only field of a tuple or struct.
    ComptimeField(ValueId),
}

/// A comptime value.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Value {
    Undef(TypeId),
    /// The alignment of a type, a `comptime_int` that nobody has asked for yet: only as part of the description
    /// of a pointer, for a type may be described by what it points to before it is known. Taken out of the
    /// description it is a number.
    AlignOf(TypeId),
    /// `void`, `noreturn`-free unit values.
    Void,
    Bool(bool),
    /// `null` of type `@TypeOf(null)`.
    Null,
    Int {
        ty: TypeId,
        val: Int,
    },
    /// Bits of a float of the type's width; comptime_float is f128.
    Float {
        ty: TypeId,
        bits: u128,
    },
    Type(TypeId),
    EnumLiteral(Name),
    /// `val` is an `Int` of the tag's integer type.
    EnumTag {
        ty: TypeId,
        val: ValueId,
    },
    /// Of an error set.
    Err {
        ty: TypeId,
        name: Name,
    },
    ErrUnionErr {
        ty: TypeId,
        name: Name,
    },
    ErrUnionPayload {
        ty: TypeId,
        val: ValueId,
    },
    Opt {
        ty: TypeId,
        val: Option<ValueId>,
    },
    /// Struct, tuple, array (without sentinel): one value per field / element. `shape` is the
    /// field-list generation of a struct (incremental.md: aggregates of an old shape must never
    /// be decoded), 0 otherwise.
    Aggregate {
        ty: TypeId,
        shape: u32,
        elems: Arc<[ValueId]>,
    },
    /// Array of `u8`, without its sentinel.
    Bytes {
        ty: TypeId,
        bytes: Arc<[u8]>,
    },
    /// Array of equal elements.
    Repeated {
        ty: TypeId,
        elem: ValueId,
    },
    /// `tag` is a value of the tag type.
    Union {
        ty: TypeId,
        tag: ValueId,
        val: ValueId,
    },
    Ptr {
        ty: TypeId,
        base: PtrBase,
    },
    Slice {
        ty: TypeId,
        ptr: ValueId,
        len: ValueId,
    },
    /// A function body; its type is the instance's.
    Func {
        ty: TypeId,
        func: FuncId,
    },
    /// A generic function declaration, not yet instantiated.
    GenericFunc {
        ty: TypeId,
        decl: DeclId,
    },
    /// An `extern` function or variable.
    Extern {
        ty: TypeId,
        decl: DeclId,
    },
}
