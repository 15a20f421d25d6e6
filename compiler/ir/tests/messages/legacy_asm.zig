fn f() void {
    asm volatile ("" ::: "memory");
}
