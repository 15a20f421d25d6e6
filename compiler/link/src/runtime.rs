//! Routines that no typed function defines, as machine code written by hand.
//!
//! `memcpy`, `memmove` and `memset` are fallbacks: a program that exports functions of these
//! names uses its own.

use codegen::{Code, LibCall, Reloc, RelocKind, RelocTarget};
use tir::Sym;

fn code(bytes: &[u8]) -> Code {
    Code { bytes: bytes.to_vec(), align: 16, relocs: Vec::new(), locs: Vec::new(), frame_size: 0 }
}

/// The machine code of a routine; `None` for what only the system's linker can supply.
pub(crate) fn routine(lib: LibCall) -> Option<Code> {
    Some(code(match lib {
        LibCall::Memcpy => &[
            0x48, 0x89, 0xf8, // mov rax, rdi
            0x48, 0x89, 0xd1, // mov rcx, rdx
            0xf3, 0xa4, // rep movsb
            0xc3, // ret
        ],
        LibCall::Memmove => &[
            0x48, 0x89, 0xf8, // mov rax, rdi
            0x48, 0x89, 0xd1, // mov rcx, rdx
            0x49, 0x89, 0xf8, // mov r8, rdi
            0x49, 0x29, 0xf0, // sub r8, rsi
            0x49, 0x39, 0xd0, // cmp r8, rdx: destination inside the source?
            0x72, 0x03, // jb backwards
            0xf3, 0xa4, // rep movsb
            0xc3, // ret
            // backwards:
            0x48, 0x8d, 0x7c, 0x17, 0xff, // lea rdi, [rdi + rdx - 1]
            0x48, 0x8d, 0x74, 0x16, 0xff, // lea rsi, [rsi + rdx - 1]
            0xfd, // std
            0xf3, 0xa4, // rep movsb
            0xfc, // cld
            0xc3, // ret
        ],
        LibCall::Memset => &[
            0x49, 0x89, 0xf8, // mov r8, rdi
            0x89, 0xf0, // mov eax, esi
            0x48, 0x89, 0xd1, // mov rcx, rdx
            0xf3, 0xaa, // rep stosb
            0x4c, 0x89, 0xc0, // mov rax, r8
            0xc3, // ret
        ],
        LibCall::Syscall => &[
            0x48, 0x89, 0xf8, // mov rax, rdi
            0x48, 0x89, 0xf7, // mov rdi, rsi
            0x48, 0x89, 0xd6, // mov rsi, rdx
            0x48, 0x89, 0xca, // mov rdx, rcx
            0x4d, 0x89, 0xc2, // mov r10, r8
            0x4d, 0x89, 0xc8, // mov r8, r9
            0x4c, 0x8b, 0x4c, 0x24, 0x08, // mov r9, [rsp + 8]
            0x0f, 0x05, // syscall
            0xc3, // ret
        ],
        LibCall::TlsGetAddr => return None,
    }))
}

/// The first code to run: hands the initial stack pointer to the entry function, on an aligned
/// stack and with an empty frame chain.
pub(crate) fn start(entry: Sym) -> Code {
    let mut c = code(&[
        0x31, 0xed, // xor ebp, ebp
        0x48, 0x89, 0xe7, // mov rdi, rsp
        0x48, 0x83, 0xe4, 0xf0, // and rsp, -16
        0x6a, 0x00, // push 0: it returns to nowhere
        0xe9, 0, 0, 0, 0, // jmp entry
    ]);
    c.relocs.push(Reloc { offset: 12, kind: RelocKind::Call4, target: RelocTarget::Sym(entry), addend: -4 });
    c
}
