//! What is checked like everything else but has no lowering: C imports, and suspending and resuming
//! of functions. Whoever analyses such a place is told that it is not supported.

use syntax::NodeId;

use super::builtin::Call;
use super::scope::{Gz, ScopeId};
use super::{Gen, Res, Ri};
use crate::inst::{Builtin, ComptimeReason, Inst, Prim, Ref};
use crate::member::Place;

impl Gen<'_> {
    /// An instruction whose analysis is refused.
    pub(crate) fn refused(&mut self, gz: Gz, node: NodeId, what: &str) -> Ref {
        let (start, len) = self.put_bytes(format!("{what} is not supported yet").as_bytes());
        let text = self.add(gz, Inst::Str { start, len }, node);
        self.builtin(gz, Builtin::Refused, &[text], node)
    }

    pub(crate) fn suspend(&mut self, gz: Gz, scope: ScopeId, node: NodeId, body: NodeId) -> Res<Ref> {
        if let Some(n) = self.gz(gz).nosuspend {
            let notes = vec![("nosuspend block here".to_owned(), Place::Node(n))];
            return self.fail_notes(Place::Node(node), "suspend inside nosuspend block", notes);
        }
        if let Some(n) = self.gz(gz).suspend {
            let notes = vec![("other suspend block here".to_owned(), Place::Node(n))];
            return self.fail_notes(Place::Node(node), "cannot suspend inside suspend block", notes);
        }
        let r = self.refused(gz, node, "suspend");
        let inner = self.sub_block(gz, scope);
        self.gz_mut(inner).suspend = Some(node);
        self.full_body(inner, inner, Ri::NONE, body, false)?;
        // Its instructions are for nobody.
        self.finish(inner, &[]);
        Ok(r)
    }

    pub(crate) fn resume(&mut self, gz: Gz, scope: ScopeId, ri: Ri, node: NodeId, of: NodeId) -> Res<Ref> {
        self.expr(gz, scope, Ri::REF, of)?;
        let r = self.refused(gz, node, "resume");
        Ok(self.rvalue(gz, ri, r, node))
    }

    /// `@cImport`
    pub(crate) fn c_import(&mut self, c: Call, body: NodeId) -> Res<Ref> {
        if self.gz(c.gz).c_import {
            return self.fail(Place::Node(c.node), "cannot nest @cImport");
        }
        let r = self.refused(c.gz, c.node, c.name);
        let inner = self.sub_block(c.gz, c.scope);
        self.gz_mut(inner).is_comptime = true;
        self.gz_mut(inner).c_import = true;
        self.full_body(inner, inner, Ri::NONE, body, false)?;
        self.finish(inner, &[]);
        Ok(r)
    }

    /// `@cDefine`, `@cUndef`, `@cInclude`
    pub(crate) fn c_directive(
        &mut self,
        c: Call,
        what: &str,
        name: NodeId,
        reason: ComptimeReason,
        value: Option<NodeId>,
    ) -> Res<Ref> {
        if !self.gz(c.gz).c_import {
            return self.fail(Place::Node(c.node), format!("{what} valid only inside C import block"));
        }
        self.name_operand(c, name, reason)?;
        if let Some(value) = value {
            self.comptime_expr(c.gz, c.scope, Ri::NONE, value, ComptimeReason::OperandCDefineMacroValue)?;
        }
        Ok(self.rvalue(c.gz, c.ri, Prim::VoidValue.into(), c.node))
    }
}
