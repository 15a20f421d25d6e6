fn f(a: u8, a: u8) void {
    _ = a;
}
