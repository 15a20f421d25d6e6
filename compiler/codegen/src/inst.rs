//! One instruction.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, types};
use tir::{CastOp, Cmp, Inst, InstId, Loc, Val};

use crate::function::{Known, Translator, ty};
use crate::{CodegenError, LibCall};

type Result<T> = std::result::Result<T, CodegenError>;

/// Flags of an access that the language defines: it may be dropped when unused.
pub(crate) fn plain() -> MemFlagsData {
    MemFlagsData::new().with_notrap()
}

fn flags(volatile: bool) -> MemFlagsData {
    if volatile { MemFlagsData::new() } else { plain() }
}

fn condition_code(cc: Cmp) -> IntCC {
    match cc {
        Cmp::Eq => IntCC::Equal,
        Cmp::Ne => IntCC::NotEqual,
        Cmp::SLt => IntCC::SignedLessThan,
        Cmp::SLe => IntCC::SignedLessThanOrEqual,
        Cmp::SGt => IntCC::SignedGreaterThan,
        Cmp::SGe => IntCC::SignedGreaterThanOrEqual,
        Cmp::ULt => IntCC::UnsignedLessThan,
        Cmp::ULe => IntCC::UnsignedLessThanOrEqual,
        Cmp::UGt => IntCC::UnsignedGreaterThan,
        Cmp::UGe => IntCC::UnsignedGreaterThanOrEqual,
    }
}

