fn f(a: u8) void {
    {
        const a = 1;
        _ = a;
    }
    _ = a;
}
