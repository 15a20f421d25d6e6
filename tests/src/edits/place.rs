//! Where a file can be edited: its tokens and members as the compiler's own parser finds them, in
//! bytes, so that edits work on any project.

use std::ops::Range;
use std::sync::Arc;

use syntax::ast::{ContainerKind, MemberRoot};
use syntax::{AstTree, Interner, Kind, Member, MemberKind};

use super::random::Random;

/// One file, parsed.
pub struct View {
    /// Its name in the project.
    pub file: String,
    /// Its parse. A file with a syntax error has tokens, but no members.
    pub tree: AstTree,
}

impl View {
    /// Parses a file.
    pub fn new(file: &str, text: &[u8]) -> View {
        View { file: file.to_owned(), tree: AstTree::parse(Arc::from(text), &Interner::new(), None) }
    }

    /// The bytes.
    pub fn text(&self) -> &[u8] {
        self.tree.source()
    }

    /// The bytes of a range as text.
    pub fn slice(&self, range: Range<usize>) -> String {
        String::from_utf8_lossy(self.text().get(range).unwrap_or_default()).into_owned()
    }

    /// How many tokens there are, the end not among them.
    pub fn tokens(&self) -> usize {
        self.tree.tokens().kinds.len() - 1
    }

    /// The kind of a token; `Eof` for one that is not there.
    pub fn kind(&self, token: usize) -> Kind {
        self.tree.tokens().kinds.get(token).copied().unwrap_or(Kind::Eof)
    }

    /// The bytes of tokens `from..to`.
    pub fn span(&self, from: usize, to: usize) -> Range<usize> {
        let t = self.tree.tokens();
        let end = self.text().len();
        let start = t.starts.get(from).map_or(end, |&s| s as usize);
        let last = to.checked_sub(1).and_then(|i| t.ends.get(i)).map_or(start, |&e| e as usize);
        start..last.max(start)
    }

    /// The text of a token.
    pub fn token(&self, token: usize) -> String {
        self.slice(self.span(token, token + 1))
    }

    /// A token that `accept`s by its kind.
    pub fn find(&self, random: &mut Random, accept: impl Fn(Kind) -> bool) -> Option<usize> {
        self.find_at(random, |view, i| accept(view.kind(i)))
    }

    /// A token that `accept`s by its place.
    pub fn find_at(&self, random: &mut Random, accept: impl Fn(&View, usize) -> bool) -> Option<usize> {
        let found: Vec<usize> = (0..self.tokens()).filter(|&i| accept(self, i)).collect();
        random.pick(&found).copied()
    }

    /// The text of a name after a token, if one stands there.
    pub fn identifiers(&self) -> Vec<String> {
        let mut names: Vec<String> =
            (0..self.tokens()).filter(|&i| self.kind(i) == Kind::Identifier).map(|i| self.token(i)).collect();
        names.sort();
        names.dedup();
        names
    }

    /// A member that `accept`s, at any depth.
    pub fn member(&self, random: &mut Random, accept: impl Fn(&Member) -> bool) -> Option<&Member> {
        let found: Vec<&Member> = self.tree.members().iter().filter(|m| accept(m)).collect();
        random.pick(&found).copied()
    }

    /// A named declaration, at any depth; more often than not one of the file itself.
    pub fn decl(&self, random: &mut Random) -> Option<&Member> {
        let top = random.one_in(2);
        self.member(random, |m| is_decl(m) && (!top || m.container.0 == 0))
    }

    /// The bytes of a member with its doc comments and, of a field, its comma.
    pub fn whole(&self, m: &Member) -> Range<usize> {
        let span = self.span(m.base as usize, m.end as usize);
        let mut start = span.start;
        loop {
            let line = self.line_of(start);
            let before = self.text().get(..line.start.saturating_sub(1)).unwrap_or_default();
            let previous = self.line_of(before.len());
            let is_doc = line.start > 0 && self.slice(previous.clone()).trim_start().starts_with("///");
            if !is_doc || !self.slice(line.start..start).trim().is_empty() {
                break;
            }
            start = previous.start + self.slice(previous).find("///").unwrap_or(0);
        }
        let mut end = span.end;
        if m.kind == MemberKind::Field && self.kind(m.end as usize) == Kind::Comma {
            end = self.span(m.end as usize, m.end as usize + 1).end;
        }
        start..end
    }

