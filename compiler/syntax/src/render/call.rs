//! Calls, builtin calls and slices.

use super::Renderer;
use super::space::Gap;
use super::stream::Why;
use crate::ast::{BinaryOp, Node, NodeId};
use crate::token::Kind;

/// Casts that mean the same in any order, in the order they are written in.
const CASTS: [&[u8]; 5] = [b"@ptrCast", b"@alignCast", b"@addrSpaceCast", b"@constCast", b"@volatileCast"];

impl Renderer<'_> {
    /// Arguments in parentheses, the first of which is token `lparen`.
    pub(super) fn args(&mut self, lparen: usize, args: &[NodeId], gap: Gap) {
        let Some((last, _)) = args.split_last() else {
            self.out.open(Why::Plain);
            self.token(lparen, Gap::None);
            self.out.close();
            self.token(lparen + 1, gap);
            return;
        };
        let end = self.past(*last);
        let broken = self.kind(end) == Kind::Comma;
        self.out.open(Why::Plain);
        self.token(lparen, if broken { Gap::Line } else { Gap::None });
        for (i, arg) in args.iter().enumerate() {
            match args.get(i + 1) {
                Some(next) => {
                    self.expr(*arg, Gap::None);
                    let comma = self.past(*arg);
                    if broken {
                        self.token(comma, Gap::Line);
                        self.blank_line(self.first(*next));
                    } else {
                        // A multi-line string begins a line by itself.
                        let multiline = self.kind(self.first(*next)) == Kind::MultilineStringLine;
                        self.token(comma, if multiline { Gap::None } else { Gap::Space });
                    }
                }
                None if broken => {
                    self.out.anchor(Gap::Comma);
                    self.expr(*arg, Gap::Comma);
                    self.out.leave_anchor();
                }
                None => self.expr(*arg, Gap::None),
            }
        }
        self.out.close();
        self.token(if broken { end + 1 } else { end }, gap);
    }

    pub(super) fn builtin_call(&mut self, name: usize, args: &[NodeId], gap: Gap) {
        let name = if args.len() == 1 { self.cast_in_order(name) } else { name };
        self.token(name, Gap::None);
        let lparen = name + 1;
        let Some(last) = args.last() else {
            self.token(lparen, Gap::None);
            self.token(lparen + 1, gap);
            return;
        };
        let end = self.past(*last);
        if self.kind(end) == Kind::Comma {
            self.out.open(Why::Plain);
            self.token(lparen, Gap::Line);
            for arg in args {
                self.out.anchor(Gap::Comma);
                self.expr(*arg, Gap::Comma);
                self.out.leave_anchor();
            }
            self.out.close();
            self.token(end + 1, gap);
            return;
        }
        self.token(lparen, Gap::None);
        for (i, arg) in args.iter().enumerate() {
            let first = self.first(*arg);
            let multiline = self.kind(first) == Kind::MultilineStringLine;
            if multiline || self.text.has_comment_behind(first - 1) {
                self.out.open(Why::Plain);
                self.expr(*arg, Gap::None);
                self.out.close();
            } else {
                self.expr(*arg, Gap::None);
            }
            if i + 1 < args.len() {
                self.token(self.past(*arg), Gap::Space);
            }
        }
        self.token(end, gap);
    }

    /// Which of the casts directly inside one another is to be written in the place of `name`.
    fn cast_in_order(&self, name: usize) -> usize {
        let rank = |i: usize| match self.kind(i) {
            Kind::Builtin => CASTS.iter().position(|c| *c == self.text.lexeme(i)),
            _ => None,
        };
        let Some(own) = rank(name) else { return name };
        let mut found = [None; CASTS.len()];
        found[own] = Some(name);
        let mut outside = 0;
        let mut at = name;
        while let Some(outer) = at.checked_sub(2)
            && let Some(r) = rank(outer)
        {
            if found[r].replace(outer).is_some() {
                return name;
            }
            outside += 1;
            at = outer;
        }
        at = name;
        while let Some(r) = rank(at + 2) {
            at += 2;
            if found[r].replace(at).is_some() {
                return name;
            }
        }
        found.into_iter().flatten().nth(outside).unwrap_or(name)
    }

    pub(super) fn slice(
        &mut self,
        lbracket: usize,
        (start, end, sentinel): (NodeId, Option<NodeId>, Option<NodeId>),
        rbracket: usize,
        gap: Gap,
    ) {
        let wide = self.is_wide_bound(start) || end.is_some_and(|n| self.is_wide_bound(n));
        let space_if = |wide: bool| if wide { Gap::Space } else { Gap::None };
        let behind_dots = if end.is_some() { wide } else { sentinel.is_some() };
        self.token(lbracket, Gap::None);
        self.expr(start, space_if(wide));
        self.token(self.past(start), space_if(behind_dots));
        if let Some(end) = end {
            self.expr(end, space_if(sentinel.is_some()));
        }
        if let Some(sentinel) = sentinel {
            self.token(self.first(sentinel) - 1, Gap::None);
            self.expr(sentinel, Gap::None);
        }
        self.token(rbracket, gap);
    }

    /// Whether there are spaces around the dots on account of this bound.
    fn is_wide_bound(&self, n: NodeId) -> bool {
        match self.ast().node(n) {
            Node::Binary { op, .. } => {
                !matches!(op, BinaryOp::AddSat | BinaryOp::SubSat | BinaryOp::MulSat | BinaryOp::ShlSat)
            }
            Node::Catch { .. } | Node::ErrorUnionType { .. } => true,
            _ => false,
        }
    }
}
