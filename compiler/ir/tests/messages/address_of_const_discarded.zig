fn f() void {
    const x = 1;
    _ = &x;
    var y: u8 = 1;
    _ = y;
    var z: u8 = 1;
    const p = &z;
    p.* = 2;
}
