fn f() void {
    a: while (true) {
        const S = struct {
            fn g() void {
                a: while (true) break :a;
            }
        };
        _ = S;
        break :a;
    }
}
