const a = @cImport({ @cInclude("a.h"); @cDefine("A", "1"); @cUndef("B"); });
const b = @cImport(5);
const d = @cImport({ const e = a; });
fn f() void { const x = @cImport({ @cInclude(y); }); }
fn g() void { _ = struct { const q = @cImport({ _ = struct { const z = @cImport({}); }; }); }; @cDefine("a", {}); }
fn h(x: u8) void { suspend { _ = x; } suspend resume q; const z = resume h; nosuspend { nosuspend { resume z; } } }
