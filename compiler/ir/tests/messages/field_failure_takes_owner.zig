fn f(unused: u8) type {
    const S = struct {
        fn early() void {
            nope1();
        }
        a: nope2,
        fn late() void {
            nope3();
        }
    };
    nope4();
    return S;
}
