//! Sequences of updates on one image, held against a plain model of what it should contain. The
//! file is read back through an independent ELF reader.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod support;

use std::collections::BTreeMap;
use std::process::Command;

use codegen::{Code, OptLevel, Reloc, RelocKind, RelocTarget};
use link::{Image, ImageOptions, LinkError};
use object::read::{Object as _, ObjectSection as _, ObjectSymbol as _};
use support::*;
use tir::{BinOp, Data, DataReloc, Section, Sym};

/// A small generator of reproducible numbers.
struct Random(u64);

impl Random {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % below
    }
}

#[derive(Clone)]
enum Def {
    Code(Code),
    Data(Data),
}

fn code(bytes: Vec<u8>, relocs: Vec<Reloc>, align: u32) -> Code {
    Code { bytes, align, relocs, locs: vec![], frame_size: 0 }
}

/// A file as an independent reader sees it: addresses to bytes.
struct Loaded {
    segments: Vec<(u64, Vec<u8>, u64)>,
    symbols: BTreeMap<String, (u64, u64)>,
}

impl Loaded {
    fn new(file: &[u8]) -> Loaded {
        let f = object::File::parse(file).unwrap();
        use object::read::ObjectSegment as _;
        let segments = f.segments().map(|s| (s.address(), s.data().unwrap().to_vec(), s.size())).collect::<Vec<_>>();
        assert!(segments.is_sorted_by_key(|s| s.0));
        for w in segments.windows(2) {
            assert!(w[0].0 + w[0].2 <= w[1].0, "segments overlap");
        }
        let mut symbols = BTreeMap::new();
        for s in f.symbols().filter(|s| !s.is_undefined()) {
            let section = f.section_by_index(s.section_index().unwrap()).unwrap();
            let base = if s.kind() == object::SymbolKind::Tls { TLS_BASE } else { 0 };
            let address = s.address() + base;
            assert!(address >= section.address() && address + s.size() <= section.address() + section.size());
            let old = symbols.insert(s.name().unwrap().to_owned(), (address, s.size()));
            assert!(old.is_none(), "symbol {} twice", s.name().unwrap());
        }
        Loaded { segments, symbols }
    }
    fn bytes(&self, address: u64, len: u64) -> Vec<u8> {
        let s = self.segments.iter().rev().find(|s| s.0 <= address).unwrap();
        assert!(address + len <= s.0 + s.2, "outside its segment");
        let from = (address - s.0) as usize;
        let mut b = s.1.get(from..s.1.len().min(from + len as usize)).unwrap_or(&[]).to_vec();
        b.resize(len as usize, 0);
        b
    }
}

const TLS_BASE: u64 = 0x4000_0000;

fn name(sym: u32, version: u64) -> String {
    format!("symbol_{sym}_{}", "x".repeat((version % 40) as usize))
}

/// Compares the file with the model.
fn verify(file: &[u8], defs: &BTreeMap<u32, (Def, String)>, tls_size: u64) {
    let l = Loaded::new(file);
    let address = |s: Sym| l.symbols[&defs[&s.0].1].0;
    let mut ranges = Vec::new();
    let mut seen = 0;
    for (sym, (def, name)) in defs {
        seen += 1;
        let (at, size) = l.symbols[name];
        let (mut want, align) = match def {
            Def::Code(c) => (c.bytes.clone(), c.align),
            Def::Data(d) => {
                (if d.section == Section::Bss { vec![0; d.size as usize] } else { d.bytes.clone() }, d.align)
            }
        };
        assert_eq!(size, want.len() as u64);
        assert_eq!(at % u64::from(align), 0, "alignment of {sym}");
        ranges.push((at, at + size));
        let mut got = l.bytes(at, size);
        let mut put = |off: u32, bytes: &[u8]| want[off as usize..off as usize + bytes.len()].copy_from_slice(bytes);
        match def {
            Def::Data(d) => {
                for r in &d.relocs {
                    put(r.offset, &address(r.sym).wrapping_add_signed(r.addend).to_le_bytes());
                }
            }
            Def::Code(c) => {
                for r in &c.relocs {
                    let RelocTarget::Sym(s) = r.target else { continue };
                    let value = address(s).wrapping_add_signed(r.addend);
                    let place = at + u64::from(r.offset);
                    let range = r.offset as usize..r.offset as usize + 4;
                    match r.kind {
                        RelocKind::Abs8 => put(r.offset, &value.to_le_bytes()),
                        RelocKind::Call4 => {
                            // It may arrive at a jump to the target, but never at two.
                            let rel = i32::from_le_bytes(got[range.clone()].try_into().unwrap());
                            let to = place.wrapping_add_signed(i64::from(rel) - r.addend);
                            let target = address(s);
                            if to != target {
                                let jump = l.bytes(to, 5);
                                assert_eq!(jump[0], 0xe9, "call from {sym} goes astray");
                                let rel = i32::from_le_bytes(jump[1..].try_into().unwrap());
                                assert_eq!((to + 5).wrapping_add_signed(rel.into()), target);
                            }
                            got[range.clone()].fill(0);
                            put(r.offset, &[0; 4]);
                        }
                        RelocKind::TlsGd => {
                            let mut seq = vec![0x64, 0x48, 0x8b, 4, 0x25, 0, 0, 0, 0, 0x48, 0x8d, 0x80];
                            let v = value as i64 + 4 - (TLS_BASE + tls_size) as i64;
                            seq.extend_from_slice(&(v as i32).to_le_bytes());
                            put(r.offset - 4, &seq);
                        }
                        _ => put(r.offset, &(value.wrapping_sub(place) as i32).to_le_bytes()),
                    }
                }
            }
        }
        assert!(got == want, "contents of symbol {sym}");
    }
    ranges.sort_unstable();
    for w in ranges.windows(2) {
        assert!(w[0].1 <= w[1].0, "definitions overlap: {w:x?}");
    }
    assert_eq!(seen + 1, l.symbols.len(), "symbols left over");
}

