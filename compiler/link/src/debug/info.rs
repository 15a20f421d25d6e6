//! The fixed encodings: abbreviations, the compile unit, the record of a function, the header of
//! the line program.

use super::sequence::{LINE_BASE, LINE_RANGE, OPCODE_BASE, OPERANDS};
use crate::symtab::Name;

const TAG_COMPILE_UNIT: u8 = 0x11;
const TAG_SUBPROGRAM: u8 = 0x2e;
const AT_NAME: u8 = 0x03;
const AT_STMT_LIST: u8 = 0x10;
const AT_LOW_PC: u8 = 0x11;
const AT_HIGH_PC: u8 = 0x12;
const AT_LANGUAGE: u8 = 0x13;
const AT_COMP_DIR: u8 = 0x1b;
const AT_PRODUCER: u8 = 0x25;
const AT_DECL_FILE: u8 = 0x3a;
const AT_DECL_LINE: u8 = 0x3b;
const AT_EXTERNAL: u8 = 0x3f;
const AT_LINKAGE_NAME: u8 = 0x6e;
/// First bytes of the numbers of our own attributes, and their second byte.
const OWN: [u8; 5] = [0x80, 0x81, 0x82, 0x83, 0x84];
const AT: u8 = 0x74;
/// The tag of what stands for nothing.
const TAG_FREE: [u8; 3] = [0x80, 0x81, 0x01];
const FORM_ADDR: u8 = 0x01;
const FORM_DATA2: u8 = 0x05;
const FORM_DATA4: u8 = 0x06;
const FORM_DATA8: u8 = 0x07;
const FORM_DATA1: u8 = 0x0b;
const FORM_FLAG: u8 = 0x0c;
const FORM_STRP: u8 = 0x0e;
const FORM_SEC_OFFSET: u8 = 0x17;
const FORM_DATA16: u8 = 0x1e;
const FORM_LINE_STRP: u8 = 0x1f;

const UNIT_CODE: u8 = 1;
const FUNCTION_CODE: u8 = 2;
const FREE_CODE: u8 = 3;

/// `.debug_abbrev`: the unit, a function, a free record.
#[rustfmt::skip]
pub(super) const ABBREV: &[u8] = &[
    UNIT_CODE, TAG_COMPILE_UNIT, 1,
        AT_PRODUCER, FORM_STRP,
        AT_LANGUAGE, FORM_DATA2,
        AT_NAME, FORM_STRP,
        AT_COMP_DIR, FORM_STRP,
        AT_LOW_PC, FORM_ADDR,
        AT_HIGH_PC, FORM_DATA8,
        AT_STMT_LIST, FORM_SEC_OFFSET,
        // What the library's traces look for: a mark, number and size of records.
        OWN[0], AT, FORM_DATA16,
        // Nothing: for the size.
        OWN[1], AT, FORM_DATA1,
        0, 0,
    FUNCTION_CODE, TAG_SUBPROGRAM, 0,
        AT_NAME, FORM_STRP,
        AT_LINKAGE_NAME, FORM_STRP,
        AT_LOW_PC, FORM_ADDR,
        AT_HIGH_PC, FORM_DATA4,
        AT_DECL_FILE, FORM_DATA2,
        AT_DECL_LINE, FORM_DATA4,
        // Where its sequence begins in the line program.
        OWN[2], AT, FORM_DATA4,
        AT_EXTERNAL, FORM_FLAG,
        0, 0,
    FREE_CODE, TAG_FREE[0], TAG_FREE[1], TAG_FREE[2], 0,
        OWN[0], AT, FORM_DATA16,
        OWN[1], AT, FORM_DATA8,
        OWN[2], AT, FORM_DATA4,
        OWN[3], AT, FORM_DATA2,
        OWN[4], AT, FORM_DATA1,
        0, 0,
    0,
];

/// Bytes before the first record: the header of the unit and its own attributes.
pub(super) const UNIT: u64 = 64;
/// By which the library knows that the tables are ours.
const MARK: [u8; 8] = *b"records1";
/// C99: what debuggers then make of expressions is near enough.
const LANGUAGE: u16 = 0x0c;

