//! Calls.

use syntax::NodeId;
use syntax::ast::Node;

use super::result::{Ctx, Loc};
use super::scope::{Gz, ScopeId};
use super::{Gen, Res, Ri};
use crate::inst::{Args, Body, CallModifier, Inst, Ref};

/// What is called.
enum Callee {
    Value(Ref),
    /// A field or method of what the pointer points at.
    Field(Ref, syntax::Name),
}

impl Gen<'_> {
    /// A call. `literal_ty` replaces the result type for `.f()`, if it is not none.
    pub(crate) fn call_expr(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        ri: Ri,
        literal_ty: Ref,
        node: NodeId,
        callee: NodeId,
        args: &[NodeId],
    ) -> Res<Ref> {
        let callee = self.callee(gz, scope, ri, literal_ty, callee)?;
        let modifier = if self.gz(gz).nosuspend.is_some() { CallModifier::NoSuspend } else { CallModifier::Auto };
        self.dbg_main(gz, node);
        let call = self.make(Inst::Hole, node);
        self.append(gz, call);
        let hole = self.make(Inst::Hole, node);
        let mut bodies: Vec<Body> = Vec::with_capacity(args.len());
        for &a in args {
            let inner = self.sub_block(gz, scope);
            let arg_ri = Ri::ctx(Loc::CoercedTy(hole.as_ref()), Ctx::FnArg);
            let v = self.full_body(inner, inner, arg_ri, a, false)?;
            self.add_break(inner, true, call, v, a);
            bodies.push(self.finish(inner, &[]));
        }
        let at = self.out.extra.len() as u32;
        self.out.extra.push(bodies.len() as u32 + 1);
        self.out.extra.push(hole.0);
        self.out.extra.extend(bodies.iter().map(|b| b.0));
        let args = Args(at);
        let inst = match callee {
            Callee::Value(callee) => Inst::Call { modifier, callee, args },
            Callee::Field(ptr, name) => Inst::FieldCall { modifier, ptr, name, args },
        };
        self.set(call, inst);
        Ok(self.rvalue(gz, ri, call.as_ref(), node))
    }

    fn callee(&mut self, gz: Gz, scope: ScopeId, ri: Ri, literal_ty: Ref, node: NodeId) -> Res<Callee> {
        match self.node(node) {
            Node::FieldAccess { lhs, name } => {
                let name = self.name(name)?;
                let ptr = self.expr(gz, scope, Ri::REF, lhs)?;
                self.dbg_main(gz, node);
                Ok(Callee::Field(ptr, name))
            }
            Node::EnumLiteral => {
                let ty = match literal_ty.some() {
                    Some(t) => Some(t),
                    None => self.result_type(gz, ri, node),
                };
                let Some(ty) = ty else {
                    return self.expr(gz, scope, Ri::NONE, node).map(Callee::Value);
                };
                let name = self.name(self.main_tok(node))?;
                Ok(Callee::Value(self.add(gz, Inst::DeclLiteral { coerce: false, ty, name }, node)))
            }
            _ => self.expr(gz, scope, Ri::NONE, node).map(Callee::Value),
        }
    }
}
