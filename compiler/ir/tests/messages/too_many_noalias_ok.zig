fn f(noalias a: *u8, noalias b: *u8) void {
    a.* = b.*;
}
