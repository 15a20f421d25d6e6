//! Why an expression must be known at compile time: the note under Zig's "unable to resolve
//! comptime value" and its kin.

macro_rules! reasons {
    ($($name:ident = $text:literal),* $(,)?) => {
        /// Why a value must be comptime-known.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[allow(missing_docs, reason = "the text beside each says it")]
        pub enum ComptimeReason { $($name),* }

        impl ComptimeReason {
            /// The note's text.
            pub const fn text(self) -> &'static str {
                match self { $(ComptimeReason::$name => $text),* }
            }
        }
    };
}

reasons! {
    OperandType = "operand to '@Type' must be comptime-known",
    OperandSetEvalBranchQuota = "operand to '@setEvalBranchQuota' must be comptime-known",
    OperandSetFloatMode = "operand to '@setFloatMode' must be comptime-known",
    OperandBranchHint = "operand to '@branchHint' must be comptime-known",
    OperandSetRuntimeSafety = "operand to '@setRuntimeSafety' must be comptime-known",
    OperandEmbedFile = "operand to '@embedFile' must be comptime-known",
    OperandCImport = "operand to '@cImport' is evaluated at comptime",
    OperandCDefineMacroName = "'@cDefine' macro name must be comptime-known",
    OperandCDefineMacroValue = "'@cDefine' macro value must be comptime-known",
    OperandCIncludeFileName = "'@cInclude' file name must be comptime-known",
    OperandCUndefMacroName = "'@cUndef' macro name must be comptime-known",
    OperandShuffleMask = "'@shuffle' mask must be comptime-known",
    OperandAtomicRmwOperation = "'@atomicRmw' operation must be comptime-known",
    OperandReduceOperation = "'@reduce' operation must be comptime-known",
    ExportTarget = "export target must be comptime-known",
    ExportOptions = "export options must be comptime-known",
    ExternOptions = "extern options must be comptime-known",
    PrefetchOptions = "prefetch options must be comptime-known",
    CallModifier = "call modifier must be comptime-known",
    CompileErrorString = "compile error string must be comptime-known",
    InlineAssemblyCode = "inline assembly code must be comptime-known",
    AtomicOrder = "atomic order must be comptime-known",
    ArrayMulFactor = "array multiplication factor must be comptime-known",
    SliceCatOperand = "slice being concatenated must be comptime-known",
    InlineCallTarget = "function being called inline must be comptime-known",
    GenericCallTarget = "generic function being called must be comptime-known",
    WasmMemoryIndex = "wasm memory index must be comptime-known",
    WorkGroupDimIndex = "work group dimension index must be comptime-known",
    Clobber = "clobber must be comptime-known",
    Type = "types must be comptime-known",
    ArraySentinel = "array sentinel value must be comptime-known",
    PointerSentinel = "pointer sentinel value must be comptime-known",
    SliceSentinel = "slice sentinel value must be comptime-known",
    ArrayLength = "array length must be comptime-known",
    VectorLength = "vector length must be comptime-known",
    ErrorSetContents = "error set contents must be comptime-known",
    StructFields = "struct fields must be comptime-known",
    EnumFields = "enum fields must be comptime-known",
    UnionFields = "union fields must be comptime-known",
    FunctionRetTy = "function return type must be comptime-known",
    FunctionParameters = "function parameters must be comptime-known",
    DeclName = "declaration name must be comptime-known",
    FieldName = "field name must be comptime-known",
    StructFieldName = "struct field name must be comptime-known",
    EnumFieldName = "enum field name must be comptime-known",
    UnionFieldName = "union field name must be comptime-known",
    TupleFieldName = "tuple field name must be comptime-known",
    TupleFieldIndex = "tuple field index must be comptime-known",
    ContainerVarInit = "initializer of container-level variable must be comptime-known",
    Callconv = "calling convention must be comptime-known",
    Align = "alignment must be comptime-known",
    Addrspace = "address space must be comptime-known",
    Linksection = "linksection must be comptime-known",
    ComptimeKeyword = "'comptime' keyword forces comptime evaluation",
    ComptimeCallModifier = "'.compile_time' call modifier forces comptime evaluation",
    InlineLoopOperand = "inline loop condition must be comptime-known",
    SwitchItem = "switch prong values must be comptime-known",
    TupleFieldDefaultValue = "tuple field default value must be comptime-known",
    StructFieldDefaultValue = "struct field default value must be comptime-known",
    EnumFieldTagValue = "enum field tag value must be comptime-known",
    SliceSingleItemPtrBounds = "slice of single-item pointer must have comptime-known bounds",
    StoredToComptimeField = "value stored to a comptime field must be comptime-known",
    StoredToComptimeVar = "value stored to a comptime variable must be comptime-known",
    CastedToComptimeEnum = "value casted to enum with 'comptime_int' tag type must be comptime-known",
    CastedToComptimeInt = "value casted to 'comptime_int' must be comptime-known",
    CastedToComptimeFloat = "value casted to 'comptime_float' must be comptime-known",
    PanicHandler = "panic handler must be comptime-known",
}
