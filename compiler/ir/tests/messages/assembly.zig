comptime {
    asm volatile ("");
}
fn f() void {
    asm ("");
}
fn g() void {
    _ = asm ("" : [a] "=r" (-> u8), [b] "=r" (-> u8));
}
