const Tree_N = struct {
    left: ?*const Tree_N = null,
    right: ?*const Tree_N = null,
    leaf: ?Leaf_N = null,

    fn size(self: *const Tree_N) u32 {
        var n: u32 = 1;
        if (self.left) |l| n += l.size();
        if (self.right) |r| n += r.size();
        if (self.leaf) |l| n += l.weight();
        return n;
    }
};

const Leaf_N = struct {
    owner: ?*const Tree_N,
    value: u8 = A_,

    fn weight(self: Leaf_N) u32 {
        return if (self.owner == null) self.value else B_;
    }
};

const Event_N = union(enum) {
    key: u8,
    move: struct { x: i16, y: i16 },
    quit,

    fn cost(self: Event_N) u32 {
        return switch (self) {
            inline .key => |k| k,
            .move => |m| @intCast(m.x * m.x + m.y),
            inline else => |_, tag| @tagName(tag).len,
        };
    }
};

const branch_N: Tree_N = .{ .left = &.{ .leaf = .{ .owner = null } } };

pub const k_N: u32 = @sizeOf(?Leaf_N) / 8 + K_;

pub fn run_N() u32 {
    const root: Tree_N = .{ .left = &branch_N, .right = &.{}, .leaf = .{ .owner = &branch_N } };
    const events = [_]Event_N{ .{ .key = C_ }, .{ .move = .{ .x = 2, .y = 3 } }, .quit };
    var total = root.size();
    for (events) |e| total = total * 2 + e.cost();
    return total;
}
