fn f() void {
    const a = 1;
    const a = 2;
    _ = a;
}
