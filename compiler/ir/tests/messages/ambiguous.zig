const x = 1;
const S = struct {
    const x = 2;
    const T = struct {
        const y = x;
    };
};