fn tls_size(file: &[u8]) -> u64 {
    let n = u16::from_le_bytes([file[56], file[57]]) as usize;
    let headers = (0..n).map(|i| &file[64 + i * 56..64 + (i + 1) * 56]);
    let tls = headers.clone().find(|h| h[0] == 7);
    tls.map_or(0, |h| u64::from_le_bytes(h[40..48].try_into().unwrap()))
}

fn random_updates(seed: u64, updates: u32, incremental: bool) {
    const SYMS: u64 = 120;
    let mut random = Random(seed);
    let mut image = Image::new(ImageOptions { incremental, ..Default::default() });
    let mut defs: BTreeMap<u32, (Def, String)> = BTreeMap::new();
    let mut shadow: Vec<u8> = Vec::new();
    // Symbols 0..60 are functions, 60..110 data of any section, 110..120 thread-local.
    let is_tls = |s: u64| s >= 110;
    let make = |s: u64, random: &mut Random| -> Def {
        let len = match random.next(20) {
            0 => 4000 + random.next(60_000),
            1..4 => 300 + random.next(2000),
            _ => 40 + random.next(200),
        };
        let bytes: Vec<u8> = (0..len).map(|i| (i * 7 + s) as u8).collect();
        let align = 1 << random.next(8);
        if s < 60 {
            let mut relocs = Vec::new();
            let mut at = random.next(20) + 4;
            while at + 20 < len && relocs.len() < 40 {
                // Symbol 5 is popular: it has hundreds of callers.
                let target = if random.next(3) == 0 { 5 } else { random.next(SYMS) };
                let kind = match random.next(8) {
                    _ if is_tls(target) => RelocKind::TlsGd,
                    0 => RelocKind::Abs8,
                    1..4 => RelocKind::PcRel4,
                    _ if target < 60 => RelocKind::Call4,
                    _ => RelocKind::PcRel4,
                };
                let addend = if kind == RelocKind::Abs8 { random.next(9) as i64 } else { -4 };
                relocs.push(Reloc { offset: at as u32, kind, target: RelocTarget::Sym(Sym(target as u32)), addend });
                at += 16 + random.next(40);
            }
            return Def::Code(code(bytes, relocs, 16.max(align)));
        }
        let section = match random.next(3) {
            _ if is_tls(s) => Section::Tls,
            0 => Section::Rodata,
            1 => Section::Data,
            _ => Section::Bss,
        };
        let sym = Sym(s as u32);
        if section == Section::Bss {
            return Def::Data(Data { sym, section, size: len, align, bytes: vec![], relocs: vec![] });
        }
        let relocs = (0..random.next(5) * 8)
            .step_by(8)
            .map(|o| DataReloc { offset: o as u32, sym: Sym(random.next(110) as u32), addend: o as i64 })
            .collect();
        Def::Data(Data { sym, section, size: len, align: align.min(64), bytes, relocs })
    };
    let mut settled = 0;
    image.set_entry(Sym(0)).unwrap();
    for round in 0..updates {
        let count = if round == 0 { SYMS } else { 1 + random.next(4) };
        for i in 0..count {
            let s = if round == 0 { i } else { random.next(SYMS) };
            if round > 0 && random.next(6) == 0 {
                image.retire(Sym(s as u32));
                defs.remove(&(s as u32));
            }
            let version = if round == 0 || random.next(5) == 0 { u64::from(round) } else { 0 };
            let n = match defs.get(&(s as u32)) {
                Some((_, old)) if version == 0 => old.clone(),
                _ => name(s as u32, version),
            };
            let def = make(s, &mut random);
            match &def {
                Def::Code(c) => image.set_func(Sym(s as u32), &n, c).unwrap(),
                Def::Data(d) => image.set_data(d, &n).unwrap(),
            }
            defs.insert(s as u32, (def, n));
        }
        let f = image.finish().unwrap();
        // The dirty ranges are all that a reader of an old copy needs.
        shadow.resize(f.bytes.len(), 0);
        for &(start, end) in &f.dirty {
            shadow[start as usize..end as usize].copy_from_slice(&f.bytes[start as usize..end as usize]);
        }
        if round == updates / 3 {
            settled = f.bytes.len() as u64;
        }
        if round % 100 == 0 || round + 1 == updates {
            assert!(shadow == f.bytes, "a change is not in the dirty ranges");
            verify(&shadow, &defs, tls_size(f.bytes));
            image.check().unwrap();
            // In another order, and in one go.
            let mut fresh = Image::new(ImageOptions { incremental, ..Default::default() });
            fresh.set_entry(Sym(0)).unwrap();
            for (s, (def, n)) in defs.iter().rev() {
                match def {
                    Def::Code(c) => fresh.set_func(Sym(*s), n, c).unwrap(),
                    Def::Data(d) => fresh.set_data(d, n).unwrap(),
                }
            }
            fresh.finish().unwrap();
            fresh.check().unwrap();
            assert!(image.contents() == fresh.contents(), "contents differ in round {round}");
        }
    }
    let stats = image.stats();
    assert!(stats.file < settled * 3 / 2, "the file grows without end: {settled}, then {stats:?}");
    assert!(stats.moved > 100, "{stats:?}");
}

