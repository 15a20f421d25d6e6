//! Sorting in place.

const std = @import("std.zig");

/// A comparison for ascending order.
pub fn asc(comptime T: type) fn (void, T, T) bool {
    return struct {
        fn lessThan(_: void, a: T, b: T) bool {
            return a < b;
        }
    }.lessThan;
}

/// A comparison for descending order.
pub fn desc(comptime T: type) fn (void, T, T) bool {
    return struct {
        fn lessThan(_: void, a: T, b: T) bool {
            return a > b;
        }
    }.lessThan;
}

/// Insertion sort: for short slices and those that are nearly sorted; stable.
pub fn insertion(
    comptime T: type,
    items: []T,
    context: anytype,
    comptime lessThanFn: fn (@TypeOf(context), lhs: T, rhs: T) bool,
) void {
    var sorted: usize = 1;
    while (sorted < items.len) : (sorted += 1) {
        const item = items[sorted];
        var hole = sorted;
        while (hole > 0 and lessThanFn(context, item, items[hole - 1])) : (hole -= 1) {
            items[hole] = items[hole - 1];
        }
        items[hole] = item;
    }
}

/// Heap sort: no worse on bad inputs; equal elements may change their order.
pub fn heap(
    comptime T: type,
    items: []T,
    context: anytype,
    comptime lessThanFn: fn (@TypeOf(context), lhs: T, rhs: T) bool,
) void {
    var start = items.len / 2;
    while (start > 0) {
        start -= 1;
        sink(T, items, start, context, lessThanFn);
    }
    var end = items.len;
    while (end > 1) {
        end -= 1;
        std.mem.swap(T, &items[0], &items[end]);
        sink(T, items[0..end], 0, context, lessThanFn);
    }
}

/// Lets an element of a heap sink until no child is greater.
fn sink(
    comptime T: type,
    items: []T,
    start: usize,
    context: anytype,
    comptime lessThanFn: fn (@TypeOf(context), lhs: T, rhs: T) bool,
) void {
    var parent = start;
    while (2 * parent + 1 < items.len) {
        var child = 2 * parent + 1;
        if (child + 1 < items.len and lessThanFn(context, items[child], items[child + 1])) child += 1;
        if (!lessThanFn(context, items[parent], items[child])) return;
        std.mem.swap(T, &items[parent], &items[child]);
        parent = child;
    }
}

/// A stable sort without memory of its own: runs of insertion sort, merged by rotations.
pub fn block(
    comptime T: type,
    items: []T,
    context: anytype,
    comptime lessThanFn: fn (@TypeOf(context), lhs: T, rhs: T) bool,
) void {
    const run = 16;
    var begin: usize = 0;
    while (begin < items.len) : (begin += run) {
        insertion(T, items[begin..@min(begin + run, items.len)], context, lessThanFn);
    }
    var width: usize = run;
    while (width < items.len) : (width *= 2) {
        var left: usize = 0;
        while (left + width < items.len) : (left += 2 * width) {
            merge(T, items[left..@min(left + 2 * width, items.len)], width, context, lessThanFn);
        }
    }
}

/// Merges two sorted halves by splitting both at the median and turning the middle round.
fn merge(
    comptime T: type,
    items: []T,
    middle: usize,
    context: anytype,
    comptime lessThanFn: fn (@TypeOf(context), lhs: T, rhs: T) bool,
) void {
    if (middle == 0 or middle == items.len) return;
    if (items.len == 2) {
        if (lessThanFn(context, items[1], items[0])) std.mem.swap(T, &items[0], &items[1]);
        return;
    }
    var left: usize = undefined;
    var right: usize = undefined;
    if (middle > items.len - middle) {
        left = middle / 2;
        right = middle;
        while (right < items.len and lessThanFn(context, items[right], items[left])) right += 1;
    } else {
        right = middle + (items.len - middle) / 2;
        left = 0;
        while (left < middle and !lessThanFn(context, items[right], items[left])) left += 1;
    }
    rotate(T, items[left..right], middle - left);
    const split = left + (right - middle);
    merge(T, items[0..split], left, context, lessThanFn);
    merge(T, items[split..], right - split, context, lessThanFn);
}

/// Brings the elements from `amount` on to the front.
fn rotate(comptime T: type, items: []T, amount: usize) void {
    std.mem.reverse(T, items[0..amount]);
    std.mem.reverse(T, items[amount..]);
    std.mem.reverse(T, items);
}

/// Where the general, unstable sort goes.
pub const pdq = heap;

pub fn isSorted(
    comptime T: type,
    items: []const T,
    context: anytype,
    comptime lessThanFn: fn (@TypeOf(context), lhs: T, rhs: T) bool,
) bool {
    var i: usize = 1;
    while (i < items.len) : (i += 1) {
        if (lessThanFn(context, items[i], items[i - 1])) return false;
    }
    return true;
}

/// The index of an element that `compareFn` calls equal, in a sorted slice.
pub fn binarySearch(
    comptime T: type,
    items: []const T,
    context: anytype,
    comptime compareFn: fn (@TypeOf(context), T) std.math.Order,
) ?usize {
    var low: usize = 0;
    var high: usize = items.len;
    while (low < high) {
        const middle = low + (high - low) / 2;
        switch (compareFn(context, items[middle])) {
            .eq => return middle,
            .gt => low = middle + 1,
            .lt => high = middle,
        }
    }
    return null;
}
