//! What `@typeInfo` gives and `@Type` takes.

const std = @import("../std.zig");
const AddressSpace = std.builtin.AddressSpace;
const CallingConvention = std.builtin.CallingConvention;
const Signedness = std.builtin.Signedness;

pub const Type = union(enum) {
    type: void,
    void: void,
    bool: void,
    noreturn: void,
    int: Int,
    float: Float,
    pointer: Pointer,
    array: Array,
    @"struct": Struct,
    comptime_float: void,
    comptime_int: void,
    undefined: void,
    null: void,
    optional: Optional,
    error_union: ErrorUnion,
    error_set: ErrorSet,
    @"enum": Enum,
    @"union": Union,
    @"fn": Fn,
    @"opaque": Opaque,
    frame: Frame,
    @"anyframe": AnyFrame,
    vector: Vector,
    enum_literal: void,

    pub const Int = struct { signedness: Signedness, bits: u16 };

    pub const Float = struct { bits: u16 };

    pub const Pointer = struct {
        size: Size,
        is_const: bool,
        is_volatile: bool,
        alignment: comptime_int,
        address_space: AddressSpace,
        child: type,
        is_allowzero: bool,
        /// Points to a value of type `child`; see `sentinel`.
        sentinel_ptr: ?*const anyopaque,

        pub const Size = enum(u2) { one, many, slice, c };

        /// The value that ends the elements, if there is one.
        pub inline fn sentinel(comptime self: Pointer) ?self.child {
            return pointee(self.child, self.sentinel_ptr);
        }
    };

    pub const Array = struct {
        len: comptime_int,
        child: type,
        /// Points to a value of type `child`; see `sentinel`.
        sentinel_ptr: ?*const anyopaque,

        /// The value that ends the elements, if there is one.
        pub inline fn sentinel(comptime self: Array) ?self.child {
            return pointee(self.child, self.sentinel_ptr);
        }
    };

    pub const ContainerLayout = enum(u2) { auto, @"extern", @"packed" };

    pub const StructField = struct {
        name: [:0]const u8,
        type: type,
        /// Points to a value of type `type`; see `defaultValue`.
        default_value_ptr: ?*const anyopaque,
        is_comptime: bool,
        alignment: comptime_int,

        /// The field's default, if it has one.
        pub inline fn defaultValue(comptime self: StructField) ?self.type {
            return pointee(self.type, self.default_value_ptr);
        }
    };

    pub const Struct = struct {
        layout: ContainerLayout,
        backing_integer: ?type = null,
        fields: []const StructField,
        decls: []const Declaration,
        is_tuple: bool,
    };

    pub const Optional = struct { child: type };

    pub const ErrorUnion = struct { error_set: type, payload: type };

    pub const Error = struct { name: [:0]const u8 };

    /// `null` is `anyerror`.
    pub const ErrorSet = ?[]const Error;

    pub const EnumField = struct { name: [:0]const u8, value: comptime_int };

    pub const Enum = struct {
        tag_type: type,
        fields: []const EnumField,
        decls: []const Declaration,
        is_exhaustive: bool,
    };

    pub const UnionField = struct { name: [:0]const u8, type: type, alignment: comptime_int };

    pub const Union = struct {
        layout: ContainerLayout,
        tag_type: ?type,
        fields: []const UnionField,
        decls: []const Declaration,
    };

    pub const Fn = struct {
        calling_convention: CallingConvention,
        is_generic: bool,
        is_var_args: bool,
        /// `null` where it depends on the arguments.
        return_type: ?type,
        params: []const Param,

        pub const Param = struct { is_generic: bool, is_noalias: bool, type: ?type };
    };

    pub const Opaque = struct { decls: []const Declaration };

    pub const Frame = struct { function: *const anyopaque };

    pub const AnyFrame = struct { child: ?type };

    pub const Vector = struct { len: comptime_int, child: type };

    pub const Declaration = struct { name: [:0]const u8 };
};

/// The value behind one of the untyped pointers above.
inline fn pointee(comptime T: type, comptime pointer: ?*const anyopaque) ?T {
    const untyped = pointer orelse return null;
    const typed: *const T = @ptrCast(@alignCast(untyped));
    return typed.*;
}
