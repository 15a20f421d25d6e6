const A = fn () addrspace(.generic) void;
const B = *const fn () addrspace(.generic) void;
fn f() addrspace(.generic) void {}
const C = fn () linksection(".x") void;
const D = fn () align(4) void;
