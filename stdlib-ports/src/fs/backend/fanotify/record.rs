//! The records that fanotify writes, taken apart: a directory by its file handle, and the name
//! in it. Works on bytes alone, so that records which no kernel would write can be tested too.
//!
//! A record is a header of [`HEADER`] bytes and then pieces of information, each with its own
//! length; of these only "directory and name" matters. Handles are compared, never opened.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

const HEADER: usize = 24;
/// Type, padding and length of a piece, and the file system's id.
const PIECE_HEADER: usize = 4;
const FSID: usize = 8;
const VERSION: u8 = 3;

/// One event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Record<'b> {
    /// What happened; several events about one name arrive as one.
    pub(super) mask: u64,
    /// The directory's handle, its type in front, and the name in it: "." for the directory
    /// itself. Absent where events were lost.
    pub(super) place: Option<(&'b [u8], &'b OsStr)>,
}

/// The rest of the buffer is not what a kernel writes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Malformed;

/// The records in a buffer. Ends after a malformed one.
pub(super) struct Records<'b> {
    rest: &'b [u8],
}

/// Takes apart what one read gave.
pub(super) fn records(buffer: &[u8]) -> Records<'_> {
    Records { rest: buffer }
}

impl<'b> Iterator for Records<'b> {
    type Item = Result<Record<'b>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let found = split(self.rest);
        self.rest = found.map_or(&[], |(_, rest)| rest);
        Some(found.map(|(record, _)| record).ok_or(Malformed))
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<usize> {
    Some(u16::from_ne_bytes(bytes.get(at..at + 2)?.try_into().ok()?).into())
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_ne_bytes(bytes.get(at..at + 4)?.try_into().ok()?)).ok()
}

/// The first record and what follows it.
fn split(bytes: &[u8]) -> Option<(Record<'_>, &[u8])> {
    let length = u32_at(bytes, 0)?;
    let header = u16_at(bytes, 6)?;
    if *bytes.get(4)? != VERSION || header < HEADER || length < header {
        return None;
    }
    let mask = u64::from_ne_bytes(bytes.get(8..16)?.try_into().ok()?);
    let (record, rest) = bytes.split_at_checked(length)?;
    let mut pieces = record.get(header..)?;
    let mut place = None;
    while !pieces.is_empty() {
        let kind = *pieces.first()?;
        let length = u16_at(pieces, 2)?;
        let (piece, more) = pieces.split_at_checked(length)?;
        if length < PIECE_HEADER {
            return None;
        }
        if kind == libc::FAN_EVENT_INFO_TYPE_DFID_NAME {
            place = Some(directory_and_name(piece.get(PIECE_HEADER + FSID..)?)?);
        }
        pieces = more;
    }
    Some((Record { mask, place }, rest))
}

fn directory_and_name(piece: &[u8]) -> Option<(&[u8], &OsStr)> {
    let length = u32_at(piece, 0)?;
    let handle = piece.get(4..8usize.checked_add(length)?)?;
    let name = piece.get(8 + length..)?;
    let end = name.iter().position(|&b| b == 0)?;
    Some((handle, OsStr::from_bytes(name.get(..end)?)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn record(mask: u64, pieces: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend(u32::try_from(HEADER + pieces.len()).unwrap().to_ne_bytes());
        out.extend([VERSION, 0]);
        out.extend(24u16.to_ne_bytes());
        out.extend(mask.to_ne_bytes());
        out.extend((-1i32).to_ne_bytes());
        out.extend(0i32.to_ne_bytes());
        out.extend(pieces);
        out
    }

    fn piece(kind: u8, handle: &[u8], name: &[u8]) -> Vec<u8> {
        let mut body = vec![9; FSID];
        body.extend(u32::try_from(handle.len()).unwrap().to_ne_bytes());
        body.extend(1i32.to_ne_bytes());
        body.extend(handle);
        body.extend(name);
        body.push(0);
        body.resize(body.len().next_multiple_of(4), 0);
        let mut out = vec![kind, 0];
        out.extend(u16::try_from(PIECE_HEADER + body.len()).unwrap().to_ne_bytes());
        out.extend(body);
        out
    }

    const NAMED: u8 = libc::FAN_EVENT_INFO_TYPE_DFID_NAME;

    #[test]
    fn records_of_one_buffer() {
        let mut buffer = record(8, &piece(NAMED, b"handle01", b"main.zig"));
        // A piece of a kind that is unknown today stands before the one that counts.
        let mut two = piece(99, b"", b"");
        two.extend(piece(NAMED, b"h2", b"."));
        buffer.extend(record(0x400, &two));
        buffer.extend(record(libc::FAN_Q_OVERFLOW, &[]));
        let found: Vec<_> = records(&buffer).collect::<Result<_, _>>().unwrap();
        let handle = |h: &[u8]| [&1i32.to_ne_bytes(), h].concat();
        assert_eq!(found[0], Record { mask: 8, place: Some((&handle(b"handle01"), OsStr::new("main.zig"))) });
        assert_eq!(found[1], Record { mask: 0x400, place: Some((&handle(b"h2"), OsStr::new("."))) });
        assert_eq!(found[2], Record { mask: libc::FAN_Q_OVERFLOW, place: None });
        assert_eq!(found.len(), 3);
    }

    /// Every way of cutting a buffer, and every single byte replaced: an end, never a panic.
    #[test]
    fn damaged_records_end_the_buffer() {
        let whole = record(8, &piece(NAMED, b"handle01", b"main.zig"));
        for length in 1..whole.len() {
            let found: Vec<_> = records(&whole[..length]).collect();
            assert_eq!(found, [Err(Malformed)], "{length} bytes");
        }
        for at in 0..whole.len() {
            for byte in [0, 1, 3, 0x7f, 0xff] {
                let mut damaged = whole.clone();
                damaged[at] = byte;
                assert!(records(&damaged).count() <= whole.len() / HEADER);
            }
        }
        // A length of zero must not be read for ever.
        let mut endless = whole.clone();
        endless[..4].copy_from_slice(&[0; 4]);
        assert_eq!(records(&endless).collect::<Vec<_>>(), [Err(Malformed)]);
    }
}
