//! Format strings, taken apart at compile time in one pass, a piece at a time: what is wrong behind a piece does not
//! keep it from being looked at.
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

/// A format string that is being taken apart. All of this runs at compile time only, which is why the functions
/// below may complain with `@compileError` of what they are given.
pub const Parser = struct {
    text: []const u8,
    /// Of the arguments.
    names: []const []const u8,
    at: usize = 0,
    /// The argument that the next placeholder without a number or name stands for.
    next_argument: usize = 0,
    used: [most_arguments]bool = @splat(false),

    const most_arguments = 32;

    /// For arguments of the type `Args`.
    pub fn init(comptime text: []const u8, comptime Args: type) Parser {
        const fields = @typeInfo(Args).@"struct".fields;
        if (fields.len > most_arguments) @compileError("32 arguments max are supported per format call");
        var names: [fields.len][]const u8 = undefined;
        for (&names, fields) |*name, field| name.* = field.name;
        const all = names;
        return .{ .text = text, .names = &all };
    }

    /// The next piece. At the end every argument must have been used.
    pub fn next(self: *Parser) ?Piece {
        const text = self.text;
        const begin = self.at;
        while (self.at < text.len and text[self.at] != '{' and text[self.at] != '}') self.at += 1;
        const i = self.at;
        if (i + 1 < text.len and text[i + 1] == text[i]) {
            // The first of two braces is text.
            self.at += 2;
            return .{ .text = text[begin .. i + 1] };
        }
        if (i > begin) return .{ .text = text[begin..i] };
        if (i == text.len) {
            for (self.used[0..self.names.len]) |u| {
                if (!u) complainUnused(text, self.used[0..self.names.len]);
            }
            return null;
        }
        if (text[i] == '}') @compileError("missing opening {");
        var close = i + 1;
        while (close < text.len and text[close] != '}') close += 1;
        if (close == text.len) @compileError("missing closing }");
        self.at = close + 1;
        return .{ .value = self.placeholder(text[i + 1 .. close]) };
    }

    /// What is between a pair of braces.
    fn placeholder(self: *Parser, text: []const u8) Placeholder {
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
        if (width == .argument) self.used[indexOf(self.names, width.argument)] = true;
        if (precision == .argument) self.used[indexOf(self.names, precision.argument)] = true;
        const index = switch (which) {
            .none => blk: {
                self.next_argument += 1;
                break :blk self.next_argument - 1;
            },
            .number => |number| number,
            .argument => |name| indexOf(self.names, name),
        };
        if (index >= self.names.len) @compileError("too few arguments");
        self.used[index] = true;
        return .{
            .name = self.names[index],
            .specifier = specifier,
            .fill = fill orelse ' ',
            .alignment = alignment orelse .right,
            .width = width,
            .precision = precision,
        };
    }
};

fn complainUnused(text: []const u8, used: []const bool) noreturn {
    var missing: usize = 0;
    for (used) |u| if (!u) {
        missing += 1;
    };
    if (missing == 1) @compileError("unused argument in '" ++ text ++ "'");
    @compileError(std.fmt.comptimePrint("{d}", .{missing}) ++ " unused arguments in '" ++ text ++ "'");
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
