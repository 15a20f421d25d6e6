extern const a: u8 = 1;
extern var b;
threadlocal const c = 1;
extern "" fn d() void;
fn e() void;
extern fn g() !void;
inline fn h() callconv(.c) void {}
