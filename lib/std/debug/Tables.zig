//! The debug information of the running program, as this compiler writes it: one unit of function records of
//! one size, and a line program in which each record says where its own part is.
//!
//! There are no checks in here: every program holds this, and the tables are the compiler's own.

const linux = @import("../os/linux.zig");
const Tables = @This();

/// `.debug_info`, `.debug_line`, and the strings of both.
info: []const u8,
lines: []const u8,
strings: []const u8,

/// What a place in the code is called in the source.
pub const Place = struct {
    function: []const u8,
    /// Name of the root file of the module.
    module: []const u8,
    directory: []const u8,
    /// Path in the directory.
    file: []const u8,
    line: usize,
    column: usize,
};

/// What the unit begins with, and where its records, their number and their size are.
const mark_at = 47;
const mark = "records1";
const first_record = 64;
const function_record = 2;

/// The program's tables, if it has some that this compiler wrote.
pub fn open() ?Tables {
    @setRuntimeSafety(false);
    const file = map("/proc/self/exe") orelse return null;
    if (file.len < 64) return null;
    const headers = number(file, 40, 8);
    const count = number(file, 60, 2);
    if (headers + count * 64 > file.len) return null;
    const names = section(file, headers + number(file, 62, 2) * 64);
    var tables: Tables = .{ .info = &.{}, .lines = &.{}, .strings = &.{} };
    for (0..count) |i| {
        const header = headers + i * 64;
        const name = string(names, number(file, header, 4));
        if (equal(name, ".debug_info")) tables.info = section(file, header);
        if (equal(name, ".debug_line")) tables.lines = section(file, header);
        if (equal(name, ".debug_str")) tables.strings = section(file, header);
    }
    if (tables.info.len < first_record or tables.lines.len < first_record) return null;
    if (!equal(tables.info[mark_at..][0..mark.len], mark)) return null;
    return tables;
}

/// The contents of the section whose header is at `header`.
fn section(file: []const u8, header: usize) []const u8 {
    @setRuntimeSafety(false);
    const start = number(file, header + 24, 8);
    const len = number(file, header + 32, 8);
    if (start > file.len or len > file.len - start) return &.{};
    return file[start..][0..len];
}

/// Where the code at `address` comes from.
pub fn find(tables: *const Tables, address: usize) ?Place {
    @setRuntimeSafety(false);
    const count = number(tables.info, mark_at + 8, 4);
    const size = number(tables.info, mark_at + 12, 4);
    for (0..count) |i| {
        const record = first_record + i * size;
        if (tables.info[record] != function_record) continue;
        const low = number(tables.info, record + 9, 8);
        if (address < low or address - low >= number(tables.info, record + 17, 4)) continue;
        var row = tables.rowAt(number(tables.info, record + 27, 4), address - low);
        if (row.line == 0) row = .{ .file = number(tables.info, record + 21, 2), .line = number(tables.info, record + 23, 4) };
        const entry = tables.fileEntry(row.file);
        return .{
            .function = string(tables.strings, number(tables.info, record + 1, 4)),
            .module = switch (entry.directory) {
                0 => string(tables.strings, number(tables.info, 19, 4)),
                1 => "std.zig",
                else => "builtin.zig",
            },
            .directory = if (entry.name.len > 0 and entry.name[0] == '/') "" else tables.directory(entry.directory),
            .file = entry.name,
            .line = row.line,
            .column = row.column,
        };
    }
    return null;
}

const Row = struct { file: usize = 0, line: usize = 1, column: usize = 0 };

