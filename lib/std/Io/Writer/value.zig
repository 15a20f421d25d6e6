//! Values as text: what each specifier of a placeholder means for each type.

const std = @import("../../std.zig");
const Writer = std.Io.Writer;
const Case = std.fmt.Case;
const Options = std.fmt.Options;

/// The specifier that takes every type.
const any = "any";

/// Prints a value as `specifier` says; containers deeper than `max_depth` are left out.
pub fn printValue(w: *Writer, comptime specifier: []const u8, options: Options, value: anytype, max_depth: usize) Writer.Error!void {
    if (specifier.len == 1) switch (specifier[0]) {
        '*' => return w.printAddress(value),
        'f' => return value.format(w),
        'd' => return printNumber(w, specifier, 10, .lower, options, value),
        'b' => return printNumber(w, specifier, 2, .lower, options, value),
        'o' => return printNumber(w, specifier, 8, .lower, options, value),
        'x' => return printHexadecimal(w, specifier, .lower, options, value),
        'X' => return printHexadecimal(w, specifier, .upper, options, value),
        'c' => return w.printAsciiChar(value, options),
        'u' => return w.printUnicodeCodepoint(value),
        's' => return w.alignBufferOptions(bytesOf(specifier, &value), options),
        't' => return switch (@typeInfo(@TypeOf(value))) {
            .error_set => w.alignBufferOptions(@errorName(value), options),
            .@"enum", .@"union" => w.alignBufferOptions(@tagName(value), options),
            else => invalid(specifier, @TypeOf(value)),
        },
        else => {},
    };
    return printAny(w, specifier, options, value, max_depth);
}

fn invalid(comptime specifier: []const u8, comptime T: type) noreturn {
    @compileError("invalid format string '" ++ specifier ++ "' for type '" ++ @typeName(T) ++ "'");
}

fn noFloats(comptime T: type) noreturn {
    @compileError("printing floating-point numbers is not supported yet: type '" ++ @typeName(T) ++ "'");
}

fn printNumber(w: *Writer, comptime specifier: []const u8, base: u8, comptime case: Case, options: Options, value: anytype) Writer.Error!void {
    const T = @TypeOf(value);
    return switch (@typeInfo(T)) {
        .int, .comptime_int => w.printInt(value, base, case, options),
        .@"enum" => w.printInt(@intFromEnum(value), base, case, options),
        .float, .comptime_float => noFloats(T),
        .@"struct" => value.formatNumber(w, options.toNumber(switch (base) {
            2 => .binary,
            8 => .octal,
            16 => .hex,
            else => .decimal,
        }, case)),
        else => invalid(specifier, T),
    };
}

fn printHexadecimal(w: *Writer, comptime specifier: []const u8, comptime case: Case, options: Options, value: anytype) Writer.Error!void {
    switch (@typeInfo(@TypeOf(value))) {
        .pointer, .array => {
            forbid(options);
            return w.printHex(bytesOf(specifier, &value), case);
        },
        else => return printNumber(w, specifier, 16, case, options, value),
    }
}

/// The bytes of a string in one of its forms; `pointer` points to it, since an array is one.
fn bytesOf(comptime specifier: []const u8, pointer: anytype) []const u8 {
    const T = @typeInfo(@TypeOf(pointer)).pointer.child;
    return switch (@typeInfo(T)) {
        .pointer => |info| switch (info.size) {
            .one, .slice => pointer.*,
            .many, .c => std.mem.span(pointer.*),
        },
        .array => pointer,
        else => invalid(specifier, T),
    };
}

/// For what has no use of a width or a precision.
fn forbid(options: Options) void {
    std.debug.assert(options.precision == null and options.width == null);
}

/// Prints by the type alone: with the specifier `any`, with none, or with one behind `?` or `!`.
fn printAny(w: *Writer, comptime specifier: []const u8, options: Options, value: anytype, max_depth: usize) Writer.Error!void {
    const T = @TypeOf(value);
    const is_any = comptime std.mem.eql(u8, specifier, any);
    if (!is_any and specifier.len == 0 and std.meta.hasMethod(T, "format")) {
        @compileError("ambiguous format string; specify {f} to call format method, or {any} to skip it");
    }
    switch (@typeInfo(T)) {
        .optional => {
            const inner = comptime behind(specifier, '?', "cannot print optional without a specifier (i.e. {?} or {any})");
            const payload = value orelse return w.alignBufferOptions("null", options);
            return w.printValue(inner, options, payload, max_depth);
        },
        .error_union => {
            const inner = comptime behind(specifier, '!', "cannot print error union without a specifier (i.e. {!} or {any})");
            const payload = value catch |err| return w.printValue("", options, err, max_depth);
            return w.printValue(inner, options, payload, max_depth);
        },
        .pointer => |info| return printPointer(w, specifier, info, options, value, max_depth),
        .array => {
            if (!is_any) @compileError("cannot format array without a specifier (i.e. {s} or {any})");
            return printElements(w, options, &value, max_depth);
        },
        else => {},
    }
    if (!is_any and specifier.len != 0) invalid(specifier, T);
    switch (@typeInfo(T)) {
        .int, .comptime_int => return w.printInt(value, 10, .lower, options),
        .float, .comptime_float => noFloats(T),
        .bool => return w.alignBufferOptions(if (value) "true" else "false", options),
        .void => return w.alignBufferOptions("void", options),
        .null => return w.alignBufferOptions("null", options),
        .type => return w.alignBufferOptions(@typeName(value), options),
        .error_set => {
            forbid(options);
            return writeBoth(w, "error.", @errorName(value));
        },
        .enum_literal => {
            forbid(options);
            return writeBoth(w, ".", @tagName(value));
        },
        .@"enum" => |info| {
            forbid(options);
            return printEnum(w, info.is_exhaustive, value);
        },
        .@"struct" => |info| return printStruct(w, info, options, value, max_depth),
        .@"union" => |info| return printUnion(w, info, options, value, max_depth),
        .@"fn" => @compileError("unable to format function body type, use '*const " ++ @typeName(T) ++ "' for a function pointer type"),
        else => @compileError("unable to format type '" ++ @typeName(T) ++ "'"),
    }
}

