//! Bytes as characters of ASCII.

const std = @import("std.zig");

pub const lowercase = "abcdefghijklmnopqrstuvwxyz";
pub const uppercase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
pub const letters = lowercase ++ uppercase;
pub const whitespace = [_]u8{ ' ', '\t', '\n', '\r', std.ascii.control_code.vt, std.ascii.control_code.ff };

pub const control_code = struct {
    pub const nul = 0x00;
    pub const bel = 0x07;
    pub const bs = 0x08;
    pub const ht = 0x09;
    pub const lf = 0x0a;
    pub const vt = 0x0b;
    pub const ff = 0x0c;
    pub const cr = 0x0d;
    pub const esc = 0x1b;
    pub const del = 0x7f;
};

pub fn isAlphanumeric(c: u8) bool {
    return isAlphabetic(c) or isDigit(c);
}

pub fn isAlphabetic(c: u8) bool {
    return isLower(c) or isUpper(c);
}

pub fn isControl(c: u8) bool {
    return c < 0x20 or c == control_code.del;
}

pub fn isDigit(c: u8) bool {
    return c >= '0' and c <= '9';
}

pub fn isLower(c: u8) bool {
    return c >= 'a' and c <= 'z';
}

pub fn isUpper(c: u8) bool {
    return c >= 'A' and c <= 'Z';
}

pub fn isPrint(c: u8) bool {
    return isAscii(c) and !isControl(c);
}

pub fn isWhitespace(c: u8) bool {
    return c == ' ' or (c >= control_code.ht and c <= control_code.cr);
}

pub fn isHex(c: u8) bool {
    return isDigit(c) or (c >= 'a' and c <= 'f') or (c >= 'A' and c <= 'F');
}

pub fn isAscii(c: u8) bool {
    return c < 0x80;
}

pub fn toUpper(c: u8) u8 {
    return if (isLower(c)) c - 'a' + 'A' else c;
}

pub fn toLower(c: u8) u8 {
    return if (isUpper(c)) c - 'A' + 'a' else c;
}

/// Puts the text in lower case into `output`.
pub fn lowerString(output: []u8, text: []const u8) []u8 {
    for (output[0..text.len], text) |*to, c| to.* = toLower(c);
    return output[0..text.len];
}

/// Puts the text in upper case into `output`.
pub fn upperString(output: []u8, text: []const u8) []u8 {
    for (output[0..text.len], text) |*to, c| to.* = toUpper(c);
    return output[0..text.len];
}

pub fn eqlIgnoreCase(a: []const u8, b: []const u8) bool {
    if (a.len != b.len) return false;
    for (a, b) |x, y| if (toLower(x) != toLower(y)) return false;
    return true;
}

pub fn startsWithIgnoreCase(text: []const u8, prefix: []const u8) bool {
    return text.len >= prefix.len and eqlIgnoreCase(text[0..prefix.len], prefix);
}
