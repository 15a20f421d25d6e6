//! The output of the code generator as data: relocations, places, errors. What the code *does*
//! is tested where programs can be made of it, in the linker's tests.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use codegen::{Code, CodegenError, Generator, LibCall, OptLevel, Options, RelocKind, RelocTarget};
use tir::{BinOp, BlockId, Builder, Cmp, Func, Inst, List, Place, Scalar, Sig, Sym, Target, Term, Val};

const I64: Scalar = Scalar::I64;

fn sig(params: &[Scalar], rets: &[Scalar]) -> Sig {
    Sig { params: params.to_vec(), rets: rets.to_vec(), c_abi: false }
}

fn generator(opt: OptLevel, pic: bool) -> Generator {
    Generator::new(&Options { opt, pic }).unwrap()
}

fn compile(f: &Func, pic: bool) -> Code {
    generator(OptLevel::Debug, pic).compile(f).unwrap()
}

/// A function with every kind of reference: call, address, thread-local, runtime routines.
fn references() -> Func {
    let mut b = Builder::new(Sym(1), sig(&[I64], &[I64]));
    let p = b.param(0);
    let r = b.call(Sym(2), &sig(&[I64], &[I64]), &[p])[0];
    let a = b.sym_addr(Sym(3), 8);
    let t = b.val(I64);
    b.inst(Inst::TlsAddr { dst: t, sym: Sym(4), addend: 0 });
    b.inst(Inst::Copy { dst: a, src: t, len: 1000, align: 1 });
    b.inst(Inst::CopyDyn { dst: a, src: t, len: r, overlap: true });
    b.inst(Inst::FillImm { dst: a, byte: 1, len: 1000 });
    let (args, dst) = (b.list(&[r]), b.val(I64));
    b.inst(Inst::Syscall { dst, args });
    b.ret(&[dst]);
    b.finish()
}

fn kinds(code: &Code) -> Vec<(RelocKind, RelocTarget)> {
    code.relocs.iter().map(|r| (r.kind, r.target)).collect()
}

#[test]
fn relocations_of_programs_and_of_objects() {
    let (sym, lib) = (|s| RelocTarget::Sym(Sym(s)), RelocTarget::Lib);
    let fixed = compile(&references(), false);
    let mut want = vec![
        (RelocKind::Call4, sym(2)),
        (RelocKind::PcRel4, sym(3)),
        (RelocKind::TlsGd, sym(4)),
        (RelocKind::Plt4, lib(LibCall::TlsGetAddr)),
        (RelocKind::Call4, lib(LibCall::Memcpy)),
        (RelocKind::Call4, lib(LibCall::Memmove)),
        (RelocKind::Call4, lib(LibCall::Memset)),
        (RelocKind::Call4, lib(LibCall::Syscall)),
    ];
    let sorted = |code: &Code| {
        let mut k = kinds(code);
        k.sort_by_key(|k| (k.1, k.0 as u8));
        k
    };
    want.sort_by_key(|k| (k.1, k.0 as u8));
    // The address is used more than once and may be computed more than once.
    let mut got = sorted(&fixed);
    got.dedup();
    assert_eq!(got, want);
    assert_eq!(fixed.relocs.iter().find(|r| r.target == sym(3)).unwrap().addend, 8 - 4);
    let pic = kinds(&compile(&references(), true));
    assert!(pic.contains(&(RelocKind::Got4, sym(3))));
    assert!(
        pic.contains(&(RelocKind::Plt4, lib(LibCall::Memcpy)))
            || pic.contains(&(RelocKind::Got4, lib(LibCall::Memcpy)))
    );
    assert!(pic.contains(&(RelocKind::Call4, lib(LibCall::Syscall))), "{pic:?}");
    assert!(fixed.relocs.is_sorted_by_key(|r| r.offset));
}

#[test]
fn equal_functions_make_equal_code_whatever_came_before() {
    for opt in [OptLevel::Debug, OptLevel::ReleaseSafe, OptLevel::ReleaseFast, OptLevel::ReleaseSmall] {
        let mut g = generator(opt, false);
        let first = g.compile(&references()).unwrap();
        let mut other = Builder::new(Sym(9), sig(&[], &[]));
        other.ret(&[]);
        g.compile(&other.finish()).unwrap();
        assert_eq!(g.compile(&references()).unwrap(), first);
        assert_eq!(generator(opt, false).compile(&references()).unwrap(), first);
    }
}

#[test]
fn generators_may_move_between_threads() {
    let mut g = generator(OptLevel::Debug, false);
    let here = g.compile(&references()).unwrap();
    let there = std::thread::spawn(move || g.compile(&references()).unwrap()).join().unwrap();
    assert_eq!(here, there);
}

fn place(token: u32) -> Place {
    Place { member: 1, token }
}

