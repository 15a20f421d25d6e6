const Names_N = enum(u8) { alpha, beta = D_, gamma };

fn flags_N(comptime E: type) type {
    var fields: [@typeInfo(E).@"enum".fields.len]@import("std").builtin.Type.StructField = undefined;
    for (@typeInfo(E).@"enum".fields, &fields) |from, *to| to.* = .{
        .name = from.name,
        .type = bool,
        .default_value_ptr = @ptrCast(&false),
        .is_comptime = false,
        .alignment = 1,
    };
    return @Type(.{ .@"struct" = .{ .layout = .auto, .fields = &fields, .decls = &.{}, .is_tuple = false } });
}

const Flags_N = flags_N(Names_N);

const Int_N = @Type(.{ .int = .{ .signedness = .unsigned, .bits = 8 + A_ } });

pub const k_N: u32 = @typeInfo(Flags_N).@"struct".fields.len + K_;

pub fn run_N() u32 {
    var f: Flags_N = .{ .beta = true };
    f.gamma = !f.alpha;
    var total: u32 = @bitSizeOf(Int_N);
    inline for (@typeInfo(Flags_N).@"struct".fields, 0..) |field, i| {
        if (@field(f, field.name)) total += (i + 1) * C_;
    }
    const max: Int_N = @import("std").math.maxInt(Int_N);
    return total + max % 100;
}
