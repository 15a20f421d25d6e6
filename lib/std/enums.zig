//! Enums, value by value.

const std = @import("std.zig");

/// The name of a value, unless it has none, as in an enum that is not exhaustive.
pub fn tagName(comptime E: type, value: E) ?[:0]const u8 {
    inline for (@typeInfo(E).@"enum".fields) |field| {
        if (@intFromEnum(value) == field.value) return field.name;
    }
    return null;
}

/// The value of an integer, if it is one of the enum's.
pub fn fromInt(comptime E: type, integer: anytype) ?E {
    const info = @typeInfo(E).@"enum";
    if (!info.is_exhaustive) {
        const tag = std.math.cast(info.tag_type, integer) orelse return null;
        return @enumFromInt(tag);
    }
    inline for (info.fields) |field| {
        if (integer == field.value) return @field(E, field.name);
    }
    return null;
}

/// All values that have names.
pub fn values(comptime E: type) []const E {
    const list = comptime blk: {
        const fields = @typeInfo(E).@"enum".fields;
        var result: [fields.len]E = undefined;
        for (&result, fields) |*value, field| value.* = @field(E, field.name);
        break :blk result;
    };
    return &list;
}
