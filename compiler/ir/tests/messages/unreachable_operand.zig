fn f() u8 {
    return 1 + return 2;
}
