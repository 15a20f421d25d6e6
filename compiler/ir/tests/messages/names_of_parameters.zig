fn f(@"": u8, @"\q": u8) void {}
fn @"\q"() void { const @"" = 1; }
