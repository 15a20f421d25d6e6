//! `return` and `try`.

use syntax::NodeId;
use syntax::ast::Node;

use super::block::Defers;
use super::builtin_table::EvalToError;
use super::result::{Ctx, Loc};
use super::scope::{Gz, ScopeId};
use super::{Gen, Res, Ri};
use crate::inst::{Inst, Prim, Ref};
use crate::member::{NameStrategy, Place};

impl Gen<'_> {
    pub(crate) fn ret(&mut self, gz: Gz, scope: ScopeId, node: NodeId, value: Option<NodeId>) -> Res<Ref> {
        let Some(outer) = self.fn_block else {
            return self.fail(Place::Node(node), "'return' outside function scope");
        };
        if let Some(d) = self.gz(gz).any_defer {
            let notes = vec![("defer expression here".to_owned(), Place::Node(d))];
            return self.fail_notes(Place::Node(node), "cannot return from defer expression", notes);
        }
        self.dbg_node(gz, node);
        let unreachable = Ref::prim(Prim::UnreachableValue);
        let Some(value) = value else {
            self.gen_defers(gz, outer, scope, Defers::NormalOnly);
            self.add(gz, Inst::Ret(Prim::VoidValue.into()), node);
            return Ok(unreachable);
        };
        let counts = self.count_defers(outer, scope);

        if let Node::ErrorValue { name } = self.node(value) {
            let name = self.name(name)?;
            if !counts.need_err_code {
                self.gen_defers(gz, outer, scope, Defers::BothSansErr);
                self.dbg_node(gz, node);
                self.add(gz, Inst::RetErrValue(name), value);
                return Ok(unreachable);
            }
            let err = self.add(gz, Inst::RetErrValueCode(name), value);
            self.gen_defers(gz, outer, scope, Defers::Both(err));
            self.dbg_node(gz, node);
            self.add(gz, Inst::Ret(err), node);
            return Ok(unreachable);
        }

        let loc = if self.need_rl.contains(node) {
            Loc::Ptr(self.add(gz, Inst::RetPtr, node), None)
        } else {
            Loc::CoercedTy(self.fn_ret_ty)
        };
        let ri = Ri::ctx(loc, Ctx::Return);
        let operand = match self.named_expr(gz, scope, ri, value, NameStrategy::Func)? {
            Some(r) => r,
            None => self.reachable(gz, scope, ri, value, node)?,
        };
        let (done, ptr) = match loc {
            Loc::Ptr(p, _) => (Inst::RetLoad(p), Some(p)),
            _ => (Inst::Ret(operand), None),
        };
        match self.may_eval_to_error(value) {
            EvalToError::Never => self.gen_defers(gz, outer, scope, Defers::NormalOnly),
            EvalToError::Always => {
                let err = match ptr {
                    Some(p) => self.add(gz, Inst::Load(p), node),
                    None => operand,
                };
                self.gen_defers(gz, outer, scope, Defers::Both(err));
            }
            EvalToError::Maybe if !counts.have_err => self.gen_defers(gz, outer, scope, Defers::NormalOnly),
            EvalToError::Maybe => {
                let result = match ptr {
                    Some(p) => self.add(gz, Inst::Load(p), node),
                    None => operand,
                };
                let cond = self.add(gz, Inst::RetIsNonErr(result), node);
                let br = self.make(Inst::Hole, node);
                self.append(gz, br);

                let then = self.sub_block(gz, scope);
                self.gen_defers(then, outer, scope, Defers::NormalOnly);
                self.dbg_node(then, node);
                self.add(then, done, node);

                let els = self.sub_block(gz, scope);
                let which = if counts.need_err_code {
                    Defers::Both(self.add(els, Inst::ErrUnionCode(result), node))
                } else {
                    Defers::BothSansErr
                };
                self.gen_defers(els, outer, scope, which);
                self.dbg_node(els, node);
                self.add(els, done, node);

                let then = self.finish(then, &[]);
                let els = self.finish(els, &[]);
                self.set_cond_br(br, false, cond, then, els);
                return Ok(unreachable);
            }
        }
        self.dbg_node(gz, node);
        self.add(gz, done, node);
        Ok(unreachable)
    }

    pub(crate) fn try_expr(&mut self, gz: Gz, scope: ScopeId, ri: Ri, node: NodeId, operand: NodeId) -> Res<Ref> {
        let Some(outer) = self.fn_block else {
            return self.fail(Place::Node(node), "'try' outside function scope");
        };
        if let Some(d) = self.gz(gz).any_defer {
            let notes = vec![("defer expression here".to_owned(), Place::Node(d))];
            return self.fail_notes(Place::Node(node), "'try' not allowed inside defer expression", notes);
        }
        self.dbg_node(gz, node);
        let by_ref = ri.wants_ref();
        let operand_ri = Ri::ctx(if by_ref { Loc::Ref } else { Loc::None }, Ctx::ErrorHandling);
        let operand = match self.node(operand) {
            // `try .f()`: the result type goes to the callee although `try` does not pass it on.
            Node::Call { callee, args, .. } => {
                let ty = self.result_type(gz, ri, operand).unwrap_or(Ref::NONE);
                self.call_expr(gz, scope, operand_ri, ty, operand, callee, args)?
            }
            _ => self.reachable(gz, scope, operand_ri, operand, node)?,
        };
        let at = self.make(Inst::Hole, node);
        self.append(gz, at);
        let els = self.sub_block(gz, scope);
        let code = if by_ref { Inst::ErrUnionCodePtr(operand) } else { Inst::ErrUnionCode(operand) };
        let err = self.add(els, code, node);
        self.gen_defers(els, outer, scope, Defers::Both(err));
        self.dbg_node(els, node);
        self.add(els, Inst::Ret(err), node);
        let body = self.finish(els, &[]);
        let inst = if by_ref { Inst::TryPtr { operand, body } } else { Inst::Try { operand, body } };
        self.set(at, inst);
        Ok(if by_ref { at.as_ref() } else { self.rvalue(gz, ri, at.as_ref(), node) })
    }
}
