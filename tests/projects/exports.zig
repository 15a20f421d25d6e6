export fn exported_N(x: u32) callconv(.c) u32 {
    return x * A_ + hidden_N;
}

export var visible_N: u32 = B_;
const hidden_N: u32 = C_;

const seen_N = struct {
    extern fn exported_N(x: u32) callconv(.c) u32;
    extern var visible_N: u32;
};

pub const k_N: u32 = hidden_N + K_;

pub fn run_N() u32 {
    seen_N.visible_N += 1;
    return seen_N.exported_N(3) + visible_N;
}
