//! What people and programs read: each case renders one message in every form, beside its source.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use errmsg::{Msg, Place, Ref, Renderer, Source, Span, Style};
use std::sync::Arc;

fn at(source: &Arc<Source>, span: &str, main: &str) -> Place {
    let text = source.text();
    let find = |needle: &str| text.windows(needle.len()).position(|w| w == needle.as_bytes()).unwrap() as u32;
    let start = find(span);
    Place::ScopeAndComp { scope: 0, span: Span::new(source, start, start + span.len() as u32, find(main)) }
}

/// Source and all forms together, so that a reviewer sees what a user sees.
fn show(source: &Source, msg: &Msg) -> String {
    let form = |style| Renderer { style, color: false }.to_string(msg);
    let text = String::from_utf8_lossy(source.text());
    let text = if text.len() > 500 { "(long)".into() } else { text.escape_debug().to_string().replace("\\n", "\n") };
    format!(
        "---- source\n{text}\n---- short\n{}---- rich\n{}---- json\n{}",
        form(Style::Short),
        form(Style::Rich),
        form(Style::Json)
    )
}

#[test]
fn error_with_notes_and_trace() {
    let a = Source::new(
        "src/a.zig",
        *b"const S = struct { a: u32, b: u32 };\npub fn main() void {\n    const s: S = .{};\n}\n",
    );
    let start = Source::new("lib/std/start.zig", *b"fn callMain() void {\n    root.main();\n}\n");
    let Place::ScopeAndComp { span, .. } = at(&start, "root.main()", "main") else { unreachable!() };
    let msg = Msg::error("missing struct field: a", at(&a, ".{}", "{}"))
        .note("missing struct field: b", at(&a, ".{}", "{}"))
        .note("struct declared here", at(&a, "struct { a: u32, b: u32 }", "struct"))
        .trace(vec![Ref { name: "callMain".into(), span }], 2);
    insta::assert_snapshot!(show(&a, &msg));
}

#[test]
fn several_lines_of_text_are_indented() {
    let a = Source::new("a.zig", *b"comptime { @compileError(\"two\\nlines\"); }");
    let msg = Msg::error("two\nlines", at(&a, "@compileError(\"two\\nlines\")", "@compileError"));
    insta::assert_snapshot!(show(&a, &msg));
}

#[test]
fn without_source() {
    let a = Source::new("nope.zig", *b"");
    let msg = Msg::cli("nope.zig", "unable to load 'nope.zig': FileNotFound");
    insta::assert_snapshot!(show(&a, &msg));
    insta::assert_snapshot!(show(&a, &Msg::plain("no file given")));
}

#[test]
fn hostile_bytes() {
    let a = Source::new("a.zig", *b"const ok = 1;\r\n\tconst \xff\xfe\0x = \x1b[31m y;\r\n");
    insta::assert_snapshot!(show(&a, &Msg::error("expected expression", at(&a, "x = \x1b[31m y", "\x1b"))));
}

#[test]
fn span_over_lines_is_clipped_to_the_main_line() {
    let a = Source::new("a.zig", *b"const x = f(\n  1,\n  2);\n");
    insta::assert_snapshot!(show(&a, &Msg::error("e", at(&a, "f(\n  1,\n  2)", "1"))));
}

#[test]
fn end_of_file_and_empty_file() {
    for text in [&b""[..], b"\n", b"fn", b"fn\r\n"] {
        let a = Source::new("a.zig", text);
        let end = text.len() as u32;
        let msg = Msg::error("expected something, found 'EOF'", Place::PathAndTree(Span::at(&a, end, end)));
        let rich = Renderer { style: Style::Rich, color: false }.to_string(&msg);
        assert!(rich.contains('^'), "{rich}");
    }
    let a = Source::new("a.zig", *b"fn\n");
    insta::assert_snapshot!(show(&a, &Msg::error("e", Place::PathAndTree(Span::at(&a, 3, 3)))));
}

#[test]
fn ten_megabytes_in_one_line() {
    let mut text = vec![b'a'; 10 << 20];
    text.splice(5_000_000..5_000_003, *b"@@@");
    // Characters of several bytes at both ends of the window must not be cut.
    text.splice(4_999_918..4_999_921, "…".bytes());
    text.splice(5_000_118..5_000_121, "…".bytes());
    let a = Source::new("a.zig", text);
    let msg = Msg::error("expected expression", Place::PathAndTree(Span::new(&a, 4_000_000, 6_000_000, 5_000_000)));
    insta::assert_snapshot!(show(&a, &msg));
}

#[test]
fn any_offsets_render() {
    // Offsets beyond the text, within characters and in the wrong order come out of bugs
    // elsewhere; the message must still be shown.
    let a = Source::new("a.zig", "é\r\n\t日本\0".as_bytes());
    for start in 0..14 {
        for end in 0..14 {
            for main in 0..14 {
                let msg = Msg::error("e", Place::PathAndTree(Span::new(&a, start, end, main)));
                for style in [Style::Short, Style::Rich, Style::Json] {
                    for color in [false, true] {
                        assert!(Renderer { style, color }.to_string(&msg).contains('e'));
                    }
                }
            }
        }
    }
}

#[test]
fn coloured() {
    let a = Source::new("a.zig", *b"const x = a + b;\n");
    let msg = Msg::error("bad", at(&a, "a + b", "+")).note("here", at(&a, "x", "x"));
    let form = |style| Renderer { style, color: true }.to_string(&msg).replace('\x1b', "␛");
    insta::assert_snapshot!(format!("{}{}", form(Style::Short), form(Style::Rich)));
}
