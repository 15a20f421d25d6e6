//! Slices of anything: comparing, searching, copying, and integers as bytes.

const std = @import("std.zig");
const builtin = @import("builtin");
const iterators = @import("mem/iterators.zig");

pub const DelimiterType = iterators.DelimiterType;
pub const SplitIterator = iterators.SplitIterator;
pub const TokenIterator = iterators.TokenIterator;
pub const split = iterators.split;
pub const splitAny = iterators.splitAny;
pub const splitScalar = iterators.splitScalar;
pub const splitSequence = iterators.splitSequence;
pub const tokenizeAny = iterators.tokenizeAny;
pub const tokenizeScalar = iterators.tokenizeScalar;
pub const tokenizeSequence = iterators.tokenizeSequence;

pub const byte_size_in_bits = 8;

/// Whether two slices have equal elements.
pub fn eql(comptime T: type, a: []const T, b: []const T) bool {
    if (a.len != b.len) return false;
    for (a, b) |x, y| {
        if (x != y) return false;
    }
    return true;
}

/// Orders slices as a dictionary does.
pub fn order(comptime T: type, a: []const T, b: []const T) std.math.Order {
    const common = @min(a.len, b.len);
    for (a[0..common], b[0..common]) |x, y| {
        if (x != y) return std.math.order(x, y);
    }
    return std.math.order(a.len, b.len);
}

pub fn lessThan(comptime T: type, a: []const T, b: []const T) bool {
    return order(T, a, b) == .lt;
}

pub fn swap(comptime T: type, a: *T, b: *T) void {
    const old = a.*;
    a.* = b.*;
    b.* = old;
}

pub fn reverse(comptime T: type, items: []T) void {
    var i: usize = 0;
    while (i < items.len / 2) : (i += 1) swap(T, &items[i], &items[items.len - 1 - i]);
}

/// Copies from the first element to the last: the destination may begin before the source.
pub fn copyForwards(comptime T: type, dest: []T, source: []const T) void {
    for (dest[0..source.len], source) |*to, from| to.* = from;
}

/// Copies from the last element to the first: the destination may begin after the source.
pub fn copyBackwards(comptime T: type, dest: []T, source: []const T) void {
    std.debug.assert(dest.len >= source.len);
    var i = source.len;
    while (i > 0) {
        i -= 1;
        dest[i] = source[i];
    }
}

/// A value of which every bit is zero.
pub fn zeroes(comptime T: type) T {
    return switch (@typeInfo(T)) {
        .int, .comptime_int, .float, .comptime_float => 0,
        .bool => false,
        .void => {},
        .optional => null,
        .@"enum" => @enumFromInt(0),
        .array => |array| blk: {
            var result: T = undefined;
            for (&result) |*item| item.* = zeroes(array.child);
            if (array.sentinel()) |end| result[array.len] = end;
            break :blk result;
        },
        .@"struct" => |info| blk: {
            var result: T = undefined;
            inline for (info.fields) |field| {
                if (!field.is_comptime) @field(result, field.name) = zeroes(field.type);
            }
            break :blk result;
        },
        .pointer => |pointer| switch (pointer.size) {
            .slice => &[_]pointer.child{},
            .c => null,
            else => @compileError("a pointer of type " ++ @typeName(T) ++ " cannot be zero"),
        },
        else => @compileError("no zero value of type " ++ @typeName(T)),
    };
}

/// The elements up to the sentinel of a pointer.
pub fn span(ptr: anytype) Span(@TypeOf(ptr)) {
    if (@typeInfo(@TypeOf(ptr)) == .optional) return if (ptr) |p| span(p) else null;
    const n = len(ptr);
    const Result = @typeInfo(Span(@TypeOf(ptr))).pointer;
    if (comptime Result.sentinel()) |s| {
        return ptr[0..n :s];
    } else {
        return ptr[0..n];
    }
}

fn Span(comptime T: type) type {
    const info = switch (@typeInfo(T)) {
        .optional => |optional| return ?Span(optional.child),
        .pointer => |pointer| pointer,
        else => @compileError("invalid type given to std.mem.span: " ++ @typeName(T)),
    };
    const element, const end = switch (info.size) {
        .one => .{ @typeInfo(info.child).array.child, @typeInfo(info.child).array.sentinel() },
        .c => .{ info.child, 0 },
        .many, .slice => .{ info.child, info.sentinel() },
    };
    const s: ?element = end;
    if (s) |value| return if (info.is_const) [:value]const element else [:value]element;
    return if (info.is_const) []const element else []element;
}

