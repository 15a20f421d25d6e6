//! Programs built from typed IR, run for their exit codes at every optimisation level.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod support;

use support::*;
use tir::{BinOp, BlockId, CastOp, Cmp, Data, DataReloc, Inst, List, OvfOp, Section, Sym, Target, Term, UnOp};

#[test]
fn exit_code_and_size() {
    let dir = Dir::new("size");
    let mut img = image(codegen::OptLevel::Debug, &[main_func(|b| b.iconst(I64, 42))], &[]);
    assert_eq!(run_image(&mut img, &dir).0, 42);
    let size = img.stats().file;
    assert!(size < 40_000, "{size} bytes");
}

#[test]
fn loop_with_block_parameters() {
    // Sum of 1..=10 through block parameters.
    let code = run_main("loop", |b| {
        let (head, body, done) = (b.block(), b.block(), b.block());
        let i = b.block_param(head, I32);
        let sum = b.block_param(head, I32);
        let (one, zero) = (b.iconst(I32, 1), b.iconst(I32, 0));
        b.jump(head, &[one, zero]);
        b.switch_to(head);
        let c = b.cmp_imm(Cmp::SLe, i, 10);
        b.br(c, body, done);
        b.switch_to(body);
        let s = b.bin(BinOp::Add, sum, i);
        let n = b.bin_imm(BinOp::Add, i, 1);
        b.jump(head, &[n, s]);
        b.switch_to(done);
        sum
    });
    assert_eq!(code, 55);
}

#[test]
fn loop_over_slots() {
    // The same through stack memory; the blocks are created out of order.
    let code = run_main("slots", |b| {
        let (done, body, head) = (b.block(), b.block(), b.block());
        let (i, sum) = (b.slot(4, 4), b.slot(4, 4));
        let one = b.iconst(I32, 1);
        let zero = b.iconst(I32, 0);
        b.inst(Inst::SlotStore { slot: i, offset: 0, val: one });
        b.inst(Inst::SlotStore { slot: sum, offset: 0, val: zero });
        b.jump(head, &[]);
        b.switch_to(head);
        let iv = b.val(I32);
        b.inst(Inst::SlotLoad { dst: iv, slot: i, offset: 0 });
        let c = b.cmp_imm(Cmp::ULt, iv, 11);
        b.br(c, body, done);
        b.switch_to(body);
        let sv = b.val(I32);
        b.inst(Inst::SlotLoad { dst: sv, slot: sum, offset: 0 });
        let s2 = b.bin(BinOp::Add, sv, iv);
        b.inst(Inst::SlotStore { slot: sum, offset: 0, val: s2 });
        let i2 = b.bin_imm(BinOp::Add, iv, 1);
        b.inst(Inst::SlotStore { slot: i, offset: 0, val: i2 });
        b.jump(head, &[]);
        b.switch_to(done);
        let r = b.val(I32);
        b.inst(Inst::SlotLoad { dst: r, slot: sum, offset: 0 });
        r
    });
    assert_eq!(code, 55);
}

#[test]
fn jump_back_to_the_entry_block() {
    let mut b = tir::Builder::new(Sym(2), sig(&[I32], &[I32]));
    let p = b.param(0);
    let (done, again) = (b.block(), b.block());
    let c = b.cmp_imm(Cmp::UGe, p, 77);
    b.br(c, done, again);
    b.switch_to(again);
    let n = b.bin_imm(BinOp::Add, p, 1);
    b.jump(BlockId(0), &[n]);
    b.switch_to(done);
    b.ret(&[p]);
    let main = main_func(|m| {
        let zero = m.iconst(I32, 0);
        m.call(Sym(2), &sig(&[I32], &[I32]), &[zero])[0]
    });
    assert_eq!(run("entry", &[main, b.finish()], &[]), 77);
}

