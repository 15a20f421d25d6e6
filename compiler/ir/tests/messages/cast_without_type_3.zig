fn f(x: *const u8) void {
    const y = @constCast(x);
    const z = @bitCast(y);
    _ = z;
}
