//! Texts of pointers: places, casts, and constants shown in full.

use super::*;

#[test]
fn pointers_to_variables() {
    let mut f = Fixture::new();
    let s = f.cont(S);
    let gs = f.decl("t.gs", s, false);
    f.val(gs, "@as(*t.S, &t.gs)");
    let constant = {
        let ty = f.pool.single_ptr(s, true);
        f.ptr(ty, PtrBase::Decl(DeclId(0)))
    };
    f.val(constant, "@as(*const t.S, &t.gs)");
    let a = f.field(constant, 0, TypeId::U8);
    f.val(a, "@as(*const u8, &t.gs.a)");
    let pair = f.pool.tuple(&[TypeId::U8, TypeId::U16]);
    let e = f.field(gs, 2, pair);
    let e1 = f.field(e, 1, TypeId::U16);
    f.val(e1, "@as(*u16, &t.gs.e[1])");
    let any = f.ptr(TypeId::PTR_ANYOPAQUE, PtrBase::Decl(DeclId(0)));
    f.val(any, "@as(*anyopaque, @as(*anyopaque, @ptrCast(&t.gs)))");
    let slices = f.decl("t.gsl", TypeId::SLICE_U8, false);
    let len = f.field(slices, 1, TypeId::USIZE);
    f.val(len, "@as(*usize, &t.gsl.len)");

    let array = f.pool.array(4, TypeId::U8, None);
    let arr = f.decl("t.garr", array, false);
    let second = f.elem(arr, 1, PtrSize::One);
    f.val(second, "@as(*u8, &t.garr[1])");
    let first = f.elem(arr, 0, PtrSize::One);
    f.val(first, "@as(*u8, &t.garr[0])");
    let many = f.elem(arr, 0, PtrSize::Many);
    f.val(many, "@as([*]u8, @as([*]u8, @ptrCast(&t.garr)))");
    let direct = f.ptr(TypeId::MANYPTR_U8, PtrBase::Decl(DeclId(2)));
    f.val(direct, "@as([*]u8, @as([*]u8, @ptrCast(&t.garr)))");
    let all = f.slice(many, 4);
    f.val(all, "@as([]u8, @as([*]u8, @ptrCast(&t.garr))[0..4])");
    let middle = f.elem(arr, 1, PtrSize::Many);
    f.val(middle, "@as([*]u8, @as([*]u8, @ptrCast(&t.garr[1])))");
    let later = f.elem(middle, 2, PtrSize::One);
    f.val(later, "@as(*u8, &t.garr[3])");
    let two = f.pool.array(2, TypeId::U8, None);
    let two = f.pool.single_ptr(two, false);
    let part = f.ptr(two, PtrBase::Elem { base: arr, index: 1 });
    f.val(part, "@as(*[2]u8, @as(*[2]u8, @ptrCast(&t.garr[1])))");

    let ty = f.pool.single_ptr(TypeId::U8, false);
    let v = f.ptr(ty, PtrBase::Addr(0x1000));
    f.val(v, "@as(*u8, @as(*u8, @ptrFromInt(0x1000)))");
    let now = f.s();
    f.file.comptime.set(Some(now));
    let var = f.pool.single_ptr(s, false);
    let var = f.ptr(var, PtrBase::Comptime(0));
    let a = f.field(var, 0, TypeId::U8);
    f.val(a, "@as(*u8, &@as(t.S, .{ .a = 1, .b = null, .e = .{ 1, 2 } }).a)");
    let five = f.u8(5);
    let v = f.ptr(ty, PtrBase::ComptimeField(five));
    f.val(v, "@as(*u8, @as(*u8, @ptrCast(&@as(u8, 5))))");
}

#[test]
fn pointers_to_constants() {
    let mut f = Fixture::new();
    let s = f.cont(S);
    let opt = f.pool.optional(TypeId::U8);
    let eu = f.pool.error_union(TypeId::ANYERROR, TypeId::U8);
    let u8_ptr = f.pool.single_ptr(TypeId::U8, true);
    let cs = f.decl("t.cs", s, true);
    f.val(cs, "@as(*const t.S, &t.cs)");
    let a = f.field(cs, 0, TypeId::U8);
    f.val(a, "@as(*const u8, &@as(*t.S, @ptrCast(&t.cs)).a)");
    let b = f.field(cs, 1, opt);
    let payload = f.ptr(u8_ptr, PtrBase::OptPayload(b));
    f.val(payload, "@as(*const u8, &@as(*t.S, @ptrCast(&t.cs)).b.?)");
    let pair = f.pool.tuple(&[TypeId::U8, TypeId::U16]);
    let e = f.field(cs, 2, pair);
    let e1 = f.field(e, 1, TypeId::U16);
    f.val(e1, "@as(*const u16, &@as(*t.S, @ptrCast(&t.cs)).e[1])");
    let co = f.decl("t.co", opt, true);
    let payload = f.ptr(u8_ptr, PtrBase::OptPayload(co));
    f.val(payload, "@as(*const u8, &@as(*?u8, @ptrCast(&t.co)).*.?)");
    let six = f.u8(6);
    let now = f.pool.intern(Value::ErrUnionPayload { ty: eu, val: six });
    f.file.comptime.set(Some(now));
    let (eu_ptr, ptr) = (f.pool.single_ptr(eu, false), f.pool.single_ptr(TypeId::U8, false));
    let var = f.ptr(eu_ptr, PtrBase::Comptime(0));
    let payload = f.ptr(ptr, PtrBase::EuPayload(var));
    f.val(payload, "@as(*u8, &(@as(anyerror!u8, 6) catch unreachable))");
    let two = f.pool.array(2, s, None);
    let cas = f.decl("t.cas", two, true);
    let second = f.elem(cas, 1, PtrSize::One);
    f.val(second, "@as(*const t.S, &t.cas[1])");
    let a = f.field(second, 0, TypeId::U8);
    f.val(a, "@as(*const u8, &@as(*t.S, @ptrCast(&t.cas[1])).a)");

    let five = f.u8(5);
    let v = f.ref_to(five);
    f.val(v, "@as(*const u8, &@as(u8, 5))");
    let v = f.ref_to(v);
    f.val(v, "@as(*const *const u8, &@as(*const u8, &@as(u8, 5)))");
    let v = f.ref_to(ValueId::EMPTY_TUPLE);
    f.val(v, "@as(*const @TypeOf(.{}), &@as(@TypeOf(.{}), .{}))");
    let some = f.pool.opt_some(opt, five);
    let v = f.ref_to(some);
    f.val(v, "@as(*const ?u8, &@as(?u8, 5))");
    let v = f.ptr(u8_ptr, PtrBase::OptPayload(v));
    f.val(v, "@as(*const u8, &@as(*?u8, @ptrCast(&@as(?u8, 5))).*.?)");
    let now = f.s();
    let v = f.ref_to(now);
    f.val(v, "@as(*const t.S, &.{ .a = 1, .b = null, .e = .{ 1, 2 } })");
    // A pointer to an element shows the whole list.
    let list = f.u16s(&[1, 2, 3]);
    let list = f.ref_to(list);
    let v = f.elem(list, 1, PtrSize::One);
    f.val(v, "@as(*const u16, &.{ 1, 2, 3 })");
    let ptr = f.elem(list, 0, PtrSize::Many);
    let v = f.slice(ptr, 3);
    f.val(v, "@as([]const u16, &.{ 1, 2, 3 }[0..3])");
}
