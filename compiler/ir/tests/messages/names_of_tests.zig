test "a\q" {}
test "" {}
test "\x00" {}
const x = y;
