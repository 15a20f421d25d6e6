//! Local storage. A `var` of a run-time block is stack memory. A `const` starts as comptime
//! memory and becomes stack memory when something unknown is stored, so that what is known stays
//! known. In a comptime block everything is comptime memory.

use ir::{ComptimeReason, Ref};
use tir::{BlockId, InstId as TInst};

use super::comptime_mem::{ComptimeAlloc, Mv};
use super::{An, Opv, Rt, Rv};
use crate::msg::Place;
use crate::pool::{PtrBase, PtrType, Type, TypeId, Value, ValueId};
use crate::unit::R;

/// An allocation whose type follows from what is stored.
#[derive(Clone, Debug)]
pub struct InferredAlloc {
    /// Known at compile time.
    pub is_comptime: bool,
    /// A constant.
    pub is_const: bool,
    /// Explicit alignment.
    pub align: Option<u32>,
    /// What was stored, where.
    pub stores: Vec<InferredStore>,
    /// The pointer, once resolved.
    pub ptr: Option<Opv>,
}

/// A store into an [`InferredAlloc`].
#[derive(Clone, Copy, Debug)]
pub struct InferredStore {
    value: Opv,
    place: Place,
    at: Option<(BlockId, Option<TInst>)>,
    depth: u32,
}

impl An<'_> {
    /// `Inst::Alloc`
    pub fn alloc(&mut self, is_const: bool, is_comptime: bool, ty: Ref, align: Ref) -> R<Opv> {
        let align = match align.some() {
            Some(r) => Some(self.align_value(r)?),
            None => None,
        };
        let is_comptime = is_comptime || self.is_comptime();
        match ty.some() {
            None => {
                self.inferred.push(InferredAlloc { is_comptime, is_const, align, stores: Vec::new(), ptr: None });
                Ok(Opv::Inferred(self.inferred.len() as u32 - 1))
            }
            Some(r) => {
                let (v, at) = (self.op(r)?, self.var_place());
                let ty = self.expect_type(v, at)?;
                self.check_var_type(ty, is_comptime || is_const)?;
                self.alloc_of(ty, align, is_const, is_comptime)
            }
        }
    }

    /// Storage for a value of a known type.
    pub fn alloc_of(&mut self, ty: TypeId, align: Option<u32>, is_const: bool, is_comptime: bool) -> R<Opv> {
        let ptr_ty =
            self.s.pool.intern_type(Type::Ptr(PtrType { align, ..PtrType::new(syntax::ast::PtrSize::One, ty) }));
        let lazy = if is_comptime { None } else { Some(self.bld().position()) };
        if is_comptime || is_const {
            let i = self.s.next_comptime;
            self.s.next_comptime += 1;
            let undef = self.s.pool.undef(ty);
            let depth = self.blk.runtime_depth;
            self.cmem.insert(i, ComptimeAlloc { ty, value: Mv::Val(undef), depth, lazy, slot: None });
            return Ok(Opv::C(self.s.pool.intern(Value::Ptr { ty: ptr_ty, base: PtrBase::Comptime(i) })));
        }
        let l = self.layout(ty)?;
        let size = match u32::try_from(l.size) {
            Ok(s) if s < 1 << 30 => s,
            _ => return self.unsupported("a local of one gigabyte or more"),
        };
        let slot = self.bld().slot(size, align.unwrap_or(l.align));
        Ok(Opv::R(Rt { ty: ptr_ty, rv: Rv::Slot(slot, 0) }))
    }

    /// `Inst::StoreToInferredPtr`
    pub fn store_to_inferred(&mut self, ptr: Ref, value: Ref) -> R<()> {
        let place = self.store_place();
        let value = self.op(value)?;
        let Opv::Inferred(i) = self.op(ptr)? else {
            return self.fail("internal error: store to a resolved allocation");
        };
        let at = if self.is_comptime() { None } else { Some(self.bld().position()) };
        let depth = self.blk.runtime_depth;
        if let Some(a) = self.inferred.get_mut(i as usize) {
            if a.is_comptime {
                a.stores.clear();
            }
            a.stores.push(InferredStore { value, place, at, depth });
        }
        Ok(())
    }

    /// `Inst::ResolveInferredAlloc`
    pub fn resolve_inferred_alloc(&mut self, ptr: Ref) -> R<Opv> {
        let Opv::Inferred(i) = self.op(ptr)? else {
            return self.fail("internal error: allocation is resolved already");
        };
        let Some(a) = self.inferred.get(i as usize).cloned() else {
            return self.fail("internal error: no such allocation");
        };
        let values: Vec<(Opv, Place)> = a.stores.iter().map(|s| (s.value, s.place)).collect();
        let ty = if values.is_empty() { TypeId::NORETURN } else { self.peer_type(&values, None)? };
        if ty == TypeId::NORETURN {
            return Ok(Opv::C(ValueId::UNREACHABLE));
        }
        let runtime_var = !a.is_comptime && !a.is_const;
        self.check_var_type(ty, !runtime_var)?;
        let here = if self.is_comptime() { None } else { Some(self.bld().current()) };
        let p = self.alloc_of(ty, a.align, a.is_const, a.is_comptime)?;
        let deeper = a.stores.iter().any(|s| s.depth > self.blk.runtime_depth);
        if let (Opv::C(ptr), true) = (p, deeper) {
            // Stored under run-time conditions: nothing is known.
            if let Some((super::comptime_mem::Root::Comptime(c), _)) = self.ptr_path(ptr) {
                self.spill_alloc(c)?;
            }
        }
        for s in &a.stores {
            match s.at {
                Some((block, after)) if Some(block) != here || deeper => {
                    let mark = self.bld().begin_insert(block, after);
                    let r = self.store_inferred_one(p, ty, s);
                    self.bld().end_insert(mark);
                    r?;
                }
                _ => self.store_inferred_one(p, ty, s)?,
            }
        }
        let p = if a.is_const { self.const_ptr(p)? } else { p };
        if let Some(a) = self.inferred.get_mut(i as usize) {
            a.ptr = Some(p);
        }
        // Later uses mention the allocation itself.
        if let Some(id) = ptr.inst() {
            self.set(id, p);
        }
        Ok(p)
    }

    fn store_inferred_one(&mut self, p: Opv, ty: TypeId, s: &InferredStore) -> R<()> {
        let v = self.coerce(ty, s.value, s.place)?;
        self.store_to(p, v, s.place)
    }

    /// `Inst::MakePtrConst`
    pub fn make_ptr_const(&mut self, r: Ref) -> R<Opv> {
        let p = self.op(r)?;
        self.const_ptr(p)
    }

    /// The finished constant's pointer: to an anonymous constant if everything in it is known.
    fn const_ptr(&mut self, p: Opv) -> R<Opv> {
        let ty = self.ty_of(p);
        let Some(info) = self.s.pool.ptr_info(ty) else { return Ok(p) };
        let const_ty = self.s.pool.ptr_type(PtrType { is_const: true, ..info });
        match p {
            Opv::C(v) => {
                if let Some(x) = self.load_comptime(v)?
                    && !self.has_comptime_ref(x)
                {
                    return Ok(Opv::C(self.s.pool.intern(Value::Ptr { ty: const_ty, base: PtrBase::Const(x) })));
                }
                let Value::Ptr { base, .. } = *self.s.pool.val(v) else { return Ok(p) };
                Ok(Opv::C(self.s.pool.intern(Value::Ptr { ty: const_ty, base })))
            }
            Opv::R(rt) => Ok(Opv::R(Rt { ty: const_ty, ..rt })),
            other => Ok(other),
        }
    }

    /// `Inst::ValidateConst`
    pub fn validate_const(&mut self, r: Ref) -> R<()> {
        let v = self.op(r)?;
        if self.is_comptime() && self.known(v).is_none() {
            let at = self.init_place();
            return self.fail_not_comptime(
                at,
                Some(super::ComptimeWhy { reason: Some(ComptimeReason::ComptimeKeyword), place: at }),
            );
        }
        Ok(())
    }

    fn init_place(&self) -> Place {
        self.here_sel(|n| match n {
            syntax::ast::Node::VarDecl(v) => v.init,
            _ => None,
        })
    }

    /// Where the stored value of the store at hand stands.
    pub fn store_place(&self) -> Place {
        self.here_sel(|n| match n {
            syntax::ast::Node::VarDecl(v) => v.init,
            syntax::ast::Node::Assign { rhs, .. } | syntax::ast::Node::AssignDestructure { rhs, .. } => Some(*rhs),
            _ => None,
        })
    }

    /// Whether a value mentions comptime memory that may still change.
    pub fn has_comptime_ref(&mut self, v: ValueId) -> bool {
        match self.s.pool.val(v).clone() {
            Value::Ptr { .. } => match self.ptr_path(v) {
                Some((super::comptime_mem::Root::Comptime(i), _)) => self.cmem.contains_key(&i),
                Some((super::comptime_mem::Root::Const(c), _)) if c != v => self.has_comptime_ref(c),
                _ => false,
            },
            Value::Slice { ptr, .. } => self.has_comptime_ref(ptr),
            Value::Aggregate { elems, .. } => elems.iter().any(|&e| self.has_comptime_ref(e)),
            Value::Repeated { elem, .. } => self.has_comptime_ref(elem),
            Value::Union { val, .. } | Value::ErrUnionPayload { val, .. } | Value::Opt { val: Some(val), .. } => {
                self.has_comptime_ref(val)
            }
            _ => false,
        }
    }
}
