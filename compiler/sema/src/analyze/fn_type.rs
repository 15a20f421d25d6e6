//! Function types: what may be a parameter or a result, under Zig's convention and under C's.

use std::sync::Arc;

use syntax::Tok;
use syntax::ast::{Node, PtrSize};

use super::{An, Opv};
use crate::msg::{Place, SemaMsg};
use crate::pool::{CallConv, FnParam, FnType, Type, TypeId};
use crate::unit::{ContLayout, R};

/// What a type is used for, as far as C's convention minds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    Param,
    Ret,
    Other,
}

impl An<'_> {
    /// A function type.
    pub fn fn_type(&mut self, i: u32) -> R<Opv> {
        let ir = self.frame().ir.clone();
        let Some(f) = ir.fn_types.get(i as usize) else { return self.fail("internal error: no such function type") };
        let mut params = Vec::with_capacity(f.params.len());
        for p in &f.params {
            let ty = match p.ty.some() {
                Some(r) => {
                    let at = self.at_tok(p.tok);
                    let v = self.op(r)?;
                    Some(self.expect_type(v, at)?)
                }
                None => None,
            };
            params.push(FnParam { ty, is_comptime: p.is_comptime, is_noalias: p.noalias });
        }
        let at = self.here_sel(|n| match n {
            Node::FnProto(p) => p.ret,
            _ => None,
        });
        let v = self.op(f.ret)?;
        let ret = self.expect_type(v, at)?;
        let cc = match f.callconv.some() {
            Some(r) => {
                let v = self.op(r)?;
                self.callconv_operand(v)?
            }
            None => CallConv::Auto,
        };
        let toks: Vec<Tok> = f.params.iter().map(|p| p.tok).collect();
        self.check_params(&params, &toks, cc)?;
        self.check_return_type(ret, cc, at)?;
        let t = self.s.pool.fn_type(FnType { params: Arc::from(params), ret: Some(ret), cc, var_args: f.var_args });
        Ok(self.ty_op(t))
    }

    /// Checks the parameters of a function type; `toks` are where messages point.
    pub fn check_params(&mut self, params: &[FnParam], toks: &[Tok], cc: CallConv) -> R<()> {
        for (p, &tok) in params.iter().zip(toks) {
            let at = self.at_tok(tok);
            // `comptime` or `noalias` stands right before.
            let start = if p.is_comptime || p.is_noalias { self.at_tok(Tok(self.param_head(tok))) } else { at };
            if p.is_comptime && cc == CallConv::C {
                return self.fail_at(
                    start,
                    "comptime parameters not allowed in function with calling convention 'x86_64_sysv'",
                );
            }
            if p.ty.is_none() && cc == CallConv::C {
                return self
                    .fail_at(at, "generic parameters not allowed in function with calling convention 'x86_64_sysv'");
            }
            let Some(t) = p.ty else { continue };
            let n = self.type_name(t);
            if matches!(self.s.pool.ty(t), Type::Noreturn | Type::AnyOpaque | Type::Opaque(_)) {
                let opaque = if t == TypeId::NORETURN { "" } else { "opaque " };
                let msg = SemaMsg::new(at, format!("parameter of {opaque}type '{n}' not allowed"));
                let msg = self.declared_here(msg, t);
                return self.fail_msg(msg);
            }
            if cc == CallConv::C && !self.is_extern_type(t, Position::Param)? {
                let msg = SemaMsg::new(
                    at,
                    format!("parameter of type '{n}' not allowed in function with calling convention 'x86_64_sysv'"),
                );
                let msg = self.why_not_extern(msg, at, t, Position::Param)?;
                let msg = self.declared_here(msg, t);
                return self.fail_msg(msg);
            }
            if p.is_noalias && self.s.pool.ptr_info(t).is_none() && self.s.pool.optional_child(t).is_none() {
                return self.fail_at(start, "non-pointer parameter declared noalias");
            }
        }
        Ok(())
    }

    /// The token before a parameter's name that says `comptime` or `noalias`.
    fn param_head(&self, tok: Tok) -> u32 {
        let member = self.frame().member;
        let is_head = |t: u32| matches!(self.token_text(member, Tok(t)), b"comptime" | b"noalias");
        (0..tok.0).rev().take(3).find(|&t| is_head(t)).unwrap_or(tok.0)
    }

    /// Checks the result of a function type.
    pub fn check_return_type(&mut self, t: TypeId, cc: CallConv, at: Place) -> R<()> {
        let n = self.type_name(t);
        if matches!(self.s.pool.ty(t), Type::AnyOpaque | Type::Opaque(_)) {
            let msg = SemaMsg::new(at, format!("opaque return type '{n}' not allowed"));
            let msg = self.declared_here(msg, t);
            return self.fail_msg(msg);
        }
        if cc == CallConv::C && !self.is_extern_type(t, Position::Ret)? {
            let msg = SemaMsg::new(
                at,
                format!("return type '{n}' not allowed in function with calling convention 'x86_64_sysv'"),
            );
            let msg = self.why_not_extern(msg, at, t, Position::Ret)?;
            let msg = self.declared_here(msg, t);
            return self.fail_msg(msg);
        }
        Ok(())
    }

    /// Whether C knows how to pass values of a type.
    fn is_extern_type(&mut self, t: TypeId, position: Position) -> R<bool> {
        if let Some((_, bits)) = self.int_info(t)
            && !matches!(self.s.pool.ty(t), Type::Enum(_) | Type::UnionTag(_))
        {
            return Ok(matches!(bits, 0 | 8 | 16 | 32 | 64 | 128));
        }
        Ok(match self.s.pool.ty(t).clone() {
            Type::Noreturn | Type::Void => position == Position::Ret,
            Type::Bool | Type::Float(_) | Type::AnyOpaque | Type::Opaque(_) | Type::AnyFrame => true,
            Type::Ptr(p) => match self.s.pool.ty(p.child) {
                _ if p.size == PtrSize::Slice => false,
                Type::Fn(_) => self.is_extern_type(p.child, Position::Other)?,
                _ => !self.is_comptime_only(t)?,
            },
            Type::Fn(f) => position == Position::Other && f.cc == CallConv::C,
            Type::Enum(_) | Type::UnionTag(_) => {
                let int = self.enum_int_type(t)?;
                self.is_extern_type(int, position)?
            }
            Type::Struct(c) | Type::Union(c) => self.fields(c)?.layout != ContLayout::Auto,
            Type::Array { child, .. } => position == Position::Other && self.is_extern_type(child, Position::Other)?,
            Type::Vector { child, .. } => self.is_extern_type(child, Position::Other)?,
            Type::Optional(_) => {
                self.is_ptr_like_optional(t)
                    && self.s.pool.optional_child(t).is_some_and(|c| self.s.pool.ptr_info(c).is_some())
            }
            _ => false,
        })
    }

    /// Adds why C does not know a type.
    fn why_not_extern(&mut self, msg: SemaMsg, at: Place, t: TypeId, position: Position) -> R<SemaMsg> {
        if let Some((_, bits)) = self.int_info(t)
            && !matches!(self.s.pool.ty(t), Type::Enum(_) | Type::UnionTag(_))
        {
            let what = if bits.is_power_of_two() {
                "only integers with 0, 8, 16, 32, 64 and 128 bits are extern compatible"
            } else {
                "only integers with 0 or power of two bits are extern compatible"
            };
            return Ok(msg.note(at, what));
        }
        Ok(match self.s.pool.ty(t).clone() {
            Type::Ptr(p) if p.size == PtrSize::Slice => {
                msg.note(at, "slices have no guaranteed in-memory representation")
            }
            Type::Ptr(p) if self.is_comptime_only(p.child)? && !matches!(self.s.pool.ty(p.child), Type::Fn(_)) => {
                let n = self.type_name(p.child);
                let msg = msg.note(at, format!("pointer to comptime-only type '{n}'"));
                self.explain_comptime(msg, at, p.child)?
            }
            Type::Ptr(p) => self.why_not_extern(msg, at, p.child, Position::Other)?,
            Type::Void => msg.note(at, "'void' is a zero bit type; for C 'void' use 'anyopaque'"),
            Type::Noreturn => msg.note(at, "'noreturn' is only allowed as a return type"),
            Type::Fn(_) if position != Position::Other => {
                let n = self.type_name(t);
                msg.note(at, "type has no guaranteed in-memory representation")
                    .note(at, format!("use '*const {n}' to make a function pointer type"))
            }
            Type::Fn(_) => msg.note(at, "extern function must specify calling convention"),
            Type::Enum(_) | Type::UnionTag(_) => {
                let int = self.enum_int_type(t)?;
                let n = self.type_name(int);
                let msg = msg.note(at, format!("enum tag type '{n}' is not extern compatible"));
                self.why_not_extern(msg, at, int, position)?
            }
            Type::Struct(_) => msg.note(at, "only extern structs and ABI sized packed structs are extern compatible"),
            Type::Union(_) => msg.note(at, "only extern unions and ABI sized packed unions are extern compatible"),
            Type::Array { .. } if position == Position::Param => {
                msg.note(at, "arrays are not allowed as a parameter type")
            }
            Type::Array { .. } if position == Position::Ret => msg.note(at, "arrays are not allowed as a return type"),
            Type::Array { child, .. } | Type::Vector { child, .. } => {
                self.why_not_extern(msg, at, child, Position::Other)?
            }
            Type::Optional(_) => msg.note(at, "only pointer like optionals are extern compatible"),
            _ => msg,
        })
    }
}
