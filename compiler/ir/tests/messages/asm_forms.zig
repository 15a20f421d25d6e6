comptime { asm ("" : [a] "=r" (-> u8)); }
comptime { asm volatile (""); }
fn f() void { asm ("");
 asm (1 ++ "");
 const x = asm volatile ("" : [a] "=r" (-> u8), [b] "=r" (-> u8)); _ = x;
 asm volatile ("" : [a] "=r" (-> u8) : [a] "r" (1) : .{ .memory = true });
 asm volatile ("" ::: "memory");
}
