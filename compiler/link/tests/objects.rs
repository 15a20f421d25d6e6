//! Objects, archives and shared objects, taken by the system's compiler and linker.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use codegen::{Generator, OptLevel, Options};
use link::archive::{self, Member};
use link::system::{self, Output};
use link::{LinkError, ObjectBuilder};
use support::*;
use tir::{BinOp, Builder, Data, DataReloc, Inst, Section, Sig, Sym};

fn c_sig(params: &[tir::Scalar], rets: &[tir::Scalar]) -> Sig {
    Sig { params: params.to_vec(), rets: rets.to_vec(), c_abi: true }
}

fn data(sym: u32, section: Section, bytes: Vec<u8>, relocs: Vec<DataReloc>) -> Data {
    Data { sym: Sym(sym), section, size: bytes.len() as u64, align: 8, bytes, relocs }
}

/// `int64_t work(int64_t x)`: calls an extern function, a local one through a table, reads a
/// thread-local, a constant and an extern variable, copies memory and makes a system call.
fn object(opt: OptLevel) -> Vec<u8> {
    let mut generator = Generator::new(&Options { opt, pic: true }).unwrap();
    let mut o = ObjectBuilder::new();
    let unary = c_sig(&[I64], &[I64]);

    let mut b = Builder::new(Sym(1), unary.clone());
    let x = b.param(0);
    let doubled = b.call(Sym(2), &unary, &[x])[0];
    let table = b.sym_addr(Sym(3), 8);
    let f = b.load(I64, table, 0);
    let tripled = b.call_ptr(f, &unary, &[x])[0];
    let a = b.val(I64);
    b.inst(Inst::TlsAddr { dst: a, sym: Sym(5), addend: 0 });
    let tls = b.load(I64, a, 0);
    let next = b.bin_imm(BinOp::Add, tls, 1);
    b.store(a, 0, next);
    let ext = b.sym_addr(Sym(7), 0);
    let ext = b.load(I64, ext, 0);
    let (to, from) = (b.sym_addr(Sym(8), 0), b.sym_addr(Sym(6), 0));
    b.inst(Inst::Copy { dst: to, src: from, len: 200, align: 8 });
    let copied = b.load(I8, to, 199);
    let copied = b.cast(copied, I64, false);
    let pid = syscall(&mut b, 39, &[]);
    let pid = b.cmp_imm(tir::Cmp::SGt, pid, 0);
    let pid = b.cast(pid, I64, false);
    let mut sum = doubled;
    for v in [tripled, tls, ext, copied, pid] {
        sum = b.bin(BinOp::Add, sum, v);
    }
    b.ret(&[sum]);
    o.add_func(Sym(1), "work", &generator.compile(&b.finish()).unwrap());

    let mut b = Builder::new(Sym(4), unary);
    let x = b.param(0);
    let r = b.bin_imm(BinOp::Mul, x, 3);
    b.ret(&[r]);
    o.add_func(Sym(4), "triple", &generator.compile(&b.finish()).unwrap());
    let relocs = vec![DataReloc { offset: 8, sym: Sym(4), addend: 0 }];
    o.add_data(&data(3, Section::Rodata, vec![0; 16], relocs), "table");
    o.add_data(&data(5, Section::Tls, vec![10, 0, 0, 0, 0, 0, 0, 0], vec![]), "counter");
    o.add_data(&data(6, Section::Rodata, vec![100; 200], vec![]), "constant");
    o.add_data(&Data { size: 300, bytes: vec![], ..data(8, Section::Bss, vec![], vec![]) }, "buffer");
    o.set_extern(Sym(2), "twice");
    o.set_extern(Sym(7), "offset");
    o.set_export("work", Sym(1));
    o.set_export("also_work", Sym(1));
    o.finish().unwrap()
}

const MAIN_C: &str = "
long twice(long x) { return 2 * x; }
long offset = 1000;
long work(long); long also_work(long);
int main(void) { return work(7) == 2*7 + 3*7 + 10 + 1000 + 100 + 1 && also_work(1) == 5 + 11 + 1101 ? 33 : 1; }
";

fn cc(args: &[&Path]) {
    let out = Command::new("cc").args(args).output().unwrap();
    let text = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success() && !text.contains("warning"), "{text}");
}

