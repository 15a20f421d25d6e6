//! Tokens: the lexer and its result, a struct of arrays. Doc comments are no tokens here: they
//! lie in a side table, so that editing one shifts no token. `Tokens::with_docs` weaves them back
//! in for the diagnosis of syntax errors, where their places matter.

mod kind;

use logos::Logos;

pub use kind::Kind;

/// A `///` or `//!` comment line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DocComment {
    /// Index of the token that follows it.
    pub before: u32,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// `//!`
    pub container: bool,
}

/// The tokens of a file; the last is `Eof`.
#[derive(Clone, Default, Debug)]
pub struct Tokens {
    /// Kind of each token.
    pub kinds: Vec<Kind>,
    /// First byte of each token.
    pub starts: Vec<u32>,
    /// One past the last byte of each token.
    pub ends: Vec<u32>,
    /// Doc comments in source order.
    pub docs: Vec<DocComment>,
    /// Whether any token is invalid.
    pub invalid: bool,
}

impl Tokens {
    /// Byte span of the token that holds a byte.
    pub fn at_byte(&self, byte: u32) -> Option<(u32, u32)> {
        let i = self.starts.partition_point(|&s| s <= byte).checked_sub(1)?;
        let (start, end) = (*self.starts.get(i)?, *self.ends.get(i)?);
        (byte < end).then_some((start, end))
    }
}

/// Lexes a file. Sources above 4 GiB are refused by whoever reads files.
pub fn lex(source: &[u8]) -> Tokens {
    let mut t = Tokens::default();
    let estimate = source.len() / 7;
    t.kinds.reserve(estimate);
    t.starts.reserve(estimate);
    t.ends.reserve(estimate);
    let mut lexer = Kind::lexer(source);
    if source.starts_with(b"\xEF\xBB\xBF") {
        lexer.bump(3);
    }
    while let Some(result) = lexer.next() {
        let span = lexer.span();
        let start = span.start;
        let kind = match result {
            Ok(Kind::DocComment) => match comment(source, start, span.end) {
                Some(Comment::Plain) => continue,
                Some(Comment::Doc { container }) => {
                    t.docs.push(DocComment {
                        before: t.kinds.len() as u32,
                        start: start as u32,
                        end: span.end as u32,
                        container,
                    });
                    continue;
                }
                None => Kind::Invalid,
            },
            Ok(Kind::MultilineStringLine) if !line_ends(source, span.end) => Kind::Invalid,
            Ok(Kind::PeriodAsterisk) if source.get(span.end) == Some(&b'*') => Kind::InvalidPeriodAsterisks,
            Ok(k) => k,
            Err(()) => Kind::Invalid,
        };
        let mut end = span.end;
        if kind == Kind::Invalid {
            // What cannot be a token spoils the rest of its line.
            t.invalid = true;
            end = source[start + 1..].iter().position(|b| *b == b'\n').map_or(source.len(), |n| start + 1 + n);
            lexer = Kind::lexer(source);
            lexer.bump(end);
        }
        t.kinds.push(kind);
        t.starts.push(start as u32);
        t.ends.push(end as u32);
    }
    t.kinds.push(Kind::Eof);
    t.starts.push(source.len() as u32);
    t.ends.push(source.len() as u32);
    t
}

enum Comment {
    Plain,
    Doc { container: bool },
}

/// What the comment at `start..end` is; `None` if it runs into a byte that comments may not hold.
fn comment(source: &[u8], start: usize, end: usize) -> Option<Comment> {
    let text = &source[start..end];
    let doc = match text.get(2) {
        Some(b'!') => Comment::Doc { container: true },
        Some(b'/') if text.get(3) != Some(&b'/') => Comment::Doc { container: false },
        _ => Comment::Plain,
    };
    line_ends(source, end).then_some(doc)
}

/// Whether a line ends at `at`: end of file, line feed, or carriage return and line feed.
fn line_ends(source: &[u8], at: usize) -> bool {
    match source.get(at) {
        None | Some(b'\n') => true,
        Some(b'\r') => source.get(at + 1) == Some(&b'\n'),
        Some(_) => false,
    }
}

impl Tokens {
    /// The same tokens with the doc comments among them.
    pub(crate) fn with_docs(&self) -> Tokens {
        let n = self.kinds.len() + self.docs.len();
        let mut t = Tokens { invalid: self.invalid, ..Tokens::default() };
        t.kinds.reserve(n);
        t.starts.reserve(n);
        t.ends.reserve(n);
        let mut docs = self.docs.iter().peekable();
        for i in 0..self.kinds.len() {
            while let Some(d) = docs.next_if(|d| d.before as usize == i) {
                t.kinds.push(if d.container { Kind::ContainerDocComment } else { Kind::DocComment });
                t.starts.push(d.start);
                t.ends.push(d.end);
            }
            t.kinds.push(self.kinds[i]);
            t.starts.push(self.starts[i]);
            t.ends.push(self.ends[i]);
        }
        t
    }

    /// The doc comments directly before token `index`.
    pub(crate) fn docs_before(&self, index: u32) -> &[DocComment] {
        let from = self.docs.partition_point(|d| d.before < index);
        let to = self.docs.partition_point(|d| d.before <= index);
        &self.docs[from..to]
    }
}
