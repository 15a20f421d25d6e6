fn f() void {
    const @"ä ö" = 1;
    const @"a\nb" = 2;
}
