//! Object notation: what is wrong with a file of it beyond syntax, as real Zig says it. Nothing is
//! lowered; a file is a value, and most expressions of the language have no place in it.

use rustc_hash::FxHashMap;
use syntax::ast::{BinaryOp, Node, UnaryOp};
use syntax::literal::{Number, parse_char, parse_identifier, parse_number, parse_string};
use syntax::render::Zon;
use syntax::{MemberAst, MemberIx, NodeId, Tok};

use crate::check::FileMsg;

/// All messages of a file without syntax errors, in real Zig's order.
pub fn zon_messages(zon: &Zon) -> Vec<FileMsg> {
    let (Some(member), Some(value)) = (zon.tree().members().first(), zon.value()) else { return Vec::new() };
    let mut c = Checker { zon, ast: &member.ast, out: Vec::new() };
    c.value(value);
    c.out
}

const ROOT: MemberIx = MemberIx(0);

struct Checker<'a> {
    zon: &'a Zon,
    ast: &'a MemberAst,
    out: Vec<FileMsg>,
}

impl<'a> Checker<'a> {
    fn text(&self, t: Tok) -> &'a [u8] {
        self.zon.tree().text(ROOT, t)
    }
    fn at(&self, t: Tok, offset: usize) -> u32 {
        self.zon.byte(self.zon.tree().span(ROOT, t).0) + offset as u32
    }
    fn msg(&mut self, t: Tok, offset: usize, text: impl Into<String>, notes: &[(&str, Tok)]) {
        let notes = notes.iter().map(|(text, t)| ((*text).to_owned(), self.at(*t, 0))).collect();
        self.out.push(FileMsg { member: ROOT, text: text.into(), at: self.at(t, offset), notes });
    }

    fn value(&mut self, node: NodeId) {
        let main = self.ast.main_token(node);
        let plain = match self.ast.node(node) {
            Node::StructInit { ty: None, names, values, .. } => return self.fields(&names, &values),
            Node::ArrayInit { ty: None, elems, .. } => return elems.iter().for_each(|e| self.value(*e)),
            Node::StructInit { ty: Some(ty), .. } | Node::ArrayInit { ty: Some(ty), .. } => {
                let main = self.ast.main_token(ty);
                return self.msg(main, 0, "types are not available in ZON", &[("replace the type with '.'", main)]);
            }
            Node::Ident => return self.name(main),
            Node::EnumLiteral => {
                self.identifier(main);
                return;
            }
            Node::NumberLiteral => return self.number(main, false),
            Node::CharLiteral => {
                if let Err(e) = parse_char(self.text(main)) {
                    self.msg(main, e.offset(), e.text(self.text(main)), &[]);
                }
                return;
            }
            Node::StringLiteral => {
                if let Err(e) = parse_string(self.text(main)) {
                    self.msg(main, e.offset(), e.text(self.text(main)), &[]);
                }
                return;
            }
            Node::MultilineString { .. } => return,
            Node::Unary { op: UnaryOp::Negate, expr } => return self.negation(main, expr),
            Node::Grouped { expr, .. } => {
                let notes = [("these parentheses are always redundant", main)];
                self.msg(main, 0, "expression grouping is not allowed in ZON", &notes);
                return self.value(expr);
            }
            Node::Block { stmts: [], .. } => {
                let notes = [("void union payloads can be represented by enum literals", main)];
                return self.msg(main, 0, "void literals are not available in ZON", &notes);
            }
            Node::Block { .. } => "blocks are not allowed in ZON",
            Node::Comptime { .. } => "keyword 'comptime' is not allowed in ZON",
            Node::Asm { .. } => "inline asm is not allowed in ZON",
            Node::BuiltinCall { .. } => "builtin function calls are not allowed in ZON",
            Node::FieldAccess { .. } => "field accesses are not allowed in ZON",
            Node::Slice { .. } => "slice operator is not allowed in ZON",
            Node::Index { .. } => "array indexing is not allowed in ZON",
            Node::Deref { .. } | Node::Unary { op: UnaryOp::AddressOf, .. } => "pointers are not available in ZON",
            Node::UnwrapOptional { .. } => "optionals are not available in ZON",
            Node::ErrorValue { .. } => "errors are not available in ZON",
            Node::Unary { op: UnaryOp::OptionalType, .. }
            | Node::ErrorUnionType { .. }
            | Node::AnyframeLiteral
            | Node::AnyframeType { .. }
            | Node::PtrType(_)
            | Node::ArrayType { .. }
            | Node::Container(_)
            | Node::ErrorSet { .. }
            | Node::FnProto(_) => "types are not available in ZON",
            Node::Unary { op: UnaryOp::BoolNot | UnaryOp::BitNot | UnaryOp::NegateWrap, .. } => {
                return self.operator(main);
            }
            Node::Binary { op, .. } => match op {
                BinaryOp::MergeErrorSets => "types are not available in ZON",
                BinaryOp::Orelse => "control flow is not allowed in ZON",
                _ => return self.operator(main),
            },
            _ => "control flow is not allowed in ZON",
        };
        self.msg(main, 0, plain, &[]);
    }

    fn operator(&mut self, main: Tok) {
        let text = String::from_utf8_lossy(self.text(main)).into_owned();
        self.msg(main, 0, format!("operator '{text}' is not allowed in ZON"), &[]);
    }

    fn negation(&mut self, minus: Tok, of: NodeId) {
        let main = self.ast.main_token(of);
        match self.ast.node(of) {
            Node::NumberLiteral => self.number(main, true),
            Node::Ident if self.text(main) == b"inf" => {}
            _ => self.msg(minus, 0, "expected number or 'inf' after '-'", &[]),
        }
    }

    fn number(&mut self, t: Tok, negative: bool) {
        let raw = self.text(t);
        match parse_number(raw) {
            Ok(Number::Int(0)) if negative => {
                let notes = [("use '0' for an integer zero", t), ("use '-0.0' for a floating-point signed zero", t)];
                self.msg(t, 0, "integer literal '-0' is ambiguous", &notes);
            }
            Ok(_) => {}
            Err(e) => {
                let note = e.note(raw).map(|text| (text, t));
                self.msg(t, e.offset(), e.text(raw), note.as_slice());
            }
        }
    }

    fn name(&mut self, t: Tok) {
        if !matches!(self.text(t), b"true" | b"false" | b"null" | b"inf" | b"nan") {
            let notes = [
                ("ZON allows identifiers 'true', 'false', 'null', 'inf', and 'nan'", t),
                ("precede identifier with '.' for an enum literal", t),
            ];
            self.msg(t, 0, "invalid expression", &notes);
        }
    }

    /// The name that an identifier spells; a message if it spells none.
    fn identifier(&mut self, t: Tok) -> Option<Vec<u8>> {
        let raw = self.text(t);
        match parse_identifier(raw) {
            Err(e) => self.msg(t, e.offset(), e.text(raw), &[]),
            Ok(name) if name.contains(&0) => self.msg(t, 0, "identifier cannot contain null bytes", &[]),
            Ok(name) if name.is_empty() => self.msg(t, 0, "identifier cannot be empty", &[]),
            Ok(name) => return Some(name.into_owned()),
        }
        None
    }

    fn fields(&mut self, names: &[Tok], values: &[NodeId]) {
        let mut seen: FxHashMap<Vec<u8>, Tok> = FxHashMap::default();
        let mut reported = false;
        for (&t, &value) in names.iter().zip(values) {
            if let Some(name) = self.identifier(t)
                && let Some(earlier) = seen.insert(name, t)
                && !reported
            {
                reported = true;
                self.msg(earlier, 0, "duplicate struct field name", &[("duplicate name here", t)]);
            }
            self.value(value);
        }
    }
}
