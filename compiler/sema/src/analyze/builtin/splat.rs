//! `@splat`: an array of equal elements.

use ir::Ref;
use tir::{BinOp, Cmp, Scalar};

use super::super::{An, Opv, Rt, Rv};
use super::Strip;
use crate::pool::{Type, Value};
use crate::unit::R;

/// Up to this many elements are stored one by one, more in a loop.
const UNROLLED: u64 = 16;

impl An<'_> {
    /// (dest, scalar) `@splat`
    pub(super) fn splat(&mut self, dest: Ref, scalar: Ref) -> R<Opv> {
        let ty = self.dest_type(dest, Strip::EuOpt)?;
        let place = self.arg_place(0);
        let (len, child, sentinel) = match *self.s.pool.ty(ty) {
            Type::Array { len, child, sentinel } => (len, child, sentinel),
            Type::Vector { .. } => return self.unsupported("@splat of a vector"),
            _ => {
                let n = self.type_name(ty);
                let here = self.here();
                return self.fail_at(here, format!("expected array or vector type, found '{n}'"));
            }
        };
        let v = self.op(scalar)?;
        let v = self.coerce(child, v, place)?;
        if let Opv::C(elem) = v {
            return Ok(Opv::C(self.s.pool.intern(Value::Repeated { ty, elem })));
        }
        if let Some(only) = self.opv(ty)? {
            return Ok(Opv::C(only));
        }
        if self.is_comptime() {
            return self.fail_not_comptime(place, self.blk.comptime);
        }
        let rt = self.to_rt(v)?;
        let slot = self.new_slot(ty)?;
        let step = self.layout(child)?.size;
        let elem_ptr = self.s.pool.single_ptr(child, false);
        if len <= UNROLLED {
            for i in 0..len {
                self.store_rt(Rt { ty: elem_ptr, rv: Rv::Slot(slot, (i * step) as u32) }, rt, 0)?;
            }
        } else {
            let base = self.bld().slot_addr(slot, 0);
            let b = self.bld();
            let zero = b.iconst(Scalar::I64, 0);
            let (head, end) = (b.block(), b.block());
            let i = b.block_param(head, Scalar::I64);
            b.jump(head, &[zero]);
            b.switch_to(head);
            let at = b.bin(BinOp::Add, base, i);
            self.store_rt(Rt { ty: elem_ptr, rv: Rv::S(at) }, rt, 0)?;
            let b = self.bld();
            let next = b.bin_imm(BinOp::Add, i, step as i64);
            let more = b.cmp_imm(Cmp::ULt, next, (len * step) as i64);
            let args = b.list(&[next]);
            let none = tir::List::default();
            b.term(tir::Term::Br {
                c: more,
                then: tir::Target { block: head, args },
                els: tir::Target { block: end, args: none },
            });
            b.switch_to(end);
        }
        if let Some(s) = sentinel {
            let s = self.to_rt(Opv::C(s))?;
            self.store_rt(Rt { ty: elem_ptr, rv: Rv::Slot(slot, (len * step) as u32) }, s, 0)?;
        }
        let addr = self.bld().slot_addr(slot, 0);
        Ok(Opv::R(Rt { ty, rv: Rv::M(addr) }))
    }
}
