//! Members, their documentation, and declarations of constants and variables.

use super::Renderer;
use super::container::Fields;
use super::ident::Place;
use super::space::Gap;
use super::stream::Why;
use crate::ast::{Field, MemberRoot, Node, NodeId, VarDecl};
use crate::token::Kind;

impl Renderer<'_> {
    pub(super) fn member(&mut self, member: u32, fields: Fields, gap: Gap) {
        let Some(m) = self.tree.member(member) else { return };
        let first = m.base as usize;
        self.docs(first);
        match m.root {
            MemberRoot::Field(f) => self.field(first, fields, f, gap),
            MemberRoot::Var { node } => {
                self.out.anchor(Gap::Semicolon);
                self.expr(node, Gap::Semicolon);
                self.out.leave_anchor();
            }
            MemberRoot::Fn { proto, body } => self.function(first, proto, body, gap),
            MemberRoot::Test { test_token, name, body } => {
                self.token(self.at(test_token), Gap::Space);
                if let Some(name) = name {
                    let name = self.at(name);
                    match self.kind(name) {
                        Kind::Identifier => self.ident(name, Gap::Space, Place::Scope),
                        _ => self.token(name, Gap::Space),
                    }
                }
                self.expr(body, gap);
            }
            MemberRoot::Comptime { comptime_token, body } => {
                self.token(self.at(comptime_token), Gap::Space);
                self.expr(body, gap);
            }
        }
    }

    fn function(&mut self, first: usize, proto: NodeId, body: Option<NodeId>, gap: Gap) {
        let keyword = self.main(proto);
        for i in first..keyword {
            self.token(i, Gap::Space);
        }
        let Some(body) = body else {
            self.expr(proto, Gap::None);
            return self.token(self.past(proto), gap);
        };
        // The older spelling of `inline`.
        if let Node::FnProto(p) = self.ast().node(proto)
            && let Some(callconv) = p.callconv
            && matches!(self.ast().node(callconv), Node::EnumLiteral)
            && self.text.lexeme(self.main(callconv)) == super::proto::CALLCONV_INLINE
        {
            self.out.raw(b"inline ");
        }
        self.expr(proto, Gap::Space);
        self.expr(body, gap);
    }

    pub(super) fn var_decl(&mut self, keyword: usize, d: &VarDecl, gap: Gap) {
        let lib_name = d.extern_export.and(d.lib_name);
        let before = [d.visib, d.extern_export, lib_name, d.threadlocal, d.comptime];
        for t in before.into_iter().flatten() {
            self.token(self.at(t), Gap::Space);
        }
        self.token(keyword, Gap::Space);
        let attributes = [d.align, d.addrspace, d.section];
        // What is the last part is followed by `gap`.
        let mut left = attributes.iter().flatten().count() + usize::from(d.init.is_some());
        let name = keyword + 1;
        match d.ty {
            Some(ty) => {
                self.ident(name, Gap::None, Place::Scope);
                self.token(name + 1, Gap::Space);
                self.expr(ty, if left > 0 { Gap::Space } else { gap });
            }
            None => self.ident(name, if left > 0 { Gap::Space } else { gap }, Place::Scope),
        }
        for (i, value) in attributes.into_iter().enumerate() {
            let Some(value) = value else { continue };
            left -= 1;
            let is_addrspace = i == 1;
            match left {
                0 if is_addrspace => {
                    self.attribute(value, Gap::None);
                    self.token(self.past(value) + 1, Gap::Line);
                }
                0 => self.attribute(value, gap),
                _ => self.attribute(value, Gap::Space),
            }
        }
        if let Some(init) = d.init {
            self.assigned(self.first(init) - 1, init, gap);
        }
    }

    fn field(&mut self, first: usize, fields: Fields, f: Field, gap: Gap) {
        let place = if fields == Fields::Enum { Place::EnumField } else { Place::Label };
        if let Some(t) = f.comptime {
            self.token(self.at(t), Gap::Space);
        }
        // A name alone was parsed as a type.
        let is_name = |n: &NodeId| fields != Fields::Tuple && matches!(self.ast().node(*n), Node::Ident);
        let lone_name = f.ty.filter(|n| f.name.is_none() && is_name(n)).map(|n| self.main(n));
        let ty = f.ty.filter(|_| lone_name.is_none());
        let name = lone_name.or(f.name.map(|t| self.at(t)));
        let behind_name = match (ty, f.align, f.value) {
            (Some(_), ..) => Gap::None,
            (None, None, None) => return self.ident_and_comma(name.unwrap_or(first), gap, place),
            _ => Gap::Space,
        };
        if let Some(name) = name {
            self.ident(name, behind_name, place);
            if ty.is_some() {
                self.token(name + 1, Gap::Space);
            }
        }
        match (ty, f.align, f.value) {
            (Some(ty), None, None) => return self.expr_and_comma(ty, gap),
            (Some(ty), _, _) => self.expr(ty, Gap::Space),
            (None, ..) => {}
        }
        match (f.align, f.value) {
            (Some(align), None) => {
                self.attribute_open(align);
                self.token_and_comma(self.past(align), gap);
            }
            (Some(align), Some(_)) => self.attribute(align, Gap::Space),
            (None, _) => {}
        }
        let Some(value) = f.value else { return };
        let equal = self.first(value) - 1;
        if ty.is_none() {
            self.token(equal, Gap::Space);
            return self.expr_and_comma(value, gap);
        }
        self.out.open(Why::Value);
        if self.text.same_line(equal, equal + 1) {
            self.token(equal, Gap::Space);
            self.out.close();
            return self.expr_and_comma(value, gap);
        }
        self.token(equal, Gap::Line);
        let comma = self.past(value);
        if self.kind(comma) == Kind::Comma {
            self.expr(value, Gap::None);
            self.out.close();
            self.token(comma, Gap::Line);
        } else {
            self.expr(value, gap);
            self.out.close();
        }
    }

    /// An expression with the comma behind it, if the source has one.
    fn expr_and_comma(&mut self, n: NodeId, gap: Gap) {
        let comma = self.past(n);
        if self.kind(comma) == Kind::Comma && gap != Gap::Comma {
            self.expr(n, Gap::None);
            self.token(comma, gap);
        } else {
            self.expr(n, gap);
        }
    }
}
