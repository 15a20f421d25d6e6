//! Comptime values as bytes: what global variables and constants hold when the program starts.

use tir::{Data, DataReloc, Section, Sym};

use super::An;
use super::comptime_mem::{Step, Target};
use super::runtime::eu_offsets;
use crate::pool::{Int, Type, TypeId, Value, ValueId};
use crate::unit::R;

/// Bytes under construction.
struct Out {
    bytes: Vec<u8>,
    relocs: Vec<DataReloc>,
}

impl Out {
    fn put(&mut self, at: u64, src: &[u8]) {
        let at = at as usize;
        if let Some(dst) = self.bytes.get_mut(at..at + src.len()) {
            dst.copy_from_slice(src);
        }
    }
}

/// A data object larger than this is refused.
const MAX_DATA: u64 = 1 << 30;

impl An<'_> {
    /// The object of a symbol that holds a value.
    pub fn data_object(&mut self, sym: Sym, value: ValueId, section: Section) -> R<Data> {
        let ty = self.s.pool.type_of(value);
        let l = self.layout(ty)?;
        if l.size > MAX_DATA {
            return self.unsupported("a constant of one gigabyte or more");
        }
        let undef = self.is_undef(value);
        if section == Section::Data && undef && !self.s.opts.mode.safe() {
            return Ok(Data {
                sym,
                section: Section::Bss,
                size: l.size,
                align: l.align,
                bytes: Vec::new(),
                relocs: Vec::new(),
            });
        }
        let mut out = Out { bytes: vec![0; l.size as usize], relocs: Vec::new() };
        self.put_value(&mut out, 0, value)?;
        out.relocs.sort_by_key(|r| r.offset);
        if section == Section::Data && out.relocs.is_empty() && out.bytes.iter().all(|&b| b == 0) {
            return Ok(Data {
                sym,
                section: Section::Bss,
                size: l.size,
                align: l.align,
                bytes: Vec::new(),
                relocs: Vec::new(),
            });
        }
        Ok(Data { sym, section, size: l.size, align: l.align, bytes: out.bytes, relocs: out.relocs })
    }

    fn put_int(&mut self, out: &mut Out, at: u64, v: &Int, size: u64) {
        let bytes = v.to_le_bytes(size as usize);
        out.put(at, &bytes);
    }

    fn put_value(&mut self, out: &mut Out, at: u64, v: ValueId) -> R<()> {
        let ty = self.s.pool.type_of(v);
        let size = self.layout(ty)?.size;
        if size == 0 {
            return Ok(());
        }
        if self.is_undef(v) {
            let fill = vec![0xaa; size as usize];
            out.put(at, &fill);
            return Ok(());
        }
        match self.s.pool.val(v).clone() {
            // What exists at compile time only has no bytes.
            Value::Undef(_)
            | Value::Void
            | Value::Null
            | Value::Type(_)
            | Value::EnumLiteral(_)
            | Value::AlignOf(_) => {}
            Value::Bool(b) => out.put(at, &[u8::from(b)]),
            Value::Int { val, .. } => self.put_int(out, at, &val, size),
            Value::Float { bits, .. } => {
                let b = bits.to_le_bytes();
                out.put(at, b.get(..size.min(16) as usize).unwrap_or(&b));
            }
            Value::EnumTag { val, .. } => self.put_value(out, at, val)?,
            Value::Err { name, .. } => self.put_error(out, at, name),
            Value::ErrUnionErr { name, .. } => {
                let at = at + self.error_offset(ty)?;
                self.put_error(out, at, name);
            }
            Value::ErrUnionPayload { val, .. } => {
                let offset = self.step_offset(ty, Step::Eu)?;
                self.put_value(out, at + offset, val)?;
            }
            Value::Opt { val: None, .. } => {}
            Value::Opt { val: Some(x), .. } => {
                self.put_value(out, at, x)?;
                if !self.is_ptr_like_optional(ty) {
                    let child = self.s.pool.type_of(x);
                    let flag = self.layout(child)?.size;
                    out.put(at + flag, &[1]);
                }
            }
            Value::Bytes { bytes, .. } => {
                out.put(at, &bytes);
                self.put_sentinel(out, at, ty)?;
            }
            Value::Repeated { elem, .. } => {
                let Type::Array { len, child, .. } = *self.s.pool.ty(ty) else { return Ok(()) };
                let step = self.layout(child)?.size;
                for i in 0..len {
                    self.put_value(out, at + i * step, elem)?;
                }
                self.put_sentinel(out, at, ty)?;
            }
            Value::Aggregate { elems, shape, .. } => {
                if let Type::Struct(c) = *self.s.pool.ty(ty)
                    && self.fields(c)?.shape != shape
                {
                    // Nobody needs it any more: whoever did makes another value.
                    return self.fail("internal error: constant of a struct that had other fields");
                }
                if let Type::Array { child, .. } | Type::Vector { child, .. } = *self.s.pool.ty(ty) {
                    let step = self.layout(child)?.size;
                    for (i, &e) in elems.iter().enumerate() {
                        self.put_value(out, at + i as u64 * step, e)?;
                    }
                    self.put_sentinel(out, at, ty)?;
                } else {
                    for (i, &e) in elems.iter().enumerate() {
                        if self.comptime_field(ty, i as u32)?.is_some() {
                            continue;
                        }
                        let t = self.s.pool.type_of(e);
                        if self.is_comptime_only(t)? {
                            continue;
                        }
                        let offset = self.step_offset(ty, Step::Field(i as u32))?;
                        self.put_value(out, at + offset, e)?;
                    }
                }
            }
            Value::Union { tag, val, .. } => {
                let Type::Union(c) = *self.s.pool.ty(ty) else { return Ok(()) };
                let l = self.cont_layout(c)?;
                self.put_value(out, at + l.tag_offset, tag)?;
                let payload = l.offsets.first().copied().unwrap_or(0);
                self.put_value(out, at + payload, val)?;
            }
            Value::Slice { ptr, len, .. } => {
                self.put_value(out, at, ptr)?;
                self.put_value(out, at + u64::from(self.s.opts.ptr_bits / 8), len)?;
            }
            Value::Ptr { .. } => match self.ptr_target(v)? {
                Target::Sym(sym, addend) => {
                    self.use_sym(sym);
                    out.relocs.push(DataReloc { offset: at as u32, sym, addend });
                }
                Target::Addr(a) => out.put(at, &a.to_le_bytes()),
                Target::Slot(..) => return self.fail("internal error: constant points into a function's stack"),
            },
            Value::Func { func, .. } => {
                let sym = self.s.funcs[func.0 as usize].sym;
                self.use_sym(sym);
                out.relocs.push(DataReloc { offset: at as u32, sym, addend: 0 });
            }
            Value::GenericFunc { .. } | Value::Extern { .. } => return self.fail("internal error: a function as data"),
        }
        Ok(())
    }

    fn put_error(&mut self, out: &mut Out, at: u64, name: syntax::Name) {
        let n = self.error_number(name);
        out.put(at, &n.to_le_bytes());
    }

    /// Offset of the error code in an error union.
    fn error_offset(&mut self, ty: TypeId) -> R<u64> {
        let Some((_, payload)) = self.s.pool.error_union_parts(ty) else { return Ok(0) };
        let l = self.layout(payload)?;
        Ok(if l.size == 0 { 0 } else { eu_offsets(l.size, l.align).1 })
    }

    fn put_sentinel(&mut self, out: &mut Out, at: u64, ty: TypeId) -> R<()> {
        if let Type::Array { len, child, sentinel: Some(s) } = *self.s.pool.ty(ty) {
            let step = self.layout(child)?.size;
            self.put_value(out, at + len * step, s)?;
        }
        Ok(())
    }
}
