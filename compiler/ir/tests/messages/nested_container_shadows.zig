fn f(a: u8) type {
    _ = a;
    return struct {
        fn g(a: u8) void {
            _ = a;
        }
    };
}
