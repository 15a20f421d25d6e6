//! The values of literals, and where and why they have none. Positions are byte offsets into the
//! literal's text. What to say about a mistake is `LiteralError::text`; where Zig says it is
//! `LiteralError::offset`.

mod number;

pub use number::{Number, NumberError, parse_number};

use std::borrow::Cow;

/// What is wrong with a string, character or quoted identifier.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the names say it; the number is the byte's offset")]
pub enum LiteralError {
    InvalidEscape(usize),
    ExpectedHexDigit(usize),
    EmptyUnicodeEscape(usize),
    ExpectedHexDigitOrBrace(usize),
    InvalidCodepoint(usize),
    ExpectedOpeningBrace(usize),
    ExpectedClosingBrace(usize),
    ExpectedSingleQuote(usize),
    InvalidCharacter(usize),
    EmptyChar,
}

impl LiteralError {
    /// Where the mistake is.
    pub fn offset(self) -> usize {
        match self {
            LiteralError::InvalidEscape(n)
            | LiteralError::ExpectedHexDigit(n)
            | LiteralError::EmptyUnicodeEscape(n)
            | LiteralError::ExpectedHexDigitOrBrace(n)
            | LiteralError::InvalidCodepoint(n)
            | LiteralError::ExpectedOpeningBrace(n)
            | LiteralError::ExpectedClosingBrace(n)
            | LiteralError::ExpectedSingleQuote(n)
            | LiteralError::InvalidCharacter(n) => n,
            LiteralError::EmptyChar => 0,
        }
    }
    /// What Zig says; `raw` is the literal's text.
    pub fn text(self, raw: &[u8]) -> String {
        let found = String::from_utf8_lossy(raw.get(self.offset()).map_or(&[][..], std::slice::from_ref)).into_owned();
        match self {
            LiteralError::InvalidEscape(_) => format!("invalid escape character: '{found}'"),
            LiteralError::ExpectedHexDigit(_) => format!("expected hex digit, found '{found}'"),
            LiteralError::EmptyUnicodeEscape(_) => "empty unicode escape sequence".into(),
            LiteralError::ExpectedHexDigitOrBrace(_) => format!("expected hex digit or '}}', found '{found}'"),
            LiteralError::InvalidCodepoint(_) => {
                "unicode escape does not correspond to a valid unicode scalar value".into()
            }
            LiteralError::ExpectedOpeningBrace(_) => format!("expected '{{', found '{found}'"),
            LiteralError::ExpectedClosingBrace(_) => format!("expected '}}', found '{found}'"),
            LiteralError::ExpectedSingleQuote(_) => format!("expected single quote ('), found '{found}'"),
            LiteralError::InvalidCharacter(_) => {
                format!("invalid byte in string or character literal: '{found}'")
            }
            LiteralError::EmptyChar => "empty character literal".into(),
        }
    }
}

/// The bytes of a string literal `"…"`.
pub fn parse_string(raw: &[u8]) -> Result<Cow<'_, [u8]>, LiteralError> {
    parse_quoted(raw, 1)
}

/// The name of an identifier token, plain or `@"…"`.
pub fn parse_identifier(raw: &[u8]) -> Result<Cow<'_, [u8]>, LiteralError> {
    if raw.starts_with(b"@\"") { parse_quoted(raw, 2) } else { Ok(Cow::Borrowed(raw)) }
}

