//! Sequences of the line program: the places of one function.

use super::Lines;

/// A source place of code.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Row {
    /// Where the code begins, from the start of the function.
    pub offset: u32,
    /// The source file.
    pub file: u32,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

const COPY: u8 = 1;
const ADVANCE_PC: u8 = 2;
const ADVANCE_LINE: u8 = 3;
const SET_FILE: u8 = 4;
const SET_COLUMN: u8 = 5;
const SET_BASIC_BLOCK: u8 = 7;
const SET_PROLOGUE_END: u8 = 10;
const EXTENDED: u8 = 0;
const END_SEQUENCE: u8 = 1;
const SET_ADDRESS: u8 = 2;

/// Special opcodes advance the line by this at least …
pub(super) const LINE_BASE: i8 = -1;
/// … and by one of so many amounts.
pub(super) const LINE_RANGE: u8 = 5;
/// The first special opcode.
pub(super) const OPCODE_BASE: u8 = 13;
/// Operands of the standard opcodes.
pub(super) const OPERANDS: [u8; OPCODE_BASE as usize - 1] = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1];

/// What stands between sequences: the next row, a function's first, begins a basic block.
pub(super) const FILL: u8 = SET_BASIC_BLOCK;
/// Offset of the operand that is the function's first line.
pub(super) const BASE: u64 = 16;

fn uleb(out: &mut Vec<u8>, mut v: u64) {
    while v >= 0x80 {
        out.push(v as u8 | 0x80);
        v >>= 7;
    }
    out.push(v as u8);
}

fn sleb(out: &mut Vec<u8>, mut v: i64) {
    while !(-0x40..0x40).contains(&v) {
        out.push(v as u8 | 0x80);
        v >>= 7;
    }
    out.push(v as u8 & 0x7f);
}

/// The operand at [`BASE`]. The line counter starts at 1.
pub(super) fn base(line: u32) -> [u8; 5] {
    let v = i64::from(line) - 1;
    let mut out = [0; 5];
    for (i, b) in out.iter_mut().enumerate() {
        *b = (v >> (7 * i)) as u8 & 0x7f | if i < 4 { 0x80 } else { 0 };
    }
    out
}

/// Encodes the sequence of a function at `addr`.
pub(super) fn encode(out: &mut Vec<u8>, addr: u64, len: u64, lines: &Lines<'_>) {
    out.clear();
    out.extend_from_slice(&[EXTENDED, 9, SET_ADDRESS]);
    out.extend_from_slice(&addr.to_le_bytes());
    let f = lines.file;
    out.extend_from_slice(&[SET_FILE, f as u8 | 0x80, (f >> 7) as u8 | 0x80, (f >> 14) as u8 & 0x7f]);
    out.push(ADVANCE_LINE);
    out.extend_from_slice(&base(lines.line));
    let mut now = Row { offset: 0, file: f, line: lines.line, column: 0 };
    if lines.rows.first().is_none_or(|r| r.offset > 0) {
        out.push(COPY);
    }
    for (i, r) in lines.rows.iter().enumerate() {
        if r.file != now.file {
            out.push(SET_FILE);
            uleb(out, r.file.into());
        }
        if r.column != now.column {
            out.push(SET_COLUMN);
            uleb(out, r.column.into());
        }
        if i == 0 {
            out.push(SET_PROLOGUE_END);
        }
        advance(out, i64::from(r.line) - i64::from(now.line), u64::from(r.offset.saturating_sub(now.offset)));
        now = *r;
    }
    out.push(ADVANCE_PC);
    uleb(out, len.saturating_sub(now.offset.into()));
    out.extend_from_slice(&[EXTENDED, 1, END_SEQUENCE]);
}

/// Goes on to the next row.
fn advance(out: &mut Vec<u8>, mut line: i64, mut addr: u64) {
    let lines = i64::from(LINE_BASE)..i64::from(LINE_BASE) + i64::from(LINE_RANGE);
    if !lines.contains(&line) {
        out.push(ADVANCE_LINE);
        sleb(out, line);
        line = 0;
    }
    if addr > u64::from((255 - OPCODE_BASE) / LINE_RANGE - 1) {
        out.push(ADVANCE_PC);
        uleb(out, addr);
        addr = 0;
    }
    let opcode = (line - i64::from(LINE_BASE)) as u64 + u64::from(LINE_RANGE) * addr + u64::from(OPCODE_BASE);
    out.push(opcode as u8);
}

