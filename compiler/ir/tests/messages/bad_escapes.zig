const a = "\q";
const b = "\xg1";
const c = "\u{}";
const d = "\u{110000}";
const e = "\u1234";
const f = 'ab';
const g = '\u{zz}';
const h = "\u{d800}";
