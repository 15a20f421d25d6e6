fn f() void {
    a: {}
    b: while (true) {}
}
fn g() void {
    c: for ("abc") |x| {
        _ = x;
    }
    d: switch (1) {
        else => {},
    }
}
