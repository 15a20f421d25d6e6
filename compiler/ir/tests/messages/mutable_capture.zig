fn f() void {
    var x: u8 = 1;
    x += 1;
    const S = struct {
        fn g() u8 {
            return x;
        }
        const T = @TypeOf(x);
    };
    _ = S;
}
