fn f0(a: anytype) void { const x: a = @FieldType(a, a); _ = x; }
fn f1(a: anytype) void { const x: a = @Frame(a); _ = x; }
fn f2(a: anytype) void { const x: a = @This(); _ = x; }
fn f3(a: anytype) void { const x: a = @Type(a); _ = x; }
fn f4(a: anytype) void { const x: a = @Vector(a, a); _ = x; }
fn f5(a: anytype) void { const x: a = @abs(a); _ = x; }
fn f6(a: anytype) void { const x: a = @addWithOverflow(a, a); _ = x; }
fn f7(a: anytype) void { const x: a = @addrSpaceCast(a); _ = x; }
fn f8(a: anytype) void { const x: a = @alignCast(a); _ = x; }
fn f9(a: anytype) void { const x: a = @alignOf(a); _ = x; }
fn f10(a: anytype) void { const x: a = @as(a, a); _ = x; }
fn f11(a: anytype) void { const x: a = @atomicLoad(a, a, a); _ = x; }
fn f12(a: anytype) void { const x: a = @atomicRmw(a, a, a, a, a); _ = x; }
fn f13(a: anytype) void { const x: a = @atomicStore(a, a, a, a); _ = x; }
fn f14(a: anytype) void { const x: a = @bitCast(a); _ = x; }
fn f15(a: anytype) void { const x: a = @bitOffsetOf(a, a); _ = x; }
fn f16(a: anytype) void { const x: a = @bitReverse(a); _ = x; }
fn f17(a: anytype) void { const x: a = @bitSizeOf(a); _ = x; }
fn f18(a: anytype) void { const x: a = @branchHint(a); _ = x; }
fn f19(a: anytype) void { const x: a = @breakpoint(); _ = x; }
fn f20(a: anytype) void { const x: a = @byteSwap(a); _ = x; }
fn f21(a: anytype) void { const x: a = @cDefine(a, a); _ = x; }
fn f22(a: anytype) void { const x: a = @cImport(a); _ = x; }
fn f23(a: anytype) void { const x: a = @cInclude(a); _ = x; }
fn f24(a: anytype) void { const x: a = @cUndef(a); _ = x; }
fn f25(a: anytype) void { const x: a = @cVaArg(a, a); _ = x; }
fn f26(a: anytype) void { const x: a = @cVaCopy(a); _ = x; }
fn f27(a: anytype) void { const x: a = @cVaEnd(a); _ = x; }
fn f28(a: anytype) void { const x: a = @cVaStart(); _ = x; }
fn f29(a: anytype) void { const x: a = @call(a, a, a); _ = x; }
fn f30(a: anytype) void { const x: a = @ceil(a); _ = x; }
fn f31(a: anytype) void { const x: a = @clz(a); _ = x; }
fn f32(a: anytype) void { const x: a = @cmpxchgStrong(a, a, a, a, a, a); _ = x; }
fn f33(a: anytype) void { const x: a = @cmpxchgWeak(a, a, a, a, a, a); _ = x; }
fn f34(a: anytype) void { const x: a = @compileError(a); _ = x; }
fn f35(a: anytype) void { const x: a = @constCast(a); _ = x; }
fn f36(a: anytype) void { const x: a = @cos(a); _ = x; }
fn f37(a: anytype) void { const x: a = @ctz(a); _ = x; }
fn f38(a: anytype) void { const x: a = @disableInstrumentation(); _ = x; }
fn f39(a: anytype) void { const x: a = @disableIntrinsics(); _ = x; }
fn f40(a: anytype) void { const x: a = @divExact(a, a); _ = x; }
fn f41(a: anytype) void { const x: a = @divFloor(a, a); _ = x; }
fn f42(a: anytype) void { const x: a = @divTrunc(a, a); _ = x; }
fn f43(a: anytype) void { const x: a = @embedFile(a); _ = x; }
fn f44(a: anytype) void { const x: a = @enumFromInt(a); _ = x; }
fn f45(a: anytype) void { const x: a = @errorCast(a); _ = x; }
fn f46(a: anytype) void { const x: a = @errorFromInt(a); _ = x; }
fn f47(a: anytype) void { const x: a = @errorName(a); _ = x; }
fn f48(a: anytype) void { const x: a = @errorReturnTrace(); _ = x; }
fn f49(a: anytype) void { const x: a = @exp(a); _ = x; }
fn f50(a: anytype) void { const x: a = @exp2(a); _ = x; }
fn f51(a: anytype) void { const x: a = @export(a, a); _ = x; }
fn f52(a: anytype) void { const x: a = @extern(a, a); _ = x; }
fn f53(a: anytype) void { const x: a = @field(a, a); _ = x; }
fn f54(a: anytype) void { const x: a = @fieldParentPtr(a, a); _ = x; }
fn f55(a: anytype) void { const x: a = @floatCast(a); _ = x; }
fn f56(a: anytype) void { const x: a = @floatFromInt(a); _ = x; }
fn f57(a: anytype) void { const x: a = @floor(a); _ = x; }
fn f58(a: anytype) void { const x: a = @frame(); _ = x; }
fn f59(a: anytype) void { const x: a = @frameAddress(); _ = x; }
fn f60(a: anytype) void { const x: a = @hasDecl(a, a); _ = x; }
fn f61(a: anytype) void { const x: a = @hasField(a, a); _ = x; }
fn f62(a: anytype) void { const x: a = @import(a); _ = x; }
fn f63(a: anytype) void { const x: a = @inComptime(); _ = x; }
fn f64(a: anytype) void { const x: a = @intCast(a); _ = x; }
fn f65(a: anytype) void { const x: a = @intFromBool(a); _ = x; }
fn f66(a: anytype) void { const x: a = @intFromEnum(a); _ = x; }
fn f67(a: anytype) void { const x: a = @intFromError(a); _ = x; }
fn f68(a: anytype) void { const x: a = @intFromFloat(a); _ = x; }
fn f69(a: anytype) void { const x: a = @intFromPtr(a); _ = x; }
fn f70(a: anytype) void { const x: a = @log(a); _ = x; }
fn f71(a: anytype) void { const x: a = @log10(a); _ = x; }
fn f72(a: anytype) void { const x: a = @log2(a); _ = x; }
fn f73(a: anytype) void { const x: a = @memcpy(a, a); _ = x; }
fn f74(a: anytype) void { const x: a = @memmove(a, a); _ = x; }
fn f75(a: anytype) void { const x: a = @memset(a, a); _ = x; }
fn f76(a: anytype) void { const x: a = @mod(a, a); _ = x; }
fn f77(a: anytype) void { const x: a = @mulAdd(a, a, a, a); _ = x; }
fn f78(a: anytype) void { const x: a = @mulWithOverflow(a, a); _ = x; }
fn f79(a: anytype) void { const x: a = @offsetOf(a, a); _ = x; }
fn f80(a: anytype) void { const x: a = @panic(a); _ = x; }
fn f81(a: anytype) void { const x: a = @popCount(a); _ = x; }
fn f82(a: anytype) void { const x: a = @prefetch(a, a); _ = x; }
fn f83(a: anytype) void { const x: a = @ptrCast(a); _ = x; }
fn f84(a: anytype) void { const x: a = @ptrFromInt(a); _ = x; }
fn f85(a: anytype) void { const x: a = @reduce(a, a); _ = x; }
fn f86(a: anytype) void { const x: a = @rem(a, a); _ = x; }
fn f87(a: anytype) void { const x: a = @returnAddress(); _ = x; }
fn f88(a: anytype) void { const x: a = @round(a); _ = x; }
fn f89(a: anytype) void { const x: a = @select(a, a, a, a); _ = x; }
fn f90(a: anytype) void { const x: a = @setEvalBranchQuota(a); _ = x; }
fn f91(a: anytype) void { const x: a = @setFloatMode(a); _ = x; }
fn f92(a: anytype) void { const x: a = @setRuntimeSafety(a); _ = x; }
fn f93(a: anytype) void { const x: a = @shlExact(a, a); _ = x; }
fn f94(a: anytype) void { const x: a = @shlWithOverflow(a, a); _ = x; }
fn f95(a: anytype) void { const x: a = @shrExact(a, a); _ = x; }
fn f96(a: anytype) void { const x: a = @shuffle(a, a, a, a); _ = x; }
fn f97(a: anytype) void { const x: a = @sin(a); _ = x; }
fn f98(a: anytype) void { const x: a = @sizeOf(a); _ = x; }
fn f99(a: anytype) void { const x: a = @splat(a); _ = x; }
fn f100(a: anytype) void { const x: a = @sqrt(a); _ = x; }
fn f101(a: anytype) void { const x: a = @src(); _ = x; }
fn f102(a: anytype) void { const x: a = @subWithOverflow(a, a); _ = x; }
fn f103(a: anytype) void { const x: a = @tagName(a); _ = x; }
fn f104(a: anytype) void { const x: a = @tan(a); _ = x; }
fn f105(a: anytype) void { const x: a = @trap(); _ = x; }
fn f106(a: anytype) void { const x: a = @trunc(a); _ = x; }
fn f107(a: anytype) void { const x: a = @truncate(a); _ = x; }
fn f108(a: anytype) void { const x: a = @typeInfo(a); _ = x; }
fn f109(a: anytype) void { const x: a = @typeName(a); _ = x; }
fn f110(a: anytype) void { const x: a = @unionInit(a, a, a); _ = x; }
fn f111(a: anytype) void { const x: a = @volatileCast(a); _ = x; }
fn f112(a: anytype) void { const x: a = @wasmMemoryGrow(a, a); _ = x; }
fn f113(a: anytype) void { const x: a = @wasmMemorySize(a); _ = x; }
fn f114(a: anytype) void { const x: a = @workGroupId(a); _ = x; }
fn f115(a: anytype) void { const x: a = @workGroupSize(a); _ = x; }
fn f116(a: anytype) void { const x: a = @workItemId(a); _ = x; }
