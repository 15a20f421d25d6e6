//! Conway's game of life on a torus. Change the pattern or a rule and save: the watching compiler rebuilds it.

const std = @import("std");

const width = 32;
const height = 12;
const generations = 40;

const start =
    \\.#.
    \\..#
    \\###
;

const Grid = struct {
    cells: [height][width]bool = @splat(@splat(false)),

    fn load(text: []const u8) Grid {
        var grid: Grid = .{};
        var lines = std.mem.splitScalar(u8, text, '\n');
        var y: usize = 1;
        while (lines.next()) |line| : (y += 1) {
            for (line, 1..) |c, x| grid.cells[y][x] = c == '#';
        }
        return grid;
    }

    fn neighbours(grid: *const Grid, x: usize, y: usize) u8 {
        var count: u8 = 0;
        for ([_]usize{ height - 1, 0, 1 }) |dy| {
            for ([_]usize{ width - 1, 0, 1 }) |dx| {
                if (dx == 0 and dy == 0) continue;
                if (grid.cells[(y + dy) % height][(x + dx) % width]) count += 1;
            }
        }
        return count;
    }

    fn next(grid: *const Grid) Grid {
        var result: Grid = .{};
        for (&result.cells, 0..) |*row, y| {
            for (row, 0..) |*cell, x| {
                const n = grid.neighbours(x, y);
                cell.* = n == 3 or (n == 2 and grid.cells[y][x]);
            }
        }
        return result;
    }

    pub fn format(grid: Grid, w: *std.Io.Writer) std.Io.Writer.Error!void {
        for (grid.cells) |row| {
            for (row) |cell| try w.writeByte(if (cell) '#' else '.');
            try w.writeByte('\n');
        }
    }
};

pub fn main() !void {
    var buffer: [1024]u8 = undefined;
    var file = std.fs.File.stdout().writer(&buffer);
    const out = &file.interface;
    var grid = Grid.load(start);
    for (0..generations) |_| grid = grid.next();
    try out.print("after {d} generations:\n{f}", .{ generations, grid });
    try out.flush();
}
