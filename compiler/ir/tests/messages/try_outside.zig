const a = try foo();
fn foo() !u8 {
    return 1;
}
