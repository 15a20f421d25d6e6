const a = @cDefine("x", "y");
const b = @cInclude("x");
const c = @cUndef("x");
