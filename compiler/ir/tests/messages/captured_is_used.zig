fn f(a: u8, comptime b: type) void {
    const c = 1;
    var d: u8 = undefined;
    const S = struct {
        x: b,
        const y = c;
        fn g() @TypeOf(a, d) {}
    };
    _ = S;
    _ = &d;
}