/// The unit: `cap` is the size of `.debug_info`, `texts` are producer, name and the first
/// directory, `code` the range of all code.
pub(super) fn unit(cap: u64, texts: &[Name], code: (u64, u64)) -> Vec<u8> {
    let text = |i: usize| texts.get(i).map_or(0, |n| n.off).to_le_bytes();
    let records = (cap - UNIT - 1) / Record::SIZE;
    let mut out = Vec::with_capacity(UNIT as usize);
    out.extend_from_slice(&(cap as u32 - 4).to_le_bytes());
    out.extend_from_slice(&[5, 0, 1, 8, 0, 0, 0, 0, UNIT_CODE]);
    out.extend_from_slice(&text(0));
    out.extend_from_slice(&LANGUAGE.to_le_bytes());
    out.extend_from_slice(&text(1));
    out.extend_from_slice(&text(2));
    out.extend_from_slice(&code.0.to_le_bytes());
    out.extend_from_slice(&(code.1 - code.0).to_le_bytes());
    out.extend_from_slice(&0u32.to_le_bytes());
    out.extend_from_slice(&MARK);
    out.extend_from_slice(&(records as u32).to_le_bytes());
    out.extend_from_slice(&(Record::SIZE as u32).to_le_bytes());
    out.push(0);
    debug_assert_eq!(out.len() as u64, UNIT);
    out
}

/// A function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Record {
    pub name: u32,
    pub linkage_name: u32,
    pub low: u64,
    pub len: u32,
    pub file: u16,
    pub line: u32,
    pub sequence: u32,
    pub external: bool,
}

impl Record {
    /// Bytes of every record.
    pub const SIZE: u64 = 32;
    /// A record that stands for nothing.
    pub const FREE: [u8; 32] = {
        let mut r = [0; 32];
        r[0] = FREE_CODE;
        r
    };
    /// Offset of the line.
    pub const LINE: u64 = 23;

    pub fn bytes(&self) -> [u8; 32] {
        let mut r = [0; 32];
        r[0] = FUNCTION_CODE;
        r[1..5].copy_from_slice(&self.name.to_le_bytes());
        r[5..9].copy_from_slice(&self.linkage_name.to_le_bytes());
        r[9..17].copy_from_slice(&self.low.to_le_bytes());
        r[17..21].copy_from_slice(&self.len.to_le_bytes());
        r[21..23].copy_from_slice(&self.file.to_le_bytes());
        r[23..27].copy_from_slice(&self.line.to_le_bytes());
        r[27..31].copy_from_slice(&self.sequence.to_le_bytes());
        r[31] = u8::from(self.external);
        r
    }

    pub fn parse(r: &[u8]) -> Option<Record> {
        let word = |at: usize| Some(u32::from_le_bytes(r.get(at..at + 4)?.try_into().ok()?));
        if *r.first()? != FUNCTION_CODE {
            return None;
        }
        Some(Record {
            name: word(1)?,
            linkage_name: word(5)?,
            low: u64::from(word(9)?) | u64::from(word(13)?) << 32,
            len: word(17)?,
            file: (word(19)? >> 16) as u16,
            line: word(23)?,
            sequence: word(27)?,
            external: *r.get(31)? != 0,
        })
    }
}

/// Bytes of the line program's header that are there without directories and files.
const FIXED: u64 = 44;

/// The header of the line program.
pub(super) struct LineHeader<'a> {
    pub dirs: &'a [Name],
    pub files: &'a [(u16, Name)],
}

impl LineHeader<'_> {
    /// Its size with room for so many files.
    pub fn len(&self, files: usize) -> u64 {
        FIXED + 4 * self.dirs.len() as u64 + 6 * files as u64
    }

    /// Encodes it, `room` files long, before a program that ends at `end`. Room is taken by the
    /// root file, so that nothing in the header is unknown to anybody.
    pub fn bytes(&self, room: usize, end: u64) -> Vec<u8> {
        let header = self.len(room);
        let mut out = Vec::with_capacity(header as usize);
        out.extend_from_slice(&(end as u32 - 4).to_le_bytes());
        out.extend_from_slice(&[5, 0, 8, 0]);
        out.extend_from_slice(&(header.saturating_sub(12) as u32).to_le_bytes());
        out.extend_from_slice(&[1, 1, 1, LINE_BASE as u8, LINE_RANGE, OPCODE_BASE]);
        out.extend_from_slice(&OPERANDS);
        out.extend_from_slice(&[1, 1, FORM_LINE_STRP]);
        count(&mut out, self.dirs.len());
        for d in self.dirs {
            out.extend_from_slice(&d.off.to_le_bytes());
        }
        out.extend_from_slice(&[2, 1, FORM_LINE_STRP, 2, FORM_DATA2]);
        count(&mut out, room);
        let root = self.files.first().copied().unwrap_or_default();
        for (dir, name) in self.files.iter().chain(std::iter::repeat(&root)).take(room) {
            out.extend_from_slice(&name.off.to_le_bytes());
            out.extend_from_slice(&dir.to_le_bytes());
        }
        debug_assert_eq!(out.len() as u64, header);
        out
    }
}

/// A number in three bytes, whatever its size.
fn count(out: &mut Vec<u8>, n: usize) {
    out.extend_from_slice(&[n as u8 | 0x80, (n >> 7) as u8 | 0x80, (n >> 14) as u8 & 0x7f]);
}
