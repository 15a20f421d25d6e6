fn f() void {
    a: while (true) continue :a 3;
}
