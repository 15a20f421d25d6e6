fn f(x: []const u8) bool {
    return x == "a" or "b" != x;
}
