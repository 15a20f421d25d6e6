//! Blocks and statements.

use super::control::{IfHead, WhileHead};
use super::{Parser, R};
use crate::ast::{NodeId, Tok, VarDecl};
use crate::error::Reason;
use crate::token::Kind;

const SEMI_AFTER_STMT: Reason = Reason::Missing("';' after statement");
const SEMI_OR_ELSE: Reason = Reason::Missing("';' or 'else' after statement");
const BLOCK_OR_ASSIGNMENT: Reason = Reason::Expected("block or assignment");

impl Parser<'_> {
    /// A block at `{`; its label, if any, was eaten.
    pub(super) fn expect_block(&mut self, label: Option<Tok>) -> R<NodeId> {
        let lbrace = self.expect(Kind::LBrace)?;
        self.enter()?;
        let top = self.scratch.len();
        while self.kind() != Kind::RBrace {
            let s = self.expect_statement(true)?;
            self.scratch.push(s);
        }
        let rbrace = self.next();
        let node = self.builder.block(label, lbrace, &self.scratch[top..], rbrace);
        self.scratch.truncate(top);
        self.leave();
        Ok(node)
    }

    /// A block with or without label.
    fn parse_block_expr(&mut self) -> R<Option<NodeId>> {
        if self.kind() == Kind::LBrace {
            return self.expect_block(None).map(Some);
        }
        if self.kind() == Kind::Identifier && self.peek(1) == Kind::Colon && self.peek(2) == Kind::LBrace {
            let label = self.next();
            self.next();
            return self.expect_block(Some(label)).map(Some);
        }
        Ok(None)
    }

    fn expect_semicolon(&mut self) -> R<()> {
        match self.eat(Kind::Semicolon) {
            Some(_) => Ok(()),
            None => Err(self.fail(SEMI_AFTER_STMT)),
        }
    }

    fn expect_block_expr_statement(&mut self) -> R<NodeId> {
        if let Some(b) = self.parse_block_expr()? {
            return Ok(b);
        }
        let Some(e) = self.parse_assign_expr()? else {
            return Err(self.fail(Reason::Expected("block or expression")));
        };
        self.expect_semicolon()?;
        Ok(e)
    }

    /// `full`: in a block; after `else`, neither declarations nor `defer` may stand.
    fn expect_statement(&mut self, full: bool) -> R<NodeId> {
        if let Some(main) = self.eat(Kind::KwComptime) {
            if let Some(b) = self.parse_block_expr()? {
                return Ok(self.builder.comptime(main, b));
            }
            if full {
                return self.expect_var_decl_or_expr(Some(main));
            }
            let e = self.expect_assign_expr()?;
            self.expect_semicolon()?;
            return Ok(self.builder.comptime(main, e));
        }
        match self.kind() {
            Kind::KwNosuspend => {
                let main = self.next();
                let s = self.expect_block_expr_statement()?;
                return Ok(self.builder.nosuspend(main, s));
            }
            Kind::KwSuspend => {
                let main = self.next();
                let s = self.expect_block_expr_statement()?;
                return Ok(self.builder.suspend(main, s));
            }
            Kind::KwDefer if full => {
                let main = self.next();
                let s = self.expect_block_expr_statement()?;
                return Ok(self.builder.defer(main, s));
            }
            Kind::KwErrdefer if full => {
                let main = self.next();
                let payload = self.parse_payload()?;
                let s = self.expect_block_expr_statement()?;
                return Ok(self.builder.errdefer(main, payload, s));
            }
            Kind::KwIf => return self.expect_if_statement(),
            Kind::KwEnum | Kind::KwStruct | Kind::KwUnion => self.refuse_c_style_container()?,
            _ => {}
        }
        if let Some(s) = self.parse_labelled_statement()? {
            return Ok(s);
        }
        if full {
            return self.expect_var_decl_or_expr(None);
        }
        let e = self.expect_assign_expr()?;
        self.expect_semicolon()?;
        Ok(e)
    }

    /// Blocks, loops and `switch`, with or without label.
    fn parse_labelled_statement(&mut self) -> R<Option<NodeId>> {
        let place = self.at;
        let label = self.eat_all(&[Kind::Identifier, Kind::Colon]);
        match self.kind() {
            Kind::LBrace => return self.expect_block(label).map(Some),
            Kind::KwInline | Kind::KwFor | Kind::KwWhile => return self.expect_loop_statement(label).map(Some),
            Kind::KwSwitch => return self.expect_switch(label).map(Some),
            _ => {}
        }
        if label.is_none() {
            return Ok(None);
        }
        let after_colon = self.at;
        // Perhaps a declaration that lacks its keyword.
        if self.parse_type()?.is_some() {
            let attributes = [Kind::KwAlign, Kind::KwAddrspace, Kind::KwLinksection];
            let mut declares = false;
            for k in attributes {
                declares |= self.parse_attribute(k)?.is_some();
            }
            if self.eat(Kind::Equal).is_some() {
                self.expect_expr()?;
                declares = true;
            }
            if declares {
                let text = "expected 'var' or 'const' before variable declaration";
                return Err(self.fail_at(Reason::Plain(text), place));
            }
        }
        Err(self.fail_at(Reason::Expected("'while', 'for', 'inline', or '{'"), after_colon))
    }

    fn expect_if_statement(&mut self) -> R<NodeId> {
        let IfHead { main, cond, payload } = self.expect_if_head()?;
        let (then, done) = self.expect_loop_body()?;
        let els = if done { None } else { self.parse_else_statement(true)? };
        Ok(self.builder.if_(main, cond, payload, then, els))
    }

    /// A block, or an assignment and `;` (which ends the statement) or `else`.
    fn expect_loop_body(&mut self) -> R<(NodeId, bool)> {
        if let Some(b) = self.parse_block_expr()? {
            return Ok((b, false));
        }
        let Some(e) = self.parse_assign_expr()? else {
            return Err(self.fail(BLOCK_OR_ASSIGNMENT));
        };
        if self.eat(Kind::Semicolon).is_some() {
            return Ok((e, true));
        }
        if self.kind() != Kind::KwElse {
            return Err(self.fail(SEMI_OR_ELSE));
        }
        Ok((e, false))
    }

    fn parse_else_statement(&mut self, payload: bool) -> R<Option<(Tok, Option<Tok>, NodeId)>> {
        let Some(t) = self.eat(Kind::KwElse) else { return Ok(None) };
        let payload = if payload { self.parse_payload()? } else { None };
        self.enter()?;
        let s = self.expect_statement(false)?;
        self.leave();
        Ok(Some((t, payload, s)))
    }

    fn expect_loop_statement(&mut self, label: Option<Tok>) -> R<NodeId> {
        let marks = (label, self.eat(Kind::KwInline));
        match self.kind() {
            Kind::KwFor => {
                let head = self.expect_for_head()?;
                let (body, done) = self.expect_loop_body()?;
                let els = if done { None } else { self.parse_else_statement(false)? };
                Ok(self.finish_for(head, marks, body, els.map(|(t, _, s)| (t, s))))
            }
            Kind::KwWhile => {
                let WhileHead { main, cond, payload, cont } = self.expect_while_head()?;
                let (body, done) = self.expect_loop_body()?;
                let els = if done { None } else { self.parse_else_statement(true)? };
                Ok(self.builder.while_(main, marks, cond, payload, cont, body, els))
            }
            _ => Err(self.fail(Reason::Expected("'while' or 'for'"))),
        }
    }

    /// A local declaration, an expression, an assignment or a destructuring.
    fn expect_var_decl_or_expr(&mut self, comptime: Option<Tok>) -> R<NodeId> {
        let top = self.scratch.len();
        let mut decl;
        loop {
            decl = self.parse_var_proto(VarDecl { comptime: None, ..EMPTY_VAR })?;
            if decl.is_none() {
                let Some(e) = self.parse_expr()? else {
                    let what = if self.scratch.len() == top { "statement" } else { "expression or var decl" };
                    return Err(self.fail(Reason::ExpectedHere(what)));
                };
                self.scratch.push(e);
            } else if (self.kind() == Kind::Comma || self.scratch.len() > top)
                && let Some((main, d)) = decl.take()
            {
                let node = self.builder.var_decl(main, &d);
                self.scratch.push(node);
            }
            if self.eat(Kind::Comma).is_none() {
                break;
            }
        }
        if self.scratch.len() - top > 1 {
            let equal = self.expect_initial_equal()?;
            let rhs = self.expect_expr()?;
            self.expect_semicolon()?;
            let node = self.builder.destructure(comptime, equal, &self.scratch[top..], rhs);
            self.scratch.truncate(top);
            return Ok(node);
        }
        if let Some((main, mut d)) = decl {
            self.expect_initial_equal()?;
            d.comptime = comptime;
            d.init = Some(self.expect_expr()?);
            self.expect_semicolon()?;
            return Ok(self.builder.var_decl(main, &d));
        }
        let Some(lhs) = self.scratch.pop() else {
            return Err(self.fail(Reason::ExpectedHere("statement")));
        };
        let e = self.finish_assign_expr(lhs)?;
        self.expect_semicolon()?;
        Ok(match comptime {
            Some(t) => self.builder.comptime(t, e),
            None => e,
        })
    }

    /// The `=` of a declaration, which `==` is a slip for.
    fn expect_initial_equal(&mut self) -> R<Tok> {
        if self.kind() == Kind::EqualEqual {
            return Err(self.fail(Reason::Plain("variable initialized with '==' instead of '='")));
        }
        self.expect(Kind::Equal)
    }

    /// `const name: T align(…) addrspace(…) linksection(…)`: the keyword and what was read.
    pub(super) fn parse_var_proto(&mut self, mut d: VarDecl) -> R<Option<(Tok, VarDecl)>> {
        let main = match self.kind() {
            Kind::KwConst => self.next(),
            Kind::KwVar => {
                d.mutable = true;
                self.next()
            }
            _ => return Ok(None),
        };
        d.name = self.expect(Kind::Identifier)?;
        if self.eat(Kind::Colon).is_some() {
            d.ty = Some(self.expect_type()?);
        }
        d.align = self.parse_attribute(Kind::KwAlign)?;
        d.addrspace = self.parse_attribute(Kind::KwAddrspace)?;
        d.section = self.parse_attribute(Kind::KwLinksection)?;
        Ok(Some((main, d)))
    }
}

pub(super) const EMPTY_VAR: VarDecl = VarDecl {
    visib: None,
    extern_export: None,
    lib_name: None,
    threadlocal: None,
    comptime: None,
    mutable: false,
    name: Tok(0),
    ty: None,
    align: None,
    addrspace: None,
    section: None,
    init: None,
};
