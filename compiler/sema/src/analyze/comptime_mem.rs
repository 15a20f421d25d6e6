//! Memory at compile time: what comptime pointers point to, reading and writing through them,
//! and their form at run time.

use syntax::ast::PtrSize;
use tir::{BlockId, InstId as TInst, SlotId, Sym};

use super::{An, Opv, Rt, Rv};
use crate::decl::DeclId;
use crate::msg::Place;
use crate::pool::{PtrBase, Type, TypeId, Value, ValueId};
use crate::state::SymKey;
use crate::unit::R;

/// A value that is written piece by piece.
#[derive(Clone, Debug)]
pub enum Mv {
    /// Not taken apart.
    Val(ValueId),
    /// Fields or elements.
    Agg(Vec<Mv>),
}

/// A comptime variable, or a constant of a run-time block whose parts are still all known.
#[derive(Clone, Debug)]
pub struct ComptimeAlloc {
    /// Type of the contents.
    pub ty: TypeId,
    /// Contents.
    pub value: Mv,
    /// Run-time depth of the block it belongs to.
    pub depth: u32,
    /// A local constant of a run-time block: becomes stack memory when something unknown is
    /// stored; the place in the code where that memory is then initialised.
    pub lazy: Option<(BlockId, Option<TInst>)>,
    /// The stack memory it has become.
    pub slot: Option<SlotId>,
}

/// What a comptime pointer leads to in the end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Root {
    /// A declaration.
    Decl(DeclId),
    /// An anonymous constant.
    Const(ValueId),
    /// A comptime variable.
    Comptime(u32),
    /// A number.
    Addr(u64),
}

/// One step from the root to the part pointed to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Field of a struct, tuple or union.
    Field(u32),
    /// Element of an array.
    Elem(u64),
    /// Payload of an optional.
    Opt,
    /// Payload of an error union.
    Eu,
}

/// Where a symbol-relative comptime pointer points.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// A symbol and an offset.
    Sym(Sym, i64),
    /// A fixed address.
    Addr(u64),
    /// Stack memory.
    Slot(SlotId, u32),
}

