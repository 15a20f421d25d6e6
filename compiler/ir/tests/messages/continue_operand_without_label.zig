fn f() void {
    while (true) continue 3;
}
