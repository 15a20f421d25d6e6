//! Measures machine code, patching and publishing: `cargo run --release -p link --example measure`.

use std::time::{Duration, Instant};

use codegen::{Code, Generator, OptLevel, Options};
use link::{Image, ImageOptions, Publisher};
use tir::{BinOp, Builder, Cmp, Func, Inst, OvfOp, Scalar, Sig, Sym, Term, Val};

const PANIC: Sym = Sym(1);

/// A function such as twenty lines with safety checks make: a loop over locals with checked
/// arithmetic, bounds checks, calls and branches.
fn function(sym: u32, seed: i64) -> Func {
    let i32s = Scalar::I32;
    let sig = Sig { params: vec![Scalar::I64, Scalar::I64, i32s], rets: vec![i32s], c_abi: false };
    let panic = Sig { params: vec![Scalar::I64], rets: vec![], c_abi: false };
    let mut b = Builder::new(Sym(sym), sig.clone());
    let (ptr, len, x) = (b.param(0), b.param(1), b.param(2));
    let (i, acc, t) = (b.slot(8, 8), b.slot(4, 4), b.slot(4, 4));
    let load = |b: &mut Builder, slot, s| {
        let dst = b.val(s);
        b.inst(Inst::SlotLoad { dst, slot, offset: 0 });
        dst
    };
    let checked = |b: &mut Builder, op, a: Val, c: Val| {
        let (dst, ovf) = (b.val(b.scalar(a)), b.val(Scalar::I8));
        let bits = b.scalar(a).bits() as u8;
        b.inst(Inst::Ovf { dst, ovf, op, signed: true, bits, a, b: c });
        let ok = b.cmp_imm(Cmp::Eq, ovf, 0);
        let code = b.iconst(Scalar::I64, 1);
        b.check(ok, PANIC, &panic, &[code]);
        dst
    };
    let (zero64, seed) = (b.iconst(Scalar::I64, 0), b.iconst(i32s, seed));
    b.inst(Inst::SlotStore { slot: i, offset: 0, val: zero64 });
    b.inst(Inst::SlotStore { slot: acc, offset: 0, val: seed });
    b.inst(Inst::SlotStore { slot: t, offset: 0, val: x });
    let (head, body, done) = (b.block(), b.block(), b.block());
    b.jump(head, &[]);
    b.switch_to(head);
    let iv = load(&mut b, i, Scalar::I64);
    let c = b.cmp(Cmp::ULt, iv, len);
    b.br(c, body, done);
    b.switch_to(body);
    for k in 0..3 {
        b.set_loc(tir::Loc(k + 1));
        let iv = load(&mut b, i, Scalar::I64);
        let inside = b.cmp(Cmp::ULt, iv, len);
        b.check(inside, PANIC, &panic, &[iv]);
        let off = b.bin_imm(BinOp::Mul, iv, 4);
        let at = b.bin(BinOp::Add, ptr, off);
        let e = b.load(i32s, at, 0);
        let a = load(&mut b, acc, i32s);
        let sum = checked(&mut b, OvfOp::Add, a, e);
        b.inst(Inst::SlotStore { slot: acc, offset: 0, val: sum });
        let tv = load(&mut b, t, i32s);
        let product = checked(&mut b, OvfOp::Mul, tv, e);
        let (small, join) = (b.block(), b.block());
        let c = b.cmp_imm(Cmp::SLt, product, 100);
        b.br(c, small, join);
        b.switch_to(small);
        let r = b.call(Sym(sym / 2 + 2), &sig, &[ptr, iv, product])[0];
        b.inst(Inst::SlotStore { slot: t, offset: 0, val: r });
        b.jump(join, &[]);
        b.switch_to(join);
        let one = b.iconst(Scalar::I64, 1);
        let next = checked(&mut b, OvfOp::Add, iv, one);
        b.inst(Inst::SlotStore { slot: i, offset: 0, val: next });
    }
    b.jump(head, &[]);
    b.switch_to(done);
    let r = load(&mut b, acc, i32s);
    b.ret(&[r]);
    b.finish()
}

fn median(mut v: Vec<Duration>) -> Duration {
    v.sort_unstable();
    v[v.len() / 2]
}

fn main() {
    let n = 10_000u32;
    let funcs: Vec<Func> = (0..n).map(|i| function(i + 2, i.into())).collect();
    println!("{} IR instructions a function", funcs[0].insts.len());
    for opt in [OptLevel::Debug, OptLevel::ReleaseFast] {
        let mut generator = Generator::new(&Options { opt, pic: false }).expect("generator");
        let mut bytes = 0;
        let start = Instant::now();
        for f in funcs.iter().take(3000) {
            bytes += generator.compile(f).expect("code").bytes.len();
        }
        println!("{opt:?}: {:?} a function hot, {} bytes", start.elapsed() / 3000, bytes / 3000);
        let cold = (0..15)
            .map(|i| {
                std::thread::sleep(Duration::from_millis(50));
                let start = Instant::now();
                let _ = generator.compile(&funcs[i]);
                start.elapsed()
            })
            .collect();
        println!("{opt:?}: {:?} after 50 ms of idleness", median(cold));
    }

    let mut generator = Generator::new(&Options::default()).expect("generator");
    let mut codes: Vec<Code> = funcs.iter().map(|f| generator.compile(f).expect("code")).collect();
    let mut stub = Builder::new(Sym(0), Sig { params: vec![Scalar::I64], ..Sig::default() });
    stub.term(Term::Trap);
    let stub = generator.compile(&stub.finish()).expect("code");
    let start = Instant::now();
    let mut image = Image::new(ImageOptions::default());
    image.set_func(Sym(0), "main", &stub).expect("set");
    image.set_func(PANIC, "panic", &stub).expect("set");
    for (f, c) in funcs.iter().zip(&codes) {
        image.set_func(f.sym, &format!("module.function_{}", f.sym.0), c).expect("set");
    }
    image.set_entry(Sym(0)).expect("entry");
    image.finish().expect("finish");
    println!("image of {n} functions: {:?}, {:?}", start.elapsed(), image.stats());

    let dir = std::env::temp_dir().join(format!("measure-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("directory");
    let mut publisher = Publisher::new(&dir.join("program")).expect("publisher");
    let f = image.finish().expect("finish");
    let start = Instant::now();
    publisher.publish(f.bytes, &f.dirty).expect("publish");
    println!("first publishing: {:?}", start.elapsed());
    let start = Instant::now();
    publisher.refill(f.bytes, &|| false);
    println!("two spares: {:?}", start.elapsed());
    for idle in [0, 50] {
        let (mut patch, mut publish) = (Vec::new(), Vec::new());
        for round in 0..if idle == 0 { 2000 } else { 30 } {
            std::thread::sleep(Duration::from_millis(idle));
            let i = (round * 7919) % n as usize;
            let last = codes[i].bytes.len() - 1;
            codes[i].bytes[last] ^= 1;
            let start = Instant::now();
            image.set_func(funcs[i].sym, &format!("module.function_{}", funcs[i].sym.0), &codes[i]).expect("set");
            let f = image.finish().expect("finish");
            patch.push(start.elapsed());
            let start = Instant::now();
            publisher.publish(f.bytes, &f.dirty).expect("publish");
            publish.push(start.elapsed());
        }
        println!("after {idle} ms: patch {:?}, publish {:?}", median(patch), median(publish));
    }
    drop(publisher);
    let _ = std::fs::remove_dir_all(&dir);
}