#[test]
fn ten_thousand_random_updates() {
    random_updates(0x1234_5678_9abc_def1, 10_000, true);
}

#[test]
fn random_updates_without_slack() {
    random_updates(0xdead_beef_0bad_f00d, 1500, false);
}

#[test]
fn updated_programs_run() {
    let dir = Dir::new("updated");
    let s = sig(&[], &[I32]);
    let version = |i: u32, v: i64, pad: u64| {
        let mut b = tir::Builder::new(Sym(10 + i), s.clone());
        let slot = b.slot(8, 8);
        let a = b.slot_addr(slot, 0);
        for _ in 0..pad {
            let x = b.iconst(I64, 0x1234_5678_9abc);
            b.store(a, 0, x);
        }
        let r = b.iconst(I32, v);
        b.ret(&[r]);
        b.finish()
    };
    let main = main_func(|b| {
        let mut sum = b.iconst(I32, 0);
        for i in 0..30 {
            let r = b.call(Sym(10 + i), &sig(&[], &[I32]), &[])[0];
            sum = b.bin(BinOp::Add, sum, r);
        }
        sum
    });
    let mut values = [1i64; 30];
    let mut funcs = vec![main];
    funcs.extend((0..30).map(|i| version(i, 1, 0)));
    let mut img = image(OptLevel::Debug, &funcs, &[]);
    let mut generator = codegen::Generator::new(&codegen::Options::default()).unwrap();
    let mut random = Random(77);
    for round in 0..60 {
        let i = random.next(30) as usize;
        values[i] = random.next(8) as i64;
        let pad = if random.next(3) == 0 { random.next(400) } else { 0 };
        let code = generator.compile(&version(i as u32, values[i], pad)).unwrap();
        img.set_func(Sym(10 + i as u32), "f", &code).unwrap();
        assert_eq!(run_image(&mut img, &dir).0, values.iter().sum::<i64>() as i32, "round {round}");
    }
}

