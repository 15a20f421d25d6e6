//! The vocabulary: what one instruction of untyped IR says, and how its operands are written.
//!
//! Instructions are small copies in one array per member; what does not fit stands in the
//! member's `extra` words or side tables ([`crate::MemberIr`]). An instruction that nothing lists
//! in a body is not evaluated: [`Inst::Hole`] and [`Inst::Param`] only lend their number to a
//! value that the reader supplies.
//!
//! **Bodies.** A *block body* ([`Inst::Block`], [`Inst::Loop`], branches of [`Inst::CondBr`],
//! prongs, function bodies) ends in an instruction that does not return. An *inline body*
//! (everything else that is called `Body`) yields one value: it ends in
//! [`Inst::BreakInline`] whose target is the instruction that owns the body, or
//! [`InstId::OWNER`] when the owner is no instruction (a [`crate::DeclIr`], a parameter of a
//! function type), unless control leaves it earlier.

use syntax::{Name, NodeId, Tok};

use crate::member::NameStrategy;

mod builtin;
mod op;
mod pack;
mod prim;
mod reason;

pub use builtin::{Builtin, StdType, ptr_cast};
pub use op::{BinOp, UnOp};
pub use pack::{Insts, Words};
pub use prim::Prim;
pub use reason::ComptimeReason;

/// An instruction of this member.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InstId(pub u32);

impl std::fmt::Debug for InstId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if *self == InstId::OWNER { f.write_str("%owner") } else { write!(f, "%{}", self.0) }
    }
}

impl InstId {
    /// Target of a `BreakInline` that ends a body which no instruction owns.
    pub const OWNER: InstId = InstId(u32::MAX >> 1);

    /// As an operand.
    pub const fn as_ref(self) -> Ref {
        Ref(self.0)
    }
}

/// An operand: an instruction, a well-known [`Prim`], or nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ref(pub u32);

/// A decoded [`Ref`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operand {
    /// Absent.
    None,
    /// A well-known type or value.
    Prim(Prim),
    /// The result of an instruction.
    Inst(InstId),
}

impl Ref {
    /// No operand.
    pub const NONE: Ref = Ref(u32::MAX);
    const PRIM_BASE: u32 = 1 << 31;

    /// A well-known type or value.
    pub const fn prim(p: Prim) -> Ref {
        Ref(Ref::PRIM_BASE + p as u32)
    }
    /// `true` for [`Ref::NONE`].
    pub const fn is_none(self) -> bool {
        self.0 == u32::MAX
    }
    /// The instruction, if it is one.
    pub const fn inst(self) -> Option<InstId> {
        if self.0 < Ref::PRIM_BASE { Some(InstId(self.0)) } else { None }
    }
    /// `None` for [`Ref::NONE`].
    pub const fn some(self) -> Option<Ref> {
        if self.is_none() { None } else { Some(self) }
    }
    /// What it is.
    pub fn operand(self) -> Operand {
        if self.is_none() {
            Operand::None
        } else if self.0 < Ref::PRIM_BASE {
            Operand::Inst(InstId(self.0))
        } else {
            match Prim::from_index(self.0 - Ref::PRIM_BASE) {
                Some(p) => Operand::Prim(p),
                None => Operand::None,
            }
        }
    }
}

impl std::fmt::Debug for Ref {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.operand() {
            Operand::None => f.write_str("none"),
            Operand::Prim(p) => write!(f, "{}", p.text()),
            Operand::Inst(i) => write!(f, "%{}", i.0),
        }
    }
}

impl From<Prim> for Ref {
    fn from(p: Prim) -> Ref {
        Ref::prim(p)
    }
}

/// A list of instructions: index into `extra` of its length, after which the ids stand. Read
/// with [`crate::MemberIr::body`]. The same body may be mentioned more than once (`defer`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Body(pub u32);

/// A list of operands, in `extra` as a [`Body`]. Read with [`crate::MemberIr::refs`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Refs(pub u32);

/// A list of names, each with its token, in `extra`. Read with [`crate::MemberIr::names_at`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Names(pub u32);

/// The arguments of a call: a hole for the type of the parameter that the argument at hand goes
/// to (the reader sets it before each), and an inline body for each argument, whose owner is the
/// call. Read with [`crate::MemberIr::args`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Args(pub u32);

