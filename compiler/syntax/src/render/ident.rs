//! Identifiers: quotes that are not needed go, escapes take their shortest form.

use super::Renderer;
use super::space::Gap;
use crate::literal::parse_escape;
use crate::token::{Kind, lex};

/// Where an identifier stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// Where it would mean something else than its quoted form if it is a primitive or `_`.
    Scope,
    /// Where it can mean nothing else.
    Label,
    /// The same, but for `_`, which is a syntax of its own there.
    EnumField,
}

impl Renderer<'_> {
    pub(super) fn ident(&mut self, i: usize, gap: Gap, place: Place) {
        let text = self.text.lexeme(i);
        match quoted_content(text) {
            Some(content) => {
                let bare = can_stand_bare(content, place);
                let mut normal = Vec::with_capacity(text.len());
                if !bare {
                    normal.extend_from_slice(b"@\"");
                }
                normalize(content, &mut normal);
                if !bare {
                    normal.push(b'"');
                }
                self.out.write(&normal);
            }
            None => self.out.write(text),
        }
        self.after(i, gap);
    }

    /// The same with the comma behind it, if the source has one.
    pub(super) fn ident_and_comma(&mut self, i: usize, gap: Gap, place: Place) {
        if self.kind(i + 1) == Kind::Comma && gap != Gap::Comma {
            self.ident(i, Gap::None, place);
            self.token(i + 1, gap);
        } else {
            self.ident(i, gap, place);
        }
    }
}

/// What stands between the quotes of an identifier, if it has any.
pub(super) fn quoted_content(text: &[u8]) -> Option<&[u8]> {
    text.strip_prefix(b"@\"")?.strip_suffix(b"\"")
}

fn can_stand_bare(content: &[u8], place: Place) -> bool {
    if content == b"_" {
        return place == Place::Label;
    }
    let Some(name) = unescape(content) else { return false };
    is_plain_name(&name) && (place != Place::Scope || !is_primitive(&name))
}

/// The characters of a quoted identifier; `None` if an escape is bad or is not one of a byte.
fn unescape(content: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(content.len());
    let mut at = 0;
    while let Some(b) = content.get(at) {
        if *b == b'\\' {
            out.push(u8::try_from(parse_escape(content, &mut at).ok()?).ok()?);
        } else {
            out.push(*b);
            at += 1;
        }
    }
    Some(out)
}

/// Whether a name needs no quotes: letters, digits and underscores, and no keyword.
pub(super) fn is_plain_name(name: &[u8]) -> bool {
    let word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    name.first().is_some_and(|b| !b.is_ascii_digit()) && name.iter().all(word) && lex(name).kinds[0] == Kind::Identifier
}

/// Whether a bare identifier of this name is a type or value of the language.
fn is_primitive(name: &[u8]) -> bool {
    const NAMES: [&str; 30] = [
        "anyerror",
        "anyframe",
        "anyopaque",
        "bool",
        "c_char",
        "c_int",
        "c_long",
        "c_longdouble",
        "c_longlong",
        "c_short",
        "c_uint",
        "c_ulong",
        "c_ulonglong",
        "c_ushort",
        "comptime_float",
        "comptime_int",
        "f128",
        "f16",
        "f32",
        "f64",
        "f80",
        "false",
        "isize",
        "noreturn",
        "null",
        "true",
        "type",
        "undefined",
        "usize",
        "void",
    ];
    let is_int = match name {
        [b'i' | b'u', digits @ ..] => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    is_int || NAMES.iter().any(|n| n.as_bytes() == name)
}

/// The content of a quoted identifier with ASCII unescaped as far as may be.
fn normalize(content: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while let Some(b) = content.get(at) {
        if *b != b'\\' {
            at += 1;
            if b.is_ascii() {
                escape_into(*b, out)
            } else {
                out.push(*b)
            }
            continue;
        }
        let from = at;
        match parse_escape(content, &mut at) {
            Ok(c @ 0..=0x7f) => escape_into(c as u8, out),
            _ => out.extend_from_slice(content.get(from..at).unwrap_or_default()),
        }
    }
}

fn escape_into(b: u8, out: &mut Vec<u8>) {
    match b {
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        b'\\' => out.extend_from_slice(b"\\\\"),
        b'"' => out.extend_from_slice(b"\\\""),
        b' '..=b'~' => out.push(b),
        _ => out.extend_from_slice(format!("\\x{b:02x}").as_bytes()),
    }
}