/// How many elements a slice has, or a pointer up to its sentinel.
pub fn len(value: anytype) usize {
    switch (@typeInfo(@TypeOf(value))) {
        .pointer => |info| switch (info.size) {
            .slice => return value.len,
            .one => return @typeInfo(info.child).array.len,
            .many => {
                const end = comptime info.sentinel() orelse @compileError("a many-item pointer without a sentinel has no length");
                var n: usize = 0;
                while (value[n] != end) n += 1;
                return n;
            },
            .c => {
                var n: usize = 0;
                while (value[n] != 0) n += 1;
                return n;
            },
        },
        else => @compileError("invalid type given to std.mem.len: " ++ @typeName(@TypeOf(value))),
    }
}

/// The elements before the first that is equal to `end`; all if there is none.
pub fn sliceTo(items: anytype, comptime end: anytype) SliceTo(@TypeOf(items)) {
    switch (@typeInfo(@TypeOf(items)).pointer.size) {
        .one, .slice => {
            var n: usize = 0;
            while (n < items.len and items[n] != end) n += 1;
            return items[0..n];
        },
        .many, .c => {
            var n: usize = 0;
            while (items[n] != end) n += 1;
            return items[0..n];
        },
    }
}

fn SliceTo(comptime T: type) type {
    const info = @typeInfo(T).pointer;
    const element = if (info.size == .one) @typeInfo(info.child).array.child else info.child;
    return if (info.is_const) []const element else []element;
}

pub fn allEqual(comptime T: type, items: []const T, value: T) bool {
    for (items) |item| if (item != value) return false;
    return true;
}

pub fn containsAtLeast(comptime T: type, items: []const T, expected: usize, wanted: []const T) bool {
    return count(T, items, wanted) >= expected;
}

/// How often `wanted` occurs, without overlaps.
pub fn count(comptime T: type, items: []const T, wanted: []const T) usize {
    std.debug.assert(wanted.len > 0);
    var found: usize = 0;
    var at: usize = 0;
    while (indexOfPos(T, items, at, wanted)) |i| {
        found += 1;
        at = i + wanted.len;
    }
    return found;
}

pub fn indexOfScalar(comptime T: type, items: []const T, value: T) ?usize {
    return indexOfScalarPos(T, items, 0, value);
}

pub fn indexOfScalarPos(comptime T: type, items: []const T, start: usize, value: T) ?usize {
    var i = start;
    while (i < items.len) : (i += 1) {
        if (items[i] == value) return i;
    }
    return null;
}

pub fn lastIndexOfScalar(comptime T: type, items: []const T, value: T) ?usize {
    var i = items.len;
    while (i > 0) {
        i -= 1;
        if (items[i] == value) return i;
    }
    return null;
}

pub fn indexOfAny(comptime T: type, items: []const T, values: []const T) ?usize {
    return indexOfAnyPos(T, items, 0, values);
}

pub fn indexOfAnyPos(comptime T: type, items: []const T, start: usize, values: []const T) ?usize {
    var i = start;
    while (i < items.len) : (i += 1) {
        for (values) |value| if (items[i] == value) return i;
    }
    return null;
}

pub fn indexOfNone(comptime T: type, items: []const T, values: []const T) ?usize {
    for (items, 0..) |item, i| {
        if (indexOfScalar(T, values, item) == null) return i;
    }
    return null;
}

pub fn indexOf(comptime T: type, items: []const T, wanted: []const T) ?usize {
    return indexOfPos(T, items, 0, wanted);
}

pub fn indexOfPos(comptime T: type, items: []const T, start: usize, wanted: []const T) ?usize {
    if (wanted.len > items.len) return null;
    var i = start;
    while (i <= items.len - wanted.len) : (i += 1) {
        if (eql(T, items[i..][0..wanted.len], wanted)) return i;
    }
    return null;
}

pub fn lastIndexOf(comptime T: type, items: []const T, wanted: []const T) ?usize {
    if (wanted.len > items.len) return null;
    var i = items.len - wanted.len + 1;
    while (i > 0) {
        i -= 1;
        if (eql(T, items[i..][0..wanted.len], wanted)) return i;
    }
    return null;
}

pub fn startsWith(comptime T: type, items: []const T, prefix: []const T) bool {
    return items.len >= prefix.len and eql(T, items[0..prefix.len], prefix);
}

pub fn endsWith(comptime T: type, items: []const T, suffix: []const T) bool {
    return items.len >= suffix.len and eql(T, items[items.len - suffix.len ..], suffix);
}

/// Without the given values at the start.
pub fn trimStart(comptime T: type, items: []const T, values: []const T) []const T {
    var begin: usize = 0;
    while (begin < items.len and indexOfScalar(T, values, items[begin]) != null) begin += 1;
    return items[begin..];
}

/// Without the given values at the end.
pub fn trimEnd(comptime T: type, items: []const T, values: []const T) []const T {
    var end = items.len;
    while (end > 0 and indexOfScalar(T, values, items[end - 1]) != null) end -= 1;
    return items[0..end];
}

pub fn trim(comptime T: type, items: []const T, values: []const T) []const T {
    return trimEnd(T, trimStart(T, items, values), values);
}