/// Fields of an initialiser: (name, token of the name, value). Read with
/// [`crate::MemberIr::field_inits`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FieldInits(pub u32);

/// How a call is to be made; `@call` gives the rest at analysis ([`Inst::BuiltinCall`]).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CallModifier {
    /// An ordinary call.
    Auto,
    /// `comptime f()`.
    CompileTime,
    /// Inside `nosuspend`.
    NoSuspend,
}

/// One instruction. The comment gives the result, and after `=` the ZIR instruction it
/// corresponds to. Operands called `ptr` are addresses. Where nothing is said the result is a
/// value; *void* means that the result is never used.
///
/// The place of a message is the node that stands in `MemberIr::nodes` at the same index.
#[derive(Clone, Copy, PartialEq, Debug)]
#[allow(missing_docs, reason = "operands are named in the comment of their instruction")]
pub enum Inst {
    /// A value that the reader supplies before it evaluates a body that mentions it (see the
    /// owner of the body). Never in a body. = value_placeholder, and the uses of an
    /// instruction inside its own bodies.
    Hole,
    /// Parameter of the function (index into `DeclIr::Fn::params`). Never in a body; the reader
    /// supplies it for the types of later parameters and for the body. = param*
    Param(u32),
    /// Lowering failed here and has reported why: end the analysis of this body silently.
    /// Ends a body. = astgen_error
    Failed,

    // ---- literals
    /// comptime_int. = int
    Int(u64),
    /// comptime_int, index into `bigs`. = int_big
    IntBig(u32),
    /// comptime_float, index into `floats` (the literal's text, underscores removed; for a
    /// negated literal with the sign). = float, float128
    Float(u32),
    /// Pointer to a zero-terminated constant array: a slice of `bytes`. = str
    Str {
        /// First byte in `MemberIr::bytes`.
        start: u32,
        /// Count, without the terminator.
        len: u32,
    },
    /// `.name` without a known result type. = enum_literal
    EnumLiteral(Name),
    /// `error.Name`. = error_value
    ErrorValue(Name),

    // ---- operators
    /// Two operands, both evaluated. = add, cmp_eq, … (see [`BinOp`])
    Bin { op: BinOp, lhs: Ref, rhs: Ref },
    /// One operand. = negate, bit_not, … (see [`UnOp`])
    Un { op: UnOp, operand: Ref },
    /// `lhs ** rhs`; `res_ty` is the known result type or none. = array_mul
    ArrayMul { res_ty: Ref, lhs: Ref, rhs: Ref },
    /// `lhs and rhs`; the inline body gives a bool. = bool_br_and
    BoolAnd { lhs: Ref, rhs: Body },
    /// `lhs or rhs`. = bool_br_or
    BoolOr { lhs: Ref, rhs: Body },

    // ---- names
    /// Value of a name that is not bound in this member. = decl_val, closure_get
    DeclVal(Name),
    /// Address of a name that is not bound in this member. = decl_ref, closure_get
    DeclRef(Name),

    // ---- places in the program, for debug information and run-time messages
    /// A statement or an operation that may panic begins; the token gives line and column.
    /// void = dbg_stmt
    DbgStmt(Tok),
    /// A local whose storage is `ptr`. void = dbg_var_ptr
    DbgVarPtr { name: Name, ptr: Ref },
    /// A local (constant, parameter, capture) whose value is `val`. void = dbg_var_val
    DbgVarVal { name: Name, val: Ref },

