//! `compiler fmt` on files: what is found, what is changed, what is left alone.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use support::{compiler, pipe};

const BAD: &str = "const  a=1;\n";
const GOOD: &str = "const a = 1;\n";

fn fmt(dir: &Path, args: &[&str], stdin: &[u8]) -> (i32, String, String) {
    pipe(compiler(["fmt"].iter().chain(args)).current_dir(dir), stdin)
}

fn put(dir: &Path, name: &str, text: &str) {
    let path = dir.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn directories_are_searched_as_real_zig_does() {
    let temp = tempfile::tempdir().unwrap();
    let d = temp.path();
    for name in ["d/b.zig", "d/a.zig", "d/sub/c.zig", "other/o.zig", "d/.hidden.zig", "d/.cache/h.zig", "d/x.txt"] {
        put(d, name, BAD);
    }
    put(d, "d/z.zon", ".{  .a=1 }");
    symlink("../other", d.join("d/link")).unwrap();
    symlink(".", d.join("d/loop")).unwrap();
    symlink("../other/o.zig", d.join("d/l.zig")).unwrap();
    let listed = "d/a.zig\nd/b.zig\nd/sub/c.zig\nd/z.zon\n";
    assert_eq!(fmt(d, &["--check", "d"], b""), (1, listed.into(), String::new()));
    assert_eq!(fs::read_to_string(d.join("d/a.zig")).unwrap(), BAD);
    // The same directory under another name is seen once.
    assert_eq!(fmt(d, &["--check", "d", "d/loop", "d/sub/c.zig"], b"").1, listed);
    let (code, out, _) =
        fmt(d, &["--check", "--exclude", "d/sub", "--exclude", "d/z.zon", "--exclude", "none", "d"], b"");
    assert_eq!((code, out.as_str()), (1, "d/a.zig\nd/b.zig\n"));
    assert_eq!(fmt(d, &["d"], b""), (0, listed.into(), String::new()));
    assert_eq!(fmt(d, &["--check", "d"], b""), (0, String::new(), String::new()));
    assert_eq!(fs::read_to_string(d.join("d/a.zig")).unwrap(), GOOD);
    assert_eq!(fs::read_to_string(d.join("d/z.zon")).unwrap(), ".{ .a = 1 }\n");
    assert_eq!(fs::read_to_string(d.join("other/o.zig")).unwrap(), BAD);
}

#[test]
fn a_file_with_an_error_is_left_and_the_others_go_on() {
    let temp = tempfile::tempdir().unwrap();
    let d = temp.path();
    put(d, "a.zig", BAD);
    put(d, "e.zig", "const a = (;\n");
    put(d, "z.zig", BAD);
    let (code, out, err) = fmt(d, &["--color", "off", "a.zig", "e.zig", "none.zig", "z.zig"], b"");
    assert_eq!((code, out.as_str()), (1, "a.zig\nz.zig\n"));
    assert_eq!(
        err,
        "e.zig:1:12: error: expected expression, found ';'\nerror: unable to format 'none.zig': FileNotFound\n"
    );
    assert_eq!(fs::read_to_string(d.join("e.zig")).unwrap(), "const a = (;\n");
}

#[test]
fn permissions_and_links_stay() {
    let temp = tempfile::tempdir().unwrap();
    let d = temp.path();
    put(d, "real.zig", BAD);
    fs::set_permissions(d.join("real.zig"), fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real.zig", d.join("link.zig")).unwrap();
    assert_eq!(fmt(d, &["link.zig"], b"").0, 0);
    assert!(d.join("link.zig").is_symlink());
    assert_eq!(fs::read_to_string(d.join("real.zig")).unwrap(), GOOD);
    assert_eq!(fs::metadata(d.join("real.zig")).unwrap().mode() & 0o777, 0o640);
    // A file that may not be written is replaced all the same, as by real Zig.
    put(d, "read_only.zig", BAD);
    fs::set_permissions(d.join("read_only.zig"), fs::Permissions::from_mode(0o444)).unwrap();
    assert_eq!(fmt(d, &["read_only.zig"], b""), (0, "read_only.zig\n".into(), String::new()));
    assert_eq!(fs::metadata(d.join("read_only.zig")).unwrap().mode() & 0o777, 0o444);
    assert_eq!(fs::read_dir(d).unwrap().count(), 3, "nothing is left behind");
}

#[test]
fn standard_input() {
    let here = Path::new(".");
    assert_eq!(fmt(here, &["--stdin"], BAD.as_bytes()), (0, GOOD.into(), String::new()));
    assert_eq!(fmt(here, &["--stdin", "--check"], BAD.as_bytes()), (1, String::new(), String::new()));
    assert_eq!(fmt(here, &["--stdin", "--check"], GOOD.as_bytes()), (0, String::new(), String::new()));
    assert_eq!(fmt(here, &["--stdin"], b""), (0, String::new(), String::new()));
    assert_eq!(
        fmt(here, &["--stdin", "--zon"], b"// c\n\n.{1,2}//d"),
        (0, "// c\n\n.{ 1, 2 } //d\n".into(), String::new())
    );
    let (code, out, err) = fmt(here, &["--stdin", "--zon"], b".{ 1 }; .{}");
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.starts_with("<stdin>:1:7: error: "), "{err}");
    let utf16: Vec<u8> = BAD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(fmt(here, &["--stdin"], &[b"\xFF\xFE", &utf16[..]].concat()), (0, GOOD.into(), String::new()));
    assert_eq!(fmt(here, &["--stdin"], b"const a = 1;\0").0, 1);
}

#[test]
fn next_to_nothing() {
    let here = Path::new(".");
    let mark = "\u{feff}";
    for (text, canonical) in [
        ("", ""),
        (" \n \n", ""),
        (mark, ""),
        ("// c", "// c\n"),
        ("// c\n\n\n//d   \n", "// c\n\n//d\n"),
        ("//! c", "//! c\n"),
    ] {
        assert_eq!(fmt(here, &["--stdin"], text.as_bytes()), (0, canonical.into(), String::new()), "{text:?}");
    }
    for (text, error) in [
        ("/// c\n", "1:1: error: unattached documentation comment"),
        ("\0", "1:1: error: expected type expression, found 'invalid token'"),
        ("const a\0 = 1;\n", "1:8: error: expected ';' after declaration"),
        ("const a = 1;\n\0", "1:13: error: expected type expression, found 'invalid token'"),
        ("const a = \"\0\";\n", "1:12: error: string literal contains invalid byte: '\\x00'"),
        ("// \0\nconst a = 1;\n", "1:4: error: comment contains invalid byte: '\\x00'"),
    ] {
        let expected = (1, String::new(), format!("<stdin>:{error}\n"));
        assert_eq!(fmt(here, &["--stdin", "--color", "off"], text.as_bytes()), expected, "{text:?}");
    }
}

/// Formats a pipe and does something after all of it has been written, before it has been read to
/// its end.
fn fmt_meanwhile(dir: &Path, work: impl FnOnce(&Path)) -> (i32, String, String) {
    let pipe = dir.join("pipe.zig");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    std::thread::scope(|s| {
        let done = s.spawn(|| fmt(dir, &["pipe.zig"], b""));
        let mut writer = fs::OpenOptions::new().write(true).open(&pipe).unwrap();
        writer.write_all(BAD.as_bytes()).unwrap();
        work(&pipe);
        drop(writer);
        done.join().unwrap()
    })
}

#[test]
fn a_file_that_goes_or_changes_meanwhile_is_left() {
    let temp = tempfile::tempdir().unwrap();
    let d = temp.path();
    let gone = fmt_meanwhile(d, |pipe| fs::remove_file(pipe).unwrap());
    assert_eq!(gone, (1, String::new(), "error: unable to format 'pipe.zig': FileNotFound\n".into()));
    assert_eq!(fs::read_dir(d).unwrap().count(), 0, "nothing is left behind");
    let (code, out, err) = fmt_meanwhile(d, |pipe| {
        put(d, "new", "const b = 2;\n");
        fs::rename(d.join("new"), pipe).unwrap();
    });
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("it has changed meanwhile"), "{err}");
    assert_eq!(fs::read_to_string(d.join("pipe.zig")).unwrap(), "const b = 2;\n");
    assert_eq!(fs::read_dir(d).unwrap().count(), 1, "nothing is left behind");
}

