const a = .{ 0, 1, -1, 300, 0xffff_ffff_ffff_ffff_ff, 1.5e3, -0.0, 'x', '\n', "a\x00b", .lit, error.E };
const b =
    \\one
    \\two
;
const c = error{ A, B } || error{C};
const d: *align(4) const volatile u8 = undefined;
const e: [:0]const [3:1]?u8 = undefined;
