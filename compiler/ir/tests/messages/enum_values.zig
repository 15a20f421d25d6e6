const A = enum { a = 1, b };
const B = enum { a, b = 2, c = 3, _ };
const C = union(enum) { a = 1, b };
const D = union(enum(u8)) { a = 1, b };
const E = enum(u8) { a = 1, _ };
const F = enum { a, _ };
const G = union { a = 1 };
const H = union(D) { a = 1 };
