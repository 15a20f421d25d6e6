pub export fn f(noalias p: *u8, comptime n: u8) linksection("x") void {
    p.* = n;
}
extern "c" fn puts(s: [*:0]const u8, ...) c_int;
threadlocal var v: u32 align(8) = 1;
extern const w: u8;
inline fn g() u8 {
    return 1;
}
test "name" {
    try t();
}
test f {}
comptime {
    _ = g();
}
const U = union(enum(u4)) { a: u8 = 3, b };
