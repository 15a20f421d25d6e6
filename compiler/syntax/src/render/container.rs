//! Containers with their members, and error sets.

use super::Renderer;
use super::ident::Place;
use super::space::Gap;
use super::stream::Why;
use crate::ast::{Container, ContainerKind, MemberRoot};
use crate::token::Kind;
use crate::{ContainerIx, MemberIx, MemberKind};

/// How fields without a name are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fields {
    /// As types.
    Tuple,
    /// As names, where they look like one.
    Named,
    /// The same, in an `enum`.
    Enum,
}

impl<'t> Renderer<'t> {
    fn members_of(&self, container: ContainerIx) -> &'t [MemberIx] {
        let tree = self.tree;
        &tree.container(container).members
    }

    /// A struct none of whose fields has a name is a tuple.
    fn struct_fields(&self, members: &[MemberIx]) -> Fields {
        let is_named =
            |m: &MemberIx| matches!(self.tree.member(*m).ast.root(), MemberRoot::Field(f) if f.name.is_some());
        if members.iter().any(is_named) { Fields::Named } else { Fields::Tuple }
    }

    pub(super) fn root_members(&mut self, file: ContainerIx) {
        let members = self.members_of(file);
        let fields = self.struct_fields(members);
        for (i, m) in members.iter().enumerate() {
            self.in_member(*m, |r| {
                if i > 0 {
                    r.blank_line(r.at(crate::Tok(0)));
                }
                r.member(fields, Gap::Line);
            });
        }
    }

    pub(super) fn container(&mut self, keyword: usize, c: &Container, gap: Gap) {
        if let Some(layout) = c.layout {
            self.token(self.at(layout), Gap::Space);
        }
        let (lbrace, rbrace) = (self.at(c.lbrace), self.at(c.rbrace));
        match (c.enum_tag, c.arg) {
            (None, None) => self.token(keyword, Gap::Space),
            (None, Some(arg)) => {
                self.tokens(keyword, 2);
                self.expr(arg, Gap::None);
                self.token(self.past(arg), Gap::Space);
            }
            (Some(_), arg) => {
                // `union(enum`
                self.tokens(keyword, 3);
                if let Some(arg) = arg {
                    self.token(keyword + 3, Gap::None);
                    self.expr(arg, Gap::None);
                    self.token(self.past(arg), Gap::None);
                }
                self.token(lbrace - 1, Gap::Space);
            }
        }
        let ix = self.tree.member(self.scope.ix).containers.get(c.ordinal as usize);
        let members = ix.map_or(&[][..], |ix| self.members_of(*ix));
        let has_docs = self.kind(lbrace + 1) == Kind::ContainerDocComment;
        if members.is_empty() {
            self.out.open(Why::Plain);
            self.token(lbrace, if has_docs { Gap::Line } else { Gap::None });
            self.container_docs(lbrace + 1);
            self.out.close();
            return self.token(rbrace, gap);
        }
        let fields = match c.kind {
            ContainerKind::Enum => Fields::Enum,
            ContainerKind::Struct => self.struct_fields(members),
            ContainerKind::Union | ContainerKind::Opaque => Fields::Named,
        };
        let one_line = self.kind(rbrace - 1) != Kind::Comma
            && !self.text.has_comment(lbrace, rbrace)
            && !self.text.has_kind(lbrace, rbrace, Kind::MultilineStringLine)
            && !has_docs
            && !self.text.has_kind(lbrace + 1, rbrace - 1, Kind::DocComment)
            && members.iter().all(|m| self.tree.member(*m).kind == MemberKind::Field);
        if one_line {
            self.token(lbrace, Gap::Space);
            for m in members {
                self.in_member(*m, |r| r.member(fields, Gap::Space));
            }
            return self.token(rbrace, gap);
        }
        self.out.open(Why::Plain);
        self.token(lbrace, Gap::Line);
        self.container_docs(lbrace + 1);
        for (i, m) in members.iter().enumerate() {
            self.in_member(*m, |r| {
                if i > 0 {
                    r.blank_line(r.at(crate::Tok(0)));
                }
                if r.tree.member(*m).kind == MemberKind::Field {
                    r.out.anchor(Gap::Comma);
                    r.member(fields, Gap::Comma);
                    r.out.leave_anchor();
                } else {
                    r.member(fields, Gap::Line);
                }
            });
        }
        self.out.close();
        self.token(rbrace, gap);
    }

    pub(super) fn error_set(&mut self, keyword: usize, lbrace: usize, rbrace: usize, gap: Gap) {
        self.token(keyword, Gap::None);
        if rbrace == lbrace + 1 || (rbrace == lbrace + 2 && self.kind(lbrace + 1) == Kind::Identifier) {
            self.token(lbrace, Gap::None);
            if rbrace == lbrace + 2 {
                self.ident(lbrace + 1, Gap::None, Place::Label);
            }
            return self.token(rbrace, gap);
        }
        let broken = self.kind(rbrace - 1) == Kind::Comma || self.text.has_kind(lbrace, rbrace, Kind::DocComment);
        if broken {
            self.out.open(Why::Plain);
        }
        self.token(lbrace, if broken { Gap::Line } else { Gap::Space });
        for i in lbrace + 1..rbrace {
            if broken && i > lbrace + 1 {
                self.blank_line(i);
            }
            match self.kind(i) {
                Kind::DocComment => self.token(i, Gap::Line),
                Kind::Identifier if broken => {
                    self.out.anchor(Gap::Comma);
                    self.ident(i, Gap::Comma, Place::Label);
                    self.out.leave_anchor();
                }
                Kind::Identifier => self.ident(i, Gap::CommaSpace, Place::Label),
                // Written with the name before it.
                _ => {}
            }
        }
        if broken {
            self.out.close();
        }
        self.token(rbrace, gap);
    }
}
