//! The builtin functions: how many arguments they take, where they may stand, and whether their
//! value may be an error.

/// What an argument is told about its result location, for the pass before lowering.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Rl {
    /// Nothing.
    None,
    /// There is a type.
    Type,
    /// The argument is not looked at.
    Skip,
}

/// Whether an expression's value can be an error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum EvalToError {
    Never,
    Always,
    Maybe,
}

/// A builtin function.
#[derive(Debug)]
pub(crate) struct Info {
    pub name: &'static str,
    /// Count of parameters; `None`: any.
    pub params: Option<u8>,
    /// Per argument; the last one stands for all that follow.
    pub rl: &'static [Rl],
    pub eval_to_error: EvalToError,
    pub allows_lvalue: bool,
    pub only_in_functions: bool,
}

const fn plain(name: &'static str, params: u8, rl: &'static [Rl]) -> Info {
    Info {
        name,
        params: Some(params),
        rl,
        eval_to_error: EvalToError::Never,
        allows_lvalue: false,
        only_in_functions: false,
    }
}
const fn variadic(name: &'static str) -> Info {
    Info { params: None, ..plain(name, 0, &[N]) }
}
const fn in_fn(name: &'static str, params: u8, rl: &'static [Rl]) -> Info {
    Info { only_in_functions: true, ..plain(name, params, rl) }
}
const fn maybe(name: &'static str, params: u8, rl: &'static [Rl]) -> Info {
    Info { eval_to_error: EvalToError::Maybe, ..plain(name, params, rl) }
}

const N: Rl = Rl::None;
const T: Rl = Rl::Type;
const X: Rl = Rl::Skip;

