//! Short ways to build types and values.

use syntax::ast::PtrSize;
use syntax::{Interner, Name};

use super::Pool;
use crate::pool::{FnType, Int, PtrType, Type, TypeId, Value, ValueId};

impl PtrType {
    /// A plain pointer: mutable, naturally aligned, without sentinel. Fill in the rest with
    /// `PtrType { is_const: true, ..PtrType::new(..) }`.
    pub fn new(size: PtrSize, child: TypeId) -> PtrType {
        PtrType {
            size,
            child,
            sentinel: None,
            align: None,
            is_const: false,
            is_volatile: false,
            allowzero: false,
            packed: None,
        }
    }
}

/// Types.
impl Pool {
    /// `u7`, `i32`
    pub fn int_type(&mut self, signed: bool, bits: u16) -> TypeId {
        self.intern_type(Type::Int { signed, bits })
    }

    /// Any pointer. A C pointer is `allowzero` whatever was said.
    pub fn ptr_type(&mut self, ptr: PtrType) -> TypeId {
        let allowzero = ptr.allowzero || ptr.size == PtrSize::C;
        self.intern_type(Type::Ptr(PtrType { allowzero, ..ptr }))
    }

    /// `*T`, `*const T`
    pub fn single_ptr(&mut self, child: TypeId, is_const: bool) -> TypeId {
        self.ptr_type(PtrType { is_const, ..PtrType::new(PtrSize::One, child) })
    }

    /// `[*]T`, `[*]const T`
    pub fn many_ptr(&mut self, child: TypeId, is_const: bool) -> TypeId {
        self.ptr_type(PtrType { is_const, ..PtrType::new(PtrSize::Many, child) })
    }

    /// `[]T`, `[]const T`
    pub fn slice(&mut self, child: TypeId, is_const: bool) -> TypeId {
        self.ptr_type(PtrType { is_const, ..PtrType::new(PtrSize::Slice, child) })
    }

    /// `[n]T`, `[n:s]T`
    pub fn array(&mut self, len: u64, child: TypeId, sentinel: Option<ValueId>) -> TypeId {
        self.intern_type(Type::Array { len, child, sentinel })
    }

    /// `?T`
    pub fn optional(&mut self, child: TypeId) -> TypeId {
        self.intern_type(Type::Optional(child))
    }

    /// `E!T`
    pub fn error_union(&mut self, set: TypeId, payload: TypeId) -> TypeId {
        self.intern_type(Type::ErrorUnion { set, payload })
    }

    /// `error{A, B}`. Leaves `names` sorted by text and without duplicates.
    pub fn error_set(&mut self, names: &mut Vec<Name>, interner: &Interner) -> TypeId {
        // Equal names are equal text, so sorting by text brings duplicates together.
        names.sort_by_cached_key(|&n| interner.text(n));
        names.dedup();
        self.intern_type(Type::ErrorSet(names.as_slice().into()))
    }

    /// A tuple without comptime fields.
    pub fn tuple(&mut self, types: &[TypeId]) -> TypeId {
        self.tuple_with_values(types, &vec![None; types.len()])
    }

    /// A tuple; fields with a value are comptime. Both lists have the same length.
    pub fn tuple_with_values(&mut self, types: &[TypeId], values: &[Option<ValueId>]) -> TypeId {
        debug_assert_eq!(types.len(), values.len());
        self.intern_type(Type::Tuple { types: types.into(), values: values.into() })
    }

    /// `fn (…) T`
    pub fn fn_type(&mut self, ty: FnType) -> TypeId {
        self.intern_type(Type::Fn(ty))
    }
}

/// Values.
impl Pool {
    /// An integer of an integer type, or `comptime_int`. The caller has checked that it fits.
    pub fn int(&mut self, ty: TypeId, val: impl Into<Int>) -> ValueId {
        self.intern(Value::Int { ty, val: val.into() })
    }

    /// A `comptime_int`.
    pub fn comptime_int(&mut self, val: impl Into<Int>) -> ValueId {
        self.int(TypeId::COMPTIME_INT, val)
    }

    /// A `usize`.
    pub fn usize(&mut self, val: u64) -> ValueId {
        self.int(TypeId::USIZE, val)
    }

    /// A `bool`.
    pub fn bool(&self, val: bool) -> ValueId {
        if val { ValueId::TRUE } else { ValueId::FALSE }
    }

    /// A type as a value.
    pub fn type_value(&mut self, ty: TypeId) -> ValueId {
        self.intern(Value::Type(ty))
    }

    /// `undefined` of a type.
    pub fn undef(&mut self, ty: TypeId) -> ValueId {
        self.intern(Value::Undef(ty))
    }

    /// `null` of an optional type.
    pub fn opt_none(&mut self, ty: TypeId) -> ValueId {
        self.intern(Value::Opt { ty, val: None })
    }

    /// A value of an optional type.
    pub fn opt_some(&mut self, ty: TypeId, val: ValueId) -> ValueId {
        self.intern(Value::Opt { ty, val: Some(val) })
    }

    /// An array of `u8` (type `[n]u8` or `[n:s]u8`), without its sentinel.
    pub fn bytes(&mut self, ty: TypeId, bytes: &[u8]) -> ValueId {
        self.intern(Value::Bytes { ty, bytes: bytes.into() })
    }

    /// A struct (with the shape of its fields), tuple or array (shape 0).
    pub fn aggregate(&mut self, ty: TypeId, shape: u32, elems: &[ValueId]) -> ValueId {
        self.intern(Value::Aggregate { ty, shape, elems: elems.into() })
    }

    /// `.name`
    pub fn enum_literal(&mut self, name: Name) -> ValueId {
        self.intern(Value::EnumLiteral(name))
    }

    /// `error.name` of an error set type.
    pub fn error(&mut self, ty: TypeId, name: Name) -> ValueId {
        self.intern(Value::Err { ty, name })
    }

    /// Element `index` of an array (its sentinel too), or field `index` of a tuple or of an array
    /// or struct that is not undefined as a whole.
    pub fn elem_value(&mut self, id: ValueId, index: u64) -> Option<ValueId> {
        if let Some((len, child)) = self.array_of(self.type_of(id)) {
            if index == len {
                return self.sentinel_of(self.type_of(id));
            }
            if index > len {
                return None;
            }
            if self.is_undef(id) {
                return Some(self.undef(child));
            }
        }
        let i = usize::try_from(index).ok()?;
        match self.val(id) {
            Value::Aggregate { elems, .. } => elems.get(i).copied(),
            Value::Repeated { elem, .. } => Some(*elem),
            Value::Bytes { bytes, .. } => {
                let byte = *bytes.get(i)?;
                Some(self.int(TypeId::U8, byte))
            }
            Value::Undef(ty) => match self.ty(*ty) {
                Type::Tuple { types, .. } => {
                    let ty = *types.get(i)?;
                    Some(self.undef(ty))
                }
                _ => None,
            },
            _ => None,
        }
    }
}
