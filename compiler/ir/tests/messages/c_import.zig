const a = @cImport({ @cInclude("a.h"); @cDefine("A", "1"); @cUndef("B"); });
fn f() void { @cInclude("x"); const a1 = @cImport(@cInclude("x")); _ = a1; }
const b = @cImport(5); const c = @cImport({ var x: u8 = 1; _ = &x; return; });