/// The text between quotes, the first of which ends at `start`.
fn parse_quoted(raw: &[u8], start: usize) -> Result<Cow<'_, [u8]>, LiteralError> {
    let end = raw.len().max(start + 1) - 1;
    let inner = raw.get(start..end).unwrap_or_default();
    if !inner.contains(&b'\\') && !inner.contains(&b'\n') {
        return Ok(Cow::Borrowed(inner));
    }
    let mut out = Vec::with_capacity(inner.len());
    let mut at = start;
    while at < end {
        match raw[at] {
            b'\\' => {
                let escape = at + 1;
                let value = parse_escape(raw, &mut at)?;
                if raw.get(escape) != Some(&b'u') {
                    out.push(value as u8);
                } else {
                    // A surrogate has no encoding.
                    let c = char::from_u32(value).ok_or(LiteralError::InvalidCodepoint(escape + 1))?;
                    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                }
            }
            b'\n' => return Err(LiteralError::InvalidCharacter(at)),
            b => {
                out.push(b);
                at += 1;
            }
        }
    }
    Ok(Cow::Owned(out))
}

/// The text of one line of a multiline string, its `\\` removed; lines are joined by line feeds.
pub fn parse_multiline_line(raw: &[u8]) -> &[u8] {
    raw.strip_prefix(b"\\\\").unwrap_or(raw)
}

/// The code point of a character literal `'…'`.
pub fn parse_char(raw: &[u8]) -> Result<u32, LiteralError> {
    if raw.len() < 3 {
        return Err(LiteralError::EmptyChar);
    }
    let inner = &raw[1..raw.len() - 1];
    match inner[0] {
        b'\\' => {
            let mut at = 1;
            let value = parse_escape(raw, &mut at)?;
            if at + 1 != raw.len() || raw[at] != b'\'' {
                return Err(LiteralError::ExpectedSingleQuote(at));
            }
            Ok(value)
        }
        0 => Err(LiteralError::InvalidCharacter(1)),
        first => {
            let n = match first {
                0..=0x7f => 1,
                0xc0..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0..=0xf7 => 4,
                _ => return Err(LiteralError::InvalidCodepoint(1)),
            };
            if inner.len() > n {
                return Err(LiteralError::ExpectedSingleQuote(1 + n));
            }
            let text = std::str::from_utf8(inner).map_err(|_| LiteralError::InvalidCodepoint(1))?;
            text.chars().next().map(u32::from).ok_or(LiteralError::EmptyChar)
        }
    }
}

/// The value of the escape sequence at `raw[*at]`, a backslash; moves past it.
pub(crate) fn parse_escape(raw: &[u8], at: &mut usize) -> Result<u32, LiteralError> {
    let kind = *at + 1;
    let digit = |i: usize| raw.get(i).and_then(|b| char::from(*b).to_digit(16));
    *at += 2;
    Ok(match raw.get(kind) {
        Some(b'n') => 10,
        Some(b'r') => 13,
        Some(b't') => 9,
        Some(b'\\') => 92,
        Some(b'\'') => 39,
        Some(b'"') => 34,
        Some(b'x') => {
            let mut value = 0;
            for i in *at..*at + 2 {
                value = value * 16 + digit(i).ok_or(LiteralError::ExpectedHexDigit(i))?;
            }
            *at += 2;
            value
        }
        Some(b'u') => {
            let mut i = *at;
            if raw.get(i) != Some(&b'{') {
                return Err(LiteralError::ExpectedOpeningBrace(i));
            }
            i += 1;
            match raw.get(i) {
                None => return Err(LiteralError::ExpectedHexDigitOrBrace(i)),
                Some(b'}') => return Err(LiteralError::EmptyUnicodeEscape(i)),
                Some(_) => {}
            }
            let mut value = 0;
            loop {
                match (raw.get(i), digit(i)) {
                    (Some(b'}'), _) => break,
                    (Some(_), Some(d)) => value = value * 16 + d,
                    (Some(_), None) => return Err(LiteralError::ExpectedHexDigitOrBrace(i)),
                    (None, _) => return Err(LiteralError::ExpectedClosingBrace(i)),
                }
                if value > 0x10ffff {
                    return Err(LiteralError::InvalidCodepoint(i));
                }
                i += 1;
            }
            *at = i + 1;
            value
        }
        _ => return Err(LiteralError::InvalidEscape(kind)),
    })
}
