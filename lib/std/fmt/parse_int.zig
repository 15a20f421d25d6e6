//! Integers from text: a sign, digits of a base from 2 to 36, `_` between digits.

const std = @import("../std.zig");

pub const ParseIntError = error{ Overflow, InvalidCharacter };

/// Reads a whole text as an integer. Base 0 takes it from a prefix `0b`, `0o` or `0x`, else 10.
pub fn parseInt(comptime T: type, text: []const u8, base: u8) ParseIntError!T {
    if (text.len == 0) return error.InvalidCharacter;
    return switch (text[0]) {
        '+' => parseSigned(T, text[1..], base, false),
        '-' => parseSigned(T, text[1..], base, true),
        else => parseSigned(T, text, base, false),
    };
}

/// `parseInt` for text without a sign.
pub fn parseUnsigned(comptime T: type, text: []const u8, base: u8) ParseIntError!T {
    return parseSigned(T, text, base, false);
}

fn parseSigned(comptime T: type, text: []const u8, base: u8, negative: bool) ParseIntError!T {
    const info = @typeInfo(T).int;
    if (info.bits > 64) return parseWide(T, text, base, negative);
    // Digits are taken while they fit into at least a byte, then the result is checked.
    const Wide = std.meta.Int(info.signedness, @max(8, info.bits));
    const limit: u64 = if (negative) -std.math.minInt(Wide) else std.math.maxInt(Wide);
    const magnitude = try parseMagnitude(text, base, limit);
    if (!negative) return std.math.cast(T, magnitude) orelse error.Overflow;
    if (magnitude > -std.math.minInt(T)) return error.Overflow;
    if (info.signedness == .unsigned or magnitude == 0) return 0;
    // The negated smallest value has no positive counterpart, hence one step less.
    return -@as(T, @intCast(magnitude - 1)) - 1;
}

/// The digits of a text, unless they exceed `limit`.
fn parseMagnitude(text: []const u8, base: u8, limit: u64) ParseIntError!u64 {
    const digits, const real_base = try splitPrefix(text, base);
    var value: u64 = 0;
    for (digits) |c| {
        if (c == '_') continue;
        const digit = try charToDigit(c, real_base);
        const shifted, const over = @mulWithOverflow(value, real_base);
        const sum, const carry = @addWithOverflow(shifted, digit);
        if (over != 0 or carry != 0 or sum > limit) return error.Overflow;
        value = sum;
    }
    return value;
}

fn splitPrefix(text: []const u8, base: u8) ParseIntError!struct { []const u8, u8 } {
    if (text.len == 0) return error.InvalidCharacter;
    var digits = text;
    var real_base = base;
    if (base == 0) {
        real_base = 10;
        if (text.len > 2 and text[0] == '0') {
            switch (text[1] | 0x20) {
                'b' => real_base = 2,
                'o' => real_base = 8,
                'x' => real_base = 16,
                else => {},
            }
            if (real_base != 10) digits = text[2..];
        }
    }
    if (digits[0] == '_' or digits[digits.len - 1] == '_') return error.InvalidCharacter;
    return .{ digits, real_base };
}

fn parseWide(comptime T: type, text: []const u8, base: u8, negative: bool) ParseIntError!T {
    const digits, const real_base = try splitPrefix(text, base);
    var value: T = 0;
    for (digits) |c| {
        if (c == '_') continue;
        const digit = try charToDigit(c, real_base);
        value = try std.math.mul(T, value, real_base);
        value = if (negative) try std.math.sub(T, value, digit) else try std.math.add(T, value, digit);
    }
    return value;
}

/// The value of a digit.
pub fn charToDigit(c: u8, base: u8) error{InvalidCharacter}!u8 {
    const value = switch (c) {
        '0'...'9' => c - '0',
        'A'...'Z' => c - 'A' + 10,
        'a'...'z' => c - 'a' + 10,
        else => return error.InvalidCharacter,
    };
    return if (value >= base) error.InvalidCharacter else value;
}
