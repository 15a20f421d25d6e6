fn even_N(n: u32) bool {
    return if (n == 0) true else odd_N(n - 1);
}

fn odd_N(n: u32) bool {
    return if (n == 0) false else even_N(n - 1);
}

fn fib_N(n: u32) u32 {
    return if (n < 2) n + A_ else fib_N(n - 1) + fib_N(n - 2);
}

fn depth_N(n: u32) !u32 {
    if (n > 20) return error.TooDeep_N;
    if (n % 5 == B_ % 5) return n;
    return depth_N(n + 1);
}

const Node_N = struct {
    value: u32,
    next: ?*const Node_N = null,

    fn sum(self: *const Node_N) u32 {
        return self.value + if (self.next) |n| n.sum() else C_;
    }
};

pub const k_N: u32 = fib_N(5) % 9 + K_;

pub fn run_N() u32 {
    const a: Node_N = .{ .value = 1 };
    const b: Node_N = .{ .value = 2, .next = &a };
    var total = b.sum() + fib_N(6);
    if (even_N(A_)) total += 10;
    total += depth_N(3) catch 99;
    return total;
}
