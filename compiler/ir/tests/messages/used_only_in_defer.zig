fn f() void {
    const x = 1;
    defer _ = x;
    var y: u8 = 1;
    defer y = 2;
}
