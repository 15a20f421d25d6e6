//! Format strings, taken apart at compile time in one pass.
//!
//! `{[argument][specifier]:[fill][alignment][width].[precision]}`, where the argument is a number or
//! `[name]`, and so are the width and the precision; `{{` and `}}` stand for braces.

const std = @import("../std.zig");
const Alignment = std.fmt.Alignment;

/// A part of what is printed.
pub const Piece = union(enum) {
    text: []const u8,
    value: Placeholder,
};

pub const Placeholder = struct {
    /// The field of the arguments.
    name: []const u8,
    specifier: []const u8,
    fill: u8,
    alignment: Alignment,
    width: Amount,
    precision: Amount,
};

/// A number in the string, or the name of an argument.
pub const Amount = union(enum) {
    none,
    number: usize,
    argument: []const u8,
};

/// The pieces of a format string for arguments of the type `Args`. All of this runs at compile time only, which
/// is why the functions below may complain with `@compileError` of what they are given.
pub fn parse(comptime text: []const u8, comptime Args: type) []const Piece {
    const fields = @typeInfo(Args).@"struct".fields;
    if (fields.len > 32) @compileError("32 arguments max are supported per format call");
    var names: [fields.len][]const u8 = undefined;
    for (&names, fields) |*name, field| name.* = field.name;
    @setEvalBranchQuota(2000 + text.len * 200);
    var pieces: [countBraces(text) * 2 + 1]Piece = undefined;
    var n: usize = 0;
    var used: [fields.len]bool = @splat(false);
    var next: usize = 0;
    var i: usize = 0;
    var begin: usize = 0;
    while (i < text.len) {
        const c = text[i];
        if (c != '{' and c != '}') {
            i += 1;
            continue;
        }
        const doubled = i + 1 < text.len and text[i + 1] == c;
        const end = if (doubled) i + 1 else i;
        if (end > begin) {
            pieces[n] = .{ .text = text[begin..end] };
            n += 1;
        }
        if (doubled) {
            i += 2;
            begin = i;
            continue;
        }
        if (c == '}') @compileError("missing opening {");
        var close = i + 1;
        while (close < text.len and text[close] != '}') close += 1;
        if (close == text.len) @compileError("missing closing }");
        pieces[n] = .{ .value = placeholder(text[i + 1 .. close], &names, &used, &next) };
        n += 1;
        i = close + 1;
        begin = i;
    }
    if (begin < text.len) {
        pieces[n] = .{ .text = text[begin..] };
        n += 1;
    }
    for (used) |u| {
        if (!u) complainUnused(text, &used);
    }
    const result = pieces[0..n].*;
    return &result;
}

fn complainUnused(text: []const u8, used: []const bool) noreturn {
    var missing: usize = 0;
    for (used) |u| if (!u) {
        missing += 1;
    };
    if (missing == 1) @compileError("unused argument in '" ++ text ++ "'");
    @compileError(std.fmt.comptimePrint("{d}", .{missing}) ++ " unused arguments in '" ++ text ++ "'");
}

fn countBraces(text: []const u8) usize {
    var n: usize = 0;
    for (text) |c| {
        if (c == '{' or c == '}') n += 1;
    }
    return n;
}

/// What is between a pair of braces.
fn placeholder(text: []const u8, names: []const []const u8, used: []bool, next: *usize) Placeholder {
    var cursor: Cursor = .{ .text = text };
    const which = cursor.amount();
    const specifier = cursor.until(':');
    if (cursor.peek(0) == ':') cursor.at += 1;
    var fill: ?u8 = null;
    if (alignmentOf(cursor.peek(1)) != null) {
        fill = cursor.peek(0);
        cursor.at += 1;
    }
    const alignment = alignmentOf(cursor.peek(0));
    if (alignment != null) cursor.at += 1;
    if (fill == null and alignment == null and cursor.peek(0) == '0') fill = '0';
    const width = cursor.amount();
    if (cursor.peek(0)) |c| {
        if (c != '.') @compileError("expected . or }, found '" ++ &[1]u8{c} ++ "'");
        cursor.at += 1;
    }
    const precision = cursor.amount();
    if (cursor.peek(0)) |c| @compileError("extraneous trailing character '" ++ &[1]u8{c} ++ "'");
    if (width == .argument) used[indexOf(names, width.argument)] = true;
    if (precision == .argument) used[indexOf(names, precision.argument)] = true;
    const index = switch (which) {
        .none => blk: {
            next.* += 1;
            break :blk next.* - 1;
        },
        .number => |number| number,
        .argument => |name| indexOf(names, name),
    };
    if (index >= names.len) @compileError("too few arguments");
    used[index] = true;
    return .{
        .name = names[index],
        .specifier = specifier,
        .fill = fill orelse ' ',
        .alignment = alignment orelse .right,
        .width = width,
        .precision = precision,
    };
}

fn alignmentOf(c: ?u8) ?Alignment {
    return switch (c orelse return null) {
        '<' => .left,
        '^' => .center,
        '>' => .right,
        else => null,
    };
}

fn indexOf(names: []const []const u8, name: []const u8) usize {
    for (names, 0..) |candidate, i| {
        if (std.mem.eql(u8, candidate, name)) return i;
    }
    @compileError("no argument with name '" ++ name ++ "'");
}

const Cursor = struct {
    text: []const u8,
    at: usize = 0,

    fn peek(self: *const Cursor, n: usize) ?u8 {
        return if (self.at + n < self.text.len) self.text[self.at + n] else null;
    }

    fn until(self: *Cursor, end: u8) []const u8 {
        const begin = self.at;
        while (self.at < self.text.len and self.text[self.at] != end) self.at += 1;
        return self.text[begin..self.at];
    }

    /// A decimal number, `[name]`, or neither.
    fn amount(self: *Cursor) Amount {
        const first = self.peek(0) orelse return .none;
        if (first == '[') {
            self.at += 1;
            const name = self.until(']');
            if (self.at == self.text.len) @compileError("Expected closing ]");
            self.at += 1;
            return .{ .argument = name };
        }
        if (first < '0' or first > '9') return .none;
        var value: usize = 0;
        while (self.peek(0)) |c| {
            if (c < '0' or c > '9') break;
            value = value * 10 + (c - '0');
            self.at += 1;
        }
        return .{ .number = value };
    }
};
