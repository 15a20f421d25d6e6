//! Primary expressions that may stand where a type may: literals, names, calls of builtins,
//! containers, error sets, labelled and parenthesised things, and `asm`.

use super::control::Branch;
use super::whole::Nested;
use super::{Parser, R};
use crate::ast::{AsmOperand, ContainerKind, NodeId, Tok};
use crate::error::Reason;
use crate::token::Kind;

impl<'a> Parser<'a> {
    const TYPE: Branch<'a> = Self::expect_type;

    pub(super) fn parse_primary_type(&mut self) -> R<Option<NodeId>> {
        let node = match self.kind() {
            Kind::CharLiteral => {
                let t = self.next();
                self.builder.character(t)
            }
            Kind::NumberLiteral => {
                let t = self.next();
                self.builder.number(t)
            }
            Kind::KwUnreachable => {
                let t = self.next();
                self.builder.unreachable(t)
            }
            Kind::KwAnyframe => {
                let t = self.next();
                self.builder.anyframe(t)
            }
            Kind::StringLiteral => {
                let t = self.next();
                self.builder.string(t)
            }
            Kind::MultilineStringLine => {
                let first = self.next();
                let mut last = first;
                while let Some(t) = self.eat(Kind::MultilineStringLine) {
                    last = t;
                }
                self.builder.multiline_string(first, last)
            }
            Kind::Identifier if self.peek(1) == Kind::Colon => return self.parse_labelled(),
            Kind::Identifier => {
                let t = self.next();
                self.builder.ident(t)
            }
            Kind::Builtin => self.expect_builtin_call()?,
            Kind::KwFn => {
                self.enter()?;
                let proto = self.expect_fn_proto(Default::default())?;
                self.leave();
                proto
            }
            Kind::KwIf => {
                self.enter()?;
                let node = self.expect_if(Self::TYPE)?;
                self.leave();
                node
            }
            Kind::KwSwitch => self.expect_switch(None)?,
            Kind::KwInline | Kind::KwFor | Kind::KwWhile => {
                self.enter()?;
                let node = self.expect_loop(None, Self::TYPE)?;
                self.leave();
                node
            }
            Kind::KwExtern | Kind::KwPacked => {
                let layout = self.next();
                self.expect_container(Some(layout))?
            }
            Kind::KwStruct | Kind::KwOpaque | Kind::KwEnum | Kind::KwUnion => self.expect_container(None)?,
            Kind::KwComptime => {
                let t = self.next();
                self.enter()?;
                let e = self.expect_type()?;
                self.leave();
                self.builder.comptime(t, e)
            }
            Kind::Period => match self.peek(1) {
                Kind::Identifier => {
                    self.next();
                    let name = self.next();
                    self.builder.enum_literal(name)
                }
                Kind::LBrace => {
                    self.next();
                    self.expect_init_list(None)?
                }
                _ => return Ok(None),
            },
            Kind::KwError if self.peek(1) == Kind::LBrace => self.expect_error_set()?,
            Kind::KwError => {
                let main = self.next();
                self.expect(Kind::Period)?;
                let name = self.expect(Kind::Identifier)?;
                self.builder.error_value(main, name)
            }
            Kind::LParen => {
                let lparen = self.next();
                let e = self.expect_expr()?;
                let rparen = self.expect(Kind::RParen)?;
                self.builder.grouped(lparen, e, rparen)
            }
            _ => return Ok(None),
        };
        Ok(Some(node))
    }

    /// `name :` and what it may label; else the name alone.
    fn parse_labelled(&mut self) -> R<Option<NodeId>> {
        let label = self.next();
        let node = match self.peek(1) {
            Kind::KwInline | Kind::KwFor | Kind::KwWhile => {
                self.next();
                self.enter()?;
                let node = self.expect_loop(Some(label), Self::TYPE)?;
                self.leave();
                node
            }
            Kind::KwSwitch => {
                self.next();
                self.expect_switch(Some(label))?
            }
            Kind::LBrace => {
                self.next();
                self.expect_block(Some(label))?
            }
            _ => self.builder.ident(label),
        };
        Ok(Some(node))
    }

    fn expect_builtin_call(&mut self) -> R<NodeId> {
        let main = self.expect(Kind::Builtin)?;
        if self.eat(Kind::LParen).is_none() {
            return Err(self.fail(Reason::Expected("parameter list")));
        }
        let top = self.scratch.len();
        let rparen = self.expect_arguments(true)?;
        let node = self.builder.builtin_call(main, &self.scratch[top..], rparen);
        self.scratch.truncate(top);
        Ok(node)
    }

