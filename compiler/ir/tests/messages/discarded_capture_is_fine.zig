fn f(o: ?u8) void {
    if (o) |x| _ = x;
    for ("abc", 0..) |_, i| _ = i;
}
