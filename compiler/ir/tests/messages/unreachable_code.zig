fn f() void {
    return;
    foo();
}
fn foo() void {}
