//! Containers inside a member: their members are lowered by themselves; here stand the argument,
//! the name and what of this member's locals they use.

use syntax::NodeId;
use syntax::ast::{Container, ContainerKind};

use super::scope::{Gz, ScopeId};
use super::{Gen, Res, Ri};
use crate::inst::{ComptimeReason, Inst, Prim, Ref};
use crate::member::{ContainerIr, NameStrategy, Place};

impl Gen<'_> {
    pub(crate) fn container(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        ri: Ri,
        node: NodeId,
        c: &Container,
        name: NameStrategy,
    ) -> Res<Ref> {
        if let Some(t) = c.layout {
            match c.kind {
                ContainerKind::Enum => {
                    let text =
                        "enums do not support 'packed' or 'extern'; instead provide an explicit integer tag type";
                    return self.fail(Place::Tok(t), text);
                }
                ContainerKind::Opaque => {
                    return self.fail(Place::Tok(t), "opaque types do not support 'packed' or 'extern'");
                }
                ContainerKind::Union => {
                    let at = c.arg.map(Place::Node).or(c.enum_tag.map(Place::Tok));
                    if let Some(at) = at {
                        let text = format!("{} union does not support enum tag type", self.text_str(t));
                        return self.fail(at, text);
                    }
                }
                ContainerKind::Struct => {}
            }
        }
        if let (ContainerKind::Struct, Some(arg)) = (c.kind, c.arg)
            && c.layout.is_none_or(|t| self.text(t) != b"packed")
        {
            return self.fail(Place::Node(arg), "non-packed struct does not support backing integer type");
        }

        let locals = self.locals_in_scope(scope);
        let index = self.out.containers.len() as u32;
        let inst = self.make(Inst::Container(index), node);
        self.out.containers.push(ContainerIr {
            ordinal: c.ordinal,
            name,
            arg: None,
            captures: Vec::new(),
            locals,
            inst,
        });
        if let Some(arg) = c.arg {
            let outer_fn = self.fn_block.take();
            let inside = self.push_container(scope, index);
            let inner = self.root_block(inside, true);
            let r = self.comptime_expr(inner, inner, Ri::coerced(Prim::Type), arg, ComptimeReason::Type);
            self.fn_block = outer_fn;
            let r = r?;
            self.add_break(inner, true, inst, r, arg);
            let body = self.finish(inner, &[]);
            if let Some(ir) = self.out.containers.get_mut(index as usize) {
                ir.arg = Some(body);
            }
        }
        let tok = self.main_tok(node);
        self.resolve_nested(scope, index, c.ordinal, tok);
        self.append(gz, inst);
        Ok(self.rvalue(gz, ri, inst.as_ref(), node))
    }

    /// Where messages about a container of this member point.
    pub(crate) fn container_place(&self, index: u32) -> Place {
        match self.out.containers.get(index as usize) {
            Some(c) => Place::Node(self.out.node(c.inst)),
            None => Place::Node(NodeId(0)),
        }
    }
}
