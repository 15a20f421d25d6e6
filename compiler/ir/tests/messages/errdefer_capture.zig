fn f() !void {
    errdefer |e| {}
    errdefer |_| {}
    errdefer |g| _ = g;
}
