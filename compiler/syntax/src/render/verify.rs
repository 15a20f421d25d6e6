//! Whether two sources have the same tokens: what rendering must not change.
//!
//! Commas are free, and so is what the canonical form itself changes: quotes and escapes of
//! identifiers, the order of casts inside one another and of the attributes of pointers, the
//! calling convention `inline`, colons of `asm` with nothing behind them, and the older form of its
//! clobbers.

use std::borrow::Cow;

use crate::literal::parse_identifier;
use crate::token::{Kind, Tokens, lex};

type Text<'a> = Cow<'a, [u8]>;

/// Whether both have the same tokens, apart from what the canonical form may change.
pub fn same_tokens(a: &[u8], b: &[u8]) -> bool {
    let source = |bytes| Source { bytes, tokens: lex(bytes) };
    let (a, b) = (source(a), source(b));
    same_but_commas(&a, &b) || canonical(&a) == canonical(&b)
}

/// Whether both have the same tokens, apart from commas: so it is where nothing but the layout was
/// changed, which takes no memory to see.
fn same_but_commas(a: &Source<'_>, b: &Source<'_>) -> bool {
    let same = |i, j| a.kind(i) == b.kind(j) && (!a.kind(i).has_text() || a.text(i) == b.text(j));
    let mut others = b.tokens_but_commas();
    a.tokens_but_commas().all(|i| others.next().is_some_and(|j| same(i, j))) && others.next().is_none()
}

struct Source<'a> {
    bytes: &'a [u8],
    tokens: Tokens,
}

impl<'a> Source<'a> {
    fn tokens_but_commas(&self) -> impl Iterator<Item = usize> {
        (0..self.tokens.kinds.len()).filter(|i| self.kind(*i) != Kind::Comma)
    }
    fn kind(&self, i: usize) -> Kind {
        self.tokens.kinds.get(i).copied().unwrap_or(Kind::Eof)
    }
    fn text(&self, i: usize) -> &'a [u8] {
        let t = &self.tokens;
        match (t.starts.get(i), t.ends.get(i)) {
            (Some(s), Some(e)) => self.bytes.get(*s as usize..*e as usize).unwrap_or_default(),
            _ => b"",
        }
    }
    fn is(&self, from: usize, kinds: &[Kind]) -> bool {
        kinds.iter().enumerate().all(|(i, k)| self.kind(from + i) == *k)
    }
    /// One past the `)` that closes the `(` at `i`.
    fn past_parens(&self, mut i: usize) -> usize {
        let mut depth = 0;
        loop {
            match self.kind(i) {
                Kind::LParen => depth += 1,
                Kind::RParen => depth -= 1,
                Kind::Eof => return i,
                _ => {}
            }
            i += 1;
            if depth == 0 {
                return i;
            }
        }
    }
}

fn is_cast(text: &[u8]) -> bool {
    matches!(text, b"@ptrCast" | b"@alignCast" | b"@addrSpaceCast" | b"@constCast" | b"@volatileCast")
}

fn canonical<'a>(s: &Source<'a>) -> Vec<(Kind, Text<'a>)> {
    let n = s.tokens.kinds.len();
    let mut out = Vec::with_capacity(n);
    range(s, 0, n, &mut out);
    out
}

fn range<'a>(s: &Source<'a>, from: usize, to: usize, out: &mut Vec<(Kind, Text<'a>)>) {
    let mut i = from;
    while i < to {
        let kind = s.kind(i);
        match kind {
            Kind::Comma => i += 1,
            Kind::Identifier => {
                let text = s.text(i);
                out.push((kind, parse_identifier(text).unwrap_or(Cow::Borrowed(text))));
                i += 1;
            }
            // `callconv(.@"inline")` and `inline fn`
            Kind::KwCallconv
                if s.is(i + 1, &[Kind::LParen, Kind::Period, Kind::Identifier, Kind::RParen])
                    && s.text(i + 3) == b"@\"inline\"" =>
            {
                i += 5;
            }
            Kind::KwInline if s.kind(i + 1) == Kind::KwFn => i += 1,
            Kind::KwConst | Kind::KwVolatile | Kind::KwAllowzero | Kind::KwAlign | Kind::KwAddrspace => {
                i = attributes(s, i, out);
            }
            Kind::Builtin if is_cast(s.text(i)) => {
                let mut names = vec![Cow::Borrowed(s.text(i))];
                while s.kind(i + 1) == Kind::LParen && s.kind(i + 2) == Kind::Builtin && is_cast(s.text(i + 2)) {
                    i += 2;
                    names.push(Cow::Borrowed(s.text(i)));
                }
                i += 1;
                names.sort();
                let count = names.len();
                out.extend(names.into_iter().map(|t| (kind, t)));
                out.extend((1..count).map(|_| (Kind::LParen, Cow::Borrowed(&b"("[..]))));
            }
            Kind::Colon => i = colon(s, i, out),
            _ => {
                let text = if kind.has_text() { s.text(i) } else { b"" };
                out.push((kind, Cow::Borrowed(text)));
                i += 1;
            }
        }
    }
}

/// Attributes of a pointer type, sorted; gives the token behind them.
fn attributes<'a>(s: &Source<'a>, mut i: usize, out: &mut Vec<(Kind, Text<'a>)>) -> usize {
    let mut list = Vec::new();
    loop {
        let end = match s.kind(i) {
            Kind::KwConst | Kind::KwVolatile | Kind::KwAllowzero => i + 1,
            Kind::KwAlign | Kind::KwAddrspace if s.kind(i + 1) == Kind::LParen => s.past_parens(i + 1),
            _ => break,
        };
        let mut one = vec![(s.kind(i), Cow::Borrowed(&b""[..]))];
        range(s, i + 1, end, &mut one);
        list.push(one);
        i = end;
    }
    if list.is_empty() {
        // Without its parentheses it is not valid, and stands for itself.
        out.push((s.kind(i), Cow::Borrowed(&b""[..])));
        return i + 1;
    }
    list.sort();
    out.extend(list.into_iter().flatten());
    i
}

/// A colon, with the clobbers behind it as strings; gives the token behind those.
fn colon<'a>(s: &Source<'a>, mut i: usize, out: &mut Vec<(Kind, Text<'a>)>) -> usize {
    let mut end = i;
    while matches!(s.kind(end), Kind::Colon | Kind::Comma) {
        end += 1;
    }
    if s.kind(end) == Kind::RParen {
        return end;
    }
    out.push((Kind::Colon, Cow::Borrowed(b"")));
    i += 1;
    let mut clobbers = Vec::new();
    let mut at = i;
    if s.kind(i) == Kind::StringLiteral {
        while s.kind(at) == Kind::StringLiteral {
            let text = s.text(at);
            clobbers.push(text.get(1..text.len().max(2) - 1).unwrap_or_default());
            at += 1 + usize::from(s.kind(at + 1) == Kind::Comma);
        }
    } else if s.is(i, &[Kind::Period, Kind::LBrace]) {
        at += 2;
        while s.is(at, &[Kind::Period, Kind::Identifier, Kind::Equal, Kind::Identifier]) && s.text(at + 3) == b"true" {
            let name = s.text(at + 1);
            clobbers.push(super::ident::quoted_content(name).unwrap_or(name));
            at += 4 + usize::from(s.kind(at + 4) == Kind::Comma);
        }
        if s.kind(at) != Kind::RBrace {
            return i;
        }
        at += 1;
    }
    if clobbers.is_empty() || s.kind(at) != Kind::RParen {
        return i;
    }
    out.extend(clobbers.into_iter().map(|c| (Kind::StringLiteral, Cow::Borrowed(c))));
    at
}
