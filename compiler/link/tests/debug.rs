//! Debug information through updates, read back through an independent reader and, where it is
//! installed, through binutils.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod support;

use std::collections::BTreeMap;
use std::process::Command;

use codegen::Code;
use gimli::{AttributeValue, Dwarf, EndianSlice, LittleEndian, Reader, SectionId};
use link::{Image, ImageOptions, Lines, Row, Source};
use object::read::{Object as _, ObjectSection as _};
use support::*;
use tir::Sym;

type Slice<'a> = EndianSlice<'a, LittleEndian>;

/// What a function should look like from outside.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Seen {
    name: String,
    len: u64,
    decl: (String, u64),
    /// Offset, path, line, column.
    rows: Vec<(u64, String, u64, u64)>,
}

fn random(state: &mut u64, below: u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    (*state >> 11) % below
}

fn text<R: Reader>(d: &Dwarf<R>, unit: &gimli::Unit<R>, v: AttributeValue<R>) -> String {
    d.attr_string(unit, v).unwrap().to_string_lossy().unwrap().into_owned()
}

/// Directory and path of a file of the line program.
fn path(d: &Dwarf<Slice<'_>>, unit: &gimli::Unit<Slice<'_>>, file: u64) -> String {
    let header = unit.line_program.as_ref().unwrap().header();
    let entry = header.file(file).unwrap();
    let dir = text(d, unit, entry.directory(header).unwrap());
    format!("{dir}/{}", text(d, unit, entry.path_name()))
}

/// All functions by linkage name, as DWARF tells of them.
fn read(file: &[u8]) -> BTreeMap<String, Seen> {
    let object = object::File::parse(file).unwrap();
    let load = |id: SectionId| -> Result<Slice<'_>, gimli::Error> {
        let data = object.section_by_name(id.name()).map_or(&[][..], |s| s.data().unwrap());
        Ok(EndianSlice::new(data, LittleEndian))
    };
    let d = Dwarf::load(load).unwrap();
    let mut units = d.units();
    let header = units.next().unwrap().unwrap();
    assert!(units.next().unwrap().is_none(), "one unit");
    let unit = d.unit(header).unwrap();
    let mut functions: BTreeMap<String, (u64, Seen)> = BTreeMap::new();
    let mut entries = unit.entries();
    while let Some(e) = entries.next_dfs().unwrap() {
        if e.tag() != gimli::DW_TAG_subprogram {
            continue;
        }
        let attr = |a| e.attr_value(a).unwrap();
        let AttributeValue::Addr(low) = attr(gimli::DW_AT_low_pc) else { panic!("no address") };
        let seen = Seen {
            name: text(&d, &unit, attr(gimli::DW_AT_name)),
            len: attr(gimli::DW_AT_high_pc).udata_value().unwrap(),
            decl: match attr(gimli::DW_AT_decl_file) {
                AttributeValue::FileIndex(i) => {
                    (path(&d, &unit, i), attr(gimli::DW_AT_decl_line).udata_value().unwrap())
                }
                other => panic!("{other:?}"),
            },
            rows: Vec::new(),
        };
        let old = functions.insert(text(&d, &unit, attr(gimli::DW_AT_linkage_name)), (low, seen));
        assert!(old.is_none(), "a function twice");
    }
    let mut sequences = 0;
    let (program, found) = unit.line_program.clone().unwrap().sequences().unwrap();
    for s in &found {
        sequences += 1;
        let (low, seen) = functions.values_mut().find(|f| f.0 == s.start).expect("a sequence of no function");
        assert_eq!(s.end, *low + seen.len);
        let mut rows = program.resume_from(s);
        while let Some((_, row)) = rows.next_row().unwrap() {
            if row.end_sequence() {
                break;
            }
            let column = match row.column() {
                gimli::ColumnType::LeftEdge => 0,
                gimli::ColumnType::Column(c) => c.get(),
            };
            let line = row.line().map_or(0, |l| l.get());
            seen.rows.push((row.address() - *low, path(&d, &unit, row.file_index()), line, column));
        }
    }
    assert_eq!(sequences, functions.len());
    functions.into_iter().map(|(n, f)| (n, f.1)).collect()
}

