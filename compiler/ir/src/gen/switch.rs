//! `switch`.

use syntax::ast::{Node, Payload};
use syntax::{NodeId, Tok};

use super::result::Loc;
use super::scope::{Gz, Local, ScopeId};
use super::{Gen, Res, Ri};
use crate::inst::{ComptimeReason, Inst, InstId, Ref};
use crate::member::{BindKind, Capture, Place, Prong, Switch, SwitchOperand};

/// A case of the tree.
#[derive(Clone, Copy)]
pub(crate) struct Case<'a> {
    pub node: NodeId,
    pub inline: Option<Tok>,
    pub items: &'a [NodeId],
    pub payload: Option<Payload>,
    pub tag_payload: Option<Tok>,
    pub body: NodeId,
}

impl<'a> Gen<'a> {
    pub(crate) fn case(&mut self, node: NodeId) -> Res<Case<'a>> {
        match self.node(node) {
            Node::SwitchCase { inline, items, payload, tag_payload, body } => {
                Ok(Case { node, inline, items, payload, tag_payload, body })
            }
            _ => self.fail(Place::Node(node), "expected switch prong"),
        }
    }

    /// The `else` of an `else` prong: the token before its arrow.
    pub(crate) fn else_tok(&self, case: &Case<'_>) -> Tok {
        Tok(self.main_tok(case.node).0.saturating_sub(1))
    }

    pub(crate) fn second_else<T>(&mut self, at: Tok, first: Tok) -> Res<T> {
        let notes = vec![("previous else prong here".to_owned(), Place::Tok(first))];
        self.fail_notes(Place::Tok(at), "multiple else prongs in switch expression", notes)
    }

    /// The items and ranges of a prong, evaluated before the switch.
    pub(crate) fn prong_items(
        &mut self,
        gz: Gz,
        scope: ScopeId,
        case: &Case<'_>,
        skip: Option<NodeId>,
    ) -> Res<(Vec<(Ref, NodeId)>, Vec<(Ref, Ref, NodeId)>)> {
        let (mut items, mut ranges) = (Vec::new(), Vec::new());
        let reason = ComptimeReason::SwitchItem;
        for &i in case.items {
            if Some(i) == skip || matches!(self.node(i), Node::SwitchRange { .. }) {
                continue;
            }
            let r = self.comptime_expr(gz, scope, Ri::NONE, i, reason)?;
            items.push((r, i));
        }
        for &i in case.items {
            if let Node::SwitchRange { lo, hi } = self.node(i) {
                let lo = self.comptime_expr(gz, scope, Ri::NONE, lo, reason)?;
                let hi = self.comptime_expr(gz, scope, Ri::NONE, hi, reason)?;
                ranges.push((lo, hi, i));
            }
        }
        Ok((items, ranges))
    }

    pub(crate) fn switch_expr(&mut self, gz: Gz, scope: ScopeId, ri: Ri, node: NodeId) -> Res<Ref> {
        let Node::Switch { label, operand: operand_node, cases, .. } = self.node(node) else {
            return self.fail(Place::Node(node), "expected 'switch'");
        };
        let (block_ri, store) = self.branch_ri(gz, ri, node);
        if let Some(l) = label {
            self.check_label(scope, l)?;
        }

        let mut parsed = Vec::with_capacity(cases.len());
        let mut by_ref = false;
        let mut any_tag = false;
        let mut else_prong: Option<(u32, Tok)> = None;
        let mut under_prong: Option<(u32, Tok, NodeId)> = None;
        for (i, &c) in cases.iter().enumerate() {
            let case = self.case(c)?;
            by_ref |= case.payload.is_some_and(|p| p.ptr);
            any_tag |= case.tag_payload.is_some();
            parsed.push(case);
            if case.items.is_empty() {
                let at = self.else_tok(&case);
                if let Some((_, first)) = else_prong {
                    return self.second_else(at, first);
                }
                else_prong = Some((i as u32, at));
            }
            for &item in case.items {
                match self.node(item) {
                    Node::Ident if self.is_underscore(self.main_tok(item)) => {
                        let at = self.main_tok(item);
                        if let Some((_, first, _)) = under_prong {
                            let notes = vec![("previous '_' prong here".to_owned(), Place::Tok(first))];
                            let text = "multiple '_' prongs in switch expression";
                            return self.fail_notes(Place::Tok(at), text, notes);
                        }
                        if case.inline.is_some() {
                            return self.fail(Place::Tok(at), "cannot inline '_' prong");
                        }
                        under_prong = Some((i as u32, at, item));
                    }
                    Node::StringLiteral => return self.fail(Place::Node(item), "cannot switch on strings"),
                    _ => {}
                }
            }
        }

        let operand_ri = if by_ref { Ri::REF } else { Ri::NONE };
        let operand = self.expr(gz, scope, operand_ri, operand_node)?;
        let operand_ty = match label {
            Some(_) => self.add(gz, Inst::TypeOf(operand), operand_node),
            None => Ref::NONE,
        };
        let block_scope = self.sub_block(gz, scope);
        self.set_break_ri(block_scope, block_ri);
        let break_ri = self.gz(block_scope).break_ri;
        self.dbg_node(gz, operand_node);
        let sw = self.make(Inst::Hole, node);
        if let Some(l) = label {
            let loc = if by_ref { Loc::RefCoercedTy(operand_ty) } else { Loc::CoercedTy(operand_ty) };
            let b = self.gz_mut(block_scope);
            b.continue_block = Some(sw);
            b.continue_ri = Ri::of(loc);
            self.set_label(block_scope, l, sw, true)?;
        }
        let capture = self.make(Inst::Hole, node);
        let tag_capture = any_tag.then(|| self.make(Inst::Hole, node));

        let skip = under_prong.map(|(_, _, n)| n);
        let mut prongs = Vec::with_capacity(parsed.len());
        for case in &parsed {
            let case_gz = self.sub_block(gz, block_scope);
            let (kind, sub) = self.prong_captures(case_gz, case, capture, tag_capture)?;
            let (items, ranges) = self.prong_items(gz, scope, case, skip)?;
            let v = self.full_body(case_gz, sub, break_ri, case.body, true)?;
            self.check_used(case_gz, sub);
            if !self.ref_is_noreturn(v) {
                self.add_break(case_gz, false, sw, v, case.body);
            }
            let holes: Vec<InstId> = [Some(capture), tag_capture].into_iter().flatten().collect();
            let body = self.finish(case_gz, &holes);
            prongs.push(Prong {
                node: case.node,
                items,
                ranges,
                is_inline: case.inline.is_some(),
                capture: kind,
                tag_capture: case.tag_capture_used(),
                body,
            });
        }
        let has_continue = match self.gz(block_scope).label {
            Some(l) => {
                if !l.used {
                    self.msg(Place::Tok(l.tok), "unused switch label");
                }
                l.used_for_continue
            }
            None => false,
        };
        self.append(gz, sw);
        self.out.switches.push(Switch {
            operand,
            kind: if by_ref { SwitchOperand::Ptr } else { SwitchOperand::Value },
            capture: Some(capture),
            tag_capture,
            has_continue,
            prongs,
            else_prong: else_prong.map(|(i, _)| i),
            under_prong: under_prong.map(|(i, _, _)| i),
        });
        let at = self.out.switches.len() as u32 - 1;
        self.set(sw, Inst::Switch(at));
        Ok(if store { self.rvalue(gz, ri, sw.as_ref(), node) } else { sw.as_ref() })
    }

    fn prong_captures(
        &mut self,
        gz: Gz,
        case: &Case<'_>,
        capture: InstId,
        tag_capture: Option<InstId>,
    ) -> Res<(Capture, ScopeId)> {
        let Some(p) = case.payload else { return Ok((Capture::None, gz)) };
        let kind = if p.ptr { Capture::Ptr } else { Capture::Value };
        let mut sub = gz;
        if self.is_underscore(p.name) {
            self.discard_by_ref(p)?;
        } else {
            let name = self.name(p.name)?;
            self.bind(gz, name, p.name, BindKind::Capture)?;
            sub = self.push_local(gz, Local::val(name, p.name, capture.as_ref(), BindKind::Capture));
            self.dbg_var_val(gz, name, capture.as_ref(), case.node);
        }
        if let (Some(t), Some(hole)) = (case.tag_payload, tag_capture) {
            if self.is_underscore(t) {
                self.msg(Place::Tok(t), "discard of tag capture; omit it instead");
            } else if case.inline.is_none() {
                return self.fail(Place::Tok(t), "tag capture on non-inline prong");
            }
            let name = self.name(t)?;
            self.bind(sub, name, t, BindKind::SwitchTagCapture)?;
            sub = self.push_local(sub, Local::val(name, t, hole.as_ref(), BindKind::SwitchTagCapture));
            self.dbg_var_val(gz, name, hole.as_ref(), case.node);
        }
        Ok((kind, sub))
    }
}

impl Case<'_> {
    fn tag_capture_used(&self) -> bool {
        self.tag_payload.is_some()
    }
}
