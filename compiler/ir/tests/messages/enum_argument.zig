fn f(comptime T: type) type {
    return enum(T) { a, b };
}
fn g() type {
    return enum(nope) { a };
}
fn h() type {
    var x = u8;
    _ = &x;
    return enum(x) { a };
}
