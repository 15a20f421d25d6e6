//! Names of types.

use super::*;

#[test]
fn simple_types() {
    let f = Fixture::new();
    let cases = [
        (TypeId::U8, "u8"),
        (TypeId::I0, "i0"),
        (TypeId::USIZE, "usize"),
        (TypeId::ISIZE, "isize"),
        (TypeId::C_CHAR, "c_char"),
        (TypeId::C_USHORT, "c_ushort"),
        (TypeId::C_ULONGLONG, "c_ulonglong"),
        (TypeId::BOOL, "bool"),
        (TypeId::VOID, "void"),
        (TypeId::NORETURN, "noreturn"),
        (TypeId::TYPE, "type"),
        (TypeId::COMPTIME_INT, "comptime_int"),
        (TypeId::COMPTIME_FLOAT, "comptime_float"),
        (TypeId::F80, "f80"),
        (TypeId::NULL, "@TypeOf(null)"),
        (TypeId::UNDEFINED, "@TypeOf(undefined)"),
        (TypeId::ENUM_LITERAL, "@Type(.enum_literal)"),
        (TypeId::PTR_ANYOPAQUE, "*anyopaque"),
        (TypeId::OPT_PTR_ANYOPAQUE, "?*anyopaque"),
        (TypeId::ANYERROR, "anyerror"),
        (TypeId::ANYERROR_VOID, "anyerror!void"),
        (TypeId::EMPTY_ERROR_SET, "error{}"),
        (TypeId::EMPTY_TUPLE, "@TypeOf(.{})"),
        (TypeId::SLICE_U8, "[]u8"),
        (TypeId::SLICE_CONST_U8, "[]const u8"),
        (TypeId::SLICE_CONST_U8_Z, "[:0]const u8"),
        (TypeId::MANYPTR_U8, "[*]u8"),
        (TypeId::MANYPTR_CONST_U8_Z, "[*:0]const u8"),
    ];
    for (ty, name) in cases {
        f.ty(ty, name);
    }
}

#[test]
fn pointer_types() {
    let mut f = Fixture::new();
    let base = |size, child| PtrType::new(size, child);
    let null = {
        let ptr = f.pool.single_ptr(TypeId::U8, false);
        let opt = f.pool.optional(ptr);
        (opt, f.pool.opt_none(opt))
    };
    let minus_one = f.pool.int(TypeId::I8, -1);
    let e = f.cont(E);
    let tag_a = f.pool.intern(Value::EnumTag { ty: e, val: ValueId::ZERO_U8 });
    let cases = [
        (PtrType { align: Some(4), is_volatile: true, ..base(PtrSize::Slice, TypeId::U8) }, "[]align(4) volatile u8"),
        (PtrType { allowzero: true, ..base(PtrSize::One, TypeId::U8) }, "*allowzero u8"),
        (
            PtrType {
                allowzero: true,
                align: Some(8),
                is_const: true,
                is_volatile: true,
                ..base(PtrSize::One, TypeId::U8)
            },
            "*allowzero align(8) const volatile u8",
        ),
        (base(PtrSize::C, TypeId::U8), "[*c]u8"),
        (PtrType { is_const: true, is_volatile: true, ..base(PtrSize::C, TypeId::U8) }, "[*c]const volatile u8"),
        (PtrType { sentinel: Some(null.1), ..base(PtrSize::Many, null.0) }, "[*:null]?*u8"),
        (PtrType { sentinel: Some(minus_one), is_const: true, ..base(PtrSize::Slice, TypeId::I8) }, "[:-1]const i8"),
        (
            PtrType { sentinel: Some(ValueId::TRUE), is_const: true, ..base(PtrSize::Slice, TypeId::BOOL) },
            "[:true]const bool",
        ),
        (PtrType { sentinel: Some(tag_a), ..base(PtrSize::Many, e) }, "[*:.a]t.E"),
        (PtrType { align: Some(4), packed: Some((3, 2)), ..base(PtrSize::One, TypeId::U8) }, "*align(4:3:2) u8"),
    ];
    for (ptr, name) in cases {
        let ty = f.pool.ptr_type(ptr);
        f.ty(ty, name);
    }
    let ty = f.pool.ptr_type(PtrType { align: Some(1), ..base(PtrSize::One, TypeId::U32) });
    let ty = f.pool.optional(ty);
    f.ty(ty, "?*align(1) u32");
    let ty = f.pool.array(5, TypeId::U8, Some(ValueId::ZERO_U8));
    let ty = f.pool.single_ptr(ty, true);
    f.ty(ty, "*const [5:0]u8");
}

