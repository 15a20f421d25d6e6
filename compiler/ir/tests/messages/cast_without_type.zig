fn f(x: u8) void {
    _ = @intCast(x);
    const y = @truncate(x);
    _ = y;
}
