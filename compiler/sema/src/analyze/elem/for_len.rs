//! The common length of the inputs of a `for`.

use ir::Ref;
use syntax::ast::{Node, PtrSize};
use tir::Cmp;

use crate::analyze::{An, Opv};
use crate::msg::{Place, SemaMsg};
use crate::pool::{Type, TypeId};
use crate::unit::R;

impl An<'_> {
    fn input_place(&self, i: usize) -> Place {
        self.here_sel(|n| match n {
            Node::For { inputs, .. } => inputs.get(i).copied(),
            _ => None,
        })
    }

    /// See [`An::for_len`].
    pub(super) fn for_len_of(&mut self, refs: &[Ref]) -> R<Opv> {
        let src = self.here();
        let mut first: Option<(Opv, Place)> = None;
        let mut known: Option<(Opv, u64, Place)> = None;
        let mut runtime = Vec::new();
        let mut unbounded = Vec::new();
        for (i, pair) in refs.chunks(2).enumerate() {
            let &[a, b] = pair else { continue };
            let at = self.input_place(i);
            let Some(len) = self.input_len(a, b, at, &mut unbounded)? else { continue };
            first.get_or_insert((len, at));
            match self.known_len(len) {
                Some(n) => match known {
                    None => known = Some((len, n, at)),
                    Some((_, m, before)) if m != n => {
                        let msg = SemaMsg::new(src, "non-matching for loop lengths")
                            .note(before, format!("length {m} here"))
                            .note(at, format!("length {n} here"));
                        return self.fail_msg(msg);
                    }
                    Some(_) => {}
                },
                None => runtime.push(len),
            }
        }
        let Some((first, _)) = first else {
            let mut msg = SemaMsg::new(src, "unbounded for loop");
            for (ty, at) in unbounded {
                let n = self.type_name(ty);
                msg = msg.note(at, format!("type '{n}' has no upper bound"));
            }
            return self.fail_msg(msg);
        };
        let len = known.map_or(first, |(v, ..)| v);
        if !self.blk.safety || self.is_comptime() || self.blk.is_typeof {
            return Ok(len);
        }
        for other in runtime {
            if other == len {
                continue;
            }
            let (a, b) = (self.scalar_of(len)?, self.scalar_of(other)?);
            let ok = self.bld().cmp(Cmp::Eq, a, b);
            self.check(ok, "forLenMismatch", &[])?;
        }
        Ok(len)
    }

    /// Length of one input; none if it has no end.
    fn input_len(&mut self, a: Ref, b: Ref, at: Place, unbounded: &mut Vec<(TypeId, Place)>) -> R<Option<Opv>> {
        if a.is_none() {
            return Ok(None);
        }
        let from = self.op(a)?;
        if let Some(to) = b.some() {
            let to = self.op(to)?;
            let len = self.range_len(from, to, at)?;
            return Ok(Some(len));
        }
        let ty = self.ty_of(from);
        if !self.is_indexable(ty)? {
            let n = self.type_name(ty);
            let msg = SemaMsg::new(at, format!("type '{n}' is not indexable and not a range"));
            return self.fail_msg(msg.note(at, "for loop operand must be a range, array, slice, tuple, or vector"));
        }
        if let Type::Ptr(p) = self.s.pool.ty(ty)
            && matches!(p.size, PtrSize::Many | PtrSize::C)
        {
            unbounded.push((ty, at));
            return Ok(None);
        }
        let len = self.indexable_len(from, at)?;
        self.refuse_undef(len, at)?;
        Ok(Some(len))
    }

    fn range_len(&mut self, from: Opv, to: Opv, at: Place) -> R<Opv> {
        let from = self.coerce(TypeId::USIZE, from, at)?;
        let to = self.coerce(TypeId::USIZE, to, at)?;
        self.usize_arith(crate::analyze::arith::Kind::Sub, to, from, at, true)
    }
}
