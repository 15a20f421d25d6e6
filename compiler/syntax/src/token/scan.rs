//! The lexer's inner loops: how far a word, a number, a literal, a comment or a run of blanks
//! reaches, of which a rule has found the beginning; and which words are keywords. Positions are
//! indices into the whole source; all of them tolerate its end.

use logos::{FilterResult, Lexer, Skip};

use super::kind::{Kind, LEXEMES};
use super::line_ends;

fn reach(lexer: &mut Lexer<'_, Kind>, end: impl Fn(&[u8], usize) -> usize) {
    let at = lexer.span().end;
    lexer.bump(end(lexer.source(), at) - at);
}

fn reach_if(lexer: &mut Lexer<'_, Kind>, end: impl Fn(&[u8], usize) -> Option<usize>) -> bool {
    let at = lexer.span().end;
    let end = end(lexer.source(), at);
    lexer.bump(end.map_or(0, |end| end - at));
    end.is_some()
}

pub(super) fn blanks(lexer: &mut Lexer<'_, Kind>) -> Skip {
    reach(lexer, |source, at| blanks_end(source, at - 1));
    Skip
}
pub(super) fn word(lexer: &mut Lexer<'_, Kind>) {
    reach(lexer, word_end);
}
pub(super) fn number(lexer: &mut Lexer<'_, Kind>) {
    reach(lexer, number_end);
}
pub(super) fn string(lexer: &mut Lexer<'_, Kind>) -> bool {
    reach_if(lexer, string_end)
}
pub(super) fn character(lexer: &mut Lexer<'_, Kind>) -> bool {
    reach_if(lexer, char_end)
}
pub(super) fn string_line(lexer: &mut Lexer<'_, Kind>) -> bool {
    reach(lexer, text_end);
    line_ends(lexer.source(), lexer.span().end)
}
/// Finds doc comments and skips others; an error is one that runs into a control character.
pub(super) fn comment(lexer: &mut Lexer<'_, Kind>) -> FilterResult<(), ()> {
    reach(lexer, text_end);
    if !line_ends(lexer.source(), lexer.span().end) {
        return FilterResult::Error(());
    }
    match lexer.slice() {
        [_, _, b'/', b'/', ..] => FilterResult::Skip,
        [_, _, b'!' | b'/', ..] => FilterResult::Emit(()),
        _ => FilterResult::Skip,
    }
}

/// May stand in a word or a number.
const WORD: u8 = 1;
/// May stand for itself in a string literal.
const STRING: u8 = 2;
/// May stand for itself in a character literal.
const CHAR: u8 = 4;

static CLASSES: [u8; 256] = {
    let mut table = [0; 256];
    let mut b = 0;
    while b < 256 {
        let byte = b as u8;
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            table[b] |= WORD;
        }
        if !byte.is_ascii_control() && byte != b'\\' {
            if byte != b'"' {
                table[b] |= STRING;
            }
            if byte != b'\'' {
                table[b] |= CHAR;
            }
        }
        b += 1;
    }
    table
};

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// The byte at `at`; 0, which no token but an invalid one holds, past the end.
fn byte(source: &[u8], at: usize) -> u8 {
    source.get(at).copied().unwrap_or(0)
}

fn run(source: &[u8], mut at: usize, class: u8) -> usize {
    while let Some(b) = source.get(at)
        && CLASSES[*b as usize] & class != 0
    {
        at += 1;
    }
    at
}

/// One past the blanks at `at`.
fn blanks_end(source: &[u8], mut at: usize) -> usize {
    // Between most tokens is one blank or none.
    at += usize::from(byte(source, at) == b' ');
    while byte(source, at) <= b' ' {
        match source.get(at) {
            Some(b' ' | b'\t' | b'\r') => at += 1,
            Some(b'\n') => {
                at += 1;
                // What follows a line feed is mostly indentation.
                while let Some(eight) = source.get(at..).and_then(<[u8]>::first_chunk::<8>) {
                    let other = u64::from_le_bytes(*eight) ^ (ONES * b' ' as u64);
                    if other != 0 {
                        at += other.trailing_zeros() as usize / 8;
                        break;
                    }
                    at += 8;
                }
            }
            _ => return at,
        }
    }
    at
}

