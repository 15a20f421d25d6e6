//! Text on standard error without streams or formatting, for when a program is dying: it must work
//! whatever state the rest is in, and be in every program.

const linux = @import("../os/linux.zig");

/// Writes as much as can be written.
pub fn write(text: []const u8) void {
    var rest = text;
    while (rest.len > 0) {
        const n = linux.write(linux.STDERR_FILENO, rest.ptr, rest.len);
        if (n == 0 or linux.errno(n) != .SUCCESS) return;
        rest = rest[n..];
    }
}

/// Writes a number in a base up to 16.
pub fn writeNumber(number: usize, base: usize) void {
    var digits: [64]u8 = undefined;
    var at: usize = digits.len;
    var left = number;
    while (true) {
        at -= 1;
        digits[at] = "0123456789abcdef"[left % base];
        left /= base;
        if (left == 0) break;
    }
    write(digits[at..]);
}

/// A short text put together without formatting; what does not fit is left out.
pub const Text = struct {
    bytes: [0x1000]u8 = undefined,
    len: usize = 0,

    pub fn add(self: *Text, text: []const u8) void {
        for (text) |byte| {
            if (self.len == self.bytes.len) return;
            self.bytes[self.len] = byte;
            self.len += 1;
        }
    }

    pub fn addNumber(self: *Text, number: usize) void {
        if (number >= 10) self.addNumber(number / 10);
        self.add(&.{'0' + @as(u8, @intCast(number % 10))});
    }

    pub fn slice(self: *const Text) []const u8 {
        return self.bytes[0..self.len];
    }
};