#[test]
fn recursion_many_arguments_and_two_results() {
    // fib(10) = 55
    let s = sig(&[I64], &[I64]);
    let mut f = tir::Builder::new(Sym(2), s.clone());
    let n = f.param(0);
    let (small, big) = (f.block(), f.block());
    let c = f.cmp_imm(Cmp::ULt, n, 2);
    f.br(c, small, big);
    f.switch_to(small);
    f.ret(&[n]);
    f.switch_to(big);
    let (a, b) = (f.bin_imm(BinOp::Sub, n, 1), f.bin_imm(BinOp::Sub, n, 2));
    let (a, b) = (f.call(Sym(2), &s, &[a])[0], f.call(Sym(2), &s, &[b])[0]);
    let r = f.bin(BinOp::Add, a, b);
    f.ret(&[r]);
    // Nine arguments, two of them on the stack; the sum and the last.
    let many = sig(&[I64, I32, I16, I8, I64, I64, I64, I8, I32], &[I64, I32]);
    let mut g = tir::Builder::new(Sym(3), many.clone());
    let mut sum = g.param(0);
    for i in 1..9 {
        let p = g.param(i);
        let w = g.cast(p, I64, false);
        sum = g.bin(BinOp::Add, sum, w);
    }
    let last = g.param(8);
    g.ret(&[sum, last]);
    let main = main_func(|m| {
        let ten = m.iconst(I64, 10);
        let fib = m.call(Sym(2), &s, &[ten])[0];
        let scalars = many.params.clone();
        let args: Vec<_> = scalars.iter().enumerate().map(|(i, &s)| m.iconst(s, i as i64 + 1)).collect();
        let fp = m.sym_addr(Sym(3), 0);
        let rets = m.call_ptr(fp, &many, &args);
        let last = m.cast(rets[1], I64, false);
        let x = m.bin(BinOp::Add, fib, rets[0]);
        m.bin(BinOp::Add, x, last)
    });
    assert_eq!(run("calls", &[main, f.finish(), g.finish()], &[]), 55 + 45 + 9);
}

#[test]
fn failed_check_panics_and_passed_check_does_not() {
    let panics = |value: i64| {
        run_main(&format!("check{value}"), move |b| {
            let x = b.iconst(I32, value);
            let y = b.iconst(I32, 0x7fff_ffff);
            let (dst, ovf) = (b.val(I32), b.val(I8));
            b.inst(Inst::Ovf { dst, ovf, op: OvfOp::Add, signed: true, bits: 32, a: x, b: y });
            let ok = b.cmp_imm(Cmp::Eq, ovf, 0);
            let code = b.iconst(I64, 7);
            b.check(ok, PANIC, &sig(&[I64], &[]), &[code]);
            b.iconst(I64, 3)
        })
    };
    assert_eq!(panics(1), 107);
    assert_eq!(panics(0), 3);
}

#[test]
fn switch_dense_sparse_and_negative() {
    let s = sig(&[I32], &[I32]);
    let mut f = tir::Builder::new(Sym(2), s.clone());
    let v = f.param(0);
    let keys = [-5i64, 0, 1, 2, 3, 4, 1000, 0x7fff_ffff];
    let blocks: Vec<_> = keys.iter().map(|_| f.block()).collect();
    let default = f.block();
    let cases = keys.iter().copied().zip(blocks.iter().copied()).collect();
    f.term(Term::Switch { v, cases, default });
    for (i, b) in blocks.iter().enumerate() {
        f.switch_to(*b);
        let r = f.iconst(I32, 1 << i.min(6));
        f.ret(&[r]);
    }
    f.switch_to(default);
    let r = f.iconst(I32, 0);
    f.ret(&[r]);
    let main = main_func(|m| {
        let mut sum = m.iconst(I32, 0);
        for k in [-5, 1, 4, 999, 0x7fff_ffff] {
            let a = m.iconst(I32, k);
            let r = m.call(Sym(2), &s, &[a])[0];
            sum = m.bin(BinOp::Add, sum, r);
        }
        sum
    });
    assert_eq!(run("switch", &[main, f.finish()], &[]), 1 + 4 + 32 + 64);
}

