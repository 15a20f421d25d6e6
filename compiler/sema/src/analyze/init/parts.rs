//! Constants that point to locals: they have no place among the program's data and are put
//! together on the stack, part by part.

use tir::Scalar;

use crate::analyze::comptime_mem::Step;
use crate::analyze::{An, Opv, Repr, Rt, Rv};
use crate::pool::{Type, Value, ValueId};
use crate::unit::R;

impl An<'_> {
    /// A known aggregate as stack memory.
    pub fn value_on_stack(&mut self, v: ValueId) -> R<Rt> {
        let ty = self.s.pool.type_of(v);
        let slot = self.new_slot(ty)?;
        let ptr = Rt { ty: self.s.pool.single_ptr(ty, false), rv: Rv::Slot(slot, 0) };
        self.store_value(ptr, v, 0)?;
        let addr = self.bld().slot_addr(slot, 0);
        Ok(Rt { ty, rv: Rv::M(addr) })
    }

    fn store_value(&mut self, ptr: Rt, v: ValueId, offset: u64) -> R<()> {
        let ty = self.s.pool.type_of(v);
        if self.is_undef(v) {
            return Ok(());
        }
        if self.repr(ty)? != Repr::M || !self.has_comptime_ref(v) {
            let rt = self.to_rt(Opv::C(v))?;
            return self.store_rt(ptr, rt, offset as u32);
        }
        match (self.s.pool.val(v).clone(), self.s.pool.ty(ty).clone()) {
            (Value::Aggregate { elems, .. }, Type::Array { len, sentinel, .. }) => {
                for (i, &e) in elems.iter().chain(sentinel.as_ref()).enumerate().take(len as usize + 1) {
                    let at = self.step_offset(ty, Step::Elem(i as u64))?;
                    self.store_value(ptr, e, offset + at)?;
                }
                Ok(())
            }
            (Value::Repeated { elem, .. }, Type::Array { len, sentinel, .. }) => {
                for i in 0..len {
                    let at = self.step_offset(ty, Step::Elem(i))?;
                    self.store_value(ptr, elem, offset + at)?;
                }
                if let Some(s) = sentinel {
                    let at = self.step_offset(ty, Step::Elem(len))?;
                    self.store_value(ptr, s, offset + at)?;
                }
                Ok(())
            }
            (Value::Aggregate { elems, .. }, _) => {
                for (i, &e) in elems.iter().enumerate() {
                    if self.comptime_field(ty, i as u32)?.is_some() {
                        continue;
                    }
                    let at = self.step_offset(ty, Step::Field(i as u32))?;
                    self.store_value(ptr, e, offset + at)?;
                }
                Ok(())
            }
            (Value::Union { tag, val, .. }, Type::Union(c)) => {
                let Some(index) = self.union_field_of_tag(c, tag)? else {
                    return self.fail("internal error: no field for this tag");
                };
                let at = self.step_offset(ty, Step::Field(index))?;
                self.store_value(ptr, val, offset + at)?;
                let whole = self.offset_ptr(ptr, offset as u32, ptr.ty)?;
                self.store_union_tag(Opv::R(whole), c, index)
            }
            (Value::Opt { val: Some(x), .. }, Type::Optional(child)) => {
                self.store_value(ptr, x, offset)?;
                let size = self.layout(child)?.size;
                let one = self.const_scalar(Scalar::I8, 1);
                self.store_scalar(ptr, one, (offset + size) as u32, false)
            }
            (Value::ErrUnionPayload { val, .. }, Type::ErrorUnion { payload, .. }) => {
                let (at, code) = self.error_union_offsets(payload)?;
                self.store_value(ptr, val, offset + u64::from(at))?;
                let zero = self.const_scalar(Scalar::I16, 0);
                self.store_scalar(ptr, zero, offset as u32 + code, false)
            }
            _ => self.unsupported("a constant of this form that points to a local"),
        }
    }
}
