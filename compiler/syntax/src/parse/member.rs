//! Members: fields, declarations, functions, tests and `comptime` blocks.

use super::stmt::EMPTY_VAR;
use super::{Parser, R};
use crate::ast::{Field, FnProto, MemberRoot, NodeId, Param, Tok, VarDecl};
use crate::error::Reason;
use crate::token::Kind;
use crate::tree::MemberKind;

/// A member as parsed: its root, and the token that messages about it point at, as an index.
pub(crate) struct Parsed {
    pub kind: MemberKind,
    pub root: MemberRoot,
    pub main: usize,
}

const SEMI_AFTER_DECL: Reason = Reason::Missing("';' after declaration");

/// What stands before `fn`, `const` or `var`.
#[derive(Clone, Copy, Default)]
pub(super) struct DeclHead {
    visib: Option<Tok>,
    qualifier: Option<Tok>,
    lib_name: Option<Tok>,
}

impl Parser<'_> {
    /// One member, from its first token after doc comments; a field without its comma.
    pub(crate) fn expect_member(&mut self) -> R<Parsed> {
        match self.kind() {
            Kind::KwTest => self.expect_test(),
            Kind::KwComptime if self.peek(1) == Kind::LBrace => {
                let main = self.at;
                let comptime_token = self.next();
                let body = self.expect_block(None)?;
                let root = MemberRoot::Comptime { comptime_token, body };
                Ok(Parsed { kind: MemberKind::Comptime, root, main })
            }
            Kind::KwPub => {
                let visib = Some(self.next());
                self.expect_decl(visib)
            }
            Kind::KwConst
            | Kind::KwVar
            | Kind::KwThreadlocal
            | Kind::KwExport
            | Kind::KwExtern
            | Kind::KwInline
            | Kind::KwNoinline
            | Kind::KwFn => self.expect_decl(None),
            Kind::KwComptime => self.expect_field(),
            _ => {
                self.refuse_c_style_container()?;
                self.expect_field()
            }
        }
    }

    fn expect_test(&mut self) -> R<Parsed> {
        let main = self.at;
        let test_token = self.next();
        let name = match self.kind() {
            Kind::StringLiteral | Kind::Identifier => Some(self.next()),
            _ => None,
        };
        if self.kind() != Kind::LBrace {
            return Err(self.fail(Reason::Expected("block")));
        }
        let body = self.expect_block(None)?;
        Ok(Parsed { kind: MemberKind::Test, root: MemberRoot::Test { test_token, name, body }, main })
    }

    fn expect_decl(&mut self, visib: Option<Tok>) -> R<Parsed> {
        let mut head = DeclHead { visib, ..DeclHead::default() };
        let qualifier = self.kind();
        let qualifier_place = self.at;
        if matches!(qualifier, Kind::KwExtern | Kind::KwExport | Kind::KwInline | Kind::KwNoinline) {
            head.qualifier = Some(self.next());
        }
        if qualifier == Kind::KwExtern {
            head.lib_name = self.eat(Kind::StringLiteral);
        }
        let main = self.at;
        if self.kind() == Kind::KwFn {
            let proto = self.expect_fn_proto(head)?;
            let body = match self.kind() {
                Kind::Semicolon => {
                    self.next();
                    None
                }
                Kind::LBrace if qualifier == Kind::KwExtern => {
                    return Err(self.fail_at(Reason::Plain("extern functions have no body"), qualifier_place));
                }
                Kind::LBrace => Some(self.expect_block(None)?),
                _ => return Err(self.fail(Reason::Missing("';' or block after function prototype"))),
            };
            return Ok(Parsed { kind: MemberKind::Fn, root: MemberRoot::Fn { proto, body }, main });
        }
        if matches!(qualifier, Kind::KwInline | Kind::KwNoinline) {
            return Err(self.fail(Reason::Expected("function")));
        }
        let threadlocal = self.eat(Kind::KwThreadlocal);
        let main = self.at;
        let d = VarDecl { visib, extern_export: head.qualifier, lib_name: head.lib_name, threadlocal, ..EMPTY_VAR };
        let Some((keyword, mut d)) = self.parse_var_proto(d)? else {
            return Err(self.fail(if threadlocal.is_some() {
                Reason::Expected("variable declaration")
            } else if head.qualifier.is_some() {
                Reason::Expected("variable declaration or function")
            } else {
                Reason::Missing("function or variable declaration after pub")
            }));
        };
        if self.kind() == Kind::EqualEqual {
            return Err(self.fail(Reason::Plain("variable initialized with '==' instead of '='")));
        }
        if self.eat(Kind::Equal).is_some() {
            d.init = Some(self.expect_expr()?);
        }
        if self.eat(Kind::Semicolon).is_none() {
            return Err(self.fail(SEMI_AFTER_DECL));
        }
        let kind = if d.mutable { MemberKind::Var } else { MemberKind::Const };
        let node = self.builder.var_decl(keyword, &d);
        Ok(Parsed { kind, root: MemberRoot::Var { node }, main })
    }

    /// A prototype at `fn`, of a declaration or as a type.
    pub(super) fn expect_fn_proto(&mut self, head: DeclHead) -> R<NodeId> {
        let main = self.expect(Kind::KwFn)?;
        let name = self.eat(Kind::Identifier);
        let lparen = self.expect(Kind::LParen)?;
        let params = self.expect_params()?;
        let align = self.parse_attribute(Kind::KwAlign)?;
        let addrspace = self.parse_attribute(Kind::KwAddrspace)?;
        let section = self.parse_attribute(Kind::KwLinksection)?;
        let callconv = self.parse_attribute(Kind::KwCallconv)?;
        let inferred_error = self.eat(Kind::Bang);
        let Some(ret) = self.parse_type()? else {
            return Err(self.fail(Reason::Expected("return type expression")));
        };
        let proto = FnProto {
            visib: head.visib,
            qualifier: head.qualifier,
            lib_name: head.lib_name,
            name,
            lparen,
            params,
            align,
            addrspace,
            section,
            callconv,
            inferred_error,
            ret: Some(ret),
        };
        Ok(self.builder.fn_proto(main, &proto))
    }

    /// Parameters after `(`, and the `)`.
    fn expect_params(&mut self) -> R<Vec<Param>> {
        let mut params: Vec<Param> = Vec::new();
        let mut after_dots = None;
        loop {
            if self.eat(Kind::RParen).is_some() {
                break;
            }
            if after_dots.is_none() && params.last().is_some_and(|p| p.dots.is_some()) {
                after_dots = Some(self.at);
            }
            let param = self.expect_param()?;
            params.push(param);
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
                _ => return Err(self.fail(Reason::Missing("',' after parameter"))),
            }
        }
        match after_dots {
            Some(place) => Err(self.fail_at(Reason::Plain("function prototype has parameter after varargs"), place)),
            None => Ok(params),
        }
    }

    fn expect_param(&mut self) -> R<Param> {
        self.inner_docs()?;
        let mut p = Param { name: None, comptime: None, noalias: None, anytype: None, dots: None, ty: None };
        match self.kind() {
            Kind::KwNoalias => p.noalias = Some(self.next()),
            Kind::KwComptime => p.comptime = Some(self.next()),
            Kind::Ellipsis3 => {
                p.dots = Some(self.next());
                return Ok(p);
            }
            _ => {}
        }
        p.name = self.eat_all(&[Kind::Identifier, Kind::Colon]);
        p.anytype = self.eat(Kind::KwAnytype);
        if p.anytype.is_none() {
            p.ty = Some(self.expect_type()?);
        }
        Ok(p)
    }

    fn expect_field(&mut self) -> R<Parsed> {
        let comptime = self.eat(Kind::KwComptime);
        let main = self.at;
        let name = self.eat_all(&[Kind::Identifier, Kind::Colon]);
        let ty = Some(self.expect_type()?);
        let align = self.parse_attribute(Kind::KwAlign)?;
        let value = if self.eat(Kind::Equal).is_some() { Some(self.expect_expr()?) } else { None };
        let root = MemberRoot::Field(Field { comptime, name, ty, align, value });
        Ok(Parsed { kind: MemberKind::Field, root, main })
    }

    /// C's `struct Foo {…};` earns a hint.
    pub(super) fn refuse_c_style_container(&mut self) -> R<()> {
        let keyword = self.kind();
        if !matches!(keyword, Kind::KwEnum | Kind::KwUnion | Kind::KwStruct) || self.peek(1) != Kind::Identifier {
            return Ok(());
        }
        let name = self.at + 1;
        let note = (Reason::ZigStyleContainer(keyword), name);
        Err(self.fail_with_note(Reason::CStyleContainer(keyword), name, &[note]))
    }
}
