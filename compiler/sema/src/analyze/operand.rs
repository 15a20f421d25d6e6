//! Operands: what an instruction gave. Either a comptime value, or a run-time value of a known
//! type in one of four machine forms.

use ir::{Operand, Prim, Ref};
use tir::{Scalar, SlotId, Val};

use super::An;
use crate::pool::{Int, Type, TypeId, Value, ValueId};
use crate::unit::R;

/// What an instruction gave.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Opv {
    /// Not evaluated.
    None,
    /// A comptime value.
    C(ValueId),
    /// A run-time value.
    R(Rt),
    /// An allocation whose type is to be inferred: index into [`An::inferred`].
    Inferred(u32),
}

/// A run-time value.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Rt {
    /// Its type.
    pub ty: TypeId,
    /// Its machine form, as [`Repr`] of the type says.
    pub rv: Rv,
}

/// A machine form.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Rv {
    /// No bits.
    Zst,
    /// One scalar.
    S(Val),
    /// Two scalars.
    P(Val, Val),
    /// Memory at this address that nobody writes any more.
    M(Val),
    /// A pointer to stack memory (form of a one-scalar pointer whose address is not taken yet).
    Slot(SlotId, u32),
}

/// How values of a type are held.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Repr {
    /// No bits at run time.
    Zst,
    /// One scalar.
    S(Scalar),
    /// Two scalars: (scalar, offset in memory) each.
    P((Scalar, u32), (Scalar, u32)),
    /// Memory.
    M,
}

impl An<'_> {
    /// The value of a reference of the running frame.
    pub fn get(&self, r: Ref) -> Opv {
        match r.operand() {
            Operand::None => Opv::None,
            Operand::Inst(i) => self.frame().map.get(i.0 as usize).copied().unwrap_or(Opv::None),
            Operand::Prim(p) => Opv::C(self.prim(p)),
        }
    }

    /// The value of a reference; an internal error if it was never evaluated.
    pub fn op(&mut self, r: Ref) -> R<Opv> {
        match self.get(r) {
            Opv::None => self.fail(format!("internal error: operand {r:?} was not evaluated")),
            Opv::R(Rt { ty, rv: Rv::Zst }) if self.blk.is_typeof && !self.is_comptime() => self.stand_in(ty),
            v => Ok(v),
        }
    }

    /// Under `@TypeOf`, a value of which only the type is known: nothing that is computed from it
    /// is kept, so that any bits will do.
    fn stand_in(&mut self, ty: TypeId) -> R<Opv> {
        let has_form = match *self.s.pool.ty(ty) {
            Type::Float(_) | Type::Vector { .. } => false,
            _ => self.int_info(ty).is_none_or(|(_, bits)| bits <= 64),
        };
        let rv = match if has_form { self.repr(ty)? } else { Repr::Zst } {
            Repr::Zst => Rv::Zst,
            Repr::S(s) => Rv::S(self.const_scalar(s, 0)),
            Repr::P((a, _), (b, _)) => Rv::P(self.const_scalar(a, 0), self.const_scalar(b, 0)),
            Repr::M => Rv::M(self.const_scalar(Scalar::I64, 0)),
        };
        Ok(Opv::R(Rt { ty, rv }))
    }

    /// Sets what an instruction (or hole) of the running frame stands for.
    pub fn set(&mut self, i: ir::InstId, v: Opv) {
        if let Some(slot) = self.frame_mut().map.get_mut(i.0 as usize) {
            *slot = v;
        }
    }

    /// The type of an operand.
    pub fn ty_of(&self, v: Opv) -> TypeId {
        match v {
            Opv::C(v) => self.s.pool.type_of(v),
            Opv::R(rt) => rt.ty,
            Opv::None | Opv::Inferred(_) => TypeId::VOID,
        }
    }

    /// The comptime value of an operand, if it has one.
    pub fn known(&self, v: Opv) -> Option<ValueId> {
        match v {
            Opv::C(v) => Some(v),
            _ => None,
        }
    }
    /// The comptime value, unless undefined.
    pub fn defined(&self, v: Opv) -> Option<ValueId> {
        self.known(v).filter(|&v| !self.is_undef(v))
    }
    /// Whether a value is undefined as a whole.
    pub fn is_undef(&self, v: ValueId) -> bool {
        matches!(self.s.pool.val(v), Value::Undef(_))
    }
    /// The integer that a value holds (ints and enum tags).
    pub fn int_of(&self, v: ValueId) -> Option<Int> {
        match self.s.pool.val(v) {
            Value::Int { val, .. } => Some(val.clone()),
            Value::EnumTag { val, .. } => self.int_of(*val),
            _ => None,
        }
    }
    /// The type that a value of type `type` is.
    pub fn type_value(&self, v: ValueId) -> Option<TypeId> {
        match self.s.pool.val(v) {
            Value::Type(t) => Some(*t),
            _ => None,
        }
    }
    /// An operand for a type.
    pub fn ty_op(&mut self, t: TypeId) -> Opv {
        Opv::C(self.s.pool.type_value(t))
    }
    /// An operand for an integer.
    pub fn int_op(&mut self, t: TypeId, v: impl Into<Int>) -> Opv {
        Opv::C(self.s.pool.int(t, v))
    }
    /// `usize` operand.
    pub fn usize_op(&mut self, v: u64) -> Opv {
        self.int_op(TypeId::USIZE, v)
    }
    /// A bool operand.
    pub fn bool_op(&self, v: bool) -> Opv {
        Opv::C(if v { ValueId::TRUE } else { ValueId::FALSE })
    }
    /// A run-time operand of one scalar.
    pub fn rt_s(&self, ty: TypeId, v: Val) -> Opv {
        Opv::R(Rt { ty, rv: Rv::S(v) })
    }

    /// The pool's value of a well-known operand.
    pub fn prim(&self, p: Prim) -> ValueId {
        self.s.prims[p as usize]
    }
}

