const x = 1;
fn f() void {
    const x = 2;
    _ = x;
}