pub const trimLeft = trimStart;
pub const trimRight = trimEnd;

pub fn min(comptime T: type, items: []const T) T {
    var best = items[0];
    for (items[1..]) |item| best = @min(best, item);
    return best;
}

pub fn max(comptime T: type, items: []const T) T {
    var best = items[0];
    for (items[1..]) |item| best = @max(best, item);
    return best;
}

pub fn indexOfMin(comptime T: type, items: []const T) usize {
    var best: usize = 0;
    for (items, 0..) |item, i| if (item < items[best]) {
        best = i;
    };
    return best;
}

pub fn indexOfMax(comptime T: type, items: []const T) usize {
    var best: usize = 0;
    for (items, 0..) |item, i| if (item > items[best]) {
        best = i;
    };
    return best;
}

/// Replaces a value everywhere.
pub fn replaceScalar(comptime T: type, items: []T, from: T, to: T) void {
    for (items) |*item| if (item.* == from) {
        item.* = to;
    };
}

/// Sorts in place; equal elements keep their order.
pub fn sort(
    comptime T: type,
    items: []T,
    context: anytype,
    comptime lessThanFn: fn (@TypeOf(context), lhs: T, rhs: T) bool,
) void {
    std.sort.block(T, items, context, lessThanFn);
}

/// `sort`, that may change the order of equal elements.
pub fn sortUnstable(
    comptime T: type,
    items: []T,
    context: anytype,
    comptime lessThanFn: fn (@TypeOf(context), lhs: T, rhs: T) bool,
) void {
    std.sort.pdq(T, items, context, lessThanFn);
}

fn bytesOf(comptime T: type) comptime_int {
    return @divExact(@typeInfo(T).int.bits, 8);
}

/// The integer whose bytes these are.
pub fn readInt(comptime T: type, bytes: *const [bytesOf(T)]u8, endian: std.builtin.Endian) T {
    const U = std.meta.Int(.unsigned, @max(8, @typeInfo(T).int.bits));
    var value: U = 0;
    for (0..bytes.len) |i| {
        const byte = if (endian == .big) bytes[i] else bytes[bytes.len - 1 - i];
        value = if (bytes.len == 1) byte else (value << 8) | byte;
    }
    return @bitCast(value);
}

/// Puts the bytes of an integer into `buffer`.
pub fn writeInt(comptime T: type, buffer: *[bytesOf(T)]u8, value: T, endian: std.builtin.Endian) void {
    const U = std.meta.Int(.unsigned, @typeInfo(T).int.bits);
    const bits: U = @bitCast(value);
    for (0..buffer.len) |i| {
        const byte: u8 = @truncate(if (buffer.len == 1) bits else bits >> @intCast(8 * i));
        buffer[if (endian == .big) buffer.len - 1 - i else i] = byte;
    }
}

pub fn nativeToLittle(comptime T: type, value: T) T {
    return value;
}

pub fn littleToNative(comptime T: type, value: T) T {
    return value;
}

pub fn nativeToBig(comptime T: type, value: T) T {
    return @byteSwap(value);
}

pub fn bigToNative(comptime T: type, value: T) T {
    return @byteSwap(value);
}

/// The memory of the value that `ptr` points to.
pub fn asBytes(ptr: anytype) AsBytes(@TypeOf(ptr)) {
    return @ptrCast(ptr);
}

fn AsBytes(comptime P: type) type {
    const info = @typeInfo(P).pointer;
    const Bytes = [@sizeOf(info.child)]u8;
    return if (info.is_const) *align(info.alignment) const Bytes else *align(info.alignment) Bytes;
}

pub fn toBytes(value: anytype) [@sizeOf(@TypeOf(value))]u8 {
    return asBytes(&value).*;
}

pub fn bytesToValue(comptime T: type, bytes: anytype) T {
    var value: T = undefined;
    @memcpy(asBytes(&value), bytes[0..@sizeOf(T)]);
    return value;
}

/// The memory of the elements of a slice.
pub fn sliceAsBytes(slice: anytype) if (@typeInfo(@TypeOf(slice)).pointer.is_const) []const u8 else []u8 {
    const info = @typeInfo(@TypeOf(slice)).pointer;
    const Many = if (info.is_const) [*]const u8 else [*]u8;
    if (slice.len == 0) return &.{};
    const many: Many = @ptrCast(slice.ptr);
    return many[0 .. slice.len * @sizeOf(info.child)];
}

pub fn isAligned(address: usize, alignment: usize) bool {
    return address & (alignment - 1) == 0;
}

/// The next multiple of a power of two.
pub fn alignForward(comptime T: type, address: T, alignment: T) T {
    return alignBackward(T, address + (alignment - 1), alignment);
}

/// The multiple of a power of two that is not above.
pub fn alignBackward(comptime T: type, address: T, alignment: T) T {
    return address & ~(alignment - 1);
}