    fn expect_error_set(&mut self) -> R<NodeId> {
        let main = self.next();
        self.next();
        let mut names = Vec::new();
        let rbrace = loop {
            if let Some(rbrace) = self.eat(Kind::RBrace) {
                break rbrace;
            }
            self.inner_docs()?;
            names.push(self.expect(Kind::Identifier)?);
            match self.kind() {
                Kind::Comma => {
                    self.next();
                }
                Kind::RBrace => break self.next(),
                Kind::Colon | Kind::RParen | Kind::RBracket => {
                    return Err(self.fail(Reason::ExpectedToken(Kind::RBrace)));
                }
                _ => return Err(self.fail(Reason::Missing("',' after field"))),
            }
        };
        Ok(self.builder.error_set(main, &names, rbrace))
    }

    fn expect_container(&mut self, layout: Option<Tok>) -> R<NodeId> {
        let (kind, main) = match self.kind() {
            Kind::KwStruct => (ContainerKind::Struct, self.next()),
            Kind::KwUnion => (ContainerKind::Union, self.next()),
            Kind::KwEnum => (ContainerKind::Enum, self.next()),
            Kind::KwOpaque => (ContainerKind::Opaque, self.next()),
            _ => return Err(self.fail(Reason::Expected("a struct, enum or union"))),
        };
        let mut arg = None;
        let mut enum_tag = None;
        if kind != ContainerKind::Opaque && self.eat(Kind::LParen).is_some() {
            if kind == ContainerKind::Union {
                enum_tag = self.eat(Kind::KwEnum);
            }
            if enum_tag.is_none() {
                arg = Some(self.expect_expr()?);
            } else if self.eat(Kind::LParen).is_some() {
                arg = Some(self.expect_expr()?);
                self.expect(Kind::RParen)?;
            }
            self.expect(Kind::RParen)?;
        }
        let open = self.at;
        let lbrace = self.expect(Kind::LBrace)?;
        let node = self.builder.container(main, kind, layout, arg, enum_tag, lbrace);
        if let Nested::CutOut = self.nested {
            self.expect(Kind::RBrace)?;
            return Ok(node);
        }
        self.enter()?;
        self.expect_container_body(node, open, lbrace)?;
        self.leave();
        Ok(node)
    }

    pub(super) fn expect_asm(&mut self) -> R<NodeId> {
        let main = self.expect(Kind::KwAsm)?;
        let volatile = self.eat(Kind::KwVolatile);
        self.expect(Kind::LParen)?;
        let template = self.expect_expr()?;
        if let Some(rparen) = self.eat(Kind::RParen) {
            return Ok(self.builder.asm(main, volatile, template, &[], &[], None, &[], rparen));
        }
        self.expect(Kind::Colon)?;
        let outputs = self.parse_asm_operands(true)?;
        let mut inputs = Vec::new();
        let mut clobbers = None;
        let mut legacy = Vec::new();
        if self.eat(Kind::Colon).is_some() {
            inputs = self.parse_asm_operands(false)?;
            if self.eat(Kind::Colon).is_some() {
                if self.kind() == Kind::StringLiteral {
                    legacy = self.parse_legacy_clobbers()?;
                } else {
                    clobbers = Some(self.expect_expr()?);
                }
            }
        }
        let rparen = self.expect(Kind::RParen)?;
        Ok(self.builder.asm(main, volatile, template, &outputs, &inputs, clobbers, &legacy, rparen))
    }

    fn parse_legacy_clobbers(&mut self) -> R<Vec<Tok>> {
        let mut list = Vec::new();
        while let Some(t) = self.eat(Kind::StringLiteral) {
            list.push(t);
            match self.kind() {
                Kind::Comma => {
                    self.next();
                }
                Kind::Colon | Kind::RParen | Kind::RBrace | Kind::RBracket => break,
                _ => return Err(self.fail(Reason::ExpectedToken(Kind::Comma))),
            }
        }
        Ok(list)
    }

    /// `[name] "constraint" (…)`, comma-separated.
    fn parse_asm_operands(&mut self, output: bool) -> R<Vec<AsmOperand>> {
        let mut list = Vec::new();
        while self.eat(Kind::LBracket).is_some() {
            let symbolic_name = self.expect(Kind::Identifier)?;
            self.expect(Kind::RBracket)?;
            let constraint = self.expect(Kind::StringLiteral)?;
            self.expect(Kind::LParen)?;
            let mut operand = AsmOperand { symbolic_name, constraint, expr: None, variable: None };
            if !output {
                operand.expr = Some(self.expect_expr()?);
            } else if self.eat(Kind::Arrow).is_some() {
                operand.expr = Some(self.expect_type()?);
            } else {
                operand.variable = Some(self.expect(Kind::Identifier)?);
            }
            self.expect(Kind::RParen)?;
            list.push(operand);
            match self.kind() {
                Kind::Comma => {
                    self.next();
                }
                Kind::Colon | Kind::RParen | Kind::RBrace | Kind::RBracket => break,
                _ => return Err(self.fail(Reason::ExpectedToken(Kind::Comma))),
            }
        }
        Ok(list)
    }
}