#[test]
fn switch_on_a_byte_with_shared_target() {
    let code = run_main("switch8", |b| {
        let v = b.iconst(I8, -1);
        let (yes, no, join) = (b.block(), b.block(), b.block());
        let r = b.block_param(join, I32);
        b.term(Term::Switch { v, cases: vec![(-1, yes), (3, no), (4, yes)], default: no });
        b.switch_to(yes);
        let one = b.iconst(I32, 1);
        b.jump(join, &[one]);
        b.switch_to(no);
        let two = b.iconst(I32, 2);
        b.jump(join, &[two]);
        b.switch_to(join);
        r
    });
    assert_eq!(code, 1);
}

#[test]
fn data_bss_relocations_and_copies() {
    let text: Vec<u8> = (0..200u8).collect();
    let rodata = |sym, bytes: Vec<u8>, relocs| Data {
        sym: Sym(sym),
        section: Section::Rodata,
        size: bytes.len() as u64,
        align: 8,
        bytes,
        relocs,
    };
    let table = rodata(10, vec![0; 16], vec![DataReloc { offset: 8, sym: Sym(11), addend: 5 }]);
    let bytes = rodata(11, text, vec![]);
    let bss = Data { sym: Sym(12), section: Section::Bss, size: 1 << 20, align: 64, bytes: vec![], relocs: vec![] };
    let data = Data { section: Section::Data, sym: Sym(13), ..rodata(13, vec![9, 0, 0, 0, 0, 0, 0, 0], vec![]) };
    let main = main_func(|b| {
        // *(table[1]) = bytes[5] = 5
        let t = b.sym_addr(Sym(10), 8);
        let p = b.load(I64, t, 0);
        let five = b.load(I8, p, 0);
        // bss[4096..] = bytes[..]; then bss[4096 + 150] = 150
        let dst = b.sym_addr(Sym(12), 4096);
        let src = b.sym_addr(Sym(11), 0);
        b.inst(Inst::Copy { dst, src, len: 200, align: 1 });
        let big = b.load(I8, dst, 150);
        // Overlapping move by one: bss[4097..] = bss[4096..]; then [4096 + 151] = 150
        let to = b.bin_imm(BinOp::Add, dst, 1);
        let n = b.iconst(I64, 199);
        b.inst(Inst::CopyDyn { dst: to, src: dst, len: n, overlap: true });
        let moved = b.load(I8, dst, 151);
        let same = b.cmp(Cmp::Eq, big, moved);
        // data[0] += 1 = 10
        let d = b.sym_addr(Sym(13), 0);
        let nine = b.load(I64, d, 0);
        let ten = b.bin_imm(BinOp::Add, nine, 1);
        b.store(d, 0, ten);
        let ten = b.load(I8, d, 0);
        let x = b.bin(BinOp::Add, five, ten);
        b.bin(BinOp::Add, x, same)
    });
    assert_eq!(run("data", &[main], &[table, bytes, bss, data]), 16);
}

/// Every copy and fill length up to beyond the inline limit, checked byte by byte.
#[test]
fn copies_and_fills_of_every_length() {
    let code = run_main("copies", |b| {
        let (src, dst) = (b.slot(128, 32), b.slot(128, 1));
        let (s, d) = (b.slot_addr(src, 0), b.slot_addr(dst, 0));
        // An over-aligned slot really is aligned.
        let low = b.bin_imm(BinOp::And, s, 31);
        let aligned = b.cmp_imm(Cmp::Eq, low, 0);
        let one = b.iconst(I64, 1);
        b.check(aligned, PANIC, &sig(&[I64], &[]), &[one]);
        for i in 0..128 {
            let v = b.iconst(I8, i + 3);
            b.store(s, i as i32, v);
        }
        for len in (0..=36).chain([63, 64, 65, 100]) {
            b.inst(Inst::FillImm { dst: d, byte: 0xaa, len: 128 });
            b.inst(Inst::Copy { dst: d, src: s, len, align: 1 });
            let mut good = b.iconst(I8, 1);
            for at in [0, len / 2, len.saturating_sub(1), len] {
                let got = b.load(I8, d, at as i32);
                let want = if at < len { at as i64 + 3 } else { 0xaa };
                let ok = b.cmp_imm(Cmp::Eq, got, want);
                good = b.bin(BinOp::And, good, ok);
            }
            b.inst(Inst::FillImm { dst: d, byte: 7, len });
            for at in [0, len.saturating_sub(1), len] {
                let got = b.load(I8, d, at as i32);
                let want = if at < len { 7 } else { 0xaa };
                let ok = b.cmp_imm(Cmp::Eq, got, want);
                good = b.bin(BinOp::And, good, ok);
            }
            let n = b.iconst(I64, i64::from(len));
            b.check(good, PANIC, &sig(&[I64], &[]), &[n]);
        }
        b.iconst(I32, 9)
    });
    assert_eq!(code, 9);
}

