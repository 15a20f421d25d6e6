fn f(x: []const u8) void {
    switch (x) {
        "a" => {},
        else => {},
    }
}
