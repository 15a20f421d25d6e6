//! Parsing of a whole file without the splitter: containers are parsed in place, in the order
//! that Zig parses them. Over tokens with doc comments it yields the first error of a file;
//! over tokens without, the same members that the splitter and the member-wise parse find.

use super::{Fail, Input, Memory, Parser, R};
use crate::ast::{Builder, MemberAst, MemberRoot, Tok};
use crate::error::{ParseError, Reason};
use crate::token::Kind;
use crate::tree::MemberKind;

/// A member as the whole-file parse found it.
#[derive(Debug)]
pub struct WholeMember {
    /// Kind.
    pub kind: MemberKind,
    /// Token range, commas of fields excluded.
    pub base: usize,
    /// See `base`.
    pub end: usize,
    /// Index of the container that holds it.
    pub container: usize,
    /// Its tree.
    pub ast: MemberAst,
}

/// Finds the members of a file without the splitter, in source order; `None` if it has a syntax
/// error. For tests: the same members as [`crate::AstTree::parse`] finds.
pub fn whole_file(source: &[u8]) -> Option<Vec<WholeMember>> {
    let t = crate::token::lex(source);
    let input = Input { source, kinds: &t.kinds, starts: &t.starts };
    let whole = parse_whole(input).ok()?;
    whole.members.into_iter().collect()
}

/// What the whole-file parse collects.
#[derive(Default, Debug)]
pub(crate) struct Whole {
    /// In order of their bases; a slot is filled when its member is complete.
    pub members: Vec<Option<WholeMember>>,
    /// Braces and owner of each container; the first is the file.
    pub containers: Vec<(usize, usize, Option<usize>)>,
    /// Builders that wait for a container to be opened.
    builders: Vec<Builder>,
    /// The member being parsed.
    current: Option<usize>,
}

/// Order of fields and declarations in a container.
enum FieldState {
    None,
    Seen,
    /// A declaration followed fields; its main token.
    Ended(usize),
}

/// Parses a whole file.
pub(crate) fn parse_whole(input: Input<'_>) -> Result<Whole, ParseError> {
    run(input, Parser::expect_root)
}

/// Parses a whole file that is one expression.
pub(crate) fn parse_value(input: Input<'_>) -> Result<(), ParseError> {
    let result = run(input, |p| {
        p.begin_member();
        p.expect_expr()?;
        p.expect(Kind::Eof)?;
        Ok(())
    });
    result.map(drop)
}

fn run<'a>(input: Input<'a>, parse: impl FnOnce(&mut Parser<'a>) -> R<()>) -> Result<Whole, ParseError> {
    let mut p = Parser::new(input, Memory::default());
    p.whole = Some(Whole { containers: vec![(0, input.kinds.len() - 1, None)], ..Whole::default() });
    let result = parse(&mut p);
    match (result, p.whole.take()) {
        (Ok(()), Some(w)) => Ok(w),
        _ => Err(p.error.take().unwrap_or(ParseError {
            reason: Reason::Plain("syntax error"),
            token: 0,
            after: false,
            notes: Vec::new(),
        })),
    }
}

impl Parser<'_> {
    fn expect_root(&mut self) -> R<()> {
        self.expect_members(0)?;
        if self.kind() != Kind::Eof {
            return Err(self.fail(Reason::ExpectedToken(Kind::Eof)));
        }
        Ok(())
    }

    /// The members of a nested container and its `}`, with all that belongs to the member around
    /// it put aside meanwhile.
    pub(super) fn expect_container_body(&mut self, open: usize, lbrace: Tok) -> R<()> {
        let spare = self.whole.as_mut().and_then(|w| w.builders.pop());
        let builder = std::mem::replace(&mut self.builder, spare.unwrap_or_default());
        let cuts = std::mem::take(&mut self.cuts);
        let (base, offset) = (self.base, self.offset);
        let Some(w) = &mut self.whole else { return Err(Fail) };
        let owner = w.current;
        let container = w.containers.len();
        w.containers.push((open, open, owner));
        self.expect_members(container)?;
        let close = self.at;
        let spare = std::mem::replace(&mut self.builder, builder);
        self.cuts = cuts;
        self.base = base;
        let cut = close - open - 1;
        self.cuts.push((lbrace.0, cut));
        self.offset = offset + cut;
        if let Some(w) = &mut self.whole {
            w.current = owner;
            w.containers[container].1 = close;
            w.builders.push(spare);
        }
        self.expect(Kind::RBrace)?;
        Ok(())
    }

    fn begin_member(&mut self) -> usize {
        self.base = self.at;
        self.offset = self.at;
        self.cuts.clear();
        self.builder.clear();
        let Some(w) = &mut self.whole else { return 0 };
        w.members.push(None);
        w.current = Some(w.members.len() - 1);
        w.members.len() - 1
    }

    fn end_member(&mut self, slot: usize, container: usize, base: usize, kind: MemberKind, root: MemberRoot) {
        let ast = self.builder.finish(root);
        let end = self.at;
        if let Some(w) = &mut self.whole {
            w.members[slot] = Some(WholeMember { kind, base, end, container, ast });
        }
    }

    /// The members of a container up to its `}` or the end of the file.
    fn expect_members(&mut self, container: usize) -> R<()> {
        let mut state = FieldState::None;
        let mut last_field = 0;
        while self.kind() == Kind::ContainerDocComment {
            self.at += 1;
        }
        loop {
            let doc = self.eat_docs()?;
            let base = self.at;
            let is_comptime_block = self.kind() == Kind::KwComptime && self.peek(1) == Kind::LBrace;
            match (doc, self.kind()) {
                (None, Kind::Eof | Kind::RBrace) => return Ok(()),
                (Some(doc), Kind::Eof | Kind::RBrace) => {
                    return Err(self.fail_at(Reason::Plain("unattached documentation comment"), doc));
                }
                (Some(doc), Kind::KwTest) => {
                    let text = "documentation comments cannot be attached to tests";
                    return Err(self.fail_at(Reason::Plain(text), doc));
                }
                (Some(doc), Kind::KwComptime) if is_comptime_block => {
                    let text = "documentation comments cannot be attached to comptime blocks";
                    return Err(self.fail_at(Reason::Plain(text), doc));
                }
                _ => {}
            }
            let slot = self.begin_member();
            let parsed = self.expect_member()?;
            let is_field = parsed.kind == MemberKind::Field;
            let main = parsed.main;
            self.end_member(slot, container, base, parsed.kind, parsed.root);
            if !is_field {
                if let FieldState::Seen = state {
                    state = FieldState::Ended(main);
                }
                continue;
            }
            if let FieldState::Ended(decl) = state {
                let notes = [
                    (Reason::Plain("field before declarations here"), last_field),
                    (Reason::Plain("field after declarations here"), base),
                ];
                return Err(self.fail_with_note(Reason::DeclBetweenFields, decl, &notes));
            }
            state = FieldState::Seen;
            last_field = base;
            match self.kind() {
                Kind::Comma => {
                    self.at += 1;
                }
                Kind::RBrace | Kind::Eof => return Ok(()),
                found => {
                    let note = (Reason::Plain("use 'var' or 'const' to declare variable"), base);
                    let named = self.input.kinds.get(base) == Some(&Kind::Identifier);
                    let notes: &[_] = if found == Kind::Semicolon && named { &[note] } else { &[] };
                    return Err(self.fail_with_note(Reason::Missing("',' after field"), self.at, notes));
                }
            }
        }
    }
}
