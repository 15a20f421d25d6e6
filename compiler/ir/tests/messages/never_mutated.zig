fn f() u8 {
    var x: u8 = 1;
    return x;
}
