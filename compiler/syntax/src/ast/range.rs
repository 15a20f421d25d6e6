//! First and last token of a node, found on demand along its left and right edges.

use super::view::*;
use super::{NodeId, Nodes, Tok};

/// One step along an edge: a token ends the walk, a node continues it; the count is of tokens
/// that stand between the node's edge and ours.
enum Edge {
    At(Tok),
    In(NodeId),
    /// The node's last token and this many closing brackets after it.
    After(NodeId, u32),
}

impl Nodes<'_> {
    /// First token of the node's text.
    pub fn first_token(self, mut id: NodeId) -> Tok {
        loop {
            match self.left(id) {
                Edge::At(t) => return t,
                Edge::In(n) | Edge::After(n, _) => id = n,
            }
        }
    }

    /// Last token of the node's text.
    pub fn last_token(self, mut id: NodeId) -> Tok {
        let mut after = 0;
        loop {
            match self.right(id) {
                Edge::At(t) => return Tok(t.0 + after),
                Edge::In(n) => id = n,
                Edge::After(n, count) => {
                    after += count;
                    id = n;
                }
            }
        }
    }

    fn left(self, id: NodeId) -> Edge {
        let main = self.main_token(id);
        let before = |t: Option<Tok>, otherwise: Tok| Edge::At(t.unwrap_or(otherwise));
        match self.node(id) {
            Node::Binary { lhs, .. }
            | Node::Catch { lhs, .. }
            | Node::ErrorUnionType { lhs, .. }
            | Node::Assign { lhs, .. }
            | Node::FieldAccess { lhs, .. }
            | Node::UnwrapOptional { lhs }
            | Node::Deref { lhs }
            | Node::Index { lhs, .. }
            | Node::Slice { lhs, .. }
            | Node::Call { callee: lhs, .. }
            | Node::ForRange { start: lhs, .. }
            | Node::SwitchRange { lo: lhs, .. } => Edge::In(lhs),
            Node::EnumLiteral => Edge::At(Tok(main.0.saturating_sub(1))),
            Node::AssignDestructure { comptime, lhs, .. } => match (comptime, lhs.first()) {
                (Some(t), _) => Edge::At(t),
                (None, Some(n)) => Edge::In(*n),
                (None, None) => Edge::At(main),
            },
            Node::StructInit { ty: Some(ty), .. } | Node::ArrayInit { ty: Some(ty), .. } => Edge::In(ty),
            // `.{`
            Node::StructInit { ty: None, .. } | Node::ArrayInit { ty: None, .. } => {
                Edge::At(Tok(main.0.saturating_sub(1)))
            }
            Node::Block { label, .. } | Node::Switch { label, .. } => before(label, main),
            Node::While { label, inline, .. } | Node::For { label, inline, .. } => before(label.or(inline), main),
            Node::VarDecl(d) => before(d.visib.or(d.extern_export).or(d.threadlocal).or(d.comptime), main),
            Node::FnProto(p) => before(p.visib.or(p.qualifier), main),
            Node::Container(c) => before(c.layout, main),
            Node::SwitchCase { inline, items, .. } => match (inline, items.first()) {
                (Some(t), _) => Edge::At(t),
                (None, Some(n)) => Edge::In(*n),
                // `else =>`
                (None, None) => Edge::At(Tok(main.0.saturating_sub(1))),
            },
            _ => Edge::At(main),
        }
    }

    fn right(self, id: NodeId) -> Edge {
        let main = self.main_token(id);
        let or_main = |n: Option<NodeId>| n.map_or(Edge::At(main), Edge::In);
        match self.node(id) {
            Node::Ident
            | Node::NumberLiteral
            | Node::CharLiteral
            | Node::StringLiteral
            | Node::EnumLiteral
            | Node::UnreachableLiteral
            | Node::AnyframeLiteral
            | Node::Deref { .. } => Edge::At(main),
            Node::MultilineString { last, .. } => Edge::At(last),
            Node::ErrorValue { name } | Node::FieldAccess { name, .. } => Edge::At(name),
            Node::UnwrapOptional { .. } => Edge::At(Tok(main.0 + 1)),
            Node::ErrorSet { rbrace: t, .. }
            | Node::Grouped { rparen: t, .. }
            | Node::Call { rparen: t, .. }
            | Node::Index { rbracket: t, .. }
            | Node::Slice { rbracket: t, .. }
            | Node::StructInit { rbrace: t, .. }
            | Node::ArrayInit { rbrace: t, .. }
            | Node::BuiltinCall { rparen: t, .. }
            | Node::Block { rbrace: t, .. }
            | Node::Switch { rbrace: t, .. }
            | Node::Asm { rparen: t, .. } => Edge::At(t),
            Node::Container(c) => Edge::At(c.rbrace),
            Node::Unary { expr, .. }
            | Node::Comptime { expr }
            | Node::Nosuspend { expr }
            | Node::Resume { expr }
            | Node::Suspend { body: expr }
            | Node::Defer { body: expr }
            | Node::Errdefer { body: expr, .. }
            | Node::AnyframeType { child: expr }
            | Node::Binary { rhs: expr, .. }
            | Node::Catch { rhs: expr, .. }
            | Node::ErrorUnionType { rhs: expr, .. }
            | Node::Assign { rhs: expr, .. }
            | Node::AssignDestructure { rhs: expr, .. }
            | Node::SwitchRange { hi: expr, .. }
            | Node::SwitchCase { body: expr, .. }
            | Node::ArrayType { elem: expr, .. } => Edge::In(expr),
            Node::PtrType(p) => Edge::In(p.child),
            Node::ForRange { end, .. } => or_main(end),
            Node::Return { value } => or_main(value),
            Node::Break { label, value } | Node::Continue { label, value } => match (value, label) {
                (Some(v), _) => Edge::In(v),
                (None, Some(l)) => Edge::At(l),
                (None, None) => Edge::At(main),
            },
            Node::If { then, els, .. } => Edge::In(els.unwrap_or(then)),
            Node::While { body, els, .. } | Node::For { body, els, .. } => Edge::In(els.unwrap_or(body)),
            Node::VarDecl(d) => match (d.init, d.section.or(d.addrspace).or(d.align), d.ty) {
                (Some(n), ..) | (None, None, Some(n)) => Edge::In(n),
                (None, Some(n), _) => Edge::After(n, 1),
                (None, None, None) => Edge::At(d.name),
            },
            Node::FnProto(p) => or_main(p.ret),
        }
    }
}
