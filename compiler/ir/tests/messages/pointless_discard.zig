fn f(a: u8) u8 {
    _ = a;
    return a;
}