    /// The token of a declaration's name.
    pub fn name_token(&self, m: &Member) -> Option<usize> {
        m.name?;
        let range = m.base as usize..m.end as usize;
        match m.kind {
            MemberKind::Field => range.into_iter().find(|&i| self.kind(i) == Kind::Identifier),
            _ => range
                .into_iter()
                .find(|&i| matches!(self.kind(i), Kind::KwConst | Kind::KwVar | Kind::KwFn))
                .map(|i| i + 1),
        }
    }

    /// A declaration's name.
    pub fn name(&self, m: &Member) -> Option<String> {
        self.name_token(m).map(|t| self.token(t))
    }

    /// The tokens `{` and `}` of a function's body.
    pub fn body(&self, m: &Member) -> Option<(usize, usize)> {
        let close = (m.end as usize).checked_sub(1)?;
        if !matches!(m.kind, MemberKind::Fn | MemberKind::Test | MemberKind::Comptime)
            || self.kind(close) != Kind::RBrace
        {
            return None;
        }
        self.open_of(close).map(|open| (open, close))
    }

    /// The opening bracket that a closing one belongs to.
    pub fn open_of(&self, close: usize) -> Option<usize> {
        let mut depth = 0;
        for i in (0..=close).rev() {
            match self.kind(i) {
                Kind::RBrace | Kind::RParen | Kind::RBracket => depth += 1,
                Kind::LBrace | Kind::LParen | Kind::LBracket => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Some(i);
            }
        }
        None
    }

    /// The closing bracket of an opening one.
    pub fn close_of(&self, open: usize) -> Option<usize> {
        let mut depth = 0;
        for i in open..self.tokens() {
            match self.kind(i) {
                Kind::LBrace | Kind::LParen | Kind::LBracket => depth += 1,
                Kind::RBrace | Kind::RParen | Kind::RBracket => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Some(i);
            }
        }
        None
    }

    /// The parameter list's parentheses of a function.
    pub fn parameters(&self, m: &Member) -> Option<(usize, usize)> {
        let open = self.name_token(m)? + 1;
        (m.kind == MemberKind::Fn && self.kind(open) == Kind::LParen).then_some(())?;
        self.close_of(open).map(|close| (open, close))
    }

    /// The tokens of a function's result type.
    pub fn result(&self, m: &Member) -> Option<(usize, usize)> {
        let (_, close) = self.parameters(m)?;
        let (open, _) = self.body(m)?;
        let mut from = close + 1;
        while matches!(self.kind(from), Kind::KwCallconv | Kind::KwAlign | Kind::KwLinksection | Kind::KwAddrspace) {
            from = self.close_of(from + 1)? + 1;
        }
        (from < open).then_some((from, open))
    }

    /// The containers that are not files, of some kind.
    pub fn container(&self, random: &mut Random, accept: impl Fn(ContainerKind) -> bool) -> Option<&syntax::Container> {
        let found: Vec<&syntax::Container> = self.tree.containers().iter().skip(1).filter(|c| accept(c.kind)).collect();
        random.pick(&found).copied()
    }

    /// The kind of the container that a member belongs to.
    pub fn kind_around(&self, m: &Member) -> ContainerKind {
        self.tree.container(m.container).kind
    }

    /// Whether a member is a field that has a type of its own.
    pub fn is_typed_field(&self, m: &Member) -> bool {
        matches!(m.ast.root(), MemberRoot::Field(f) if f.name.is_some() && f.ty.is_some())
    }

    /// The line that holds a byte, without its line feed.
    pub fn line_of(&self, byte: usize) -> Range<usize> {
        let text = self.text();
        let byte = byte.min(text.len());
        let start = text[..byte].iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
        let end = text[byte..].iter().position(|b| *b == b'\n').map_or(text.len(), |i| byte + i);
        start..end
    }

    /// All lines, without their line feeds.
    pub fn lines(&self) -> Vec<Range<usize>> {
        let mut lines = Vec::new();
        let mut at = 0;
        for line in self.text().split(|b| *b == b'\n') {
            lines.push(at..at + line.len());
            at += line.len() + 1;
        }
        lines
    }
}

/// Whether a member is a named declaration.
pub fn is_decl(m: &Member) -> bool {
    m.name.is_some() && matches!(m.kind, MemberKind::Const | MemberKind::Var | MemberKind::Fn)
}
