//! Pointer and array types.

use super::Renderer;
use super::space::Gap;
use super::stream::Why;
use crate::ast::{Node, NodeId, PtrSize, PtrType};
use crate::token::Kind;

impl Renderer<'_> {
    pub(super) fn ptr_type(&mut self, main: usize, p: &PtrType, gap: Gap) {
        match p.size {
            PtrSize::One => {
                // `**` is one token of two pointers: the inner one writes it.
                let shared = self.kind(main) == Kind::AsteriskAsterisk
                    && matches!(self.ast().node(p.child), Node::PtrType(_))
                    && self.main(p.child) == main;
                if shared {
                    return self.expr(p.child, gap);
                }
                self.token(main, Gap::None);
            }
            PtrSize::C => {
                self.tokens(main, 4);
            }
            PtrSize::Many | PtrSize::Slice => {
                // `[*` or `[`, then `:` and the sentinel if there is one.
                let open = if p.size == PtrSize::Many { 2 } else { 1 };
                let mut close = main + open;
                match p.sentinel {
                    Some(sentinel) => {
                        self.tokens(main, open + 1);
                        self.expr(sentinel, Gap::None);
                        close = self.past(sentinel);
                    }
                    None => {
                        self.tokens(main, open);
                    }
                }
                self.token(close, Gap::None);
            }
        }
        let spaced = |r: &mut Self, t: Option<_>| {
            if let Some(t) = t {
                r.token(r.at(t), Gap::Space);
            }
        };
        spaced(self, p.allowzero);
        if let Some(align) = p.align {
            self.attribute_open(align);
            let mut end = align;
            if let Some((start, stop)) = p.bit_range {
                for part in [start, stop] {
                    self.token(self.first(part) - 1, Gap::None);
                    self.expr(part, Gap::None);
                }
                end = stop;
            }
            self.token(self.past(end), Gap::Space);
        }
        if let Some(space) = p.addrspace {
            self.attribute(space, Gap::Space);
        }
        spaced(self, p.const_);
        spaced(self, p.volatile);
        self.expr(p.child, gap);
    }

    /// `keyword(expr`, all but the closing parenthesis.
    pub(super) fn attribute_open(&mut self, value: NodeId) {
        let lparen = self.first(value) - 1;
        self.tokens(lparen - 1, 2);
        self.expr(value, Gap::None);
    }

    /// `keyword(expr)`, known by the expression.
    pub(super) fn attribute(&mut self, value: NodeId, gap: Gap) {
        self.attribute_open(value);
        self.token(self.past(value), gap);
    }

    pub(super) fn array_type(
        &mut self,
        lbracket: usize,
        len: NodeId,
        sentinel: Option<NodeId>,
        elem: NodeId,
        gap: Gap,
    ) {
        let rbracket = self.first(elem) - 1;
        let inner = if self.text.same_line(lbracket, rbracket) { Gap::None } else { Gap::Line };
        self.out.open(Why::Plain);
        self.token(lbracket, inner);
        self.expr(len, inner);
        if let Some(sentinel) = sentinel {
            self.token(self.first(sentinel) - 1, inner);
            self.expr(sentinel, inner);
        }
        self.out.close();
        self.token(rbracket, Gap::None);
        self.expr(elem, gap);
    }
}
