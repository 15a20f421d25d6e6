fn List(comptime T: type, n: usize) type {
    const len = n;
    var k: usize = 1;
    k += 1;
    return struct {
        items: [len]T,
        const Self = @This();
        fn get(self: *Self, i: usize) T {
            return self.items[i];
        }
        const Kind = enum(Tag) { a, b };
        const Tag = @TypeOf(k);
    };
}
fn max(a: anytype, b: @TypeOf(a)) @TypeOf(a, b) {
    return if (a > b) a else b;
}