/// Address and size of the code that a sequence is about.
pub(super) fn extent(bytes: &[u8]) -> Option<(u64, u64)> {
    let start = u64::from_le_bytes(bytes.get(3..11)?.try_into().ok()?);
    let mut all = Vec::new();
    Some((start, read(bytes, &mut all)?))
}

/// The rows of a sequence, without the one at the function's start.
pub(super) fn decode(bytes: &[u8]) -> Option<Vec<Row>> {
    let mut rows = Vec::new();
    read(bytes, &mut rows)?;
    if rows.first().is_some_and(|r| r.offset == 0 && r.column == 0) {
        rows.remove(0);
    }
    Some(rows)
}

/// Reads a sequence; the size of the code that it is about.
fn read(bytes: &[u8], rows: &mut Vec<Row>) -> Option<u64> {
    let mut rest = bytes.iter().copied();
    let mut now = Row { line: 1, ..Row::default() };
    let mut next = || rest.next();
    let leb = |next: &mut dyn FnMut() -> Option<u8>, signed: bool| {
        let (mut v, mut shift) = (0i64, 0u32);
        loop {
            let b = next()?;
            v |= i64::from(b & 0x7f).checked_shl(shift)?;
            shift += 7;
            if b < 0x80 {
                if signed && b & 0x40 != 0 && shift < 64 {
                    v |= -1 << shift;
                }
                return Some(v);
            }
        }
    };
    loop {
        match next()? {
            EXTENDED => {
                let len = leb(&mut next, false)?;
                if next()? == END_SEQUENCE {
                    return Some(now.offset.into());
                }
                (1..len).try_for_each(|_| next().map(drop))?;
            }
            COPY => rows.push(now),
            ADVANCE_PC => now.offset = now.offset.wrapping_add(leb(&mut next, false)? as u32),
            ADVANCE_LINE => now.line = (i64::from(now.line) + leb(&mut next, true)?) as u32,
            SET_FILE => now.file = leb(&mut next, false)? as u32,
            SET_COLUMN => now.column = leb(&mut next, false)? as u32,
            SET_BASIC_BLOCK | SET_PROLOGUE_END => {}
            special => {
                let n = special.checked_sub(OPCODE_BASE)?;
                now.line = (i64::from(now.line) + i64::from(n % LINE_RANGE) + i64::from(LINE_BASE)) as u32;
                now.offset += u32::from(n / LINE_RANGE);
                rows.push(now);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_are_read_back() {
        let row = |offset, file, line, column| Row { offset, file, line, column };
        let rows = [
            row(4, 2, 101, 9),
            row(9, 2, 101, 13),
            row(70, 2, 100, 5),
            row(71, 300, 7, 1),
            row(2000, 2, 105, 5),
            row(2048, 2, 100_000, 200),
        ];
        let lines = Lines { own_name: "", file: 2, line: 100, rows: &rows };
        let mut bytes = Vec::new();
        encode(&mut bytes, 0x1000_0000, 3000, &lines);
        assert_eq!(bytes[BASE as usize..BASE as usize + 5], base(100));
        bytes.extend([FILL; 20]);
        assert_eq!(decode(&bytes).as_deref(), Some(&rows[..]));
    }

    #[test]
    fn a_patched_base_moves_all_lines() {
        let rows = [Row { offset: 4, file: 0, line: 12, column: 3 }, Row { offset: 8, file: 0, line: 14, column: 3 }];
        let mut bytes = Vec::new();
        encode(&mut bytes, 0, 20, &Lines { own_name: "", file: 0, line: 11, rows: &rows });
        bytes[BASE as usize..BASE as usize + 5].copy_from_slice(&base(70_011));
        let moved: Vec<u32> = decode(&bytes).into_iter().flatten().map(|r| r.line).collect();
        assert_eq!(moved, [70_012, 70_014]);
    }
}
