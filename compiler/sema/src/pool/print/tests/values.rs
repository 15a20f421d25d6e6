//! Texts of values, and where they are cut.

use super::*;

#[test]
fn simple_values() {
    let mut f = Fixture::new();
    f.val(ValueId::ONE, "@as(comptime_int, 1)");
    let big = f.pool.comptime_int(Int::from(-(1i128 << 100)));
    f.val(big, "@as(comptime_int, -1267650600228229401496703205376)");
    f.val(ValueId::TRUE, "@as(bool, true)");
    f.val(ValueId::VOID, "@as(void, {})");
    f.val(ValueId::NULL, "@as(@TypeOf(null), null)");
    f.val(ValueId::UNDEF, "@as(@TypeOf(undefined), undefined)");
    f.val(ValueId::EMPTY_TUPLE, "@as(@TypeOf(.{}), .{})");
    let name = f.file.names.intern(b"a b");
    let v = f.pool.enum_literal(name);
    f.val(v, "@as(@Type(.enum_literal), .a b)");
    let v = f.pool.type_value(TypeId::U8);
    f.val(v, "@as(type, u8)");
    let v = f.pool.undef(TypeId::SLICE_U8);
    f.val(v, "@as([]u8, undefined)");
    let set = f.error_set(&["x y"]);
    let name = f.file.names.intern(b"x y");
    let v = f.pool.error(set, name);
    f.val(v, "@as(error{x y}, error.x y)");
    let eu = f.pool.error_union(TypeId::ANYERROR, TypeId::U8);
    let v = f.pool.intern(Value::ErrUnionErr { ty: eu, name });
    f.val(v, "@as(anyerror!u8, error.x y)");
    let five = f.u8(5);
    let v = f.pool.intern(Value::ErrUnionPayload { ty: eu, val: five });
    f.val(v, "@as(anyerror!u8, 5)");
    let opt = f.pool.optional(TypeId::U8);
    let (none, some) = (f.pool.opt_none(opt), f.pool.opt_some(opt, five));
    f.val(none, "@as(?u8, null)");
    f.val(some, "@as(?u8, 5)");
    let opt = f.pool.optional(opt);
    let v = f.pool.opt_some(opt, none);
    f.val(v, "@as(??u8, null)");
    let e = f.cont(E);
    for (tag, text) in [(0, "@as(t.E, .a)"), (77, "@as(t.E, @enumFromInt(77))")] {
        let val = f.u8(tag);
        let v = f.pool.intern(Value::EnumTag { ty: e, val });
        f.val(v, text);
    }
    let ty = f.func(&[], Some(TypeId::VOID), CallConv::Auto);
    let v = f.pool.intern(Value::Func { ty, func: FuncId(0) });
    f.val(v, "@as(fn () void, (function 'h'))");
    let v = f.ref_to(v);
    f.val(v, "@as(*const fn () void, &t.h)");
}

#[test]
fn strings_and_byte_arrays() {
    let mut f = Fixture::new();
    let cases: [(&[u8], Option<u8>, &str, &str); 12] = [
        (b"abc", Some(0), "@as([3:0]u8, \"abc\".*)", "\"abc\""),
        (
            b"a\n\"\x01\xff\\\t\r\x7f~",
            Some(0),
            "@as([10:0]u8, \"a\\n\\\"\\x01\\xff\\\\\\t\\r\\x7f~\".*)",
            "\"a\\n\\\"\\x01\\xff\\\\\\t\\r\\x7f~\"",
        ),
        (b"aaa", Some(0), "@as([3:0]u8, .{ 97, 97, 97 })", "&.{ 97, 97, 97 }"),
        (b"a", Some(0), "@as([1:0]u8, \"a\".*)", "\"a\""),
        (b"", Some(0), "@as([0:0]u8, .{})", "&.{}"),
        (b"\x05", None, "@as([1]u8, \"\\x05\".*)", "\"\\x05\""),
        (b"\0", None, "@as([1]u8, \"\\x00\".*)", "\"\\x00\""),
        (b"abc\0", None, "@as([4]u8, \"abc\".*)", "\"abc\""),
        (b"abc\0", Some(0), "@as([4:0]u8, \"abc\\x00\".*)", "\"abc\\x00\""),
        (b"\x01\x02", Some(5), "@as([2:5]u8, \"\\x01\\x02\\x05\".*)", "\"\\x01\\x02\\x05\""),
        (b"\x01", Some(1), "@as([1:1]u8, \"\\x01\".*)", "\"\\x01\""),
        (b"\0\0", Some(1), "@as([2:1]u8, .{ 0, 0 })", "&.{ 0, 0 }"),
    ];
    for (text, sentinel, value, behind) in cases {
        let v = f.bytes(text, sentinel);
        f.val(v, value);
        let p = f.ref_to(v);
        assert_eq!(f.pool.value_text(p, &f.file), behind);
    }
    // Text is never cut, numbers are.
    let v = f.bytes(&b"0123456789".repeat(300), Some(0));
    let p = f.ref_to(v);
    assert_eq!(f.pool.value_text(p, &f.file), format!("\"{}\"", "0123456789".repeat(300)));
    let v = f.bytes(&[65; 300], None);
    f.val(v, &format!("@as([300]u8, .{{ {}... }})", "65, ".repeat(100)));
}

