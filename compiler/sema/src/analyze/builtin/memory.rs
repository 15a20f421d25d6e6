//! `@memcpy`, `@memmove`, `@memset`.

use ir::Ref;
use syntax::ast::PtrSize;
use tir::{BinOp as Bin, Cmp, Inst as T, Scalar, Val};

use crate::analyze::arith::UNDEF_USE;
use crate::analyze::coerce::{Reasons, Why};
use crate::analyze::comptime_mem::Root;
use crate::analyze::{An, Opv, Rt, Rv};
use crate::msg::{Place, SemaMsg};
use crate::pool::{PtrType, Type, TypeId, Value, ValueId};
use crate::unit::R;

/// An operand: a pointer to elements and how many, if it says so.
#[derive(Clone, Copy)]
struct Range {
    ptr: Opv,
    len: Option<Opv>,
    elem: TypeId,
    info: PtrType,
}

impl An<'_> {
    fn mem_operand(&mut self, v: Opv, place: Place) -> R<Range> {
        let ty = self.ty_of(v);
        if let Some(info) = self.s.pool.ptr_info(ty) {
            match (info.size, self.s.pool.ty(info.child).clone()) {
                (PtrSize::Slice, _) => {
                    self.refuse_undef(v, place)?;
                    let (ptr, len) = self.slice_parts(v)?;
                    return Ok(Range { ptr, len: Some(len), elem: info.child, info });
                }
                (PtrSize::Many | PtrSize::C, _) => return Ok(Range { ptr: v, len: None, elem: info.child, info }),
                (PtrSize::One, Type::Array { len, child, .. }) => {
                    let len = self.usize_op(len);
                    return Ok(Range { ptr: v, len: Some(len), elem: child, info });
                }
                _ => {}
            }
        }
        let n = self.type_name(ty);
        let msg = SemaMsg::new(place, format!("type '{n}' is not an indexable pointer"))
            .note(place, "operand must be a slice, a many pointer or a pointer to an array");
        self.fail_msg(msg)
    }

    /// `@memcpy`, `@memmove`
    pub(super) fn mem_copy(&mut self, dest: Ref, src: Ref, overlap: bool) -> R<()> {
        let (d, s) = (self.op(dest)?, self.op(src)?);
        let (here, dp, sp) = (self.here(), self.arg_place(0), self.arg_place(1));
        let (dt, st) = (self.ty_of(d), self.ty_of(s));
        let to = self.mem_operand(d, dp)?;
        let from = self.mem_operand(s, sp)?;
        if to.info.is_const {
            return self.fail_at(dp, "cannot copy to constant pointer");
        }
        if to.len.is_none() && from.len.is_none() {
            let (a, b) = (self.type_name(dt), self.type_name(st));
            let msg = SemaMsg::new(here, "unknown copy length")
                .note(dp, format!("destination type '{a}' provides no length"))
                .note(sp, format!("source type '{b}' provides no length"));
            return self.fail_msg(msg);
        }
        if let Err(why) = self.same_memory(to.elem, from.elem, false)? {
            let (a, b) = (self.type_name(from.elem), self.type_name(to.elem));
            let msg = SemaMsg::new(here, format!("pointer element type '{a}' cannot coerce into element type '{b}'"));
            let msg = self.note_reasons(msg, &why);
            return self.fail_msg(msg);
        }
        let known =
            |an: &Self, l: Option<Opv>| l.and_then(|l| an.known(l)).and_then(|v| an.int_of(v)).and_then(|i| i.to_u64());
        let (kd, ks) = (known(self, to.len), known(self, from.len));
        if let (Some(a), Some(b)) = (kd, ks)
            && a != b
        {
            let msg = SemaMsg::new(here, "non-matching copy lengths")
                .note(dp, format!("length {a} here"))
                .note(sp, format!("length {b} here"));
            return self.fail_msg(msg);
        }
        let count = kd.or(ks);
        if let (Opv::C(a), Opv::C(b), Some(n)) = (to.ptr, from.ptr, count)
            && self.copy_known(a, b, n, to.elem, from.elem, overlap, here, dp)?
        {
            return Ok(());
        }
        let unknown = if self.known(d).is_none() { dp } else { sp };
        self.require_runtime(here, unknown)?;
        let Some(len) = to.len.or(from.len) else { return Ok(()) };
        let size = self.layout(to.elem)?.size;
        let n = self.scalar_of(len)?;
        if self.blk.safety
            && count.is_none_or(|_| kd.is_none() || ks.is_none())
            && let (Some(a), Some(b)) = (to.len, from.len)
        {
            let (a, b) = (self.scalar_of(a)?, self.scalar_of(b)?);
            let ok = self.bld().cmp(Cmp::Eq, a, b);
            self.check(ok, "copyLenMismatch", &[])?;
        }
        if size == 0 || count == Some(0) {
            return Ok(());
        }
        let (a, b) = (self.scalar_of(to.ptr)?, self.scalar_of(from.ptr)?);
        let bytes = if size == 1 { n } else { self.bld().bin_imm(Bin::Mul, n, size as i64) };
        if self.blk.safety && !overlap {
            let a_end = self.bld().bin(Bin::Add, a, bytes);
            let b_end = self.bld().bin(Bin::Add, b, bytes);
            let after = self.bld().cmp(Cmp::UGe, a, b_end);
            let before = self.bld().cmp(Cmp::UGe, b, a_end);
            let ok = self.bld().bin(Bin::Or, after, before);
            self.check(ok, "memcpyAlias", &[])?;
        }
        self.bld().inst(T::CopyDyn { dst: a, src: b, len: bytes, overlap });
        Ok(())
    }

    /// Adds why two types differ in memory.
    pub(super) fn note_reasons(&self, mut msg: SemaMsg, why: &Reasons) -> SemaMsg {
        let at = msg.place;
        if why.no_match {
            return msg;
        }
        for n in &why.notes {
            msg = match n {
                Why::Text(t) => msg.note(at, t.clone()),
                Why::Declared(t) => self.declared_here(msg, *t),
            };
        }
        msg
    }

    /// Whether a comptime pointer leads to a comptime variable.
    fn is_comptime_memory(&self, ptr: ValueId) -> bool {
        match self.ptr_path(ptr) {
            Some((Root::Comptime(i), _)) => self.cmem.get(&i).is_some_and(|a| a.lazy.is_none()),
            _ => false,
        }
    }

    fn copy_known(
        &mut self,
        to: ValueId,
        from: ValueId,
        n: u64,
        elem: TypeId,
        src_elem: TypeId,
        overlap: bool,
        here: Place,
        dp: Place,
    ) -> R<bool> {
        if !self.is_comptime() && !self.is_comptime_memory(to) {
            return Ok(false);
        }
        if n > 1 << 24 {
            return self.unsupported("copying that many elements at compile time");
        }
        let from_ptr = self.s.pool.single_ptr(src_elem, true);
        let to_ptr = self.s.pool.single_ptr(elem, false);
        let mut values = Vec::with_capacity(n as usize);
        for i in 0..n {
            let p = self.elem_ptr_value(from, i, from_ptr)?;
            match self.load_comptime(p)? {
                Some(v) => values.push(self.retype_value(v, elem)?),
                None => return Ok(false),
            }
        }
        if !overlap && n > 0 && self.known_alias(to, from, n, elem)? {
            return self.fail_at(here, "'@memcpy' arguments alias");
        }
        for (i, v) in values.into_iter().enumerate() {
            let p = self.elem_ptr_value(to, i as u64, to_ptr)?;
            if !self.store_comptime(p, v, dp)? {
                return if i == 0 { Ok(false) } else { self.fail("internal error: part of a copy") };
            }
        }
        Ok(true)
    }

    fn known_alias(&mut self, a: ValueId, b: ValueId, n: u64, elem: TypeId) -> R<bool> {
        use crate::analyze::comptime_mem::Step;
        let t = self.s.pool.single_ptr(elem, true);
        let (a, b) = (self.elem_ptr_value(a, 0, t)?, self.elem_ptr_value(b, 0, t)?);
        let (Some((ra, mut sa)), Some((rb, mut sb))) = (self.ptr_path(a), self.ptr_path(b)) else { return Ok(false) };
        let start = |s: &mut Vec<Step>| match s.last() {
            Some(&Step::Elem(i)) => {
                s.pop();
                i
            }
            _ => 0,
        };
        let (x, y) = (start(&mut sa), start(&mut sb));
        Ok(ra == rb && sa == sb && x < y.saturating_add(n) && y < x.saturating_add(n))
    }

    /// `@memset`
    pub(super) fn mem_set(&mut self, dest: Ref, elem: Ref) -> R<()> {
        let d = self.op(dest)?;
        let (here, dp, ep) = (self.here(), self.arg_place(0), self.arg_place(1));
        let dt = self.ty_of(d);
        let to = self.mem_operand(d, dp)?;
        if to.info.is_const {
            return self.fail_at(dp, "cannot memset constant pointer");
        }
        let Some(len) = to.len else {
            let a = self.type_name(dt);
            let msg = SemaMsg::new(here, "unknown @memset length")
                .note(dp, format!("destination type '{a}' provides no length"));
            return self.fail_msg(msg);
        };
        let v = self.op(elem)?;
        let v = self.coerce(to.elem, v, ep)?;
        let count = self.known(len).and_then(|l| self.int_of(l)).and_then(|l| l.to_u64());
        if let (Opv::C(p), Some(n)) = (to.ptr, count)
            && (self.is_comptime() || self.is_comptime_memory(p))
            && let Opv::C(c) = v
        {
            if self.is_undef(p) && n > 0 {
                return self.fail_at(dp, UNDEF_USE);
            }
            let t = self.s.pool.single_ptr(to.elem, false);
            for i in 0..n {
                let e = self.elem_ptr_value(p, i, t)?;
                if !self.store_comptime(e, c, dp)? {
                    return self.unsupported("@memset of this memory at compile time");
                }
            }
            return Ok(());
        }
        let unknown = if self.known(d).is_none() { dp } else { ep };
        self.require_runtime(here, unknown)?;
        let size = self.layout(to.elem)?.size;
        if size == 0 || count == Some(0) {
            return Ok(());
        }
        let n = self.scalar_of(len)?;
        let dst = self.scalar_of(to.ptr)?;
        if let Some(byte) = self.fill_byte(v, size)? {
            let Some(byte) = byte else { return Ok(()) };
            let bytes = if size == 1 { n } else { self.bld().bin_imm(Bin::Mul, n, size as i64) };
            self.bld().inst(T::Fill { dst, byte, len: bytes });
            return Ok(());
        }
        let rt = self.to_rt(v)?;
        self.fill_loop(dst, n, rt, size)
    }

    /// The byte that all of an element consists of: `Some(None)` if nothing need be written.
    fn fill_byte(&mut self, v: Opv, size: u64) -> R<Option<Option<Val>>> {
        if let Opv::C(c) = v {
            if self.is_undef(c) {
                return Ok(Some(if self.blk.safety { Some(self.const_scalar(Scalar::I8, 0xaa)) } else { None }));
            }
            if let (Some(i), true) = (self.int_of(c), matches!(self.s.pool.val(c), Value::Int { .. })) {
                let bytes = i.to_le_bytes(size as usize);
                if let Some(&b) = bytes.first()
                    && bytes.iter().all(|&x| x == b)
                {
                    return Ok(Some(Some(self.const_scalar(Scalar::I8, i64::from(b)))));
                }
                return Ok(None);
            }
        }
        if size == 1 {
            let rt = self.to_rt(v)?;
            if let Rv::S(x) = rt.rv
                && self.bld().scalar(x) == Scalar::I8
            {
                return Ok(Some(Some(x)));
            }
        }
        Ok(None)
    }

    fn fill_loop(&mut self, dst: Val, n: Val, value: Rt, size: u64) -> R<()> {
        let zero = self.const_scalar(Scalar::I64, 0);
        let (head, body, end) = {
            let b = self.bld();
            (b.block(), b.block(), b.block())
        };
        let b = self.bld();
        let i = b.block_param(head, Scalar::I64);
        b.jump(head, &[zero]);
        b.switch_to(head);
        let more = b.cmp(Cmp::ULt, i, n);
        b.br(more, body, end);
        b.switch_to(body);
        let offset = b.bin_imm(Bin::Mul, i, size as i64);
        let at = b.bin(Bin::Add, dst, offset);
        self.store_rt(Rt { ty: TypeId::USIZE, rv: Rv::S(at) }, value, 0)?;
        let b = self.bld();
        let next = b.bin_imm(Bin::Add, i, 1);
        b.jump(head, &[next]);
        b.switch_to(end);
        Ok(())
    }
}
