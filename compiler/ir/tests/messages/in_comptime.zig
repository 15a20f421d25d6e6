comptime {
    _ = @inComptime();
}
