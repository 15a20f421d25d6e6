//! Run-time dispatch: a jump table over single values, comparisons for ranges, and what is left.

use tir::{BlockId, Cmp, Term, Val};

use super::{Arm, Sw};
use crate::analyze::{An, Flow, Opv, Repr};
use crate::msg::SemaMsg;
use crate::pool::{Int, Type, TypeId, Value, ValueId};
use crate::unit::R;

/// More values than this are not listed for `inline else` or an inline range.
const MAX_INLINE: usize = 1 << 16;

/// What has been laid out of a dispatch.
#[derive(Default)]
struct Table {
    cases: Vec<(i64, BlockId)>,
    ranges: Vec<(Int, Int, BlockId)>,
    arms: Vec<(BlockId, Arm)>,
}

impl An<'_> {
    /// Runs the prong of a known operand, or emits a dispatch over all.
    pub(super) fn dispatch(&mut self, sw: &Sw<'_>) -> R<Flow> {
        let Opv::R(rt) = sw.cond else { return self.pick(sw) };
        if self.s.pool.is_ptr(sw.cond_ty) {
            return self.dispatch_pointer(sw);
        }
        let Repr::S(_) = self.repr(sw.cond_ty)? else {
            return self.fail_at(sw.src, "internal error: switch on a value without bits");
        };
        let v = self.scalar(rt)?;
        let start = self.bld().current();
        let mut t = Table::default();
        for (i, items) in sw.prongs.iter().enumerate() {
            let inline = sw.ir.prongs.get(i).is_some_and(|p| p.is_inline);
            if inline {
                let mut values = items.items.clone();
                for (a, b) in &items.ranges {
                    self.list_range(sw, a, b, &mut values)?;
                }
                self.add_inline(i, false, &values, &mut t)?;
            } else if !(items.items.is_empty() && items.ranges.is_empty()) {
                let block = self.bld().block();
                t.arms.push((block, Arm { prong: i, inline: None, special: false }));
                for &x in &items.items {
                    let bits = self.case_bits(x)?;
                    t.cases.push((bits, block));
                }
                t.ranges.extend(items.ranges.iter().map(|(a, b)| (a.clone(), b.clone(), block)));
            }
        }
        let default = self.default_block(sw, &mut t)?;
        self.bld().switch_to(start);
        self.emit_table(sw.cond_ty, v, &t, default)?;
        self.run_arms(sw, t.arms)
    }

    /// Analyses prongs, each in its block.
    fn run_arms(&mut self, sw: &Sw<'_>, mut arms: Vec<(BlockId, Arm)>) -> R<Flow> {
        self.enter_runtime(sw.operand_place);
        // `else` and `_` come last, as they do in Zig.
        arms.sort_by_key(|(_, a)| match sw.turn(a.prong) {
            0 => 3,
            _ if a.special => 3,
            turn => turn,
        });
        for (block, arm) in arms {
            if self.never_taken(sw, arm)? {
                continue;
            }
            self.bld().switch_to(block);
            let saved = self.blk;
            let flow = self.run_arm(sw, arm)?;
            self.leave_inline(flow)?;
            self.blk = saved;
        }
        self.inst = sw.id;
        Ok(Flow::Ended)
    }

    /// Pointers are compared one after the other: their bits are not known yet.
    fn dispatch_pointer(&mut self, sw: &Sw<'_>) -> R<Flow> {
        let v = self.scalar_of(sw.cond)?;
        let mut arms = Vec::new();
        let mut last = None;
        for (i, items) in sw.prongs.iter().enumerate() {
            let inline = sw.ir.prongs.get(i).is_some_and(|p| p.is_inline);
            if sw.ir.else_prong == Some(i as u32) {
                if inline {
                    self.inline_else_values(sw)?;
                }
                last = Some(Arm { prong: i, inline: None, special: true });
                continue;
            }
            let shared = self.bld().block();
            if !inline {
                arms.push((shared, Arm { prong: i, inline: None, special: false }));
            }
            for &x in &items.items {
                let want = self.scalar_of(Opv::C(x))?;
                let b = self.bld();
                let is = b.cmp(Cmp::Eq, v, want);
                let (yes, no) = (if inline { b.block() } else { shared }, b.block());
                b.br(is, yes, no);
                b.switch_to(no);
                if inline {
                    arms.push((yes, Arm { prong: i, inline: Some(x), special: false }));
                }
            }
        }
        // Without `else` the switch is refused before.
        if let Some(arm) = last {
            arms.push((self.bld().current(), arm));
        }
        self.run_arms(sw, arms)
    }

    /// The values of an inline range.
    fn list_range(&mut self, sw: &Sw<'_>, a: &Int, b: &Int, out: &mut Vec<ValueId>) -> R<()> {
        let one = Int::from(1i64);
        let mut at = a.clone();
        while at <= *b {
            if out.len() >= MAX_INLINE {
                return self.unsupported("an inline prong of so many values");
            }
            out.push(self.s.pool.int(sw.cond_ty, at.clone()));
            at = at.add(&one);
        }
        Ok(())
    }

    fn add_inline(&mut self, prong: usize, special: bool, values: &[ValueId], t: &mut Table) -> R<()> {
        for &x in values {
            let block = self.bld().block();
            let bits = self.case_bits(x)?;
            t.cases.push((bits, block));
            t.arms.push((block, Arm { prong, inline: Some(x), special }));
        }
        Ok(())
    }

    /// Whether a prong is for fields only that no union can hold. Its block stays open and so
    /// becomes a trap.
    fn never_taken(&mut self, sw: &Sw<'_>, arm: Arm) -> R<bool> {
        let Some(c) = sw.union else { return Ok(false) };
        let tags: &[ValueId] = match (&arm.inline, &sw.rest) {
            (Some(x), _) => std::slice::from_ref(x),
            (None, Some(rest)) if arm.special => rest,
            _ => sw.prongs.get(arm.prong).map_or(&[], |p| &p.items),
        };
        for &x in tags {
            match self.union_field_of_tag(c, x)? {
                Some(i) if self.fields(c)?.fields.get(i as usize).is_some_and(|f| f.ty == TypeId::NORETURN) => {}
                _ => return Ok(false),
            }
        }
        Ok(!tags.is_empty())
    }

    /// The bits of an item in the machine form of the operand.
    fn case_bits(&mut self, v: ValueId) -> R<i64> {
        Ok(match self.s.pool.val(v).clone() {
            Value::Bool(b) => i64::from(b),
            Value::Err { name, .. } => i64::from(self.error_number(name)),
            Value::Int { val, .. } => match val.to_i64() {
                Some(i) => i,
                None => val.to_u64().unwrap_or(0) as i64,
            },
            Value::EnumTag { val, .. } => return self.case_bits(val),
            _ => return self.fail("internal error: switch item without bits"),
        })
    }

    /// Where values go that no item names.
    fn default_block(&mut self, sw: &Sw<'_>, t: &mut Table) -> R<BlockId> {
        let is_enum = matches!(self.s.pool.ty(sw.cond_ty), Type::Enum(_) | Type::UnionTag(_));
        let inline_else = sw.ir.else_prong.filter(|&e| sw.ir.prongs.get(e as usize).is_some_and(|p| p.is_inline));
        if let Some(e) = inline_else {
            let values = self.inline_else_values(sw)?;
            self.add_inline(e as usize, true, &values, t)?;
        }
        let under = sw.ir.under_prong.map(|u| u as usize);
        let els = sw.ir.else_prong.filter(|_| inline_else.is_none()).map(|e| e as usize);
        // Named tags go to `else` where what has no name goes elsewhere.
        let listed = is_enum && (under.is_some() || (!sw.open && self.blk.safety));
        let mut else_block = None;
        if let Some(e) = els {
            let block = self.bld().block();
            t.arms.push((block, Arm { prong: e, inline: None, special: true }));
            if listed {
                for &x in sw.rest.iter().flatten() {
                    let bits = self.case_bits(x)?;
                    t.cases.push((bits, block));
                }
            } else {
                else_block = Some(block);
            }
        }
        if let Some(u) = under {
            // A prong of items and `_` is one.
            let same = t.arms.iter().find(|(_, a)| a.prong == u).map(|(b, _)| *b);
            return Ok(match same {
                Some(b) => b,
                None => {
                    let block = self.bld().block();
                    t.arms.push((block, Arm { prong: u, inline: None, special: true }));
                    block
                }
            });
        }
        if let Some(b) = else_block {
            return Ok(b);
        }
        let block = self.bld().block();
        self.bld().set_cold(block);
        self.bld().switch_to(block);
        self.panic_no_args("corruptSwitch")?;
        Ok(block)
    }

    /// What `inline else` is analysed for.
    fn inline_else_values(&mut self, sw: &Sw<'_>) -> R<Vec<ValueId>> {
        if let Some(rest) = &sw.rest
            && !sw.open
        {
            return Ok(rest.clone());
        }
        if let Some((signed, bits)) = self.int_info(sw.cond_ty) {
            let mut spans: Vec<(Int, Int)> = Vec::new();
            for p in &sw.prongs {
                spans.extend(p.ranges.iter().cloned());
                spans.extend(p.items.iter().filter_map(|&v| self.int_of(v)).map(|i| (i.clone(), i)));
            }
            spans.sort();
            let one = Int::from(1i64);
            let mut out = Vec::new();
            let mut next = Int::min_value(signed, bits);
            for (a, b) in spans {
                if next < a {
                    self.list_range(sw, &next, &a.sub(&one), &mut out)?;
                }
                next = b.add(&one);
            }
            let max = Int::max_value(signed, bits);
            if next <= max {
                self.list_range(sw, &next, &max, &mut out)?;
            }
            return Ok(out);
        }
        let at = sw.ir.else_prong.and_then(|e| sw.ir.prongs.get(e as usize)).map_or(sw.src, |p| self.at(p.node));
        let n = self.type_name(sw.cond_ty);
        let msg = SemaMsg::new(at, format!("cannot enumerate values of type '{n}' for 'inline else'"));
        let msg = self.note_type_declared(msg, sw.cond_ty);
        self.fail_msg(msg)
    }

    fn emit_table(&mut self, ty: TypeId, v: Val, t: &Table, default: BlockId) -> R<()> {
        let signed = self.s.pool.is_signed(ty);
        let start = self.bld().current();
        // Ranges are tried one after the other.
        let mut head = default;
        for (a, b, block) in t.ranges.iter().rev() {
            let bld = self.bld();
            let (test, upper) = (bld.block(), bld.block());
            bld.switch_to(test);
            let low = bld.cmp_imm(if signed { Cmp::SGe } else { Cmp::UGe }, v, bits_of(a));
            bld.br(low, upper, head);
            bld.switch_to(upper);
            let high = bld.cmp_imm(if signed { Cmp::SLe } else { Cmp::ULe }, v, bits_of(b));
            bld.br(high, *block, head);
            head = test;
        }
        let bld = self.bld();
        bld.switch_to(start);
        if t.cases.is_empty() {
            bld.jump(head, &[]);
        } else {
            bld.term(Term::Switch { v, cases: t.cases.clone(), default: head });
        }
        Ok(())
    }
}

fn bits_of(i: &Int) -> i64 {
    match i.to_i64() {
        Some(v) => v,
        None => i.to_u64().unwrap_or(0) as i64,
    }
}
