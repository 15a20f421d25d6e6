//! Integers: their limits, arithmetic that reports overflow, and orders.

const std = @import("std.zig");

pub const Order = enum {
    gt,
    lt,
    eq,

    pub fn invert(self: Order) Order {
        return switch (self) {
            .lt => .gt,
            .eq => .eq,
            .gt => .lt,
        };
    }

    pub fn compare(self: Order, op: CompareOperator) bool {
        return switch (self) {
            .lt => op == .lt or op == .lte or op == .neq,
            .eq => op == .eq or op == .lte or op == .gte,
            .gt => op == .gt or op == .gte or op == .neq,
        };
    }
};

pub const CompareOperator = enum { lt, lte, eq, gte, gt, neq };

pub fn order(a: anytype, b: anytype) Order {
    if (a == b) return .eq;
    return if (a < b) .lt else .gt;
}

pub fn compare(a: anytype, op: CompareOperator, b: anytype) bool {
    return switch (op) {
        .lt => a < b,
        .lte => a <= b,
        .eq => a == b,
        .neq => a != b,
        .gt => a > b,
        .gte => a >= b,
    };
}

/// The largest value of an integer type.
pub fn maxInt(comptime T: type) comptime_int {
    const info = @typeInfo(T).int;
    const value_bits = info.bits - @intFromBool(info.signedness == .signed and info.bits > 0);
    return (1 << value_bits) - 1;
}

/// The smallest value of an integer type.
pub fn minInt(comptime T: type) comptime_int {
    const info = @typeInfo(T).int;
    if (info.signedness == .unsigned or info.bits == 0) return 0;
    return -(1 << (info.bits - 1));
}

pub fn min(a: anytype, b: anytype) @TypeOf(@min(a, b)) {
    return @min(a, b);
}

pub fn max(a: anytype, b: anytype) @TypeOf(@max(a, b)) {
    return @max(a, b);
}

pub fn clamp(value: anytype, lower: anytype, upper: anytype) @TypeOf(value, lower, upper) {
    std.debug.assert(lower <= upper);
    return @max(lower, @min(value, upper));
}

pub fn add(comptime T: type, a: T, b: T) error{Overflow}!T {
    if (T == comptime_int) return a + b;
    const sum, const overflow = @addWithOverflow(a, b);
    return if (overflow != 0) error.Overflow else sum;
}

pub fn sub(comptime T: type, a: T, b: T) error{Overflow}!T {
    if (T == comptime_int) return a - b;
    const difference, const overflow = @subWithOverflow(a, b);
    return if (overflow != 0) error.Overflow else difference;
}

pub fn mul(comptime T: type, a: T, b: T) error{Overflow}!T {
    if (T == comptime_int) return a * b;
    const product, const overflow = @mulWithOverflow(a, b);
    return if (overflow != 0) error.Overflow else product;
}

pub fn negate(x: anytype) error{Overflow}!@TypeOf(x) {
    return sub(@TypeOf(x), 0, x);
}

pub fn divTrunc(comptime T: type, a: T, b: T) error{ DivisionByZero, Overflow }!T {
    if (b == 0) return error.DivisionByZero;
    if (@typeInfo(T) == .int and @typeInfo(T).int.signedness == .signed and a == minInt(T) and b == -1) return error.Overflow;
    return @divTrunc(a, b);
}

pub fn divFloor(comptime T: type, a: T, b: T) error{ DivisionByZero, Overflow }!T {
    if (b == 0) return error.DivisionByZero;
    if (@typeInfo(T) == .int and @typeInfo(T).int.signedness == .signed and a == minInt(T) and b == -1) return error.Overflow;
    return @divFloor(a, b);
}

pub fn divExact(comptime T: type, a: T, b: T) error{ DivisionByZero, Overflow, UnexpectedRemainder }!T {
    const quotient = try divTrunc(T, a, b);
    return if (quotient * b != a) error.UnexpectedRemainder else quotient;
}

/// Division rounded up.
pub fn divCeil(comptime T: type, a: T, b: T) error{ DivisionByZero, Overflow }!T {
    const quotient = try divFloor(T, a, b);
    return if (@mod(a, b) == 0) quotient else quotient + 1;
}

pub fn mod(comptime T: type, a: T, b: T) error{ DivisionByZero, NegativeDenominator }!T {
    if (b == 0) return error.DivisionByZero;
    if (b < 0) return error.NegativeDenominator;
    return @mod(a, b);
}

pub fn rem(comptime T: type, a: T, b: T) error{ DivisionByZero, NegativeDenominator }!T {
    if (b == 0) return error.DivisionByZero;
    if (b < 0) return error.NegativeDenominator;
    return @rem(a, b);
}

/// The value in another integer type, if it fits.
pub fn cast(comptime T: type, x: anytype) ?T {
    if (@TypeOf(x) != comptime_int and minInt(@TypeOf(x)) >= minInt(T) and maxInt(@TypeOf(x)) <= maxInt(T)) return x;
    if (x < minInt(T) or x > maxInt(T)) return null;
    return @intCast(x);
}

