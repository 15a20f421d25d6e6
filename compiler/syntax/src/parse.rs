//! The parser: recursive descent over tokens, operators by precedence climbing. It runs over the
//! tokens of one member, nested containers reduced to `{}`; or over a whole file, where it finds
//! all members itself (for the diagnosis of errors, and as the splitter's check).
//!
//! Functions are named by their contract: `parse_x` returns `None` and consumes nothing where no
//! x begins, `expect_x` fails there. The first error ends the parse; it is kept in `Parser::error`
//! and is, over a whole file with doc comments among its tokens, the one that Zig reports first.

mod control;
mod expr;
mod inits;
mod member;
mod primary;
mod stmt;
mod types;
pub(crate) mod whole;

use crate::ast::{Builder, NodeId, Payload, Tok};
use crate::error::{ParseError, Reason};
use crate::token::Kind;

/// How deep expressions, statements, types and containers may nest.
pub(crate) const MAX_DEPTH: u32 = 500;
/// How many operators may follow one another on one level; the tree leans left by as many.
const MAX_CHAIN: u32 = 10_000;

const TOO_DEEP: Reason = Reason::Plain("nesting is too deep");

/// The parse has failed; what was wrong stands in `Parser::error`.
#[derive(Debug)]
pub(crate) struct Fail;

pub(crate) type R<T> = Result<T, Fail>;

/// The text that a parser runs over.
#[derive(Clone, Copy)]
pub(crate) struct Input<'a> {
    pub source: &'a [u8],
    pub kinds: &'a [Kind],
    pub starts: &'a [u32],
}

/// Memory that one parse leaves to the next.
#[derive(Default)]
pub(crate) struct Memory {
    builder: Builder,
    scratch: Vec<NodeId>,
}

impl Memory {
    /// The nodes of the parse that was made in it last.
    pub fn builder(&self) -> &Builder {
        &self.builder
    }
}

pub(crate) struct Parser<'a> {
    input: Input<'a>,
    /// The next token.
    at: usize,
    /// Index of the current member's first token.
    base: usize,
    /// `base` plus the tokens cut out of the member so far.
    offset: usize,
    /// What was cut out: ordinal of each `{` and how many tokens up to its `}`.
    cuts: Vec<(u32, usize)>,
    depth: u32,
    pub builder: Builder,
    scratch: Vec<NodeId>,
    nested: whole::Nested,
    max_depth: u32,
    /// Ordinals at which a doc comment may stand inside a member, if they are asked for.
    pub doc_places: Option<Vec<u32>>,
    pub error: Option<ParseError>,
}

