//! Random programs: both register allocators and all optimisation levels must agree on what they
//! compute.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod support;

use codegen::OptLevel;
use support::*;
use tir::{BinOp, BlockId, Builder, CastOp, Cmp, Func, Inst, OvfOp, Scalar, SlotId, Sym, UnOp, Val};

struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 11) % below as u64) as usize
    }
    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.next(of.len())]
    }
}

const SCALARS: [Scalar; 4] = [I8, I16, I32, I64];
const CMPS: [Cmp; 10] =
    [Cmp::Eq, Cmp::Ne, Cmp::SLt, Cmp::SLe, Cmp::SGt, Cmp::SGe, Cmp::ULt, Cmp::ULe, Cmp::UGt, Cmp::UGe];

/// A function under construction, with the values usable where it stands.
struct Maker<'r> {
    b: Builder,
    r: &'r mut Random,
    vals: Vec<Val>,
    slots: Vec<(SlotId, Scalar)>,
    budget: u32,
}

impl Maker<'_> {
    fn val(&mut self, s: Scalar) -> Val {
        let of: Vec<Val> = self.vals.iter().copied().filter(|v| self.b.scalar(*v) == s).collect();
        if of.is_empty() || self.r.next(8) == 0 {
            let value = [0, 1, -1, 127, 128, 0x7fff_ffff, i64::MIN, 0x1234_5678_9abc_def0u64 as i64];
            let value = self.r.pick(&value);
            return self.b.iconst(s, value);
        }
        // Mostly recent ones, so that chains get long.
        let n = of.len();
        let back = self.r.next(n.min(6));
        of[n - 1 - back]
    }

    fn condition(&mut self) -> Val {
        let s = self.r.pick(&SCALARS);
        let (a, cc) = (self.val(s), self.r.pick(&CMPS));
        if self.r.next(2) == 0 {
            let imm = self.r.next(3) as i64 - 1;
            return self.b.cmp_imm(cc, a, imm);
        }
        let c = self.val(s);
        self.b.cmp(cc, a, c)
    }

    fn step(&mut self) {
        let s = self.r.pick(&SCALARS);
        let kind = self.r.next(16);
        let dst = match kind {
            0..4 => {
                let ops = [BinOp::Add, BinOp::Sub, BinOp::Mul, BinOp::And, BinOp::Or, BinOp::Xor];
                let more = [BinOp::SMin, BinOp::SMax, BinOp::UMin, BinOp::UMax];
                let op = if self.r.next(4) == 0 { self.r.pick(&more) } else { self.r.pick(&ops) };
                let (a, c) = (self.val(s), self.val(s));
                self.b.bin(op, a, c)
            }
            4 => {
                let op = self.r.pick(&[BinOp::Shl, BinOp::UShr, BinOp::SShr]);
                let (a, n) = (self.val(s), self.val(s));
                let n = self.b.bin_imm(BinOp::And, n, i64::from(s.bits()) - 1);
                self.b.bin(op, a, n)
            }
            5 => {
                let (a, d) = (self.val(s), self.val(s));
                let op = self.r.pick(&[BinOp::UDiv, BinOp::URem, BinOp::SDiv, BinOp::SRem]);
                // Neither zero nor minus one.
                let d = self.b.bin_imm(BinOp::And, d, 0x3f);
                let d = self.b.bin_imm(BinOp::Or, d, 1);
                self.b.bin(op, a, d)
            }
            6 => {
                let op = self.r.pick(&[UnOp::Neg, UnOp::Not, UnOp::Clz, UnOp::Ctz, UnOp::Popcnt, UnOp::BitReverse]);
                let a = self.val(s);
                let dst = self.b.val(s);
                self.b.inst(Inst::Un { dst, op, a });
                dst
            }
            7 => {
                let from = self.r.pick(&SCALARS);
                let a = self.val(from);
                let dst = self.b.val(s);
                let op =
                    if s.size() <= from.size() { CastOp::Trunc } else { self.r.pick(&[CastOp::Zext, CastOp::Sext]) };
                if s == from {
                    return;
                }
                self.b.inst(Inst::Cast { dst, op, a });
                dst
            }
            8 => {
                let (c, a, d) = (self.condition(), self.val(s), self.val(s));
                let dst = self.b.val(s);
                self.b.inst(Inst::Select { dst, c, a, b: d });
                dst
            }
            9 => {
                let bits = 1 + self.r.next(s.bits() as usize) as u8;
                let signed = self.r.next(2) == 0;
                let (a, c) = (self.val(s), self.val(s));
                let (wa, wc) = (self.b.val(s), self.b.val(s));
                self.b.inst(Inst::Wrap { dst: wa, a, bits, signed });
                self.b.inst(Inst::Wrap { dst: wc, a: c, bits, signed });
                let (dst, ovf) = (self.b.val(s), self.b.val(I8));
                let op = self.r.pick(&[OvfOp::Add, OvfOp::Sub, OvfOp::Mul]);
                self.b.inst(Inst::Ovf { dst, ovf, op, signed, bits, a: wa, b: wc });
                self.vals.push(ovf);
                dst
            }
            10 | 11 => {
                let (slot, s) = self.r.pick(&self.slots.clone());
                let dst = self.b.val(s);
                self.b.inst(Inst::SlotLoad { dst, slot, offset: 0 });
                dst
            }
            12 | 13 => {
                let (slot, s) = self.r.pick(&self.slots.clone());
                let val = self.val(s);
                self.b.inst(Inst::SlotStore { slot, offset: 0, val });
                return;
            }
            14 => self.condition(),
            _ => {
                let (a, c) = (self.val(I64), self.val(I32));
                self.b.call(Sym(2), &sig(&[I64, I32], &[I64, I32]), &[a, c])[self.r.next(2)]
            }
        };
        self.vals.push(dst);
    }

    /// Statements, some of them branches and loops, each nested `depth` deep at most.
    fn body(&mut self, depth: u32) {
        for _ in 0..3 + self.r.next(12) {
            if self.budget == 0 {
                return;
            }
            self.budget -= 1;
            match self.r.next(8) {
                0 if depth > 0 => self.branch(depth),
                1 if depth > 0 => self.repeat(depth),
                _ => self.step(),
            }
        }
    }

    fn branch(&mut self, depth: u32) {
        let c = self.condition();
        let (then, els, join) = (self.b.block(), self.b.block(), self.b.block());
        let s = self.r.pick(&SCALARS);
        let result = self.b.block_param(join, s);
        self.b.br(c, then, els);
        let outside = self.vals.len();
        for arm in [then, els] {
            self.b.switch_to(arm);
            self.body(depth - 1);
            let v = self.val(s);
            self.b.jump(join, &[v]);
            self.vals.truncate(outside);
        }
        self.b.switch_to(join);
        self.vals.push(result);
    }

    fn repeat(&mut self, depth: u32) {
        let (head, done) = (self.b.block(), self.b.block());
        let (i, carried) = (self.b.block_param(head, I32), self.b.block_param(head, I64));
        let (n, first) = (self.b.iconst(I32, 5), self.val(I64));
        self.b.jump(head, &[n, first]);
        self.b.switch_to(head);
        let outside = self.vals.len();
        self.vals.extend([i, carried]);
        self.body(depth - 1);
        let next = self.b.bin_imm(BinOp::Sub, i, 1);
        let c = self.b.cmp_imm(Cmp::SGt, next, 0);
        let v = self.val(I64);
        let args = self.b.list(&[next, v]);
        let again = tir::Target { block: head, args };
        let leave = tir::Target { block: done, args: tir::List::default() };
        self.b.term(tir::Term::Br { c, then: again, els: leave });
        self.vals.truncate(outside);
        self.b.switch_to(done);
    }

    /// All values in one.
    fn digest(&mut self) -> Val {
        let mut h = self.b.iconst(I64, 7);
        for i in 0..self.vals.len() + self.slots.len() {
            let v = if i < self.vals.len() {
                self.vals[i]
            } else {
                let (slot, s) = self.slots[i - self.vals.len()];
                let dst = self.b.val(s);
                self.b.inst(Inst::SlotLoad { dst, slot, offset: 0 });
                dst
            };
            let v = self.b.cast(v, I64, i % 2 == 0);
            let m = self.b.bin_imm(BinOp::Mul, h, 0x0100_0000_01b3);
            h = self.b.bin(BinOp::Xor, m, v);
        }
        h
    }
}

