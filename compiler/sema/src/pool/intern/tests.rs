//! Identity of what is interned, and the questions that types answer.

use syntax::Interner;
use syntax::ast::PtrSize;

use super::{Pool, ZigTag};
use crate::pool::{CInt, ContId, Int, PtrType, Type, TypeId, Value, ValueId};

#[test]
fn equal_keys_have_equal_ids() {
    let mut pool = Pool::new();
    let before = pool.stats();
    assert_eq!(pool.int_type(false, 8), TypeId::U8);
    assert_eq!(pool.slice(TypeId::U8, true), TypeId::SLICE_CONST_U8);
    assert_eq!(pool.many_ptr(TypeId::U8, false), TypeId::MANYPTR_U8);
    assert_eq!(pool.error_union(TypeId::ANYERROR, TypeId::VOID), TypeId::ANYERROR_VOID);
    assert_eq!(pool.tuple(&[]), TypeId::EMPTY_TUPLE);
    assert_eq!(pool.comptime_int(0), ValueId::ZERO);
    assert_eq!(pool.usize(1), ValueId::ONE_USIZE);
    assert_eq!(pool.aggregate(TypeId::EMPTY_TUPLE, 0, &[]), ValueId::EMPTY_TUPLE);
    assert_eq!(pool.undef(TypeId::UNDEFINED), ValueId::UNDEF);
    assert_eq!(pool.intern(Value::Bool(true)), pool.bool(true));
    assert_eq!(pool.stats(), before);

    let a = pool.array(3, TypeId::U8, Some(ValueId::ZERO_U8));
    let b = pool.array(3, TypeId::U8, None);
    assert_ne!(a, b);
    assert_eq!(pool.array(3, TypeId::U8, None), b);
    assert!(pool.stats().types > before.types && pool.stats().bytes >= before.bytes);
}

#[test]
fn many_ids_stay_apart() {
    let mut pool = Pool::new();
    let ids: Vec<ValueId> = (0..50_000).map(|i| pool.int(TypeId::U64, i as u64 * 3)).collect();
    for (i, &id) in ids.iter().enumerate() {
        assert_eq!(pool.int(TypeId::U64, i as u64 * 3), id);
        assert_eq!(pool.as_int(id), Some(&Int::from(i as u64 * 3)));
        assert_ne!(pool.int(TypeId::U32, i as u64 * 3), id);
    }
}

#[test]
fn arrays_have_one_form() {
    let mut pool = Pool::new();
    let ty = pool.array(3, TypeId::U8, None);
    let abc: Vec<ValueId> = b"abc".iter().map(|&b| pool.int(TypeId::U8, b)).collect();
    assert_eq!(pool.aggregate(ty, 0, &abc), pool.bytes(ty, b"abc"));
    let aaa = [abc[0]; 3];
    let repeated = pool.intern(Value::Repeated { ty, elem: abc[0] });
    assert_eq!(pool.aggregate(ty, 0, &aaa), repeated);
    assert_eq!(pool.bytes(ty, b"aaa"), repeated);

    let long = pool.array(5000, TypeId::U8, None);
    let repeated = pool.intern(Value::Repeated { ty: long, elem: abc[0] });
    assert_eq!(pool.bytes(long, &[b'a'; 5000]), repeated);
    assert_eq!(pool.aggregate(long, 0, &[abc[0]; 5000]), repeated);

    let words = pool.array(2, TypeId::U16, None);
    let (one, two) = (pool.int(TypeId::U16, 1), pool.int(TypeId::U16, 2));
    let repeated = pool.intern(Value::Repeated { ty: words, elem: one });
    assert_eq!(pool.aggregate(words, 0, &[one, one]), repeated);
    assert_ne!(pool.aggregate(words, 0, &[one, two]), repeated);
    let single = pool.array(1, TypeId::U16, None);
    let repeated = pool.intern(Value::Repeated { ty: single, elem: one });
    assert_eq!(pool.aggregate(single, 0, &[one]), repeated);
    for child in [TypeId::U8, TypeId::U16] {
        let empty = pool.array(0, child, None);
        let elem = pool.int(child, 7);
        let repeated = pool.intern(Value::Repeated { ty: empty, elem });
        assert_eq!(pool.aggregate(empty, 0, &[]), repeated);
    }
}

