fn f() void {
    _ = _;
}
fn g() void {
    const _ = 1;
}
const S = struct { a: _ };
