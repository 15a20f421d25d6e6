const Inner_N = struct {
    low: u8 = A_,
    high: u16 = B_,

    fn sum(self: Inner_N) u32 {
        return @as(u32, self.low) + self.high;
    }
};

const Point_N = struct {
    x: u32,
    y: u32 = B_,
    inner: Inner_N = .{ .high = C_ },

    pub const unit: Point_N = .{ .x = 1 };

    pub fn init(x: u32) Point_N {
        return .{ .x = x };
    }

    pub fn norm(self: Point_N) u32 {
        return self.x * self.x + self.y + self.inner.sum();
    }

    pub fn grow(self: *Point_N, by: u32) void {
        self.x += by;
        self.inner.low += 1;
    }
};

pub const k_N: u32 = @sizeOf(Point_N) + K_;

pub fn run_N() u32 {
    var p: Point_N = .init(A_);
    p.grow(C_);
    const q: Point_N = .unit;
    return p.norm() + q.norm() + @offsetOf(Point_N, "y");
}