#[test]
fn undefined_all_through_is_undefined() {
    let mut pool = Pool::new();
    let ty = pool.array(2, TypeId::U8, None);
    let (hole, one) = (pool.undef(TypeId::U8), pool.int(TypeId::U8, 1));
    let whole = pool.undef(ty);
    assert_eq!(pool.aggregate(ty, 0, &[hole, hole]), whole);
    assert_eq!(pool.intern(Value::Repeated { ty, elem: hole }), whole);
    let half = pool.aggregate(ty, 0, &[one, hole]);
    assert!(matches!(pool.val(half), Value::Aggregate { .. }));
    let strukt = pool.intern_type(Type::Struct(ContId(0)));
    let whole = pool.undef(strukt);
    assert_eq!(pool.aggregate(strukt, 3, &[hole]), whole);
    assert_ne!(pool.aggregate(strukt, 3, &[one]), pool.aggregate(strukt, 4, &[one]));
}

#[test]
fn error_sets_are_sorted_sets() {
    let (mut pool, names) = (Pool::new(), Interner::new());
    let [z, a, m] = ["Zed", "Abc", "Mid"].map(|n| names.intern(n.as_bytes()));
    let mut list = vec![z, m, a, z, m];
    let set = pool.error_set(&mut list, &names);
    assert_eq!(list, [a, m, z]);
    assert_eq!(pool.error_set(&mut vec![a, z, m], &names), set);
    assert_ne!(pool.error_set(&mut vec![a, z], &names), set);
    assert_eq!(pool.error_set(&mut Vec::new(), &names), TypeId::EMPTY_ERROR_SET);
}

#[test]
fn values_know_their_types() {
    let mut pool = Pool::new();
    let opt = pool.optional(TypeId::U8);
    let five = pool.int(TypeId::U8, 5);
    let (some, none) = (pool.opt_some(opt, five), pool.opt_none(opt));
    let ty = pool.type_value(opt);
    let cases = [
        (ValueId::VOID, TypeId::VOID),
        (ValueId::TRUE, TypeId::BOOL),
        (ValueId::NULL, TypeId::NULL),
        (ValueId::UNDEF, TypeId::UNDEFINED),
        (ValueId::ONE, TypeId::COMPTIME_INT),
        (five, TypeId::U8),
        (some, opt),
        (none, opt),
        (ty, TypeId::TYPE),
    ];
    for (val, ty) in cases {
        assert_eq!(pool.type_of(val), ty, "{:?}", pool.val(val));
    }
    assert_eq!(pool.as_type(ty), Some(opt));
    assert_eq!((pool.as_bool(ValueId::FALSE), pool.as_bool(five)), (Some(false), None));
}

#[test]
fn integer_types() {
    let pool = Pool::new();
    let cases = [
        (TypeId::U8, Some((false, 8))),
        (TypeId::I128, Some((true, 128))),
        (TypeId::USIZE, Some((false, 64))),
        (TypeId::ISIZE, Some((true, 64))),
        (TypeId::C_CHAR, Some((true, 8))),
        (TypeId::C_USHORT, Some((false, 16))),
        (TypeId::C_INT, Some((true, 32))),
        (TypeId::C_ULONG, Some((false, 64))),
        (TypeId::COMPTIME_INT, None),
        (TypeId::BOOL, None),
    ];
    for (ty, info) in cases {
        assert_eq!(pool.int_info(ty, 64), info, "{:?}", pool.ty(ty));
        assert_eq!(pool.is_int(ty), info.is_some());
    }
    assert_eq!(CInt::Long.info(32), (true, 32));
    assert!(pool.is_signed(TypeId::I8) && pool.is_signed(TypeId::COMPTIME_INT) && !pool.is_signed(TypeId::USIZE));
    assert!(pool.is_any_int(TypeId::COMPTIME_INT) && !pool.is_any_int(TypeId::F32));
}

