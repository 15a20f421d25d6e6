fn f() void {
    1;
    "a";
    f;
}
