const a = 1;
fn a() void {}
const b = 2;
test "t" {}
test "t" {}
test a {}
test a {}
