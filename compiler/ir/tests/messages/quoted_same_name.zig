fn f() void {
    const @"abc" = 1;
    const abc = 2;
    _ = abc;
}