/// All of them, sorted by name.
pub(crate) static TABLE: &[Info] = &[
    plain("@FieldType", 2, &[T, T]),
    plain("@Frame", 1, &[N]),
    plain("@This", 0, &[]),
    plain("@Type", 1, &[T]),
    variadic("@TypeOf"),
    plain("@Vector", 2, &[T, T]),
    plain("@abs", 1, &[N]),
    plain("@addWithOverflow", 2, &[N, N]),
    plain("@addrSpaceCast", 1, &[N]),
    plain("@alignCast", 1, &[N]),
    plain("@alignOf", 1, &[T]),
    maybe("@as", 2, &[T, T]),
    plain("@atomicLoad", 3, &[T, N, T]),
    plain("@atomicRmw", 5, &[T, N, T, T, T]),
    plain("@atomicStore", 4, &[T, N, T, T]),
    plain("@bitCast", 1, &[N]),
    plain("@bitOffsetOf", 2, &[T, T]),
    plain("@bitReverse", 1, &[N]),
    plain("@bitSizeOf", 1, &[T]),
    in_fn("@branchHint", 1, &[T]),
    in_fn("@breakpoint", 0, &[]),
    plain("@byteSwap", 1, &[N]),
    plain("@cDefine", 2, &[T, N]),
    plain("@cImport", 1, &[N]),
    plain("@cInclude", 1, &[T]),
    plain("@cUndef", 1, &[T]),
    in_fn("@cVaArg", 2, &[N, T]),
    in_fn("@cVaCopy", 1, &[N]),
    in_fn("@cVaEnd", 1, &[N]),
    in_fn("@cVaStart", 0, &[]),
    maybe("@call", 3, &[T, N, N]),
    plain("@ceil", 1, &[N]),
    plain("@clz", 1, &[N]),
    plain("@cmpxchgStrong", 6, &[N, T, T, T, T, X]),
    plain("@cmpxchgWeak", 6, &[N, T, T, T, T, X]),
    plain("@compileError", 1, &[T]),
    variadic("@compileLog"),
    plain("@constCast", 1, &[N]),
    plain("@cos", 1, &[N]),
    plain("@ctz", 1, &[N]),
    in_fn("@disableInstrumentation", 0, &[]),
    in_fn("@disableIntrinsics", 0, &[]),
    plain("@divExact", 2, &[N, N]),
    plain("@divFloor", 2, &[N, N]),
    plain("@divTrunc", 2, &[N, N]),
    plain("@embedFile", 1, &[T]),
    plain("@enumFromInt", 1, &[N]),
    maybe("@errorCast", 1, &[N]),
    Info { eval_to_error: EvalToError::Always, ..plain("@errorFromInt", 1, &[T]) },
    plain("@errorName", 1, &[T]),
    plain("@errorReturnTrace", 0, &[]),
    plain("@exp", 1, &[N]),
    plain("@exp2", 1, &[N]),
    plain("@export", 2, &[N, T]),
    plain("@extern", 2, &[T, T]),
    Info { allows_lvalue: true, ..maybe("@field", 2, &[T, T]) },
    plain("@fieldParentPtr", 2, &[T, N]),
    plain("@floatCast", 1, &[N]),
    plain("@floatFromInt", 1, &[N]),
    plain("@floor", 1, &[N]),
    plain("@frame", 0, &[]),
    in_fn("@frameAddress", 0, &[]),
    plain("@hasDecl", 2, &[T, T]),
    plain("@hasField", 2, &[T, T]),
    plain("@import", 1, &[X]),
    plain("@inComptime", 0, &[]),
    plain("@intCast", 1, &[N]),
    plain("@intFromBool", 1, &[T]),
    plain("@intFromEnum", 1, &[N]),
    plain("@intFromError", 1, &[T]),
    plain("@intFromFloat", 1, &[N]),
    plain("@intFromPtr", 1, &[N]),
    plain("@log", 1, &[N]),
    plain("@log10", 1, &[N]),
    plain("@log2", 1, &[N]),
    variadic("@max"),
    plain("@memcpy", 2, &[N, N]),
    plain("@memmove", 2, &[N, N]),
    plain("@memset", 2, &[N, T]),
    variadic("@min"),
    plain("@mod", 2, &[N, N]),
    plain("@mulAdd", 4, &[T, T, T, X]),
    plain("@mulWithOverflow", 2, &[N, N]),
    plain("@offsetOf", 2, &[T, T]),
    plain("@panic", 1, &[X]),
    plain("@popCount", 1, &[N]),
    plain("@prefetch", 2, &[N, T]),
    plain("@ptrCast", 1, &[N]),
    plain("@ptrFromInt", 1, &[N]),
    plain("@reduce", 2, &[T, N]),
    plain("@rem", 2, &[N, N]),
    in_fn("@returnAddress", 0, &[]),
    plain("@round", 1, &[N]),
    plain("@select", 4, &[T, N, N, N]),
    plain("@setEvalBranchQuota", 1, &[T]),
    plain("@setFloatMode", 1, &[T]),
    plain("@setRuntimeSafety", 1, &[T]),
    plain("@shlExact", 2, &[N, T]),
    plain("@shlWithOverflow", 2, &[N, N]),
    plain("@shrExact", 2, &[N, T]),
    plain("@shuffle", 4, &[T, N, N, N]),
    plain("@sin", 1, &[N]),
    plain("@sizeOf", 1, &[T]),
    plain("@splat", 1, &[T]),
    plain("@sqrt", 1, &[N]),
    in_fn("@src", 0, &[]),
    plain("@subWithOverflow", 2, &[N, N]),
    plain("@tagName", 1, &[N]),
    plain("@tan", 1, &[N]),
    plain("@trap", 0, &[]),
    plain("@trunc", 1, &[N]),
    plain("@truncate", 1, &[N]),
    plain("@typeInfo", 1, &[T]),
    plain("@typeName", 1, &[N]),
    plain("@unionInit", 3, &[T, T, T]),
    plain("@volatileCast", 1, &[N]),
    plain("@wasmMemoryGrow", 2, &[T, T]),
    plain("@wasmMemorySize", 1, &[T]),
    in_fn("@workGroupId", 1, &[T]),
    in_fn("@workGroupSize", 1, &[T]),
    in_fn("@workItemId", 1, &[T]),
];

/// The builtin function of this name, written with its `@`.
pub(crate) fn find(name: &[u8]) -> Option<&'static Info> {
    let i = TABLE.binary_search_by(|i| i.name.as_bytes().cmp(name)).ok()?;
    TABLE.get(i)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted() {
        assert!(TABLE.is_sorted_by_key(|i| i.name));
        assert_eq!(find(b"@import").map(|i| i.params), Some(Some(1)));
        assert!(find(b"@nope").is_none());
    }
}
