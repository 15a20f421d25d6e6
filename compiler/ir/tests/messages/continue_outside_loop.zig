fn f() void {
    continue;
}