#[test]
fn system_call_writes() {
    let dir = Dir::new("write");
    let text = b"hello\n".to_vec();
    let data = Data { sym: Sym(5), section: Section::Rodata, size: 6, align: 1, bytes: text, relocs: vec![] };
    let main = main_func(|b| {
        let (fd, p, n) = (b.iconst(I64, 1), b.sym_addr(Sym(5), 0), b.iconst(I64, 6));
        syscall(b, 1, &[fd, p, n])
    });
    let mut img = image(codegen::OptLevel::Debug, &[main], &[data]);
    assert_eq!(run_image(&mut img, &dir), (6, b"hello\n".to_vec()));
}

#[test]
fn six_argument_system_call() {
    // mmap(0, 4096, READ|WRITE, PRIVATE|ANONYMOUS, -1, 0), then use the memory.
    let code = run_main("mmap", |b| {
        let args = [0, 4096, 3, 0x22, -1, 0].map(|v| b.iconst(I64, v));
        let p = syscall(b, 9, &args);
        let v = b.iconst(I32, 21);
        b.store(p, 4092, v);
        b.load(I32, p, 4092)
    });
    assert_eq!(code, 21);
}

#[test]
fn thread_local_storage() {
    // The program makes its own thread-local block, as its language's start code would.
    let var = |sym: u32, v: u8| Data {
        sym: Sym(sym),
        section: Section::Tls,
        size: 8,
        align: 8,
        bytes: vec![v, 0, 0, 0, 0, 0, 0, 0],
        relocs: vec![],
    };
    let big = Data { size: 700, bytes: vec![5; 700], ..var(22, 0) };
    let main = main_func(|b| {
        // The block lies below the thread pointer; its bytes are copied from the segment.
        let block = b.sym_addr(Sym(30), 0);
        let template = b.iconst(I64, 0x4000_0000);
        let size = 1024;
        b.inst(Inst::Copy { dst: block, src: template, len: size, align: 8 });
        let tp = b.sym_addr(Sym(30), i64::from(size));
        b.store(tp, 0, tp);
        let set_fs = b.iconst(I64, 0x1002);
        syscall(b, 158, &[set_fs, tp]);
        let mut sum = b.iconst(I8, 0);
        for (sym, addend) in [(20, 0), (21, 0), (22, 699)] {
            let a = b.val(I64);
            b.inst(Inst::TlsAddr { dst: a, sym: Sym(sym), addend });
            let v = b.load(I8, a, 0);
            sum = b.bin(BinOp::Add, sum, v);
        }
        sum
    });
    let bss = Data { sym: Sym(30), section: Section::Bss, size: 8192, align: 64, bytes: vec![], relocs: vec![] };
    assert_eq!(run("tls", &[main], &[var(20, 11), var(21, 22), big, bss]), 38);
}

#[test]
fn large_frames_and_debug_instructions() {
    let code = run_main("frame", |b| {
        let s = b.slot(300_000, 16);
        let a = b.slot_addr(s, 250_000);
        let v = b.iconst(I32, 17);
        b.store(a, 0, v);
        let (ra, fa) = (b.val(I64), b.val(I64));
        b.inst(Inst::RetAddr { dst: ra });
        b.inst(Inst::FrameAddr { dst: fa });
        // The saved return address stands above the saved frame pointer.
        let stored = b.load(I64, fa, 8);
        let same = b.cmp(Cmp::Eq, stored, ra);
        let x = b.load(I32, a, 0);
        let same = b.cast(same, I32, false);
        b.bin(BinOp::Add, x, same)
    });
    assert_eq!(code, 18);
    let trap = run_main("trap", |b| {
        b.inst(Inst::Breakpoint);
        b.iconst(I64, 0)
    });
    assert_eq!(trap, 1005);
}