/// Runs the part of the line program at `sequence` up to the code at `offset`. Line 0: nothing is known.
fn rowAt(tables: *const Tables, sequence: usize, offset: usize) Row {
    @setRuntimeSafety(false);
    const code = tables.lines;
    const line_base = 15;
    const base: usize = 256 - @as(usize, code[line_base]);
    const range: usize = code[line_base + 1];
    const first_special: usize = code[line_base + 2];
    var at = 12 + number(code, 8, 4) + sequence;
    var now: Row = .{};
    var shown: Row = .{ .line = 0 };
    var here: usize = 0;
    while (at < code.len) {
        const opcode = code[at];
        at += 1;
        if (opcode >= first_special) {
            const n = opcode - first_special;
            here += n / range;
            now.line = now.line + n % range - base;
            if (here > offset) return shown;
            shown = now;
            continue;
        }
        switch (opcode) {
            0 => {
                const len = leb(code, &at, false);
                // The end of the function.
                if (code[at] == 1) return shown;
                at += len;
            },
            1 => {
                if (here > offset) return shown;
                shown = now;
            },
            2 => here += leb(code, &at, false),
            3 => now.line +%= leb(code, &at, true),
            4 => now.file = leb(code, &at, false),
            5 => now.column = leb(code, &at, false),
            else => {},
        }
    }
    return shown;
}

const FileEntry = struct { directory: usize, name: []const u8 };

// The line program's header: how many directories at 33, then each in four bytes; eight bytes on, the files in six.
const directories = 36;

inline fn fileEntry(tables: *const Tables, index: usize) FileEntry {
    @setRuntimeSafety(false);
    var at: usize = directories - 3;
    const count = leb(tables.lines, &at, false);
    at = directories + 4 * count + 8 + 6 * index;
    return .{
        .directory = number(tables.lines, at + 4, 2),
        .name = string(tables.strings, number(tables.lines, at, 4)),
    };
}

inline fn directory(tables: *const Tables, index: usize) []const u8 {
    @setRuntimeSafety(false);
    return string(tables.strings, number(tables.lines, directories + 4 * index, 4));
}

/// A number of variable length; `at` moves behind it.
fn leb(bytes: []const u8, at: *usize, signed: bool) usize {
    @setRuntimeSafety(false);
    var value: usize = 0;
    var shift: u6 = 0;
    while (true) {
        const byte = bytes[at.*];
        at.* += 1;
        value |= @as(usize, byte & 0x7f) << shift;
        shift += 7;
        if (byte < 0x80) {
            if (signed and byte & 0x40 != 0) value |= ~@as(usize, 0) << shift;
            return value;
        }
    }
}

/// The number in `len` bytes, the lowest first.
fn number(bytes: []const u8, at: usize, len: usize) usize {
    @setRuntimeSafety(false);
    var value: usize = 0;
    var i = len;
    while (i > 0) {
        i -= 1;
        value = value << 8 | bytes[at + i];
    }
    return value;
}

/// The text at `at`, which ends with a zero.
fn string(bytes: []const u8, at: usize) []const u8 {
    @setRuntimeSafety(false);
    if (at >= bytes.len) return "";
    var end = at;
    while (end < bytes.len and bytes[end] != 0) end += 1;
    return bytes[at..end];
}

fn equal(a: []const u8, b: []const u8) bool {
    @setRuntimeSafety(false);
    if (a.len != b.len) return false;
    for (a, b) |x, y| {
        if (x != y) return false;
    }
    return true;
}

/// The bytes of a file, without copying them.
pub fn map(path: [*:0]const u8) ?[]const u8 {
    @setRuntimeSafety(false);
    const fd = linux.openat(linux.AT.FDCWD, path, 0, 0);
    if (linux.errno(fd) != .SUCCESS) return null;
    defer _ = linux.close(@intCast(fd));
    const END = 2;
    const len = linux.lseek(@intCast(fd), 0, END);
    if (linux.errno(len) != .SUCCESS or len == 0) return null;
    const address = linux.mmap(0, len, linux.PROT.READ, linux.MAP.PRIVATE, @intCast(fd), 0);
    if (linux.errno(address) != .SUCCESS) return null;
    return @as([*]const u8, @ptrFromInt(address))[0..len];
}

/// Ends what `map` began.
pub inline fn unmap(bytes: []const u8) void {
    _ = linux.munmap(@intFromPtr(bytes.ptr), bytes.len);
}
