const Dims_N = struct { rows: usize = 2, cols: usize, wide: bool = false };

fn Matrix_N(comptime dims: Dims_N) type {
    const T = if (dims.wide) u32 else u16;
    return struct {
        cells: [dims.rows * dims.cols]T = @splat(A_),

        pub const Row = struct {
            cells: [dims.cols]T,

            pub fn first(self: Row) T {
                return self.cells[0];
            }
        };

        fn at(self: *const @This(), r: usize, c: usize) T {
            return self.cells[r * dims.cols + c];
        }

        fn row(self: *const @This(), comptime r: usize) Row {
            return .{ .cells = self.cells[r * dims.cols ..][0..dims.cols].* };
        }
    };
}

const Small_N = Matrix_N(.{ .cols = C_ });
const Wide_N = Matrix_N(.{ .cols = 3, .wide = true });

fn Outer_N(comptime n: u32) type {
    return struct {
        fn Inner(comptime m: u32) type {
            return struct {
                const sum = n + m;
            };
        }
    };
}

pub const k_N: u32 = Outer_N(K_).Inner(B_).sum;

pub fn run_N() u32 {
    var s: Small_N = .{};
    s.cells[1] = B_;
    const w: Wide_N = .{};
    const same: u32 = if (Matrix_N(.{ .rows = 2, .cols = C_ }) == Small_N) 40 else 50;
    return same + s.at(0, 1) + s.row(1).first() + w.at(1, 2) + @sizeOf(Wide_N.Row);
}
