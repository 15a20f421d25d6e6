//! Code points as UTF-8.

/// U+FFFD, which stands for what cannot be shown.
pub const replacement_character: u21 = 0xFFFD;
pub const replacement_character_utf8: [3]u8 = .{ 0xEF, 0xBF, 0xBD };

/// How many bytes a code point takes.
pub fn utf8CodepointSequenceLength(c: u21) error{CodepointTooLarge}!u3 {
    if (c < 0x80) return 1;
    if (c < 0x800) return 2;
    if (c < 0x10000) return 3;
    if (c < 0x110000) return 4;
    return error.CodepointTooLarge;
}

/// How many bytes the sequence has that begins with this one.
pub fn utf8ByteSequenceLength(first: u8) error{Utf8InvalidStartByte}!u3 {
    return switch (first) {
        0x00...0x7f => 1,
        0xc0...0xdf => 2,
        0xe0...0xef => 3,
        0xf0...0xf7 => 4,
        else => error.Utf8InvalidStartByte,
    };
}

/// Puts a code point into `out`; gives its length.
pub fn utf8Encode(c: u21, out: []u8) error{ CodepointTooLarge, Utf8CannotEncodeSurrogateHalf }!u3 {
    const length = try utf8CodepointSequenceLength(c);
    switch (length) {
        1 => out[0] = @intCast(c),
        2 => {
            out[0] = 0xc0 | @as(u8, @intCast(c >> 6));
            out[1] = continuation(c);
        },
        3 => {
            if (c >= 0xd800 and c <= 0xdfff) return error.Utf8CannotEncodeSurrogateHalf;
            out[0] = 0xe0 | @as(u8, @intCast(c >> 12));
            out[1] = continuation(c >> 6);
            out[2] = continuation(c);
        },
        else => {
            out[0] = 0xf0 | @as(u8, @intCast(c >> 18));
            out[1] = continuation(c >> 12);
            out[2] = continuation(c >> 6);
            out[3] = continuation(c);
        },
    }
    return length;
}

fn continuation(c: u21) u8 {
    return 0x80 | @as(u8, @intCast(c & 0x3f));
}

/// Whether the bytes are UTF-8 throughout.
pub fn utf8ValidateSlice(bytes: []const u8) bool {
    var i: usize = 0;
    while (i < bytes.len) {
        const length = utf8ByteSequenceLength(bytes[i]) catch return false;
        if (bytes.len - i < length) return false;
        _ = utf8Decode(bytes[i..][0..length]) catch return false;
        i += length;
    }
    return true;
}

/// The code point of a whole sequence.
pub fn utf8Decode(bytes: []const u8) error{ Utf8ExpectedContinuation, Utf8OverlongEncoding, Utf8EncodesSurrogateHalf, Utf8CodepointTooLarge }!u21 {
    if (bytes.len == 1) return bytes[0];
    var c: u21 = switch (bytes.len) {
        2 => bytes[0] & 0x1f,
        3 => bytes[0] & 0x0f,
        else => bytes[0] & 0x07,
    };
    for (bytes[1..]) |byte| {
        if (byte & 0xc0 != 0x80) return error.Utf8ExpectedContinuation;
        c = c << 6 | (byte & 0x3f);
    }
    const needed = utf8CodepointSequenceLength(c) catch return error.Utf8CodepointTooLarge;
    if (needed != bytes.len) return error.Utf8OverlongEncoding;
    if (c >= 0xd800 and c <= 0xdfff) return error.Utf8EncodesSurrogateHalf;
    return c;
}

pub fn utf8CountCodepoints(bytes: []const u8) error{InvalidUtf8}!usize {
    if (!utf8ValidateSlice(bytes)) return error.InvalidUtf8;
    var n: usize = 0;
    for (bytes) |byte| {
        if (byte & 0xc0 != 0x80) n += 1;
    }
    return n;
}
