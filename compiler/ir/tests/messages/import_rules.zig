const a = @import(b);
const b = @import("");
const c = @import("a\x00b");
