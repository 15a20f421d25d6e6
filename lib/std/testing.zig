//! Expectations of tests.

const std = @import("std.zig");

pub fn expect(ok: bool) error{TestUnexpectedResult}!void {
    if (!ok) return error.TestUnexpectedResult;
}

pub fn expectEqual(expected: anytype, actual: anytype) error{TestExpectedEqual}!void {
    const T = @TypeOf(expected, actual);
    if (std.meta.eql(@as(T, expected), @as(T, actual))) return;
    std.debug.print("expected {any}, found {any}\n", .{ expected, actual });
    return error.TestExpectedEqual;
}

pub fn expectEqualStrings(expected: []const u8, actual: []const u8) error{TestExpectedEqual}!void {
    if (std.mem.eql(u8, expected, actual)) return;
    std.debug.print("expected \"{s}\", found \"{s}\"\n", .{ expected, actual });
    return error.TestExpectedEqual;
}

pub fn expectEqualSlices(comptime T: type, expected: []const T, actual: []const T) error{TestExpectedEqual}!void {
    if (std.mem.eql(T, expected, actual)) return;
    std.debug.print("expected {any}, found {any}\n", .{ expected, actual });
    return error.TestExpectedEqual;
}

pub fn expectError(expected: anyerror, actual: anytype) error{ TestExpectedError, TestUnexpectedError }!void {
    if (actual) |_| {
        std.debug.print("expected error.{s}, found a value\n", .{@errorName(expected)});
        return error.TestExpectedError;
    } else |found| {
        if (found == expected) return;
        std.debug.print("expected error.{s}, found error.{s}\n", .{ @errorName(expected), @errorName(found) });
        return error.TestUnexpectedError;
    }
}
