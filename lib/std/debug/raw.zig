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
