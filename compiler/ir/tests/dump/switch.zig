fn f(u: anytype, n: u8) u8 {
    return sw: switch (n) {
        0 => continue :sw 3,
        1...9, 20 => |v| v,
        else => switch (u) {
            .a => |*p| p.*,
            inline .b, .c => |v, tag| v + @intFromEnum(tag),
            _ => unreachable,
        },
    };
}