    // ---- coercion and result types
    /// `operand` coerced to `ty`. = as_node
    As { ty: Ref, operand: Ref },
    /// As `As`, but a runtime operand may have type comptime_int's log2 type. = as_shift_operand
    AsShiftOperand { ty: Ref, operand: Ref },
    /// Element type of a pointer type, through optionals and error unions; "no known type" for
    /// `anyopaque`. = elem_type
    ElemType(Ref),
    /// Element type of an indexable pointer type. = indexable_ptr_elem_type
    IndexablePtrElemType(Ref),
    /// Element type of an array or vector type, through optionals and error unions.
    /// = splat_op_result_ty
    SplatOpResultTy(Ref),
    /// Type that the right side of `lhs op= …` gets: operand is the *loaded* left side.
    /// = inplace_arith_result_ty
    InplaceArithResultTy { op: BinOp, lhs: Ref },
    /// Checks that a type may be the result type of `&x`; the place is the first token of the
    /// node. void = validate_ref_ty
    ValidateRefTy(Ref),
    /// Coerces `value` so that a pointer to it coerces to the pointer type `ptr_ty`.
    /// = coerce_ptr_elem_ty
    CoercePtrElemTy { ptr_ty: Ref, value: Ref },
    /// Given a pointer: makes all error unions and optionals of the pointee payloads, gives the
    /// pointer to the innermost. = opt_eu_base_ptr_init
    OptEuBasePtrInit(Ref),
    /// Type of a value. = typeof
    TypeOf(Ref),
    /// Integer type for the right side of a shift whose left side is the operand.
    /// = typeof_log2_int_type
    TypeOfLog2Int(Ref),
    /// `@TypeOf(x)`: the inline body is analysed without effect; the type of its value.
    /// = typeof_builtin
    TypeOfBuiltin(Body),
    /// `@TypeOf(a, b, …)`: the body evaluates all operands (its value is void), the list names
    /// them; their peer type. = typeof_peer
    TypeOfPeer { body: Body, operands: Refs },
    /// Type of an enum-like `decl` in `std.builtin`, or a value there. = builtin_value
    StdType(StdType),

    // ---- storage
    /// A local. `ty` none: inferred from the stores (then only `StoreToInferredPtr` and
    /// `ResolveInferredAlloc` use it); `align` none: natural. Result: a pointer, mutable in
    /// either case until `MakePtrConst`. = alloc, alloc_mut, alloc_comptime_mut,
    /// alloc_inferred*, extended alloc
    Alloc { is_const: bool, is_comptime: bool, ty: Ref, align: Ref },
    /// Ends the inference of an allocation: the final pointer (const for constants).
    /// = resolve_inferred_alloc
    ResolveInferredAlloc(Ref),
    /// The finished constant's pointer. = make_ptr_const
    MakePtrConst(Ref),
    /// In a comptime scope: checks that a local constant's initial value is comptime-known.
    /// void = validate_const
    ValidateConst(Ref),
    /// `*ptr = value`. void = store_node
    Store { ptr: Ref, value: Ref },
    /// Stores into an inferred allocation. void = store_to_inferred_ptr
    StoreToInferredPtr { ptr: Ref, value: Ref },
    /// `*ptr`. = load
    Load(Ref),
    /// Constant address of a value. = ref
    Ref(Ref),
    /// Checks that the operand may be written `x.*`. void = validate_deref
    ValidateDeref(Ref),
    /// Checks that the operand is an array or tuple of `len` elements; the node is the whole
    /// destructure, `operand` the right side. void = validate_destructure
    ValidateDestructure { operand: Ref, len: u32, destructure: NodeId },

    // ---- parts of values
    /// `lhs.name`; `lhs` may be a value or a pointer. = field_val
    FieldVal { lhs: Ref, name: Name },
    /// Address of `ptr.*.name`. = field_ptr
    FieldPtr { ptr: Ref, name: Name },
    /// `@field(lhs, name)`. = field_val_named
    FieldValNamed { lhs: Ref, name: Ref },
    /// Address of `@field(ptr.*, name)`. = field_ptr_named
    FieldPtrNamed { ptr: Ref, name: Ref },
    /// `.name` with a known result type: a declaration (or enum field) of it. `coerce` false in
    /// a callee (`.name()`). = decl_literal, decl_literal_no_coerce
    DeclLiteral { coerce: bool, ty: Ref, name: Name },
    /// `lhs[index]`. = elem_val_node
    ElemVal { lhs: Ref, index: Ref },
    /// Address of `ptr.*[index]`. = elem_ptr_node
    ElemPtr { ptr: Ref, index: Ref },
    /// Element in a `for` loop, without a bounds check. = elem_val
    ForElemVal { lhs: Ref, index: Ref },
    /// Address of an element in a `for` loop, without a bounds check. = elem_ptr
    ForElemPtr { ptr: Ref, index: Ref },
    /// Element at a known place of a validated array or tuple (destructuring). = elem_val_imm
    ElemValImm { operand: Ref, index: u32 },
    /// Length of what a pointer points at, for a loop. = indexable_ptr_len
    IndexablePtrLen(Ref),
    /// Common length of the inputs of a `for`; two operands for each input: (indexable
    /// pointer, none), (from, to) of a range, or (none, none) of an open range. Result: usize.
    /// = for_len
    ForLen(Refs),
    /// `lhs[start..]`; index into `slices`. = slice_start, slice_end, slice_sentinel,
    /// slice_length
    Slice(u32),
    /// Type of the sentinel in `lhs[a..b :s]`; operand is the pointer to the left side.
    /// = slice_sentinel_ty
    SliceSentinelTy(Ref),

