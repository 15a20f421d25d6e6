fn f() void {
    nosuspend {
        nosuspend f();
    }
}