impl Translator<'_> {
    pub(crate) fn inst(&mut self, id: InstId) -> Result<()> {
        let func = self.func;
        let inst = func.insts.get(id.ix()).ok_or(CodegenError::Malformed("no such instruction"))?;
        self.set_loc(func.locs.get(id.ix()).copied().unwrap_or(Loc(0)));
        match *inst {
            Inst::Const { dst, value } => {
                let v = self.constant(dst, value)?;
                self.def(dst, v)
            }
            Inst::SymAddr { dst, sym, addend } => {
                let v = self.sym_addr(sym, addend);
                self.def(dst, v)
            }
            Inst::TlsAddr { dst, sym, addend } => {
                let v = self.tls_addr(sym, addend);
                self.def(dst, v)
            }
            Inst::SlotAddr { dst, slot, offset } => {
                let v = self.slot_addr(slot, offset)?;
                self.def(dst, v)
            }
            Inst::Bin { dst, op, a, b } => {
                let (a, b) = (self.val(a)?, self.val(b)?);
                let v = self.bin(op, a, b);
                self.def(dst, v)
            }
            Inst::BinImm { dst, op, a, imm } => {
                let b = self.constant(a, imm)?;
                let a = self.val(a)?;
                let v = self.bin(op, a, b);
                self.def(dst, v)
            }
            Inst::Un { dst, op, a } => {
                let a = self.val(a)?;
                let v = self.un(op, a);
                self.def(dst, v)
            }
            Inst::Ovf { dst, ovf, op, signed, bits, a, b } => {
                let scalar = self.scalar(a)?;
                let (a, b) = (self.val(a)?, self.val(b)?);
                let (v, o) = self.overflow(op, signed, u32::from(bits), scalar, a, b);
                self.def(dst, v)?;
                self.def(ovf, o)
            }
            Inst::Cmp { dst, cc, a, b } => {
                let (a, b) = (self.val(a)?, self.val(b)?);
                let v = self.b.ins().icmp(condition_code(cc), a, b);
                self.def(dst, v)
            }
            Inst::CmpImm { dst, cc, a, imm } => self.cmp_imm(dst, cc, a, imm),
            Inst::Cast { dst, op, a } => {
                let to = ty(self.scalar(dst)?);
                let a = self.val(a)?;
                let v = if self.b.func.dfg.value_type(a) == to {
                    a
                } else {
                    match op {
                        CastOp::Zext => self.b.ins().uextend(to, a),
                        CastOp::Sext => self.b.ins().sextend(to, a),
                        CastOp::Trunc => self.b.ins().ireduce(to, a),
                    }
                };
                self.def(dst, v)
            }
            Inst::Wrap { dst, a, bits, signed } => {
                let scalar = self.scalar(a)?;
                let a = self.val(a)?;
                let v = self.wrap(a, scalar, u32::from(bits), signed);
                self.def(dst, v)
            }
            Inst::Select { dst, c, a, b } => {
                let (c, is_zero) = self.condition(c)?;
                let (a, b) = (self.val(a)?, self.val(b)?);
                let (a, b) = if is_zero { (b, a) } else { (a, b) };
                let v = self.b.ins().select(c, a, b);
                self.def(dst, v)
            }
            Inst::Load { dst, addr, offset, volatile } => {
                let t = ty(self.scalar(dst)?);
                let addr = self.val(addr)?;
                let v = self.b.ins().load(t, flags(volatile), addr, offset);
                self.def(dst, v)
            }
            Inst::Store { addr, offset, val, volatile } => {
                let (addr, val) = (self.val(addr)?, self.val(val)?);
                self.b.ins().store(flags(volatile), val, addr, offset);
                Ok(())
            }
            Inst::SlotLoad { dst, slot, offset } => self.slot_load(dst, slot, offset),
            Inst::SlotStore { slot, offset, val } => self.slot_store(slot, offset, val),
            Inst::Copy { dst, src, len, .. } => {
                let (dst, src) = (self.val(dst)?, self.val(src)?);
                self.copy(dst, src, len)
            }
            Inst::CopyDyn { dst, src, len, overlap } => {
                let lib = if overlap { LibCall::Memmove } else { LibCall::Memcpy };
                let args = [self.val(dst)?, self.val(src)?, self.val(len)?];
                self.call_lib(lib, &args).map(drop)
            }
            Inst::Fill { dst, byte, len } => {
                let byte = self.val(byte)?;
                let byte = if self.b.func.dfg.value_type(byte) == types::I64 {
                    byte
                } else {
                    self.b.ins().uextend(types::I64, byte)
                };
                let args = [self.val(dst)?, byte, self.val(len)?];
                self.call_lib(LibCall::Memset, &args).map(drop)
            }
            Inst::FillImm { dst, byte, len } => {
                let dst = self.val(dst)?;
                self.fill(dst, byte, len)
            }
            Inst::Call { sym, sig, args, rets } => {
                let call = self.call_sym(sym, sig, args)?;
                self.def_results(call, rets)
            }
            Inst::CallPtr { ptr, sig, args, rets } => {
                let call = self.call_ptr(ptr, sig, args)?;
                self.def_results(call, rets)
            }
            Inst::Check { cond, .. } => self.check(id, cond),
            Inst::Breakpoint => {
                self.b.ins().debugtrap();
                Ok(())
            }
            Inst::RetAddr { dst } => {
                let v = self.b.ins().get_return_address(types::I64);
                self.def(dst, v)
            }
            Inst::FrameAddr { dst } => {
                let v = self.b.ins().get_frame_pointer(types::I64);
                self.def(dst, v)
            }
            Inst::Syscall { dst, args } => {
                let mut vals = std::mem::take(&mut self.s.call_args);
                self.list(args, &mut vals)?;
                if vals.is_empty() || vals.len() > 7 {
                    return Err(CodegenError::Malformed("wrong number of system call arguments"));
                }
                let v = self.call_lib(LibCall::Syscall, &vals)?;
                self.s.call_args = vals;
                self.def(dst, v)
            }
        }
    }

    fn cmp_imm(&mut self, dst: Val, cc: Cmp, a: Val, imm: i64) -> Result<()> {
        // Tests for zero are by far the most frequent, mostly of another test: a branch can
        // use the tested value itself.
        if imm as u64 & self.mask(a)? == 0 && matches!(cc, Cmp::Eq | Cmp::Ne) {
            let test = match self.known(a) {
                Known::Test { value, is_zero } => Known::Test { value, is_zero: is_zero ^ (cc == Cmp::Eq) },
                _ => Known::Test { value: self.val(a)?, is_zero: cc == Cmp::Eq },
            };
            return self.def_known(dst, test);
        }
        let b = self.constant(a, imm)?;
        let a = self.val(a)?;
        let v = self.b.ins().icmp(condition_code(cc), a, b);
        self.def(dst, v)
    }
}