    // ---- optionals and errors
    /// `x != null`. = is_non_null
    IsNonNull(Ref),
    /// `ptr.* != null`. = is_non_null_ptr
    IsNonNullPtr(Ref),
    /// Not an error. = is_non_err
    IsNonErr(Ref),
    /// `ptr.*` is not an error. = is_non_err_ptr
    IsNonErrPtr(Ref),
    /// As `IsNonErr` of a value about to be returned; any type allowed. = ret_is_non_err
    RetIsNonErr(Ref),
    /// `x.?` = optional_payload_safe
    OptionalPayloadSafe(Ref),
    /// Address of `ptr.*.?`. = optional_payload_safe_ptr
    OptionalPayloadSafePtr(Ref),
    /// Payload known to be there. = optional_payload_unsafe
    OptionalPayloadUnsafe(Ref),
    /// Its address. = optional_payload_unsafe_ptr
    OptionalPayloadUnsafePtr(Ref),
    /// Payload known to be there. = err_union_payload_unsafe
    ErrUnionPayloadUnsafe(Ref),
    /// Its address. = err_union_payload_unsafe_ptr
    ErrUnionPayloadUnsafePtr(Ref),
    /// Error known to be there. = err_union_code
    ErrUnionCode(Ref),
    /// Error of the union pointed at. = err_union_code_ptr
    ErrUnionCodePtr(Ref),
    /// Payload of `operand`; if it is an error, the block body runs, which returns.
    /// = try
    Try { operand: Ref, body: Body },
    /// As `Try` of a pointer, giving the address of the payload. = try_ptr
    TryPtr { operand: Ref, body: Body },
    /// Complains if a value other than void or noreturn is ignored. void = ensure_result_used
    EnsureResultUsed(Ref),
    /// Complains if an error is ignored (`_ = f()`). void = ensure_result_non_error
    EnsureResultNonError(Ref),
    /// Complains if the payload of an `if`/`while` without capture is not void.
    /// void = ensure_err_union_payload_void
    EnsureErrUnionPayloadVoid(Ref),

    // ---- control
    /// A block body that `Break` leaves with a value. = block
    Block(Body),
    /// An inline body evaluated at compile time. = block_comptime
    BlockComptime { reason: ComptimeReason, body: Body },
    /// An inline body, evaluated in the enclosing block as it stands. = block_inline
    BlockInline(Body),
    /// Leaves a `Block` (or switch) with a value. Ends a body. = break
    Break { target: InstId, value: Ref },
    /// Leaves an inline body. Ends a body. = break_inline
    BreakInline { target: InstId, value: Ref },
    /// Repeats the loop body, in which it stands directly or in a `Block`; the body ends in
    /// `Repeat`/`RepeatInline` or leaves. noreturn; left by a `Break` out of an enclosing block.
    /// An inline loop is a `BlockInline` whose body ends in `RepeatInline`. = loop
    Loop(Body),
    /// Back to the beginning of the enclosing `Loop`. Ends a body. = repeat
    Repeat,
    /// Back to the beginning of the enclosing inline body. Ends a body. = repeat_inline
    RepeatInline,
    /// Two block bodies. Ends a body. = condbr
    CondBr { cond: Ref, then: Body, els: Body },
    /// The condition is comptime-known and only the taken inline body is analysed. Ends a body.
    /// = condbr_inline
    CondBrInline { cond: Ref, then: Body, els: Body },
    /// Index into `switches`. Result: what its prongs `Break` with. = switch_block,
    /// switch_block_ref, switch_block_err_union
    Switch(u32),
    /// `continue :label value` out of a labelled switch. Ends a body. = switch_continue
    SwitchContinue { target: InstId, value: Ref },
    /// Complains when comptime control flow (to the target loop) happens inside a runtime
    /// block. void = check_comptime_control_flow
    CheckComptimeControlFlow(InstId),
    /// The deferred statements, as an inline body of value void; the same body stands at every
    /// exit. void = defer
    Defer(Body),
    /// `errdefer |err|`: as `Defer`, after `hole` is set to `err`. void = defer_err_code
    DeferErrCode { hole: InstId, err: Ref, body: Body },
    /// `unreachable`. Ends a body. = unreachable
    Unreachable,
    /// `return operand`. Ends a body. = ret_node
    Ret(Ref),
    /// Returns what stands in the `RetPtr`. Ends a body. = ret_load
    RetLoad(Ref),
    /// The end of a function body; operand is void. The node is the body; the place is its
    /// last token. Ends a body. = ret_implicit
    RetImplicit(Ref),
    /// Returns `error.name`. Ends a body. = ret_err_value
    RetErrValue(Name),
    /// The error about to be returned (for `errdefer`), added to an inferred set.
    /// = ret_err_value_code
    RetErrValueCode(Name),
    /// Where the result goes. = ret_ptr
    RetPtr,
    /// Return type of the function. = ret_type
    RetType,

