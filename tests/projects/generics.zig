fn Stack_N(comptime T: type, comptime capacity: usize) type {
    return struct {
        items: [capacity]T = undefined,
        len: usize = 0,

        const Self = @This();
        pub const Item = T;
        pub const size = capacity * A_;

        fn push(self: *Self, item: T) error{Full}!void {
            if (self.len == capacity) return error.Full;
            self.items[self.len] = item;
            self.len += 1;
        }

        fn pop(self: *Self) ?T {
            if (self.len == 0) return null;
            self.len -= 1;
            return self.items[self.len];
        }

        fn total(self: *const Self) u32 {
            var t: u32 = 0;
            for (self.items[0..self.len]) |i| t += i;
            return t;
        }
    };
}

const Bytes_N = Stack_N(u8, 4);
const Words_N = Stack_N(u16, B_);

fn max_N(comptime T: type, a: T, b: T) T {
    return if (a > b) a else b;
}

pub const k_N: u32 = Bytes_N.size + Words_N.size + K_;

pub fn run_N() u32 {
    var b: Bytes_N = .{};
    var w: Words_N = .{};
    for (0..5) |i| {
        b.push(@intCast(i)) catch {};
        w.push(@intCast(i * C_)) catch break;
    }
    const last = w.pop() orelse 0;
    return max_N(u32, b.total(), w.total()) + max_N(u16, last, 2) + @as(u32, b.pop() orelse 9);
}
