comptime {
    comptime var x = 1;
    x += 1;
}
fn f() void {
    comptime const x = 1;
    _ = x;
    comptime {
        const y = comptime 3;
        _ = y;
        inline while (false) {}
        inline for ("abc") |c| {
            _ = c;
        }
    }
}
