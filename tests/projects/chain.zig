const base_N = A_;
const second_N = base_N * 2 + B_;
const third_N: u32 = second_N % 10;
const List_N = [third_N + 1]u8;

const Config_N = struct {
    const depth = third_N;
    const enabled = depth > 3;
    const T = if (enabled) i32 else i16;
};

fn plain_N(x: u32) u32 {
    var y = x;
    y = y *% 3 +% C_;
    return y ^ 5;
}

fn plainCaller_N(x: u32) u32 {
    return plain_N(x) +% plain_N(x +% 1);
}

fn Wrap_N(comptime n: u32) type {
    return struct {
        bytes: [n]u8 = @splat(0),
        const width = n;
        fn get(_: @This()) u32 {
            return width * 2;
        }
    };
}

pub const k_N: u32 = @sizeOf(List_N) + Wrap_N(third_N + 2).width + K_;

pub fn run_N() u32 {
    const w: Wrap_N(third_N + 2) = .{};
    const c: Config_N.T = -1;
    var total = plainCaller_N(third_N) +% w.get();
    total +%= @sizeOf(Config_N.T) + @as(u32, @intCast(c + 2));
    return total;
}
