const S = struct { a: u8, b: u8 };
const x = S{ .a = 1, .b = 2, .a = 3 };
const y = .{ .a = 1, .a = 2, .b = 3, .b = 4 };
