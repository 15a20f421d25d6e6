const A = fn (x: u8) !void;
const B = fn () align(4) void;
const C = fn () linksection("x") void;
const D = fn named() void;
