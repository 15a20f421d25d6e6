//! Expressions. What leans left (operators, accesses, calls) is written from the innermost operand
//! outwards without recursion: chains may be thousands long.

use super::Renderer;
use super::ident::Place;
use super::space::Gap;
use super::stream::Why;
use crate::ast::{Node, NodeId, Tok, UnaryOp};
use crate::token::Kind;

impl Renderer<'_> {
    /// Writes any node but the roots of members.
    pub(super) fn expr(&mut self, node: NodeId, gap: Gap) {
        if self.depth >= super::MAX_DEPTH {
            self.too_deep = true;
        }
        if self.too_deep {
            return;
        }
        self.depth += 1;
        let base = self.spine.len();
        let mut at = node;
        // What follows the operand at hand.
        let mut behind = gap;
        loop {
            let (lhs, operand_gap) = match self.ast().node(at) {
                Node::Binary { lhs, .. } | Node::Catch { lhs, .. } => (lhs, Gap::Space),
                Node::FieldAccess { lhs, .. } => {
                    self.out.open(Why::Access);
                    (lhs, Gap::None)
                }
                Node::Call { callee: lhs, .. }
                | Node::Index { lhs, .. }
                | Node::Slice { lhs, .. }
                | Node::Deref { lhs }
                | Node::UnwrapOptional { lhs } => (lhs, Gap::None),
                other => {
                    self.plain_expr(at, other, behind);
                    break;
                }
            };
            self.spine.push((at, behind));
            (at, behind) = (lhs, operand_gap);
        }
        while self.spine.len() > base
            && let Some((outer, behind)) = self.spine.pop()
        {
            self.rest_of(outer, behind);
        }
        self.depth -= 1;
    }

    /// A node whose left operand has been written.
    fn rest_of(&mut self, node: NodeId, gap: Gap) {
        match self.ast().node(node) {
            Node::Binary { rhs, .. } => {
                self.out.open(Why::Operand);
                self.operator(self.main(node));
                self.expr(rhs, gap);
                self.out.close();
            }
            Node::Catch { payload, rhs, .. } => {
                let keyword = self.main(node);
                let behind = if self.text.same_line(keyword, self.first(rhs)) { Gap::Space } else { Gap::Line };
                self.out.open(Why::Plain);
                if payload.is_some() {
                    self.token(keyword, Gap::Space);
                    self.token(keyword + 1, Gap::None);
                    self.ident(keyword + 2, Gap::None, Place::Scope);
                    self.token(keyword + 3, behind);
                } else {
                    self.token(keyword, behind);
                }
                self.expr(rhs, gap);
                self.out.close();
            }
            Node::FieldAccess { lhs, name } => {
                let (before, name) = (self.last(lhs), self.at(name));
                let dot = name - 1;
                if !self.text.same_line(before, name) && !self.text.has_comment(before, dot) {
                    self.out.newline();
                }
                self.token(dot, Gap::None);
                self.ident(name, gap, Place::Label);
                self.out.close();
            }
            Node::Deref { .. } => self.token(self.main(node), gap),
            Node::UnwrapOptional { .. } => {
                let dot = self.main(node);
                self.token(dot, Gap::None);
                self.token(dot + 1, gap);
            }
            Node::Call { args, .. } => self.args(self.main(node), args, gap),
            Node::Index { index, .. } => {
                let (open, close) = (self.first(index) - 1, self.past(index));
                let inner = if self.text.same_line(open, close) { Gap::None } else { Gap::Line };
                self.out.open(Why::Plain);
                self.token(open, inner);
                self.expr(index, inner);
                self.out.close();
                self.token(close, gap);
            }
            Node::Slice { start, end, sentinel, rbracket, .. } => {
                self.slice(self.main(node), (start, end, sentinel), self.at(rbracket), gap);
            }
            _ => {}
        }
    }

    /// An operator before its right operand, on whose line it need not be.
    pub(super) fn operator(&mut self, i: usize) {
        let gap = if self.text.same_line(i, i + 1) { Gap::Space } else { Gap::Line };
        self.token(i, gap);
    }

    fn plain_expr(&mut self, id: NodeId, node: Node<'_>, gap: Gap) {
        let main = self.main(id);
        match node {
            Node::Ident => self.ident(main, gap, Place::Scope),
            Node::NumberLiteral
            | Node::CharLiteral
            | Node::StringLiteral
            | Node::UnreachableLiteral
            | Node::AnyframeLiteral => self.token(main, gap),
            Node::MultilineString { first, last } => self.multiline_string(self.at(first), self.at(last), gap),
            Node::EnumLiteral => {
                self.token(main - 1, Gap::None);
                self.ident(main, gap, Place::Label);
            }
            Node::ErrorValue { .. } => {
                self.tokens(main, 2);
                self.ident(main + 2, gap, Place::Label);
            }
            Node::ErrorSet { lbrace, rbrace, .. } => self.error_set(main, self.at(lbrace), self.at(rbrace), gap),
            Node::Grouped { expr, rparen } => {
                self.out.open(Why::Plain);
                self.token(main, Gap::None);
                self.expr(expr, Gap::None);
                self.out.close();
                self.token(self.at(rparen), gap);
            }
            Node::Unary { op: UnaryOp::Try, expr }
            | Node::Resume { expr }
            | Node::Comptime { expr }
            | Node::Nosuspend { expr }
            | Node::Suspend { body: expr }
            | Node::Defer { body: expr } => {
                self.token(main, Gap::Space);
                self.expr(expr, gap);
            }
            Node::Unary { expr, .. } => {
                self.token(main, Gap::None);
                self.expr(expr, gap);
            }
            Node::Errdefer { payload, body } => {
                self.token(main, Gap::Space);
                if let Some(name) = payload {
                    self.payload(self.at(name), Gap::Space);
                }
                self.expr(body, gap);
            }
            Node::ErrorUnionType { lhs, rhs } | Node::SwitchRange { lo: lhs, hi: rhs } => {
                self.expr(lhs, Gap::None);
                self.token(main, Gap::None);
                self.expr(rhs, gap);
            }
            Node::ForRange { start, end } => {
                self.expr(start, Gap::None);
                match end {
                    Some(end) => {
                        self.token(main, Gap::None);
                        self.expr(end, gap);
                    }
                    None => self.token(main, gap),
                }
            }
            Node::Assign { lhs, rhs, .. } => {
                self.expr(lhs, Gap::Space);
                self.assigned(main, rhs, gap);
            }
            Node::AssignDestructure { comptime, lhs, rhs } => {
                if let Some(t) = comptime {
                    self.token(self.at(t), Gap::Space);
                }
                for (i, n) in lhs.iter().enumerate() {
                    self.expr(*n, if i + 1 == lhs.len() { Gap::Space } else { Gap::CommaSpace });
                }
                self.assigned(main, rhs, gap);
            }
            Node::StructInit { ty, names, values, rbrace } => {
                self.init_type(ty, main);
                let names: Vec<_> = names.iter().map(|t| self.at(*t)).collect();
                self.struct_init(main, &names, &values, self.at(rbrace), gap);
            }
            Node::ArrayInit { ty, elems, .. } => {
                self.init_type(ty, main);
                self.array_init(main, elems, gap);
            }
            Node::BuiltinCall { args, .. } => self.builtin_call(main, args, gap),
            Node::Block { label, stmts, rbrace } => self.block(label, main, stmts, self.at(rbrace), gap),
            Node::VarDecl(d) => self.var_decl(main, &d, gap),
            Node::If { cond, payload, then, else_token, else_payload, els } => {
                let prefix = self.condition(main, cond, payload);
                let els = els.zip(else_token).map(|(n, t)| (self.at(t), else_payload, n));
                self.branches(prefix, then, els, gap);
            }
            Node::While { label, inline, cond, payload, cont, body, else_token, else_payload, els } => {
                self.loop_marks(label, inline);
                let mut prefix = self.condition(main, cond, payload);
                if let Some(cont) = cont {
                    self.token(prefix, Gap::Space);
                    let lparen = self.first(cont) - 1;
                    self.token(lparen - 1, Gap::Space);
                    self.token(lparen, Gap::None);
                    self.expr(cont, Gap::None);
                    prefix = self.past(cont);
                }
                let els = els.zip(else_token).map(|(n, t)| (self.at(t), else_payload, n));
                self.branches(prefix, body, els, gap);
            }
            Node::For { label, inline, inputs, captures, body, else_token, els } => {
                self.loop_marks(label, inline);
                let prefix = self.for_head(main, inputs, &captures);
                let els = els.zip(else_token).map(|(n, t)| (self.at(t), None, n));
                self.branches(prefix, body, els, gap);
            }
            Node::Switch { label, operand, cases, rbrace } => {
                self.switch(label, main, (operand, cases), self.at(rbrace), gap);
            }
            Node::SwitchCase { inline, items, payload, tag_payload, body } => {
                self.switch_case(main, (inline, items), (payload, tag_payload), body, gap);
            }
            Node::Break { label, value } | Node::Continue { label, value } => self.jump(main, label, value, gap),
            Node::Return { value } => self.jump(main, None, value, gap),
            Node::FnProto(p) => self.fn_proto(main, &p, gap),
            Node::PtrType(p) => self.ptr_type(main, &p, gap),
            Node::ArrayType { len, sentinel, elem } => self.array_type(main, len, sentinel, elem, gap),
            Node::AnyframeType { child } => {
                self.tokens(main, 2);
                self.expr(child, gap);
            }
            Node::Container(c) => self.container(main, &c, gap),
            Node::Asm { volatile, template, outputs, inputs, clobbers, legacy_clobbers, rparen } => {
                let clobbers = match (clobbers, legacy_clobbers.first()) {
                    (Some(n), _) => super::asm::Clobbers::Expr(n),
                    (None, Some(t)) => super::asm::Clobbers::Strings(self.at(*t)),
                    (None, None) => super::asm::Clobbers::None,
                };
                let operands = (&outputs[..], &inputs[..]);
                self.asm(main, volatile.is_some(), template, operands, clobbers, self.at(rparen), gap);
            }
            // Written by `rest_of`.
            Node::Binary { .. }
            | Node::Catch { .. }
            | Node::FieldAccess { .. }
            | Node::UnwrapOptional { .. }
            | Node::Deref { .. }
            | Node::Call { .. }
            | Node::Index { .. }
            | Node::Slice { .. } => {}
        }
    }

    /// `= value`, of an assignment or a declaration.
    pub(super) fn assigned(&mut self, equal: usize, value: NodeId, gap: Gap) {
        self.out.open(Why::Value);
        self.operator(equal);
        self.expr(value, gap);
        self.out.close();
    }

    /// `|name|` around a name.
    pub(super) fn payload(&mut self, name: usize, gap: Gap) {
        self.token(name - 1, Gap::None);
        self.ident(name, Gap::None, Place::Scope);
        self.token(name + 1, gap);
    }

    /// `break`, `continue` and `return`.
    fn jump(&mut self, keyword: usize, label: Option<Tok>, value: Option<NodeId>, gap: Gap) {
        let unless_last = |more: bool| if more { Gap::Space } else { gap };
        self.token(keyword, unless_last(label.is_some() || value.is_some()));
        if let Some(label) = label {
            let label = self.at(label);
            self.token(label - 1, Gap::None);
            self.ident(label, unless_last(value.is_some()), Place::Label);
        }
        if let Some(value) = value {
            self.expr(value, gap);
        }
    }

    /// Its lines begin lines; what follows it is not indented on its account.
    fn multiline_string(&mut self, first: usize, last: usize, gap: Gap) {
        self.out.newline_unless_fresh();
        for i in first..=last {
            self.token(i, Gap::Line);
        }
        let next = self.kind(last + 1);
        let closes = matches!(next, Kind::Semicolon | Kind::Comma);
        if self.out.has_scopes()
            && next != Kind::Colon
            && (!closes || self.out.anchor_column() < self.out.line_column())
        {
            self.out.close();
            self.out.open(Why::Plain);
        }
        match (gap, next) {
            (Gap::Semicolon, Kind::Semicolon) | (Gap::Comma, Kind::Comma) => {
                self.out.write(self.text.lexeme(last + 1));
                self.out.hold(gap);
                self.after(last + 1, Gap::Line);
            }
            (Gap::CommaSpace, Kind::Comma) => self.token(last + 1, Gap::Space),
            _ => {}
        }
    }
}
