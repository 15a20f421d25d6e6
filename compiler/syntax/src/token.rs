//! Tokens: the lexer and its result, a struct of arrays. Doc comments are no tokens here: they
//! lie in a side table, so that editing one shifts no token. `Tokens::with_docs` weaves them back
//! in for the diagnosis of syntax errors, where their places matter.

mod kind;
mod pieces;
mod scan;

use std::ops::Range;

use logos::Logos;

pub use kind::{Kind, LEXEMES};
pub(crate) use kind::{before_decider, decider, with_text};
pub(crate) use pieces::Pieces;

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
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Tokens {
    /// Kind of each token.
    pub kinds: Vec<Kind>,
    /// First byte of each token.
    pub starts: Vec<u32>,
    /// One past the last byte of each token.
    pub ends: Vec<u32>,
    /// Doc comments in source order.
    pub docs: Vec<DocComment>,
    /// The tokens that are `@import`.
    pub imports: Vec<u32>,
    /// Whether any token is invalid.
    pub invalid: bool,
}

impl Tokens {
    /// Forgets the tokens, keeping the memory.
    fn clear(&mut self) {
        self.kinds.clear();
        self.starts.clear();
        self.ends.clear();
        self.docs.clear();
        self.imports.clear();
        self.invalid = false;
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        self.kinds.push(kind);
        self.starts.push(start as u32);
        self.ends.push(end as u32);
    }
}

/// Lexes a file. Sources above 4 GiB are refused by whoever reads files.
pub fn lex(source: &[u8]) -> Tokens {
    let mut t = Tokens::default();
    run::<false>(source, &mut t);
    // Tokens are kept for as long as the file is in use.
    t.kinds.shrink_to_fit();
    t.starts.shrink_to_fit();
    t.ends.shrink_to_fit();
    t
}

/// The same with the doc comments among the tokens, into memory that was used before.
pub(crate) fn lex_with_docs(source: &[u8], t: &mut Tokens) {
    t.clear();
    run::<true>(source, t);
}

fn run<const WITH_DOCS: bool>(source: &[u8], t: &mut Tokens) {
    let estimate = source.len() / 5 + 16;
    t.kinds.reserve(estimate);
    t.starts.reserve(estimate);
    t.ends.reserve(estimate);
    let mut lexer = Kind::lexer(source);
    if source.starts_with(b"\xEF\xBB\xBF") {
        lexer.bump(3);
    }
    while let Some(found) = lexer.next() {
        let Range { start, mut end } = lexer.span();
        let kind = match found {
            Ok(Kind::Identifier) => scan::word_kind(source, start, end),
            Ok(Kind::DocComment) => {
                let container = source.get(start + 2) == Some(&b'!');
                if WITH_DOCS {
                    t.push(if container { Kind::ContainerDocComment } else { Kind::DocComment }, start, end);
                    continue;
                }
                let before = t.kinds.len() as u32;
                t.docs.push(DocComment { before, start: start as u32, end: end as u32, container });
                continue;
            }
            Ok(Kind::Builtin) => {
                if end - start == 7 && source[start..].first_chunk() == Some(b"@import") {
                    t.imports.push(t.kinds.len() as u32);
                }
                Kind::Builtin
            }
            Ok(Kind::PeriodAsterisk) if source.get(end) == Some(&b'*') => Kind::InvalidPeriodAsterisks,
            Ok(k) => k,
            Err(()) => {
                // What cannot be a token spoils the rest of its line.
                t.invalid = true;
                end = source[start + 1..].iter().position(|b| *b == b'\n').map_or(source.len(), |n| start + 1 + n);
                lexer = Kind::lexer(source);
                lexer.bump(end);
                Kind::Invalid
            }
        };
        t.push(kind, start, end);
    }
    t.push(Kind::Eof, source.len(), source.len());
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
}
