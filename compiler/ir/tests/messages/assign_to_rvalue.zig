fn f() void {
    1 = 2;
}
fn g() void {
    g() += 1;
}
fn h() void {
    @sizeOf(u8) = 2;
}
