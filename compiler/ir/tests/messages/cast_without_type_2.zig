fn f(x: u8) void {
    const y = @ptrCast(@alignCast(x));
    _ = y;
}