    // ---- calls
    /// `callee(args)`. = call
    Call { modifier: CallModifier, callee: Ref, args: Args },
    /// `ptr.*.name(args)`: a field's value, or a method. = field_call
    FieldCall { modifier: CallModifier, ptr: Ref, name: Name, args: Args },
    /// `@call(modifier, callee, args)`; `args` is one tuple. = builtin_call
    BuiltinCall { modifier: Ref, callee: Ref, args: Ref },
    /// Any other builtin function; the operands are described at [`Builtin`].
    Builtin { tag: Builtin, args: Refs },

    // ---- initialisers
    /// `T{}`. = struct_init_empty
    StructInitEmpty(Ref),
    /// `.{}` of a known type. = struct_init_empty_result
    StructInitEmptyResult(Ref),
    /// `&.{}` whose pointer type is known; gives the address. = struct_init_empty_ref_result
    StructInitEmptyRefResult(Ref),
    /// Anonymous struct. = struct_init_anon
    StructInitAnon(FieldInits),
    /// Of a validated type. `by_ref`: gives the address. = struct_init, struct_init_ref
    StructInit { by_ref: bool, ty: Ref, fields: FieldInits },
    /// Checks `T{ .a = … }`. void = validate_struct_init_ty
    ValidateStructInitTy(Ref),
    /// Checks a known result type of `.{ .a = … }`. void = validate_struct_init_result_ty
    ValidateStructInitResultTy(Ref),
    /// After all fields were stored through `StructInitFieldPtr` (the listed instructions).
    /// void = validate_ptr_struct_init
    ValidatePtrStructInit(Body),
    /// Type of a field in an initialiser. The node is the initialiser, the token the name.
    /// = struct_init_field_type
    StructInitFieldType { ty: Ref, name: Name, tok: Tok },
    /// Address of a field in an initialiser. = struct_init_field_ptr
    StructInitFieldPtr { ptr: Ref, name: Name, tok: Tok },
    /// Tuple. = array_init_anon
    ArrayInitAnon(Refs),
    /// Elements of a validated type. `by_ref`: gives the address. = array_init, array_init_ref
    ArrayInit { by_ref: bool, ty: Ref, elems: Refs },
    /// Checks `T{ … }` with `len` elements. void = validate_array_init_ty
    ValidateArrayInitTy { ty: Ref, len: u32 },
    /// Checks a known result type of `.{ … }`. void = validate_array_init_result_ty
    ValidateArrayInitResultTy { ty: Ref, len: u32 },
    /// Type of `.{ … }` in `&.{ … }` whose pointer type is known. = validate_array_init_ref_ty
    ValidateArrayInitRefTy { ptr_ty: Ref, len: u32 },
    /// After all elements were stored through `ArrayInitElemPtr` (the listed instructions).
    /// void = validate_ptr_array_init
    ValidatePtrArrayInit(Body),
    /// Type of an element of an initialiser. = array_init_elem_type
    ArrayInitElemType { ty: Ref, index: u32 },
    /// Address of an element of an initialiser. = array_init_elem_ptr
    ArrayInitElemPtr { ptr: Ref, index: u32 },
    /// Type of the field of a union or struct type, by comptime name. = field_type_ref
    FieldTypeRef { ty: Ref, name: Ref },
    /// `@unionInit(ty, name, init)`. = union_init
    UnionInit { ty: Ref, name: Ref, init: Ref },

