//! Stack slots, copies and fills.
//!
//! A slot that is only read and written as one scalar and whose address is never taken becomes
//! an SSA variable: the register allocator then does better, and faster, than memory would.

use cranelift_codegen::ir::{InstBuilder, StackSlot, StackSlotData, StackSlotKind, Value, types};
use cranelift_frontend::Variable;
use tir::{Inst, Scalar, SlotId, Val};

use crate::function::{Translator, ty};
use crate::inst::plain;
use crate::{CodegenError, LibCall};

type Result<T> = std::result::Result<T, CodegenError>;

/// Where a slot is.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    /// In the frame; `align` is above what the frame guarantees, or 0.
    Memory {
        /// The slot.
        slot: StackSlot,
        /// Alignment to establish at every use, or 0.
        align: u32,
    },
    /// In no memory at all.
    Variable(Variable),
}

/// What a frame guarantees.
const FRAME_ALIGN: u32 = 16;
/// Frames are addressed by 32-bit displacements.
const MAX_FRAME: u64 = 1 << 30;
/// Copies and fills up to this size are written out.
const INLINE_BYTES: u32 = 64;

/// What the instructions say about a slot.
#[derive(Clone, Copy, PartialEq)]
enum Use {
    None,
    One(Scalar),
    Memory,
}

impl Translator<'_> {
    /// Decides for every slot where it lives.
    pub(crate) fn declare_slots(&mut self) -> Result<()> {
        let func = self.func;
        self.s.places.clear();
        if func.slots.is_empty() {
            return Ok(());
        }
        let mut uses = vec![Use::None; func.slots.len()];
        for inst in &func.insts {
            let (slot, scalar) = match *inst {
                Inst::SlotAddr { slot, .. } => (slot, None),
                Inst::SlotLoad { dst: v, slot, offset } | Inst::SlotStore { slot, offset, val: v } => {
                    (slot, if offset == 0 { Some(self.scalar(v)?) } else { None })
                }
                _ => continue,
            };
            let Some(u) = uses.get_mut(slot.ix()) else { return Err(CodegenError::Malformed("no such slot")) };
            *u = match (*u, scalar) {
                (Use::None, Some(s)) => Use::One(s),
                (Use::One(old), Some(s)) if old == s => Use::One(s),
                _ => Use::Memory,
            };
        }
        let mut total = 0u64;
        for (s, u) in func.slots.iter().zip(uses) {
            if let Use::One(scalar) = u
                && s.size >= scalar.size()
            {
                let var = self.b.declare_var(ty(scalar));
                self.s.places.push(Place::Variable(var));
                continue;
            }
            // Alignment beyond the frame's is made at run time, from room to spare.
            let over = if s.align > FRAME_ALIGN { s.align } else { 0 };
            total += u64::from(s.size) + u64::from(over);
            if total > MAX_FRAME {
                return Err(CodegenError::FrameTooLarge);
            }
            let shift = s.align.clamp(1, FRAME_ALIGN).trailing_zeros() as u8;
            let data = StackSlotData::new(StackSlotKind::ExplicitSlot, s.size + over, shift);
            let slot = self.b.create_sized_stack_slot(data);
            self.s.places.push(Place::Memory { slot, align: over });
        }
        Ok(())
    }

    fn place(&self, slot: SlotId) -> Result<Place> {
        self.s.places.get(slot.ix()).copied().ok_or(CodegenError::Malformed("no such slot"))
    }

    /// Address of a slot plus an offset.
    pub(crate) fn slot_addr(&mut self, slot: SlotId, offset: u32) -> Result<Value> {
        match self.place(slot)? {
            Place::Memory { slot, align: 0 } => Ok(self.b.ins().stack_addr(types::I64, slot, offset as i32)),
            Place::Memory { slot, align } => {
                let top = self.b.ins().stack_addr(types::I64, slot, align as i32 - 1);
                let mask = self.b.ins().iconst(types::I64, -i64::from(align));
                let base = self.b.ins().band(top, mask);
                Ok(self.plus(base, i64::from(offset)))
            }
            Place::Variable(..) => Err(CodegenError::Malformed("address of a slot in registers")),
        }
    }

    pub(crate) fn slot_load(&mut self, dst: Val, slot: SlotId, offset: u32) -> Result<()> {
        let v = match self.place(slot)? {
            Place::Variable(var) => self.b.use_var(var),
            Place::Memory { .. } => {
                let t = ty(self.scalar(dst)?);
                let addr = self.slot_addr(slot, offset)?;
                self.b.ins().load(t, plain(), addr, 0)
            }
        };
        self.def(dst, v)
    }

    pub(crate) fn slot_store(&mut self, slot: SlotId, offset: u32, val: Val) -> Result<()> {
        let v = self.val(val)?;
        match self.place(slot)? {
            Place::Variable(var) => self.b.def_var(var, v),
            Place::Memory { .. } => {
                let addr = self.slot_addr(slot, offset)?;
                self.b.ins().store(plain(), v, addr, 0);
            }
        }
        Ok(())
    }

    /// Copies a constant number of bytes between equal or disjoint ranges.
    pub(crate) fn copy(&mut self, dst: Value, src: Value, len: u32) -> Result<()> {
        if len > INLINE_BYTES {
            let n = self.b.ins().iconst(types::I64, i64::from(len));
            return self.call_lib(LibCall::Memcpy, &[dst, src, n]).map(drop);
        }
        for (t, offset) in pieces(len, true) {
            let v = self.b.ins().load(t, plain(), src, offset);
            self.b.ins().store(plain(), v, dst, offset);
        }
        Ok(())
    }

    /// Fills a constant number of bytes.
    pub(crate) fn fill(&mut self, dst: Value, byte: u8, len: u32) -> Result<()> {
        if len > INLINE_BYTES {
            let (b, n) = (i64::from(byte), i64::from(len));
            let (b, n) = (self.b.ins().iconst(types::I64, b), self.b.ins().iconst(types::I64, n));
            return self.call_lib(LibCall::Memset, &[dst, b, n]).map(drop);
        }
        let pattern = u64::from(byte).wrapping_mul(0x0101_0101_0101_0101);
        for (t, offset) in pieces(len, false) {
            let v = self.b.ins().iconst(t, (pattern & (u64::MAX >> (64 - t.bits()))) as i64);
            self.b.ins().store(plain(), v, dst, offset);
        }
        Ok(())
    }
}

/// Accesses that cover `len` bytes. The last may overlap the one before it, which is harmless
/// for fills and for copies between equal or disjoint ranges.
fn pieces(len: u32, vectors: bool) -> impl Iterator<Item = (cranelift_codegen::ir::Type, i32)> {
    let widths: &[(u32, cranelift_codegen::ir::Type)] =
        &[(16, types::I8X16), (8, types::I64), (4, types::I32), (2, types::I16), (1, types::I8)];
    let widths = if vectors { widths } else { widths.get(1..).unwrap_or(widths) };
    let mut at = 0;
    std::iter::from_fn(move || {
        let left = len - at;
        if left == 0 {
            return None;
        }
        // The narrowest access that finishes the job, if the bytes before it may be done again;
        // else the widest that fits.
        let finishing = widths.iter().rev().find(|w| w.0 >= left && w.0 <= len);
        let (width, t) = finishing.or_else(|| widths.iter().find(|w| w.0 <= left)).copied()?;
        let start = if width >= left { len - width } else { at };
        at = start + width;
        Some((t, start as i32))
    })
}
