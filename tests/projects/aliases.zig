const impl_N = struct {
    fn low(x: u32) u32 {
        return x + A_;
    }
    fn high(x: u32) u32 {
        return x * B_;
    }
    const both = .{ low, high };
};

const chosen_N = if (K_ > 4) impl_N.low else impl_N.high;
const again_N = chosen_N;

const Ops_N = struct {
    f: *const fn (u32) u32 = &again_N,
    name: []const u8 = "op",
};

const list_N = [_]Ops_N{ .{}, .{ .f = &impl_N.high, .name = "high" }, .{ .f = impl_N.both[0] } };

fn each_N(comptime T: type, xs: []const T, context: anytype) u32 {
    var total: u32 = 0;
    for (xs) |x| total += context.visit(x);
    return total;
}

const Visitor_N = struct {
    factor: u32,
    fn visit(self: Visitor_N, op: Ops_N) u32 {
        return op.f(self.factor) + @as(u32, @intCast(op.name.len));
    }
};

pub const k_N: u32 = list_N.len + @intFromBool(&chosen_N == &impl_N.low);

pub fn run_N() u32 {
    const local = struct {
        var state: u32 = C_;
        fn next() u32 {
            state += 1;
            return state;
        }
    };
    return each_N(Ops_N, &list_N, Visitor_N{ .factor = local.next() }) + local.next();
}