/// Arithmetic against Rust's: each case is a value that the program compares with what it
/// should be; the operands come through memory so that nothing is folded away.
#[test]
fn arithmetic_agrees_with_rust() {
    let mut cases: Vec<Box<dyn Fn(&mut tir::Builder) -> (tir::Val, i64)>> = Vec::new();
    fn opaque(b: &mut tir::Builder, s: tir::Scalar, v: i64) -> tir::Val {
        let slot = b.slot(8, 8);
        let a = b.slot_addr(slot, 0);
        let v = b.iconst(s, v);
        b.store(a, 0, v);
        b.load(s, a, 0)
    }
    fn cut(s: tir::Scalar, v: i64) -> i64 {
        let n = 64 - s.bits();
        v << n >> n
    }
    fn zext(s: tir::Scalar, v: i64) -> u64 {
        v as u64 & (u64::MAX >> (64 - s.bits()))
    }
    let pairs =
        [(7, 3), (-7, 3), (100, -100), (-128, 2), (0x7fff_ffff_ffff_ffff, 5), (-1, 1), (0x55, 7), (i64::MIN, 9)];
    for s in [I8, I16, I32, I64] {
        for (x, y) in pairs {
            let (x, y) = (cut(s, x), cut(s, y));
            let (ux, uy) = (zext(s, x), zext(s, y));
            let sh = (uy % u64::from(s.bits())) as u32;
            let mut bin = |op: BinOp, y: i64, want: i64| {
                cases.push(Box::new(move |b| {
                    let (a, c) = (opaque(b, s, x), opaque(b, s, y));
                    (b.bin(op, a, c), cut(s, want))
                }));
                cases.push(Box::new(move |b| {
                    let a = opaque(b, s, x);
                    (b.bin_imm(op, a, y), cut(s, want))
                }));
            };
            bin(BinOp::Add, y, x.wrapping_add(y));
            bin(BinOp::Sub, y, x.wrapping_sub(y));
            bin(BinOp::Mul, y, x.wrapping_mul(y));
            bin(BinOp::SDiv, y, x.wrapping_div(y));
            bin(BinOp::SRem, y, x.wrapping_rem(y));
            bin(BinOp::UDiv, y, (ux / uy) as i64);
            bin(BinOp::URem, y, (ux % uy) as i64);
            bin(BinOp::And, y, x & y);
            bin(BinOp::Or, y, x | y);
            bin(BinOp::Xor, y, x ^ y);
            bin(BinOp::SMin, y, x.min(y));
            bin(BinOp::SMax, y, x.max(y));
            bin(BinOp::UMin, y, ux.min(uy) as i64);
            bin(BinOp::UMax, y, ux.max(uy) as i64);
            bin(BinOp::Shl, i64::from(sh), x << sh);
            bin(BinOp::SShr, i64::from(sh), x >> sh);
            bin(BinOp::UShr, i64::from(sh), (ux >> sh) as i64);
            let mut un = |op: UnOp, want: i64| {
                cases.push(Box::new(move |b| {
                    let a = opaque(b, s, x);
                    let dst = b.val(s);
                    b.inst(Inst::Un { dst, op, a });
                    (dst, cut(s, want))
                }));
            };
            let spare = 64 - s.bits();
            un(UnOp::Neg, x.wrapping_neg());
            un(UnOp::Not, !x);
            un(UnOp::Clz, i64::from(ux.leading_zeros() - spare));
            un(UnOp::Ctz, i64::from(ux.trailing_zeros().min(s.bits())));
            un(UnOp::Popcnt, i64::from(ux.count_ones()));
            un(UnOp::Bswap, (ux.swap_bytes() >> spare) as i64);
            un(UnOp::BitReverse, (ux.reverse_bits() >> spare) as i64);
        }
        // Comparisons, with both registers and constants, as values and in selects.
        for (cc, f) in [
            (Cmp::Eq, (|a: i64, b: i64, _: u64, _: u64| a == b) as fn(i64, i64, u64, u64) -> bool),
            (Cmp::Ne, |a, b, _, _| a != b),
            (Cmp::SLt, |a, b, _, _| a < b),
            (Cmp::SLe, |a, b, _, _| a <= b),
            (Cmp::SGt, |a, b, _, _| a > b),
            (Cmp::SGe, |a, b, _, _| a >= b),
            (Cmp::ULt, |_, _, a, b| a < b),
            (Cmp::ULe, |_, _, a, b| a <= b),
            (Cmp::UGt, |_, _, a, b| a > b),
            (Cmp::UGe, |_, _, a, b| a >= b),
        ] {
            for (x, y) in [(3, 3), (-1, 0), (0, 0), (5, -9)] {
                let want = f(x, y, zext(s, x), zext(s, y));
                cases.push(Box::new(move |b| {
                    let (a, c) = (opaque(b, s, x), opaque(b, s, y));
                    (b.cmp(cc, a, c), i64::from(want))
                }));
                cases.push(Box::new(move |b| {
                    let a = opaque(b, s, x);
                    let c = b.cmp_imm(cc, a, y);
                    let (yes, no) = (b.iconst(s, 40), b.iconst(s, 41));
                    let dst = b.val(s);
                    b.inst(Inst::Select { dst, c, a: yes, b: no });
                    (dst, if want { 40 } else { 41 })
                }));
                cases.push(Box::new(move |b| {
                    let a = opaque(b, s, x);
                    let c = b.cmp_imm(cc, a, y);
                    let not = b.cmp_imm(Cmp::Eq, c, 0);
                    (not, i64::from(!want))
                }));
            }
        }
        // Overflow and wrapping at all widths that live in this scalar.
        let widths: Vec<u32> = (s.bits() / 2 + 1..=s.bits()).filter(|w| s != I64 || *w > 60 || *w < 36).collect();
        for bits in widths {
            for signed in [false, true] {
                let (lo, hi) =
                    if signed { (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1) } else { (0, (1i128 << bits) - 1) };
                for (x, y) in [(hi, 1), (lo, 1), (hi, hi), (3.min(hi), 2.min(hi)), (lo, hi), (hi / 2, 2.min(hi))] {
                    for (op, exact) in [(OvfOp::Add, x + y), (OvfOp::Sub, x - y), (OvfOp::Mul, x.wrapping_mul(y))] {
                        // 64 by 64 unsigned bits do not fit the exact arithmetic here.
                        let exact = if op == OvfOp::Mul && x > 1 << 62 && y > 1 << 62 { (hi + 2) | 1 } else { exact };
                        let low = if op == OvfOp::Mul { (x as i64).wrapping_mul(y as i64) } else { exact as i64 };
                        let n = 64 - bits;
                        let want = if signed { low << n >> n } else { ((low as u64) << n >> n) as i64 };
                        let fits = (lo..=hi).contains(&exact);
                        cases.push(Box::new(move |b| {
                            let (a, c) = (opaque(b, s, x as i64), opaque(b, s, y as i64));
                            let (dst, ovf) = (b.val(s), b.val(I8));
                            b.inst(Inst::Ovf { dst, ovf, op, signed, bits: bits as u8, a, b: c });
                            let ok = b.cmp_imm(Cmp::Eq, dst, want);
                            let flag = b.cmp_imm(Cmp::Eq, ovf, i64::from(!fits));
                            (b.bin(BinOp::And, ok, flag), 1)
                        }));
                        cases.push(Box::new(move |b| {
                            let a = opaque(b, s, low);
                            let dst = b.val(s);
                            b.inst(Inst::Wrap { dst, a, bits: bits as u8, signed });
                            (dst, want)
                        }));
                    }
                }
            }
        }
        // Width changes.
        for to in [I8, I16, I32, I64] {
            for x in [-1, 0x7f, i64::MIN + 5] {
                let x = cut(s, x);
                for (op, want) in [(CastOp::Zext, zext(s, x) as i64), (CastOp::Sext, x), (CastOp::Trunc, x)] {
                    if (op == CastOp::Trunc) == (to.size() <= s.size()) {
                        cases.push(Box::new(move |b| {
                            let a = opaque(b, s, x);
                            let dst = b.val(to);
                            b.inst(Inst::Cast { dst, op, a });
                            (dst, cut(to, want))
                        }));
                    }
                }
            }
        }
    }
    // A hundred cases a function; the failing case's number is in the panic code.
    let mut funcs = vec![panic_func()];
    let n = cases.len();
    for (i, chunk) in cases.chunks(100).enumerate() {
        let mut b = tir::Builder::new(Sym(10 + i as u32), sig(&[], &[]));
        for (j, case) in chunk.iter().enumerate() {
            let (got, want) = case(&mut b);
            let ok = b.cmp_imm(Cmp::Eq, got, want);
            let code = b.iconst(I64, j as i64);
            b.check(ok, PANIC, &sig(&[I64], &[]), &[code]);
        }
        b.ret(&[]);
        funcs.push(b.finish());
    }
    let chunks = funcs.len() - 1;
    for i in 0..chunks {
        let main = main_func(|b| {
            b.call(Sym(10 + i as u32), &sig(&[], &[]), &[]);
            b.iconst(I64, 50)
        });
        let pick = [main, funcs[0].clone(), funcs[1 + i].clone()];
        assert_eq!(run(&format!("arith{i}"), &pick, &[]), 50, "in cases {}.. of {n}", i * 100);
    }
}

