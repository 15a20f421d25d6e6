const c = 1;
fn f(o: ?u8, e: anyerror!u8) void {
    if (o) |c| _ = c;
    if (e) |_| {} else |c| _ = c;
    for ("a") |o| _ = o;
}