impl<'a> Parser<'a> {
    pub fn new(input: Input<'a>, memory: Memory) -> Parser<'a> {
        Parser {
            input,
            at: 0,
            base: 0,
            offset: 0,
            cuts: Vec::new(),
            depth: 0,
            builder: memory.builder,
            scratch: memory.scratch,
            nested: whole::Nested::CutOut,
            max_depth: MAX_DEPTH,
            doc_places: None,
            error: None,
        }
    }

    /// The memory, for the next parse.
    pub fn into_memory(mut self) -> Memory {
        self.builder.clear();
        self.scratch.clear();
        Memory { builder: self.builder, scratch: self.scratch }
    }

    /// Whether all tokens are eaten.
    pub fn is_at_end(&self) -> bool {
        self.at == self.input.kinds.len()
    }

    fn kind(&self) -> Kind {
        self.peek(0)
    }
    fn peek(&self, n: usize) -> Kind {
        self.input.kinds.get(self.at + n).copied().unwrap_or(Kind::Eof)
    }
    fn prev(&self) -> Kind {
        self.at.checked_sub(1).and_then(|i| self.input.kinds.get(i)).copied().unwrap_or(Kind::Eof)
    }
    fn start_of(&self, token: usize) -> usize {
        self.input.starts.get(token).map_or(self.input.source.len(), |s| *s as usize)
    }
    /// The ordinal of the next token.
    fn tok(&self) -> Tok {
        Tok((self.at - self.offset) as u32)
    }
    /// The index of a token of the current member.
    fn place(&self, t: Tok) -> usize {
        let cut: usize = self.cuts.iter().take_while(|c| c.0 < t.0).map(|c| c.1).sum();
        self.base + t.0 as usize + cut
    }
    fn next(&mut self) -> Tok {
        let t = self.tok();
        self.at += 1;
        t
    }
    fn eat(&mut self, k: Kind) -> Option<Tok> {
        (self.kind() == k).then(|| self.next())
    }
    /// Eats a sequence of tokens or nothing; the first is returned.
    fn eat_all(&mut self, kinds: &[Kind]) -> Option<Tok> {
        if !kinds.iter().enumerate().all(|(i, k)| self.peek(i) == *k) {
            return None;
        }
        let t = self.tok();
        self.at += kinds.len();
        Some(t)
    }
    fn expect(&mut self, k: Kind) -> R<Tok> {
        if self.kind() != k {
            return Err(self.fail(Reason::ExpectedToken(k)));
        }
        Ok(self.next())
    }

    fn on_same_line(&self, a: usize, b: usize) -> bool {
        let (a, b) = (self.start_of(a), self.start_of(b));
        self.input.source.get(a..b).is_none_or(|s| !s.contains(&b'\n'))
    }

    /// Fails at the next token.
    #[cold]
    fn fail(&mut self, reason: Reason) -> Fail {
        self.fail_at(reason, self.at)
    }
    #[cold]
    fn fail_at(&mut self, reason: Reason, token: usize) -> Fail {
        let after = reason.moves() && token != 0 && !self.on_same_line(token - 1, token);
        let token = if after { token - 1 } else { token };
        self.error = Some(ParseError { reason, token, after, notes: Vec::new() });
        Fail
    }
    #[cold]
    fn fail_with_note(&mut self, reason: Reason, token: usize, notes: &[(Reason, usize)]) -> Fail {
        let fail = self.fail_at(reason, token);
        if let Some(e) = &mut self.error {
            e.notes.extend_from_slice(notes);
        }
        fail
    }

    /// Goes one level down; the caller comes up again with `leave` unless it fails.
    fn enter(&mut self) -> R<()> {
        self.depth += 1;
        if self.depth > self.max_depth { Err(self.fail(TOO_DEEP)) } else { Ok(()) }
    }
    fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Skips doc comments where the grammar allows them; the index of the first, if any.
    fn eat_docs(&mut self) -> R<Option<usize>> {
        if self.kind() != Kind::DocComment {
            return Ok(None);
        }
        let first = self.at;
        if first > 0 && self.on_same_line(first - 1, first) {
            return Err(self.fail(Reason::Plain("same line documentation comment")));
        }
        while self.kind() == Kind::DocComment {
            self.at += 1;
        }
        Ok(Some(first))
    }
    /// The same inside a member.
    fn inner_docs(&mut self) -> R<()> {
        let place = self.tok().0;
        if let Some(places) = &mut self.doc_places {
            places.push(place);
        }
        self.eat_docs()?;
        Ok(())
    }

    /// `|x|`
    fn parse_payload(&mut self) -> R<Option<Tok>> {
        if self.eat(Kind::Pipe).is_none() {
            return Ok(None);
        }
        let name = self.expect(Kind::Identifier)?;
        self.expect(Kind::Pipe)?;
        Ok(Some(name))
    }
    /// `|x|` or `|*x|`
    fn parse_ptr_payload(&mut self) -> R<Option<Payload>> {
        if self.eat(Kind::Pipe).is_none() {
            return Ok(None);
        }
        let ptr = self.eat(Kind::Asterisk).is_some();
        let name = self.expect(Kind::Identifier)?;
        self.expect(Kind::Pipe)?;
        Ok(Some(Payload { ptr, name }))
    }
    /// `keyword (expr)`
    fn parse_attribute(&mut self, keyword: Kind) -> R<Option<NodeId>> {
        if self.eat(keyword).is_none() {
            return Ok(None);
        }
        self.expect(Kind::LParen)?;
        let e = self.expect_expr()?;
        self.expect(Kind::RParen)?;
        Ok(Some(e))
    }
}
