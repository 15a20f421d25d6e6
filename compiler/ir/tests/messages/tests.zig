test "" {}
test "a\x00" {}
test u8 {}
test nope {}
test f {}
fn f() void {
    const x = 1;
    const S = struct {
        test x {}
    };
    _ = S;
}
