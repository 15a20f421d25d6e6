//! The small commands: what they print is what its readers accept.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::process::Command;

use support::{compiler, pipe};

fn run(args: &[&str], stdin: &str) -> (i32, String, String) {
    pipe(&mut compiler(args), stdin.as_bytes())
}

#[test]
fn env_and_targets_are_canonical_object_notation() {
    for command in ["env", "targets"] {
        let (code, out, err) = run(&[command], "");
        assert_eq!((code, err.as_str()), (0, ""));
        assert_eq!(run(&["ast-check", "--zon"], &out), (0, String::new(), String::new()));
        assert_eq!(run(&["fmt", "--stdin", "--zon"], &out), (0, out, String::new()));
    }
    let (_, env, _) = run(&["env"], "");
    let lib = env.lines().find_map(|l| l.trim().strip_prefix(".std_dir = \"")?.strip_suffix("\",")).unwrap();
    assert!(std::path::Path::new(lib).join("std.zig").is_file(), "{lib}");
    let (_, targets, _) = run(&["targets"], "");
    for part in
        [".arch = .{\n        \"x86_64\",\n", ".os = .{\n        \"linux\",\n", "\"gnu\",", "\"musl\",", "\"sse2\","]
    {
        assert!(targets.contains(part), "{part}: {targets}");
    }
}

#[test]
fn libc_files_are_validated() {
    let temp = tempfile::tempdir().unwrap();
    let path = temp.path().join("libc.txt");
    let name = path.to_str().unwrap();
    let check = |text: &str| {
        std::fs::write(&path, text).unwrap();
        let (code, out, err) = run(&["libc", name], "");
        assert_eq!(out, "");
        (code, err.lines().next().unwrap_or_default().to_owned())
    };
    let all = "# paths\ninclude_dir=/i\nsys_include_dir=/s\ncrt_dir=/c\nmsvc_lib_dir=\nkernel32_lib_dir=\ngcc_dir=\n";
    assert_eq!(check(all), (0, String::new()));
    assert_eq!(check(&all.replace("gcc_dir=\n", "")), (1, "error: missing field: gcc_dir".into()));
    assert_eq!(check(&all.replace("/s", "")), (1, "error: sys_include_dir may not be empty".into()));
    assert_eq!(check(&all.replace("/c", "")), (1, "error: crt_dir may not be empty for linux".into()));
    let missing = temp.path().join("none");
    let (code, _, err) = run(&["libc", missing.to_str().unwrap()], "");
    let text = format!("error: unable to parse libc file at path {}: FileNotFound\n", missing.display());
    assert_eq!((code, err), (1, text));
}

#[test]
fn native_paths_are_themselves_valid() {
    let (code, out, err) = run(&["libc"], "");
    if code != 0 {
        // Without a C compiler there is nothing to ask.
        assert!(err.starts_with("error: unable to detect native libc: "), "{err}");
        return;
    }
    let temp = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(temp.path(), &out).unwrap();
    assert_eq!(run(&["libc", temp.path().to_str().unwrap()], ""), (0, String::new(), String::new()));
    let include = out.lines().find_map(|l| l.strip_prefix("include_dir=")).unwrap();
    assert!(std::path::Path::new(include).join("stdlib.h").is_file(), "{include}");
}

#[test]
fn shells_complete_commands_flags_and_values() {
    for shell in ["bash", "zsh", "fish"] {
        let (code, out, _) = run(&["completions", shell], "");
        assert_eq!(code, 0);
        for word in ["build-exe", "ast-check", "watch-backend", "ReleaseFast", "exclude"] {
            assert!(out.contains(word), "{shell}: {word}");
        }
    }
    let (_, script, _) = run(&["completions", "bash"], "");
    let ask = |words: &str, at: usize| {
        let text = format!("{script}\nCOMP_WORDS=({words}); COMP_CWORD={at}; _compiler; echo \"${{COMPREPLY[@]}}\"");
        let (code, out, err) = pipe(&mut Command::new("bash"), text.as_bytes());
        assert_eq!((code, err.as_str()), (0, ""));
        out.trim_end().to_owned()
    };
    assert_eq!(ask("compiler ast", 1), "ast-check");
    assert_eq!(ask("compiler fmt --ch", 2), "--check");
    assert_eq!(ask("compiler build-exe a.zig -O ReleaseS", 4), "ReleaseSafe ReleaseSmall");
}

#[test]
fn manual_pages_name_all_there_is() {
    let (_, all, _) = run(&["man"], "");
    assert!(all.starts_with(".TH COMPILER 1 ") && all.contains(".B ast\\-check\n"), "{all}");
    let (_, one, _) = run(&["man", "fmt"], "");
    assert!(one.contains(".B \\-\\-exclude PATH\nLeave out a file or directory.\n"), "{one}");
    let (code, _, err) = run(&["man", "nothing"], "");
    assert_eq!((code, err.as_str()), (1, "error: unknown command: 'nothing'\n"));
}