impl An<'_> {
    /// Root and steps of a comptime pointer.
    pub fn ptr_path(&self, ptr: ValueId) -> Option<(Root, Vec<Step>)> {
        let mut steps = Vec::new();
        let mut p = ptr;
        loop {
            let Value::Ptr { base, .. } = self.s.pool.val(p) else { return None };
            let root = match *base {
                PtrBase::Decl(d) => Root::Decl(d),
                PtrBase::Const(v) | PtrBase::ComptimeField(v) => Root::Const(v),
                PtrBase::Comptime(i) => Root::Comptime(i),
                PtrBase::Addr(a) => Root::Addr(a),
                PtrBase::Field { base, index } => {
                    steps.push(Step::Field(index));
                    p = base;
                    continue;
                }
                PtrBase::Elem { base, index } => {
                    steps.push(Step::Elem(index));
                    p = base;
                    continue;
                }
                PtrBase::OptPayload(b) => {
                    steps.push(Step::Opt);
                    p = b;
                    continue;
                }
                PtrBase::EuPayload(b) => {
                    steps.push(Step::Eu);
                    p = b;
                    continue;
                }
            };
            steps.reverse();
            return Some((root, steps));
        }
    }

    /// Type of what a root holds.
    pub fn root_type_of(&mut self, root: Root) -> R<Option<TypeId>> {
        Ok(match root {
            Root::Decl(d) => Some(self.decl_type(d)?.ty),
            Root::Const(v) => Some(self.s.pool.type_of(v)),
            Root::Comptime(i) => self.cmem.get(&i).map(|a| a.ty),
            Root::Addr(_) => None,
        })
    }

    /// Type after a step.
    pub fn step_type(&mut self, ty: TypeId, step: Step) -> R<TypeId> {
        Ok(match (step, self.s.pool.ty(ty).clone()) {
            (Step::Field(i), Type::Tuple { types, .. }) => types.get(i as usize).copied().unwrap_or(TypeId::VOID),
            (Step::Field(i), Type::Struct(c) | Type::Union(c)) => {
                self.fields(c)?.fields.get(i as usize).map_or(TypeId::VOID, |f| f.ty)
            }
            // Fields of a slice: pointer and length.
            (Step::Field(0), Type::Ptr(p)) if p.size == PtrSize::Slice => self.s.pool.many_ptr(p.child, p.is_const),
            (Step::Field(_), Type::Ptr(_)) => TypeId::USIZE,
            (Step::Elem(_), Type::Array { child, .. } | Type::Vector { child, .. }) => child,
            (Step::Elem(_), _) => ty,
            (Step::Opt, Type::Optional(c)) => c,
            (Step::Eu, Type::ErrorUnion { payload, .. }) => payload,
            _ => return self.fail("internal error: step into a value without parts"),
        })
    }

    /// Byte offset of a step within a value of type `ty`.
    pub fn step_offset(&mut self, ty: TypeId, step: Step) -> R<u64> {
        Ok(match (step, self.s.pool.ty(ty).clone()) {
            (Step::Field(i), Type::Tuple { types, values }) => {
                let (_, offsets) = self.tuple_layout(&types, &values)?;
                offsets.get(i as usize).copied().unwrap_or(0)
            }
            (Step::Field(i), Type::Struct(c) | Type::Union(c)) => {
                self.cont_layout(c)?.offsets.get(i as usize).copied().unwrap_or(0)
            }
            (Step::Field(i), Type::Ptr(_)) => u64::from(i) * u64::from(self.s.opts.ptr_bits / 8),
            (Step::Elem(i), Type::Array { child, .. } | Type::Vector { child, .. }) => self.layout(child)?.size * i,
            (Step::Elem(i), _) => self.layout(ty)?.size * i,
            (Step::Eu, Type::ErrorUnion { payload, .. }) => {
                let l = self.layout(payload)?;
                if l.size == 0 { 0 } else { super::runtime::eu_offsets(l.size, l.align).0 }
            }
            _ => 0,
        })
    }

    /// The part of a comptime value.
    pub fn value_step(&mut self, v: ValueId, step: Step) -> R<Option<ValueId>> {
        let ty = self.s.pool.type_of(v);
        if self.is_undef(v) {
            let t = self.step_type(ty, step)?;
            return Ok(Some(self.s.pool.undef(t)));
        }
        Ok(match (step, self.s.pool.val(v).clone()) {
            (Step::Field(i), Value::Union { val, .. }) => {
                let _ = i;
                Some(val)
            }
            (Step::Field(0), Value::Slice { ptr, .. }) => Some(ptr),
            (Step::Field(_), Value::Slice { len, .. }) => Some(len),
            (Step::Field(i), Value::Aggregate { elems, .. }) => match elems.get(i as usize) {
                Some(&e) => Some(self.asked_for(e)?),
                None => None,
            },
            (Step::Field(i), _) => match self.only_value(ty)? {
                Opv::C(o) if o != v => self.value_step(o, Step::Field(i))?,
                _ => None,
            },
            (Step::Elem(i), _) => self.elem_value(v, i)?,
            (Step::Opt, Value::Opt { val, .. }) => val,
            (Step::Eu, Value::ErrUnionPayload { val, .. }) => Some(val),
            _ => None,
        })
    }

    /// Element `i` of a comptime array (the sentinel included).
    pub fn elem_value(&mut self, v: ValueId, i: u64) -> R<Option<ValueId>> {
        let ty = self.s.pool.type_of(v);
        let (len, child, sentinel) = match *self.s.pool.ty(ty) {
            Type::Array { len, child, sentinel } => (len, child, sentinel),
            Type::Vector { len, child } => (u64::from(len), child, None),
            Type::Tuple { ref types, .. } => (types.len() as u64, TypeId::VOID, None),
            // One item seen as many.
            _ => return Ok((i == 0).then_some(v)),
        };
        if i >= len {
            return Ok(if i == len { sentinel } else { None });
        }
        Ok(match self.s.pool.val(v) {
            Value::Undef(_) => Some(self.s.pool.undef(child)),
            Value::Bytes { bytes, .. } => {
                let b = bytes.get(i as usize).copied().unwrap_or(0);
                Some(self.s.pool.int(TypeId::U8, b))
            }
            Value::Repeated { elem, .. } => Some(*elem),
            Value::Aggregate { elems, .. } => elems.get(i as usize).copied(),
            _ => None,
        })
    }

    /// Number of parts that a value of an aggregate type is taken apart into.
    fn part_count(&mut self, ty: TypeId) -> R<Option<usize>> {
        Ok(match self.s.pool.ty(ty).clone() {
            Type::Array { len, .. } => usize::try_from(len).ok(),
            Type::Vector { len, .. } => Some(len as usize),
            Type::Tuple { types, .. } => Some(types.len()),
            Type::Struct(c) => Some(self.fields(c)?.fields.len()),
            _ => None,
        })
    }

    /// The interned form of a value written piece by piece.
    pub fn mv_value(&mut self, ty: TypeId, mv: &Mv) -> R<ValueId> {
        match mv {
            Mv::Val(v) => Ok(*v),
            Mv::Agg(parts) => {
                let mut elems = Vec::with_capacity(parts.len());
                for (i, p) in parts.iter().enumerate() {
                    let step = if matches!(self.s.pool.ty(ty), Type::Array { .. } | Type::Vector { .. }) {
                        Step::Elem(i as u64)
                    } else {
                        Step::Field(i as u32)
                    };
                    let t = self.step_type(ty, step)?;
                    elems.push(self.mv_value(t, p)?);
                }
                self.make_aggregate(ty, &elems)
            }
        }
    }

    /// A struct, tuple or array of these parts.
    pub fn make_aggregate(&mut self, ty: TypeId, elems: &[ValueId]) -> R<ValueId> {
        let shape = match *self.s.pool.ty(ty) {
            Type::Struct(c) => self.fields(c)?.shape,
            _ => 0,
        };
        Ok(self.s.pool.aggregate(ty, shape, elems))
    }

    fn mv_read(&mut self, ty: TypeId, mv: &Mv, steps: &[Step]) -> R<Option<ValueId>> {
        let Some((&step, rest)) = steps.split_first() else {
            let v = self.mv_value(ty, mv)?;
            return Ok(Some(self.asked_for(v)?));
        };
        match mv {
            Mv::Val(v) => {
                let mut v = *v;
                for &s in steps {
                    match self.value_step(v, s)? {
                        Some(x) => v = x,
                        None => return Ok(None),
                    }
                }
                Ok(Some(v))
            }
            Mv::Agg(parts) => {
                let i = match step {
                    Step::Field(i) => i as usize,
                    Step::Elem(i) => i as usize,
                    Step::Opt | Step::Eu => return Ok(None),
                };
                match parts.get(i) {
                    Some(p) => {
                        let t = self.step_type(ty, step)?;
                        self.mv_read(t, p, rest)
                    }
                    None => {
                        let whole = self.mv_value(ty, mv)?;
                        self.mv_read(ty, &Mv::Val(whole), steps)
                    }
                }
            }
        }
    }

    fn mv_write(&mut self, ty: TypeId, mv: &mut Mv, steps: &[Step], new: ValueId) -> R<bool> {
        let Some((&step, rest)) = steps.split_first() else {
            *mv = Mv::Val(new);
            return Ok(true);
        };
        let part = match step {
            Step::Field(i) => i as usize,
            Step::Elem(i) => i as usize,
            Step::Opt | Step::Eu => usize::MAX,
        };
        if let Some(n) = self.part_count(ty)?
            && part != usize::MAX
        {
            // The sentinel is part of the type, not of the value: it can only be written as it is.
            if let Type::Array { sentinel: Some(s), .. } = *self.s.pool.ty(ty)
                && part == n
            {
                return Ok(new == s);
            }
            if let Mv::Val(v) = *mv {
                let mut parts = Vec::with_capacity(n);
                for i in 0..n {
                    let s = if let Step::Elem(_) = step { Step::Elem(i as u64) } else { Step::Field(i as u32) };
                    match self.value_step(v, s)? {
                        Some(x) => parts.push(Mv::Val(x)),
                        None => return Ok(false),
                    }
                }
                *mv = Mv::Agg(parts);
            }
            let t = self.step_type(ty, step)?;
            return match mv {
                Mv::Agg(parts) => match parts.get_mut(part) {
                    Some(p) => self.mv_write(t, p, rest, new),
                    None => Ok(false),
                },
                Mv::Val(_) => Ok(false),
            };
        }
        // Optionals, error unions, unions, single items: rebuilt as a whole.
        let whole = self.mv_value(ty, mv)?;
        let t = self.step_type(ty, step)?;
        let inner = match self.value_step(whole, step)? {
            Some(v) if self.s.pool.type_of(v) == t => v,
            _ => self.s.pool.undef(t),
        };
        let mut inner = Mv::Val(inner);
        if !self.mv_write(t, &mut inner, rest, new)? {
            return Ok(false);
        }
        let inner = self.mv_value(t, &inner)?;
        let rebuilt = match (step, self.s.pool.val(whole).clone(), self.s.pool.ty(ty).clone()) {
            (Step::Opt, _, Type::Optional(_)) => self.s.pool.opt_some(ty, inner),
            (Step::Eu, _, Type::ErrorUnion { .. }) => self.s.pool.intern(Value::ErrUnionPayload { ty, val: inner }),
            (Step::Field(i), _, Type::Union(c)) => {
                let tag = self.union_tag_value(c, i)?;
                self.s.pool.intern(Value::Union { ty, tag, val: inner })
            }
            (Step::Field(0), Value::Slice { len, .. }, _) => self.s.pool.intern(Value::Slice { ty, ptr: inner, len }),
            (Step::Field(_), Value::Slice { ptr, .. }, _) => self.s.pool.intern(Value::Slice { ty, ptr, len: inner }),
            (Step::Elem(0), ..) => inner,
            _ => return Ok(false),
        };
        *mv = Mv::Val(rebuilt);
        Ok(true)
    }

    /// Reads through a comptime pointer; `None` if its contents are known at run time only.
    pub fn load_comptime(&mut self, ptr: ValueId) -> R<Option<ValueId>> {
        let Some((root, steps)) = self.ptr_path(ptr) else { return Ok(None) };
        let whole = match root {
            Root::Const(v) => v,
            Root::Decl(d) => match self.decl_const_value(d)? {
                Some(v) => v,
                None => return Ok(None),
            },
            Root::Comptime(i) => {
                let Some(a) = self.cmem.get(&i) else { return Ok(None) };
                if a.slot.is_some() {
                    return Ok(None);
                }
                let a = a.clone();
                return self.mv_read(a.ty, &a.value, &steps);
            }
            Root::Addr(_) => return Ok(None),
        };
        self.mv_read(TypeId::VOID, &Mv::Val(whole), &steps)
    }

    /// Writes through a comptime pointer into comptime memory. `false` if there is none.
    pub fn store_comptime(&mut self, ptr: ValueId, v: ValueId, place: Place) -> R<bool> {
        let Some((Root::Comptime(i), steps)) = self.ptr_path(ptr) else { return Ok(false) };
        let Some(a) = self.cmem.get(&i) else { return Ok(false) };
        if a.slot.is_some() {
            return Ok(false);
        }
        if let Some(done) = self.store_elems(ptr, v, place)? {
            return Ok(done);
        }
        let Some(a) = self.cmem.get(&i) else { return Ok(false) };
        let (ty, depth, lazy) = (a.ty, a.depth, a.lazy.is_some());
        if self.blk.runtime_depth > depth && self.blk.comptime.is_none() {
            if lazy {
                self.spill_alloc(i)?;
                return Ok(false);
            }
            let mut msg = crate::msg::SemaMsg::new(place, "store to comptime variable depends on runtime condition");
            if let Some(c) = self.blk.runtime_cond {
                msg = msg.note(c, "runtime condition here");
            }
            return self.fail_msg(msg);
        }
        let Some(a) = self.cmem.get_mut(&i) else { return Ok(false) };
        let mut value = std::mem::replace(&mut a.value, Mv::Val(ValueId::UNDEF));
        let ok = self.mv_write(ty, &mut value, &steps, v);
        if let Some(a) = self.cmem.get_mut(&i) {
            a.value = value;
        }
        ok
    }

    /// Turns a local constant into stack memory: its contents so far are written at the place of
    /// its declaration, which dominates every use.
    pub fn spill_alloc(&mut self, i: u32) -> R<Option<SlotId>> {
        let Some(a) = self.cmem.get(&i) else { return Ok(None) };
        if let Some(s) = a.slot {
            return Ok(Some(s));
        }
        let Some((block, after)) = a.lazy else { return Ok(None) };
        let a = a.clone();
        let slot = self.new_slot(a.ty)?;
        if let Some(a) = self.cmem.get_mut(&i) {
            a.slot = Some(slot);
        }
        let mark = self.bld().begin_insert(block, after);
        let ptr_ty = self.s.pool.single_ptr(a.ty, false);
        let r = self.store_parts(Rt { ty: ptr_ty, rv: Rv::Slot(slot, 0) }, a.ty, &a.value, 0);
        self.bld().end_insert(mark);
        r?;
        Ok(Some(slot))
    }

    fn store_parts(&mut self, ptr: Rt, ty: TypeId, mv: &Mv, offset: u64) -> R<()> {
        match mv {
            Mv::Val(v) if self.is_undef(*v) => Ok(()),
            Mv::Val(v) => {
                let rt = self.to_rt(Opv::C(*v))?;
                self.store_rt(ptr, rt, offset as u32)
            }
            Mv::Agg(parts) => {
                for (i, p) in parts.iter().enumerate() {
                    let step = if matches!(self.s.pool.ty(ty), Type::Array { .. } | Type::Vector { .. }) {
                        Step::Elem(i as u64)
                    } else {
                        Step::Field(i as u32)
                    };
                    let t = self.step_type(ty, step)?;
                    let o = self.step_offset(ty, step)?;
                    self.store_parts(ptr, t, p, offset + o)?;
                }
                Ok(())
            }
        }
    }

    /// Where a comptime pointer points at run time.
    pub fn ptr_target(&mut self, ptr: ValueId) -> R<Target> {
        let Some((root, steps)) = self.ptr_path(ptr) else {
            return self.fail("internal error: not a pointer");
        };
        let mut offset = 0u64;
        if let Some(mut ty) = self.root_type_of(root)? {
            for s in steps {
                offset += self.step_offset(ty, s)?;
                ty = self.step_type(ty, s)?;
            }
        } else if let (Root::Addr(_), [Step::Elem(i)]) = (root, &steps[..]) {
            // Arithmetic on a pointer made from a number.
            let ty = self.s.pool.type_of(ptr);
            if let Some(p) = self.s.pool.ptr_info(ty) {
                offset = self.layout(p.child)?.size * i;
            }
        }
        Ok(match root {
            Root::Decl(d) => {
                let sym = self.decl_sym(d)?;
                Target::Sym(sym, offset as i64)
            }
            Root::Const(v) => match *self.s.pool.val(v) {
                Value::Func { func, .. } => Target::Sym(self.s.funcs[func.0 as usize].sym, 0),
                Value::Extern { decl, .. } => Target::Sym(self.decl_sym(decl)?, 0),
                _ => Target::Sym(self.s.sym(SymKey::Const(v)), offset as i64),
            },
            Root::Comptime(i) => match self.spill_alloc(i)? {
                Some(slot) => Target::Slot(slot, offset as u32),
                None => {
                    let at = self.here();
                    return self.fail_at(at, "runtime value contains reference to comptime var");
                }
            },
            Root::Addr(a) => Target::Addr(a.wrapping_add(offset)),
        })
    }

    /// A comptime pointer as a run-time value.
    pub fn ptr_const(&mut self, ptr: ValueId) -> R<Rv> {
        Ok(match self.ptr_target(ptr)? {
            Target::Sym(sym, addend) => {
                self.use_sym(sym);
                Rv::S(self.bld().sym_addr(sym, addend))
            }
            Target::Addr(a) => Rv::S(self.const_scalar(tir::Scalar::I64, a as i64)),
            Target::Slot(s, o) => Rv::Slot(s, o),
        })
    }

    /// Address of an anonymous constant.
    pub fn const_address(&mut self, v: ValueId) -> R<tir::Val> {
        let sym = self.s.sym(SymKey::Const(v));
        self.use_sym(sym);
        Ok(self.bld().sym_addr(sym, 0))
    }
}
