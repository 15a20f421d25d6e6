const bool = 1;
fn u32() void {}
const i9 = 1;
