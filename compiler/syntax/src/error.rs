//! Syntax errors: what can be wrong, at which token, and how Zig words it.

use crate::token::{Kind, Tokens};
use crate::tree::SyntaxError;

/// What is wrong at a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reason {
    AsteriskAfterDeref,
    ChainedComparison,
    DeclBetweenFields,
    /// `expected {0}, found {token}`
    Expected(&'static str),
    /// The same, and never reported at the end of the previous token.
    ExpectedHere(&'static str),
    /// `expected '{0}', found …`
    ExpectedToken(Kind),
    /// `expected {0}`, at the end of the previous token.
    Missing(&'static str),
    /// The text as it stands, at the token.
    Plain(&'static str),
    PtrModOnArrayChild,
    MismatchedWhitespace,
    /// The container keyword.
    CStyleContainer(Kind),
    ZigStyleContainer(Kind),
}

/// The first error of a parse; tokens count as the parse counted them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ParseError {
    pub reason: Reason,
    pub token: usize,
    /// The error is at the end of `token`; what was found is the token after it.
    pub after: bool,
    pub notes: Vec<(Reason, usize)>,
}

impl Reason {
    /// Whether the message moves to the end of the previous token if that is on another line.
    pub(crate) fn moves(self) -> bool {
        matches!(self, Reason::Expected(_) | Reason::ExpectedToken(_) | Reason::Missing(_))
    }
}

/// Words an error of a parse over `t` as real Zig does.
pub(crate) fn render(source: &[u8], t: &Tokens, e: &ParseError) -> SyntaxError {
    let found = e.token + usize::from(e.after);
    invalid_byte(source, t, found).unwrap_or_else(|| render_plain(source, t, e))
}

/// The same for a file of object notation, where it looks into no invalid token.
pub(crate) fn render_plain(source: &[u8], t: &Tokens, e: &ParseError) -> SyntaxError {
    let found = e.token + usize::from(e.after);
    let (start, end) = token_span(t, e.token);
    let at = if e.after { end } else { start };
    SyntaxError {
        text: text(source, t, e.reason, e.token, found),
        start: at,
        end,
        main: at,
        notes: e
            .notes
            .iter()
            .map(|(reason, token)| {
                let (start, end) = token_span(t, *token);
                (text(source, t, *reason, *token, *token), start, end)
            })
            .collect(),
    }
}

fn token_span(t: &Tokens, token: usize) -> (u32, u32) {
    let last = t.kinds.len() - 1;
    let token = token.min(last);
    let start = t.starts[token];
    // Zig takes the length of tokens that have only one text from that text.
    let end = t.kinds[token].lexeme().map_or(t.ends[token], |l| start + l.len() as u32);
    (start, end)
}

/// An invalid token that began as a literal or comment is reported by the byte that spoilt it.
fn invalid_byte(source: &[u8], t: &Tokens, token: usize) -> Option<SyntaxError> {
    if *t.kinds.get(token)? != Kind::Invalid {
        return None;
    }
    let (start, end) = (t.starts[token], t.ends[token]);
    let text = &source[start as usize..end as usize];
    let what = match text {
        [b'\'', ..] => "character literal",
        [b'"', ..] | [b'\\', b'\\', ..] => "string literal",
        [b'/', ..] => "comment",
        _ => return None,
    };
    let bad = text.iter().position(|b| matches!(b, 0..=9 | 0x0b..=0x1f | 0x7f)).unwrap_or(text.len());
    let at = start + bad as u32;
    let byte = source.get(at as usize).copied().unwrap_or(0);
    Some(SyntaxError {
        text: format!("{what} contains invalid byte: '{}'", escape(byte)),
        start: at,
        end,
        main: at,
        notes: Vec::new(),
    })
}

/// A byte as Zig shows it between single quotes.
fn escape(b: u8) -> String {
    match b {
        b'\n' => "\\n".into(),
        b'\r' => "\\r".into(),
        b'\t' => "\\t".into(),
        b'\\' => "\\\\".into(),
        b'\'' => "\\'".into(),
        b' '..=b'~' => char::from(b).into(),
        _ => format!("\\x{b:02x}"),
    }
}

fn text(source: &[u8], t: &Tokens, reason: Reason, token: usize, found: usize) -> String {
    let kind_of = |i: usize| t.kinds.get(i).copied().unwrap_or(Kind::Eof);
    let symbol = kind_of(found).symbol();
    let slice = || {
        let (start, end) = token_span(t, token);
        String::from_utf8_lossy(&source[start as usize..(end as usize).min(source.len())]).into_owned()
    };
    match reason {
        Reason::AsteriskAfterDeref => "'.*' cannot be followed by '*'; are you missing a space?".into(),
        Reason::ChainedComparison => "comparison operators cannot be chained".into(),
        Reason::DeclBetweenFields => "declarations are not allowed between container fields".into(),
        Reason::Expected(what) | Reason::ExpectedHere(what) => format!("expected {what}, found '{symbol}'"),
        Reason::ExpectedToken(k) if kind_of(found) == Kind::Invalid => {
            format!("expected '{}', found invalid bytes", k.symbol())
        }
        Reason::ExpectedToken(k) => format!("expected '{}', found '{symbol}'", k.symbol()),
        Reason::Missing(what) => format!("expected {what}"),
        Reason::Plain(text) => text.into(),
        Reason::PtrModOnArrayChild => format!("pointer modifier '{symbol}' not allowed on array child type"),
        Reason::MismatchedWhitespace => {
            format!("binary operator '{}' has whitespace on one side, but not the other", kind_of(token).symbol())
        }
        Reason::CStyleContainer(k) => format!("'{} {}' is invalid", k.symbol(), slice()),
        Reason::ZigStyleContainer(k) => {
            format!("to declare a container do 'const {} = {}'", slice(), k.symbol())
        }
    }
}
