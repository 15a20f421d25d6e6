const a = @sizeOf();
const b = @intCast(1, 2);
const c = @min(1);
const d = @TypeOf();
