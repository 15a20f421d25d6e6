fn f() void {
    const u8 = 1;
    const i77 = 2;
    const @"u16" = 3;
    _ = u8;
    _ = i77;
    _ = @"u16";
}