#[test]
fn popular_functions_move_behind_a_jump() {
    let dir = Dir::new("popular");
    let s = sig(&[], &[I64]);
    let callee = |v: i64, pad: u32| {
        let mut b = tir::Builder::new(Sym(2), s.clone());
        let slot = b.slot(8, 8);
        let a = b.slot_addr(slot, 0);
        for _ in 0..pad {
            let x = b.iconst(I64, 0x1234_5678_9abc);
            b.store(a, 0, x);
        }
        let r = b.iconst(I64, v);
        b.ret(&[r]);
        b.finish()
    };
    let main = main_func(|b| {
        // Addresses of functions are never those of jumps.
        let f = b.sym_addr(Sym(2), 0);
        let kept = b.slot(8, 8);
        let at = b.slot_addr(kept, 0);
        b.store(at, 0, f);
        let mut last = b.iconst(I64, 0);
        for _ in 0..2000 {
            last = b.call(Sym(2), &sig(&[], &[I64]), &[])[0];
        }
        let f = b.load(I64, at, 0);
        let table = b.sym_addr(Sym(3), 0);
        let g = b.load(I64, table, 0);
        let same = b.cmp(tir::Cmp::Eq, f, g);
        let same = b.cast(same, I64, false);
        b.bin(BinOp::Add, last, same)
    });
    let relocs = vec![DataReloc { offset: 0, sym: Sym(2), addend: 0 }];
    let table = Data { sym: Sym(3), section: Section::Rodata, size: 8, align: 8, bytes: vec![0; 8], relocs };
    let mut img = image(OptLevel::Debug, &[main, callee(1, 0)], &[table]);
    let mut generator = codegen::Generator::new(&codegen::Options::default()).unwrap();
    assert_eq!(run_image(&mut img, &dir).0, 2);
    let mut total = img.stats().patched;
    for (i, pad) in [(2, 100), (3, 400), (4, 1200)] {
        img.set_func(Sym(2), "f2", &generator.compile(&callee(i, pad)).unwrap()).unwrap();
        let patched = img.stats().patched - total;
        assert!(patched < 10, "moving patched {patched} places at once");
        assert_eq!(img.stats().stubs, 1);
        assert_eq!(run_image(&mut img, &dir).0, i as i32 + 1);
        total = img.stats().patched;
    }
    for _ in 0..10 {
        assert_eq!(run_image(&mut img, &dir).0, 5);
    }
    assert_eq!(img.stats().stubs, 0, "calls through jumps are fixed in time");
}

#[test]
fn undefined_exported_and_extern_symbols() {
    let dir = Dir::new("undefined");
    let s = sig(&[], &[I64]);
    let main = main_func(|b| {
        let x = b.call(Sym(2), &sig(&[], &[I64]), &[])[0];
        let y = b.call(Sym(3), &sig(&[], &[I64]), &[])[0];
        b.bin(BinOp::Add, x, y)
    });
    let ret = |sym: u32, v: i64| {
        let mut b = tir::Builder::new(Sym(sym), s.clone());
        let r = b.iconst(I64, v);
        b.ret(&[r]);
        b.finish()
    };
    let mut generator = codegen::Generator::new(&codegen::Options::default()).unwrap();
    let mut img = image(OptLevel::Debug, &[main], &[]);
    img.set_extern(Sym(2), "outer").unwrap();
    assert_eq!(img.finish().unwrap_err(), LinkError::Undefined(vec!["outer".into(), "symbol 3".into()]));
    img.set_func(Sym(3), "inner", &generator.compile(&ret(3, 4)).unwrap()).unwrap();
    assert_eq!(img.finish().unwrap_err(), LinkError::Undefined(vec!["outer".into()]));
    img.set_func(Sym(4), "impl", &generator.compile(&ret(4, 30)).unwrap()).unwrap();
    img.set_export("outer", Sym(4)).unwrap();
    assert_eq!(run_image(&mut img, &dir).0, 34);
    assert_eq!(img.set_export("outer", Sym(3)), Err(LinkError::DuplicateExport("outer".into())));
    // The export moves to another definition; the old one goes.
    img.set_func(Sym(5), "impl2", &generator.compile(&ret(5, 50)).unwrap()).unwrap();
    img.remove_export("outer").unwrap();
    assert_eq!(img.finish().unwrap_err(), LinkError::Undefined(vec!["outer".into()]));
    img.set_export("outer", Sym(5)).unwrap();
    img.retire(Sym(4));
    assert_eq!(run_image(&mut img, &dir).0, 54);
    img.retire(Sym(3));
    assert!(matches!(img.finish(), Err(LinkError::Undefined(_))));
    // Whoever referred to it goes, too.
    img.set_func(MAIN, "main", &generator.compile(&main_func(|b| b.iconst(I64, 6))).unwrap()).unwrap();
    assert_eq!(run_image(&mut img, &dir).0, 6);
    // A name may become a definition and a definition a name.
    let user = |a: u32| main_func(|b| b.call(Sym(a), &sig(&[], &[I64]), &[])[0]);
    img.set_func(MAIN, "main", &generator.compile(&user(2)).unwrap()).unwrap();
    assert_eq!(run_image(&mut img, &dir).0, 50);
    img.set_func(Sym(2), "own", &generator.compile(&ret(2, 12)).unwrap()).unwrap();
    assert_eq!(run_image(&mut img, &dir).0, 12);
    img.set_extern(Sym(2), "outer").unwrap();
    assert_eq!(run_image(&mut img, &dir).0, 50);
    img.set_extern(Sym(2), "other").unwrap();
    assert_eq!(img.finish().unwrap_err(), LinkError::Undefined(vec!["other".into()]));
    img.remove_export("outer").unwrap();
    img.set_export("other", Sym(5)).unwrap();
    assert_eq!(run_image(&mut img, &dir).0, 50);
    img.retire(Sym(2));
    assert!(matches!(img.finish(), Err(LinkError::Undefined(_))));
    let mut none = Image::new(ImageOptions::default());
    assert_eq!(none.finish().unwrap_err(), LinkError::NoEntry);
}

