fn f() void {
    _ = @TypeOf(return);
}
