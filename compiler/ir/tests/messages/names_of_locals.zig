fn f(@"": u8) void {}
fn g(a: u8, @"\q": u8) void { _ = a; const @"" = 1; while (true) |@""| {} }
fn h() void { const @"\x00" = 1; _ = .@""; _ = x.@""; @"": {} }
const a1 = error{ @"", @"a" };
const a2 = .{ .@"" = 1 };
const a3 = .@"\q";
test x { y; }
test @"x" {}