#[test]
fn br_passes_arguments_both_ways() {
    let code = run_main("brargs", |b| {
        let join = b.block();
        let r = b.block_param(join, I32);
        let (x, y, z) = (b.iconst(I32, 5), b.iconst(I32, 6), b.iconst(I8, 0));
        let c = b.cmp_imm(Cmp::Ne, z, 0);
        let (la, lb) = (b.list(&[x]), b.list(&[y]));
        let target = |args: List| Target { block: join, args };
        b.term(Term::Br { c, then: target(la), els: target(lb) });
        b.switch_to(join);
        r
    });
    assert_eq!(code, 6);
}

/// The entry function gets the initial stack: arguments, environment, and the auxiliary vector
/// by which start code finds the program headers (for thread-local storage).
#[test]
fn initial_stack_leads_to_the_program_headers() {
    let code = run_main("auxv", |b| {
        let sp = b.param(0);
        let misaligned = b.bin_imm(BinOp::And, sp, 15);
        let argc = b.load(I64, sp, 0);
        let skip = b.bin_imm(BinOp::Mul, argc, 8);
        let env = b.bin(BinOp::Add, sp, skip);
        let env = b.bin_imm(BinOp::Add, env, 16);
        let (envp, auxv, next, found) = (b.block(), b.block(), b.block(), b.block());
        let p = b.block_param(envp, I64);
        let q = b.block_param(auxv, I64);
        b.jump(envp, &[env]);
        b.switch_to(envp);
        let v = b.load(I64, p, 0);
        let after = b.bin_imm(BinOp::Add, p, 8);
        let more = b.cmp_imm(Cmp::Ne, v, 0);
        let args = b.list(&[after]);
        let (then, els) = (Target { block: envp, args }, Target { block: auxv, args });
        b.term(Term::Br { c: more, then, els });
        b.switch_to(auxv);
        let kind = b.load(I64, q, 0);
        let is_phdr = b.cmp_imm(Cmp::Eq, kind, 3);
        b.br(is_phdr, found, next);
        b.switch_to(next);
        let q2 = b.bin_imm(BinOp::Add, q, 16);
        b.jump(auxv, &[q2]);
        b.switch_to(found);
        let headers = b.load(I64, q, 8);
        // The first describes the headers themselves.
        let kind = b.load(I32, headers, 0);
        let at = b.load(I64, headers, 16);
        let same = b.cmp(Cmp::Eq, at, headers);
        let kind = b.cast(kind, I64, false);
        let same = b.cast(same, I64, false);
        let r = b.bin(BinOp::Add, kind, argc);
        let r = b.bin(BinOp::Add, r, misaligned);
        b.bin(BinOp::Add, r, same)
    });
    assert_eq!(code, 6 + 1 + 1);
}