    // ---- types
    /// Index into `ptr_types`. = ptr_type
    PtrType(u32),
    /// `[len]elem`. = array_type
    ArrayType { len: Ref, elem: Ref },
    /// `[len:sentinel]elem`. = array_type_sentinel
    ArrayTypeSentinel { len: Ref, sentinel: Ref, elem: Ref },
    /// `?T`. = optional_type
    OptionalType(Ref),
    /// `set!payload`. = error_union_type
    ErrorUnionType { set: Ref, payload: Ref },
    /// `a || b`. = merge_error_sets
    MergeErrorSets { lhs: Ref, rhs: Ref },
    /// `error{A, B}`. = error_set_decl
    ErrorSet(Names),
    /// `u7`, `i33`. = int_type
    IntType { signed: bool, bits: u16 },
    /// `anyframe->T`. = anyframe_type
    AnyframeType(Ref),
    /// A function type; index into `fn_types`. = func, func_fancy without a body
    FnType(u32),
    /// `struct`, `union`, `enum` or `opaque`; index into `containers`. = struct_decl, …,
    /// tuple_decl
    Container(u32),

    /// `@Type(info)`. = reify
    Reify { info: Ref, name: NameStrategy },

    // ---- files and messages
    /// `@import(path)`: a slice of `bytes`; `res_ty` known result type or none (ZON). = import
    Import { start: u32, len: u32, res_ty: Ref },
    /// Inline assembly; index into `asms`. = asm, asm_expr
    Asm(u32),
}

const _: () = assert!(size_of::<Inst>() <= 16);

impl Inst {
    /// Whether it ends a body (control never gets past it).
    pub fn is_noreturn(self) -> bool {
        use Inst::*;
        matches!(
            self,
            Break { .. }
                | BreakInline { .. }
                | Repeat
                | RepeatInline
                | CondBr { .. }
                | CondBrInline { .. }
                | SwitchContinue { .. }
                | Unreachable
                | Ret(_)
                | RetLoad(_)
                | RetImplicit(_)
                | RetErrValue(_)
                | Failed
                | Builtin {
                    tag: builtin::Builtin::CompileError | builtin::Builtin::Panic | builtin::Builtin::Trap,
                    ..
                }
        )
    }

    /// Whether its result is nothing but void.
    pub(crate) fn is_always_void(self) -> bool {
        use Inst::*;
        use builtin::Builtin as B;
        match self {
            DbgStmt(_)
            | DbgVarPtr { .. }
            | DbgVarVal { .. }
            | EnsureResultUsed(_)
            | EnsureResultNonError(_)
            | EnsureErrUnionPayloadVoid(_)
            | Store { .. }
            | StoreToInferredPtr { .. }
            | ValidateDeref(_)
            | ValidateDestructure { .. }
            | CheckComptimeControlFlow(_)
            | Defer(_)
            | DeferErrCode { .. }
            | ValidateStructInitTy(_)
            | ValidateStructInitResultTy(_)
            | ValidatePtrStructInit(_)
            | ValidateArrayInitTy { .. }
            | ValidateArrayInitResultTy { .. }
            | ValidatePtrArrayInit(_)
            | ValidateRefTy(_)
            | ValidateConst(_) => true,
            Builtin { tag, .. } => matches!(
                tag,
                B::SetEvalBranchQuota
                    | B::AtomicStore
                    | B::Export
                    | B::SetRuntimeSafety
                    | B::Memcpy
                    | B::Memset
                    | B::Memmove
                    | B::BranchHint
                    | B::Breakpoint
                    | B::DisableInstrumentation
                    | B::DisableIntrinsics
                    | B::SetFloatMode
            ),
            _ => false,
        }
    }
}
