fn f(unused: u8) void {
    const a = 1;
    {
        var b: u8 = 2;
    }
    undeclared();
    const c = 3;
}
fn g(x: u8) void {
    var y = x;
}
