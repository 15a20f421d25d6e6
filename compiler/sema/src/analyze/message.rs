//! Places and messages.

use std::fmt::Display;

use syntax::ast::Node;
use syntax::{NodeId, Tok};

use super::An;
use crate::decl::MemberId;
use crate::msg::{Extent, Place, SemaMsg};
use crate::unit::{Fail, R};

impl An<'_> {
    /// The place of a node of the running frame's member.
    pub fn at(&self, node: NodeId) -> Place {
        let f = self.frame();
        Place::node(f.member, &f.ast, node)
    }
    /// The place of a token of the running frame's member.
    pub fn at_tok(&self, tok: Tok) -> Place {
        Place::tok(self.frame().member, tok)
    }
    /// First and last token of a place.
    pub fn extent(&self, place: Place) -> (Tok, Tok) {
        place.range(&self.s.member(place.member).ast)
    }
    /// The place of the instruction at hand.
    pub fn here(&self) -> Place {
        self.at(self.node())
    }
    /// The place of a node of the instruction at hand, as `select` finds it.
    pub fn here_sel(&self, select: impl FnOnce(&Node<'_>) -> Option<NodeId>) -> Place {
        let f = self.frame();
        let node = f.ir.node(self.inst);
        let n = f.ast.node(node);
        match select(&n) {
            Some(sub) => self.at(sub),
            None => self.at(node),
        }
    }
    /// The left operand of the binary operation at hand.
    pub fn lhs_place(&self) -> Place {
        self.here_sel(|n| match n {
            Node::Binary { lhs, .. }
            | Node::Assign { lhs, .. }
            | Node::Catch { lhs, .. }
            | Node::FieldAccess { lhs, .. }
            | Node::Index { lhs, .. }
            | Node::Slice { lhs, .. }
            | Node::ErrorUnionType { lhs, .. } => Some(*lhs),
            _ => None,
        })
    }
    /// The right operand of the binary operation at hand.
    pub fn rhs_place(&self) -> Place {
        self.here_sel(|n| match n {
            Node::Binary { rhs, .. }
            | Node::Assign { rhs, .. }
            | Node::Catch { rhs, .. }
            | Node::ErrorUnionType { rhs, .. } => Some(*rhs),
            Node::Index { index, .. } => Some(*index),
            _ => None,
        })
    }
    /// The operand of the unary operation at hand.
    pub fn operand_place(&self) -> Place {
        self.here_sel(|n| match n {
            Node::Unary { expr, .. } => Some(*expr),
            Node::Return { value } => *value,
            _ => None,
        })
    }
    /// The i-th argument of the builtin or ordinary call at hand.
    pub fn arg_place(&self, i: usize) -> Place {
        self.here_sel(|n| match n {
            Node::BuiltinCall { args, .. } | Node::Call { args, .. } => args.get(i).copied(),
            _ => None,
        })
    }
    /// The place where a member's name (or keyword) stands.
    pub fn member_place(&self, m: MemberId) -> Place {
        let member = self.s.member(m);
        Place::tok(m, name_tok(&member.ast))
    }

    /// The first token of a declaration after `pub` and its documentation.
    pub fn decl_start_place(&self, m: MemberId) -> Place {
        let name = self.member_place(m);
        let skip = |t: &u32| {
            let text = self.token_text(m, Tok(*t));
            text == b"pub" || text.starts_with(b"///")
        };
        let first = (0..name.main.0).take_while(skip).count() as u32;
        Place { main: Tok(first), extent: Extent::Toks(Tok(first), name.main), ..name }
    }

    /// Reports a message here and stops.
    pub fn fail<T>(&mut self, text: impl Display) -> R<T> {
        let p = self.here();
        self.fail_at(p, text)
    }
    /// Reports a message and stops.
    pub fn fail_at<T>(&mut self, place: Place, text: impl Display) -> R<T> {
        self.fail_msg(SemaMsg::new(place, text.to_string()))
    }
    /// Reports a message and stops. Calls being evaluated at compile time are added as notes.
    pub fn fail_msg<T>(&mut self, mut msg: SemaMsg) -> R<T> {
        for f in self.frames.iter().rev() {
            if let Some(call) = f.call {
                if msg.notes.iter().any(|(p, t)| *p == Some(call) && t == super::control::INHERITED) {
                    continue;
                }
                let what = match &self.blk.comptime {
                    // Its signature is what is evaluated.
                    _ if f.ret == super::RetMode::None => "generic function instantiated here",
                    Some(_) => "called at comptime here",
                    None => "called inline here",
                };
                msg.notes.push((Some(call), what.into()));
            }
        }
        if self.rec.msgs.is_empty() {
            self.rec.msgs.push(msg);
        }
        Err(Fail::Reported)
    }
    /// A construct that is not supported yet.
    pub fn unsupported<T>(&mut self, what: impl Display) -> R<T> {
        self.fail(format!("{what} is not supported yet"))
    }
}

/// The token that a declaration is known by.
pub fn name_tok(ast: &syntax::MemberAst) -> Tok {
    ast.name_token()
}
