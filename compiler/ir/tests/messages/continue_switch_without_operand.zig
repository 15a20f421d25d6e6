fn f(x: u8) void {
    a: switch (x) {
        else => continue :a,
    }
}
