//! The pieces of a slice between delimiters: `split` gives empty ones too, `tokenize` does not.

const std = @import("../std.zig");
const mem = std.mem;

pub const DelimiterType = enum { sequence, any, scalar };

fn Delimiter(comptime T: type, comptime kind: DelimiterType) type {
    return if (kind == .scalar) T else []const T;
}

/// Where the next delimiter is at or after `start`.
fn find(comptime T: type, comptime kind: DelimiterType, buffer: []const T, start: usize, delimiter: Delimiter(T, kind)) ?usize {
    return switch (kind) {
        .scalar => mem.indexOfScalarPos(T, buffer, start, delimiter),
        .any => mem.indexOfAnyPos(T, buffer, start, delimiter),
        .sequence => mem.indexOfPos(T, buffer, start, delimiter),
    };
}

pub fn splitScalar(comptime T: type, buffer: []const T, delimiter: T) SplitIterator(T, .scalar) {
    return .{ .buffer = buffer, .index = 0, .delimiter = delimiter };
}

pub fn splitAny(comptime T: type, buffer: []const T, delimiters: []const T) SplitIterator(T, .any) {
    return .{ .buffer = buffer, .index = 0, .delimiter = delimiters };
}

pub fn splitSequence(comptime T: type, buffer: []const T, delimiter: []const T) SplitIterator(T, .sequence) {
    std.debug.assert(delimiter.len != 0);
    return .{ .buffer = buffer, .index = 0, .delimiter = delimiter };
}

pub const split = splitSequence;

pub fn tokenizeScalar(comptime T: type, buffer: []const T, delimiter: T) TokenIterator(T, .scalar) {
    return .{ .buffer = buffer, .index = 0, .delimiter = delimiter };
}

pub fn tokenizeAny(comptime T: type, buffer: []const T, delimiters: []const T) TokenIterator(T, .any) {
    return .{ .buffer = buffer, .index = 0, .delimiter = delimiters };
}

pub fn tokenizeSequence(comptime T: type, buffer: []const T, delimiter: []const T) TokenIterator(T, .sequence) {
    std.debug.assert(delimiter.len != 0);
    return .{ .buffer = buffer, .index = 0, .delimiter = delimiter };
}

pub fn SplitIterator(comptime T: type, comptime kind: DelimiterType) type {
    return struct {
        buffer: []const T,
        /// Where the next piece starts; null after the last one.
        index: ?usize,
        delimiter: Delimiter(T, kind),

        const Self = @This();

        /// The first piece; nothing may have been taken before.
        pub fn first(self: *Self) []const T {
            std.debug.assert(self.index.? == 0);
            return self.next().?;
        }

        pub fn next(self: *Self) ?[]const T {
            const begin = self.index orelse return null;
            const end = find(T, kind, self.buffer, begin, self.delimiter) orelse {
                self.index = null;
                return self.buffer[begin..];
            };
            self.index = end + if (kind == .sequence) self.delimiter.len else 1;
            return self.buffer[begin..end];
        }

        pub fn peek(self: *Self) ?[]const T {
            var copy = self.*;
            return copy.next();
        }

        /// What no piece has been taken of.
        pub fn rest(self: Self) []const T {
            return self.buffer[self.index orelse self.buffer.len ..];
        }

        pub fn reset(self: *Self) void {
            self.index = 0;
        }
    };
}

pub fn TokenIterator(comptime T: type, comptime kind: DelimiterType) type {
    return struct {
        buffer: []const T,
        index: usize,
        delimiter: Delimiter(T, kind),

        const Self = @This();

        pub fn next(self: *Self) ?[]const T {
            const token = self.peek() orelse return null;
            self.index += token.len;
            return token;
        }

        /// The next piece, without taking it: the delimiters before it are passed.
        pub fn peek(self: *Self) ?[]const T {
            while (self.delimiterHere()) |length| self.index += length;
            if (self.index == self.buffer.len) return null;
            const end = find(T, kind, self.buffer, self.index, self.delimiter) orelse self.buffer.len;
            return self.buffer[self.index..end];
        }

        pub fn rest(self: Self) []const T {
            var copy = self;
            _ = copy.peek();
            return copy.buffer[copy.index..];
        }

        pub fn reset(self: *Self) void {
            self.index = 0;
        }

        fn delimiterHere(self: *const Self) ?usize {
            const left = self.buffer[self.index..];
            if (left.len == 0) return null;
            return switch (kind) {
                .scalar => if (left[0] == self.delimiter) 1 else null,
                .any => if (mem.indexOfScalar(T, self.delimiter, left[0]) != null) 1 else null,
                .sequence => if (mem.startsWith(T, left, self.delimiter)) self.delimiter.len else null,
            };
        }
    };
}
