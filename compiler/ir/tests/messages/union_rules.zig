const A = union { a };
const B = union(enum) { a, b: u8 };
const C = union(enum) { a = 1 };
const D = union(E) { a = 1 };
const F = extern union(enum) { a: u8 };
const G = union { comptime a: u8 };
const H = packed union { a: u8 align(2) };
const I = union(enum(u8)) { a = 1, b = 2 };
const E = enum { a };
