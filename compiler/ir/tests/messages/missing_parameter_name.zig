fn f(u8) void {}
fn g(T) void {}
fn h(anytype) void {}