/// The function `sym` in its `version`th form.
struct Function {
    code: Code,
    name: String,
    file: u32,
    line: u32,
    rows: Vec<Row>,
}

const FILES: usize = 40;

fn function(sym: u32, r: &mut u64, files: u64) -> Function {
    let len = 20 + random(r, 400) as usize;
    let line = 1 + random(r, 90_000) as u32;
    let file = random(r, files) as u32;
    let mut rows = Vec::new();
    let mut offset = 4;
    while offset < len as u32 {
        // Places of inline calls are in other files now and then.
        let foreign = random(r, 8) == 0;
        rows.push(Row {
            offset,
            file: if foreign { random(r, files) as u32 } else { file },
            line: if foreign { 1 + random(r, 9000) as u32 } else { line + random(r, 30) as u32 },
            column: 1 + random(r, 150) as u32,
        });
        offset += 1 + random(r, 70) as u32;
    }
    let code = Code { bytes: vec![0x90; len], align: 16, relocs: vec![], locs: vec![], frame_size: 0 };
    Function { code, name: format!("m.S({}).f{sym}", random(r, 3)), file, line, rows }
}

fn file_path(i: u32) -> String {
    let dir = ["/p/main", "/lib/std"][i as usize % 2];
    format!("{dir}/dir{i}/file.zig")
}

fn expected(f: &Function) -> Seen {
    let mut rows = vec![(0, file_path(f.file), f.line.into(), 0)];
    rows.extend(f.rows.iter().map(|r| (r.offset.into(), file_path(r.file), r.line.into(), r.column.into())));
    Seen {
        name: f.name.rsplit('.').next().unwrap().into(),
        len: f.code.bytes.len() as u64,
        decl: (file_path(f.file), f.line.into()),
        rows,
    }
}

fn define(image: &mut Image, sym: u32, f: &Function) {
    image.set_func(Sym(sym), &f.name, &f.code).unwrap();
    let own_name = f.name.rsplit('.').next().unwrap();
    image.set_lines(Sym(sym), &Lines { own_name, file: f.file, line: f.line, rows: &f.rows });
    assert_eq!(image.lines(Sym(sym)).unwrap(), (f.file, f.line, f.rows.clone()));
}

fn new_image() -> Image {
    let mut image = Image::new(ImageOptions::default());
    image.set_source(Source {
        producer: "test".into(),
        name: "main.zig".into(),
        dirs: vec!["/p/main".into(), "/lib/std".into()],
    });
    image
}

#[test]
fn debug_information_follows_updates() {
    let mut r = 0x9e37_79b9_7f4a_7c15;
    let mut image = new_image();
    let mut model: BTreeMap<u32, Function> = BTreeMap::new();
    let mut files = 0;
    let entry = Function { rows: Vec::new(), ..function(0, &mut r, 1) };
    for round in 0..60 {
        // Files become known as the program grows.
        let wanted = (round + 1).min(FILES);
        while files < wanted {
            image.add_source_file(files % 2, &format!("dir{files}/file.zig"));
            files += 1;
        }
        if round == 0 {
            define(&mut image, 0, &entry);
            image.set_entry(Sym(0)).unwrap();
        }
        for _ in 0..random(&mut r, 30) {
            let sym = 1 + random(&mut r, 120) as u32;
            match (random(&mut r, 6), model.get_mut(&sym)) {
                (0, Some(_)) => {
                    image.retire(Sym(sym));
                    model.remove(&sym);
                }
                (1 | 2, Some(f)) if f.rows.iter().all(|row| row.file == f.file && row.line >= f.line) => {
                    let line = 1 + random(&mut r, 200_000) as u32;
                    f.rows.iter_mut().for_each(|row| row.line = row.line - f.line + line);
                    f.line = line;
                    image.move_lines(Sym(sym), line);
                }
                _ => {
                    let f = function(sym, &mut r, files as u64);
                    define(&mut image, sym, &f);
                    model.insert(sym, f);
                }
            }
        }
        let seen = read(image.finish().unwrap().bytes);
        image.check().unwrap();
        let mut all: BTreeMap<String, Seen> = model.values().map(|f| (f.name.clone(), expected(f))).collect();
        all.insert(entry.name.clone(), expected(&entry));
        assert_eq!(seen.len(), all.len(), "round {round}");
        for (name, f) in &all {
            assert_eq!(seen.get(name), Some(f), "round {round}: {name}");
        }
    }
    assert!(model.len() > 60);
}

