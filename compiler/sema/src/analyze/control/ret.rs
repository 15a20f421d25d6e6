//! Returns.

use ir::Ref;
use syntax::ast::Node;

use super::super::{An, Flow, Leave, Opv, RetMode};
use crate::msg::{Place, SemaMsg};
use crate::pool::TypeId;
use crate::unit::{Fail, R};

impl An<'_> {
    /// `return operand`
    pub fn ret(&mut self, r: Ref) -> R<Flow> {
        let v = self.op(r)?;
        let place = self.here_sel(|n| match n {
            Node::Return { value } => *value,
            _ => None,
        });
        self.return_value(v, place)
    }

    /// The end of a function's body.
    pub fn ret_implicit(&mut self, r: Ref) -> R<Flow> {
        let v = self.op(r)?;
        let place = self.here();
        let ret_ty = self.frame().ret_ty;
        if let Some(t) = ret_ty {
            let last = Place::tok(place.member, self.extent(place).1);
            if t == TypeId::NORETURN {
                let at = self.ret_type_place();
                let msg = SemaMsg::new(at, "function declared 'noreturn' implicitly returns");
                return self.fail_msg(msg.note(last, "control flow reaches end of body here"));
            }
            let base = match self.s.pool.error_union_parts(t) {
                Some((_, p)) => p,
                None => t,
            };
            if base != TypeId::VOID {
                let name = self.type_name(t);
                let at = self.ret_type_place();
                let msg = SemaMsg::new(at, format!("function with non-void return type '{name}' implicitly returns"))
                    .note(last, "control flow reaches end of body here");
                return self.fail_msg(msg);
            }
        }
        self.return_value(v, place)
    }

    /// `return error.name`
    pub fn ret_err_value(&mut self, n: syntax::Name) -> R<Flow> {
        let place = match self.frame().ast.node(self.node()) {
            Node::ErrorValue { name } => self.at_tok(name),
            _ => self.here(),
        };
        let v = self.error_value(n);
        self.return_value(v, place)
    }

    /// The error about to be returned.
    pub fn ret_err_value_code(&mut self, n: syntax::Name) -> Opv {
        self.error_value(n)
    }

    /// Returns a value from the running frame.
    pub fn return_value(&mut self, v: Opv, place: Place) -> R<Flow> {
        if self.is_noreturn_value(v) {
            return Ok(Flow::Ended);
        }
        let ret = self.frame().ret;
        let Some(ret_ty) = self.frame().ret_ty else {
            return self.fail("internal error: return outside of a function");
        };
        let v = self.coerce_return(ret_ty, v, place)?;
        match ret {
            RetMode::Comptime if matches!(v, Opv::R(_)) && self.known(v).is_none() => {
                self.fail_not_comptime(place, self.blk.comptime)
            }
            RetMode::Comptime => Ok(Flow::Return(v)),
            RetMode::Inline(label) => {
                if self.is_comptime() {
                    return Ok(Flow::Return(v));
                }
                let block = self.bld().current();
                match self.labels.get_mut(label) {
                    Some(l) => l.breaks.push(Leave { block, value: v, place, cond: None }),
                    None => return self.fail("internal error: inline call without an end"),
                }
                Ok(Flow::Ended)
            }
            RetMode::Function => {
                if self.is_comptime() {
                    let at = self.here();
                    let mut msg = SemaMsg::new(at, "function called at runtime cannot return value at comptime");
                    if let Some(w) = self.blk.comptime {
                        msg = self.with_reason(msg, w);
                    }
                    return self.fail_msg(msg);
                }
                self.emit_return(ret_ty, v)?;
                Ok(Flow::Ended)
            }
            RetMode::None => Err(Fail::Reported),
        }
    }
}
