//! `ast_parse DIR ROUNDS`: real Zig's own lexer and parser over every `.zig` file under a directory,
//! on one thread, in one arena whose memory is kept from file to file. Prints the counts of files,
//! bytes and nodes, and the nanoseconds that the best of so many passes took.
const std = @import("std");

pub fn main() !void {
    var lasting: std.heap.ArenaAllocator = .init(std.heap.page_allocator);
    const gpa = lasting.allocator();
    const arguments = try std.process.argsAlloc(gpa);
    const rounds = try std.fmt.parseInt(usize, arguments[2], 10);

    var sources: std.ArrayList([:0]const u8) = .empty;
    var bytes: usize = 0;
    var dir = try std.fs.cwd().openDir(arguments[1], .{ .iterate = true });
    var walker = try dir.walk(gpa);
    while (try walker.next()) |entry| {
        if (entry.kind != .file or !std.mem.endsWith(u8, entry.basename, ".zig")) continue;
        const source = try entry.dir.readFileAllocOptions(gpa, entry.basename, 1 << 30, null, .of(u8), 0);
        try sources.append(gpa, source);
        bytes += source.len;
    }

    var arena: std.heap.ArenaAllocator = .init(std.heap.page_allocator);
    var best: u64 = std.math.maxInt(u64);
    var nodes: usize = 0;
    for (0..rounds) |_| {
        nodes = 0;
        var timer = try std.time.Timer.start();
        for (sources.items) |source| {
            _ = arena.reset(.retain_capacity);
            const ast = try std.zig.Ast.parse(arena.allocator(), source, .zig);
            nodes += ast.nodes.len;
        }
        best = @min(best, timer.read());
    }

    var buffer: [100]u8 = undefined;
    var out = std.fs.File.stdout().writer(&buffer);
    try out.interface.print("{d} {d} {d} {d}\n", .{ sources.items.len, bytes, nodes, best });
    try out.interface.flush();
}
