const std = @import("std");

const Money_N = struct {
    cents: u32,

    pub fn format(self: Money_N, writer: *std.Io.Writer) std.Io.Writer.Error!void {
        try writer.print("{d}.{d:0>2}", .{ self.cents / 100, self.cents % 100 });
    }
};

const Mood_N = enum(u8) { glad = A_, sad = 20 + B_, _ };

fn join_N(comptime parts: []const []const u8) []const u8 {
    comptime var text: []const u8 = "";
    inline for (parts) |p| text = text ++ p ++ "-";
    return text;
}

const title_N = join_N(&.{ "a", "bc", "d" });

fn parse_N(text: []const u8) !u32 {
    return std.fmt.parseInt(u32, text, 10) catch |e| switch (e) {
        error.Overflow => return error.TooLarge_N,
        error.InvalidCharacter => 0,
    };
}

pub const k_N: u32 = title_N.len + K_;

pub fn run_N() u32 {
    const m: Money_N = .{ .cents = 1234 + C_ };
    std.debug.print("{f} {t} {s}\n", .{ m, Mood_N.glad, title_N });
    const mood: Mood_N = @enumFromInt(20 + B_);
    const known: u32 = switch (mood) {
        .glad => 1,
        .sad => 2,
        _ => 3,
    };
    return known + (parse_N("17") catch 1) + (parse_N("x") catch 2) + (parse_N("99999999999") catch 3);
}