#[test]
fn pointers_and_their_parts() {
    let mut pool = Pool::new();
    let array = pool.array(4, TypeId::U16, None);
    let to_array = pool.single_ptr(array, true);
    let slice = pool.slice(TypeId::U16, false);
    let c = pool.ptr_type(PtrType::new(PtrSize::C, TypeId::U8));
    assert!(pool.ptr_info(c).is_some_and(|p| p.allowzero), "C pointers are never zero-checked");
    assert!(pool.is_slice(slice) && !pool.is_slice(to_array) && pool.is_single_ptr(to_array));
    assert_eq!(pool.child_of(to_array), Some(array));
    assert_eq!(pool.elem_of(to_array), Some(TypeId::U16));
    assert_eq!(pool.elem_of(slice), Some(TypeId::U16));
    assert_eq!(pool.elem_of(TypeId::PTR_ANYOPAQUE), None);
    assert_eq!(pool.sentinel_of(TypeId::MANYPTR_CONST_U8_Z), Some(ValueId::ZERO_U8));
    assert_eq!(pool.child_of(TypeId::U8), None);
    assert_eq!(pool.error_union_parts(TypeId::ANYERROR_VOID), Some((TypeId::ANYERROR, TypeId::VOID)));
    let opt = pool.optional(slice);
    assert_eq!(pool.optional_child(opt), Some(slice));
    assert!(pool.is_ptr_like_child(to_array) && !pool.is_ptr_like_child(slice) && !pool.is_ptr_like_child(c));
}

#[test]
fn kinds_are_those_of_the_language() {
    let mut pool = Pool::new();
    let strukt = pool.intern_type(Type::Struct(ContId(0)));
    let union = pool.intern_type(Type::Union(ContId(0)));
    let tag = pool.intern_type(Type::UnionTag(ContId(0)));
    let cases = [
        (TypeId::NORETURN, "noreturn"),
        (TypeId::USIZE, "int"),
        (TypeId::C_LONG, "int"),
        (TypeId::COMPTIME_INT, "comptime_int"),
        (TypeId::F80, "float"),
        (TypeId::SLICE_CONST_U8, "pointer"),
        (TypeId::EMPTY_TUPLE, "struct"),
        (TypeId::ANYOPAQUE, "opaque"),
        (TypeId::EMPTY_ERROR_SET, "error_set"),
        (TypeId::ANYERROR_VOID, "error_union"),
        (TypeId::OPT_USIZE, "optional"),
        (TypeId::ENUM_LITERAL, "enum_literal"),
        (strukt, "struct"),
        (union, "union"),
        (tag, "enum"),
    ];
    for (ty, name) in cases {
        assert_eq!(pool.zig_tag(ty).name(), name, "{:?}", pool.ty(ty));
    }
    // Order and number as std.builtin.TypeId has them.
    assert_eq!((ZigTag::Type as u8, ZigTag::Fn as u8, ZigTag::EnumLiteral as u8), (0, 18, 23));
}

#[test]
fn elements_whatever_the_form() {
    let mut pool = Pool::new();
    let text = pool.array(3, TypeId::U8, Some(ValueId::ZERO_U8));
    let (a, one, two) = (pool.int(TypeId::U8, b'a'), pool.int(TypeId::U16, 1), pool.int(TypeId::U16, 2));
    let words = pool.array(2, TypeId::U16, None);
    let tuple = pool.tuple(&[TypeId::U8, TypeId::U16]);
    let (hole8, hole16) = (pool.undef(TypeId::U8), pool.undef(TypeId::U16));
    let repeated = pool.intern(Value::Repeated { ty: words, elem: two });
    let cases = [
        (pool.bytes(text, b"xya"), vec![(2, Some(a)), (3, Some(ValueId::ZERO_U8)), (4, None)]),
        (pool.aggregate(words, 0, &[one, two]), vec![(0, Some(one)), (1, Some(two)), (2, None)]),
        (repeated, vec![(1, Some(two)), (2, None)]),
        (pool.undef(words), vec![(1, Some(hole16)), (2, None)]),
        (pool.undef(tuple), vec![(0, Some(hole8)), (1, Some(hole16)), (2, None)]),
        (pool.aggregate(tuple, 0, &[a, one]), vec![(1, Some(one)), (2, None)]),
        (ValueId::ONE, vec![(0, None)]),
    ];
    for (val, elems) in cases {
        for (index, elem) in elems {
            assert_eq!(pool.elem_value(val, index), elem, "{index} of {:?}", pool.val(val));
        }
    }
    let long = pool.array(5000, TypeId::U8, None);
    let many = pool.bytes(long, &[7; 5000]);
    assert_eq!(pool.bytes_of(many).as_deref(), Some(&[7; 5000][..]));
    let short = pool.bytes(text, b"xyz");
    assert_eq!(pool.bytes_of(short).as_deref(), Some(&b"xyz"[..]));
    assert_eq!(pool.bytes_of(repeated), None);
    let endless = pool.array(u64::MAX, TypeId::U8, None);
    let endless = pool.intern(Value::Repeated { ty: endless, elem: a });
    assert_eq!(pool.bytes_of(endless), None);
}
