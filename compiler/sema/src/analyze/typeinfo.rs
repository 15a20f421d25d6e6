//! `@typeInfo`: a type as a value of `std.builtin.Type`. Nothing of that union's shape is assumed
//! here: it is looked up in the library by the names of its fields.

mod build;
mod containers;
mod reify;
mod reify_aggregate;

pub(crate) use reify_aggregate::REIFIED_SHAPE;
use syntax::ast::PtrSize;

use super::An;
use super::Opv;
use crate::msg::Place;
use crate::pool::{CallConv, ContId, FnType, PtrType, Type, TypeId, Value, ValueId};
use crate::unit::{ContLayout, R, UnitKey};

impl An<'_> {
    /// The `std.builtin.Type` value that describes `ty`.
    pub fn type_info(&mut self, ty: TypeId, place: Place) -> R<Opv> {
        let info = self.type_info_type()?;
        let tag = self.s.pool.zig_tag(ty).name();
        let payload_ty = self.field_type(info, tag)?;
        let payload = self.type_info_payload(ty, payload_ty, place)?;
        Ok(Opv::C(self.union_value(info, tag, payload)?))
    }

    /// `std.builtin.Type`
    pub(super) fn type_info_type(&mut self) -> R<TypeId> {
        match self.std_builtin_type("Type")? {
            Some(t) => Ok(t),
            None => self.fail("std.builtin has no 'Type'"),
        }
    }

    /// The payload of the field for the kind of `ty`; `out` is that field's type.
    fn type_info_payload(&mut self, ty: TypeId, out: TypeId, place: Place) -> R<ValueId> {
        if let Some((signed, bits)) = self.int_info(ty) {
            let t = self.field_type(out, "signedness")?;
            let signedness = self.enum_value(t, if signed { "signed" } else { "unsigned" })?;
            let bits = self.int_field(out, "bits", u64::from(bits))?;
            return self.struct_value(out, &[("signedness", signedness), ("bits", bits)]);
        }
        match self.s.pool.ty(ty).clone() {
            Type::Float(bits) => {
                let bits = self.int_field(out, "bits", u64::from(bits))?;
                self.struct_value(out, &[("bits", bits)])
            }
            Type::Ptr(p) => self.pointer_info(out, &p),
            Type::Array { len, child, sentinel } => {
                let len = self.int_field(out, "len", len)?;
                let child = self.s.pool.type_value(child);
                let sentinel = self.untyped_ptr_field(out, "sentinel_ptr", sentinel)?;
                self.struct_value(out, &[("len", len), ("child", child), ("sentinel_ptr", sentinel)])
            }
            Type::Vector { len, child } => {
                let len = self.int_field(out, "len", u64::from(len))?;
                let child = self.s.pool.type_value(child);
                self.struct_value(out, &[("len", len), ("child", child)])
            }
            Type::Optional(child) => {
                let child = self.s.pool.type_value(child);
                self.struct_value(out, &[("child", child)])
            }
            Type::ErrorUnion { set, payload } => {
                let set = self.s.pool.type_value(set);
                let payload = self.s.pool.type_value(payload);
                self.struct_value(out, &[("error_set", set), ("payload", payload)])
            }
            Type::AnyError | Type::ErrorSet(_) | Type::InferredErrorSet(_) => self.error_set_info(ty, out),
            Type::Fn(f) => self.fn_info(out, &f),
            Type::Tuple { types, values } => self.tuple_info(out, &types, &values),
            Type::Struct(c) => self.struct_info(out, c),
            Type::Union(c) => self.union_info(out, c),
            Type::Enum(_) | Type::UnionTag(_) => self.enum_info(out, ty),
            Type::AnyOpaque => self.opaque_info(out, None),
            Type::Opaque(c) => self.opaque_info(out, Some(c)),
            Type::AnyFrame => self.fail_at(place, "async has not been implemented in the self-hosted compiler yet"),
            _ => Ok(ValueId::VOID),
        }
    }

    fn pointer_info(&mut self, out: TypeId, p: &PtrType) -> R<ValueId> {
        let size_ty = self.field_type(out, "size")?;
        let size = self.enum_value(
            size_ty,
            match p.size {
                PtrSize::One => "one",
                PtrSize::Many => "many",
                PtrSize::Slice => "slice",
                PtrSize::C => "c",
            },
        )?;
        let alignment = match p.align {
            Some(a) => self.align_field(out, Some(a))?,
            None => self.pointee_align(out, p.child)?,
        };
        let space_ty = self.field_type(out, "address_space")?;
        let space = self.enum_value(space_ty, "generic")?;
        let child = self.s.pool.type_value(p.child);
        let sentinel = self.untyped_ptr_field(out, "sentinel_ptr", p.sentinel)?;
        let (is_const, is_volatile) = (self.s.pool.bool(p.is_const), self.s.pool.bool(p.is_volatile));
        let allowzero = self.s.pool.bool(p.allowzero || p.size == PtrSize::C);
        self.struct_value(
            out,
            &[
                ("size", size),
                ("is_const", is_const),
                ("is_volatile", is_volatile),
                ("alignment", alignment),
                ("address_space", space),
                ("child", child),
                ("is_allowzero", allowzero),
                ("sentinel_ptr", sentinel),
            ],
        )
    }

    fn error_set_info(&mut self, ty: TypeId, out: TypeId) -> R<ValueId> {
        let Some(names) = self.error_names(ty)? else { return Ok(self.s.pool.opt_none(out)) };
        let slice_ty = self.optional_payload_type(out)?;
        let elem_ty = self.slice_part(slice_ty)?;
        let mut elems = Vec::with_capacity(names.len());
        for &n in names.iter() {
            let name = self.name_field(elem_ty, "name", n)?;
            elems.push(self.struct_value(elem_ty, &[("name", name)])?);
        }
        let slice = self.slice_value(slice_ty, &elems)?;
        Ok(self.s.pool.opt_some(out, slice))
    }

    fn fn_info(&mut self, out: TypeId, f: &FnType) -> R<ValueId> {
        let cc_ty = self.field_type(out, "calling_convention")?;
        let cc = self.callconv_value(cc_ty, f.cc)?;
        let params_ty = self.field_type(out, "params")?;
        let param_ty = self.slice_part(params_ty)?;
        let mut params = Vec::with_capacity(f.params.len());
        let mut is_generic = f.ret.is_none();
        for p in f.params.iter() {
            is_generic |= p.ty.is_none() || p.is_comptime;
            let generic = self.s.pool.bool(p.ty.is_none());
            let is_noalias = self.s.pool.bool(p.is_noalias);
            let ty = self.opt_type_field(param_ty, "type", p.ty)?;
            params.push(
                self.struct_value(param_ty, &[("is_generic", generic), ("is_noalias", is_noalias), ("type", ty)])?,
            );
        }
        let params = self.slice_value(params_ty, &params)?;
        let is_generic = self.s.pool.bool(is_generic);
        let var_args = self.s.pool.bool(f.var_args);
        let ret = self.opt_type_field(out, "return_type", f.ret)?;
        self.struct_value(
            out,
            &[
                ("calling_convention", cc),
                ("is_generic", is_generic),
                ("is_var_args", var_args),
                ("return_type", ret),
                ("params", params),
            ],
        )
    }

    /// A calling convention as a value of `std.builtin.CallingConvention`.
    pub fn callconv_value(&mut self, ty: TypeId, cc: CallConv) -> R<ValueId> {
        let name = match cc {
            CallConv::Auto => "auto",
            CallConv::C => "x86_64_sysv",
            CallConv::Naked => "naked",
            CallConv::Inline => "inline",
            CallConv::Async => "async",
        };
        let payload_ty = self.field_type(ty, name)?;
        let payload = match self.s.pool.ty(payload_ty) {
            Type::Void => ValueId::VOID,
            _ => self.struct_value(payload_ty, &[])?,
        };
        self.union_value(ty, name, payload)
    }

    fn opaque_info(&mut self, out: TypeId, c: Option<ContId>) -> R<ValueId> {
        let decls = self.decls_info(out, c)?;
        self.struct_value(out, &[("decls", decls)])
    }

    // ---- alignments

    /// The alignment of a pointer to `ty` that does not say one.
    fn pointee_align(&mut self, out: TypeId, ty: TypeId) -> R<ValueId> {
        match self.s.pool.ty(ty) {
            Type::AnyOpaque | Type::Opaque(_) | Type::Fn(_) => self.align_field(out, Some(1)),
            Type::Ptr(_) | Type::Bool | Type::Int { .. } | Type::Float(_) => {
                let align = self.layout(ty)?.align;
                self.align_field(out, Some(align))
            }
            _ => Ok(self.s.pool.intern(Value::AlignOf(ty))),
        }
    }

    /// What a part of a description is, now that it is asked for.
    pub(super) fn asked_for(&mut self, v: ValueId) -> R<ValueId> {
        let Value::AlignOf(ty) = *self.s.pool.val(v) else { return Ok(v) };
        Ok(match self.natural_align(ty)? {
            Some(a) => self.s.pool.int(TypeId::COMPTIME_INT, u64::from(a)),
            None => self.s.pool.undef(TypeId::COMPTIME_INT),
        })
    }

    /// The alignment of a type; `None` if it depends on a container whose fields are being
    /// analysed further up. It is then left undefined in the description: who asks for a type
    /// that points to what it is a part of seldom asks for alignments.
    pub(super) fn natural_align(&mut self, ty: TypeId) -> R<Option<u32>> {
        self.align_through(ty, &mut Vec::new())
    }

    fn align_through(&mut self, ty: TypeId, seen: &mut Vec<ContId>) -> R<Option<u32>> {
        match self.s.pool.ty(ty).clone() {
            Type::Array { child, .. } | Type::Optional(child) => self.align_through(child, seen),
            Type::ErrorUnion { payload, .. } => Ok(self.align_through(payload, seen)?.map(|a| a.max(2))),
            Type::Tuple { types, values } => {
                let mut all = 1;
                for (i, &t) in types.iter().enumerate() {
                    if values.get(i).copied().flatten().is_none() {
                        let Some(a) = self.align_through(t, seen)? else { return Ok(None) };
                        all = all.max(a);
                    }
                }
                Ok(Some(all))
            }
            Type::Struct(c) | Type::Union(c) => {
                if seen.contains(&c) {
                    // A type that holds itself; its layout says so.
                    return Ok(Some(1));
                }
                if self.is_running(UnitKey::Fields(c)) {
                    return Ok(None);
                }
                let f = self.fields(c)?;
                seen.push(c);
                let mut all = 1;
                if let Some(t) = f.tag.filter(|_| f.layout == ContLayout::Packed || f.tagged) {
                    let Some(a) = self.align_through(t, seen)? else { return Ok(None) };
                    all = a;
                }
                for field in f.fields.iter().filter(|x| !x.is_comptime && f.layout != ContLayout::Packed) {
                    let a = match field.align {
                        Some(a) => a,
                        None => match self.align_through(field.ty, seen)? {
                            Some(a) => a,
                            None => return Ok(None),
                        },
                    };
                    all = all.max(a);
                }
                seen.pop();
                Ok(Some(all))
            }
            Type::Enum(c) | Type::UnionTag(c) if self.is_running(UnitKey::Fields(c)) => Ok(None),
            _ => Ok(Some(self.layout(ty)?.align)),
        }
    }
}
