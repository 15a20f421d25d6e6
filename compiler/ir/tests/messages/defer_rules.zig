fn f() void {
    defer return;
}
fn g() !void {
    defer try g();
}
fn h() void {
    while (true) {
        defer break;
    }
}
fn i() void {
    while (true) {
        defer continue;
    }
}
