//! Literals: numbers, characters and strings, and Zig's messages about what is wrong in them.

use dashu_int::UBig;
use syntax::literal::{
    LiteralError, Number, NumberError, parse_char, parse_multiline_line, parse_number, parse_string,
};
use syntax::{NodeId, Tok};

use super::scope::Gz;
use super::{Gen, Res, Ri};
use crate::inst::{Inst, Prim, Ref, UnOp};
use crate::member::Place;

impl Gen<'_> {
    pub(crate) fn literal_error<T>(&mut self, t: Tok, e: LiteralError) -> Res<T> {
        let raw = self.text(t);
        self.fail(Place::Byte(t, e.offset() as u32), e.text(raw))
    }

    /// The bytes of a string literal token.
    pub(crate) fn string_token(&mut self, t: Tok) -> Res<Vec<u8>> {
        match parse_string(self.text(t)) {
            Ok(b) => Ok(b.into_owned()),
            Err(e) => self.literal_error(t, e),
        }
    }

    /// Puts bytes into the member's string area.
    pub(crate) fn put_bytes(&mut self, bytes: &[u8]) -> (u32, u32) {
        let start = self.out.bytes.len() as u32;
        self.out.bytes.extend_from_slice(bytes);
        (start, bytes.len() as u32)
    }

    pub(crate) fn string_literal(&mut self, gz: Gz, ri: Ri, node: NodeId) -> Res<Ref> {
        let bytes = self.string_token(self.main_tok(node))?;
        let (start, len) = self.put_bytes(&bytes);
        let r = self.add(gz, Inst::Str { start, len }, node);
        Ok(self.rvalue(gz, ri, r, node))
    }

    pub(crate) fn multiline_literal(&mut self, gz: Gz, ri: Ri, node: NodeId, first: Tok, last: Tok) -> Ref {
        let mut bytes = Vec::new();
        for t in first.0..=last.0 {
            if t != first.0 {
                bytes.push(b'\n');
            }
            bytes.extend_from_slice(parse_multiline_line(self.text(Tok(t))));
        }
        let (start, len) = self.put_bytes(&bytes);
        let r = self.add(gz, Inst::Str { start, len }, node);
        self.rvalue(gz, ri, r, node)
    }

    pub(crate) fn char_literal(&mut self, gz: Gz, ri: Ri, node: NodeId) -> Res<Ref> {
        let t = self.main_tok(node);
        match parse_char(self.text(t)) {
            Ok(c) => {
                let r = self.int(gz, c.into(), node);
                Ok(self.rvalue(gz, ri, r, node))
            }
            Err(e) => self.literal_error(t, e),
        }
    }

    /// A number, or (`negative`) the negation `src` of one.
    pub(crate) fn number_literal(&mut self, gz: Gz, ri: Ri, node: NodeId, src: NodeId, negative: bool) -> Res<Ref> {
        let t = self.main_tok(node);
        let value = match parse_number(self.text(t)) {
            Ok(Number::Int(0)) if negative => {
                let notes = vec![
                    ("use '0' for an integer zero".to_owned(), Place::Tok(t)),
                    ("use '-0.0' for a floating-point signed zero".to_owned(), Place::Tok(t)),
                ];
                return self.fail_notes(Place::Tok(t), "integer literal '-0' is ambiguous", notes);
            }
            Ok(Number::Int(1)) => {
                let p = if negative { Prim::NegativeOne } else { Prim::One };
                return Ok(self.rvalue(gz, ri, p.into(), src));
            }
            Ok(Number::Int(n)) => self.int(gz, n, node),
            Ok(Number::BigInt { base, digits }) => {
                self.out.bigs.push(UBig::from_str_radix(&digits, base).unwrap_or_default());
                let at = self.out.bigs.len() as u32 - 1;
                self.add(gz, Inst::IntBig(at), node)
            }
            Ok(Number::Float { text, .. }) => {
                let sign = if negative { "-" } else { "" };
                self.out.floats.push(format!("{sign}{text}").into());
                let at = self.out.floats.len() as u32 - 1;
                let r = self.add(gz, Inst::Float(at), node);
                return Ok(self.rvalue(gz, ri, r, src));
            }
            Err(e) => return self.number_error(t, e),
        };
        let value = if negative { self.un(gz, UnOp::Negate, value, src) } else { value };
        Ok(self.rvalue(gz, ri, value, src))
    }

    fn number_error<T>(&mut self, t: Tok, e: NumberError) -> Res<T> {
        let raw = self.text(t);
        let notes = e.note(raw).map(|text| (text.to_owned(), Place::Tok(t)));
        self.fail_notes(Place::Byte(t, e.offset() as u32), e.text(raw), notes.into_iter().collect())
    }
}

/// Whether a number literal is the integer 0.
pub(crate) fn is_zero(text: &[u8]) -> bool {
    matches!(parse_number(text), Ok(Number::Int(0)))
}
