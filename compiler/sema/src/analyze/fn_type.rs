//! Function types: what may be a parameter or a result, under Zig's convention and under C's.

use std::sync::Arc;

use syntax::Tok;
use syntax::ast::Node;

use super::extern_type::Position;
use super::{An, Opv};
use crate::msg::{Place, SemaMsg};
use crate::pool::{CallConv, FnParam, FnType, Type, TypeId};
use crate::unit::R;

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
}