/// The specifier of what an optional or an error union holds.
fn behind(comptime specifier: []const u8, comptime mark: u8, comptime complaint: []const u8) []const u8 {
    if (specifier.len > 0 and specifier[0] == mark) return specifier[1..];
    if (std.mem.eql(u8, specifier, any)) return any;
    @compileError(complaint);
}

fn printPointer(w: *Writer, comptime specifier: []const u8, comptime info: std.builtin.Type.Pointer, options: Options, value: anytype, max_depth: usize) Writer.Error!void {
    const is_any = comptime std.mem.eql(u8, specifier, any);
    switch (info.size) {
        .one => switch (@typeInfo(info.child)) {
            .array => |array| return w.printValue(specifier, options, @as([]const array.child, value), max_depth),
            .@"enum", .@"union", .@"struct" => return w.printValue(specifier, options, value.*, max_depth),
            else => {
                try w.writeAll(@typeName(info.child) ++ "@");
                return w.printInt(@intFromPtr(value), 16, .lower, options);
            },
        },
        .many, .c => {
            if (!is_any) @compileError("cannot format pointer without a specifier (i.e. {s} or {*})");
            forbid(options);
            return w.printAddress(value);
        },
        .slice => {
            if (!is_any) @compileError("cannot format slice without a specifier (i.e. {s}, {x}, {b64}, or {any})");
            return printElements(w, options, value, max_depth);
        },
    }
}

fn printElements(w: *Writer, options: Options, items: anytype, max_depth: usize) Writer.Error!void {
    if (max_depth == 0) return w.writeAll("{ ... }");
    try w.writeAll("{ ");
    for (items, 0..) |item, i| {
        if (i > 0) try w.writeAll(", ");
        try w.printValue(any, options, item, max_depth - 1);
    }
    return w.writeAll(" }");
}

/// What does not fit into the buffer any more goes out together with it.
fn writeBoth(w: *Writer, first: []const u8, second: []const u8) Writer.Error!void {
    var both: [2][]const u8 = .{ first, second };
    return w.writeVecAll(&both);
}

fn printEnum(w: *Writer, comptime is_exhaustive: bool, value: anytype) Writer.Error!void {
    if (is_exhaustive) return writeBoth(w, ".", @tagName(value));
    if (std.enums.tagName(@TypeOf(value), value)) |name| return writeBoth(w, ".", name);
    try w.writeAll("@enumFromInt(");
    try w.printInt(@intFromEnum(value), 10, .lower, .{});
    return w.writeByte(')');
}

fn printStruct(w: *Writer, comptime info: std.builtin.Type.Struct, options: Options, value: anytype, max_depth: usize) Writer.Error!void {
    if (max_depth == 0) return w.writeAll(".{ ... }");
    try w.writeAll(".{");
    inline for (info.fields, 0..) |field, i| {
        const comma = if (i == 0) " " else ", ";
        if (info.is_tuple) {
            try w.writeAll(comma);
        } else {
            try w.writeAll(comma ++ ".");
            try w.writeAll(field.name);
            try w.writeAll(" = ");
        }
        try w.printValue(any, options, @field(value, field.name), max_depth - 1);
    }
    return w.writeAll(" }");
}

fn printUnion(w: *Writer, comptime info: std.builtin.Type.Union, options: Options, value: anytype, max_depth: usize) Writer.Error!void {
    const Tag = info.tag_type orelse return w.writeAll(".{ ... }");
    if (max_depth == 0) return w.writeAll(".{ ... }");
    const tag: Tag = value;
    try w.writeAll(".{ .");
    try w.writeAll(@tagName(tag));
    try w.writeAll(" = ");
    inline for (info.fields) |field| {
        if (tag == @field(Tag, field.name)) {
            try w.printValue(any, options, @field(value, field.name), max_depth - 1);
        }
    }
    return w.writeAll(" }");
}

/// Prints what a pointer points to as a type, and where.
pub fn printAddress(w: *Writer, value: anytype) Writer.Error!void {
    const T = @TypeOf(value);
    const Pointer = switch (@typeInfo(T)) {
        .optional => |info| info.child,
        else => T,
    };
    const info = switch (@typeInfo(Pointer)) {
        .pointer => |info| info,
        else => @compileError("cannot format non-pointer type " ++ @typeName(T) ++ " with * specifier"),
    };
    try w.writeAll(@typeName(if (Pointer == T) info.child else Pointer) ++ "@");
    const address = if (info.size == .slice) @intFromPtr(value.ptr) else @intFromPtr(value);
    return w.printInt(address, 16, .lower, .{});
}
