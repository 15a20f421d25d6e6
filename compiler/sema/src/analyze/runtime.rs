//! Run-time values: their machine forms, and moving them between scalars and memory.

use tir::{BinOp, Inst as T, Scalar, Sig, SlotId, Val};

use super::{An, Opv, Repr, Rt, Rv};
use crate::pool::{FnType, Type, TypeId, Value, ValueId};
use crate::unit::R;

/// How a function's parameters and result travel.
#[derive(Clone, Debug)]
pub struct Abi {
    /// Machine signature.
    pub sig: Sig,
    /// The result is written to memory whose address is the first parameter.
    pub sret: bool,
}

impl An<'_> {
    /// How values of a type are held.
    pub fn repr(&mut self, ty: TypeId) -> R<Repr> {
        if let Some((_, bits)) = self.int_info(ty) {
            if bits == 0 {
                return Ok(Repr::Zst);
            }
            return match Scalar::for_bits(u32::from(bits)) {
                Some(s) => Ok(Repr::S(s)),
                None => self.unsupported("an integer of more than 64 bits at run time"),
            };
        }
        Ok(match self.s.pool.ty(ty).clone() {
            Type::Bool => Repr::S(Scalar::I8),
            Type::Void | Type::Noreturn | Type::Null | Type::Undefined => Repr::Zst,
            Type::AnyError | Type::ErrorSet(_) | Type::InferredErrorSet(_) => Repr::S(Scalar::I16),
            Type::Ptr(p) if p.size == syntax::ast::PtrSize::Slice => Repr::P((Scalar::I64, 0), (Scalar::I64, 8)),
            Type::Ptr(_) => Repr::S(Scalar::I64),
            Type::Enum(_) | Type::UnionTag(_) => {
                let t = self.enum_int_type(ty)?;
                self.repr(t)?
            }
            Type::Optional(c) => {
                if self.is_ptr_like_optional(ty) {
                    return self.repr(c);
                }
                match self.repr(c)? {
                    Repr::Zst => Repr::S(Scalar::I8),
                    Repr::S(s) => Repr::P((s, 0), (Scalar::I8, s.size())),
                    Repr::P(..) | Repr::M => Repr::M,
                }
            }
            Type::ErrorUnion { payload, .. } => match self.repr(payload)? {
                Repr::Zst => Repr::S(Scalar::I16),
                Repr::S(s) => {
                    let (p, e) = eu_offsets(u64::from(s.size()), s.size());
                    Repr::P((s, p as u32), (Scalar::I16, e as u32))
                }
                Repr::P(..) | Repr::M => Repr::M,
            },
            Type::Float(_) => return self.unsupported("floating-point at run time"),
            Type::Vector { .. } => return self.unsupported("vectors at run time"),
            _ => {
                if self.layout(ty)?.size == 0 {
                    Repr::Zst
                } else {
                    Repr::M
                }
            }
        })
    }

    /// The scalars of a value, in order.
    pub fn scalars(&mut self, rt: Rt) -> Vec<Val> {
        match rt.rv {
            Rv::Zst => vec![],
            Rv::S(v) | Rv::M(v) => vec![v],
            Rv::P(a, b) => vec![a, b],
            Rv::Slot(s, o) => vec![self.bld().slot_addr(s, o)],
        }
    }

    /// The one scalar of a value.
    pub fn scalar(&mut self, rt: Rt) -> R<Val> {
        match rt.rv {
            Rv::S(v) | Rv::M(v) => Ok(v),
            Rv::Slot(s, o) => Ok(self.bld().slot_addr(s, o)),
            Rv::Zst | Rv::P(..) => {
                let name = self.type_name(rt.ty);
                self.fail(format!("internal error: a value of type '{name}' is not one scalar"))
            }
        }
    }

    /// The one scalar of an operand.
    pub fn scalar_of(&mut self, v: Opv) -> R<Val> {
        let rt = self.to_rt(v)?;
        self.scalar(rt)
    }

    /// The value of a type that has one only.
    pub fn only_value(&mut self, ty: TypeId) -> R<Opv> {
        match self.opv(ty)? {
            Some(v) => Ok(Opv::C(v)),
            None => Ok(Opv::R(Rt { ty, rv: Rv::Zst })),
        }
    }

    /// A constant of one scalar.
    pub fn const_scalar(&mut self, s: Scalar, v: i64) -> Val {
        self.bld().iconst(s, v)
    }

    /// An operand as a run-time value.
    pub fn to_rt(&mut self, v: Opv) -> R<Rt> {
        let id = match v {
            Opv::R(rt) => return Ok(rt),
            Opv::C(id) => id,
            Opv::None | Opv::Inferred(_) => return self.fail("internal error: operand was not evaluated"),
        };
        let ty = self.s.pool.type_of(id);
        let repr = self.repr(ty)?;
        if self.is_undef(id) {
            return self.undef_rt(ty, repr);
        }
        let rv = match repr {
            Repr::Zst => Rv::Zst,
            // What points to a local is no constant of the program.
            Repr::M if self.has_comptime_ref(id) => return self.value_on_stack(id),
            Repr::M => {
                let addr = self.const_address(id)?;
                Rv::M(addr)
            }
            Repr::S(s) => self.scalar_const(id, s)?,
            Repr::P((a, _), (b, _)) => match self.s.pool.val(id).clone() {
                Value::Slice { ptr, len, .. } => {
                    let p = self.scalar_of(Opv::C(ptr))?;
                    let l = self.scalar_of(Opv::C(len))?;
                    Rv::P(p, l)
                }
                Value::Opt { val: Some(v), .. } => {
                    let p = self.scalar_of(Opv::C(v))?;
                    Rv::P(p, self.const_scalar(b, 1))
                }
                Value::Opt { val: None, .. } => {
                    let p = self.const_scalar(a, 0);
                    Rv::P(p, self.const_scalar(b, 0))
                }
                Value::ErrUnionPayload { val, .. } => {
                    let p = self.scalar_of(Opv::C(val))?;
                    Rv::P(p, self.const_scalar(b, 0))
                }
                Value::ErrUnionErr { name, .. } => {
                    let n = self.error_number(name);
                    let p = self.const_scalar(a, 0);
                    Rv::P(p, self.const_scalar(b, i64::from(n)))
                }
                _ => return self.fail("internal error: constant of two scalars"),
            },
        };
        Ok(Rt { ty, rv })
    }

    fn scalar_const(&mut self, id: ValueId, s: Scalar) -> R<Rv> {
        Ok(match self.s.pool.val(id).clone() {
            Value::Bool(b) => Rv::S(self.const_scalar(s, i64::from(b))),
            Value::Int { val, .. } => {
                let bits = match val.to_i64() {
                    Some(v) => v,
                    None => val.to_u64().unwrap_or(0) as i64,
                };
                Rv::S(self.const_scalar(s, bits))
            }
            Value::EnumTag { val, .. } => return self.scalar_const(val, s),
            Value::Err { name, .. } | Value::ErrUnionErr { name, .. } => {
                let n = self.error_number(name);
                Rv::S(self.const_scalar(s, i64::from(n)))
            }
            Value::ErrUnionPayload { .. } => Rv::S(self.const_scalar(s, 0)),
            Value::Opt { val: None, .. } => Rv::S(self.const_scalar(s, 0)),
            Value::Opt { val: Some(v), ty } => {
                if self.is_ptr_like_optional(ty) {
                    return self.scalar_const(v, s);
                }
                Rv::S(self.const_scalar(s, 1))
            }
            Value::Ptr { .. } => return self.ptr_const(id),
            Value::Func { func, .. } => {
                let sym = self.s.funcs[func.0 as usize].sym;
                self.use_sym(sym);
                Rv::S(self.bld().sym_addr(sym, 0))
            }
            Value::Undef(_) => Rv::S(self.const_scalar(s, undef_pattern(s))),
            other => {
                let _ = other;
                return self.fail("internal error: constant of one scalar");
            }
        })
    }

    /// An undefined value: the byte 0xaa where safety asks for it.
    fn undef_rt(&mut self, ty: TypeId, repr: Repr) -> R<Rt> {
        let rv = match repr {
            Repr::Zst => Rv::Zst,
            Repr::S(s) => {
                // The container invariant must hold for odd widths and bools.
                let v = match self.int_info(ty) {
                    Some((signed, bits)) => {
                        let p = crate::pool::Int::from(undef_pattern(Scalar::I64)).wrap(signed, bits);
                        p.to_i64().unwrap_or_else(|| p.to_u64().unwrap_or(0) as i64)
                    }
                    None if ty == TypeId::BOOL => 0,
                    None => undef_pattern(s),
                };
                Rv::S(self.const_scalar(s, v))
            }
            Repr::P((a, _), (b, _)) => {
                let x = self.const_scalar(a, undef_pattern(a));
                Rv::P(x, self.const_scalar(b, undef_pattern(b)))
            }
            Repr::M => {
                let l = self.layout(ty)?;
                let slot = self.bld().slot(l.size as u32, l.align);
                let dst = self.bld().slot_addr(slot, 0);
                if self.blk.safety {
                    self.bld().inst(T::FillImm { dst, byte: 0xaa, len: l.size as u32 });
                }
                Rv::M(dst)
            }
        };
        Ok(Rt { ty, rv })
    }

    /// Reads a value of type `ty` at `ptr + offset`. An aggregate is copied, unless `borrow`.
    pub fn load_rt(&mut self, ptr: Rt, ty: TypeId, offset: u32, volatile: bool, borrow: bool) -> R<Rt> {
        let repr = self.repr(ty)?;
        let rv = match repr {
            Repr::Zst => Rv::Zst,
            Repr::S(s) => Rv::S(self.load_scalar(ptr, s, offset, volatile)?),
            Repr::P((a, ao), (b, bo)) => {
                let x = self.load_scalar(ptr, a, offset + ao, volatile)?;
                Rv::P(x, self.load_scalar(ptr, b, offset + bo, volatile)?)
            }
            Repr::M => {
                let src = self.address(ptr, offset)?;
                if borrow {
                    Rv::M(src)
                } else {
                    let l = self.layout(ty)?;
                    let slot = self.bld().slot(l.size as u32, l.align);
                    let dst = self.bld().slot_addr(slot, 0);
                    self.bld().inst(T::Copy { dst, src, len: l.size as u32, align: l.align });
                    Rv::M(dst)
                }
            }
        };
        if rv == Rv::Zst
            && let Opv::C(_) = self.only_value(ty)?
        {
            return Ok(Rt { ty, rv: Rv::Zst });
        }
        Ok(Rt { ty, rv })
    }

    /// Reads one scalar.
    pub fn load_scalar(&mut self, ptr: Rt, s: Scalar, offset: u32, volatile: bool) -> R<Val> {
        if let (Rv::Slot(slot, o), false) = (ptr.rv, volatile) {
            let dst = self.bld().val(s);
            self.bld().inst(T::SlotLoad { dst, slot, offset: o + offset });
            return Ok(dst);
        }
        let addr = self.scalar(ptr)?;
        let dst = self.bld().val(s);
        self.bld().inst(T::Load { dst, addr, offset: offset as i32, volatile });
        Ok(dst)
    }

    /// Writes a value at `ptr + offset`.
    pub fn store_rt(&mut self, ptr: Rt, val: Rt, offset: u32) -> R<()> {
        self.store_rt_volatile(ptr, val, offset, false)
    }

    /// See [`An::store_rt`].
    pub fn store_rt_volatile(&mut self, ptr: Rt, val: Rt, offset: u32, volatile: bool) -> R<()> {
        match (val.rv, self.repr(val.ty)?) {
            (Rv::Zst, _) => {}
            (Rv::P(a, b), Repr::P((_, ao), (_, bo))) => {
                self.store_scalar(ptr, a, offset + ao, volatile)?;
                self.store_scalar(ptr, b, offset + bo, volatile)?;
            }
            (Rv::M(src), _) => {
                let l = self.layout(val.ty)?;
                let dst = self.address(ptr, offset)?;
                self.bld().inst(T::Copy { dst, src, len: l.size as u32, align: 1 });
            }
            _ => {
                let v = self.scalar(val)?;
                self.store_scalar(ptr, v, offset, volatile)?;
            }
        }
        Ok(())
    }

    /// Writes one scalar.
    pub fn store_scalar(&mut self, ptr: Rt, val: Val, offset: u32, volatile: bool) -> R<()> {
        if let (Rv::Slot(slot, o), false) = (ptr.rv, volatile) {
            self.bld().inst(T::SlotStore { slot, offset: o + offset, val });
            return Ok(());
        }
        let addr = self.scalar(ptr)?;
        self.bld().inst(T::Store { addr, offset: offset as i32, val, volatile });
        Ok(())
    }

    /// The address `ptr + offset` as a scalar.
    pub fn address(&mut self, ptr: Rt, offset: u32) -> R<Val> {
        match ptr.rv {
            Rv::Slot(s, o) => Ok(self.bld().slot_addr(s, o + offset)),
            _ => {
                let v = self.scalar(ptr)?;
                Ok(if offset == 0 { v } else { self.bld().bin_imm(BinOp::Add, v, i64::from(offset)) })
            }
        }
    }

    /// A pointer of type `ty` to `ptr + offset`.
    pub fn offset_ptr(&mut self, ptr: Rt, offset: u32, ty: TypeId) -> R<Rt> {
        let rv = match ptr.rv {
            Rv::Slot(s, o) => Rv::Slot(s, o + offset),
            _ => Rv::S(self.address(ptr, offset)?),
        };
        Ok(Rt { ty, rv })
    }

    /// A value in memory, and a pointer to it (of type `*const ty`).
    pub fn spill(&mut self, rt: Rt) -> R<Rt> {
        let ptr_ty = self.s.pool.single_ptr(rt.ty, true);
        if let Rv::M(v) = rt.rv {
            return Ok(Rt { ty: ptr_ty, rv: Rv::S(v) });
        }
        let slot = self.new_slot(rt.ty)?;
        let ptr = Rt { ty: ptr_ty, rv: Rv::Slot(slot, 0) };
        self.store_rt(ptr, rt, 0)?;
        Ok(ptr)
    }

    /// Stack memory for a value of a type.
    pub fn new_slot(&mut self, ty: TypeId) -> R<SlotId> {
        let l = self.layout(ty)?;
        let size = match u32::try_from(l.size) {
            Ok(s) if s < 1 << 30 => s,
            _ => return self.unsupported("a local of one gigabyte or more"),
        };
        Ok(self.bld().slot(size, l.align))
    }

    /// The part of an aggregate value in memory that stands at `offset`.
    pub fn part_of(&mut self, rt: Rt, offset: u32, ty: TypeId) -> R<Rt> {
        let ptr = self.spill(rt)?;
        self.load_rt(ptr, ty, offset, false, true)
    }

    /// How a function of this type is called. Its types must be concrete.
    pub fn abi(&mut self, f: &FnType) -> R<Abi> {
        let mut sig = Sig { params: Vec::new(), rets: Vec::new(), c_abi: f.cc == crate::pool::CallConv::C };
        let mut sret = false;
        let ret = f.ret.unwrap_or(TypeId::VOID);
        match self.repr(ret)? {
            Repr::Zst => {}
            Repr::S(s) => sig.rets.push(s),
            Repr::P((a, _), (b, _)) => {
                if sig.c_abi && !self.s.pool.is_slice(ret) {
                    return self.unsupported("this return type in a function of C's convention");
                }
                sig.rets.extend([a, b]);
            }
            Repr::M => {
                if sig.c_abi {
                    return self.unsupported("an aggregate returned by a function of C's convention");
                }
                sret = true;
                sig.params.push(Scalar::I64);
            }
        }
        for p in f.params.iter() {
            let Some(t) = p.ty else { return self.fail("internal error: generic parameter at run time") };
            if p.is_comptime || self.is_comptime_only(t)? {
                continue;
            }
            match self.repr(t)? {
                Repr::Zst => {}
                Repr::S(s) => sig.params.push(s),
                Repr::P((a, _), (b, _)) => sig.params.extend([a, b]),
                Repr::M => {
                    if sig.c_abi {
                        return self.unsupported("an aggregate passed to a function of C's convention");
                    }
                    sig.params.push(Scalar::I64);
                }
            }
        }
        Ok(Abi { sig, sret })
    }

    /// Emits a return of the function under construction.
    pub fn emit_return(&mut self, ret_ty: TypeId, v: Opv) -> R<()> {
        let rt = self.to_rt(v)?;
        match self.repr(ret_ty)? {
            Repr::M => {
                let dst = self.bld().param(0);
                self.store_rt(Rt { ty: TypeId::USIZE, rv: Rv::S(dst) }, rt, 0)?;
                self.bld().ret(&[]);
            }
            _ => {
                let vals = self.scalars(rt);
                self.bld().ret(&vals);
            }
        }
        Ok(())
    }
}

fn undef_pattern(s: Scalar) -> i64 {
    match s {
        Scalar::I8 => 0xaa,
        Scalar::I16 => 0xaaaa,
        Scalar::I32 => 0xaaaa_aaaa,
        Scalar::I64 => 0xaaaa_aaaa_aaaa_aaaau64 as i64,
    }
}

/// Offsets of payload and error code in an error union, as Zig orders them.
pub fn eu_offsets(payload_size: u64, payload_align: u32) -> (u64, u64) {
    if payload_align >= 2 { (0, payload_size.next_multiple_of(2)) } else { (2, 0) }
}
