fn f() void {
    while (true) continue :nope;
}
