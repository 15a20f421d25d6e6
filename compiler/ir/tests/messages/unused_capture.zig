fn f(o: ?u8) void {
    if (o) |x| {}
    while (o) |y| {}
    for ("abc") |c| {}
}
