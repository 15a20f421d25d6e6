//! A switch over the error of an error union: `x catch |e| switch (e) {…}` and
//! `if (x) |v| … else |e| switch (e) {…}`, analysed as one, so that an error set without rest
//! needs no `else`.

use syntax::ast::{Node, Payload};
use syntax::{NodeId, Tok};

use super::control::CondKind;
use super::result::{Ctx, Loc};
use super::scope::{Gz, Local, ScopeId};
use super::{Gen, Res, Ri};
use crate::inst::{Inst, InstId, Ref};
use crate::member::{BindKind, Capture, Place, Prong, Switch, SwitchOperand};

/// The parts of the two forms.
struct Parts {
    switch: NodeId,
    operand: NodeId,
    err: Tok,
    /// Of the `if` form.
    then: Option<(Option<Payload>, NodeId)>,
}

impl Gen<'_> {
    fn err_switch_parts(&mut self, node: NodeId) -> Res<Parts> {
        match self.node(node) {
            Node::Catch { lhs, payload: Some(err), rhs } => Ok(Parts { switch: rhs, operand: lhs, err, then: None }),
            Node::If { cond, payload, then, else_payload: Some(err), els: Some(els), .. } => {
                Ok(Parts { switch: els, operand: cond, err, then: Some((payload, then)) })
            }
            _ => self.fail(Place::Node(node), "expected a switch on an error"),
        }
    }

    pub(crate) fn switch_err_union(&mut self, gz: Gz, scope: ScopeId, ri: Ri, node: NodeId) -> Res<Ref> {
        let p = self.err_switch_parts(node)?;
        let Node::Switch { cases, .. } = self.node(p.switch) else {
            return self.fail(Place::Node(p.switch), "expected 'switch'");
        };
        let (block_ri, store) = self.branch_ri(gz, ri, node);
        let by_ref = match p.then {
            Some((payload, _)) => payload.is_some_and(|p| p.ptr),
            None => ri.wants_ref(),
        };
        let mut parsed = Vec::with_capacity(cases.len());
        let mut else_prong: Option<(u32, Tok)> = None;
        for (i, &c) in cases.iter().enumerate() {
            let case = self.case(c)?;
            parsed.push(case);
            let at = self.else_tok(&case);
            if case.items.is_empty() {
                if let Some((_, first)) = else_prong {
                    return self.second_else(at, first);
                }
                else_prong = Some((i as u32, at));
            } else if let [only] = case.items
                && self.is_underscore_node(*only)
            {
                let notes = vec![("consider using 'else'".to_owned(), Place::Tok(at))];
                let text = "'_' prong is not allowed when switching on errors";
                return self.fail_notes(Place::Tok(at), text, notes);
            }
            for &item in case.items {
                if matches!(self.node(item), Node::StringLiteral) {
                    return self.fail(Place::Node(item), "cannot switch on strings");
                }
            }
        }

        let operand_ri = Ri::ctx(if by_ref { Loc::Ref } else { Loc::None }, Ctx::ErrorHandling);
        let operand = self.reachable(gz, scope, operand_ri, p.operand, p.switch)?;
        let block_scope = self.sub_block(gz, scope);
        self.set_break_ri(block_scope, block_ri);
        let break_ri = self.gz(block_scope).break_ri;
        self.dbg_node(gz, p.operand);
        let sw = self.make(Inst::Hole, p.switch);

        let ok_gz = self.sub_block(gz, block_scope);
        self.non_error(ok_gz, &p, node, ri, break_ri, by_ref, operand, sw)?;
        let non_error = self.finish(ok_gz, &[]);

        if self.is_underscore(p.err) {
            return self.fail(Place::Tok(p.err), "discard of error capture; omit it instead");
        }
        let err_name = self.name(p.err)?;
        self.bind(scope, err_name, p.err, BindKind::Capture)?;
        let err = self.make(Inst::Hole, node);
        let capture = self.make(Inst::Hole, p.switch);
        let mut any_err = false;
        let mut prongs = Vec::with_capacity(parsed.len());
        for case in &parsed {
            let case_gz = self.sub_block(gz, block_scope);
            let mut outer = case_gz;
            if let Some(c) = case.payload {
                if c.ptr {
                    return self.fail(Place::Tok(c.name), "error set cannot be captured by reference");
                }
                if self.is_underscore(c.name) {
                    self.msg(Place::Tok(c.name), "discard of error capture; omit it instead");
                }
                let name = self.name(c.name)?;
                self.bind(case_gz, name, c.name, BindKind::Capture)?;
                outer = self.push_local(case_gz, Local::val(name, c.name, capture.as_ref(), BindKind::Capture));
                self.dbg_var_val(case_gz, name, capture.as_ref(), case.node);
            }
            let err_scope = self.push_local(outer, Local::val(err_name, p.err, err.as_ref(), BindKind::Capture));
            let (items, ranges) = self.prong_items(gz, scope, case, None)?;
            let v = self.full_body(case_gz, err_scope, break_ri, case.body, true)?;
            // The outer capture is used by the switch itself.
            self.check_used(case_gz, outer);
            let used = self.local(err_scope).is_some_and(|l| l.used.is_some() || l.discarded.is_some());
            any_err |= used;
            if !self.ref_is_noreturn(v) {
                self.add_break(case_gz, false, sw, v, case.body);
            }
            let body = self.finish(case_gz, &[capture, err]);
            prongs.push(Prong {
                node: case.node,
                items,
                ranges,
                is_inline: case.inline.is_some(),
                capture: if case.payload.is_some() { Capture::Value } else { Capture::None },
                tag_capture: false,
                body,
            });
        }
        self.append(gz, sw);
        self.out.switches.push(Switch {
            operand,
            kind: SwitchOperand::ErrUnion {
                ptr: by_ref,
                non_error,
                node,
                is_catch: p.then.is_none(),
                err: any_err.then_some(err),
            },
            capture: Some(capture),
            tag_capture: None,
            has_continue: false,
            prongs,
            else_prong: else_prong.map(|(i, _)| i),
            under_prong: None,
        });
        let at = self.out.switches.len() as u32 - 1;
        self.set(sw, Inst::Switch(at));
        Ok(if store { self.rvalue(gz, ri, sw.as_ref(), p.switch) } else { sw.as_ref() })
    }

    fn non_error(
        &mut self,
        gz: Gz,
        p: &Parts,
        node: NodeId,
        ri: Ri,
        break_ri: Ri,
        by_ref: bool,
        operand: Ref,
        sw: InstId,
    ) -> Res<()> {
        let payload = self.add(gz, CondKind::ErrUnion.payload(by_ref, operand), node);
        let Some((capture, then)) = p.then else {
            let v = if ri.wants_ref() { payload } else { self.rvalue(gz, break_ri, payload, node) };
            self.add_break(gz, false, sw, v, node);
            return Ok(());
        };
        let mut sub = gz;
        match capture {
            Some(c) if self.is_underscore(c.name) => {}
            Some(c) => sub = self.capture_local(gz, c.name, payload, then)?,
            None => {
                self.add(gz, Inst::EnsureErrUnionPayloadVoid(operand), node);
            }
        }
        let v = self.expr(gz, sub, break_ri, then)?;
        self.check_used(gz, sub);
        if !self.ends_with_noreturn(gz) {
            self.add_break(gz, false, sw, v, then);
        }
        Ok(())
    }
}
