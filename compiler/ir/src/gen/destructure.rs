//! Destructuring: `a, const b, var c: T = x`.

use syntax::NodeId;
use syntax::ast::{Node, VarDecl};

use super::result::{Component, Destructure, Loc};
use super::scope::{Gz, ScopeId};
use super::{Gen, Res, Ri};
use crate::inst::{ComptimeReason, Inst, InstId, Prim, Ref};
use crate::member::Place;

impl Gen<'_> {
    fn destructure_ri(&mut self, node: NodeId, parts: Vec<Component>) -> Ri {
        self.destructures.push(Destructure { node, parts });
        Ri::of(Loc::Destructure(self.destructures.len() as u32 - 1))
    }

    /// The block that evaluates the right side: one of its own with `comptime`.
    fn destructure_block(&mut self, gz: Gz, scope: ScopeId, comptime: bool) -> Gz {
        if !comptime {
            return gz;
        }
        let inner = self.sub_block(gz, scope);
        self.gz_mut(inner).is_comptime = true;
        inner
    }

    fn finish_destructure(&mut self, gz: Gz, inner: Gz, node: NodeId) {
        if inner == gz {
            return;
        }
        let block: InstId = self.make(Inst::Hole, node);
        self.add_break(inner, true, block, Prim::VoidValue.into(), node);
        self.finish_comptime(gz, block, inner, ComptimeReason::ComptimeKeyword);
    }

    /// In an expression: no declarations on the left.
    pub(crate) fn destructure_expr(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        node: NodeId,
        comptime: bool,
        lhs: &[NodeId],
        rhs: NodeId,
    ) -> Res<()> {
        self.dbg_node(gz, node);
        if comptime && self.is_comptime(gz) {
            self.msg(Place::Node(node), "redundant comptime keyword in already comptime scope");
            return Ok(());
        }
        let inner = self.destructure_block(gz, scope, comptime);
        let mut parts = Vec::with_capacity(lhs.len());
        for &v in lhs {
            if self.is_underscore_node(v) {
                parts.push(Component::Discard);
            } else {
                let p = self.lval(inner, scope, v)?;
                parts.push(Component::Ptr(p, Some(v)));
            }
        }
        let ri = self.destructure_ri(node, parts);
        self.expr(inner, scope, ri, rhs)?;
        self.finish_destructure(gz, inner, node);
        Ok(())
    }

    /// As a statement: the left sides may declare locals. The result is the scope with them.
    pub(crate) fn destructure_stmt(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        node: NodeId,
        comptime: Option<syntax::Tok>,
        lhs: &[NodeId],
        rhs: NodeId,
    ) -> Res<ScopeId> {
        self.dbg_node(gz, node);
        if comptime.is_some() && self.is_comptime(gz) {
            self.msg(Place::Node(node), "redundant comptime keyword in already comptime scope");
        }
        let is_comptime = comptime.is_some() || self.is_comptime(gz);
        let value_is_comptime = matches!(self.node(rhs), Node::Comptime { .. });
        let mut only_consts = true;
        let mut parts = Vec::with_capacity(lhs.len());
        for &v in lhs {
            match self.node(v) {
                Node::VarDecl(d) => {
                    only_consts &= !d.mutable;
                    let part = self.destructure_alloc(gz, scope, node, &d, is_comptime, value_is_comptime)?;
                    parts.push(part);
                }
                _ => {
                    only_consts = false;
                    let discard = self.is_underscore_node(v);
                    parts.push(if discard { Component::Discard } else { Component::Ptr(Ref::NONE, Some(v)) });
                }
            }
        }
        if let Some(t) = comptime
            && only_consts
        {
            let text = "'comptime const' is redundant; instead wrap the initialization expression with 'comptime'";
            self.msg(Place::Tok(t), text);
        }
        let inner = self.destructure_block(gz, scope, comptime.is_some());
        for part in &mut parts {
            if let Component::Ptr(p, Some(v)) = part {
                *p = self.lval(inner, scope, *v)?;
            }
        }
        let ri = self.destructure_ri(node, parts.clone());
        self.reachable(inner, scope, ri, rhs, node)?;
        self.finish_destructure(gz, inner, node);

        let mut cur = scope;
        for (part, &v) in parts.iter().zip(lhs) {
            let Node::VarDecl(d) = self.node(v) else { continue };
            let ptr = match *part {
                Component::InferredPtr(p) => self.add(gz, Inst::ResolveInferredAlloc(p), v),
                Component::Ptr(p, _) if !d.mutable => self.add(gz, Inst::MakePtrConst(p), node),
                Component::Ptr(p, _) => p,
                Component::Discard => continue,
            };
            cur = self.finish_local(gz, cur, &d, ptr, !d.mutable || is_comptime, v)?;
        }
        Ok(cur)
    }

    fn destructure_alloc(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        node: NodeId,
        d: &VarDecl,
        is_comptime: bool,
        value_is_comptime: bool,
    ) -> Res<Component> {
        if self.is_underscore(d.name) {
            return self.fail(Place::Tok(d.name), "'_' used as an identifier without @\"_\" syntax");
        }
        self.check_local_attributes(d)?;
        let is_const = !d.mutable;
        let is_comptime = is_comptime || (is_const && value_is_comptime);
        let align = match d.align {
            Some(a) => self.expr(gz, scope, Ri::coerced(Prim::U29), a)?,
            None => Ref::NONE,
        };
        Ok(match d.ty {
            Some(t) => {
                let ty = self.type_expr(gz, scope, t)?;
                // A constant of known type needs no special allocation at compile time.
                let is_comptime = is_comptime && !(is_const && align.is_none());
                Component::Ptr(self.add(gz, Inst::Alloc { is_const, is_comptime, ty, align }, node), None)
            }
            None => {
                let ty = Ref::NONE;
                Component::InferredPtr(self.add(gz, Inst::Alloc { is_const, is_comptime, ty, align }, node))
            }
        })
    }
}
