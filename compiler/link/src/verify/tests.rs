//! Damage of every kind is found.

use codegen::{Code, Reloc, RelocKind, RelocTarget};
use tir::{Data, Section, Sym};

use super::number;
use crate::image::{Image, ImageOptions, RODATA, TEXT};
use crate::relocs::sym_id;
use crate::{Lines, Row, Source};

fn function(callee: u32) -> Code {
    let call = |offset, sym, kind| Reloc { offset, kind, target: RelocTarget::Sym(Sym(sym)), addend: -4 };
    let relocs = vec![call(1, callee, RelocKind::Call4), call(8, 10, RelocKind::PcRel4)];
    Code { bytes: vec![0x90; 40], align: 16, relocs, locs: Vec::new(), frame_size: 0 }
}

/// Three functions that call each other, and a constant; the last function has moved and one has gone.
fn image() -> Image {
    let mut image = Image::new(ImageOptions::default());
    image.set_source(Source { producer: "p".into(), name: "main.zig".into(), dirs: vec!["/d".into()] });
    image.add_source_file(0, "main.zig");
    let rows = [Row { offset: 4, file: 0, line: 12, column: 3 }];
    let mut define = |sym, callee, bytes| {
        let code = Code { bytes: vec![0x90; bytes], ..function(callee) };
        image.set_func(Sym(sym), &format!("main.f{sym}"), &code).unwrap();
        image.set_lines(Sym(sym), &Lines { own_name: &format!("f{sym}"), file: 0, line: sym + 1, rows: &rows });
    };
    for (sym, callee, bytes) in [(0, 1, 40), (1, 2, 40), (2, 0, 40), (3, 0, 40), (2, 0, 400)] {
        define(sym, callee, bytes);
    }
    image.retire(Sym(3));
    let data =
        Data { sym: Sym(10), section: Section::Rodata, size: 4, align: 4, bytes: vec![1, 2, 3, 4], relocs: Vec::new() };
    image.set_data(&data, "main.c").unwrap();
    image.set_entry(Sym(0)).unwrap();
    image.finish().unwrap();
    image
}

/// Where a definition lies in the file.
fn place(image: &Image, sym: u32) -> usize {
    image.entries[sym_id(Sym(sym)).ix()].slot.unwrap().off as usize
}

#[test]
fn a_whole_image_passes() {
    let image = image();
    image.check().unwrap();
    assert_eq!(image.contents().len(), 5);
    assert_eq!(image.source_file(0), Some((0, "main.zig")));
}

/// Damages an image; what is then said of it.
#[track_caller]
fn expect(damage: impl FnOnce(&mut Image), said: &str) {
    let mut image = image();
    damage(&mut image);
    let e = image.check().unwrap_err();
    assert!(e.contains(said), "{e}");
}

#[test]
fn a_reference_that_was_not_patched() {
    expect(
        |i| {
            let at = place(i, 1) + 1;
            i.file.bytes[at] ^= 1;
        },
        "was not patched",
    );
    expect(|i| i.entries[sym_id(Sym(2)).ix()].calls.clear(), "is not known to its target");
}

#[test]
fn slots_that_overlap_or_are_lost() {
    expect(
        |i| {
            let slot = i.entries[sym_id(Sym(1)).ix()].slot.unwrap();
            i.windows[TEXT].free.put(slot);
        },
        "used twice",
    );
    expect(
        |i| {
            i.windows[TEXT].free.take(16, 16).unwrap();
        },
        "has lost",
    );
    expect(|i| i.windows[RODATA].cur += 16, "has lost");
}

#[test]
fn a_symbol_of_what_is_gone() {
    expect(
        |i| {
            let name = i.table.add_name("main.f3", &mut i.file);
            let index = i.table.add_entry(&mut i.file);
            i.table.set_entry(index, &crate::elf::symbol(name.off, 2, 9, 0x1000_0000, 40), &mut i.file);
            i.finish().unwrap();
        },
        "the symbol table has",
    );
    expect(
        |i| {
            let off = i.table.strings.off as usize + i.entries[sym_id(Sym(1)).ix()].stored_name.off as usize;
            i.file.bytes[off] = b'x';
        },
        "the symbol table has",
    );
}

/// Where the address of a definition stands in the file, so many bytes behind certain ones.
fn mention(image: &Image, sym: u32, distance: usize, behind: &[u8]) -> usize {
    let address = image.resolved(Sym(sym)).unwrap().0.to_le_bytes();
    let all = image.file.bytes.windows(8).enumerate().filter(|w| w.1 == address);
    all.map(|w| w.0).find(|&at| at > distance && image.file.bytes[at - distance..].starts_with(behind)).unwrap()
}

#[test]
fn lines_of_another_place() {
    expect(|i| i.entries[sym_id(Sym(1)).ix()].debug += 1, "debug information of 'main.f1'");
    expect(
        |i| {
            let at = mention(i, 1, 3, &[0, 9, 2]);
            i.file.bytes[at] ^= 0x10;
        },
        "the sequence is about another place",
    );
    expect(
        |i| {
            let at = mention(i, 1, 9, &[2]);
            i.file.bytes[at] ^= 0x10;
        },
        "the record is about another place",
    );
}

#[test]
fn headers_that_map_something_else() {
    expect(|i| i.file.bytes[24] ^= 1, "the entry is not the start code");
    let whole = image();
    let count = number(&whole.file.bytes, 56, 2).unwrap();
    let code = (0..count).map(|n| 64 + n * 56).find(|&at| number(&whole.file.bytes, at + 4, 4) == Some(5)).unwrap();
    // Flags, offset, address, size in the file.
    for field in [4, 8, 16, 32] {
        expect(|i| i.file.bytes[code as usize + field + 1] ^= 0x10, "is not loaded");
    }
}
