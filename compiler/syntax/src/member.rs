//! The splitter: one pass over token kinds that finds the members of a file and of every
//! container in it, at any depth, by brackets alone.
//!
//! What it decides and by what: a `{` opens a container's body if it follows `struct`, `union`,
//! `enum` or `opaque` and their argument in parentheses; a function's body is the first `{`
//! directly in its declaration that follows neither a container's head, nor `error`, nor a
//! period, nor a label's colon, nor the parenthesis of a `switch`; a declaration ends at the first `;`, a field at the first
//! `,` outside all brackets and captures. It accepts more than the grammar: every member is
//! parsed afterwards and must end where the splitter said.

mod hash;

use crate::ast::ContainerKind;
use crate::parse::MAX_DEPTH;
use crate::token::{Kind, before_decider, decider};
use crate::tree::MemberKind;

pub(crate) use hash::{Scratch, fields_hash, member_hash};

/// A member, in file token indices.
#[derive(Clone, Debug)]
pub(crate) struct SplitMember {
    pub kind: MemberKind,
    pub is_pub: bool,
    pub container: u32,
    pub base: u32,
    /// One past its last token; the comma of a field excluded.
    pub end: u32,
    /// First token of what is not signature.
    pub body: u32,
    /// Token of the declared name.
    pub name: Option<u32>,
    /// Directly nested containers.
    pub containers: Vec<u32>,
}

/// A container, in file token indices.
#[derive(Clone, Debug)]
pub(crate) struct SplitContainer {
    pub kind: ContainerKind,
    pub owner: Option<(u32, u32)>,
    /// First token of its head: layout keyword or container keyword.
    pub head: u32,
    pub lbrace: u32,
    pub rbrace: u32,
    pub members: Vec<u32>,
}

/// All members and containers of a file.
#[derive(Default, Debug)]
pub(crate) struct Split {
    pub members: Vec<SplitMember>,
    pub containers: Vec<SplitContainer>,
}

/// An open bracket.
enum Frame {
    Paren,
    /// After `switch`.
    SwitchParen,
    /// After `for`: captures follow.
    ForParen,
    /// Argument of a container's head that began at the token.
    HeadParen(u32),
    Bracket,
    Brace,
    /// Body of a function, test or `comptime` block: closing it ends the member.
    Body,
    /// A brace in a body; there, only braces and nested containers are of interest.
    BodyBrace,
    Container {
        index: u32,
        member: Option<u32>,
    },
}

/// The brackets do not match, a container has no body, or containers nest too deep.
pub(crate) struct Unsplittable;

struct Splitter<'a> {
    kinds: &'a [Kind],
    at: usize,
    frames: Vec<Frame>,
    /// The innermost containers' places in `frames`.
    open: Vec<usize>,
    split: Split,
    /// A `{` at this token opens a body of its own kind, not a function's.
    not_body: Option<usize>,
}

/// Splits a file. `kinds` ends with `Eof`.
pub(crate) fn split(kinds: &[Kind]) -> Result<Split, Unsplittable> {
    let mut s = Splitter {
        kinds,
        at: 0,
        frames: vec![Frame::Container { index: 0, member: None }],
        open: vec![0],
        split: Split::default(),
        not_body: None,
    };
    s.split.containers.push(SplitContainer {
        kind: ContainerKind::Struct,
        owner: None,
        head: 0,
        lbrace: 0,
        rbrace: kinds.len() as u32 - 1,
        members: Vec::new(),
    });
    s.run()?;
    Ok(s.split)
}

