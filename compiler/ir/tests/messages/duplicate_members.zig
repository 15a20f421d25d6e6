const S = struct {
    a: u8,
    a: u16,
    const b = 1;
    fn b() void {}
    const a = 2;
};
const E = enum { x, y, x };
const U = union { x: u8, x: u8 };