fn status(path: &Path) -> i32 {
    Command::new(path).status().unwrap().code().unwrap()
}

#[test]
fn objects_archives_and_shared_objects_work_with_c() {
    let dir = Dir::new("objects");
    let main = dir.path("main.c");
    fs::write(&main, MAIN_C).unwrap();
    for opt in [OptLevel::Debug, OptLevel::ReleaseFast] {
        let bytes = object(opt);
        assert!(bytes == object(opt), "not deterministic");
        let (o, out) = (dir.path("work.o"), dir.path("out"));
        fs::write(&o, &bytes).unwrap();
        for pie in ["-pie", "-no-pie"] {
            cc(&[Path::new(pie), &main, &o, Path::new("-o"), &out]);
            assert_eq!(status(&out), 33, "{pie}");
        }
        let members =
            [Member { name: "a_rather_long_member_name.o", bytes: &bytes }, Member { name: "x.o", bytes: &EMPTY() }];
        let a = dir.path("libwork.a");
        fs::write(&a, archive::write(&members).unwrap()).unwrap();
        cc(&[&main, &a, Path::new("-o"), &out]);
        assert_eq!(status(&out), 33);
        let list = Command::new("ar").arg("t").arg(&a).output().unwrap().stdout;
        assert_eq!(String::from_utf8(list).unwrap(), "a_rather_long_member_name.o\nx.o\n");

        let so = dir.path("libwork.so");
        system::link(Output::Shared, &[&o], &so, &[]).unwrap();
        cc(&[&main, &so, Path::new("-o"), &out]);
        assert_eq!(status(&out), 33);
    }
}

#[allow(non_snake_case, reason = "reads as a constant")]
fn EMPTY() -> Vec<u8> {
    ObjectBuilder::new().finish().unwrap()
}

#[test]
fn programs_with_the_c_library() {
    let dir = Dir::new("libc");
    let mut generator = Generator::new(&Options { opt: OptLevel::Debug, pic: true }).unwrap();
    let mut o = ObjectBuilder::new();
    let mut b = Builder::new(Sym(1), c_sig(&[], &[I32]));
    let text = b.sym_addr(Sym(3), 0);
    b.call(Sym(2), &c_sig(&[I64], &[I32]), &[text]);
    let r = b.iconst(I32, 4);
    b.ret(&[r]);
    o.add_func(Sym(1), "main", &generator.compile(&b.finish()).unwrap());
    o.add_data(&data(3, Section::Rodata, b"hello\0".to_vec(), vec![]), "text");
    o.set_extern(Sym(2), "puts");
    o.set_export("main", Sym(1));
    let (obj, out) = (dir.path("main.o"), dir.path("main"));
    fs::write(&obj, o.finish().unwrap()).unwrap();
    system::link(Output::Executable, &[&obj], &out, &[]).unwrap();
    let result = Command::new(&out).output().unwrap();
    assert_eq!((result.status.code(), &result.stdout[..]), (Some(4), &b"hello\n"[..]));
}

#[test]
fn errors() {
    let dir = Dir::new("errors");
    let mut generator = Generator::new(&Options { opt: OptLevel::Debug, pic: true }).unwrap();
    let mut b = Builder::new(Sym(1), c_sig(&[], &[]));
    b.call(Sym(9), &c_sig(&[], &[]), &[]);
    b.ret(&[]);
    let code = generator.compile(&b.finish()).unwrap();
    let mut o = ObjectBuilder::new();
    o.add_func(Sym(1), "f", &code);
    assert_eq!(o.finish(), Err(LinkError::Undefined(vec!["symbol 9".into()])));
    let mut o = ObjectBuilder::new();
    o.add_func(Sym(1), "f", &code);
    o.set_extern(Sym(9), "no_such_function");
    o.set_export("main", Sym(1));
    let (obj, out) = (dir.path("main.o"), dir.path("main"));
    fs::write(&obj, o.finish().unwrap()).unwrap();
    fs::write(&out, "before").unwrap();
    let error = system::link(Output::Executable, &[&obj], &out, &[]).unwrap_err();
    assert!(error.to_string().contains("no_such_function"), "{error}");
    assert_eq!(fs::read(&out).unwrap(), b"before");
    assert_eq!(fs::read_dir(&dir.0).unwrap().count(), 2);
}
