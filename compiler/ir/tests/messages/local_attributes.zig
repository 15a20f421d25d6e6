fn f() void {
    const x: u8 addrspace(.generic) = 1;
    _ = x;
}
fn g() void {
    const x: u8 linksection("a") = 1;
    _ = x;
}