/// One past the word that begins before `at`.
fn word_end(source: &[u8], mut at: usize) -> usize {
    // Eight bytes at once, because how long a word is no branch predictor knows.
    while let Some(eight) = source.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let other = !word_bytes(u64::from_le_bytes(*eight)) & HIGHS;
        if other != 0 {
            return at + other.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    run(source, at, WORD)
}

/// The high bit of every byte that may stand in a word. No sum here carries into the next byte.
fn word_bytes(x: u64) -> u64 {
    let at_least = |x: u64, b: u8| x + ONES * (0x80 - b as u64);
    let ascii = x & !HIGHS;
    let lower = ascii | (ONES * 0x20);
    let letter = at_least(lower, b'a') & !at_least(lower, b'z' + 1);
    let digit = at_least(ascii, b'0') & !at_least(ascii, b'9' + 1);
    let underscore = !((ascii ^ (ONES * b'_' as u64)) + ONES * 0x7f);
    (letter | digit | underscore) & !x
}

/// The first control character at or after `at`, or the end.
fn text_end(source: &[u8], at: usize) -> usize {
    let rest = source.get(at..).unwrap_or_default();
    let (chunks, tail) = rest.as_chunks::<8>();
    for (i, chunk) in chunks.iter().enumerate() {
        let x = u64::from_le_bytes(*chunk);
        // The lowest high bit that is set marks the first byte below a blank, or equal to DEL;
        // a borrow can only set bits above a true one.
        let control = x.wrapping_sub(ONES * b' ' as u64) & !x;
        let other = x ^ (ONES * 0x7f);
        let delete = other.wrapping_sub(ONES) & !other;
        let found = (control | delete) & HIGHS;
        if found != 0 {
            return at + i * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let from = rest.len() - tail.len();
    at + from + tail.iter().position(u8::is_ascii_control).unwrap_or(tail.len())
}

/// One past the string literal (or quoted name) whose contents begin at `at`.
fn string_end(source: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at = run(source, at, STRING);
        match source.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' if !matches!(source.get(at + 1)?, 0 | b'\n') => at += 2,
            _ => return None,
        }
    }
}

/// One past the character literal whose contents begin at `at`.
fn char_end(source: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at = run(source, at, CHAR);
        match source.get(at)? {
            b'\'' => return Some(at + 1),
            b'\\' if !source.get(at + 1)?.is_ascii_control() => at += 2,
            _ => return None,
        }
    }
}

/// One past the number that begins before `at` with a digit. It may be malformed: the lexer takes
/// letters and digits, one period and signs after exponent letters.
fn number_end(source: &[u8], at: usize) -> usize {
    let mut at = run(source, at, WORD);
    if !signed_exponent(source, at) {
        let fraction = byte(source, at) == b'.' && CLASSES[byte(source, at + 1) as usize] & WORD != 0;
        if !fraction {
            return at;
        }
        at = run(source, at + 1, WORD);
    }
    while signed_exponent(source, at) {
        at = run(source, at + 1, WORD);
    }
    at
}

/// Whether a sign stands at `at` and an exponent's letter before it.
fn signed_exponent(source: &[u8], at: usize) -> bool {
    matches!(byte(source, at), b'+' | b'-') && matches!(byte(source, at - 1), b'e' | b'E' | b'p' | b'P')
}

const KEYWORD_BITS: u32 = 7;
/// Gives every keyword a place of its own in a table of `1 << KEYWORD_BITS`.
const KEYWORD_FACTOR: u64 = 0x09e6_6f91_add9_ebdd;

const fn keyword_place(prefix: u64) -> usize {
    (prefix.wrapping_mul(KEYWORD_FACTOR) >> (64 - KEYWORD_BITS)) as usize
}

/// A keyword in the table; what is no keyword has length 0.
#[derive(Clone, Copy)]
struct Keyword {
    text: &'static [u8],
    kind: Kind,
}

/// Keywords by a hash of their first eight bytes, which no two share; and those bytes.
const KEYWORDS: ([u64; 1 << KEYWORD_BITS], [Keyword; 1 << KEYWORD_BITS]) = {
    let mut prefixes = [0; 1 << KEYWORD_BITS];
    let mut table = [Keyword { text: b"", kind: Kind::Identifier }; 1 << KEYWORD_BITS];
    let mut i = 0;
    while i < LEXEMES.len() {
        let (text, kind) = LEXEMES[i];
        let text = text.as_bytes();
        if text[0].is_ascii_lowercase() {
            let mut prefix = 0;
            let mut n = 0;
            while n < text.len() && n < 8 {
                prefix |= (text[n] as u64) << (8 * n);
                n += 1;
            }
            let place = keyword_place(prefix);
            assert!(prefixes[place] == 0, "two keywords have the same place");
            prefixes[place] = prefix;
            table[place] = Keyword { text, kind };
        }
        i += 1;
    }
    (prefixes, table)
};

static PREFIXES: [u64; 1 << KEYWORD_BITS] = KEYWORDS.0;
static TABLE: [Keyword; 1 << KEYWORD_BITS] = KEYWORDS.1;

/// The kind of the word `start..end`.
pub(super) fn word_kind(source: &[u8], start: usize, end: usize) -> Kind {
    let len = end - start;
    let eight = match source.get(start..).and_then(<[u8]>::first_chunk::<8>) {
        Some(eight) => u64::from_le_bytes(*eight),
        None => {
            let bytes = source.get(start..).unwrap_or_default();
            bytes.iter().rev().fold(0, |n, b| n << 8 | *b as u64)
        }
    };
    let prefix = if len < 8 { eight & !(u64::MAX << (8 * len)) } else { eight };
    let place = keyword_place(prefix);
    let keyword = &TABLE[place];
    let same = PREFIXES[place] == prefix && keyword.text.len() == len;
    if same && (len <= 8 || source.get(start..end) == Some(keyword.text)) { keyword.kind } else { Kind::Identifier }
}
