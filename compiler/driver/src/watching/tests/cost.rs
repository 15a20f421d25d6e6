//! The cost of an edit is the edit: what an update does, in counts, is the same in small and large
//! projects, and nothing where nothing has to be done.

use super::Loop;
use crate::{Counts, Event};

/// A project of `files` files of twenty functions, all of them reached; the first is always the same.
fn project(files: usize) -> Vec<(String, String)> {
    let last = files * 20 - 1;
    let mut out = vec![("main.zig".to_owned(), main("m0.fx0(7)"))];
    for file in 0..files {
        let mut text = format!("const next = @import(\"m{}.zig\");\n", (file + 1) % files);
        for i in file * 20..file * 20 + 20 {
            let call = match i + 1 {
                next if next > last => "0".to_owned(),
                next if next % 20 == 0 => format!("next.fx{next}(y)"),
                next => format!("fx{next}(y)"),
            };
            text.push_str(&function(i, 1000 + i, &call));
        }
        out.push((format!("m{file}.zig"), text));
    }
    out
}

fn main(call: &str) -> String {
    format!("const m0 = @import(\"m0.zig\");\n\npub fn main() u8 {{\n    return @truncate({call});\n}}\n")
}

fn function(number: usize, constant: usize, call: &str) -> String {
    format!(
        "\npub fn fx{number}(x: u32) u32 {{\n    var y: u32 = x *% {constant};\n    var i: u32 = 0;\n    \
         while (i < 3) : (i += 1) {{\n        y = (y & 0xffff) + i;\n    }}\n    if (x > 100) return y;\n    \
         return y +% {call};\n}}\n"
    )
}

fn done(e: Event) -> Counts {
    match e {
        Event::Ok(r) => r.counts,
        e => panic!("{e:?}"),
    }
}

fn failed(e: Event) -> Counts {
    match e {
        Event::Fail(_, r) => r.counts,
        e => panic!("{e:?}"),
    }
}

/// A running project, and the text of its first file.
fn started(files: usize, emit: bool) -> (Loop, String) {
    let project = project(files);
    let l = Loop::start_files(&project, emit, 0);
    assert!(done(l.build()).units_run > 20);
    (l, project[1].1.clone())
}

#[test]
fn a_body_costs_the_same_in_small_and_large_projects() {
    let counts = [1, 2, 12].map(|files| {
        let (l, text) = started(files, true);
        let mut last = None;
        // Until the spares behind the program all have gone through the same.
        for k in 2000..2006 {
            l.save("m0.zig", &text.replace("x *% 1000;", &format!("x *% {k};")));
            last = Some(done(l.build()));
        }
        last.unwrap()
    });
    assert_eq!(counts[0], counts[1]);
    assert_eq!(counts[0], counts[2]);
    let c = counts[0];
    assert_eq!((c.files_read, c.members_parsed, c.units_run, c.functions_compiled), (1, 1, 1, 1));
    assert!(c.code_bytes_written > 0 && c.bytes_written >= c.code_bytes_written);
}

#[test]
fn comments_compile_nothing() {
    let (l, text) = started(2, true);
    let edits = [
        format!("// Above all.\n\n{text}"),
        text.replace("    var i: u32 = 0;\n", "\n    // Within a function.\n    var i: u32 = 0;\n"),
        format!("{text}\n\n// At the end.\n"),
    ];
    for edit in edits {
        l.save("m0.zig", &edit);
        let c = done(l.build());
        assert_eq!(c.files_read, 1);
        assert_eq!((c.units_run, c.functions_compiled, c.code_bytes_written), (0, 0, 0), "{c:?}");
    }
}

#[test]
fn a_signature_costs_its_callers() {
    let left = [3, 30].map(|callers| {
        let callee = |of: &str| format!("pub fn fx0(x: {of}) u32 {{\n    return @truncate(x *% 3);\n}}\n");
        let calls: String = (0..callers).map(|i| function(i + 1, i + 1, "@import(\"m0.zig\").fx0(y)")).collect();
        let sum: String = (0..callers).map(|i| format!(" +% @import(\"calls.zig\").fx{}(1)", i + 1)).collect();
        let other: String = (0..30).map(|i| function(100 + i, i, "0")).collect();
        let used: String = (0..30).map(|i| format!(" +% @import(\"calls.zig\").fx{}(1)", 100 + i)).collect();
        let files = [
            ("main.zig".to_owned(), main(&format!("m0.fx0(7){sum}{used}"))),
            ("calls.zig".to_owned(), format!("{calls}{other}")),
            ("m0.zig".to_owned(), callee("u32")),
        ];
        let l = Loop::start_files(&files, true, 0);
        done(l.build());
        let mut left = None;
        for of in ["u64", "u32", "u64", "u32"] {
            l.save("m0.zig", &callee(of));
            let c = done(l.build());
            // The function, its callers, and `main` which is one of them.
            assert_eq!(c.functions_compiled, callers as u64 + 2, "{c:?}");
            left = Some((c.files_read, c.members_parsed, c.units_run - callers as u64));
        }
        left.unwrap()
    });
    assert_eq!(left[0], left[1]);
}

#[test]
fn breaking_the_syntax_and_mending_it_costs_nothing() {
    let (l, text) = started(2, true);
    for _ in 0..2 {
        l.save("m0.zig", &text.replacen("var i: u32 = 0;", "var i: u32 = ;", 1));
        let c = failed(l.build());
        assert_eq!((c.files_read, c.units_run, c.functions_compiled, c.bytes_written), (1, 0, 0, 0), "{c:?}");
        l.save("m0.zig", &text);
        let c = done(l.build());
        assert_eq!((c.files_read, c.units_run, c.functions_compiled, c.bytes_written), (1, 0, 0, 0), "{c:?}");
    }
}

#[test]
fn without_a_program_no_code_is_made() {
    let (l, text) = started(2, false);
    l.save("m0.zig", &text.replace("x *% 1000;", "x *% 1;"));
    let c = done(l.build());
    assert_eq!((c.units_run, c.functions_compiled, c.code_bytes_written, c.bytes_written), (1, 0, 0, 0), "{c:?}");
    l.save("m0.zig", &text.replace("x *% 1000;", "\"text\";"));
    failed(l.build());
    l.save("m0.zig", &text);
    done(l.build());
    assert!(!l.dir.path().join("program").exists());
}
