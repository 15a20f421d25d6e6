fn f() void {
    a: while (true) {
        a: while (true) break :a;
        break :a;
    }
}