#[test]
fn a_program_may_bring_its_own_memcpy() {
    let dir = Dir::new("memcpy");
    let main = main_func(|b| {
        let (s, d) = (b.slot(300, 8), b.slot(300, 8));
        let (src, dst) = (b.slot_addr(s, 0), b.slot_addr(d, 0));
        b.inst(tir::Inst::FillImm { dst: src, byte: 9, len: 300 });
        b.inst(tir::Inst::FillImm { dst, byte: 1, len: 300 });
        b.inst(tir::Inst::Copy { dst, src, len: 300, align: 8 });
        b.load(I8, dst, 299)
    });
    // Copies nothing, so that it can be told from ours.
    let mut own = tir::Builder::new(Sym(2), tir::Sig { params: vec![I64; 3], rets: vec![I64], c_abi: true });
    let p = own.param(0);
    own.ret(&[p]);
    let mut img = image(OptLevel::Debug, &[main, own.finish()], &[]);
    assert_eq!(run_image(&mut img, &dir).0, 9);
    img.set_export("memcpy", Sym(2)).unwrap();
    assert_eq!(run_image(&mut img, &dir).0, 1);
    img.remove_export("memcpy").unwrap();
    assert_eq!(run_image(&mut img, &dir).0, 9);
}

#[test]
fn tools_see_names_and_stripped_programs_have_none() {
    let dir = Dir::new("tools");
    let main = main_func(|b| b.iconst(I64, 3));
    let mut img = image(OptLevel::Debug, std::slice::from_ref(&main), &[]);
    assert_eq!(run_image(&mut img, &dir).0, 3);
    let tool = |name: &str, args: &[&str]| {
        let out = Command::new(name).args(args).arg(dir.path("program")).output().unwrap();
        assert!(out.stderr.is_empty(), "{name}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    };
    let nm = tool("nm", &[]);
    assert!(nm.contains(" T f0\n") && nm.contains(" T _start\n"), "{nm}");
    assert!(tool("readelf", &["-lSW"]).contains("GNU_STACK"));
    let gdb = Command::new("gdb").args(["-batch", "-ex", "info symbol f0"]).arg(dir.path("program")).output();
    if let Ok(out) = gdb {
        assert!(String::from_utf8_lossy(&out.stdout).contains("f0 in section .text"), "{out:?}");
    }
    let mut generator = codegen::Generator::new(&codegen::Options::default()).unwrap();
    let mut stripped = Image::new(ImageOptions { strip: true, ..Default::default() });
    stripped.set_func(MAIN, "secret_name", &generator.compile(&main).unwrap()).unwrap();
    stripped.set_entry(MAIN).unwrap();
    assert_eq!(run_image(&mut stripped, &dir).0, 3);
    let bytes = stripped.finish().unwrap().bytes;
    assert!(!bytes.windows(11).any(|w| w == b"secret_name"));
}
