extern "a\x00b" fn f() void;
extern "" fn g() void;
extern "c\q" var x: u8;
extern "c" const y: u8;
