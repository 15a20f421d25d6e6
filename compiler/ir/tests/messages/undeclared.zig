fn f() void {
    foo();
    const x = 1;
}
