//! Text from values, and integers from text. The printing itself is `Io.Writer`'s.

const std = @import("std.zig");
const Writer = std.Io.Writer;

const parse = @import("fmt/parse_int.zig");
pub const ParseIntError = parse.ParseIntError;
pub const charToDigit = parse.charToDigit;
pub const parseInt = parse.parseInt;
pub const parseUnsigned = parse.parseUnsigned;

pub const default_max_depth = 3;

pub const Alignment = enum { left, center, right };
pub const Case = enum { lower, upper };

/// What stands after the colon of a placeholder.
pub const Options = struct {
    precision: ?usize = null,
    width: ?usize = null,
    alignment: Alignment = .right,
    fill: u8 = ' ',

    pub fn toNumber(options: Options, mode: Number.Mode, case: Case) Number {
        return .{
            .mode = mode,
            .case = case,
            .precision = options.precision,
            .width = options.width,
            .alignment = options.alignment,
            .fill = options.fill,
        };
    }
};
pub const FormatOptions = Options;

/// What a `formatNumber` method gets.
pub const Number = struct {
    mode: Mode = .decimal,
    case: Case = .lower,
    precision: ?usize = null,
    width: ?usize = null,
    alignment: Alignment = .right,
    fill: u8 = ' ',

    pub const Mode = enum {
        decimal,
        binary,
        octal,
        hex,
        scientific,

        pub fn base(mode: Mode) ?u8 {
            return switch (mode) {
                .decimal => 10,
                .binary => 2,
                .octal => 8,
                .hex => 16,
                .scientific => null,
            };
        }
    };
};

pub const BufPrintError = error{NoSpaceLeft};

/// Prints into `buffer`; gives the part that was filled.
pub fn bufPrint(buffer: []u8, comptime format_text: []const u8, args: anytype) BufPrintError![]u8 {
    var writer: Writer = .fixed(buffer);
    writer.print(format_text, args) catch return error.NoSpaceLeft;
    return writer.buffered();
}

/// `bufPrint` with a zero at the end.
pub fn bufPrintZ(buffer: []u8, comptime format_text: []const u8, args: anytype) BufPrintError![:0]u8 {
    const text = try bufPrint(buffer, format_text ++ "\x00", args);
    return text[0 .. text.len - 1 :0];
}

/// How many bytes would be printed.
pub fn count(comptime format_text: []const u8, args: anytype) u64 {
    var buffer: [64]u8 = undefined;
    var discarding: Writer.Discarding = .init(&buffer);
    // It has no way to fail.
    discarding.writer.print(format_text, args) catch unreachable;
    return discarding.fullCount();
}

/// Prints at compile time.
pub inline fn comptimePrint(comptime format_text: []const u8, args: anytype) *const [comptimeCount(format_text, args):0]u8 {
    comptime {
        var buffer: [comptimeCount(format_text, args):0]u8 = undefined;
        _ = bufPrint(&buffer, format_text, args) catch unreachable;
        buffer[buffer.len] = 0;
        const text = buffer;
        return &text;
    }
}

fn comptimeCount(comptime format_text: []const u8, comptime args: anytype) usize {
    @setEvalBranchQuota(100_000);
    var size: usize = format_text.len + 32;
    while (true) : (size *= 4) {
        var buffer: [size]u8 = undefined;
        const text = bufPrint(&buffer, format_text, args) catch continue;
        return text.len;
    }
}

/// Prints to a writer of any kind that has `print`.
pub fn format(writer: anytype, comptime format_text: []const u8, args: anytype) !void {
    return writer.print(format_text, args);
}

/// The character of a digit below 36.
pub fn digitToChar(digit: u8, case: Case) u8 {
    if (digit < 10) return '0' + digit;
    std.debug.assert(digit < 36);
    return digit - 10 + @as(u8, if (case == .upper) 'A' else 'a');
}

/// Prints an integer into `buffer`, which must be large enough; gives the length.
pub fn printInt(buffer: []u8, value: anytype, base: u8, case: Case, options: Options) usize {
    var writer: Writer = .fixed(buffer);
    writer.printInt(value, base, case, options) catch unreachable;
    return writer.end;
}

/// The two digits of a number below 100.
pub fn digits2(value: u8) [2]u8 {
    return .{ '0' + value / 10, '0' + value % 10 };
}

/// A value that is printed by `{f}` with a function of one's own.
pub fn Alt(comptime Data: type, comptime formatFn: fn (data: Data, writer: *Writer) Writer.Error!void) type {
    return struct {
        data: Data,

        pub inline fn format(self: @This(), writer: *Writer) Writer.Error!void {
            return formatFn(self.data, writer);
        }
    };
}

/// The bytes as pairs of hexadecimal digits.
pub fn bytesToHex(input: anytype, case: Case) [input.len * 2]u8 {
    var out: [input.len * 2]u8 = undefined;
    for (input, 0..) |byte, i| {
        out[2 * i] = digitToChar(byte >> 4, case);
        out[2 * i + 1] = digitToChar(byte & 15, case);
    }
    return out;
}
