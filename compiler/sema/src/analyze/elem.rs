//! `x[i]`: elements of arrays, slices, tuples and pointers, their addresses, and the lengths that
//! `for` loops run over. Slicing stands in [`slice`].

use ir::{Body, ComptimeReason, Inst, InstId, Ref, Refs};
use syntax::NodeId;
use syntax::ast::{Node, PtrSize};
use tir::{BinOp, Cmp, Scalar, Val};

use super::{An, Opv, Rt, Rv};
use crate::msg::{Place, SemaMsg};
use crate::pool::{PtrType, Type, TypeId, Value, ValueId};
use crate::unit::R;

mod for_len;
mod part;
mod slice;
mod types;

impl An<'_> {
    /// Where the index of the access at hand stands.
    fn index_place(&self) -> Place {
        self.here_sel(|n| match n {
            Node::Index { index, .. } => Some(*index),
            _ => None,
        })
    }

    /// `Inst::ElemVal`, `Inst::ForElemVal`
    pub fn elem_val_inst(&mut self, lhs: Ref, index: Ref, check: bool) -> R<Opv> {
        let v = self.op(lhs)?;
        let i = self.op(index)?;
        let (src, at) = (self.here(), self.index_place());
        self.elem_val(v, i, src, at, check)
    }

    /// `Inst::ElemPtr`, `Inst::ForElemPtr`
    pub fn elem_ptr_inst(&mut self, ptr: Ref, index: Ref, check: bool) -> R<Opv> {
        let p = self.op(ptr)?;
        let i = self.op(index)?;
        let (src, at) = (self.here(), self.index_place());
        if !check {
            return self.for_elem_ptr(p, i, src, at);
        }
        let ty = self.ty_of(p);
        let Some(info) = self.s.pool.ptr_info(ty).filter(|p| p.size != PtrSize::Slice) else {
            let n = self.type_name(ty);
            return self.fail_at(src, format!("expected pointer, found '{n}'"));
        };
        self.check_indexable(info.child, src)?;
        match self.s.pool.ty(info.child) {
            Type::Array { .. } => self.array_elem_ptr(p, i, src, at, true),
            Type::Vector { .. } => self.unsupported("vectors at run time"),
            Type::Struct(_) | Type::Tuple { .. } => self.tuple_elem_ptr(p, i, at),
            _ => {
                let v = self.load(p, src, true)?;
                self.one_layer_elem_ptr(v, i, src, at, true)
            }
        }
    }

    /// Address of an element of what a `for` loop walks over by reference.
    fn for_elem_ptr(&mut self, p: Opv, i: Opv, src: Place, at: Place) -> R<Opv> {
        let ty = self.ty_of(p);
        match self.s.pool.ty(ty) {
            Type::Ptr(_) => self.one_layer_elem_ptr(p, i, src, at, false),
            _ => {
                let n = self.type_name(ty);
                let capture = self.for_capture_place(src);
                let msg = SemaMsg::new(capture, format!("pointer capture of non pointer type '{n}'"))
                    .note(src, "consider using '&' here");
                self.fail_msg(msg)
            }
        }
    }

    /// Where the capture of an input of a `for` begins: as many captures follow it as inputs follow
    /// the input.
    fn for_capture_place(&self, input: Place) -> Place {
        let text = |t: u32| self.token_text(input.member, syntax::Tok(t));
        let (mut t, mut depth, mut later) = (self.extent(input).1.0 + 1, 0u32, 0usize);
        loop {
            match text(t) {
                b"(" | b"[" | b"{" => depth += 1,
                b")" if depth == 0 => break,
                b")" | b"]" | b"}" => depth = depth.saturating_sub(1),
                b"," if depth == 0 && text(t + 1) != b")" => later += 1,
                b"" => return input,
                _ => {}
            }
            t += 1;
        }
        if text(t + 1) != b"|" {
            return input;
        }
        let mut starts = vec![t + 2];
        t += 2;
        while !matches!(text(t), b"|" | b"") {
            if text(t) == b"," && text(t + 1) != b"|" {
                starts.push(t + 1);
            }
            t += 1;
        }
        match starts.iter().rev().nth(later) {
            Some(&s) => Place::tok(input.member, syntax::Tok(s)),
            None => input,
        }
    }

    /// Address of an element behind a pointer or slice.
    fn one_layer_elem_ptr(&mut self, v: Opv, i: Opv, src: Place, at: Place, check: bool) -> R<Opv> {
        let ty = self.ty_of(v);
        self.check_indexable(ty, src)?;
        let Some(info) = self.s.pool.ptr_info(ty) else { return self.fail("internal error: not a pointer") };
        match info.size {
            PtrSize::Slice => self.slice_elem_ptr(v, i, src, at, check),
            PtrSize::Many | PtrSize::C => {
                let i = self.index(i, at)?;
                self.many_elem_ptr(v, i, src)
            }
            PtrSize::One => match self.s.pool.ty(info.child) {
                Type::Array { .. } => self.array_elem_ptr(v, i, src, at, check),
                Type::Struct(_) | Type::Tuple { .. } => self.tuple_elem_ptr(v, i, at),
                _ => self.unsupported("vectors at run time"),
            },
        }
    }

    /// Whether a type can be indexed.
    pub fn is_indexable(&mut self, ty: TypeId) -> R<bool> {
        Ok(match *self.s.pool.ty(ty) {
            Type::Array { .. } | Type::Vector { .. } | Type::Tuple { .. } => true,
            Type::Struct(c) => self.fields(c)?.is_tuple,
            Type::Ptr(p) if p.size == PtrSize::One => match *self.s.pool.ty(p.child) {
                Type::Array { .. } | Type::Vector { .. } | Type::Tuple { .. } => true,
                Type::Struct(c) => self.fields(c)?.is_tuple,
                _ => false,
            },
            Type::Ptr(_) => true,
            _ => false,
        })
    }

    fn check_indexable(&mut self, ty: TypeId, src: Place) -> R<()> {
        if self.is_indexable(ty)? {
            return Ok(());
        }
        let n = self.type_name(ty);
        let msg = SemaMsg::new(src, format!("type '{n}' does not support indexing"));
        self.fail_msg(msg.note(src, "operand must be an array, slice, tuple, or vector"))
    }

    /// An index as `usize`, defined if known.
    fn index(&mut self, i: Opv, at: Place) -> R<Opv> {
        let i = self.coerce(TypeId::USIZE, i, at)?;
        self.refuse_undef(i, at)?;
        Ok(i)
    }

    /// The number that a `usize` operand is known to be.
    pub fn known_len(&self, v: Opv) -> Option<u64> {
        self.known(v).and_then(|v| self.int_of(v)).and_then(|i| i.to_u64())
    }

    /// `v[i]`; an aggregate is borrowed, see [`An::own_part`].
    pub fn elem_val(&mut self, v: Opv, i: Opv, src: Place, at: Place, check: bool) -> R<Opv> {
        let ty = self.ty_of(v);
        self.check_indexable(ty, src)?;
        match self.s.pool.ty(ty).clone() {
            Type::Array { len, child, sentinel } => self.array_elem_val(v, i, (len, child, sentinel), src, at, check),
            Type::Tuple { .. } | Type::Struct(_) => {
                let index = self.tuple_index_operand(ty, i, at)?;
                self.field_val_index(v, index, src)
            }
            Type::Ptr(p) => match p.size {
                PtrSize::One => match self.s.pool.ty(p.child) {
                    Type::Array { .. } => {
                        let e = self.array_elem_ptr(v, i, src, at, check)?;
                        self.load_part(e, src)
                    }
                    Type::Tuple { .. } | Type::Struct(_) => {
                        let e = self.tuple_elem_ptr(v, i, at)?;
                        self.load_part(e, src)
                    }
                    _ => self.unsupported("vectors at run time"),
                },
                PtrSize::Slice => {
                    let e = self.slice_elem_ptr(v, i, src, at, check)?;
                    self.load_part(e, src)
                }
                PtrSize::Many | PtrSize::C => {
                    let i = self.index(i, at)?;
                    let e = self.many_elem_ptr(v, i, src)?;
                    self.load_part(e, src)
                }
            },
            Type::Vector { child, .. } => {
                let i = self.index(i, at)?;
                match (v, self.known_len(i)) {
                    (Opv::C(c), Some(n)) => match self.elem_value(c, n)? {
                        Some(e) => Ok(Opv::C(e)),
                        None => {
                            let n = self.type_name(child);
                            self.fail_at(at, format!("internal error: no element of type '{n}'"))
                        }
                    },
                    _ => self.unsupported("vectors at run time"),
                }
            }
            _ => self.fail("internal error: not indexable"),
        }
    }

    /// Reads a part; in code evaluated at compile time one that is not known is no error yet.
    pub(super) fn load_part(&mut self, p: Opv, src: Place) -> R<Opv> {
        let ty = self.ty_of(p);
        if let (true, Opv::R(_), Some(info)) = (self.is_comptime(), p, self.s.pool.ptr_info(ty)) {
            return Ok(Opv::R(Rt { ty: info.child, rv: Rv::Zst }));
        }
        self.load(p, src, true)
    }

    /// A part of an aggregate is borrowed from memory. Where that memory may be written while the
    /// part is in use, it becomes a copy.
    pub fn own_part(&mut self, ir: &ir::MemberIr, body: Body, next: usize, id: InstId, lhs: Ref, v: Opv) -> R<Opv> {
        let Opv::R(Rt { ty, rv: Rv::M(addr) }) = v else { return Ok(v) };
        let from = self.get(lhs);
        let from_ty = self.ty_of(from);
        let borrowed = lhs.inst().is_some_and(|i| {
            matches!(
                ir.inst(i),
                Inst::Load(_)
                    | Inst::FieldVal { .. }
                    | Inst::FieldValNamed { .. }
                    | Inst::ElemVal { .. }
                    | Inst::ForElemVal { .. }
            )
        });
        if !(borrowed || self.s.pool.is_ptr(from_ty)) || self.can_elide_load(ir, body, next, id) {
            return Ok(v);
        }
        self.copy_of(ty, addr)
    }

    /// A copy of an aggregate in memory.
    fn copy_of(&mut self, ty: TypeId, addr: Val) -> R<Opv> {
        let from = Rt { ty: self.s.pool.single_ptr(ty, true), rv: Rv::S(addr) };
        Ok(Opv::R(self.load_rt(from, ty, 0, false, false)?))
    }

    /// A part that nothing keeps borrowed.
    pub(super) fn owned(&mut self, v: Opv) -> R<Opv> {
        match v {
            Opv::R(Rt { ty, rv: Rv::M(addr) }) if !self.is_comptime() => self.copy_of(ty, addr),
            v => Ok(v),
        }
    }

    fn array_elem_val(
        &mut self,
        v: Opv,
        i: Opv,
        array: (u64, TypeId, Option<ValueId>),
        src: Place,
        at: Place,
        check: bool,
    ) -> R<Opv> {
        let (len, child, sentinel) = array;
        let i = self.index(i, at)?;
        let known = self.check_array_index(i, len, sentinel, src, at)?;
        if let (Opv::C(c), Some(n)) = (v, known) {
            return match self.elem_value(c, n)? {
                Some(e) => Ok(Opv::C(e)),
                None => self.fail_at(at, "internal error: array without this element"),
            };
        }
        if let (Some(n), Some(s)) = (known, sentinel)
            && n == len
        {
            return Ok(Opv::C(s));
        }
        let ty = self.ty_of(v);
        self.check_runtime_index(ty, child, known.is_none(), src, at)?;
        if let Some(u) = self.unknown_at_comptime(child) {
            return Ok(u);
        }
        self.check_bounds(i, known, len, sentinel.is_some(), check)?;
        if let Some(only) = self.opv(child)? {
            return Ok(Opv::C(only));
        }
        let rt = self.to_rt(v)?;
        let base = self.spill(rt)?;
        let p = self.element_address(base, i, child)?;
        Ok(Opv::R(self.load_rt(p, child, 0, false, true)?))
    }

    /// An index into an array, if known and inside.
    fn check_array_index(
        &mut self,
        i: Opv,
        len: u64,
        sentinel: Option<ValueId>,
        src: Place,
        at: Place,
    ) -> R<Option<u64>> {
        let all = len + u64::from(sentinel.is_some());
        if all == 0 {
            return self.fail_at(src, "indexing into empty array is not allowed");
        }
        let known = self.known_len(i);
        if let Some(n) = known
            && n >= all
        {
            let label = if sentinel.is_some() { " +1 (sentinel)" } else { "" };
            return self.fail_at(at, format!("index {n} outside array of length {len}{label}"));
        }
        Ok(known)
    }

    /// Complains about a run-time index into what exists at compile time only.
    fn check_runtime_index(&mut self, ty: TypeId, child: TypeId, runtime: bool, src: Place, at: Place) -> R<()> {
        if runtime && self.is_comptime_only(child)? {
            let n = self.type_name(ty);
            let msg = SemaMsg::new(
                at,
                format!("values of type '{n}' must be comptime-known, but index value is runtime-known"),
            );
            let msg = if child == TypeId::TYPE { msg.note(src, "types are not available at runtime") } else { msg };
            return self.fail_msg(msg);
        }
        Ok(())
    }

    /// At run time: panics unless an index is inside.
    fn check_bounds(&mut self, i: Opv, known: Option<u64>, len: u64, sentinel: bool, check: bool) -> R<()> {
        if !check || known.is_some() || !self.blk.safety || self.blk.is_typeof {
            return Ok(());
        }
        let iv = self.scalar_of(i)?;
        let lv = self.word(len);
        let ok = self.bld().cmp(if sentinel { Cmp::ULe } else { Cmp::ULt }, iv, lv);
        self.check(ok, "outOfBounds", &[iv, lv])
    }

    /// Address of an element of the array that `p` points to.
    pub fn array_elem_ptr(&mut self, p: Opv, i: Opv, src: Place, at: Place, check: bool) -> R<Opv> {
        let ty = self.ty_of(p);
        let Some(info) = self.s.pool.ptr_info(ty) else { return self.fail("internal error: not a pointer") };
        let Type::Array { len, child, sentinel } = *self.s.pool.ty(info.child) else {
            return self.fail("internal error: not an array");
        };
        let i = self.index(i, at)?;
        let known = self.check_array_index(i, len, sentinel, src, at)?;
        let elem_ty = self.elem_ptr_type(&info, child, known)?;
        if let (Opv::C(v), Some(n)) = (p, known) {
            return Ok(Opv::C(self.elem_ptr_value(v, n, elem_ty)?));
        }
        self.check_runtime_index(info.child, child, known.is_none(), src, at)?;
        if let Some(u) = self.unknown_at_comptime(elem_ty) {
            return Ok(u);
        }
        self.check_bounds(i, known, len, sentinel.is_some(), check)?;
        self.runtime_elem_ptr(p, i, known, child, elem_ty)
    }

    fn slice_elem_ptr(&mut self, v: Opv, i: Opv, src: Place, at: Place, check: bool) -> R<Opv> {
        let ty = self.ty_of(v);
        let Some(info) = self.s.pool.ptr_info(ty) else { return self.fail("internal error: not a slice") };
        let i = self.index(i, at)?;
        let known = self.known_len(i);
        let elem_ty = self.elem_ptr_type(&info, info.child, known)?;
        if let Opv::C(c) = v {
            self.refuse_undef(v, src)?;
            if let Value::Slice { ptr, len, .. } = *self.s.pool.val(c)
                && let Some(len) = self.int_of(len).and_then(|l| l.to_u64())
            {
                let all = len + u64::from(info.sentinel.is_some());
                if all == 0 {
                    return self.fail_at(src, "indexing into empty slice is not allowed");
                }
                if let Some(n) = known {
                    if n >= all {
                        let label = if info.sentinel.is_some() { " +1 (sentinel)" } else { "" };
                        return self.fail_at(at, format!("index {n} outside slice of length {len}{label}"));
                    }
                    return Ok(Opv::C(self.elem_ptr_value(ptr, n, elem_ty)?));
                }
            }
        }
        self.check_runtime_index(ty, info.child, known.is_none(), src, at)?;
        if let Some(u) = self.unknown_at_comptime(elem_ty) {
            return Ok(u);
        }
        let (p, l) = self.slice_parts(v)?;
        if check && self.blk.safety && !self.blk.is_typeof {
            let (iv, lv) = (self.scalar_of(i)?, self.scalar_of(l)?);
            let ok = self.bld().cmp(if info.sentinel.is_some() { Cmp::ULe } else { Cmp::ULt }, iv, lv);
            self.check(ok, "outOfBounds", &[iv, lv])?;
        }
        self.runtime_elem_ptr(p, i, known, info.child, elem_ty)
    }

    /// Address of element `i` of a many-pointer, unchecked.
    pub fn many_elem_ptr(&mut self, p: Opv, i: Opv, src: Place) -> R<Opv> {
        let ty = self.ty_of(p);
        let Some(info) = self.s.pool.ptr_info(ty) else { return self.fail("internal error: not a pointer") };
        let known = self.known_len(i);
        let elem_ty = self.elem_ptr_type(&info, info.child, known)?;
        if let Opv::C(v) = p {
            self.refuse_undef(p, src)?;
            if let Some(n) = known
                && matches!(self.s.pool.val(v), Value::Ptr { .. })
            {
                return Ok(Opv::C(self.elem_ptr_value(v, n, elem_ty)?));
            }
        }
        self.check_runtime_index(ty, info.child, known.is_none(), src, src)?;
        if let Some(u) = self.unknown_at_comptime(elem_ty) {
            return Ok(u);
        }
        self.runtime_elem_ptr(p, i, known, info.child, elem_ty)
    }

    fn runtime_elem_ptr(&mut self, p: Opv, i: Opv, known: Option<u64>, child: TypeId, elem_ty: TypeId) -> R<Opv> {
        let base = self.to_rt(p)?;
        if let Some(n) = known
            && let Some(offset) =
                self.layout(child)?.size.checked_mul(n).and_then(|o| u32::try_from(o).ok()).filter(|&o| o < 1 << 31)
        {
            return Ok(Opv::R(self.offset_ptr(base, offset, elem_ty)?));
        }
        let at = self.element_address(base, i, child)?;
        Ok(Opv::R(Rt { ty: elem_ty, rv: at.rv }))
    }

    /// Address of element `i` of elements of type `child` at `base`.
    pub fn element_address(&mut self, base: Rt, i: Opv, child: TypeId) -> R<Rt> {
        let size = self.layout(child)?.size;
        let addr = self.scalar(base)?;
        let rv = match size {
            0 => Rv::S(addr),
            _ => {
                let i = self.scalar_of(i)?;
                let scaled = self.scaled(i, size);
                Rv::S(self.bld().bin(BinOp::Add, addr, scaled))
            }
        };
        Ok(Rt { ty: base.ty, rv })
    }

    fn scaled(&mut self, i: Val, size: u64) -> Val {
        let b = self.bld();
        let i = b.cast(i, Scalar::I64, false);
        match size {
            1 => i,
            s if s.is_power_of_two() => b.bin_imm(BinOp::Shl, i, i64::from(s.trailing_zeros())),
            s => b.bin_imm(BinOp::Mul, i, s as i64),
        }
    }

    /// Type of a pointer to an element; `index` if known.
    pub fn elem_ptr_type(&mut self, parent: &PtrType, child: TypeId, index: Option<u64>) -> R<TypeId> {
        let plain = self.ptr_to_part(parent, child);
        let Some(info) = self.s.pool.ptr_info(plain) else { return Ok(plain) };
        let align = match parent.align {
            None => None,
            Some(a) => {
                let l = self.layout(child)?;
                let step = index.map_or(Some(l.size), |n| l.size.checked_mul(n)).unwrap_or(1);
                let a = if step == 0 { a } else { a.min(super::field::pointer::offset_align(step)) };
                (a != l.align).then_some(a)
            }
        };
        let allowzero = parent.allowzero && parent.size != PtrSize::C && index == Some(0);
        Ok(self.s.pool.ptr_type(PtrType { align, allowzero, ..info }))
    }

    // ---- tuples

    /// The comptime index into a tuple.
    fn tuple_index_operand(&mut self, ty: TypeId, i: Opv, at: Place) -> R<u32> {
        let i = self.index(i, at)?;
        let v = self.need_comptime(i, at, ComptimeReason::TupleFieldIndex)?;
        let len = self.tuple_fields(ty)?.map_or(0, |(t, _)| t.len());
        let n = self.int_of(v).and_then(|n| n.to_u64()).unwrap_or(u64::MAX);
        if len == 0 {
            return self.fail_at(at, "indexing into empty tuple is not allowed");
        }
        if n >= len as u64 {
            return self.fail_at(at, format!("index {n} outside tuple of length {len}"));
        }
        Ok(n as u32)
    }

    fn tuple_elem_ptr(&mut self, p: Opv, i: Opv, at: Place) -> R<Opv> {
        let ty = self.ty_of(p);
        let child = self.s.pool.child_of(ty).unwrap_or(TypeId::VOID);
        let index = self.tuple_index_operand(child, i, at)?;
        self.field_ptr_index(p, index, None)
    }

    /// `Inst::ElemValImm`
    pub fn elem_val_imm(&mut self, operand: Ref, index: u32) -> R<Opv> {
        let v = self.op(operand)?;
        let src = self.here();
        let i = self.usize_op(u64::from(index));
        let e = self.elem_val(v, i, src, src, false)?;
        self.owned(e)
    }

    /// `Inst::ValidateDestructure`
    pub fn validate_destructure(&mut self, operand: Ref, len: u32, destructure: NodeId) -> R<()> {
        let v = self.op(operand)?;
        let ty = self.ty_of(v);
        let src = self.here();
        let at = self.at(destructure);
        let found = match self.s.pool.ty(ty) {
            Type::Array { len, .. } => Some(*len),
            Type::Vector { len, .. } => Some(u64::from(*len)),
            _ => self.tuple_fields(ty)?.map(|(t, _)| t.len() as u64),
        };
        match found {
            Some(n) if n == u64::from(len) => Ok(()),
            Some(n) => {
                let msg = SemaMsg::new(src, format!("expected {len} elements for destructure, found {n}"));
                self.fail_msg(msg.note(at, "result destructured here"))
            }
            None => {
                let n = self.type_name(ty);
                let msg = SemaMsg::new(src, format!("type '{n}' cannot be destructured"));
                self.fail_msg(msg.note(at, "result destructured here"))
            }
        }
    }

    /// `Inst::IndexablePtrLen`
    pub fn indexable_ptr_len(&mut self, r: Ref) -> R<Opv> {
        let v = self.op(r)?;
        let src = self.here();
        self.indexable_len(v, src)
    }

    /// Length of what can be indexed.
    fn indexable_len(&mut self, v: Opv, src: Place) -> R<Opv> {
        let name = self.s.names.len;
        self.field_val(v, name, src)
    }

    /// `Inst::ForLen`
    pub fn for_len(&mut self, list: Refs) -> R<Opv> {
        let ir = self.frame().ir.clone();
        let refs: Vec<Ref> = ir.refs(list).collect();
        self.for_len_of(&refs)
    }
}
