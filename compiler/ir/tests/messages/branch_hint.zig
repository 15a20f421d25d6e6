fn f() void {
    const x = 1;
    _ = x;
    @branchHint(.cold);
}
fn g(x: bool) void {
    if (x) {
        @branchHint(.likely);
    }
    @branchHint(.cold);
}
