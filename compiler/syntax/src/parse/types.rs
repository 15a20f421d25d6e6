//! Types: prefixes, error unions, and the chains of suffixes that they share with expressions.

use super::{MAX_CHAIN, Parser, R, TOO_DEEP};
use crate::ast::{NodeId, PtrSize, PtrType, Tok, UnaryOp};
use crate::error::Reason;
use crate::token::Kind;

/// What may stand between the brackets of a pointer and its child.
#[derive(Default)]
struct Modifiers {
    align: Option<NodeId>,
    bit_range: Option<(NodeId, NodeId)>,
    /// Where the bit range begins.
    bit_place: usize,
    addrspace: Option<NodeId>,
    const_: Option<Tok>,
    volatile: Option<Tok>,
    allowzero: Option<Tok>,
}

impl Modifiers {
    fn pointer(&self, size: PtrSize, sentinel: Option<NodeId>, child: NodeId) -> PtrType {
        PtrType {
            size,
            sentinel,
            align: self.align,
            bit_range: self.bit_range,
            addrspace: self.addrspace,
            const_: self.const_,
            volatile: self.volatile,
            allowzero: self.allowzero,
            child,
        }
    }
}

impl Parser<'_> {
    pub(super) fn expect_type(&mut self) -> R<NodeId> {
        match self.parse_type()? {
            Some(t) => Ok(t),
            None => Err(self.fail(Reason::Expected("type expression"))),
        }
    }

    pub(super) fn parse_type(&mut self) -> R<Option<NodeId>> {
        match self.kind() {
            Kind::QuestionMark | Kind::Asterisk | Kind::AsteriskAsterisk | Kind::LBracket => {}
            Kind::KwAnyframe if self.peek(1) == Kind::Arrow => {}
            _ => return self.parse_error_union(),
        }
        self.enter()?;
        let t = self.expect_prefixed_type()?;
        self.leave();
        Ok(Some(t))
    }

    fn expect_prefixed_type(&mut self) -> R<NodeId> {
        let main = self.next();
        match self.prev() {
            Kind::QuestionMark => {
                let child = self.expect_type()?;
                Ok(self.builder.unary(UnaryOp::OptionalType, main, child))
            }
            Kind::KwAnyframe => {
                self.next();
                let child = self.expect_type()?;
                Ok(self.builder.anyframe_type(main, child))
            }
            Kind::Asterisk => {
                let m = self.parse_modifiers()?;
                let child = self.expect_type()?;
                Ok(self.builder.ptr_type(main, &m.pointer(PtrSize::One, None, child)))
            }
            // Two pointers, the modifiers on the inner one.
            Kind::AsteriskAsterisk => {
                let m = self.parse_modifiers()?;
                let child = self.expect_type()?;
                let inner = self.builder.ptr_type(main, &m.pointer(PtrSize::One, None, child));
                Ok(self.builder.ptr_type(main, &Modifiers::default().pointer(PtrSize::One, None, inner)))
            }
            _ if self.kind() == Kind::Asterisk => self.expect_many_pointer(main),
            _ => self.expect_slice_or_array(main),
        }
    }

    /// `[*]T`, `[*c]T`, `[*:s]T` after `[`.
    fn expect_many_pointer(&mut self, main: Tok) -> R<NodeId> {
        self.next();
        let mut size = PtrSize::Many;
        let mut sentinel = None;
        if self.kind() == Kind::Identifier {
            // As in real Zig up to the next token: no comment may stand between.
            let text = self.input.source.get(self.start_of(self.at)..self.start_of(self.at + 1));
            if text.is_some_and(|t| t.trim_ascii_end() == b"c") {
                self.next();
                size = PtrSize::C;
            }
        } else if self.eat(Kind::Colon).is_some() {
            sentinel = Some(self.expect_expr()?);
        }
        self.expect(Kind::RBracket)?;
        let m = self.parse_modifiers()?;
        let child = self.expect_type()?;
        Ok(self.builder.ptr_type(main, &m.pointer(size, sentinel, child)))
    }

    /// `[]T`, `[:s]T`, `[n]T`, `[n:s]T` after `[`.
    fn expect_slice_or_array(&mut self, main: Tok) -> R<NodeId> {
        let len = self.parse_expr()?;
        let sentinel = if self.eat(Kind::Colon).is_some() { Some(self.expect_expr()?) } else { None };
        self.expect(Kind::RBracket)?;
        let Some(len) = len else {
            let m = self.parse_modifiers()?;
            let child = self.expect_type()?;
            if m.bit_range.is_some() {
                return Err(self.fail_at(Reason::Plain("bit range not allowed on slices and arrays"), m.bit_place));
            }
            return Ok(self.builder.ptr_type(main, &m.pointer(PtrSize::Slice, sentinel, child)));
        };
        if matches!(
            self.kind(),
            Kind::KwAlign | Kind::KwConst | Kind::KwVolatile | Kind::KwAllowzero | Kind::KwAddrspace
        ) {
            return Err(self.fail(Reason::PtrModOnArrayChild));
        }
        let elem = self.expect_type()?;
        Ok(self.builder.array_type(main, len, sentinel, elem))
    }

    fn parse_modifiers(&mut self) -> R<Modifiers> {
        let mut m = Modifiers::default();
        loop {
            match self.kind() {
                Kind::KwAlign => {
                    if m.align.is_some() {
                        return Err(self.fail(Reason::Plain("extra align qualifier")));
                    }
                    self.next();
                    self.expect(Kind::LParen)?;
                    m.align = Some(self.expect_expr()?);
                    if self.eat(Kind::Colon).is_some() {
                        let lo = self.expect_expr()?;
                        m.bit_place = self.place(self.builder.main_token(lo));
                        self.expect(Kind::Colon)?;
                        m.bit_range = Some((lo, self.expect_expr()?));
                    }
                    self.expect(Kind::RParen)?;
                }
                Kind::KwConst => {
                    if m.const_.is_some() {
                        return Err(self.fail(Reason::Plain("extra const qualifier")));
                    }
                    m.const_ = Some(self.next());
                }
                Kind::KwVolatile => {
                    if m.volatile.is_some() {
                        return Err(self.fail(Reason::Plain("extra volatile qualifier")));
                    }
                    m.volatile = Some(self.next());
                }
                Kind::KwAllowzero => {
                    if m.allowzero.is_some() {
                        return Err(self.fail(Reason::Plain("extra allowzero qualifier")));
                    }
                    m.allowzero = Some(self.next());
                }
                Kind::KwAddrspace => {
                    if m.addrspace.is_some() {
                        return Err(self.fail(Reason::Plain("extra addrspace qualifier")));
                    }
                    m.addrspace = self.parse_attribute(Kind::KwAddrspace)?;
                }
                _ => return Ok(m),
            }
        }
    }

    /// `a` or `a!T`
    fn parse_error_union(&mut self) -> R<Option<NodeId>> {
        let Some(lhs) = self.parse_suffix_expr()? else { return Ok(None) };
        let Some(bang) = self.eat(Kind::Bang) else { return Ok(Some(lhs)) };
        self.enter()?;
        let rhs = self.expect_type()?;
        self.leave();
        Ok(Some(self.builder.error_union(bang, lhs, rhs)))
    }

    /// A primary expression and what follows it: calls, indices, fields, `.*`, `.?`.
    fn parse_suffix_expr(&mut self) -> R<Option<NodeId>> {
        let Some(mut node) = self.parse_primary_type()? else { return Ok(None) };
        let mut chain = 0;
        loop {
            node = match self.kind() {
                Kind::LBracket => self.expect_index(node)?,
                Kind::PeriodAsterisk => {
                    let main = self.next();
                    self.builder.deref(main, node)
                }
                Kind::InvalidPeriodAsterisks => return Err(self.fail(Reason::AsteriskAfterDeref)),
                Kind::Period => match self.peek(1) {
                    Kind::Identifier => {
                        let main = self.next();
                        let name = self.next();
                        self.builder.field_access(main, node, name)
                    }
                    Kind::QuestionMark => {
                        let main = self.next();
                        self.next();
                        self.builder.unwrap_optional(main, node)
                    }
                    // A misplaced `.{`: whoever comes next says so.
                    Kind::LBrace => return Ok(Some(node)),
                    _ => {
                        self.next();
                        let what = "pointer dereference, optional unwrap, or field access";
                        return Err(self.fail(Reason::Expected(what)));
                    }
                },
                Kind::LParen => {
                    let lparen = self.next();
                    let top = self.scratch.len();
                    let rparen = self.expect_arguments(false)?;
                    let call = self.builder.call(lparen, node, &self.scratch[top..], rparen);
                    self.scratch.truncate(top);
                    call
                }
                _ => return Ok(Some(node)),
            };
            chain += 1;
            if chain > MAX_CHAIN {
                return Err(self.fail(TOO_DEEP));
            }
        }
    }

    fn expect_index(&mut self, lhs: NodeId) -> R<NodeId> {
        let lbracket = self.expect(Kind::LBracket)?;
        let index = self.expect_expr()?;
        if self.eat(Kind::Ellipsis2).is_none() {
            let rbracket = self.expect(Kind::RBracket)?;
            return Ok(self.builder.index(lbracket, lhs, index, rbracket));
        }
        let end = self.parse_expr()?;
        let sentinel = if self.eat(Kind::Colon).is_some() { Some(self.expect_expr()?) } else { None };
        let rbracket = self.expect(Kind::RBracket)?;
        Ok(self.builder.slice(lbracket, lhs, index, end, sentinel, rbracket))
    }
}
