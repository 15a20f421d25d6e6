//! Panics that only trap, for the smallest of programs: `pub const panic = std.debug.no_panic;`.

pub fn call(_: []const u8, _: ?usize) noreturn {
    @trap();
}

pub fn sentinelMismatch(_: anytype, _: anytype) noreturn {
    @trap();
}

pub fn unwrapError(_: anyerror) noreturn {
    @trap();
}

pub fn outOfBounds(_: usize, _: usize) noreturn {
    @trap();
}

pub fn startGreaterThanEnd(_: usize, _: usize) noreturn {
    @trap();
}

pub fn inactiveUnionField(_: anytype, _: anytype) noreturn {
    @trap();
}

pub fn sliceCastLenRemainder(_: usize) noreturn {
    @trap();
}

pub fn reachedUnreachable() noreturn {
    @trap();
}

pub fn unwrapNull() noreturn {
    @trap();
}

pub fn castToNull() noreturn {
    @trap();
}

pub fn incorrectAlignment() noreturn {
    @trap();
}

pub fn invalidErrorCode() noreturn {
    @trap();
}

pub fn integerOutOfBounds() noreturn {
    @trap();
}

pub fn integerOverflow() noreturn {
    @trap();
}

pub fn shlOverflow() noreturn {
    @trap();
}

pub fn shrOverflow() noreturn {
    @trap();
}

pub fn divideByZero() noreturn {
    @trap();
}

pub fn exactDivisionRemainder() noreturn {
    @trap();
}

pub fn integerPartOutOfBounds() noreturn {
    @trap();
}

pub fn corruptSwitch() noreturn {
    @trap();
}

pub fn shiftRhsTooBig() noreturn {
    @trap();
}

pub fn invalidEnumValue() noreturn {
    @trap();
}

pub fn forLenMismatch() noreturn {
    @trap();
}

pub fn copyLenMismatch() noreturn {
    @trap();
}

pub fn memcpyAlias() noreturn {
    @trap();
}

pub fn noreturnReturned() noreturn {
    @trap();
}
