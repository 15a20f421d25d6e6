//! Texts of values.
//!
//! A `level` counts down through aggregates; at 0 they become `.{ ... }`. It goes round from 0 to
//! 255 where a pointer to an anonymous constant or a comptime variable is followed, as the
//! reference implementation's does.

use std::fmt::Write;

use syntax::ast::PtrSize;

use super::{MAX_ELEMS, Printer};
use crate::pool::{PtrBase, Type, TypeId, Value, ValueId};

impl Printer<'_> {
    pub(super) fn typed_value(&mut self, val: ValueId, level: u8) {
        self.push("@as(");
        self.ty(self.pool.type_of(val));
        self.push(", ");
        self.value(val, level);
        self.push(")");
    }

    pub(super) fn value(&mut self, val: ValueId, level: u8) {
        self.nested(|p| p.value_here(val, level));
    }

    fn value_here(&mut self, id: ValueId, level: u8) {
        let pool = self.pool;
        match pool.val(id) {
            Value::Undef(_) => self.push("undefined"),
            Value::AlignOf(ty) => {
                self.push("@alignOf(");
                self.ty(*ty);
                self.push(")");
            }
            Value::Void => self.push("{}"),
            Value::Bool(b) => self.push(if *b { "true" } else { "false" }),
            Value::Null | Value::Opt { val: None, .. } => self.push("null"),
            Value::Int { val, .. } => self.push(&val.to_string()),
            Value::Float { ty, bits } => self.float(*ty, *bits),
            Value::Type(ty) => self.ty(*ty),
            Value::EnumLiteral(name) => {
                let name = self.names.name(*name);
                self.push(&format!(".{name}"));
            }
            Value::EnumTag { ty, val } => self.enum_tag(*ty, *val),
            Value::Err { name, .. } | Value::ErrUnionErr { name, .. } => {
                let name = self.names.name(*name);
                self.push(&format!("error.{name}"));
            }
            Value::ErrUnionPayload { val, .. } | Value::Opt { val: Some(val), .. } => self.value(*val, level),
            Value::Aggregate { .. } | Value::Bytes { .. } | Value::Repeated { .. } => self.aggregate(id, false, level),
            Value::Union { .. } if level == 0 => self.push(".{ ... }"),
            Value::Union { tag, val, .. } => {
                self.push(".{ ");
                self.value(*tag, level);
                self.push(" = ");
                self.value(*val, level - 1);
                self.push(" }");
            }
            Value::Ptr { ty, base } => self.pointer(id, *ty, *base, level),
            Value::Slice { ptr, len, .. } => {
                self.value(*ptr, level);
                self.push("[0..");
                if level == 0 {
                    self.push("(...)");
                } else {
                    self.value(*len, level - 1);
                }
                self.push("]");
            }
            Value::Func { func, .. } => {
                let name = self.names.func(*func);
                self.push(&format!("(function '{}')", last_part(&name)));
            }
            Value::GenericFunc { decl, .. } => {
                let name = self.names.decl(*decl);
                self.push(&format!("(function '{}')", last_part(&name)));
            }
            Value::Extern { decl, .. } => {
                let name = self.names.decl(*decl);
                self.push(&format!("(extern '{}')", last_part(&name)));
            }
        }
    }

    fn float(&mut self, ty: TypeId, bits: u128) {
        let text = match self.pool.ty(ty) {
            Type::Float(32) => f32::from_bits(bits as u32).to_string(),
            Type::Float(64) => f64::from_bits(bits as u64).to_string(),
            _ => "(float)".to_string(),
        };
        self.push(&text);
    }

    fn enum_tag(&mut self, ty: TypeId, val: ValueId) {
        match self.pool.as_int(val).and_then(|v| self.names.enum_tag(ty, v)) {
            Some(name) => self.push(&format!(".{name}")),
            None => {
                self.push("@enumFromInt(");
                self.value(val, 0);
                self.push(")");
            }
        }
    }

    /// Behind a pointer (`by_ref`) a string is a literal and a list has `&` before it; else a
    /// string is dereferenced.
    fn aggregate(&mut self, id: ValueId, by_ref: bool, level: u8) {
        let pool = self.pool;
        if id == ValueId::EMPTY_TUPLE {
            return self.push(".{}");
        }
        let value = pool.val(id);
        if let Value::Bytes { ty, bytes } = value
            && level > 0
            && is_string(bytes)
        {
            // A sentinel is printed with the bytes, but for one final 0, sentinel or not.
            let mut shown = bytes.to_vec();
            if shown.len() > 1 {
                let sentinel = pool.sentinel_of(*ty).and_then(|s| pool.as_int(s)).and_then(|v| v.to_u64());
                shown.extend(sentinel.map(|b| b as u8));
                if shown.last() == Some(&0) {
                    shown.pop();
                }
            }
            self.string(&shown);
            if !by_ref {
                self.push(".*");
            }
            return;
        }
        if by_ref {
            self.push("&");
        }
        if level == 0 {
            return self.push(".{ ... }");
        }
        let count = match value {
            Value::Aggregate { elems, .. } => elems.len() as u64,
            Value::Bytes { bytes, .. } => bytes.len() as u64,
            Value::Repeated { ty, .. } => match *pool.ty(*ty) {
                Type::Array { len, .. } => len,
                Type::Vector { len, .. } => u64::from(len),
                _ => 0,
            },
            _ => 0,
        };
        if count == 0 {
            return self.push(".{}");
        }
        self.push(".{ ");
        for i in 0..count.min(MAX_ELEMS) {
            if i > 0 {
                self.push(", ");
            }
            match value {
                Value::Aggregate { ty, elems, .. } => {
                    if let Type::Struct(cont) = *pool.ty(*ty) {
                        let name = self.names.field(cont, i as u32);
                        self.push(&format!(".{name} = "));
                    }
                    self.value(elems[i as usize], level - 1);
                }
                Value::Bytes { bytes, .. } => self.push(&bytes[i as usize].to_string()),
                Value::Repeated { elem, .. } => self.value(*elem, level - 1),
                _ => {}
            }
        }
        self.push(if count > MAX_ELEMS { ", ... }" } else { " }" });
    }

    fn string(&mut self, bytes: &[u8]) {
        self.push("\"");
        for &b in bytes {
            match b {
                b'\n' => self.push("\\n"),
                b'\r' => self.push("\\r"),
                b'\t' => self.push("\\t"),
                b'\\' => self.push("\\\\"),
                b'"' => self.push("\\\""),
                b' '..=b'~' => self.out.push(char::from(b)),
                _ => {
                    // Writing to a string does not fail.
                    let _ = write!(self.out, "\\x{b:02x}");
                }
            }
        }
        self.push("\"");
    }

    fn pointer(&mut self, id: ValueId, ty: TypeId, base: PtrBase, level: u8) {
        if let Some(val) = self.constant_behind(id)
            && self.is_list(val)
        {
            return self.aggregate(val, true, level);
        }
        match base {
            PtrBase::Addr(addr) => {
                self.push("@as(");
                self.ty(ty);
                self.push(&format!(", @ptrFromInt(0x{addr:x}))"));
            }
            _ if self.fits_place(id, ty, base) => {
                self.push("&");
                self.place(id, level);
            }
            // A pointer to the first element, seen as anything but that, is one to the array.
            PtrBase::Elem { base: array, index: 0 } if !self.points_to_elem(array, ty) => self.cast(ty, array, level),
            // A field inside a packed struct is no place of its own.
            PtrBase::Field { base: host, .. } if self.is_packed(ty) => self.cast(ty, host, level),
            _ => self.cast(ty, id, level),
        }
    }

    fn cast(&mut self, ty: TypeId, place: ValueId, level: u8) {
        self.push("@as(");
        self.ty(ty);
        self.push(", @ptrCast(&");
        self.place(place, level);
        self.push("))");
    }

    /// The anonymous constant that a pointer points to, or to an element of.
    fn constant_behind(&self, mut ptr: ValueId) -> Option<ValueId> {
        loop {
            match self.pool.val(ptr) {
                Value::Ptr { base: PtrBase::Const(val), .. } => return Some(*val),
                Value::Ptr { base: PtrBase::Elem { base, .. }, .. } => ptr = *base,
                _ => return None,
            }
        }
    }

    fn is_list(&self, val: ValueId) -> bool {
        val != ValueId::EMPTY_TUPLE
            && matches!(self.pool.val(val), Value::Aggregate { .. } | Value::Bytes { .. } | Value::Repeated { .. })
    }

    fn is_packed(&self, ty: TypeId) -> bool {
        self.pool.ptr_info(ty).is_some_and(|p| p.packed.is_some())
    }

    /// Does a pointer of type `ty` point to one element of what `array` points to?
    fn points_to_elem(&self, array: ValueId, ty: TypeId) -> bool {
        let pool = self.pool;
        pool.is_single_ptr(ty) && pool.elem_of(pool.type_of(array)) == pool.child_of(ty)
    }

    /// Is the pointer's type that of `&` before its place (but for `const`)?
    fn fits_place(&self, id: ValueId, ty: TypeId, base: PtrBase) -> bool {
        let pool = self.pool;
        let Some(info) = pool.ptr_info(ty) else { return true };
        if info.size != PtrSize::One || info.packed.is_some() {
            return false;
        }
        let pointee = match base {
            PtrBase::Decl(d) => self.names.decl_ptr_type(d).and_then(|p| pool.child_of(p)),
            PtrBase::Const(v) => Some(pool.type_of(v)),
            PtrBase::Comptime(n) => self.names.comptime_var(n).map(|v| pool.type_of(v)),
            PtrBase::ComptimeField(v) if info.is_const => Some(pool.type_of(v)),
            PtrBase::ComptimeField(_) => return false,
            PtrBase::Elem { base, .. } => pool.elem_of(pool.type_of(base)),
            PtrBase::OptPayload(b) => pool.child_of(pool.type_of(b)).and_then(|t| pool.optional_child(t)),
            PtrBase::EuPayload(b) => {
                pool.child_of(pool.type_of(b)).and_then(|t| pool.error_union_parts(t)).map(|(_, payload)| payload)
            }
            PtrBase::Field { .. } | PtrBase::Addr(_) => None,
        };
        debug_assert!(matches!(pool.val(id), Value::Ptr { .. }));
        pointee.is_none_or(|t| t == info.child)
    }

    /// Prints the place that a pointer points to; says whether it is constant.
    fn place(&mut self, ptr: ValueId, level: u8) -> bool {
        let mut constant = false;
        self.nested(|p| constant = p.place_here(ptr, level));
        constant
    }

    fn place_here(&mut self, ptr: ValueId, level: u8) -> bool {
        let pool = self.pool;
        let Value::Ptr { ty, base } = *pool.val(ptr) else {
            self.value(ptr, level);
            self.push(".*");
            return false;
        };
        match base {
            PtrBase::Decl(d) => {
                let name = self.names.decl(d);
                self.push(&name);
                let ty = self.names.decl_ptr_type(d).unwrap_or(ty);
                pool.ptr_info(ty).is_some_and(|p| p.is_const)
            }
            PtrBase::Const(val) => {
                match *pool.val(val) {
                    Value::Func { func, .. } => {
                        let name = self.names.func(func);
                        self.push(&name);
                    }
                    Value::GenericFunc { decl, .. } | Value::Extern { decl, .. } => {
                        let name = self.names.decl(decl);
                        self.push(&name);
                    }
                    _ => self.typed_value(val, level.wrapping_sub(1)),
                }
                true
            }
            PtrBase::ComptimeField(val) => {
                self.typed_value(val, level.wrapping_sub(1));
                true
            }
            PtrBase::Comptime(n) => {
                match self.names.comptime_var(n) {
                    Some(val) => self.typed_value(val, level.wrapping_sub(1)),
                    None => self.push("(comptime variable)"),
                }
                false
            }
            PtrBase::Addr(_) => {
                self.pointer(ptr, ty, base, level);
                self.push(".*");
                false
            }
            PtrBase::Elem { base, index } => {
                let (array, first) = self.array_of(base);
                let constant = self.place(array, level);
                self.push(&format!("[{}]", first.wrapping_add(index)));
                constant
            }
            PtrBase::Field { base, index } => {
                self.mutable_place(base, level, "");
                self.field(base, index);
                false
            }
            PtrBase::OptPayload(base) => {
                self.mutable_place(base, level, ".*");
                self.push(".?");
                false
            }
            PtrBase::EuPayload(base) => {
                self.push("(");
                self.mutable_place(base, level, ".*");
                self.push(" catch unreachable)");
                false
            }
        }
    }

    /// The array that elements are counted from, and the number that `base` itself points to: a
    /// many-pointer may point to the middle of an array.
    fn array_of(&self, base: ValueId) -> (ValueId, u64) {
        match *self.pool.val(base) {
            Value::Ptr { ty, base: PtrBase::Elem { base: array, index } } if !self.pool.is_single_ptr(ty) => {
                let (array, first) = self.array_of(array);
                (array, first.wrapping_add(index))
            }
            _ => (base, 0),
        }
    }

    /// Prints a place whose parts are taken next. A constant one is cast to a mutable pointer
    /// first, followed by `deref` where the next step does not dereference by itself.
    fn mutable_place(&mut self, base: ValueId, level: u8, deref: &str) {
        let start = self.out.len();
        if !self.place(base, level) {
            return;
        }
        let place = self.out.split_off(start);
        self.push("@as(*");
        if let Some(child) = self.pool.child_of(self.pool.type_of(base)) {
            self.ty(child);
        }
        self.push(&format!(", @ptrCast(&{place})){deref}"));
    }

    fn field(&mut self, base: ValueId, index: u32) {
        let pool = self.pool;
        let host = pool.child_of(pool.type_of(base)).map(|t| pool.ty(t));
        let text = match host {
            Some(&(Type::Struct(cont) | Type::Union(cont))) => format!(".{}", self.names.field(cont, index)),
            Some(Type::Ptr(_)) => if index == 0 { ".ptr" } else { ".len" }.to_string(),
            _ => format!("[{index}]"),
        };
        self.push(&text);
    }
}

/// Several equal bytes are printed as numbers, and so is nothing at all.
fn is_string(bytes: &[u8]) -> bool {
    match bytes {
        [] => false,
        [_] => true,
        [first, rest @ ..] => rest.iter().any(|b| b != first),
    }
}

fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}
