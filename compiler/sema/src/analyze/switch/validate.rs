//! The items of a switch: values of the operand's type, each at most once, and every possible one
//! somewhere.

use ir::{ComptimeReason, Inst, Prong};
use syntax::NodeId;
use syntax::ast::Node;

use super::{Items, Sw};
use crate::analyze::{An, Opv};
use crate::msg::{Place, SemaMsg};
use crate::pool::{Int, Type, TypeId, Value, ValueId};
use crate::unit::R;

/// Values seen so far with their places, in the order they were checked.
#[derive(Default)]
struct Seen {
    values: Vec<(ValueId, Place)>,
    index: rustc_hash::FxHashMap<ValueId, usize>,
    spans: Vec<(Int, Int, Place)>,
}

impl An<'_> {
    /// Coerces and checks all items; fills in what is left over.
    pub(super) fn validate_switch(&mut self, sw: &mut Sw<'_>) -> R<()> {
        let ty = sw.cond_ty;
        sw.prongs = sw.ir.prongs.iter().map(|_| Items::default()).collect();
        let is_enum = matches!(self.s.pool.ty(ty), Type::Enum(_) | Type::UnionTag(_));
        let non_exhaustive = self.is_non_exhaustive(ty)?;
        if let Some(u) = sw.ir.under_prong
            && !non_exhaustive
        {
            let at = self.under_place(sw, u as usize);
            let msg = SemaMsg::new(sw.src, "'_' prong only allowed when switching on non-exhaustive enums");
            return self.fail_msg(msg.note(at, "'_' prong here").note(sw.src, "consider using 'else'"));
        }
        let ints = self.s.pool.is_any_int(ty);
        match self.s.pool.ty(ty) {
            _ if ints || is_enum || self.s.pool.is_error_set(ty) => {}
            Type::Bool => {}
            Type::EnumLiteral | Type::Void | Type::Fn(_) | Type::Ptr(_) | Type::Type => {
                if sw.ir.else_prong.is_none() {
                    let n = self.type_name(ty);
                    return self.fail_at(sw.src, format!("else prong required when switching on type '{n}'"));
                }
            }
            _ => {
                let n = self.type_name(ty);
                return self.fail_at(sw.operand_place, format!("invalid switch operand type '{n}'"));
            }
        }
        let mut seen = Seen::default();
        // What stands beside `_` comes first, then prongs of one item, then all others.
        for turn in 0..3 {
            for (i, prong) in sw.ir.prongs.iter().enumerate() {
                if sw.turn(i) != turn {
                    continue;
                }
                let items = self.check_items(sw, prong, ints, &mut seen)?;
                if let Some(slot) = sw.prongs.get_mut(i) {
                    *slot = items;
                }
            }
        }
        match self.s.pool.ty(ty) {
            _ if is_enum => self.validate_enum(sw, &seen, non_exhaustive),
            _ if self.s.pool.is_error_set(ty) => self.validate_errors(sw, &seen),
            _ if ints => self.validate_ints(sw, &mut seen),
            Type::Bool => self.validate_bools(sw, &seen),
            _ => {
                sw.open = true;
                Ok(())
            }
        }
    }

    fn is_non_exhaustive(&mut self, ty: TypeId) -> R<bool> {
        match *self.s.pool.ty(ty) {
            Type::Enum(c) => Ok(self.fields(c)?.non_exhaustive),
            _ => Ok(false),
        }
    }

    /// Where the `_` of a prong stands.
    fn under_place(&self, sw: &Sw<'_>, i: usize) -> Place {
        let Some(p) = sw.ir.prongs.get(i) else { return sw.src };
        let Node::SwitchCase { items, .. } = self.frame().ast.node(p.node) else { return sw.src };
        let known = |n: &NodeId| p.items.iter().any(|(_, x)| x == n) || p.ranges.iter().any(|(.., x)| x == n);
        items.iter().find(|n| !known(n)).map_or(sw.src, |&n| self.at(n))
    }

    /// Where an `else` prong stands.
    fn else_place(&self, sw: &Sw<'_>) -> Place {
        let prong = sw.ir.else_prong.and_then(|e| sw.ir.prongs.get(e as usize));
        prong.map_or(sw.src, |p| self.at(p.node))
    }

    fn check_items(&mut self, sw: &Sw<'_>, prong: &Prong, ints: bool, seen: &mut Seen) -> R<Items> {
        let mut out = Items::default();
        for &(r, node) in &prong.items {
            let at = self.at(node);
            let v = self.op(r)?;
            let v = self.switch_item(sw.cond_ty, v, at)?;
            self.add_item(sw, v, at, ints, seen)?;
            out.items.push(v);
        }
        for &(lo, hi, node) in &prong.ranges {
            let at = self.at(node);
            if !ints {
                let n = self.type_name(sw.cond_ty);
                let msg = SemaMsg::new(sw.operand_place, format!("ranges not allowed when switching on type '{n}'"));
                return self.fail_msg(msg.note(at, "range here"));
            }
            let (lo_at, hi_at) = match self.frame().ast.node(node) {
                Node::SwitchRange { lo, hi } => (self.at(lo), self.at(hi)),
                _ => (at, at),
            };
            let lo = self.op(lo)?;
            let lo = self.switch_item(sw.cond_ty, lo, lo_at)?;
            let hi = self.op(hi)?;
            let hi = self.switch_item(sw.cond_ty, hi, hi_at)?;
            let (Some(a), Some(b)) = (self.int_of(lo), self.int_of(hi)) else { continue };
            if a > b {
                return self.fail_at(at, "range start value is greater than the end value");
            }
            self.add_span(a.clone(), b.clone(), at, seen)?;
            out.ranges.push((a, b));
        }
        Ok(out)
    }

    /// An item as a value of the operand's type.
    fn switch_item(&mut self, ty: TypeId, v: Opv, at: Place) -> R<ValueId> {
        let v = self.coerce(ty, v, at)?;
        let v = self.need_comptime(v, at, ComptimeReason::SwitchItem)?;
        if self.is_undef(v) {
            return self.fail_at(at, "use of undefined value here causes illegal behavior");
        }
        Ok(v)
    }

    fn add_item(&mut self, sw: &Sw<'_>, v: ValueId, at: Place, ints: bool, seen: &mut Seen) -> R<()> {
        if ints {
            return match self.int_of(v) {
                Some(i) => self.add_span(i.clone(), i, at, seen),
                None => Ok(()),
            };
        }
        if let Some(&i) = seen.index.get(&v) {
            let before = seen.values.get(i).map_or(at, |x| x.1);
            let msg = SemaMsg::new(at, "duplicate switch value");
            // There are so few truth values that none is pointed out.
            return self.fail_msg(if sw.cond_ty == TypeId::BOOL {
                msg
            } else {
                msg.note(before, "previous value here")
            });
        }
        seen.index.insert(v, seen.values.len());
        seen.values.push((v, at));
        Ok(())
    }

    fn add_span(&mut self, a: Int, b: Int, at: Place, seen: &mut Seen) -> R<()> {
        if let Some((.., before)) = seen.spans.iter().find(|(x, y, _)| *x <= b && a <= *y) {
            return self.fail_msg(SemaMsg::new(at, "duplicate switch value").note(*before, "previous value here"));
        }
        seen.spans.push((a, b, at));
        Ok(())
    }

    fn unreachable_else<T>(&mut self, sw: &Sw<'_>, explicit: bool) -> R<T> {
        let at = self.else_place(sw);
        let what = if explicit { "all explicit cases" } else { "all cases" };
        self.fail_at(at, format!("unreachable else prong; {what} already handled"))
    }

    fn validate_enum(&mut self, sw: &mut Sw<'_>, seen: &Seen, non_exhaustive: bool) -> R<()> {
        let tags = self.enum_tags(sw.cond_ty)?;
        let rest: Vec<_> = tags.into_iter().filter(|(_, v)| !seen.index.contains_key(v)).collect();
        let (has_else, has_under) = (sw.ir.else_prong.is_some(), sw.ir.under_prong.is_some());
        if has_else {
            if rest.is_empty() {
                if !non_exhaustive {
                    return self.unreachable_else(sw, false);
                }
                if has_under {
                    return self.unreachable_else(sw, true);
                }
            }
        } else if !rest.is_empty() {
            let mut msg = SemaMsg::new(sw.src, "switch must handle all possibilities");
            let cont = match *self.s.pool.ty(sw.cond_ty) {
                Type::Enum(c) | Type::UnionTag(c) => Some(c),
                _ => None,
            };
            for (name, _) in &rest {
                let text = self.s.text(*name);
                let member = match cont {
                    Some(c) => self.find_field(c, *name)?.and_then(|(_, f)| f.member),
                    None => None,
                };
                let at = member.map(|m| self.member_place(m));
                msg.notes.push((at, format!("unhandled enumeration value: '{text}'")));
            }
            if let Some(at) = cont.and_then(|c| self.cont_decl_place(c)) {
                let n = self.type_name(sw.cond_ty);
                msg = msg.note(at, format!("enum '{n}' declared here"));
            }
            return self.fail_msg(msg);
        } else if non_exhaustive && !has_under && sw.union.is_none() {
            return self.fail_at(sw.src, "switch on non-exhaustive enum must include 'else' or '_' prong or both");
        }
        sw.rest = Some(rest.into_iter().map(|(_, v)| v).collect());
        sw.open = non_exhaustive && sw.union.is_none();
        Ok(())
    }

    fn validate_errors(&mut self, sw: &mut Sw<'_>, seen: &Seen) -> R<()> {
        let has_else = sw.ir.else_prong.is_some();
        let Some(names) = self.error_names(sw.cond_ty)? else {
            if !has_else {
                let n = self.type_name(TypeId::ANYERROR);
                return self.fail_at(sw.src, format!("else prong required when switching on type '{n}'"));
            }
            sw.open = true;
            return Ok(());
        };
        let is_seen = |s: &Self, n| {
            seen.values.iter().any(|&(v, _)| matches!(*s.s.pool.val(v), Value::Err { name, .. } if name == n))
        };
        let rest: Vec<_> = names.iter().copied().filter(|&n| !is_seen(self, n)).collect();
        if has_else {
            if rest.is_empty() && !self.is_simple_else(sw) {
                return self.unreachable_else(sw, false);
            }
        } else if !rest.is_empty() {
            let mut msg = SemaMsg::new(sw.src, "switch must handle all possibilities");
            for n in rest {
                let text = self.s.text(n);
                msg = msg.note(sw.src, format!("unhandled error value: 'error.{text}'"));
            }
            return self.fail_msg(msg);
        }
        sw.rest = Some(rest.into_iter().map(|n| self.s.pool.error(sw.cond_ty, n)).collect());
        Ok(())
    }

    /// Whether an `else` only returns or is unreachable: generic code may have it in vain.
    fn is_simple_else(&self, sw: &Sw<'_>) -> bool {
        let Some(p) = sw.ir.else_prong.and_then(|e| sw.ir.prongs.get(e as usize)) else { return false };
        let ir = &self.frame().ir;
        ir.body(p.body).all(|i| {
            matches!(
                ir.inst(i),
                Inst::DbgStmt(_)
                    | Inst::DbgVarVal { .. }
                    | Inst::RetType
                    | Inst::As { .. }
                    | Inst::Ret(_)
                    | Inst::Unreachable
                    | Inst::Defer(_)
                    | Inst::DeferErrCode { .. }
                    | Inst::ErrUnionCode(_)
                    | Inst::RetErrValueCode(_)
                    | Inst::IsNonErr(_)
                    | Inst::RetIsNonErr(_)
                    | Inst::CondBr { .. }
            )
        })
    }

    fn validate_ints(&mut self, sw: &mut Sw<'_>, seen: &mut Seen) -> R<()> {
        sw.open = true;
        let has_else = sw.ir.else_prong.is_some();
        if let Some((signed, bits)) = self.int_info(sw.cond_ty) {
            seen.spans.sort_by(|a, b| a.0.cmp(&b.0));
            let one = Int::from(1i64);
            let mut next = Int::min_value(signed, bits);
            let mut whole = true;
            for (a, b, _) in &seen.spans {
                if *a != next {
                    whole = false;
                    break;
                }
                next = b.add(&one);
            }
            if whole && next > Int::max_value(signed, bits) {
                if has_else {
                    return self.unreachable_else(sw, false);
                }
                sw.open = false;
                return Ok(());
            }
        }
        if !has_else {
            return self.fail_at(sw.src, "switch must handle all possibilities");
        }
        Ok(())
    }

    fn validate_bools(&mut self, sw: &mut Sw<'_>, seen: &Seen) -> R<()> {
        let rest: Vec<ValueId> =
            [ValueId::TRUE, ValueId::FALSE].into_iter().filter(|v| !seen.index.contains_key(v)).collect();
        if sw.ir.else_prong.is_some() {
            if rest.is_empty() {
                return self.unreachable_else(sw, false);
            }
        } else if !rest.is_empty() {
            return self.fail_at(sw.src, "switch must handle all possibilities");
        }
        sw.rest = Some(rest);
        Ok(())
    }
}
