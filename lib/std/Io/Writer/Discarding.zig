//! A writer that only counts.

const std = @import("../../std.zig");
const Writer = std.Io.Writer;
const Discarding = @This();

/// The bytes that went through, without those that are buffered.
count: u64,
writer: Writer,

pub fn init(buffer: []u8) Discarding {
    return .{ .count = 0, .writer = .{ .vtable = &.{ .drain = drain }, .buffer = buffer } };
}

/// All bytes that were written.
pub fn fullCount(d: *const Discarding) u64 {
    return d.count + d.writer.end;
}

fn drain(w: *Writer, data: []const []const u8, splat: usize) Writer.Error!usize {
    const d: *Discarding = @alignCast(@fieldParentPtr("writer", w));
    const taken = Writer.countSplat(data, splat);
    d.count += w.end + taken;
    w.end = 0;
    return taken;
}
