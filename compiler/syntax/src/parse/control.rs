//! `if`, `while`, `for` and `switch`, as expressions and as types; statements share their heads.

use super::{Parser, R};
use crate::ast::{NodeId, Payload, Tok};
use crate::error::Reason;
use crate::token::Kind;

/// How the branches of a construct are parsed: as expressions or as types.
pub(super) type Branch<'a> = fn(&mut Parser<'a>) -> R<NodeId>;

/// `while (cond) |payload| : (cont)`
pub(super) struct WhileHead {
    pub main: Tok,
    pub cond: NodeId,
    pub payload: Option<Payload>,
    pub cont: Option<NodeId>,
}

/// `if (cond) |payload|`
pub(super) struct IfHead {
    pub main: Tok,
    pub cond: NodeId,
    pub payload: Option<Payload>,
}

/// `for (…) |…|`; the inputs lie on the scratch stack from `top`.
pub(super) struct ForHead {
    pub main: Tok,
    pub top: usize,
    pub captures: Vec<Payload>,
}

const EXPECTED_LOOP: Reason = Reason::Expected("'while' or 'for'");

impl<'a> Parser<'a> {
    pub(super) fn expect_if_head(&mut self) -> R<IfHead> {
        let main = self.expect(Kind::KwIf)?;
        self.expect(Kind::LParen)?;
        let cond = self.expect_expr()?;
        self.expect(Kind::RParen)?;
        let payload = self.parse_ptr_payload()?;
        Ok(IfHead { main, cond, payload })
    }

    pub(super) fn expect_while_head(&mut self) -> R<WhileHead> {
        let main = self.expect(Kind::KwWhile)?;
        self.expect(Kind::LParen)?;
        let cond = self.expect_expr()?;
        self.expect(Kind::RParen)?;
        let payload = self.parse_ptr_payload()?;
        let cont = if self.eat(Kind::Colon).is_some() {
            self.expect(Kind::LParen)?;
            let e = self.expect_assign_expr()?;
            self.expect(Kind::RParen)?;
            Some(e)
        } else {
            if self.kind() == Kind::LParen && self.on_same_line(self.at - 1, self.at) {
                return Err(self.fail(Reason::Plain("expected ':' before while continue expression")));
            }
            None
        };
        Ok(WhileHead { main, cond, payload, cont })
    }

    pub(super) fn expect_for_head(&mut self) -> R<ForHead> {
        let main = self.expect(Kind::KwFor)?;
        let top = self.scratch.len();
        self.expect(Kind::LParen)?;
        // Main tokens of the inputs as indices, for messages.
        let mut places = Vec::new();
        loop {
            let mut input = self.expect_expr()?;
            if self.kind() == Kind::Ellipsis2 {
                places.push(self.at);
                let main = self.next();
                let end = self.parse_expr()?;
                input = self.builder.for_range(main, input, end);
            } else {
                places.push(self.place(self.builder.main_token(input)));
            }
            self.scratch.push(input);
            match self.kind() {
                Kind::Comma => {
                    self.next();
                }
                Kind::RParen => {
                    self.next();
                    break;
                }
                Kind::Colon | Kind::RBrace | Kind::RBracket => {
                    return Err(self.fail(Reason::ExpectedToken(Kind::RParen)));
                }
                _ => return Err(self.fail(Reason::Missing("',' after for operand"))),
            }
            if self.eat(Kind::RParen).is_some() {
                break;
            }
        }
        let inputs = self.scratch.len() - top;
        if self.eat(Kind::Pipe).is_none() {
            return Err(self.fail(Reason::Expected("loop payload")));
        }
        let mut captures = Vec::with_capacity(inputs);
        loop {
            let ptr = self.eat(Kind::Asterisk).is_some();
            let place = self.at;
            let name = self.expect(Kind::Identifier)?;
            captures.push(Payload { ptr, name });
            if captures.len() > inputs {
                return Err(self.fail_at(Reason::Plain("extra capture in for loop"), place));
            }
            match self.kind() {
                Kind::Comma => {
                    self.next();
                }
                Kind::Pipe => {
                    self.next();
                    break;
                }
                _ => return Err(self.fail(Reason::Missing("',' after for capture"))),
            }
            if self.eat(Kind::Pipe).is_some() {
                break;
            }
        }
        if captures.len() < inputs {
            // Zig counts the captures from the last input.
            let place = places.get(inputs - captures.len()).copied().unwrap_or(self.at);
            return Err(self.fail_at(Reason::Plain("for input is not captured"), place));
        }
        Ok(ForHead { main, top, captures })
    }

