//! The inputs of `fixtures/fmt`: one construct each, well and badly laid out, with comments and
//! trailing commas wherever they may stand. What is expected of them real Zig says when the test
//! runs. Names tell what is special: `refused_` both report a syntax error, `lost_` the canonical
//! form loses tokens, so that it may not be written to a file, `spoilt_` only real Zig's does.

#![allow(clippy::unwrap_used, reason = "a test may fail by it")]

#[allow(dead_code, reason = "each test uses a part of it")]
mod common;
#[allow(dead_code, reason = "each test uses a part of it")]
mod render_support;

use std::path::Path;

use render_support::{compare, format, zig};
use syntax::render::{Refused, same_tokens};

fn fixtures(extension: &str) -> Vec<(String, Vec<u8>)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/fmt");
    let mut list: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == extension))
        .map(|p| (p.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&p).unwrap()))
        .collect();
    list.sort();
    list
}

#[test]
fn inputs_come_out_as_real_zig_has_them() {
    let Some(zig) = zig() else {
        println!("inputs_come_out_as_real_zig_has_them: skipped, real Zig is not installed");
        return;
    };
    let (names, sources): (Vec<_>, Vec<_>) = fixtures("zig").into_iter().unzip();
    assert!(names.len() >= 400, "only {} inputs", names.len());
    let named = |prefix: &str| names.iter().filter(|n| n.starts_with(prefix)).count();
    let outcome = compare(&zig, "fixtures", &names, &sources);
    assert!(outcome.wrong.is_empty(), "{} differ:\n{}", outcome.wrong.len(), outcome.wrong.join("\n"));
    assert_eq!(outcome.spoilt, named("spoilt_"));
    assert_eq!(outcome.lost, named("lost_"));
    assert_eq!(outcome.refused, named("refused_"));
    println!("{} of {} equal", outcome.equal, names.len());
}

#[test]
fn object_notation_comes_out_as_real_zig_has_it() {
    let Some(zig) = zig() else {
        println!("object_notation_comes_out_as_real_zig_has_it: skipped, real Zig is not installed");
        return;
    };
    let (names, sources): (Vec<_>, Vec<_>) = fixtures("zon").into_iter().unzip();
    let outcome = compare(&zig, "zon", &names, &sources);
    assert!(outcome.wrong.is_empty(), "{}", outcome.wrong.join("\n"));
    let refused = names.iter().filter(|n| n.starts_with("refused_")).count();
    assert_eq!((outcome.refused, outcome.equal), (refused, names.len() - refused));
}

#[test]
fn nothing_but_layout_changes() {
    for (name, source) in fixtures("zig") {
        match format(&source) {
            Ok(text) if name.starts_with("lost_") => assert!(!same_tokens(&source, &text), "{name}"),
            Ok(text) => assert!(same_tokens(&source, &text), "{name}"),
            Err(e) => assert!(matches!(e, Refused::Syntax(_)) && name.starts_with("refused_"), "{name}: {e}"),
        }
    }
}

#[test]
fn other_tokens_are_noticed() {
    let pairs = [
        ("const a = 1;", "const a = 2;"),
        ("const a = b(c);", "const a = (bc);"),
        ("const a = @ptrCast(@alignCast(b));", "const a = @ptrCast(@constCast(b));"),
        ("const a: *const u8 = b;", "const a: *volatile u8 = b;"),
        ("const a: *align(4) const u8 = b;", "const a: *align(8) const u8 = b;"),
        ("const a = \\\\x\n;", "const a = \\\\y\n;"),
        ("const @\"a b\" = 1;", "const @\"a  b\" = 1;"),
        ("const a = asm (\"\" ::: .{ .x = true });", "const a = asm (\"\" ::: .{ .y = true });"),
        ("fn f() void {}", "fn f() void {} //\n}"),
    ];
    for (a, b) in pairs {
        assert!(!same_tokens(a.as_bytes(), b.as_bytes()), "{a} / {b}");
    }
    let alike = [
        ("const a = b(c, d,);", "const a = b(c, d);"),
        ("const a: *const align(4) u8 = b;", "const a: *align(4) const u8 = b;"),
        ("const a = @alignCast(@ptrCast(b));", "const a = @ptrCast(@alignCast(b));"),
        ("const @\"a\" = 1;", "const a = 1; // c"),
        ("const a = asm (\"\" ::: \"x\", \"y-z\");", "const a = asm (\"\" ::: .{ .x = true, .@\"y-z\" = true });"),
        ("fn f() callconv(.@\"inline\") void {}", "inline fn f() void {}"),
    ];
    for (a, b) in alike {
        assert!(same_tokens(a.as_bytes(), b.as_bytes()), "{a} / {b}");
    }
}

#[test]
fn deep_nesting_is_refused_or_fits() {
    let depth = 400;
    let mut source = String::new();
    for _ in 0..8 {
        source += "const a = ";
        source += &"(".repeat(depth);
        source += "struct {";
    }
    for _ in 0..8 {
        source += "}";
        source += &")".repeat(depth);
        source += ";";
    }
    let run = move || {
        match format(source.as_bytes()) {
            Err(Refused::Syntax(e)) => assert_eq!(e.text, "nesting is too deep"),
            other => panic!("{other:?}"),
        }
        let chain = format!("const a = b{};", " + b".repeat(9_000));
        let text = format(chain.as_bytes()).unwrap();
        assert!(same_tokens(chain.as_bytes(), &text));
        let dots = format!("const a = b{};\n", ".c".repeat(9_000));
        assert_eq!(format(dots.as_bytes()).unwrap(), dots.as_bytes());
    };
    std::thread::Builder::new().stack_size(16 << 20).spawn(run).unwrap().join().unwrap();
}