/// The values of all [`Prim`]s, in their order.
pub fn prim_values(pool: &mut crate::pool::Pool) -> Vec<ValueId> {
    use crate::pool::CInt;
    Prim::ALL
        .iter()
        .map(|&p| {
            let int = |signed, bits| Type::Int { signed, bits };
            let ty = match p {
                Prim::U0 => int(false, 0),
                Prim::I0 => int(true, 0),
                Prim::U1 => int(false, 1),
                Prim::U8 => int(false, 8),
                Prim::I8 => int(true, 8),
                Prim::U16 => int(false, 16),
                Prim::I16 => int(true, 16),
                Prim::U29 => int(false, 29),
                Prim::U32 => int(false, 32),
                Prim::I32 => int(true, 32),
                Prim::U64 => int(false, 64),
                Prim::I64 => int(true, 64),
                Prim::U80 => int(false, 80),
                Prim::U128 => int(false, 128),
                Prim::I128 => int(true, 128),
                Prim::U256 => int(false, 256),
                Prim::Usize => Type::Usize,
                Prim::Isize => Type::Isize,
                Prim::CChar => Type::CInt(CInt::Char),
                Prim::CShort => Type::CInt(CInt::Short),
                Prim::CUshort => Type::CInt(CInt::UShort),
                Prim::CInt => Type::CInt(CInt::Int),
                Prim::CUint => Type::CInt(CInt::UInt),
                Prim::CLong => Type::CInt(CInt::Long),
                Prim::CUlong => Type::CInt(CInt::ULong),
                Prim::CLonglong => Type::CInt(CInt::LongLong),
                Prim::CUlonglong => Type::CInt(CInt::ULongLong),
                Prim::CLongdouble => Type::Float(80),
                Prim::F16 => Type::Float(16),
                Prim::F32 => Type::Float(32),
                Prim::F64 => Type::Float(64),
                Prim::F80 => Type::Float(80),
                Prim::F128 => Type::Float(128),
                Prim::Anyopaque => Type::AnyOpaque,
                Prim::Bool => Type::Bool,
                Prim::Void => Type::Void,
                Prim::Type => Type::Type,
                Prim::Anyerror => Type::AnyError,
                Prim::ComptimeInt => Type::ComptimeInt,
                Prim::ComptimeFloat => Type::ComptimeFloat,
                Prim::Noreturn => Type::Noreturn,
                Prim::Anyframe => Type::AnyFrame,
                Prim::NullType => Type::Null,
                Prim::UndefinedType => Type::Undefined,
                Prim::EnumLiteralType => Type::EnumLiteral,
                Prim::SliceConstU8 => return pool.type_value(TypeId::SLICE_CONST_U8),
                Prim::SliceConstU8Z => {
                    let zero = pool.int(TypeId::U8, 0i64);
                    let t = pool.ptr_type(crate::pool::PtrType {
                        size: syntax::ast::PtrSize::Slice,
                        child: TypeId::U8,
                        sentinel: Some(zero),
                        align: None,
                        is_const: true,
                        is_volatile: false,
                        allowzero: false,
                        packed: None,
                    });
                    return pool.type_value(t);
                }
                Prim::AnyerrorVoid => return pool.type_value(TypeId::ANYERROR_VOID),
                Prim::Undefined => return ValueId::UNDEF,
                Prim::Null => return ValueId::NULL,
                Prim::True => return ValueId::TRUE,
                Prim::False => return ValueId::FALSE,
                Prim::VoidValue => return ValueId::VOID,
                Prim::UnreachableValue => return ValueId::UNREACHABLE,
                Prim::EmptyTuple => return ValueId::EMPTY_TUPLE,
                Prim::Zero => return pool.int(TypeId::COMPTIME_INT, 0i64),
                Prim::One => return pool.int(TypeId::COMPTIME_INT, 1i64),
                Prim::NegativeOne => return pool.int(TypeId::COMPTIME_INT, -1i64),
                Prim::ZeroUsize => return pool.int(TypeId::USIZE, 0i64),
                Prim::OneUsize => return pool.int(TypeId::USIZE, 1i64),
                Prim::ZeroU8 => return pool.int(TypeId::U8, 0i64),
                Prim::OneU8 => return pool.int(TypeId::U8, 1i64),
            };
            let t = pool.intern_type(ty);
            pool.type_value(t)
        })
        .collect()
}
