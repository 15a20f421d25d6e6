fn f(o: ?u8) void {
    if (o) |*_| {}
}
fn g(o: ?u8) void {
    while (o) |*_| {}
}
fn h(o: []u8) void {
    for (o) |*_| {}
}
