//! What the tests of this crate share: building small programs from typed IR and running them.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use codegen::{Generator, OptLevel, Options};
use link::{Image, ImageOptions};
use tir::{Builder, Data, Func, Inst, Scalar, Sig, Sym, Val};

pub const I8: Scalar = Scalar::I8;
pub const I16: Scalar = Scalar::I16;
pub const I32: Scalar = Scalar::I32;
pub const I64: Scalar = Scalar::I64;

/// The symbol of every test program's entry function.
pub const MAIN: Sym = Sym(0);
/// The symbol of the panic function: `fn (code: u64) noreturn`, exits with `100 + code`.
pub const PANIC: Sym = Sym(1);

pub fn sig(params: &[Scalar], rets: &[Scalar]) -> Sig {
    Sig { params: params.to_vec(), rets: rets.to_vec(), c_abi: false }
}

/// A directory of the test's own, removed at the end.
pub struct Dir(pub PathBuf);

impl Dir {
    pub fn new(name: &str) -> Dir {
        let d = std::env::temp_dir().join(format!("link-test-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&d);
        std::fs::create_dir_all(&d).unwrap();
        Dir(d)
    }
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Emits the system call `number(args)`.
pub fn syscall(b: &mut Builder, number: i64, args: &[Val]) -> Val {
    let n = b.iconst(I64, number);
    let list: Vec<Val> = [n].into_iter().chain(args.iter().copied()).collect();
    let (args, dst) = (b.list(&list), b.val(I64));
    b.inst(Inst::Syscall { dst, args });
    dst
}

/// Emits `exit(code)`.
pub fn exit(b: &mut Builder, code: Val) {
    let code = b.cast(code, I64, false);
    syscall(b, 231, &[code]);
    b.term(tir::Term::Trap);
}

/// The panic function.
pub fn panic_func() -> Func {
    let mut b = Builder::new(PANIC, sig(&[I64], &[]));
    let p = b.param(0);
    let code = b.bin_imm(tir::BinOp::Add, p, 100);
    exit(&mut b, code);
    b.finish()
}

/// An entry function that exits with what `body` returns.
pub fn main_func(body: impl FnOnce(&mut Builder) -> Val) -> Func {
    let mut b = Builder::new(MAIN, sig(&[I64], &[]));
    let code = body(&mut b);
    exit(&mut b, code);
    b.finish()
}

/// An image of functions and data; the entry is [`MAIN`].
pub fn image(opt: OptLevel, funcs: &[Func], data: &[Data]) -> Image {
    let mut generator = Generator::new(&Options { opt, pic: false }).unwrap();
    let mut image = Image::new(ImageOptions::default());
    for f in funcs {
        let code = generator.compile(f).unwrap();
        image.set_func(f.sym, &format!("f{}", f.sym.0), &code).unwrap();
    }
    for d in data {
        image.set_data(d, &format!("d{}", d.sym.0)).unwrap();
    }
    image.set_entry(MAIN).unwrap();
    image
}

/// Writes and runs a finished image; its exit code, or 1000 + signal, and its output.
pub fn run_image(image: &mut Image, dir: &Dir) -> (i32, Vec<u8>) {
    let path = dir.path("program");
    let _ = std::fs::remove_file(&path);
    std::fs::write(&path, image.finish().unwrap().bytes).unwrap();
    image.check().unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    // Another test's fork may still hold the file open for writing for a moment.
    let out = loop {
        match Command::new(&path).stdin(Stdio::null()).output() {
            Ok(out) => break out,
            Err(e) if e.raw_os_error() == Some(26) => std::thread::yield_now(),
            Err(e) => panic!("{e}"),
        }
    };
    (out.status.code().unwrap_or_else(|| 1000 + out.status.signal().unwrap_or(0)), out.stdout)
}

/// Runs functions at every optimisation level; the exit code, which must be the same at all.
pub fn run(name: &str, funcs: &[Func], data: &[Data]) -> i32 {
    let dir = Dir::new(name);
    let levels = [OptLevel::Debug, OptLevel::ReleaseFast, OptLevel::ReleaseSmall];
    let codes: Vec<i32> = levels.map(|opt| run_image(&mut image(opt, funcs, data), &dir).0).to_vec();
    assert!(codes.iter().all(|c| *c == codes[0]), "{name}: {codes:?}");
    codes[0]
}

/// Runs `main` with a panic function beside it.
pub fn run_main(name: &str, body: impl FnOnce(&mut Builder) -> Val) -> i32 {
    run(name, &[main_func(body), panic_func()], &[])
}