fn make(b: Builder, r: &mut Random) -> (Builder, Val) {
    let mut m = Maker { b, r, vals: Vec::new(), slots: Vec::new(), budget: 120 };
    m.vals = m.b.func().blocks[BlockId(0).ix()].params.clone();
    for i in 0..6 {
        let s = SCALARS[i % 4];
        let slot = m.b.slot(s.size(), s.size());
        let v = m.val(s);
        m.b.inst(Inst::SlotStore { slot, offset: 0, val: v });
        if i >= 4 {
            // This one's address is taken, so it lives in memory.
            m.b.slot_addr(slot, 0);
        }
        m.slots.push((slot, s));
    }
    m.body(3);
    let digest = m.digest();
    (m.b, digest)
}

fn program(seed: u64) -> Vec<Func> {
    let mut r = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut helper = Builder::new(Sym(2), sig(&[I64, I32], &[I64, I32]));
    let (a, c) = (helper.param(0), helper.param(1));
    let x = helper.bin_imm(BinOp::Mul, a, 3);
    let y = helper.bin_imm(BinOp::Xor, c, 0x55);
    helper.ret(&[x, y]);
    let (mut work, digest) = make(Builder::new(Sym(3), sig(&[I64, I32, I16, I8], &[I64])), &mut r);
    work.ret(&[digest]);
    let main = main_func(|b| {
        let slot = b.slot(8, 8);
        let at = b.slot_addr(slot, 0);
        let args = [(I64, -5), (I32, 77), (I16, -300), (I8, 100)].map(|(s, v)| b.iconst(s, v));
        let h = b.call(Sym(3), &sig(&[I64, I32, I16, I8], &[I64]), &args)[0];
        b.store(at, 0, h);
        let (one, eight) = (b.iconst(I64, 1), b.iconst(I64, 8));
        syscall(b, 1, &[one, at, eight])
    });
    vec![main, helper.finish(), work.finish()]
}

#[test]
fn optimisation_levels_agree() {
    let dir = Dir::new("random");
    let mut digests = std::collections::BTreeSet::new();
    for seed in 1..150 {
        let funcs = program(seed);
        let mut results = [OptLevel::Debug, OptLevel::ReleaseFast, OptLevel::ReleaseSmall]
            .map(|opt| run_image(&mut image(opt, &funcs, &[]), &dir));
        assert_eq!(results[0].0, 8, "seed {seed}");
        assert!(results[0] == results[1] && results[1] == results[2], "seed {seed}: {results:?}\n{}", funcs[2]);
        digests.insert(std::mem::take(&mut results[0].1));
    }
    assert!(digests.len() > 140, "the programs compute too little");
}
