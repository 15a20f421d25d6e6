//! Questions about types.

const std = @import("std.zig");
const mem = std.mem;

/// The integer type of a signedness and a width.
pub fn Int(comptime signedness: std.builtin.Signedness, comptime bit_count: u16) type {
    return @Type(.{ .int = .{ .signedness = signedness, .bits = bit_count } });
}

/// The type of an element, or of what is pointed to.
pub fn Child(comptime T: type) type {
    return switch (@typeInfo(T)) {
        .array => |info| info.child,
        .pointer => |info| info.child,
        .optional => |info| info.child,
        .vector => |info| info.child,
        else => @compileError("no child type in " ++ @typeName(T)),
    };
}

/// The type of an element of an array or slice, or of a pointer to an array.
pub fn Elem(comptime T: type) type {
    const info = @typeInfo(T);
    if (info == .pointer and info.pointer.size == .one) return Elem(info.pointer.child);
    return Child(T);
}

/// The type of a tagged union's tag, or of an enum's integer.
pub fn Tag(comptime T: type) type {
    return switch (@typeInfo(T)) {
        .@"enum" => |info| info.tag_type,
        .@"union" => |info| info.tag_type orelse @compileError(@typeName(T) ++ " has no tag type"),
        else => @compileError("expected enum or union type, found '" ++ @typeName(T) ++ "'"),
    };
}

pub fn activeTag(value: anytype) Tag(@TypeOf(value)) {
    return value;
}

pub fn TagPayload(comptime U: type, comptime tag: Tag(U)) type {
    return @FieldType(U, @tagName(tag));
}

/// The fields of a container, or the errors of a set.
pub fn fields(comptime T: type) switch (@typeInfo(T)) {
    .@"struct" => []const std.builtin.Type.StructField,
    .@"union" => []const std.builtin.Type.UnionField,
    .@"enum" => []const std.builtin.Type.EnumField,
    .error_set => []const std.builtin.Type.Error,
    else => @compileError("expected struct, union, enum or error set type, found '" ++ @typeName(T) ++ "'"),
} {
    return switch (@typeInfo(T)) {
        .@"struct" => |info| info.fields,
        .@"union" => |info| info.fields,
        .@"enum" => |info| info.fields,
        .error_set => |errors| errors.?,
        else => comptime unreachable,
    };
}

pub fn fieldNames(comptime T: type) *const [fields(T).len][:0]const u8 {
    const names = comptime blk: {
        var list: [fields(T).len][:0]const u8 = undefined;
        for (&list, fields(T)) |*name, field| name.* = field.name;
        break :blk list;
    };
    return &names;
}

/// The index of a field by its name.
pub fn fieldIndex(comptime T: type, comptime name: []const u8) ?comptime_int {
    inline for (fields(T), 0..) |field, i| {
        if (comptime mem.eql(u8, field.name, name)) return i;
    }
    return null;
}

pub fn declarations(comptime T: type) []const std.builtin.Type.Declaration {
    return switch (@typeInfo(T)) {
        .@"struct" => |info| info.decls,
        .@"union" => |info| info.decls,
        .@"enum" => |info| info.decls,
        .@"opaque" => |info| info.decls,
        else => @compileError("expected container type, found '" ++ @typeName(T) ++ "'"),
    };
}

/// The tag of an enum by its name.
pub fn stringToEnum(comptime T: type, text: []const u8) ?T {
    inline for (@typeInfo(T).@"enum".fields) |field| {
        if (mem.eql(u8, text, field.name)) return @field(T, field.name);
    }
    return null;
}

pub fn FieldEnum(comptime T: type) type {
    const list = fields(T);
    const names = comptime blk: {
        var out: [list.len]std.builtin.Type.EnumField = undefined;
        for (&out, list, 0..) |*to, from, i| to.* = .{ .name = from.name, .value = i };
        break :blk out;
    };
    return @Type(.{ .@"enum" = .{
        .tag_type = std.math.IntFittingRange(0, if (list.len == 0) 0 else list.len - 1),
        .fields = &names,
        .decls = &.{},
        .is_exhaustive = true,
    } });
}

/// Whether a method of that name can be called on a `T` or on what it points to.
pub inline fn hasMethod(comptime T: type, comptime name: []const u8) bool {
    return switch (@typeInfo(T)) {
        .@"struct", .@"union", .@"enum", .@"opaque" => hasFn(T, name),
        .pointer => |info| switch (info.size) {
            .one => switch (@typeInfo(info.child)) {
                .@"struct", .@"union", .@"enum", .@"opaque" => hasFn(info.child, name),
                else => false,
            },
            else => false,
        },
        else => false,
    };
}

/// Whether a container declares a function of that name.
pub inline fn hasFn(comptime T: type, comptime name: []const u8) bool {
    switch (@typeInfo(T)) {
        .@"struct", .@"union", .@"enum", .@"opaque" => {},
        else => return false,
    }
    if (!@hasDecl(T, name)) return false;
    return @typeInfo(@TypeOf(@field(T, name))) == .@"fn";
}

/// Whether two values are equal, field by field; pointers are compared, not followed.
pub fn eql(a: anytype, b: @TypeOf(a)) bool {
    switch (@typeInfo(@TypeOf(a))) {
        .@"struct" => |info| {
            inline for (info.fields) |field| {
                if (!eql(@field(a, field.name), @field(b, field.name))) return false;
            }
            return true;
        },
        .error_union => {
            const left = a catch |err| return if (b) |_| false else |other| err == other;
            return eql(left, b catch return false);
        },
        .@"union" => |info| {
            const T = info.tag_type orelse @compileError("cannot compare an untagged union");
            const tag: T = a;
            if (tag != @as(T, b)) return false;
            inline for (info.fields) |field| {
                if (tag == @field(T, field.name)) return eql(@field(a, field.name), @field(b, field.name));
            }
            return false;
        },
        .array => {
            for (a, b) |x, y| if (!eql(x, y)) return false;
            return true;
        },
        .pointer => |info| return switch (info.size) {
            .slice => a.ptr == b.ptr and a.len == b.len,
            else => a == b,
        },
        .optional => {
            const left = a orelse return b == null;
            return eql(left, b orelse return false);
        },
        else => return a == b,
    }
}

pub fn ArgsTuple(comptime Function: type) type {
    const info = @typeInfo(Function).@"fn";
    var list: [info.params.len]type = undefined;
    for (&list, info.params) |*T, param| T.* = param.type orelse @compileError("a generic function has no tuple of arguments");
    return Tuple(&list);
}

pub fn Tuple(comptime types: []const type) type {
    var list: [types.len]std.builtin.Type.StructField = undefined;
    for (&list, types, 0..) |*field, T, i| {
        field.* = .{
            .name = std.fmt.comptimePrint("{d}", .{i}),
            .type = T,
            .default_value_ptr = null,
            .is_comptime = false,
            .alignment = 0,
        };
    }
    return @Type(.{ .@"struct" = .{ .layout = .auto, .fields = &list, .decls = &.{}, .is_tuple = true } });
}
