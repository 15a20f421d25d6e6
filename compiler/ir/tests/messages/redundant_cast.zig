fn f(x: *u8) *u16 {
    return @ptrCast(@ptrCast(x));
}
