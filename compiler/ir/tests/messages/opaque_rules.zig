const A = opaque { a: u8 };
const B = packed opaque {};
const C = opaque { const x = 1; };
