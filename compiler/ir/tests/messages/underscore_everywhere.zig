const a = _;
fn f() void { _ = _; }
fn g(_: u8) u8 { return _; }
const _ = 1;
const S = struct { _: u8 };
const E = enum { a, _, b };
const E2 = enum { a, _, _ };
const E3 = enum { _ };
const E4 = enum { a, _ = 1 };
fn _() void {}
test _ {}
fn h() void { const _ = 1; _: {} ; while (true) |_| {} for (a) |_| {} if (a) |_| {} }
