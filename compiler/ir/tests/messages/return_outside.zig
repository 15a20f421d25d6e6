const a = return 1;
comptime {
    return;
}
