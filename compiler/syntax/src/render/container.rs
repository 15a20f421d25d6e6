//! Containers with their members, and error sets.

use super::Renderer;
use super::ident::Place;
use super::space::Gap;
use super::stream::Why;
use crate::ast::{Container, ContainerKind, MemberRoot};
use crate::token::Kind;

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

impl Renderer<'_> {
    /// A struct none of whose fields has a name is a tuple.
    fn struct_fields(&self, members: &[u32]) -> Fields {
        let is_named = |m: &u32| matches!(self.tree.root(*m), Some(MemberRoot::Field(f)) if f.name.is_some());
        if members.iter().any(is_named) { Fields::Named } else { Fields::Tuple }
    }

    fn is_field(&self, member: u32) -> bool {
        matches!(self.tree.root(member), Some(MemberRoot::Field(_)))
    }

    pub(super) fn root_members(&mut self) {
        let members = self.tree.members_of(0);
        let fields = self.struct_fields(members);
        for (i, m) in members.iter().enumerate() {
            if i > 0 {
                self.blank_line_before(*m);
            }
            self.member(*m, fields, Gap::Line);
        }
    }

    fn blank_line_before(&mut self, member: u32) {
        if let Some(m) = self.tree.member(member) {
            self.blank_line(m.base as usize);
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
        // The file is the first container.
        let members = self.tree.members_of(c.ordinal + 1);
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
            && members.iter().all(|m| self.is_field(*m));
        if one_line {
            self.token(lbrace, Gap::Space);
            for m in members {
                self.member(*m, fields, Gap::Space);
            }
            return self.token(rbrace, gap);
        }
        self.out.open(Why::Plain);
        self.token(lbrace, Gap::Line);
        self.container_docs(lbrace + 1);
        for (i, m) in members.iter().enumerate() {
            if i > 0 {
                self.blank_line_before(*m);
            }
            if self.is_field(*m) {
                self.out.anchor(Gap::Comma);
                self.member(*m, fields, Gap::Comma);
                self.out.leave_anchor();
            } else {
                self.member(*m, fields, Gap::Line);
            }
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
