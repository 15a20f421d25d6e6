fn f() void {
    break;
}
