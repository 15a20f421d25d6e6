//! JSON events of a watching compiler: one line a build, at once, and no trouble when their reader goes.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

fn start(dir: &std::path::Path) -> (Child, Lines<BufReader<ChildStdout>>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_compiler"));
    command.args(["build-exe", "--watch", "--events=json", "main.zig"]).current_dir(dir);
    command.env("XDG_CACHE_HOME", dir.join("cache")).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    (child, lines)
}

/// The number and the status of the next build.
fn build(lines: &mut Lines<BufReader<ChildStdout>>) -> (u64, String) {
    loop {
        let event: serde_json::Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        if event["type"] == "build" {
            return (event["build"].as_u64().unwrap(), event["status"].as_str().unwrap().to_owned());
        }
    }
}

fn returns(value: &str) -> String {
    format!("pub fn main() u8 {{\n    return {value};\n}}\n")
}

#[test]
fn each_build_is_told_once() {
    let dir = tempfile::tempdir().unwrap();
    let save = |value: &str| fs::write(dir.path().join("main.zig"), returns(value)).unwrap();
    save("1");
    let (mut child, mut lines) = start(dir.path());
    assert_eq!(build(&mut lines), (1, "ok".into()));
    for (number, value, status) in [(2, "2", "ok"), (3, "missing", "fail"), (4, ";", "fail"), (5, "3", "ok")] {
        save(value);
        // A line that came twice would be taken for the next one.
        assert_eq!(build(&mut lines), (number, status.into()));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_reader_that_goes_away_ends_the_watch() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("main.zig"), returns("1")).unwrap();
    let (mut child, mut lines) = start(dir.path());
    assert_eq!(build(&mut lines), (1, "ok".into()));
    drop(lines);
    fs::write(dir.path().join("main.zig"), returns("2")).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
