//! Function prototypes.

use super::Renderer;
use super::ident::Place;
use super::space::Gap;
use super::stream::Why;
use crate::ast::{FnProto, Param};
use crate::token::Kind;

/// The calling convention that is written as a keyword before `fn` instead.
pub(super) const CALLCONV_INLINE: &[u8] = b"@\"inline\"";

impl Renderer<'_> {
    pub(super) fn fn_proto(&mut self, keyword: usize, p: &FnProto, gap: Gap) {
        self.token(keyword, Gap::Space);
        if let Some(name) = p.name {
            self.ident(self.at(name), Gap::None, Place::Scope);
        }
        let Some(ret) = p.ret else { return };
        let bang = p.inferred_error.map(|t| self.at(t));
        // What stands behind the parameters, in the order of the grammar.
        let attributes = [p.align, p.addrspace, p.section, p.callconv];
        let first_behind = match (attributes.iter().flatten().next(), bang) {
            (Some(value), _) => self.first(*value) - 2,
            (None, Some(bang)) => bang,
            (None, None) => self.first(ret),
        };
        let rparen = first_behind - 1;
        let lparen = self.at(p.lparen);
        // A doc comment is not allowed behind something on its line.
        let has_docs =
            p.params.iter().filter_map(|p| self.param_begin(p)).any(|i| self.kind(i - 1) == Kind::DocComment);
        let broken = self.kind(rparen - 1) == Kind::Comma || self.text.has_comment(lparen, rparen) || has_docs;
        if broken {
            self.out.open(Why::Plain);
        }
        self.token(lparen, if broken { Gap::Line } else { Gap::None });
        for param in &p.params {
            self.param(param, broken);
        }
        if broken {
            self.out.close();
        }
        self.token(rparen, Gap::Space);
        for value in attributes[..3].iter().flatten() {
            self.attribute(*value, Gap::Space);
        }
        if let Some(callconv) = p.callconv {
            let dropped = p.name.is_some() && self.text.lexeme(self.main(callconv)) == CALLCONV_INLINE;
            if !dropped {
                self.attribute(callconv, Gap::Space);
            }
        }
        if let Some(bang) = bang {
            self.token(bang, Gap::None);
        }
        self.expr(ret, gap);
    }

    /// The first token of a parameter.
    fn param_begin(&self, p: &Param) -> Option<usize> {
        let first = p.comptime.or(p.noalias).or(p.name).or(p.anytype).or(p.dots);
        first.map(|t| self.at(t)).or_else(|| p.ty.map(|ty| self.first(ty)))
    }

    /// A parameter with the comma behind it; `broken`: on a line of its own.
    fn param(&mut self, p: &Param, broken: bool) {
        let Some(begin) = self.param_begin(p) else { return };
        let mut doc = begin;
        while self.kind(doc - 1) == Kind::DocComment {
            doc -= 1;
        }
        for doc in doc..begin {
            self.token(doc, Gap::Line);
        }
        if let Some(t) = p.comptime.or(p.noalias) {
            self.token(self.at(t), Gap::Space);
        }
        if let Some(name) = p.name {
            let name = self.at(name);
            self.ident(name, Gap::None, Place::Scope);
            self.token(name + 1, Gap::Space);
        }
        let gap = if broken { Gap::Comma } else { Gap::None };
        let last = match (p.anytype.or(p.dots), p.ty) {
            (Some(t), _) => {
                self.token(self.at(t), gap);
                self.at(t)
            }
            (None, Some(ty)) if broken => {
                self.out.anchor(Gap::Comma);
                self.expr(ty, gap);
                self.out.leave_anchor();
                return;
            }
            (None, Some(ty)) => {
                self.expr(ty, gap);
                self.last(ty)
            }
            (None, None) => return,
        };
        if !broken && self.kind(last + 1) == Kind::Comma {
            self.token(last + 1, Gap::Space);
        }
    }
}
