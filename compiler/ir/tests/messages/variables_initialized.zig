fn f() void {
    var x: u8;
    _ = x;
}