#[test]
fn compound_types() {
    let mut f = Fixture::new();
    let inner = f.pool.array(3, TypeId::U8, None);
    let ty = f.pool.array(2, inner, None);
    f.ty(ty, "[2][3]u8");
    let ty = f.pool.intern_type(Type::Vector { len: 4, child: TypeId::U8 });
    f.ty(ty, "@Vector(4, u8)");
    let ab = f.error_set(&["B", "A"]);
    let ty = f.pool.error_union(ab, TypeId::VOID);
    f.ty(ty, "error{A,B}!void");
    let (a, b) = (f.error_set(&["A"]), f.error_set(&["B"]));
    let ty = f.pool.error_union(b, TypeId::U8);
    let ty = f.pool.error_union(a, ty);
    f.ty(ty, "error{A}!error{B}!u8");
    let ty = f.pool.error_union(a, TypeId::U8);
    let ty = f.pool.optional(ty);
    f.ty(ty, "?error{A}!u8");
    let ty = f.error_set(&["if", "a b", "z", "y", "x"]);
    f.ty(ty, "error{a b,if,x,y,z}");
    let ty = f.pool.intern_type(Type::InferredErrorSet(FuncId(0)));
    let text = "@typeInfo(@typeInfo(@TypeOf(t.h)).@\"fn\".return_type.?).error_union.error_set";
    f.ty(ty, text);
    let ty = f.pool.error_union(ty, TypeId::VOID);
    f.ty(ty, &format!("{text}!void"));
    let ty = f.pool.intern_type(Type::UnionTag(U));
    f.ty(ty, "@typeInfo(t.U).@\"union\".tag_type.?");

    let three = f.u8(3);
    let types = [TypeId::U8, TypeId::U8, TypeId::TYPE];
    let ty = f.pool.tuple_with_values(&types, &[None, Some(three), None]);
    f.ty(ty, "struct { u8, comptime u8 = 3, type }");
    let name = f.file.names.intern(b"foo");
    let foo = f.pool.enum_literal(name);
    let ab = f.bytes(b"ab", Some(0));
    let ab = f.ref_to(ab);
    let one = f.u8(1);
    let five = f.pool.comptime_int(5);
    let val = f.tuple(&[one, five, ab, ValueId::NULL, ValueId::UNDEF, foo], true);
    f.ty(
        f.pool.type_of(val),
        "struct { comptime u8 = 1, comptime comptime_int = 5, comptime *const [2:0]u8 = \"ab\", comptime @TypeOf(null) = \
         null, comptime @TypeOf(undefined) = undefined, comptime @Type(.enum_literal) = .foo }",
    );
}

#[test]
fn function_types() {
    let mut f = Fixture::new();
    let plain = |ty| FnParam { ty, is_comptime: false, is_noalias: false };
    let comptime = |ty| FnParam { ty, is_comptime: true, is_noalias: false };
    let ptr = f.pool.single_ptr(TypeId::U8, false);
    let noalias = FnParam { ty: Some(ptr), is_comptime: false, is_noalias: true };
    let cases: [(&[FnParam], Option<TypeId>, CallConv, &str); 8] = [
        (&[], Some(TypeId::VOID), CallConv::Auto, "fn () void"),
        (
            &[comptime(Some(TypeId::TYPE)), plain(None), plain(Some(TypeId::U32))],
            None,
            CallConv::Auto,
            "fn (comptime type, anytype, u32) anytype",
        ),
        (&[plain(None), noalias], Some(TypeId::VOID), CallConv::Auto, "fn (anytype, noalias *u8) void"),
        (&[comptime(None)], Some(TypeId::VOID), CallConv::Auto, "fn (comptime anytype) void"),
        (&[], Some(TypeId::NORETURN), CallConv::Naked, "fn () callconv(.naked) noreturn"),
        (&[plain(Some(TypeId::U8))], Some(TypeId::U8), CallConv::Inline, "fn (u8) callconv(.@\"inline\") u8"),
        (&[], Some(TypeId::VOID), CallConv::C, "fn () callconv(.c) void"),
        (&[plain(Some(TypeId::U8))], Some(TypeId::ANYERROR_VOID), CallConv::Auto, "fn (u8) anyerror!void"),
    ];
    for (params, ret, cc, name) in cases {
        let ty = f.func(params, ret, cc);
        f.ty(ty, name);
    }
    let params: Arc<[FnParam]> = [plain(Some(TypeId::C_INT)), plain(Some(TypeId::MANYPTR_CONST_U8_Z))].into();
    let ty = f.pool.fn_type(FnType { params, ret: Some(TypeId::C_INT), cc: CallConv::C, var_args: true });
    f.ty(ty, "fn (c_int, [*:0]const u8, ...) callconv(.c) c_int");
    let void = f.func(&[], Some(TypeId::VOID), CallConv::Auto);
    let ty = f.pool.array(2, void, None);
    f.ty(ty, "[2]fn () void");
    let ty = f.func(&[plain(Some(void))], Some(TypeId::VOID), CallConv::Auto);
    f.ty(ty, "fn (fn () void) void");
}

#[test]
fn nothing_nests_too_deep() {
    let mut f = Fixture::new();
    let mut ty = TypeId::U8;
    for _ in 0..100_000 {
        ty = f.pool.optional(ty);
    }
    f.ty(ty, &format!("{}u8", "?".repeat(100_000)));
    // Left-nested, and doubling at each step.
    let (mut params, mut twice) = (TypeId::U8, TypeId::U8);
    for _ in 0..2000 {
        let param = FnParam { ty: Some(params), is_comptime: false, is_noalias: false };
        params = f.func(&[param], Some(TypeId::VOID), CallConv::Auto);
        twice = f.pool.tuple(&[twice, twice]);
    }
    assert!(f.pool.type_name(params, &f.file).contains("..."));
    assert!(f.pool.type_name(twice, &f.file).len() < 2 << 20);
    // A comptime variable that points to itself.
    let var = f.ptr(TypeId::PTR_ANYOPAQUE, PtrBase::Comptime(0));
    f.file.comptime.set(Some(var));
    assert!(f.pool.value_text(var, &f.file).contains("..."));
}
