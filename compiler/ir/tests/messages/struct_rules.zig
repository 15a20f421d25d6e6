const A = struct(u8) { a: u8 };
const B = packed struct { comptime a: u8 = 1 };
const C = struct { comptime a: u8 };
const D = packed struct { a: u8 align(4) };
const E = extern struct { comptime a: u8 = 1 };
