const a = u65536;
const b = i0123;
const c = u65535;
const d = u00;
