//! What real Zig says about many sources without being started for each: its own parser and name
//! checker, behind a pipe.
//!
//! A question is a byte (`s` for a source, `n` for object notation), a length of four bytes, least
//! significant first, and that many bytes of text. The answer is a length alike and a text: a line `syntax` if
//! the parser refused the source, else `names`; and one line `LINE:COLUMN: error: TEXT` or
//! `LINE:COLUMN: note: TEXT` for each message, a line feed in a message shown as `\n`.

const std = @import("std");
const Ast = std.zig.Ast;
const ErrorBundle = std.zig.ErrorBundle;

pub fn main() !void {
    var in_buffer: [1 << 16]u8 = undefined;
    var out_buffer: [1 << 16]u8 = undefined;
    var stdin = std.fs.File.stdin().reader(&in_buffer);
    var stdout = std.fs.File.stdout().writer(&out_buffer);
    const in = &stdin.interface;
    const out = &stdout.interface;
    var arena: std.heap.ArenaAllocator = .init(std.heap.page_allocator);
    while (true) {
        _ = arena.reset(.retain_capacity);
        const gpa = arena.allocator();
        const mode: Ast.Mode = switch (in.takeByte() catch return) {
            'n' => .zon,
            else => .zig,
        };
        const len = try in.takeInt(u32, .little);
        const source = try gpa.allocSentinel(u8, len, 0);
        try in.readSliceAll(source);
        const text = try answer(gpa, source, mode);
        try out.writeInt(u32, @intCast(text.len), .little);
        try out.writeAll(text);
        try out.flush();
    }
}

fn answer(gpa: std.mem.Allocator, source: [:0]const u8, mode: Ast.Mode) ![]const u8 {
    const tree = try Ast.parse(gpa, source, mode);
    var wip: ErrorBundle.Wip = undefined;
    try wip.init(gpa);
    switch (mode) {
        .zig => {
            const zir = try std.zig.AstGen.generate(gpa, tree);
            if (zir.hasCompileErrors()) try wip.addZirErrorMessages(zir, tree, source, "s");
        },
        .zon => {
            const zoir = try std.zig.ZonGen.generate(gpa, tree, .{});
            if (zoir.hasCompileErrors()) try wip.addZoirErrorMessages(zoir, tree, source, "s");
        },
    }
    const bundle = try wip.toOwnedBundle("");
    var text: std.Io.Writer.Allocating = .init(gpa);
    try text.writer.writeAll(if (tree.errors.len != 0) "syntax\n" else "names\n");
    if (bundle.errorMessageCount() != 0) {
        for (bundle.getMessages()) |message| try show(&text.writer, bundle, message, "error");
    }
    return text.written();
}

fn show(w: *std.Io.Writer, bundle: ErrorBundle, index: ErrorBundle.MessageIndex, kind: []const u8) !void {
    const message = bundle.getErrorMessage(index);
    const place = bundle.getSourceLocation(message.src_loc);
    try w.print("{d}:{d}: {s}: ", .{ place.line + 1, place.column + 1, kind });
    for (bundle.nullTerminatedString(message.msg)) |byte| switch (byte) {
        '\n' => try w.writeAll("\\n"),
        else => try w.writeByte(byte),
    };
    try w.writeByte('\n');
    for (bundle.getNotes(index)) |note| try show(w, bundle, note, "note");
}
