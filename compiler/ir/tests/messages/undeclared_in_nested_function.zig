const S = struct {
    fn g() void {
        nope();
    }
    fn h() void {
        nope2();
    }
    a: u8,
};
