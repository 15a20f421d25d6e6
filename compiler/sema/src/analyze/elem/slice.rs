//! `x[a..b]`.

use ir::ComptimeReason;
use syntax::ast::{Node, PtrSize};
use tir::Cmp;

use crate::analyze::arith::{BinPlaces, Kind, Overflow};
use crate::analyze::{An, Opv, Rt, Rv};
use crate::msg::{Place, SemaMsg};
use crate::pool::{PtrType, Type, TypeId, Value, ValueId};
use crate::unit::R;

/// Places of the parts.
#[derive(Clone, Copy)]
struct Places {
    src: Place,
    lhs: Place,
    start: Place,
    end: Place,
    sentinel: Place,
}

/// What is sliced.
#[derive(Clone, Copy)]
enum From {
    /// An array of this many elements, behind a pointer.
    Array(u64),
    /// A slice value.
    Slice(Opv),
    /// A pointer to many elements, without an end.
    Many,
}

impl An<'_> {
    fn slice_places(&self, length_of: Option<syntax::NodeId>) -> Places {
        let f = self.frame();
        let node = self.node();
        let src = self.at(node);
        let Node::Slice { lhs, start, end, sentinel, .. } = f.ast.node(node) else {
            return Places { src, lhs: src, start: src, end: src, sentinel: src };
        };
        let (mut lhs, mut start) = (lhs, start);
        if let Some(n) = length_of
            && let Node::Slice { lhs: l, start: s, .. } = f.ast.node(n)
        {
            (lhs, start) = (l, s);
        }
        let of = |n: Option<syntax::NodeId>| n.map_or(src, |n| self.at(n));
        Places { src, lhs: self.at(lhs), start: self.at(start), end: of(end), sentinel: of(sentinel) }
    }

    /// `usize` subtraction (or addition), folded where known.
    pub(super) fn usize_arith(&mut self, kind: Kind, a: Opv, b: Opv, at: Place, checked: bool) -> R<Opv> {
        if kind == Kind::Sub && self.known_len(b) == Some(0) || kind == Kind::Add && self.known_len(b) == Some(0) {
            return Ok(a);
        }
        let p = BinPlaces { op: at, lhs: at, rhs: at };
        self.arith(kind, if checked { Overflow::Checked } else { Overflow::Unchecked }, a, b, p)
    }

    /// `Inst::Slice`
    pub fn slice_inst(&mut self, index: u32) -> R<Opv> {
        let ir = self.frame().ir.clone();
        let Some(s) = ir.slices.get(index as usize).copied() else { return self.fail("internal error: no such slice") };
        let p = self.slice_places(s.length_of);
        let lhs = self.op(s.lhs)?;
        let start = self.op(s.start)?;
        let end = match s.end.some() {
            Some(r) => Some(self.op(r)?),
            None => None,
        };
        let sentinel = match s.sentinel.some() {
            Some(r) => Some(self.op(r)?),
            None => None,
        };
        self.slice(lhs, start, end, sentinel, s.length_of.is_some(), p)
    }

    fn slice(
        &mut self,
        lhs: Opv,
        start: Opv,
        end: Option<Opv>,
        sentinel: Option<Opv>,
        by_length: bool,
        p: Places,
    ) -> R<Opv> {
        let lhs_ty = self.ty_of(lhs);
        let Some(outer) = self.s.pool.ptr_info(lhs_ty) else { return self.fail("internal error: slice of a value") };
        let ty = outer.child;
        let mut single = false;
        // A many-pointer (or pointer to an array, or slice) and what it has of an end.
        let (ptr, from, elem, own_sentinel) = match self.s.pool.ty(ty).clone() {
            Type::Array { len, child, sentinel } => (lhs, From::Array(len), child, sentinel),
            Type::Ptr(info) => {
                let v = self.load_part(lhs, p.lhs)?;
                match (info.size, self.s.pool.ty(info.child).clone()) {
                    (PtrSize::One, Type::Array { len, child, sentinel }) => (v, From::Array(len), child, sentinel),
                    (PtrSize::One, _) => {
                        self.check_single_bounds(start, end, p)?;
                        if sentinel.is_some() {
                            return self.fail_at(p.sentinel, "slice of single-item pointer cannot have sentinel");
                        }
                        single = true;
                        (v, From::Array(1), info.child, None)
                    }
                    (PtrSize::Slice, _) => (v, From::Slice(v), info.child, info.sentinel),
                    (PtrSize::Many | PtrSize::C, _) => {
                        if let Opv::C(c) = v
                            && info.size == PtrSize::C
                            && matches!(self.s.pool.val(c), Value::Ptr { base: crate::pool::PtrBase::Addr(0), .. })
                        {
                            return self.fail_at(p.src, "slice of null pointer");
                        }
                        (v, From::Many, info.child, info.sentinel)
                    }
                }
            }
            _ => {
                let n = self.type_name(ty);
                let msg = SemaMsg::new(p.src, format!("slice of non-array type '{n}'"));
                let msg = self.note_type_declared(msg, ty);
                return self.fail_msg(msg);
            }
        };
        let start = self.index(start, p.start)?;
        // Attributes of the result come from a many-pointer to the first element.
        let ptr_ty = self.ty_of(ptr);
        let Some(ptr_info) = self.s.pool.ptr_info(ptr_ty) else { return self.fail("internal error: not a pointer") };
        let base = match from {
            From::Slice(v) => {
                if self.known(v).is_none() {
                    self.require_runtime(p.lhs, None)?;
                }
                self.slice_parts(v)?.0
            }
            _ => ptr,
        };
        let first_info = self.moved_info(&ptr_info, elem, start)?;

        // Where it ends, and whether that is where the whole ends.
        let mut end_is_len = false;
        let length = match (by_length, end) {
            (true, Some(l)) => Some(self.index(l, p.end)?),
            _ => None,
        };
        let given = match (length, end) {
            (Some(l), _) => Some(self.usize_arith(Kind::Add, start, l, p.src, true)?),
            (None, Some(e)) => Some(self.index(e, p.end)?),
            (None, None) => None,
        };
        let end = match (from, given) {
            (From::Array(len), Some(e)) => {
                if let Some(n) = self.known_len(e) {
                    let all = len + u64::from(own_sentinel.is_some());
                    if n > all {
                        let what = if own_sentinel.is_some() { " +1 (sentinel)" } else { "" };
                        let text = if single {
                            format!("end index {n} out of bounds for slice of single-item pointer")
                        } else {
                            format!("end index {n} out of bounds for array of length {len}{what}")
                        };
                        return self.fail_at(p.end, text);
                    }
                    end_is_len = n == len;
                }
                e
            }
            (From::Array(len), None) => {
                end_is_len = true;
                self.usize_op(len)
            }
            (From::Slice(v), Some(e)) => {
                if let (Some(n), Some(len)) = (self.known_len(e), self.known_slice_len(v, p.src)?) {
                    if n > len + u64::from(own_sentinel.is_some()) {
                        let what = if own_sentinel.is_some() { " +1 (sentinel)" } else { "" };
                        return self
                            .fail_at(p.end, format!("end index {n} out of bounds for slice of length {len}{what}"));
                    }
                    end_is_len = n == len;
                }
                e
            }
            (From::Slice(v), None) => {
                end_is_len = true;
                self.known_slice_len(v, p.src)?;
                self.slice_parts(v)?.1
            }
            (From::Many, Some(e)) => e,
            (From::Many, None) => {
                // Without an end it is the pointer moved on.
                let t =
                    self.s.pool.ptr_type(PtrType { size: ptr_info.size, sentinel: ptr_info.sentinel, ..first_info });
                return self.moved_ptr(base, start, elem, t, p);
            }
        };
        let sentinel = match sentinel {
            Some(v) => {
                let v = self.coerce(elem, v, p.sentinel)?;
                self.refuse_undef(v, p.sentinel)?;
                Some(self.need_comptime(v, p.sentinel, ComptimeReason::SliceSentinel)?)
            }
            None => None,
        };
        let result_sentinel = sentinel.or(if end_is_len { own_sentinel } else { None });

        let checked_order = match (self.known_len(start), self.known_len(end)) {
            (Some(a), Some(b)) => {
                if a > b {
                    return self.fail_at(p.start, format!("start index {a} is larger than end index {b}"));
                }
                if let (Some(s), Opv::C(v)) = (result_sentinel, base) {
                    self.check_known_sentinel(v, elem, b, s, p)?;
                }
                true
            }
            (Some(0), None) => true,
            _ => false,
        };
        let runtime_checks = self.blk.safety && !self.is_comptime() && !self.blk.is_typeof;
        if runtime_checks && !by_length && !checked_order {
            let (a, b) = (self.scalar_of(start)?, self.scalar_of(end)?);
            let ok = self.bld().cmp(Cmp::ULe, a, b);
            self.check(ok, "startGreaterThanEnd", &[a, b])?;
        }
        let len = match length {
            Some(l) => l,
            None => self.usize_arith(Kind::Sub, end, start, p.src, false)?,
        };

        let known_len = self.known_len(len);
        let result_ty = match known_len {
            Some(n) => {
                let array = self.s.pool.array(n, elem, result_sentinel);
                self.s.pool.ptr_type(PtrType { size: PtrSize::One, child: array, sentinel: None, ..first_info })
            }
            None => self.s.pool.ptr_type(PtrType {
                size: PtrSize::Slice,
                child: elem,
                sentinel: result_sentinel,
                ..first_info
            }),
        };
        let all_known = known_len.is_some() && self.known(base).is_some() && self.known_len(start).is_some();
        if all_known && self.is_undef_operand(base) {
            if known_len == Some(0) {
                return Ok(Opv::C(self.s.pool.undef(result_ty)));
            }
            return self.fail_at(p.src, "non-zero length slice of undefined pointer");
        }
        if !all_known {
            let start_at = (self.known(base).is_some() && self.known_len(start).is_none()).then_some(p.start);
            self.require_runtime(p.src, start_at)?;
        }
        if runtime_checks && (!all_known || matches!(from, From::Slice(_))) {
            self.check_end(ptr, from, own_sentinel, sentinel, end, ptr_info.size, p)?;
        }
        let many_ty = self.s.pool.ptr_type(PtrType { size: PtrSize::Many, child: elem, sentinel: None, ..first_info });
        let first = self.moved_ptr(base, start, elem, many_ty, p)?;
        if runtime_checks
            && let Some(s) = result_sentinel
            && (sentinel.is_some() || !end_is_len)
            && self.known(first).is_none()
        {
            self.check_sentinel(first, elem, len, s)?;
        }
        match known_len {
            Some(_) => self.retype_ptr(first, result_ty),
            None => self.make_slice(result_ty, first, len),
        }
    }

    /// Slices of single-item pointers have known bounds.
    fn check_single_bounds(&mut self, start: Opv, end: Option<Opv>, p: Places) -> R<()> {
        let text = "slice of single-item pointer must have bounds [0..0], [0..1], or [1..1]";
        let Some(end) = end else { return self.fail_at(p.src, "slice of single-item pointer must be bounded") };
        let reason = ComptimeReason::SliceSingleItemPtrBounds;
        let a = self.index(start, p.start)?;
        let a = self.need_comptime(a, p.start, reason)?;
        let b = self.index(end, p.end)?;
        let b = self.need_comptime(b, p.end, reason)?;
        let (Some(a), Some(b)) = (self.int_of(a).and_then(|i| i.to_u64()), self.int_of(b).and_then(|i| i.to_u64()))
        else {
            return Ok(());
        };
        if a == b {
            if a > 1 {
                return self.fail_at(p.end, format!("end index {b} out of bounds for slice of single-item pointer"));
            }
        } else if a != 0 {
            return self.fail_msg(SemaMsg::new(p.start, text).note(p.start, format!("expected '0', found '{a}'")));
        } else if b != 1 {
            return self.fail_msg(SemaMsg::new(p.end, text).note(p.end, format!("expected '1', found '{b}'")));
        }
        Ok(())
    }

    /// Attributes of a pointer to the element at `start`.
    fn moved_info(&mut self, info: &PtrType, elem: TypeId, start: Opv) -> R<PtrType> {
        let at = match self.known_len(start) {
            Some(0) => {
                return Ok(PtrType {
                    size: PtrSize::Many,
                    child: elem,
                    sentinel: None,
                    allowzero: info.allowzero && info.size != PtrSize::C,
                    ..*info
                });
            }
            n => n,
        };
        let t = self.elem_ptr_type(info, elem, at)?;
        let align = self.s.pool.ptr_info(t).and_then(|i| i.align);
        let allowzero = info.allowzero && info.size != PtrSize::C;
        Ok(PtrType { size: PtrSize::Many, child: elem, sentinel: None, align, allowzero, ..*info })
    }

    /// The known length of a slice value; an undefined one cannot be sliced.
    fn known_slice_len(&mut self, v: Opv, src: Place) -> R<Option<u64>> {
        let Opv::C(c) = v else { return Ok(None) };
        match *self.s.pool.val(c) {
            Value::Slice { len, .. } => Ok(self.int_of(len).and_then(|n| n.to_u64())),
            Value::Undef(_) => self.fail_at(src, "slice of undefined"),
            _ => Ok(None),
        }
    }

    /// A pointer to element `start`, of type `ty`.
    fn moved_ptr(&mut self, base: Opv, start: Opv, elem: TypeId, ty: TypeId, p: Places) -> R<Opv> {
        match (base, self.known_len(start)) {
            (_, Some(0)) => self.retype_ptr(base, ty),
            (Opv::C(v), Some(n)) if matches!(self.s.pool.val(v), Value::Ptr { .. }) => {
                let v = self.elem_ptr_value(v, n, ty)?;
                Ok(Opv::C(v))
            }
            (Opv::C(v), _) if self.is_undef(v) => Ok(Opv::C(self.s.pool.undef(ty))),
            _ => {
                self.require_runtime(p.src, None)?;
                let rt = self.to_rt(base)?;
                let at = self.element_address(rt, start, elem)?;
                Ok(Opv::R(Rt { ty, rv: at.rv }))
            }
        }
    }

    /// Complains if a known pointer has something else where the sentinel should be.
    fn check_known_sentinel(&mut self, base: ValueId, elem: TypeId, at: u64, sentinel: ValueId, p: Places) -> R<()> {
        if self.is_undef(base) || !matches!(self.s.pool.val(base), Value::Ptr { .. }) {
            return Ok(());
        }
        let t = self.s.pool.single_ptr(elem, true);
        let e = self.elem_ptr_value(base, at, t)?;
        if let Some(found) = self.load_comptime(e)?
            && self.s.pool.type_of(found) == elem
            && found != sentinel
        {
            let (a, b) = (self.value_text(sentinel), self.value_text(found));
            let msg = SemaMsg::new(p.src, "value in memory does not match slice sentinel");
            return self.fail_msg(msg.note(p.src, format!("expected '{a}', found '{b}'")));
        }
        Ok(())
    }

    /// At run time: panics unless the end is inside, and a C pointer is one.
    fn check_end(
        &mut self,
        ptr: Opv,
        from: From,
        own_sentinel: Option<ValueId>,
        sentinel: Option<ValueId>,
        end: Opv,
        size: PtrSize,
        p: Places,
    ) -> R<()> {
        if matches!(from, From::Many) {
            if size == PtrSize::C && self.known(ptr).is_none() {
                let v = self.scalar_of(ptr)?;
                let ok = self.bld().cmp_imm(Cmp::Ne, v, 0);
                self.check(ok, "unwrapNull", &[])?;
            }
            return Ok(());
        }
        let one = self.usize_op(1);
        let (len, whole) = match from {
            From::Array(n) => (
                self.usize_op(n + u64::from(own_sentinel.is_some())),
                self.known_len(end) == Some(n) && sentinel.is_none(),
            ),
            From::Slice(v) => {
                let len = self.slice_parts(v)?.1;
                let whole = len == end && sentinel.is_none();
                let len =
                    if own_sentinel.is_some() { self.usize_arith(Kind::Add, len, one, p.src, false)? } else { len };
                (len, whole)
            }
            From::Many => return Ok(()),
        };
        if whole {
            return Ok(());
        }
        let end = if sentinel.is_some() { self.usize_arith(Kind::Add, end, one, p.src, true)? } else { end };
        if let (Some(a), Some(b)) = (self.known_len(end), self.known_len(len))
            && a <= b
        {
            return Ok(());
        }
        let (a, b) = (self.scalar_of(end)?, self.scalar_of(len)?);
        let ok = self.bld().cmp(Cmp::ULe, a, b);
        self.check(ok, "outOfBounds", &[a, b])
    }

    /// At run time: panics unless the sentinel stands behind the last element.
    fn check_sentinel(&mut self, first: Opv, elem: TypeId, len: Opv, sentinel: ValueId) -> R<()> {
        if self.int_info(elem).is_none() && elem != TypeId::BOOL {
            return self.unsupported("a sentinel that is not an integer");
        }
        let base = self.to_rt(first)?;
        let at = self.element_address(base, len, elem)?;
        let found = self.load_rt(at, elem, 0, false, true)?;
        let Rv::S(a) = found.rv else { return Ok(()) };
        let b = self.scalar_of(Opv::C(sentinel))?;
        let ok = self.bld().cmp(Cmp::Eq, a, b);
        self.check_generic(ok, "sentinelMismatch", &[Opv::C(sentinel), Opv::R(found)])
    }
}
