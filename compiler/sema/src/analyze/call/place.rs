//! Where the parts of a call and of its callee stand.

use syntax::ast::{MemberRoot, Node};

use super::super::An;
use crate::decl::MemberId;
use crate::msg::Place;

impl An<'_> {
    /// Where the name of the field or method at hand stands.
    pub fn field_name_place(&self) -> Place {
        let f = self.frame();
        let callee = match f.ast.node(self.node()) {
            Node::Call { callee, .. } => callee,
            _ => self.node(),
        };
        match f.ast.node(callee) {
            Node::FieldAccess { name, .. } => self.at_tok(name),
            _ => self.at(callee),
        }
    }

    /// Where the callee of the call at hand stands.
    pub(super) fn callee_place(&self) -> Place {
        self.here_sel(|n| match n {
            Node::Call { callee, .. } => Some(*callee),
            Node::BuiltinCall { args, .. } => args.get(1).copied(),
            _ => None,
        })
    }

    /// Where a function is declared, as notes point at it.
    pub fn fn_place(&self, m: MemberId) -> Place {
        let ast = &self.s.member(m).ast;
        match ast.root() {
            MemberRoot::Fn { proto, .. } => Place::node(m, ast, proto),
            _ => self.member_place(m),
        }
    }

    /// The place of argument `i` of the call at hand (not counting a receiver).
    pub(super) fn call_arg_place(&self, i: usize, has_this: bool) -> Place {
        match i.checked_sub(usize::from(has_this)) {
            Some(i) => self.arg_place(i),
            None => self.callee_place(),
        }
    }

    /// Where a parameter begins: at `comptime`, which stands before the name.
    pub(super) fn param_start_place(&self, m: MemberId, i: usize, tok: syntax::Tok) -> Place {
        let ast = &self.s.member(m).ast;
        let mut main = tok;
        if let MemberRoot::Fn { proto, .. } = ast.root()
            && let Node::FnProto(p) = ast.node(proto)
            && let Some(p) = p.params.get(i)
        {
            main = p.comptime.or(p.noalias).or(p.name).unwrap_or(tok);
        }
        Place::tok(m, main)
    }

    pub(super) fn fn_ret_place(&self, m: MemberId) -> Option<Place> {
        let ast = &self.s.member(m).ast;
        let MemberRoot::Fn { proto, .. } = ast.root() else { return None };
        let Node::FnProto(p) = ast.node(proto) else { return None };
        Some(Place::node(m, ast, p.ret?))
    }

    pub(super) fn param_type_place(&self, m: MemberId, i: usize) -> Option<Place> {
        let ast = &self.s.member(m).ast;
        let MemberRoot::Fn { proto, .. } = ast.root() else { return None };
        let Node::FnProto(p) = ast.node(proto) else { return None };
        Some(Place::node(m, ast, p.params.get(i)?.ty?))
    }
}