#[test]
fn aggregates() {
    let mut f = Fixture::new();
    let v = f.u16s(&[1, 2]);
    f.val(v, "@as([2]u16, .{ 1, 2 })");
    let v = f.u16s(&[3, 3]);
    f.val(v, "@as([2]u16, .{ 3, 3 })");
    let v = f.u16s(&[]);
    f.val(v, "@as([0]u16, .{})");
    let v = f.u16s(&(1..=100).collect::<Vec<u16>>());
    assert!(f.pool.value_text(v, &f.file).ends_with(", 99, 100 }"));
    let v = f.u16s(&(1..=101).collect::<Vec<u16>>());
    assert!(f.pool.value_text(v, &f.file).ends_with(", 99, 100, ... }"));
    let ty = f.pool.intern_type(Type::Vector { len: 2, child: TypeId::BOOL });
    let v = f.pool.aggregate(ty, 0, &[ValueId::TRUE, ValueId::FALSE]);
    f.val(v, "@as(@Vector(2, bool), .{ true, false })");
    let s = f.s();
    f.val(s, "@as(t.S, .{ .a = 1, .b = null, .e = .{ 1, 2 } })");
    let u = f.cont(U);
    let tag_ty = f.pool.intern_type(Type::UnionTag(U));
    let tag = f.pool.intern(Value::EnumTag { ty: tag_ty, val: ValueId::ONE_U8 });
    let v = f.pool.intern(Value::Union { ty: u, tag, val: ValueId::VOID });
    f.val(v, "@as(t.U, .{ .b = {} })");
    f.val(tag, "@as(@typeInfo(t.U).@\"union\".tag_type.?, .b)");
    let p = f.ref_to(v);
    f.val(p, "@as(*const t.U, &@as(t.U, .{ .b = {} }))");
    let (one, hole) = (f.u8(1), f.pool.undef(TypeId::U8));
    let ty = f.pool.array(3, TypeId::U8, None);
    let v = f.pool.aggregate(ty, 0, &[one, hole, one]);
    f.val(v, "@as([3]u8, .{ 1, undefined, 1 })");
    let v = f.pool.aggregate(ty, 0, &[hole, hole, hole]);
    f.val(v, "@as([3]u8, undefined)");
}

#[test]
fn depth_is_cut() {
    let mut f = Fixture::new();
    let wrap = |f: &mut Fixture, mut v: ValueId, times: usize| {
        for _ in 0..times {
            v = f.tuple(&[v], false);
        }
        f.pool.value_text(v, &f.file)
    };
    let one = f.u8(1);
    let abc = f.bytes(b"abc", Some(0));
    let abc_ref = f.ref_to(abc);
    let slice_ptr = f.elem(abc_ref, 0, PtrSize::Many);
    let slice = f.slice(slice_ptr, 3);
    let one_ref = f.ref_to(one);
    let empty = f.u16s(&[]);
    let opt = f.pool.optional(TypeId::U8);
    let some = f.pool.opt_some(opt, one);
    let cases = [
        (one, ".{ .{ .{ 1 } } }"),
        (abc, ".{ .{ .{ .{ ... } } } }"),
        (abc_ref, ".{ .{ .{ &.{ ... } } } }"),
        (slice, ".{ .{ .{ &.{ ... }[0..(...)] } } }"),
        (one_ref, ".{ .{ .{ &@as(u8, 1) } } }"),
        (ValueId::EMPTY_TUPLE, ".{ .{ .{ .{} } } }"),
        (empty, ".{ .{ .{ .{ ... } } } }"),
        (some, ".{ .{ .{ 1 } } }"),
    ];
    for (v, text) in cases {
        assert_eq!(wrap(&mut f, v, 3), text);
    }
    assert_eq!(wrap(&mut f, slice, 2), ".{ .{ \"abc\"[0..3] } }");
    assert_eq!(wrap(&mut f, one, 5), ".{ .{ .{ .{ ... } } } }");
    // The level goes round at a comptime variable.
    let ty = f.pool.array(3, TypeId::U8, None);
    let now = f.pool.bytes(ty, b"\x04\x02\x03");
    f.file.comptime.set(Some(now));
    let ty = f.pool.single_ptr(ty, false);
    let var = f.ptr(ty, PtrBase::Comptime(0));
    assert_eq!(wrap(&mut f, var, 2), ".{ .{ &@as([3]u8, .{ ... }) } }");
    assert_eq!(wrap(&mut f, var, 3), ".{ .{ .{ &@as([3]u8, \"\\x04\\x02\\x03\".*) } } }");
}
