//! Parsing of a whole file without the splitter: containers are parsed in place, in the order
//! that Zig parses them. Over tokens with doc comments it yields the first error of a file;
//! over tokens without, the same members that the splitter and the member-wise parse find. Or all
//! members are parsed into one tree, which is all that formatting needs, and faster.

use super::{Fail, Input, Memory, Parser, R};
use crate::ast::{Builder, MemberAst, MemberRoot, NodeId, Tok};
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

/// What becomes of the members of containers.
pub(crate) enum Nested {
    /// They are cut out of the tokens.
    CutOut,
    /// Each becomes a tree of its own.
    Apart(Whole),
    /// They become part of one tree.
    Together(Members),
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

/// The members of a file whose nodes are in one tree.
#[derive(Default, Debug)]
pub(crate) struct Members {
    /// In source order.
    pub list: Vec<FileMember>,
    /// How many containers there are, the file among them.
    pub containers: u32,
}

/// A member of a file whose nodes are in one tree.
#[derive(Debug)]
pub(crate) struct FileMember {
    pub kind: MemberKind,
    /// Its first token after doc comments.
    pub base: u32,
    pub container: u32,
    pub root: MemberRoot,
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
        p.begin_member(0);
        p.expect_expr()?;
        p.expect(Kind::Eof)?;
        Ok(())
    });
    result.map(drop)
}

fn run<'a>(input: Input<'a>, parse: impl FnOnce(&mut Parser<'a>) -> R<()>) -> Result<Whole, ParseError> {
    let mut p = Parser::new(input, Memory::default());
    p.nested = Nested::Apart(Whole { containers: vec![(0, input.kinds.len() - 1, None)], ..Whole::default() });
    let result = parse(&mut p);
    match (result, p.nested) {
        (Ok(()), Nested::Apart(w)) => Ok(w),
        _ => Err(p.error.take().unwrap_or_else(unknown)),
    }
}

#[cold]
fn unknown() -> ParseError {
    ParseError { reason: Reason::Plain("syntax error"), token: 0, after: false, notes: Vec::new() }
}

/// Parses a whole file into one tree. The nodes are left in the memory, and the memory of the
/// members is used again.
pub(crate) fn parse_file(
    input: Input<'_>,
    max_depth: u32,
    memory: &mut Memory,
    members: &mut Members,
) -> Result<(), ParseError> {
    let mut all = std::mem::take(members);
    all.list.clear();
    all.containers = 1;
    memory.builder.clear();
    memory.scratch.clear();
    let mut p = Parser::new(input, std::mem::take(memory));
    p.nested = Nested::Together(all);
    p.max_depth = max_depth;
    let result = p.expect_root();
    *memory = Memory { builder: p.builder, scratch: p.scratch };
    if let Nested::Together(all) = p.nested {
        *members = all;
    }
    result.map_err(|_| p.error.take().unwrap_or_else(unknown))
}

impl Parser<'_> {
    fn expect_root(&mut self) -> R<()> {
        self.expect_members(0)?;
        if self.kind() != Kind::Eof {
            return Err(self.fail(Reason::ExpectedToken(Kind::Eof)));
        }
        Ok(())
    }

    /// The members of a nested container, whose node has been made, and its `}`.
    pub(super) fn expect_container_body(&mut self, node: NodeId, open: usize, lbrace: Tok) -> R<()> {
        let Nested::Together(all) = &mut self.nested else { return self.expect_body_apart(open, lbrace) };
        let container = all.containers;
        all.containers += 1;
        self.expect_members(container as usize)?;
        let rbrace = self.expect(Kind::RBrace)?;
        self.builder.close_container(node, rbrace);
        Ok(())
    }

    /// All that belongs to the member around it is put aside meanwhile.
    fn expect_body_apart(&mut self, open: usize, lbrace: Tok) -> R<()> {
        let Nested::Apart(w) = &mut self.nested else { return Err(Fail) };
        let builder = std::mem::replace(&mut self.builder, w.builders.pop().unwrap_or_default());
        let cuts = std::mem::take(&mut self.cuts);
        let (base, offset) = (self.base, self.offset);
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
        if let Nested::Apart(w) = &mut self.nested {
            w.current = owner;
            w.containers[container].1 = close;
            w.builders.push(spare);
        }
        self.expect(Kind::RBrace)?;
        Ok(())
    }

    fn begin_member(&mut self, container: usize) -> usize {
        match &mut self.nested {
            Nested::CutOut => 0,
            Nested::Apart(w) => {
                self.base = self.at;
                self.offset = self.at;
                self.cuts.clear();
                self.builder.clear();
                w.members.push(None);
                w.current = Some(w.members.len() - 1);
                w.members.len() - 1
            }
            Nested::Together(all) => {
                // To be replaced when it is known.
                let root = MemberRoot::Comptime { comptime_token: Tok(0), body: NodeId(0) };
                let (base, container) = (self.at as u32, container as u32);
                all.list.push(FileMember { kind: MemberKind::Comptime, base, container, root });
                all.list.len() - 1
            }
        }
    }

    fn end_member(&mut self, slot: usize, container: usize, base: usize, kind: MemberKind, root: MemberRoot) {
        match &mut self.nested {
            Nested::CutOut => {}
            Nested::Apart(w) => {
                let ast = self.builder.finish(root);
                w.members[slot] = Some(WholeMember { kind, base, end: self.at, container, ast });
            }
            Nested::Together(all) => {
                let m = &mut all.list[slot];
                (m.kind, m.root) = (kind, root);
            }
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
            let slot = self.begin_member(container);
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
