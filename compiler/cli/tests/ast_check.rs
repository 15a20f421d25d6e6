//! `compiler ast-check` on files: what is said of which, in what order, and the exit code.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::fs;
use std::path::Path;

use support::{compiler, pipe};

fn run(dir: &Path, args: &[&str], stdin: &str) -> (i32, String) {
    let (code, stdout, stderr) = pipe(compiler(args).current_dir(dir), stdin.as_bytes());
    assert_eq!(stdout, "");
    (code, stderr)
}

const NAMES: &str = "const a = b;\nfn f(x: u8) void {\n    var y: u8 = 1;\n    {\n        const f = y;\n    }\n}\n";
const NAMES_SAID: &str = "names.zig:1:11: error: use of undeclared identifier 'b'\n\
                          names.zig:5:15: error: local constant shadows declaration of 'f'\n\
                          names.zig:2:1: note: declared here\n";

#[test]
fn files_are_reported_in_their_order() {
    let temp = tempfile::tempdir().unwrap();
    let d = temp.path();
    fs::write(d.join("names.zig"), NAMES).unwrap();
    fs::write(d.join("good.zig"), "const a = 1;\n").unwrap();
    fs::write(d.join("syntax.zig"), "const a = ;\nconst b = c;\n").unwrap();
    fs::write(d.join("data.zon"), ".{ .a = 1, .b = x, .a = -0 }\n").unwrap();
    assert_eq!(run(d, &["ast-check", "good.zig"], ""), (0, String::new()));
    assert_eq!(run(d, &["ast-check", "names.zig"], ""), (1, NAMES_SAID.into()));
    let syntax = "syntax.zig:1:11: error: expected expression, found ';'\n";
    let data = "data.zon:1:17: error: invalid expression\n\
                data.zon:1:17: note: ZON allows identifiers 'true', 'false', 'null', 'inf', and 'nan'\n\
                data.zon:1:17: note: precede identifier with '.' for an enum literal\n\
                data.zon:1:5: error: duplicate struct field name\n\
                data.zon:1:21: note: duplicate name here\n\
                data.zon:1:26: error: integer literal '-0' is ambiguous\n\
                data.zon:1:26: note: use '0' for an integer zero\n\
                data.zon:1:26: note: use '-0.0' for a floating-point signed zero\n";
    let missing = "error: unable to open file 'none.zig' for ast-check: FileNotFound\n";
    let all = ["ast-check", "data.zon", "none.zig", "syntax.zig", "good.zig", "names.zig"];
    assert_eq!(run(d, &all, ""), (1, [data, missing, syntax, NAMES_SAID].concat()));
    assert_eq!(run(d, &["ast-check", "."], "").1, "error: unable to load file '.' for ast-check: ReadFailed\n");
}

#[test]
fn standard_input_is_checked_without_a_file() {
    let here = Path::new(".");
    assert_eq!(run(here, &["ast-check"], NAMES), (1, NAMES_SAID.replace("names.zig", "<stdin>")));
    assert_eq!(run(here, &["ast-check", "--zon"], ".{ 1, .a }"), (0, String::new()));
    assert_eq!(
        run(here, &["ast-check", "--zon"], "x.y").1,
        "<stdin>:1:2: error: field accesses are not allowed in ZON\n"
    );
}

#[test]
fn formatting_leaves_alone_what_the_check_refuses() {
    let temp = tempfile::tempdir().unwrap();
    let d = temp.path();
    let bad = "const a  = b;\n";
    fs::write(d.join("bad.zig"), bad).unwrap();
    fs::write(d.join("fine.zig"), "const a  = 1;\n").unwrap();
    let said = "bad.zig:1:12: error: use of undeclared identifier 'b'\n";
    let out = compiler(["fmt", "--ast-check", "bad.zig", "fine.zig"]).current_dir(d).output().unwrap();
    assert_eq!((out.status.code(), &*String::from_utf8_lossy(&out.stdout)), (Some(1), "fine.zig\n"));
    assert_eq!(String::from_utf8_lossy(&out.stderr), said);
    assert_eq!(fs::read_to_string(d.join("bad.zig")).unwrap(), bad);
    assert_eq!(fs::read_to_string(d.join("fine.zig")).unwrap(), "const a = 1;\n");
    let (code, said) = run(d, &["fmt", "--stdin", "--ast-check", "--zon"], ".{ .a = b }");
    assert!(code == 1 && said.starts_with("<stdin>:1:9: error: invalid expression\n"), "{said}");
}

#[test]
fn deep_nesting_is_an_error() {
    for open in ["(", "{", "[", "struct{a:", "-", "if(a)", "&", "fn("] {
        let (code, said) = run(Path::new("."), &["ast-check"], &format!("const a = {}", open.repeat(10_000)));
        assert_eq!(code, 1, "{open}");
        assert!(said.contains("error: "), "{open}: {said}");
    }
}
