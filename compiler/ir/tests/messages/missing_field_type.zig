const S = struct { a };
const T = struct { a: u8, b = 1 };
