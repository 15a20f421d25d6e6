fn f() void {
    _ = @cVaStart();
}
fn g(...) callconv(.c) void {
    var l = @cVaStart();
    _ = &l;
}
