fn f(comptime T: type) type {
    return struct {
        const T = u8;
        x: T,
    };
}