#[test]
fn places_follow_the_code() {
    let mut b = Builder::new(Sym(1), sig(&[I64], &[I64]));
    let p = b.param(0);
    b.set_place(place(10));
    let r = b.call(Sym(2), &sig(&[I64], &[I64]), &[p])[0];
    b.set_place(place(7));
    let ok = b.cmp_imm(Cmp::ULt, r, 5);
    b.check(ok, Sym(3), &sig(&[I64], &[]), &[r]);
    b.set_place(place(11));
    b.call(Sym(4), &sig(&[], &[]), &[]);
    b.ret(&[r]);
    let code = compile(&b.finish(), false);
    assert!(code.locs.is_sorted_by_key(|l| l.0));
    assert!(code.locs.windows(2).all(|w| w[0].1 != w[1].1), "only changes");
    // The place of the instruction that ends where a call returns to.
    let at = |sym| {
        let call = code.relocs.iter().find(|r| r.target == RelocTarget::Sym(Sym(sym))).unwrap().offset;
        code.locs.iter().rev().find(|l| l.0 <= call).unwrap().1
    };
    assert_eq!((at(2), at(3), at(4)), (place(10), place(7), place(11)));
    // Panic calls lie behind everything else.
    let offset = |sym| code.relocs.iter().find(|r| r.target == RelocTarget::Sym(Sym(sym))).unwrap().offset;
    assert!(offset(3) > offset(4));
}

/// Each breaks one rule; none may end the process, and the generator goes on.
#[test]
fn malformed_functions_are_errors() {
    let mut g = generator(OptLevel::Debug, false);
    let good = g.compile(&references()).unwrap();
    let base = || Builder::new(Sym(1), sig(&[I64], &[I64]));
    let mut bad: Vec<(&str, Func)> = Vec::new();
    let mut b = base();
    let undefined = b.val(I64);
    b.ret(&[undefined]);
    bad.push(("undefined value", b.finish()));
    let mut b = base();
    b.ret(&[Val(99)]);
    bad.push(("no such value", b.finish()));
    let mut b = base();
    b.ret(&[]);
    bad.push(("wrong number of results", b.finish()));
    let mut b = base();
    let p = b.param(0);
    b.call(Sym(2), &sig(&[I64, I64], &[]), &[p]);
    b.ret(&[p]);
    bad.push(("arguments", b.finish()));
    let mut b = base();
    b.term(Term::Jump(Target { block: BlockId(7), args: List::default() }));
    bad.push(("no such block", b.finish()));
    let mut b = base();
    let (p, block) = (b.param(0), b.block());
    b.block_param(block, I64);
    b.jump(block, &[]);
    b.switch_to(block);
    b.ret(&[p]);
    bad.push(("block arguments", b.finish()));
    let mut b = base();
    let slot = b.slot(u32::MAX, 8);
    let a = b.slot_addr(slot, 0);
    b.ret(&[a]);
    bad.push(("frame", b.finish()));
    let mut b = base();
    let dst = b.val(I64);
    b.inst(Inst::SlotAddr { dst, slot: tir::SlotId(3), offset: 0 });
    b.ret(&[dst]);
    bad.push(("no such slot", b.finish()));
    let mut b = base();
    let (args, dst) = (b.list(&[]), b.val(I64));
    b.inst(Inst::Syscall { dst, args });
    b.ret(&[dst]);
    bad.push(("no system call number", b.finish()));
    let mut empty = base().finish();
    empty.blocks.clear();
    bad.push(("no blocks", empty));
    let mut b = base();
    let p = b.param(0);
    let (x, y) = (b.block(), b.block());
    b.term(Term::Switch { v: p, cases: vec![(1, x), (1, y)], default: x });
    b.switch_to(x);
    b.ret(&[p]);
    b.switch_to(y);
    b.ret(&[p]);
    bad.push(("equal cases", b.finish()));
    for (what, f) in &bad {
        assert!(g.compile(f).is_err(), "{what}");
        assert_eq!(g.compile(&references()).as_ref(), Ok(&good), "after {what}");
    }
    assert_eq!(g.compile(&bad[6].1), Err(CodegenError::FrameTooLarge));
}

#[test]
fn unreachable_blocks_cost_nothing() {
    let with = |extra: bool| {
        let mut b = Builder::new(Sym(1), sig(&[I64], &[I64]));
        let p = b.param(0);
        let r = b.bin_imm(BinOp::Add, p, 1);
        b.ret(&[r]);
        if extra {
            let dead = b.block();
            b.switch_to(dead);
            let x = b.call(Sym(5), &sig(&[], &[I64]), &[])[0];
            b.ret(&[x]);
        }
        compile(&b.finish(), false)
    };
    assert_eq!(with(true), with(false));
}

/// Large functions take time in proportion to their size.
#[test]
fn large_functions() {
    let time = |n: usize| {
        let mut b = Builder::new(Sym(1), sig(&[I64], &[I64]));
        let slots: Vec<_> = (0..20).map(|_| b.slot(8, 8)).collect();
        for i in 0..n {
            let (dst, ovf) = (b.val(I64), b.val(Scalar::I8));
            let a = b.val(I64);
            b.inst(Inst::SlotLoad { dst: a, slot: slots[i % 20], offset: 0 });
            let p = b.param(0);
            b.inst(Inst::Ovf { dst, ovf, op: tir::OvfOp::Add, signed: true, bits: 64, a, b: p });
            let ok = b.cmp_imm(Cmp::Eq, ovf, 0);
            b.check(ok, Sym(3), &sig(&[I64], &[]), &[a]);
            b.inst(Inst::SlotStore { slot: slots[(i + 1) % 20], offset: 0, val: dst });
        }
        let p = b.param(0);
        b.ret(&[p]);
        let f = b.finish();
        let start = std::time::Instant::now();
        let code = compile(&f, false);
        assert!(code.bytes.len() > n * 10);
        start.elapsed()
    };
    time(100);
    let (small, large) = (time(1000), time(8000));
    assert!(large < small * 60, "{small:?} for 1000 checks, {large:?} for 8000");
}
