const S = struct {
    a: nope,
    b: also_nope,
    fn g() void {
        const unused = 1;
    }
};
const T = nope2;