impl Splitter<'_> {
    fn kind(&self, n: usize) -> Kind {
        self.kinds.get(self.at + n).copied().unwrap_or(Kind::Eof)
    }

    fn run(&mut self) -> Result<(), Unsplittable> {
        loop {
            if let Some(Frame::Container { index, member: None }) = self.frames.last() {
                let index = *index;
                match self.kind(0) {
                    Kind::Eof if index == 0 => return Ok(()),
                    Kind::RBrace if index != 0 => self.close_container(),
                    _ => self.begin_member(index)?,
                }
                continue;
            }
            self.token()?;
        }
    }

    /// The current member of the innermost container.
    fn member(&self) -> Option<u32> {
        match self.open.last().and_then(|i| self.frames.get(*i)) {
            Some(Frame::Container { member, .. }) => *member,
            _ => None,
        }
    }
    fn set_member(&mut self, m: Option<u32>) {
        if let Some(Frame::Container { member, .. }) = self.open.last().and_then(|i| self.frames.get_mut(*i)) {
            *member = m;
        }
    }

    /// Reads a member's head, up to what tells its kind.
    fn begin_member(&mut self, container: u32) -> Result<(), Unsplittable> {
        let base = self.at;
        let mut is_pub = false;
        let mut name = None;
        let kind = match self.kind(0) {
            Kind::KwTest => {
                self.at += 1;
                if matches!(self.kind(0), Kind::StringLiteral | Kind::Identifier) {
                    name = Some(self.at as u32);
                    self.at += 1;
                }
                MemberKind::Test
            }
            Kind::KwComptime if self.kind(1) == Kind::LBrace => {
                self.at += 1;
                MemberKind::Comptime
            }
            Kind::KwPub
            | Kind::KwConst
            | Kind::KwVar
            | Kind::KwThreadlocal
            | Kind::KwExport
            | Kind::KwExtern
            | Kind::KwInline
            | Kind::KwNoinline
            | Kind::KwFn => {
                is_pub = self.skip(Kind::KwPub);
                if self.skip(Kind::KwExtern) {
                    self.skip(Kind::StringLiteral);
                } else if !self.skip(Kind::KwExport) && !self.skip(Kind::KwInline) {
                    self.skip(Kind::KwNoinline);
                }
                self.skip(Kind::KwThreadlocal);
                let kind = match self.kind(0) {
                    Kind::KwFn => MemberKind::Fn,
                    Kind::KwConst => MemberKind::Const,
                    Kind::KwVar => MemberKind::Var,
                    _ => return Err(Unsplittable),
                };
                self.at += 1;
                if self.kind(0) == Kind::Identifier {
                    name = Some(self.at as u32);
                }
                kind
            }
            _ => {
                self.skip(Kind::KwComptime);
                if self.kind(0) == Kind::Identifier && self.names_field(container) {
                    name = Some(self.at as u32);
                }
                MemberKind::Field
            }
        };
        if matches!(kind, MemberKind::Test | MemberKind::Comptime) && self.kind(0) != Kind::LBrace {
            return Err(Unsplittable);
        }
        let index = self.split.members.len() as u32;
        self.split.members.push(SplitMember {
            kind,
            is_pub,
            container,
            base: base as u32,
            end: 0,
            body: u32::MAX,
            name,
            containers: Vec::new(),
        });
        self.split.containers[container as usize].members.push(index);
        self.set_member(Some(index));
        Ok(())
    }

    fn skip(&mut self, k: Kind) -> bool {
        let found = self.kind(0) == k;
        self.at += usize::from(found);
        found
    }

    /// Whether the identifier here is a field's name: before a colon, or alone in an enum or union.
    fn names_field(&self, container: u32) -> bool {
        match self.kind(1) {
            // `a: {` is a labelled block as the type of a nameless field: the parser reads a name.
            Kind::Colon => true,
            Kind::Comma | Kind::Equal | Kind::RBrace | Kind::KwAlign => {
                matches!(self.split.containers[container as usize].kind, ContainerKind::Enum | ContainerKind::Union)
            }
            _ => false,
        }
    }

    /// Ends the current member before token `end`.
    fn end_member(&mut self, end: usize) {
        if let Some(m) = self.member() {
            let m = &mut self.split.members[m as usize];
            m.end = end as u32;
            m.body = m.body.min(m.end);
        }
        self.set_member(None);
    }

    fn begin_body(&mut self) {
        if let Some(m) = self.member() {
            let m = &mut self.split.members[m as usize];
            m.body = m.body.min(self.at as u32);
        }
    }

    fn close_container(&mut self) {
        if let Some(Frame::Container { index, .. }) = self.frames.pop() {
            self.split.containers[index as usize].rbrace = self.at as u32;
        }
        self.open.pop();
        self.at += 1;
    }

    /// One token inside a member, after those that decide nothing.
    fn token(&mut self) -> Result<(), Unsplittable> {
        let rest = self.kinds.get(self.at..).unwrap_or_default();
        let last = match self.frames.last() {
            Some(Frame::Body | Frame::BodyBrace) => decider::IN_BODY,
            Some(Frame::Container { .. }) => decider::OUTSIDE,
            _ => decider::IN_BRACKETS,
        };
        self.at += before_decider(rest, last);
        let k = self.kind(0);
        match k {
            Kind::LParen => {
                let frame = match self.at.checked_sub(1).and_then(|i| self.kinds.get(i)) {
                    Some(Kind::KwSwitch) => Frame::SwitchParen,
                    Some(Kind::KwFor) => Frame::ForParen,
                    _ => Frame::Paren,
                };
                self.frames.push(frame);
            }
            Kind::LBracket => self.frames.push(Frame::Bracket),
            Kind::LBrace => self.open_brace(),
            Kind::RParen => return self.close_paren(),
            Kind::RBracket => match self.frames.pop() {
                Some(Frame::Bracket) => {}
                _ => return Err(Unsplittable),
            },
            Kind::RBrace => return self.close_brace(),
            Kind::KwStruct | Kind::KwUnion | Kind::KwEnum | Kind::KwOpaque => return self.container_head(k),
            Kind::Semicolon | Kind::Comma | Kind::Equal => return self.separator(k),
            Kind::Eof => {
                let field = self.frames.len() == 1 && self.is(MemberKind::Field);
                if !field {
                    return Err(Unsplittable);
                }
                self.end_member(self.at);
                return Ok(());
            }
            _ => {}
        }
        self.at += 1;
        Ok(())
    }

    fn is(&self, kind: MemberKind) -> bool {
        self.member().is_some_and(|m| self.split.members[m as usize].kind == kind)
    }
    /// Whether no bracket is open in the current member.
    fn is_outside_brackets(&self) -> bool {
        matches!(self.frames.last(), Some(Frame::Container { .. }))
    }

    fn separator(&mut self, k: Kind) -> Result<(), Unsplittable> {
        if self.is_outside_brackets() {
            let field = self.is(MemberKind::Field);
            match k {
                Kind::Equal => self.begin_body(),
                Kind::Comma if field => self.end_member(self.at),
                Kind::Semicolon if !field => self.end_member(self.at + 1),
                _ => return Err(Unsplittable),
            }
        }
        self.at += 1;
        Ok(())
    }

    fn open_brace(&mut self) {
        if let Some(Frame::Body | Frame::BodyBrace) = self.frames.last() {
            self.frames.push(Frame::BodyBrace);
            return;
        }
        let own = self.not_body == Some(self.at);
        let before = self.at.checked_sub(1).and_then(|i| self.kinds.get(i)).copied();
        let body = self.is_outside_brackets()
            && !own
            && !matches!(before, Some(Kind::KwError | Kind::Period | Kind::Colon))
            && (self.is(MemberKind::Fn) || self.is(MemberKind::Test) || self.is(MemberKind::Comptime));
        if body {
            self.begin_body();
        }
        self.frames.push(if body { Frame::Body } else { Frame::Brace });
    }

    fn close_brace(&mut self) -> Result<(), Unsplittable> {
        match self.frames.last() {
            Some(Frame::Brace | Frame::BodyBrace) => {
                self.frames.pop();
                self.at += 1;
            }
            Some(Frame::Body) => {
                self.frames.pop();
                self.at += 1;
                self.end_member(self.at);
            }
            // The last field of a container may lack its comma.
            Some(Frame::Container { .. }) if self.frames.len() > 1 && self.is(MemberKind::Field) => {
                self.end_member(self.at);
            }
            _ => return Err(Unsplittable),
        }
        Ok(())
    }

    fn close_paren(&mut self) -> Result<(), Unsplittable> {
        let frame = self.frames.pop();
        self.at += 1;
        match frame {
            Some(Frame::Paren) => {}
            Some(Frame::SwitchParen) => self.not_body = Some(self.at),
            Some(Frame::ForParen) => {
                // Commas between captures separate no fields.
                if self.skip(Kind::Pipe) {
                    while matches!(self.kind(0), Kind::Identifier | Kind::Comma | Kind::Asterisk) {
                        self.at += 1;
                    }
                }
            }
            Some(Frame::HeadParen(keyword)) => return self.open_container(keyword),
            _ => return Err(Unsplittable),
        }
        Ok(())
    }

    fn container_head(&mut self, k: Kind) -> Result<(), Unsplittable> {
        let keyword = self.at as u32;
        self.at += 1;
        if k != Kind::KwOpaque && self.skip(Kind::LParen) {
            self.frames.push(Frame::HeadParen(keyword));
            // `union(enum)`: no container of its own.
            if k == Kind::KwUnion && self.kind(0) == Kind::KwEnum {
                self.at += 1;
            }
            return Ok(());
        }
        self.open_container(keyword)
    }

    /// The body of a container whose head ends here.
    fn open_container(&mut self, keyword: u32) -> Result<(), Unsplittable> {
        if self.kind(0) != Kind::LBrace {
            return Err(Unsplittable);
        }
        let Some(owner) = self.member() else { return Err(Unsplittable) };
        if self.open.len() > MAX_DEPTH as usize {
            return Err(Unsplittable);
        }
        let index = self.split.containers.len() as u32;
        let at = keyword as usize;
        let kind = match self.kinds[at] {
            Kind::KwUnion => ContainerKind::Union,
            Kind::KwEnum => ContainerKind::Enum,
            Kind::KwOpaque => ContainerKind::Opaque,
            _ => ContainerKind::Struct,
        };
        let layout = at > 0 && matches!(self.kinds[at - 1], Kind::KwExtern | Kind::KwPacked);
        let list = &mut self.split.members[owner as usize].containers;
        let ordinal = list.len() as u32;
        list.push(index);
        self.split.containers.push(SplitContainer {
            kind,
            owner: Some((owner, ordinal)),
            head: keyword - u32::from(layout),
            lbrace: self.at as u32,
            rbrace: 0,
            members: Vec::new(),
        });
        self.open.push(self.frames.len());
        self.frames.push(Frame::Container { index, member: None });
        self.at += 1;
        Ok(())
    }
}
