//! The result: bytes, what must be filled in when addresses are known, and where they came from.

use cranelift_codegen::Context;
use cranelift_codegen::FinalizedRelocTarget;
use cranelift_codegen::binemit::Reloc as ClifReloc;
use cranelift_codegen::ir::{ExternalName, LibCall as ClifLibCall};
use tir::{Place, Sym};

use crate::CodegenError;
use crate::abi::{NAMESPACE_LIB, NAMESPACE_SYM};

/// Machine code of one function.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Code {
    /// The instructions, followed by jump tables and constants.
    pub bytes: Vec<u8>,
    /// Alignment of the first byte, a power of two.
    pub align: u32,
    /// Places to fill in, by increasing offset.
    pub relocs: Vec<Reloc>,
    /// Source places by increasing code offset; each holds up to the next.
    pub locs: Vec<(u32, Place)>,
    /// Bytes of stack below the frame pointer.
    pub frame_size: u32,
}

/// One place to fill in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Reloc {
    /// Byte offset in the code.
    pub offset: u32,
    /// How to compute it.
    pub kind: RelocKind,
    /// Of what.
    pub target: RelocTarget,
    /// Added to the target's address.
    pub addend: i64,
}

/// How a place is computed from target address S, addend A and its own address P.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RelocKind {
    /// 8 bytes: S + A.
    Abs8,
    /// 4 bytes: S + A - P, of a reference to data or code.
    PcRel4,
    /// 4 bytes: S + A - P, of a call.
    Call4,
    /// 4 bytes: S + A - P, of a call that may go through the procedure linkage table.
    Plt4,
    /// 4 bytes: address of the target's global offset table entry + A - P.
    Got4,
    /// 4 bytes, the operand of the first instruction of the 16-byte general-dynamic
    /// thread-local sequence, which starts 4 bytes before. A linker that knows the thread-local
    /// block's layout replaces the whole sequence; the call in it has a relocation of its own.
    TlsGd,
}

/// What a place refers to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum RelocTarget {
    /// A symbol of the program.
    Sym(Sym),
    /// A routine that the linker or the system supplies.
    Lib(LibCall),
}

/// A routine that code needs but no typed function defines.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum LibCall {
    /// C's `memcpy`.
    Memcpy,
    /// C's `memmove`.
    Memmove,
    /// C's `memset`.
    Memset,
    /// Raw system call: number and six arguments by the C convention, all seven optional from
    /// the right; returns the kernel's result.
    Syscall,
    /// `__tls_get_addr` of the general-dynamic thread-local model.
    TlsGetAddr,
}

impl LibCall {
    /// All of them, in a fixed order.
    pub const ALL: [LibCall; 5] =
        [LibCall::Memcpy, LibCall::Memmove, LibCall::Memset, LibCall::Syscall, LibCall::TlsGetAddr];

    /// The name under which a system linker finds it. `Syscall` has none outside the program.
    pub fn name(self) -> &'static str {
        match self {
            LibCall::Memcpy => "memcpy",
            LibCall::Memmove => "memmove",
            LibCall::Memset => "memset",
            LibCall::Syscall => "__raw_syscall",
            LibCall::TlsGetAddr => "__tls_get_addr",
        }
    }

    /// Position in [`LibCall::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }
}

impl Code {
    /// Takes over what a context has compiled.
    pub(crate) fn from_context(ctx: &Context, places: &[Place]) -> Result<Code, CodegenError> {
        let compiled = ctx.compiled_code().ok_or(CodegenError::Malformed("nothing was compiled"))?;
        let buffer = &compiled.buffer;
        let names = ctx.func.params.user_named_funcs();
        let mut relocs = Vec::with_capacity(buffer.relocs().len());
        for r in buffer.relocs() {
            let kind = match r.kind {
                ClifReloc::Abs8 => RelocKind::Abs8,
                ClifReloc::X86PCRel4 => RelocKind::PcRel4,
                // Cranelift uses this kind for addresses, too; only calls may go through jumps.
                ClifReloc::X86CallPCRel4 if is_call(buffer.data(), r.offset) => RelocKind::Call4,
                ClifReloc::X86CallPCRel4 => RelocKind::PcRel4,
                ClifReloc::X86CallPLTRel4 => RelocKind::Plt4,
                ClifReloc::X86GOTPCRel4 => RelocKind::Got4,
                ClifReloc::ElfX86_64TlsGd => RelocKind::TlsGd,
                other => return Err(CodegenError::Backend(format!("unexpected relocation {other:?}"))),
            };
            let target = match &r.target {
                FinalizedRelocTarget::ExternalName(ExternalName::User(name)) => {
                    let name = names.get(*name).ok_or(CodegenError::Malformed("unknown external name"))?;
                    match name.namespace {
                        NAMESPACE_SYM => RelocTarget::Sym(Sym(name.index)),
                        NAMESPACE_LIB => match LibCall::ALL.get(name.index as usize) {
                            Some(l) => RelocTarget::Lib(*l),
                            None => return Err(CodegenError::Malformed("unknown runtime routine")),
                        },
                        _ => return Err(CodegenError::Malformed("unknown name space")),
                    }
                }
                FinalizedRelocTarget::ExternalName(ExternalName::LibCall(l)) => RelocTarget::Lib(match l {
                    ClifLibCall::Memcpy => LibCall::Memcpy,
                    ClifLibCall::Memmove => LibCall::Memmove,
                    ClifLibCall::Memset => LibCall::Memset,
                    ClifLibCall::ElfTlsGetAddr => LibCall::TlsGetAddr,
                    other => return Err(CodegenError::Backend(format!("unexpected runtime routine {other}"))),
                }),
                other => return Err(CodegenError::Backend(format!("unexpected relocation target {other:?}"))),
            };
            relocs.push(Reloc { offset: r.offset, kind, target, addend: r.addend });
        }
        relocs.sort_by_key(|r| r.offset);
        let mut locs: Vec<(u32, Place)> = Vec::new();
        for s in buffer.get_srclocs_sorted() {
            // Code without a place (moves of the register allocator) belongs to what precedes it.
            let place = places.get((s.loc.bits() as usize).wrapping_sub(1)).filter(|_| !s.loc.is_default());
            match place {
                Some(&p) if locs.last().is_none_or(|l| l.1 != p) => locs.push((s.start, p)),
                _ => {}
            }
        }
        Ok(Code {
            bytes: buffer.data().to_vec(),
            align: buffer.alignment.max(16),
            relocs,
            locs,
            frame_size: buffer.frame_layout().map_or(0, |l| l.frame_to_fp_offset),
        })
    }
}

/// Whether the 4 bytes at `offset` are the operand of a call or jump instruction. Before the
/// operand of an address computation stands a byte whose two highest bits are zero.
fn is_call(bytes: &[u8], offset: u32) -> bool {
    let opcode = (offset as usize).checked_sub(1).and_then(|i| bytes.get(i));
    matches!(opcode, Some(0xe8 | 0xe9))
}
