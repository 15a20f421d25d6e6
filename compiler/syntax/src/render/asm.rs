//! Inline assembly. Clobbers in the older form, a list of strings, are written in the newer one.

use super::Renderer;
use super::ident::{Place, is_plain_name};
use super::space::Gap;
use super::stream::{ASM_STEP, STEP};
use crate::ast::{AsmOperand, NodeId};
use crate::token::Kind;

/// What follows the third colon.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Clobbers {
    None,
    Expr(NodeId),
    /// The first of the strings.
    Strings(usize),
}

impl Renderer<'_> {
    #[allow(clippy::too_many_arguments, reason = "the parts of the construct")]
    pub(super) fn asm(
        &mut self,
        keyword: usize,
        volatile: bool,
        template: NodeId,
        (outputs, inputs): (&[AsmOperand], &[AsmOperand]),
        clobbers: Clobbers,
        rparen: usize,
        gap: Gap,
    ) {
        self.token(keyword, Gap::Space);
        let mut lparen = keyword + 1;
        if volatile {
            self.token(lparen, Gap::Space);
            lparen += 1;
        }
        self.token(lparen, Gap::None);
        self.out.open_now();
        if outputs.is_empty() && inputs.is_empty() {
            let first = match clobbers {
                Clobbers::None => None,
                Clobbers::Expr(n) => Some(self.first(n)),
                Clobbers::Strings(first) => Some(first),
            };
            self.expr(template, if first.is_some() { Gap::Space } else { Gap::None });
            if let Some(first) = first {
                self.tokens(first - 3, 2);
                self.token(first - 1, Gap::Space);
            }
            match clobbers {
                Clobbers::None => {}
                Clobbers::Expr(n) => self.expr(n, Gap::None),
                Clobbers::Strings(first) => {
                    self.clobber_strings(first);
                }
            }
            self.out.close();
            return self.token(rparen, gap);
        }
        self.expr(template, Gap::Line);
        self.out.set_step(ASM_STEP);
        let last_is_outputs = inputs.is_empty() && clobbers == Clobbers::None;
        let colon = self.operands(self.past(template), outputs);
        if !last_is_outputs {
            let colon = self.operands(colon, inputs);
            match clobbers {
                Clobbers::None => {}
                Clobbers::Expr(n) => {
                    self.token(colon, Gap::Space);
                    self.expr(n, Gap::None);
                }
                Clobbers::Strings(first) => {
                    self.token(colon, Gap::Space);
                    let last = self.clobber_strings(first);
                    self.after(last, Gap::Line);
                }
            }
        }
        self.out.set_step(STEP);
        self.out.close();
        self.token(rparen, gap);
    }

    /// A colon and the operands behind it; gives the token behind those and their comma.
    fn operands(&mut self, colon: usize, operands: &[AsmOperand]) -> usize {
        if operands.is_empty() {
            self.token(colon, Gap::Line);
            return colon + 1;
        }
        self.token(colon, Gap::Space);
        self.out.open_now();
        let mut behind = colon + 1;
        for (i, o) in operands.iter().enumerate() {
            match operands.get(i + 1) {
                Some(next) => {
                    self.operand(o, Gap::None);
                    let next = self.at(next.symbolic_name) - 1;
                    self.token(next - 1, Gap::Line);
                    self.blank_line(next);
                }
                None => {
                    self.out.anchor(Gap::Comma);
                    let last = self.operand(o, Gap::Comma);
                    self.out.leave_anchor();
                    behind = last + 1 + usize::from(self.kind(last + 1) == Kind::Comma);
                }
            }
        }
        self.out.close();
        behind
    }

    /// `[name] "constraint" (…)`; gives its last token.
    fn operand(&mut self, o: &AsmOperand, gap: Gap) -> usize {
        let name = self.at(o.symbolic_name);
        self.token(name - 1, Gap::None);
        self.ident(name, Gap::None, Place::Label);
        self.token(name + 1, Gap::Space);
        self.token(name + 2, Gap::Space);
        let lparen = name + 3;
        self.token(lparen, Gap::None);
        let rparen = match (o.expr, o.variable) {
            (Some(expr), _) => {
                if self.kind(lparen + 1) == Kind::Arrow {
                    self.token(lparen + 1, Gap::Space);
                }
                self.expr(expr, Gap::None);
                self.past(expr)
            }
            (None, _) => {
                self.ident(lparen + 1, Gap::None, Place::Label);
                lparen + 2
            }
        };
        self.token(rparen, gap);
        rparen
    }

    /// Strings as the fields of an initialiser; gives the last string.
    fn clobber_strings(&mut self, first: usize) -> usize {
        self.out.write(b".{ ");
        let mut at = first;
        loop {
            let text = self.text.lexeme(at);
            let bare = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
            if is_plain_name(bare) {
                self.out.write(b".");
                self.out.write(bare);
            } else {
                self.out.write(b".@");
                self.out.write(text);
            }
            self.out.write(b" = true");
            if self.kind(at + 1) != Kind::Comma || self.kind(at + 2) != Kind::StringLiteral {
                break;
            }
            self.token(at + 1, Gap::Space);
            at += 2;
        }
        self.out.write(b" }");
        at
    }
}
