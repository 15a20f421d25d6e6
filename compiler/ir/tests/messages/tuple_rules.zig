const A = struct { u8, u16, const x = 1; };
const B = struct { u8, a: u8 };
const C = struct { u8 align(4) };
const D = struct { u8 = 1 };
const E = struct { comptime u8 };
const F = extern struct { u8 };
const G = struct { u8, u16 };
