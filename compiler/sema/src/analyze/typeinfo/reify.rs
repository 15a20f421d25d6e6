//! `@Type`: a value of `std.builtin.Type` as a type. Every message stands at the builtin call
//! itself, as Zig's do, but for undefined parts, which are said of the operand.

use ir::{ComptimeReason, NameStrategy, Ref};
use syntax::ast::PtrSize;

use super::super::{An, Opv};
use crate::msg::{Place, SemaMsg};
use crate::pool::{CallConv, FnParam, FnType, Int, PtrType, Type, TypeId, Value, ValueId};
use crate::unit::R;

const UNDEF_USE: &str = "use of undefined value here causes illegal behavior";

impl An<'_> {
    /// `Inst::Reify`
    pub fn reify(&mut self, info: Ref, name: NameStrategy) -> R<Opv> {
        let inst = self.inst;
        let at = self.arg_place(0);
        let info_ty = self.type_info_type()?;
        let v = self.op(info)?;
        let v = self.coerce(info_ty, v, at)?;
        let v = self.need_comptime(v, at, ComptimeReason::OperandType)?;
        self.refuse_any_undef(v, at)?;
        let (Value::Union { tag, val, .. }, Type::Union(c)) =
            (self.s.pool.val(v).clone(), self.s.pool.ty(info_ty).clone())
        else {
            return self.fail("internal error: not a tagged union");
        };
        let kind = match self.union_field_of_tag(c, tag)? {
            Some(i) => self.fields(c)?.fields.get(i as usize).map(|f| f.name),
            None => None,
        };
        let kind = kind.map(|n| self.s.text(n)).unwrap_or_default();
        self.inst = inst;
        let ty = match kind.as_str() {
            "type" => TypeId::TYPE,
            "void" => TypeId::VOID,
            "bool" => TypeId::BOOL,
            "noreturn" => TypeId::NORETURN,
            "comptime_float" => TypeId::COMPTIME_FLOAT,
            "comptime_int" => TypeId::COMPTIME_INT,
            "undefined" => TypeId::UNDEFINED,
            "null" => TypeId::NULL,
            "enum_literal" => TypeId::ENUM_LITERAL,
            "int" => {
                let signed = self.part_enum(val, "signedness")? == "signed";
                let bits = self.part_int(val, "bits")?;
                let Some(bits) = bits.to_u64().and_then(|b| u16::try_from(b).ok()) else {
                    return self.fail("internal error: bits of an integer");
                };
                self.s.pool.int_type(signed, bits)
            }
            "float" => match self.part_int(val, "bits")?.to_u64() {
                Some(bits @ (16 | 32 | 64 | 80 | 128)) => self.s.pool.intern_type(Type::Float(bits as u16)),
                bits => return self.fail(format!("{}-bit float unsupported", bits.unwrap_or(0))),
            },
            "vector" => self.reify_vector(val)?,
            "array" => self.reify_array(val)?,
            "pointer" => self.reify_pointer(val)?,
            "optional" => {
                let child = self.part_type(val, "child")?;
                self.s.pool.optional(child)
            }
            "error_union" => {
                let set = self.part_type(val, "error_set")?;
                let payload = self.part_type(val, "payload")?;
                if !self.s.pool.is_error_set(set) {
                    return self.fail("Type.ErrorUnion.error_set must be an error set type");
                }
                self.s.pool.error_union(set, payload)
            }
            "error_set" => self.reify_error_set(val)?,
            "fn" => self.reify_fn(val)?,
            "struct" => self.reify_struct(val, name)?,
            "enum" => self.reify_enum(val, name)?,
            "union" => self.reify_union(val, name)?,
            "opaque" => self.reify_opaque(val, name)?,
            _ => return self.unsupported("async"),
        };
        Ok(self.ty_op(ty))
    }

    fn reify_vector(&mut self, val: ValueId) -> R<TypeId> {
        let len = self.part_int(val, "len")?;
        let child = self.part_type(val, "child")?;
        let ok = self.s.pool.is_int(child)
            || matches!(self.s.pool.ty(child), Type::Float(_) | Type::Bool)
            || self.s.pool.ptr_info(child).is_some_and(|p| p.size != PtrSize::Slice)
            || self.is_ptr_like_optional(child);
        if !ok {
            let n = self.type_name(child);
            return self
                .fail(format!("expected integer, float, bool, or pointer for the vector element type; found '{n}'"));
        }
        match len.to_u32() {
            Some(len) => Ok(self.s.pool.intern_type(Type::Vector { len, child })),
            None => self.unsupported("a vector of this length"),
        }
    }

    fn reify_array(&mut self, val: ValueId) -> R<TypeId> {
        let len = self.part_int(val, "len")?;
        let child = self.part_type(val, "child")?;
        let untyped = self.part(val, "sentinel_ptr")?;
        if matches!(self.s.pool.val(untyped), Value::Opt { val: Some(_), .. }) {
            self.check_sentinel_type(child)?;
        }
        let sentinel = self.part_pointee(val, "sentinel_ptr", child)?;
        match len.to_u64() {
            Some(len) => Ok(self.s.pool.array(len, child, sentinel)),
            None => self.unsupported("an array of this length"),
        }
    }

    fn check_sentinel_type(&mut self, child: TypeId) -> R<()> {
        let scalar = match self.s.pool.ty(child) {
            Type::Array { .. }
            | Type::Tuple { .. }
            | Type::Struct(_)
            | Type::Union(_)
            | Type::Optional(_)
            | Type::ErrorUnion { .. }
            | Type::Noreturn
            | Type::Vector { .. } => self.is_ptr_like_optional(child),
            Type::Ptr(p) => p.size != PtrSize::Slice,
            _ => true,
        };
        if scalar {
            return Ok(());
        }
        let n = self.type_name(child);
        self.fail(format!("non-scalar sentinel type '{n}'"))
    }

    fn reify_pointer(&mut self, val: ValueId) -> R<TypeId> {
        let align = self.part_align(val)?;
        let child = self.part_type(val, "child")?;
        let size = match self.part_enum(val, "size")?.as_str() {
            "one" => PtrSize::One,
            "many" => PtrSize::Many,
            "slice" => PtrSize::Slice,
            _ => PtrSize::C,
        };
        if child == TypeId::NORETURN {
            return self.fail("pointer to noreturn not allowed");
        }
        let untyped = self.part(val, "sentinel_ptr")?;
        if matches!(self.s.pool.val(untyped), Value::Opt { val: Some(_), .. }) {
            if matches!(size, PtrSize::One | PtrSize::C) {
                return self.fail("sentinels are only allowed on slices and unknown-length pointers");
            }
            self.check_sentinel_type(child)?;
        }
        let sentinel = self.part_pointee(val, "sentinel_ptr", child)?;
        let is_opaque = matches!(self.s.pool.ty(child), Type::AnyOpaque | Type::Opaque(_));
        match (size, self.s.pool.ty(child)) {
            (PtrSize::Many | PtrSize::Slice | PtrSize::C, Type::Fn(_)) => {
                return self.fail("function pointers must be single pointers");
            }
            (PtrSize::Many, _) if is_opaque => return self.fail("unknown-length pointer to opaque not allowed"),
            (PtrSize::C, _) if is_opaque => return self.fail("C pointers cannot point to opaque types"),
            (PtrSize::C, Type::Ptr(PtrType { size: PtrSize::Slice, .. })) => {
                let n = self.type_name(child);
                let at = self.here();
                let msg = SemaMsg::new(at, format!("C pointers cannot point to non-C-ABI-compatible type '{n}'"));
                return self.fail_msg(msg.note(at, "slices have no guaranteed in-memory representation"));
            }
            _ => {}
        }
        if self.part_enum(val, "address_space")? != "generic" {
            return self.unsupported("addrspace");
        }
        let align = self.normal_align(child, Some(align))?;
        let is_const = self.part_bool(val, "is_const")?;
        let is_volatile = self.part_bool(val, "is_volatile")?;
        let allowzero = self.part_bool(val, "is_allowzero")? || size == PtrSize::C;
        Ok(self.s.pool.ptr_type(PtrType {
            size,
            child,
            sentinel,
            align,
            is_const,
            is_volatile,
            allowzero,
            packed: None,
        }))
    }

    fn reify_error_set(&mut self, val: ValueId) -> R<TypeId> {
        let slice = match *self.s.pool.val(val) {
            Value::Opt { val: Some(v), .. } => v,
            _ => return Ok(TypeId::ANYERROR),
        };
        let mut names = Vec::new();
        for e in self.slice_elems(slice)? {
            let n = self.part_name(e)?;
            if names.contains(&n) {
                let text = self.s.text(n);
                return self.fail(format!("duplicate error '{text}'"));
            }
            names.push(n);
        }
        let interner = self.s.interner.clone();
        Ok(self.s.pool.error_set(&mut names, &interner))
    }

    fn reify_fn(&mut self, val: ValueId) -> R<TypeId> {
        if self.part_bool(val, "is_generic")? {
            return self.fail("Type.Fn.is_generic must be false for @Type");
        }
        let var_args = self.part_bool(val, "is_var_args")?;
        let cc = self.part_callconv(val)?;
        if var_args && cc != CallConv::C {
            let name = match cc {
                CallConv::Auto => "auto",
                CallConv::Naked => "naked",
                CallConv::Inline => "inline",
                _ => "async",
            };
            let at = self.here();
            let msg = SemaMsg::new(at, format!("variadic function does not support '{name}' calling convention"));
            return self.fail_msg(msg.note(at, "supported calling conventions: 'x86_64_sysv', 'x86_64_win'"));
        }
        let Some(ret) = self.part_opt_type(val, "return_type")? else {
            return self.fail("Type.Fn.return_type must be non-null for @Type");
        };
        let list = self.part(val, "params")?;
        let mut params = Vec::new();
        for p in self.slice_elems(list)? {
            if self.part_bool(p, "is_generic")? {
                return self.fail("Type.Fn.Param.is_generic must be false for @Type");
            }
            let Some(ty) = self.part_opt_type(p, "type")? else {
                return self.fail("Type.Fn.Param.type must be non-null for @Type");
            };
            let is_noalias = self.part_bool(p, "is_noalias")?;
            if is_noalias && !self.s.pool.is_ptr(ty) && !self.is_ptr_like_optional(ty) {
                return self.fail("non-pointer parameter declared noalias");
            }
            params.push(FnParam { ty: Some(ty), is_comptime: false, is_noalias });
        }
        Ok(self.s.pool.fn_type(FnType { params: params.into(), ret: Some(ret), cc, var_args }))
    }

    fn part_callconv(&mut self, val: ValueId) -> R<CallConv> {
        let cc = self.part(val, "calling_convention")?;
        let ty = self.s.pool.type_of(cc);
        let (Value::Union { tag, val: options, .. }, Type::Union(c)) =
            (self.s.pool.val(cc).clone(), self.s.pool.ty(ty).clone())
        else {
            return self.unsupported("this calling convention");
        };
        let name = match self.union_field_of_tag(c, tag)? {
            Some(i) => self.fields(c)?.fields.get(i as usize).map(|f| f.name),
            None => None,
        };
        let name = name.map(|n| self.s.text(n)).unwrap_or_default();
        match name.as_str() {
            "auto" => Ok(CallConv::Auto),
            "naked" => Ok(CallConv::Naked),
            "inline" => Ok(CallConv::Inline),
            "async" => Ok(CallConv::Async),
            "x86_64_sysv" => {
                let aligned = self.part(options, "incoming_stack_alignment")?;
                match self.s.pool.val(aligned) {
                    Value::Opt { val: None, .. } => Ok(CallConv::C),
                    _ => self.unsupported("a calling convention with options"),
                }
            }
            _ => self.fail(format!("calling convention '{name}' is not supported yet")),
        }
    }

    // ---- parts of the description

    fn undefined_part<T>(&mut self) -> R<T> {
        let at = self.arg_place(0);
        self.fail_at(at, UNDEF_USE)
    }

    /// Refuses a value any part of which is undefined, not looking through pointers.
    fn refuse_any_undef(&mut self, v: ValueId, at: Place) -> R<()> {
        if self.any_undef(v) {
            return self.fail_at(at, UNDEF_USE);
        }
        Ok(())
    }

    fn any_undef(&self, v: ValueId) -> bool {
        match self.s.pool.val(v) {
            Value::Undef(_) => true,
            Value::Aggregate { elems, .. } => elems.iter().any(|&e| self.any_undef(e)),
            Value::Repeated { elem, .. } => self.any_undef(*elem),
            Value::Union { val, .. } => self.any_undef(*val),
            Value::Opt { val: Some(v), .. } => self.any_undef(*v),
            Value::Slice { ptr, len, .. } => self.any_undef(*ptr) || self.any_undef(*len),
            _ => false,
        }
    }

    /// A field of a struct of the library.
    pub(super) fn part(&mut self, v: ValueId, name: &str) -> R<ValueId> {
        let ty = self.s.pool.type_of(v);
        let i = self.field_index(ty, name)?;
        match self.value_step(v, super::super::comptime_mem::Step::Field(i))? {
            Some(x) if !self.is_undef(x) => Ok(x),
            Some(_) => self.undefined_part(),
            None => self.fail("internal error: a description without parts"),
        }
    }

    pub(super) fn part_type(&mut self, v: ValueId, name: &str) -> R<TypeId> {
        let x = self.part(v, name)?;
        match self.type_value(x) {
            Some(t) => Ok(t),
            None => self.fail("internal error: not a type"),
        }
    }

    pub(super) fn part_opt_type(&mut self, v: ValueId, name: &str) -> R<Option<TypeId>> {
        let x = self.part(v, name)?;
        match *self.s.pool.val(x) {
            Value::Opt { val: Some(t), .. } => match self.type_value(t) {
                Some(t) => Ok(Some(t)),
                None => self.undefined_part(),
            },
            _ => Ok(None),
        }
    }

    pub(super) fn part_int(&mut self, v: ValueId, name: &str) -> R<Int> {
        let x = self.part(v, name)?;
        match self.int_of(x) {
            Some(i) => Ok(i),
            None => self.fail("internal error: not a number"),
        }
    }

    pub(super) fn part_bool(&mut self, v: ValueId, name: &str) -> R<bool> {
        Ok(self.part(v, name)? == ValueId::TRUE)
    }

    /// The name of an enum value.
    pub(super) fn part_enum(&mut self, v: ValueId, name: &str) -> R<String> {
        let x = self.part(v, name)?;
        let ty = self.s.pool.type_of(x);
        let found = self.enum_tags(ty)?.into_iter().find(|(_, t)| *t == x);
        Ok(found.map(|(n, _)| self.s.text(n)).unwrap_or_default())
    }

    /// An alignment: a power of two.
    pub(super) fn part_align(&mut self, v: ValueId) -> R<u32> {
        let n = self.part_int(v, "alignment")?;
        if n.is_zero() || n.is_negative() {
            return self.fail("alignment must be >= 1");
        }
        match n.to_u32() {
            Some(a) if a.is_power_of_two() && a < 1 << 29 => Ok(a),
            _ => self.fail(format!("alignment value '{n}' is not a power of two")),
        }
    }

    /// The `name` of an item.
    pub(super) fn part_name(&mut self, v: ValueId) -> R<syntax::Name> {
        let s = self.part(v, "name")?;
        let mut bytes = Vec::new();
        for e in self.slice_elems(s)? {
            match self.int_of(e).and_then(|i| i.to_u64()) {
                Some(b) => bytes.push(b as u8),
                None => return self.undefined_part(),
            }
        }
        Ok(self.s.interner.intern(&bytes))
    }

    /// The elements of a slice, all of them defined.
    pub(super) fn slice_elems(&mut self, v: ValueId) -> R<Vec<ValueId>> {
        let at = self.arg_place(0);
        let Some(elems) = self.known_slice_elems(v)? else {
            return self.fail_not_comptime(
                at,
                Some(super::super::ComptimeWhy { reason: Some(ComptimeReason::OperandType), place: at }),
            );
        };
        for &e in &elems {
            self.refuse_any_undef(e, at)?;
        }
        Ok(elems)
    }

    /// What a field of type `?*const anyopaque` points to, as a value of type `ty`.
    pub(super) fn part_pointee(&mut self, v: ValueId, name: &str, ty: TypeId) -> R<Option<ValueId>> {
        let x = self.part(v, name)?;
        let ptr = match *self.s.pool.val(x) {
            Value::Opt { val: Some(p), .. } => p,
            _ => return Ok(None),
        };
        let Value::Ptr { base, .. } = *self.s.pool.val(ptr) else { return self.undefined_part() };
        let ptr_ty = self.s.pool.single_ptr(ty, true);
        let typed = self.s.pool.intern(Value::Ptr { ty: ptr_ty, base });
        let at = self.arg_place(0);
        let v = self.load(Opv::C(typed), at, false)?;
        match self.known(v) {
            Some(v) if self.s.pool.type_of(v) == ty => Ok(Some(v)),
            _ => self.unsupported("a default value or sentinel of another type in @Type"),
        }
    }
}
