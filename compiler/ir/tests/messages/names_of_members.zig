const S = struct { const @"\x00" = 1; fn f() void { y; } };
const T = struct { @"": u8, @"a": u8 };
const U = enum { a, @"\q", a };
const x = y;
test @"" {}
