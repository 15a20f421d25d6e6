//! Expressions: operators, prefixes, and what may stand only where an expression may.

use super::{MAX_CHAIN, Parser, R, TOO_DEEP};
use crate::ast::{NodeId, UnaryOp};
use crate::error::Reason;
use crate::operator::{COMPARISON, assign_op, precedence};
use crate::token::Kind;

impl Parser<'_> {
    pub(super) fn parse_expr(&mut self) -> R<Option<NodeId>> {
        self.enter()?;
        let e = self.parse_operators(0)?;
        self.leave();
        Ok(e)
    }
    pub(super) fn expect_expr(&mut self) -> R<NodeId> {
        match self.parse_expr()? {
            Some(e) => Ok(e),
            None => Err(self.fail(Reason::Expected("expression"))),
        }
    }

    /// Operands and operators that bind at least as tight as `min`.
    fn parse_operators(&mut self, min: u8) -> R<Option<NodeId>> {
        let Some(mut node) = self.parse_prefix_expr()? else { return Ok(None) };
        let mut banned = None;
        let mut chain = 0;
        while let Some((p, op)) = precedence(self.kind()) {
            if p < min {
                break;
            }
            if Some(p) == banned {
                return Err(self.fail(Reason::ChainedComparison));
            }
            chain += 1;
            if chain > MAX_CHAIN {
                return Err(self.fail(TOO_DEEP));
            }
            let operator = self.at;
            let main = self.next();
            let payload = if op.is_none() { self.parse_payload()? } else { None };
            let Some(rhs) = self.parse_operators(p + 1)? else {
                return Err(self.fail(Reason::Expected("expression")));
            };
            self.check_blanks(operator)?;
            node = match op {
                Some(op) => self.builder.binary(op, main, node, rhs),
                None => self.builder.catch(main, payload.is_some(), node, rhs),
            };
            if p == COMPARISON {
                banned = Some(p);
            }
        }
        Ok(Some(node))
    }

    /// An operator must have blanks on both sides or on none; `&&` is no operator.
    fn check_blanks(&mut self, operator: usize) -> R<()> {
        let Some(kind) = self.input.kinds.get(operator) else { return Ok(()) };
        let start = self.start_of(operator);
        let end = start + kind.lexeme().map_or(0, str::len);
        let byte = |i: Option<usize>| i.and_then(|i| self.input.source.get(i)).copied().unwrap_or(0);
        let (before, after) = (byte(start.checked_sub(1)), byte(Some(end)));
        let blank = |b: u8| matches!(b, b' ' | b'\t'..=b'\r');
        if *kind == Kind::Ampersand && after == b'&' {
            let text =
                "ambiguous use of '&&'; use 'and' for logical AND, or change whitespace to ' & &' for bitwise AND";
            return Err(self.fail_at(Reason::Plain(text), operator));
        }
        if blank(before) != blank(after) {
            return Err(self.fail_at(Reason::MismatchedWhitespace, operator));
        }
        Ok(())
    }

    fn parse_prefix_expr(&mut self) -> R<Option<NodeId>> {
        let op = match self.kind() {
            Kind::Bang => UnaryOp::BoolNot,
            Kind::Minus => UnaryOp::Negate,
            Kind::Tilde => UnaryOp::BitNot,
            Kind::MinusPercent => UnaryOp::NegateWrap,
            Kind::Ampersand => UnaryOp::AddressOf,
            Kind::KwTry => UnaryOp::Try,
            _ => return self.parse_primary_expr(),
        };
        let main = self.next();
        self.enter()?;
        let Some(e) = self.parse_prefix_expr()? else {
            return Err(self.fail(Reason::Expected("prefix expression")));
        };
        self.leave();
        Ok(Some(self.builder.unary(op, main, e)))
    }

    fn parse_primary_expr(&mut self) -> R<Option<NodeId>> {
        let node = match self.kind() {
            Kind::KwAsm => self.expect_asm()?,
            Kind::KwIf => self.expect_if(Self::expect_expr)?,
            Kind::KwBreak => {
                let main = self.next();
                let label = self.parse_break_label()?;
                let value = self.parse_expr()?;
                self.builder.break_(main, label, value)
            }
            Kind::KwContinue => {
                let main = self.next();
                let label = self.parse_break_label()?;
                let value = self.parse_expr()?;
                self.builder.continue_(main, label, value)
            }
            Kind::KwComptime => {
                let main = self.next();
                let e = self.expect_expr()?;
                self.builder.comptime(main, e)
            }
            Kind::KwNosuspend => {
                let main = self.next();
                let e = self.expect_expr()?;
                self.builder.nosuspend(main, e)
            }
            Kind::KwResume => {
                let main = self.next();
                let e = self.expect_expr()?;
                self.builder.resume(main, e)
            }
            Kind::KwReturn => {
                let main = self.next();
                let value = self.parse_expr()?;
                self.builder.return_(main, value)
            }
            Kind::Identifier if self.peek(1) == Kind::Colon => match self.peek(2) {
                Kind::KwInline | Kind::KwFor | Kind::KwWhile => {
                    let label = self.next();
                    self.next();
                    self.expect_loop(Some(label), Self::expect_expr)?
                }
                Kind::LBrace => {
                    let label = self.next();
                    self.next();
                    self.expect_block(Some(label))?
                }
                _ => return self.parse_curly_suffix(),
            },
            Kind::KwInline | Kind::KwFor | Kind::KwWhile => self.expect_loop(None, Self::expect_expr)?,
            Kind::LBrace => self.expect_block(None)?,
            _ => return self.parse_curly_suffix(),
        };
        Ok(Some(node))
    }

    /// `T` or `T{ … }`
    fn parse_curly_suffix(&mut self) -> R<Option<NodeId>> {
        let Some(lhs) = self.parse_type()? else { return Ok(None) };
        if self.kind() != Kind::LBrace {
            return Ok(Some(lhs));
        }
        self.expect_init_list(Some(lhs)).map(Some)
    }

    fn parse_break_label(&mut self) -> R<Option<crate::ast::Tok>> {
        if self.eat(Kind::Colon).is_none() {
            return Ok(None);
        }
        self.expect(Kind::Identifier).map(Some)
    }

    /// `a`, `a = b`, `a += b`, `a, b = c`
    pub(super) fn parse_assign_expr(&mut self) -> R<Option<NodeId>> {
        let Some(lhs) = self.parse_expr()? else { return Ok(None) };
        self.finish_assign_expr(lhs).map(Some)
    }
    pub(super) fn expect_assign_expr(&mut self) -> R<NodeId> {
        match self.parse_assign_expr()? {
            Some(e) => Ok(e),
            None => Err(self.fail(Reason::Expected("expression or assignment"))),
        }
    }
    /// Without destructuring.
    pub(super) fn expect_single_assign_expr(&mut self) -> R<NodeId> {
        let Some(lhs) = self.parse_expr()? else {
            return Err(self.fail(Reason::Expected("expression or assignment")));
        };
        self.finish_single_assign(lhs)
    }
    fn finish_single_assign(&mut self, lhs: NodeId) -> R<NodeId> {
        let Some(op) = assign_op(self.kind()) else { return Ok(lhs) };
        let main = self.next();
        let rhs = self.expect_expr()?;
        Ok(self.builder.assign(op, main, lhs, rhs))
    }
    pub(super) fn finish_assign_expr(&mut self, lhs: NodeId) -> R<NodeId> {
        if self.kind() != Kind::Comma {
            return self.finish_single_assign(lhs);
        }
        let top = self.scratch.len();
        self.scratch.push(lhs);
        while self.eat(Kind::Comma).is_some() {
            let e = self.expect_expr()?;
            self.scratch.push(e);
        }
        let equal = self.expect(Kind::Equal)?;
        let rhs = self.expect_expr()?;
        let node = self.builder.destructure(None, equal, &self.scratch[top..], rhs);
        self.scratch.truncate(top);
        Ok(node)
    }
}
