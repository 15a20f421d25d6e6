const Holder_N = struct {
    a: u8 = A_,
    b: u32 = B_,

    pub const version = C_;
    pub fn hello() u32 {
        return 5;
    }
    const private = 1;

    const Deep = struct {
        const Deeper = struct {
            const value: u32 = A_;
            fn get() u32 {
                return value + version;
            }
        };
    };
};

fn has_N(comptime name: []const u8) u32 {
    return if (@hasDecl(Holder_N, name)) 2 else 1;
}

fn fields_N(comptime T: type) u32 {
    var total: u32 = 0;
    inline for (@typeInfo(T).@"struct".fields) |f| total = total * 5 + @sizeOf(f.type) + @as(u32, f.name.len);
    return total;
}

pub const k_N: u32 = @typeInfo(Holder_N).@"struct".decls.len + K_;

pub fn run_N() u32 {
    var total: u32 = has_N("hello") * 100 + has_N("goodbye") * 10 + has_N("version");
    total += fields_N(Holder_N);
    inline for (@typeInfo(Holder_N).@"struct".decls) |d| total = total * 3 + d.name[0];
    total +%= Holder_N.Deep.Deeper.get();
    total +%= @typeName(Holder_N.Deep.Deeper).len;
    if (@hasField(Holder_N, "b")) total +%= @field(Holder_N{}, "b");
    return total;
}
