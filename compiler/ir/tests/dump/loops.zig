fn f(xs: []const u8) usize {
    var n: usize = 0;
    outer: while (n < 10) : (n += 1) {
        if (n == 3) continue;
        if (n == 4) break :outer;
    } else n = 1;
    for (xs, 1..) |x, i| n += x * i;
    inline for (.{ 1, 2 }) |x| n += x;
    return n;
}
