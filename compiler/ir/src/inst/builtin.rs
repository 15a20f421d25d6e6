//! Builtin functions that have no instruction of their own, and what they take from
//! `std.builtin`.

/// A type or value of `std.builtin`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "named after the declarations")]
pub enum StdType {
    AtomicOrder,
    AtomicRmwOp,
    CallingConvention,
    AddressSpace,
    FloatMode,
    ReduceOp,
    CallModifier,
    PrefetchOptions,
    ExportOptions,
    ExternOptions,
    /// `std.builtin.Type`
    Type,
    BranchHint,
    /// `std.builtin.assembly.Clobbers`
    Clobbers,
    /// The value `.c` of `CallingConvention`.
    CallingConventionC,
    /// The value `.inline`.
    CallingConventionInline,
}

/// Which parts a nest of pointer casts may change: bits for [`Builtin::PtrCast`].
pub mod ptr_cast {
    /// `@ptrCast`
    pub const PTR: u32 = 1;
    /// `@alignCast`
    pub const ALIGN: u32 = 2;
    /// `@addrSpaceCast`
    pub const ADDRSPACE: u32 = 4;
    /// `@constCast`
    pub const CONST: u32 = 8;
    /// `@volatileCast`
    pub const VOLATILE: u32 = 16;
}

/// A builtin function. The comment lists the operands in order; *dest* is the known result type
/// (a type operand put first). Operands said to be of a type have been coerced to it by the
/// lowering only where that is said; otherwise the reader coerces.
///
/// Where lowering gives a comptime operand it stands in a `BlockComptime` already.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Builtin {
    /// (operand: value) `@abs`
    Abs,
    /// (type) `@alignOf`
    AlignOf,
    /// (a, b) `@addWithOverflow`
    AddWithOverflow,
    /// (a, b) `@subWithOverflow`
    SubWithOverflow,
    /// (a, b) `@mulWithOverflow`
    MulWithOverflow,
    /// (a, b: to be coerced to the log2 type) `@shlWithOverflow`
    ShlWithOverflow,
    /// (type, ptr, ordering) `@atomicLoad`
    AtomicLoad,
    /// (ptr, operation, operand, ordering) `@atomicRmw`
    AtomicRmw,
    /// (ptr, operand, ordering) `@atomicStore`
    AtomicStore,
    /// (ptr, expected, new, success order, failure order) `@cmpxchgWeak`
    CmpxchgWeak,
    /// As `CmpxchgWeak`. `@cmpxchgStrong`
    CmpxchgStrong,
    /// (dest, value) `@bitCast`
    BitCast,
    /// (type, field name) `@bitOffsetOf`
    BitOffsetOf,
    /// (type, field name) `@offsetOf`
    OffsetOf,
    /// (type) `@bitSizeOf`
    BitSizeOf,
    /// (type) `@sizeOf`
    SizeOf,
    /// (type) `@typeInfo`
    TypeInfo,
    /// (hint) `@branchHint`; void
    BranchHint,
    /// () `@breakpoint`; void
    Breakpoint,
    /// () `@disableInstrumentation`; void
    DisableInstrumentation,
    /// () `@disableIntrinsics`; void
    DisableIntrinsics,
    /// (value) `@byteSwap`
    ByteSwap,
    /// (value) `@bitReverse`
    BitReverse,
    /// (value) `@clz`
    Clz,
    /// (value) `@ctz`
    Ctz,
    /// (value) `@popCount`
    PopCount,
    /// (message) `@compileError`; noreturn
    CompileError,
    /// (message) What has no lowering: its analysis is refused with the message
    Refused,
    /// (values…) `@compileLog`; void
    CompileLog,
    /// (list, type) `@cVaArg`
    CVaArg,
    /// (list) `@cVaCopy`
    CVaCopy,
    /// (list) `@cVaEnd`; void
    CVaEnd,
    /// () `@cVaStart`
    CVaStart,
    /// (path) `@embedFile`
    EmbedFile,
    /// (dest, value) `@enumFromInt`
    EnumFromInt,
    /// (dest, value) `@errorCast`
    ErrorCast,
    /// (int) `@errorFromInt`
    ErrorFromInt,
    /// (error) `@errorName`
    ErrorName,
    /// () `@errorReturnTrace`
    ErrorReturnTrace,
    /// (value, options) `@export`; void
    Export,
    /// (type, options) `@extern`
    Extern,
    /// (dest: parent pointer type, field name, field pointer, cast bits as an `Int`)
    /// `@fieldParentPtr`
    FieldParentPtr,
    /// (dest, value) `@floatCast`
    FloatCast,
    /// (dest, value) `@floatFromInt`
    FloatFromInt,
    /// () `@frameAddress`
    FrameAddress,
    /// (type, name) `@hasDecl`
    HasDecl,
    /// (type, name) `@hasField`
    HasField,
    /// () `@inComptime`
    InComptime,
    /// (dest, value) `@intCast`
    IntCast,
    /// (value) `@intFromBool`
    IntFromBool,
    /// (value) `@intFromEnum`
    IntFromEnum,
    /// (value) `@intFromError`
    IntFromError,
    /// (dest, value) `@intFromFloat`
    IntFromFloat,
    /// (ptr) `@intFromPtr`
    IntFromPtr,
    /// (dest, int) `@ptrFromInt`
    PtrFromInt,
    /// (values…) `@max`
    Max,
    /// (values…) `@min`
    Min,
    /// (dest, source) `@memcpy`; void
    Memcpy,
    /// (dest, source) `@memmove`; void
    Memmove,
    /// (dest, element: coerced) `@memset`; void
    Memset,
    /// (a, b, addend) `@mulAdd`
    MulAdd,
    /// (message) `@panic`; noreturn
    Panic,
    /// () `@trap`; noreturn
    Trap,
    /// (ptr, options) `@prefetch`; void
    Prefetch,
    /// (dest, value, bits of [`ptr_cast`] as an `Int`): a whole nest of `@ptrCast`,
    /// `@alignCast`, `@addrSpaceCast`, `@constCast`, `@volatileCast`. Dest is none when only
    /// const and volatile are changed.
    PtrCast,
    /// (operation, vector) `@reduce`
    Reduce,
    /// () `@returnAddress`
    ReturnAddress,
    /// (element type, pred, a, b) `@select`
    Select,
    /// (element type, a, b, mask) `@shuffle`
    Shuffle,
    /// (dest, scalar) `@splat`
    Splat,
    /// (quota) `@setEvalBranchQuota`; void
    SetEvalBranchQuota,
    /// (mode) `@setFloatMode`; void
    SetFloatMode,
    /// (bool) `@setRuntimeSafety`; void
    SetRuntimeSafety,
    /// () `@src`; the node tells where
    Src,
    /// (value) `@sqrt`
    Sqrt,
    /// (value) `@sin`
    Sin,
    /// (value) `@cos`
    Cos,
    /// (value) `@tan`
    Tan,
    /// (value) `@exp`
    Exp,
    /// (value) `@exp2`
    Exp2,
    /// (value) `@log`
    Log,
    /// (value) `@log2`
    Log2,
    /// (value) `@log10`
    Log10,
    /// (value) `@floor`
    Floor,
    /// (value) `@ceil`
    Ceil,
    /// (value) `@trunc`
    Trunc,
    /// (value) `@round`
    Round,
    /// (value) `@tagName`
    TagName,
    /// () `@This`
    This,
    /// (dest, value) `@truncate`
    Truncate,
    /// (type) `@typeName`
    TypeName,
    /// (len, element type) `@Vector`
    Vector,
    /// (index) `@wasmMemorySize`
    WasmMemorySize,
    /// (index, delta) `@wasmMemoryGrow`
    WasmMemoryGrow,
    /// (dimension) `@workItemId`
    WorkItemId,
    /// (dimension) `@workGroupSize`
    WorkGroupSize,
    /// (dimension) `@workGroupId`
    WorkGroupId,
}