    pub(super) fn expect_if(&mut self, branch: Branch<'a>) -> R<NodeId> {
        let head = self.expect_if_head()?;
        let then = branch(self)?;
        let els = match self.eat(Kind::KwElse) {
            None => None,
            Some(t) => {
                let payload = self.parse_payload()?;
                Some((t, payload, branch(self)?))
            }
        };
        Ok(self.builder.if_(head.main, head.cond, head.payload, then, els))
    }

    /// A loop after its label, with or without `inline`.
    pub(super) fn expect_loop(&mut self, label: Option<Tok>, branch: Branch<'a>) -> R<NodeId> {
        let inline = self.eat(Kind::KwInline);
        match self.kind() {
            Kind::KwFor => {
                let head = self.expect_for_head()?;
                let body = branch(self)?;
                let els = match self.eat(Kind::KwElse) {
                    None => None,
                    Some(t) => Some((t, branch(self)?)),
                };
                Ok(self.finish_for(head, (label, inline), body, els))
            }
            Kind::KwWhile => {
                let head = self.expect_while_head()?;
                let body = branch(self)?;
                let els = match self.eat(Kind::KwElse) {
                    None => None,
                    Some(t) => {
                        let payload = self.parse_payload()?;
                        Some((t, payload, branch(self)?))
                    }
                };
                let WhileHead { main, cond, payload, cont } = head;
                Ok(self.builder.while_(main, (label, inline), cond, payload, cont, body, els))
            }
            _ => Err(self.fail(EXPECTED_LOOP)),
        }
    }

    pub(super) fn finish_for(
        &mut self,
        head: ForHead,
        marks: (Option<Tok>, Option<Tok>),
        body: NodeId,
        els: Option<(Tok, NodeId)>,
    ) -> NodeId {
        let inputs = &self.scratch[head.top..];
        let node = self.builder.for_(head.main, marks, inputs, &head.captures, body, els);
        self.scratch.truncate(head.top);
        node
    }

    pub(super) fn expect_switch(&mut self, label: Option<Tok>) -> R<NodeId> {
        let main = self.expect(Kind::KwSwitch)?;
        self.expect(Kind::LParen)?;
        let operand = self.expect_expr()?;
        self.expect(Kind::RParen)?;
        self.expect(Kind::LBrace)?;
        let top = self.scratch.len();
        while let Some(case) = self.parse_switch_case()? {
            self.scratch.push(case);
            match self.kind() {
                Kind::Comma => {
                    self.next();
                }
                Kind::Colon | Kind::RParen | Kind::RBrace | Kind::RBracket => break,
                _ => return Err(self.fail(Reason::Missing("',' after switch prong"))),
            }
        }
        let rbrace = self.expect(Kind::RBrace)?;
        let node = self.builder.switch(main, label, operand, &self.scratch[top..], rbrace);
        self.scratch.truncate(top);
        Ok(node)
    }

    fn parse_switch_case(&mut self) -> R<Option<NodeId>> {
        let top = self.scratch.len();
        let inline = self.eat(Kind::KwInline);
        if self.eat(Kind::KwElse).is_none() {
            while let Some(item) = self.parse_switch_item()? {
                self.scratch.push(item);
                if self.eat(Kind::Comma).is_none() {
                    break;
                }
            }
            if self.scratch.len() == top {
                if inline.is_some() {
                    self.at -= 1;
                }
                return Ok(None);
            }
        }
        let arrow = self.expect(Kind::FatArrow)?;
        let mut payload = None;
        let mut tag = None;
        if self.eat(Kind::Pipe).is_some() {
            let ptr = self.eat(Kind::Asterisk).is_some();
            let name = self.expect(Kind::Identifier)?;
            payload = Some(Payload { ptr, name });
            if self.eat(Kind::Comma).is_some() {
                tag = Some(self.expect(Kind::Identifier)?);
            }
            self.expect(Kind::Pipe)?;
        }
        let body = self.expect_single_assign_expr()?;
        let node = self.builder.switch_case(arrow, inline, &self.scratch[top..], payload, tag, body);
        self.scratch.truncate(top);
        Ok(Some(node))
    }

    fn parse_switch_item(&mut self) -> R<Option<NodeId>> {
        let Some(lo) = self.parse_expr()? else { return Ok(None) };
        let Some(main) = self.eat(Kind::Ellipsis3) else { return Ok(Some(lo)) };
        let hi = self.expect_expr()?;
        Ok(Some(self.builder.switch_range(main, lo, hi)))
    }
}