#[test]
fn a_file_that_cannot_be_written_stays_whole() {
    let temp = tempfile::tempdir().unwrap();
    let text = BAD.repeat(3_000);
    put(temp.path(), "large.zig", &text);
    put(temp.path(), "small.zig", BAD);
    // No file may have more than some thousand bytes.
    let script = format!("ulimit -f 8; exec '{}' fmt large.zig small.zig", env!("CARGO_BIN_EXE_compiler"));
    let done = Command::new("sh").args(["-c", &script]).current_dir(temp.path()).output().unwrap();
    assert_eq!(done.status.code(), Some(1));
    assert_eq!(String::from_utf8(done.stderr).unwrap(), "error: unable to format 'large.zig': FileTooBig\n");
    assert_eq!(String::from_utf8(done.stdout).unwrap(), "small.zig\n");
    assert_eq!(fs::read_to_string(temp.path().join("large.zig")).unwrap(), text);
    assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 2, "nothing is left behind");
}

#[test]
fn bad_input_gives_messages() {
    let here = Path::new(".");
    for open in ["(", "{", "[", "struct{a:", "-", "if(a)", "&", "fn("] {
        let (code, out, err) = fmt(here, &["--stdin"], format!("const a = {}", open.repeat(10_000)).as_bytes());
        assert_eq!((code, out.as_str()), (1, ""), "{open}");
        assert!(err.contains("error: "), "{open}: {err}");
    }
    // Tokens would be lost here, as real Zig loses them.
    let temp = tempfile::tempdir().unwrap();
    let text = "const a = .{\n    f(1, // zig fmt: off\n    2),  3,\n    4,\n};\nconst b = 1;\n";
    put(temp.path(), "lost.zig", text);
    let (code, _, err) = fmt(temp.path(), &["lost.zig"], b"");
    assert!(code == 1 && err.contains("other tokens"), "{err}");
    assert_eq!(fs::read_to_string(temp.path().join("lost.zig")).unwrap(), text);
}