pub fn absCast(x: anytype) @TypeOf(@abs(x)) {
    return @abs(x);
}

/// The type that can hold every shift amount of `T`.
pub fn Log2Int(comptime T: type) type {
    if (T == comptime_int) return comptime_int;
    var bits: u16 = 0;
    var reach: u32 = 1;
    while (reach < @typeInfo(T).int.bits) : (reach *= 2) bits += 1;
    return std.meta.Int(.unsigned, bits);
}

/// The type that can count the bits of `T`.
pub fn Log2IntCeil(comptime T: type) type {
    if (T == comptime_int) return comptime_int;
    var bits: u16 = 0;
    var reach: u32 = 1;
    while (reach < @as(u32, @typeInfo(T).int.bits) + 1) : (reach *= 2) bits += 1;
    return std.meta.Int(.unsigned, bits);
}

/// The smallest integer type that holds both.
pub fn IntFittingRange(comptime from: comptime_int, comptime to: comptime_int) type {
    std.debug.assert(from <= to);
    var bits: u16 = 0;
    if (from >= 0) {
        while ((1 << bits) - 1 < to) bits += 1;
        return std.meta.Int(.unsigned, bits);
    }
    bits = 1;
    while ((1 << (bits - 1)) - 1 < to or -(1 << (bits - 1)) > from) bits += 1;
    return std.meta.Int(.signed, bits);
}

/// The binary logarithm, rounded down, of a positive integer.
pub fn log2_int(comptime T: type, x: T) Log2Int(T) {
    std.debug.assert(x != 0);
    return @intCast(@typeInfo(T).int.bits - 1 - @clz(x));
}

/// The binary logarithm, rounded up.
pub fn log2_int_ceil(comptime T: type, x: T) Log2IntCeil(T) {
    const floor = log2_int(T, x);
    return if (isPowerOfTwo(x)) floor else @as(Log2IntCeil(T), floor) + 1;
}

pub fn isPowerOfTwo(x: anytype) bool {
    std.debug.assert(x > 0);
    return x & (x - 1) == 0;
}

/// The power of two that is not below; `error.Overflow` if the type cannot hold it.
pub fn ceilPowerOfTwo(comptime T: type, x: T) error{Overflow}!T {
    std.debug.assert(x > 0);
    if (isPowerOfTwo(x)) return x;
    const shift = @typeInfo(T).int.bits - @clz(x);
    if (shift == @typeInfo(T).int.bits) return error.Overflow;
    return @as(T, 1) << @intCast(shift);
}

pub fn floorPowerOfTwo(comptime T: type, x: T) T {
    return if (x == 0) 0 else @as(T, 1) << @intCast(log2_int(T, x));
}

pub fn gcd(a: anytype, b: anytype) @TypeOf(a, b) {
    var x: @TypeOf(a, b) = a;
    var y: @TypeOf(a, b) = b;
    while (y != 0) {
        const remainder = x % y;
        x = y;
        y = remainder;
    }
    return x;
}

pub fn powi(comptime T: type, base: T, exponent: T) error{ Overflow, Underflow }!T {
    if (exponent < 0) return if (base == 0) error.Overflow else if (base == 1) 1 else error.Underflow;
    var result: T = 1;
    var i: T = 0;
    while (i < exponent) : (i += 1) result = try mul(T, result, base);
    return result;
}

/// The square root, rounded down, of an unsigned integer.
pub fn sqrt(x: anytype) std.meta.Int(.unsigned, (@typeInfo(@TypeOf(x)).int.bits + 1) / 2) {
    const T = @TypeOf(x);
    var low: T = 0;
    var bit = (@typeInfo(T).int.bits + 1) / 2;
    while (bit > 0) {
        bit -= 1;
        const candidate = low | @as(T, 1) << @intCast(bit);
        if (candidate <= x / candidate) low = candidate;
    }
    return @intCast(low);
}

pub fn shl(comptime T: type, a: T, amount: anytype) T {
    if (amount < 0) return shr(T, a, -amount);
    return if (amount >= @typeInfo(T).int.bits) 0 else a << @intCast(amount);
}

pub fn shr(comptime T: type, a: T, amount: anytype) T {
    if (amount < 0) return shl(T, a, -amount);
    return if (amount >= @typeInfo(T).int.bits) (if (a < 0) -1 else 0) else a >> @intCast(amount);
}

pub fn rotl(comptime T: type, x: T, amount: anytype) T {
    const bits = @typeInfo(T).int.bits;
    const n: Log2Int(T) = @intCast(@mod(amount, bits));
    return if (n == 0) x else x << n | x >> @intCast(bits - @as(u32, n));
}

pub fn rotr(comptime T: type, x: T, amount: anytype) T {
    const bits = @typeInfo(T).int.bits;
    const n: Log2Int(T) = @intCast(@mod(amount, bits));
    return if (n == 0) x else x >> n | x << @intCast(bits - @as(u32, n));
}

pub fn sign(x: anytype) @TypeOf(x) {
    if (x > 0) return 1;
    return if (x < 0) -1 else 0;
}
