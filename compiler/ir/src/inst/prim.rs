//! Types and values that every program has and that need no instruction.

macro_rules! prims {
    ($($name:ident = $text:literal),* $(,)?) => {
        /// A well-known type or value.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        #[allow(missing_docs, reason = "the text beside each says it")]
        pub enum Prim { $($name),* }

        impl Prim {
            /// All of them, in the order of their numbers.
            pub const ALL: &'static [Prim] = &[$(Prim::$name),*];

            /// As written in the language, or described in words.
            pub const fn text(self) -> &'static str {
                match self { $(Prim::$name => $text),* }
            }
            /// Whether it is a type.
            pub const fn is_type(self) -> bool {
                (self as u8) < (Prim::Undefined as u8)
            }
            /// The one with this number.
            pub fn from_index(i: u32) -> Option<Prim> {
                Prim::ALL.get(i as usize).copied()
            }
        }
    };
}

prims! {
    U0 = "u0", I0 = "i0", U1 = "u1", U8 = "u8", I8 = "i8", U16 = "u16", I16 = "i16", U29 = "u29",
    U32 = "u32", I32 = "i32", U64 = "u64", I64 = "i64", U80 = "u80", U128 = "u128", I128 = "i128",
    U256 = "u256", Usize = "usize", Isize = "isize",
    CChar = "c_char", CShort = "c_short", CUshort = "c_ushort", CInt = "c_int", CUint = "c_uint",
    CLong = "c_long", CUlong = "c_ulong", CLonglong = "c_longlong", CUlonglong = "c_ulonglong",
    CLongdouble = "c_longdouble",
    F16 = "f16", F32 = "f32", F64 = "f64", F80 = "f80", F128 = "f128",
    Anyopaque = "anyopaque", Bool = "bool", Void = "void", Type = "type", Anyerror = "anyerror",
    ComptimeInt = "comptime_int", ComptimeFloat = "comptime_float", Noreturn = "noreturn",
    Anyframe = "anyframe", NullType = "@TypeOf(null)", UndefinedType = "@TypeOf(undefined)",
    EnumLiteralType = "@TypeOf(.enum_literal)",
    SliceConstU8 = "[]const u8", SliceConstU8Z = "[:0]const u8",
    AnyerrorVoid = "anyerror!void",
    // Values.
    Undefined = "undefined", Null = "null", True = "true", False = "false",
    VoidValue = "{}", UnreachableValue = "unreachable", EmptyTuple = ".{}",
    Zero = "0", One = "1", NegativeOne = "-1", ZeroUsize = "@as(usize, 0)", OneUsize = "@as(usize, 1)",
    ZeroU8 = "@as(u8, 0)", OneU8 = "@as(u8, 1)",
}