#[test]
fn a_moved_function_costs_a_few_bytes() {
    let mut r = 7;
    let mut image = new_image();
    image.add_source_file(0, "main.zig");
    for sym in 0..200 {
        let mut f = function(sym, &mut r, 1);
        f.name = format!("m.f{sym}");
        define(&mut image, sym, &f);
    }
    image.set_entry(Sym(0)).unwrap();
    image.finish().unwrap();
    let (_, line, rows) = image.lines(Sym(77)).unwrap();
    image.move_lines(Sym(77), line + 3);
    let dirty = image.finish().unwrap().dirty;
    // The operand in the line program, and the line in the record.
    assert_eq!(dirty.iter().map(|d| d.1 - d.0).sum::<u64>(), 5 + 4);
    let (_, moved, moved_rows) = image.lines(Sym(77)).unwrap();
    assert_eq!(moved, line + 3);
    assert!(rows.iter().zip(&moved_rows).all(|(a, b)| a.line + 3 == b.line && a.offset == b.offset));
    image.move_lines(Sym(77), line + 3);
    assert!(image.finish().unwrap().dirty.is_empty());
}

#[test]
fn a_stripped_program_has_none() {
    let mut image = Image::new(ImageOptions { strip: true, ..ImageOptions::default() });
    image.set_source(Source { dirs: vec!["/p".into()], ..Source::default() });
    assert_eq!(image.source_files(), None);
    let f = function(0, &mut 5, 1);
    image.set_func(Sym(0), &f.name, &f.code).unwrap();
    image.set_lines(Sym(0), &Lines { own_name: "f0", file: 0, line: 1, rows: &f.rows });
    image.set_entry(Sym(0)).unwrap();
    let object = object::File::parse(image.finish().unwrap().bytes).unwrap();
    assert!(object.sections().all(|s| !s.name().unwrap().starts_with(".debug")));
}

#[test]
fn binutils_reads_the_same() {
    if Command::new("addr2line").arg("--version").output().is_err() {
        return;
    }
    let mut r = 99;
    let mut image = new_image();
    for i in 0..3 {
        image.add_source_file(i % 2, &format!("dir{i}/file.zig"));
    }
    let functions: Vec<Function> = (0..50).map(|sym| function(sym, &mut r, 3)).collect();
    for (sym, f) in functions.iter().enumerate() {
        define(&mut image, sym as u32, &Function { name: format!("m.f{sym}"), ..clone(f) });
    }
    image.set_entry(Sym(0)).unwrap();
    let addresses: Vec<u64> = (0..50).map(|s| image.resolved(Sym(s)).unwrap().0).collect();
    let dir = Dir::new("addr2line");
    std::fs::write(dir.path("program"), image.finish().unwrap().bytes).unwrap();
    for (f, start) in functions.iter().zip(addresses) {
        let row = f.rows.last().unwrap();
        let address = format!("{:#x}", start + u64::from(row.offset));
        let out = Command::new("addr2line").arg("-e").arg(dir.path("program")).arg(address).output().unwrap();
        let out = String::from_utf8(out.stdout).unwrap();
        assert_eq!(out.trim_end(), format!("{}:{}", file_path(row.file), row.line));
    }
}

fn clone(f: &Function) -> Function {
    Function { code: f.code.clone(), name: f.name.clone(), rows: f.rows.clone(), ..*f }
}
