//! Lists in brackets: arguments and initialisers.

use super::{Parser, R};
use crate::ast::{NodeId, Tok};
use crate::error::Reason;
use crate::token::Kind;

const MISSING_INIT_COMMA: Reason = Reason::Missing("',' after initializer");

impl Parser<'_> {
    /// Arguments after `(`, onto the scratch stack, and the `)`. Calls of functions and of
    /// builtins differ in which tokens cannot be a forgotten comma.
    pub(super) fn expect_arguments(&mut self, builtin: bool) -> R<Tok> {
        loop {
            if let Some(rparen) = self.eat(Kind::RParen) {
                return Ok(rparen);
            }
            let e = self.expect_expr()?;
            self.scratch.push(e);
            match self.kind() {
                Kind::Comma => {
                    self.next();
                }
                Kind::RParen => return Ok(self.next()),
                Kind::Colon | Kind::RBrace | Kind::RBracket if !builtin => {
                    return Err(self.fail(Reason::ExpectedToken(Kind::RParen)));
                }
                _ => return Err(self.fail(Reason::Missing("',' after argument"))),
            }
        }
    }

    /// `{ … }` after a type or a period: `.a = x` items or expressions.
    pub(super) fn expect_init_list(&mut self, ty: Option<NodeId>) -> R<NodeId> {
        let lbrace = self.expect(Kind::LBrace)?;
        let top = self.scratch.len();
        if self.kind() == Kind::Period && self.peek(1) == Kind::Identifier && self.peek(2) == Kind::Equal {
            return self.expect_field_inits(ty, lbrace);
        }
        let rbrace = loop {
            if let Some(rbrace) = self.eat(Kind::RBrace) {
                break rbrace;
            }
            let e = self.expect_expr()?;
            self.scratch.push(e);
            match self.kind() {
                Kind::Comma => {
                    self.next();
                }
                Kind::RBrace => break self.next(),
                Kind::Colon | Kind::RParen | Kind::RBracket => {
                    return Err(self.fail(Reason::ExpectedToken(Kind::RBrace)));
                }
                _ => return Err(self.fail(MISSING_INIT_COMMA)),
            }
        };
        let items = &self.scratch[top..];
        let node = if items.is_empty() {
            self.builder.struct_init(lbrace, ty, &[], &[], rbrace)
        } else {
            self.builder.array_init(lbrace, ty, items, rbrace)
        };
        self.scratch.truncate(top);
        Ok(node)
    }

    fn expect_field_inits(&mut self, ty: Option<NodeId>, lbrace: Tok) -> R<NodeId> {
        let top = self.scratch.len();
        let mut names = Vec::new();
        let rbrace = loop {
            let Some(period) = self.eat_all(&[Kind::Period, Kind::Identifier, Kind::Equal]) else {
                return Err(self.fail(Reason::Plain("expected field initializer")));
            };
            names.push(Tok(period.0 + 1));
            let value = self.expect_expr()?;
            self.scratch.push(value);
            match self.kind() {
                Kind::Comma => {
                    self.next();
                }
                Kind::RBrace => break self.next(),
                Kind::Colon | Kind::RParen | Kind::RBracket => {
                    return Err(self.fail(Reason::ExpectedToken(Kind::RBrace)));
                }
                _ => return Err(self.fail(MISSING_INIT_COMMA)),
            }
            if let Some(rbrace) = self.eat(Kind::RBrace) {
                break rbrace;
            }
        };
        let node = self.builder.struct_init(lbrace, ty, &names, &self.scratch[top..], rbrace);
        self.scratch.truncate(top);
        Ok(node)
    }
}
