//! Sizes, alignments, and the questions that decide whether a type exists at run time.

use std::sync::Arc;

use rustc_hash::FxHashSet;
use syntax::ast::PtrSize;

use super::An;
use super::runtime::eu_offsets;
use crate::graph::Dep;
use crate::pool::{ContId, Int, Type, TypeId, Value, ValueId};
use crate::unit::{ContLayout, FieldsRec, LayoutRec, R, UnitKey, UnitResult};

/// Size and alignment of a type, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Layout {
    /// Bytes, a multiple of `align`.
    pub size: u64,
    /// Bytes, a power of two.
    pub align: u32,
}

impl An<'_> {
    /// Signedness and width of an integer type (not comptime_int).
    pub fn int_info(&self, ty: TypeId) -> Option<(bool, u16)> {
        self.s.pool.int_info(ty, self.s.opts.ptr_bits)
    }

    /// The field list of a container type.
    pub fn fields(&mut self, c: ContId) -> R<Arc<FieldsRec>> {
        let u = self.demand(UnitKey::Fields(c))?;
        match &self.s.units[u.index()].result {
            UnitResult::Fields(f) => Ok(f.clone()),
            _ => self.fail("internal error: no field list"),
        }
    }

    /// The layout record of a container type.
    pub fn cont_layout(&mut self, c: ContId) -> R<Arc<LayoutRec>> {
        let u = self.demand_layout(c)?;
        match &self.s.units[u.index()].result {
            UnitResult::Layout(l) => Ok(l.clone()),
            _ => self.fail("internal error: no layout"),
        }
    }

    /// Default values of fields.
    pub fn defaults(&mut self, c: ContId) -> R<Arc<[Option<ValueId>]>> {
        let u = self.demand(UnitKey::Defaults(c))?;
        match &self.s.units[u.index()].result {
            UnitResult::Defaults(d) => Ok(d.clone()),
            _ => self.fail("internal error: no defaults"),
        }
    }

    /// The integer type of an enum's tag.
    pub fn enum_int_type(&mut self, ty: TypeId) -> R<TypeId> {
        match *self.s.pool.ty(ty) {
            Type::Enum(c) => match self.fields(c)?.tag {
                Some(t) => Ok(t),
                None => self.fail("internal error: enum without a tag type"),
            },
            Type::UnionTag(c) => {
                let f = self.fields(c)?;
                match f.tag_int {
                    Some(t) => Ok(t),
                    None => Ok(self.s.pool.int_type(false, tag_bits(f.fields.len()))),
                }
            }
            _ => Ok(ty),
        }
    }

    /// Size and alignment.
    pub fn layout(&mut self, ty: TypeId) -> R<Layout> {
        let word = u64::from(self.s.opts.ptr_bits / 8);
        if let Some((_, bits)) = self.int_info(ty) {
            return Ok(int_layout(bits));
        }
        Ok(match self.s.pool.ty(ty).clone() {
            Type::Bool => Layout { size: 1, align: 1 },
            Type::AnyError | Type::ErrorSet(_) | Type::InferredErrorSet(_) => Layout { size: 2, align: 2 },
            Type::Ptr(p) => {
                let size = if p.size == PtrSize::Slice { 2 * word } else { word };
                Layout { size, align: word as u32 }
            }
            Type::Float(bits) => match bits {
                80 => Layout { size: 16, align: 16 },
                _ => Layout { size: u64::from(bits) / 8, align: u32::from(bits) / 8 },
            },
            Type::Array { len, child, sentinel } => {
                let l = self.layout(child)?;
                let n = len + u64::from(sentinel.is_some());
                match l.size.checked_mul(n) {
                    Some(size) => Layout { size, align: l.align },
                    None => return self.fail("array type is too large"),
                }
            }
            Type::Vector { len, child } => {
                let l = self.layout(child)?;
                let size = (l.size * u64::from(len)).next_power_of_two();
                Layout { size, align: size.clamp(1, 64) as u32 }
            }
            Type::Optional(c) => {
                let l = self.layout(c)?;
                if self.is_ptr_like_optional(ty) {
                    l
                } else {
                    Layout { size: (l.size + 1).next_multiple_of(u64::from(l.align)), align: l.align }
                }
            }
            Type::ErrorUnion { payload, .. } => {
                let p = self.layout(payload)?;
                if p.size == 0 {
                    return Ok(Layout { size: 2, align: p.align.max(2) });
                }
                let (po, eo) = eu_offsets(p.size, p.align);
                let align = p.align.max(2);
                Layout { size: (po + p.size).max(eo + 2).next_multiple_of(u64::from(align)), align }
            }
            Type::Tuple { types, values } => {
                let (l, _) = self.tuple_layout(&types, &values)?;
                l
            }
            Type::Struct(c) | Type::Union(c) => {
                let l = self.cont_layout(c)?;
                Layout { size: l.size, align: l.align }
            }
            Type::Enum(_) | Type::UnionTag(_) => {
                let t = self.enum_int_type(ty)?;
                self.layout(t)?
            }
            _ => Layout { size: 0, align: 1 },
        })
    }

    /// Layout of a tuple and the offset of every element.
    pub fn tuple_layout(&mut self, types: &[TypeId], values: &[Option<ValueId>]) -> R<(Layout, Vec<u64>)> {
        let mut parts = Vec::with_capacity(types.len());
        for (i, &t) in types.iter().enumerate() {
            let fixed = values.get(i).copied().flatten().is_some();
            parts.push(if fixed || self.is_comptime_only(t)? { Layout { size: 0, align: 1 } } else { self.layout(t)? });
        }
        Ok(auto_layout(&parts))
    }

    /// Whether an optional is represented by its payload's null.
    pub fn is_ptr_like_optional(&self, ty: TypeId) -> bool {
        let Some(c) = self.s.pool.optional_child(ty) else { return false };
        match self.s.pool.ty(c) {
            Type::Ptr(p) => p.size != PtrSize::Slice && p.size != PtrSize::C && !p.allowzero,
            Type::AnyError | Type::ErrorSet(_) | Type::InferredErrorSet(_) => true,
            _ => false,
        }
    }

    /// Whether values of a type exist at compile time only.
    pub fn is_comptime_only(&mut self, ty: TypeId) -> R<bool> {
        self.comptime_only(ty, &mut FxHashSet::default())
    }

    fn comptime_only(&mut self, ty: TypeId, seen: &mut FxHashSet<TypeId>) -> R<bool> {
        Ok(match self.s.pool.ty(ty).clone() {
            Type::Type
            | Type::ComptimeInt
            | Type::ComptimeFloat
            | Type::EnumLiteral
            | Type::Null
            | Type::Undefined
            | Type::Fn(_) => true,
            Type::Ptr(p) => match self.s.pool.ty(p.child) {
                Type::Fn(f) => {
                    let f = f.clone();
                    self.fn_needs_comptime(&f, seen)?
                }
                Type::AnyOpaque | Type::Opaque(_) => false,
                _ => self.comptime_only(p.child, seen)?,
            },
            Type::Array { child, .. } => self.comptime_only(child, seen)?,
            Type::Vector { child, .. } => self.comptime_only(child, seen)?,
            Type::Optional(c) => self.comptime_only(c, seen)?,
            Type::ErrorUnion { payload, .. } => self.comptime_only(payload, seen)?,
            Type::Tuple { types, values } => {
                for (i, &t) in types.iter().enumerate() {
                    if values.get(i).copied().flatten().is_none() && self.comptime_only(t, seen)? {
                        return Ok(true);
                    }
                }
                false
            }
            Type::Struct(c) | Type::Union(c) => {
                if !seen.insert(ty) {
                    return Ok(false);
                }
                if self.is_running(UnitKey::Fields(c)) {
                    return Ok(false);
                }
                let f = self.fields(c)?;
                for field in &f.fields {
                    if !field.is_comptime && self.comptime_only(field.ty, seen)? {
                        return Ok(true);
                    }
                }
                false
            }
            Type::Enum(c) => {
                if self.is_running(UnitKey::Fields(c)) {
                    return Ok(false);
                }
                let f = self.fields(c)?;
                matches!(f.tag, Some(t) if self.s.pool.is_comptime_int(t))
            }
            _ => false,
        })
    }

    /// Whether functions of a type can only be called at compile time or as instances.
    fn fn_needs_comptime(&mut self, f: &crate::pool::FnType, seen: &mut FxHashSet<TypeId>) -> R<bool> {
        if is_generic(f) {
            return Ok(true);
        }
        for t in f.params.iter().filter_map(|p| p.ty).chain(f.ret) {
            if !matches!(self.s.pool.ty(t), Type::Struct(_) | Type::Union(_)) && self.comptime_only(t, seen)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a unit is being analysed further up, so that no answer can be had from it yet. Whoever goes on
    /// without it depends on it all the same: both are then out of date together.
    pub fn is_running(&mut self, key: UnitKey) -> bool {
        let u = self.s.unit(key);
        let running = self.s.graph.state(u) == crate::graph::State::Running;
        if running && u != self.unit {
            self.rec.deps.push(Dep::Unit(u));
        }
        running
    }

    /// The one possible value of a type, if there is just one.
    pub fn opv(&mut self, ty: TypeId) -> R<Option<ValueId>> {
        self.opv_within(ty, &mut Vec::new())
    }

    /// As [`An::opv`]; `outer` are the structs around that are looked at.
    fn opv_within(&mut self, ty: TypeId, outer: &mut Vec<ContId>) -> R<Option<ValueId>> {
        Ok(match self.s.pool.ty(ty).clone() {
            Type::Void => Some(ValueId::VOID),
            Type::Null => Some(ValueId::NULL),
            Type::Undefined => Some(ValueId::UNDEF),
            Type::Int { bits: 0, .. } => Some(self.s.pool.int(ty, 0i64)),
            Type::Array { len, child, sentinel } => {
                if len == 0 && sentinel.is_none() {
                    return Ok(Some(self.s.pool.aggregate(ty, 0, &[])));
                }
                match self.opv_within(child, outer)? {
                    Some(elem) => Some(self.s.pool.intern(Value::Repeated { ty, elem })),
                    None => None,
                }
            }
            Type::Tuple { types, values } => {
                let mut elems = Vec::with_capacity(types.len());
                for (i, &t) in types.iter().enumerate() {
                    match values.get(i).copied().flatten() {
                        Some(v) => elems.push(v),
                        None => match self.opv_within(t, outer)? {
                            Some(v) => elems.push(v),
                            None => return Ok(None),
                        },
                    }
                }
                Some(self.s.pool.aggregate(ty, 0, &elems))
            }
            Type::Struct(c) => {
                if self.is_running(UnitKey::Fields(c)) {
                    return Ok(None);
                }
                if outer.contains(&c) {
                    // A struct that contains itself: its layout says so.
                    self.cont_layout(c)?;
                    return Ok(None);
                }
                let f = self.fields(c)?;
                outer.push(c);
                let defaults = if f.fields.iter().any(|f| f.is_comptime) { Some(self.defaults(c)?) } else { None };
                let mut elems = Vec::with_capacity(f.fields.len());
                for (i, field) in f.fields.iter().enumerate() {
                    if field.is_comptime {
                        match defaults.as_ref().and_then(|d| d.get(i).copied().flatten()) {
                            Some(v) => elems.push(v),
                            None => return Ok(None),
                        }
                        continue;
                    }
                    match self.opv_within(field.ty, outer)? {
                        Some(v) => elems.push(v),
                        None => return Ok(None),
                    }
                }
                outer.pop();
                Some(self.s.pool.aggregate(ty, f.shape, &elems))
            }
            Type::Enum(c) => {
                if self.is_running(UnitKey::Fields(c)) {
                    return Ok(None);
                }
                let f = self.fields(c)?;
                match (&f.fields[..], f.non_exhaustive) {
                    ([only], false) => match only.value {
                        Some(val) => Some(self.s.pool.intern(Value::EnumTag { ty, val })),
                        None => None,
                    },
                    _ => None,
                }
            }
            _ => None,
        })
    }

    /// Natural alignment of what a pointer type points to, or its explicit one.
    pub fn ptr_align(&mut self, p: &crate::pool::PtrType) -> R<u32> {
        match p.align {
            Some(a) => Ok(a),
            None => match self.s.pool.ty(p.child) {
                Type::AnyOpaque | Type::Opaque(_) | Type::Fn(_) => Ok(1),
                _ => Ok(self.layout(p.child)?.align),
            },
        }
    }

    /// Width of a type in bits, as `@bitSizeOf`.
    pub fn bit_size(&mut self, ty: TypeId) -> R<u64> {
        if let Some((_, bits)) = self.int_info(ty) {
            return Ok(u64::from(bits));
        }
        Ok(match self.s.pool.ty(ty).clone() {
            Type::Bool => 1,
            Type::Enum(_) | Type::UnionTag(_) => {
                let t = self.enum_int_type(ty)?;
                self.bit_size(t)?
            }
            Type::Float(b) => u64::from(b),
            Type::AnyError | Type::ErrorSet(_) | Type::InferredErrorSet(_) => 16,
            Type::Array { len, child, .. } if len > 0 => {
                let e = self.layout(child)?.size * 8;
                e * (len - 1) + self.bit_size(child)?
            }
            Type::Struct(c) => {
                let f = self.fields(c)?;
                match (f.layout, f.tag) {
                    (ContLayout::Packed, Some(t)) => self.bit_size(t)?,
                    _ => self.layout(ty)?.size * 8,
                }
            }
            _ => self.layout(ty)?.size * 8,
        })
    }
}

/// Size and alignment of an integer of `bits` bits on x86_64.
pub fn int_layout(bits: u16) -> Layout {
    let align = match bits {
        0 => return Layout { size: 0, align: 1 },
        1..=8 => 1,
        9..=16 => 2,
        17..=32 => 4,
        33..=64 => 8,
        _ => 16,
    };
    Layout { size: u64::from(bits).div_ceil(8).next_multiple_of(u64::from(align)), align }
}

/// How many bits number `n` alternatives.
pub fn tag_bits(n: usize) -> u16 {
    if n <= 1 { 0 } else { Int::from(n as u64 - 1).bit_len() as u16 }
}

/// Fields in order of falling alignment, as Zig lays out `struct` without a layout keyword.
pub fn auto_layout(parts: &[Layout]) -> (Layout, Vec<u64>) {
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|&i| std::cmp::Reverse(parts[i].align));
    place(parts, order)
}

/// Fields in the order of their declaration.
pub fn extern_layout(parts: &[Layout]) -> (Layout, Vec<u64>) {
    place(parts, (0..parts.len()).collect())
}

fn place(parts: &[Layout], order: Vec<usize>) -> (Layout, Vec<u64>) {
    let mut offsets = vec![0; parts.len()];
    let (mut at, mut align) = (0u64, 1u32);
    for i in order {
        let p = parts[i];
        at = at.next_multiple_of(u64::from(p.align));
        offsets[i] = at;
        at += p.size;
        align = align.max(p.align);
    }
    (Layout { size: at.next_multiple_of(u64::from(align)), align }, offsets)
}

/// Whether a function of this type is not one by itself: it depends on its arguments, or is part of its callers.
pub fn is_generic(f: &crate::pool::FnType) -> bool {
    f.cc == crate::pool::CallConv::Inline || depends_on_arguments(f)
}

/// Whether a function type still depends on its arguments.
pub fn depends_on_arguments(f: &crate::pool::FnType) -> bool {
    f.ret.is_none() || f.params.iter().any(|p| p.ty.is_none() || p.is_comptime)
}
