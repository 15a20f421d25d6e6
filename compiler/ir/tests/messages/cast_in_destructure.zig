fn f(x: u8) void {
    const a, const b = @intCast(x);
    _ = .{ a, b };
}
