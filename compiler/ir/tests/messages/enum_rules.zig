const A = enum { a: u8 };
const B = enum { a = 1 };
const C = enum { _ };
const D = enum(u8) { _, a };
const E = enum(u8) { a, _, _ };
const F = enum(u8) { a, _ = 2 };
const G = enum { comptime a };
const H = packed enum { a };
const I = enum { a align(4) };
