fn f() void { suspend { const x = 1; } suspend {} }
fn g() void { suspend { return; } }
fn h() anyframe { nosuspend { suspend {} } }
fn i(a: anyframe) void { resume a; const x = resume a; _ = x; resume b; }
test { suspend {} } comptime { suspend {} }  const q = blk: { suspend {} break :blk 1; };
 fn k() void { suspend { defer { suspend {} } } }
fn f2() void { suspend { struct { fn x() void { suspend {} } }.x(); } defer { suspend {} } }
 fn w() void { while (true) { suspend { break; } } suspend unreachable; }
fn v() void { suspend { return; } }