fn f() type {
    return struct {
        fn g() void {
            nope();
        }
        fn h() void {
            const unused = 1;
        }
    };
}
fn k() void {
    const unused = 2;
}
