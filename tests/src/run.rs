//! The two halves of `run`, `error` and `syntax` cases: what our compiler makes of a case, and what real
//! Zig does. Both give the same kind of answer, a manifest, so that both are compared with the fixture's.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::Checked;
use crate::case::{Case, Manifest, unpack};
use crate::diagnostics;
use crate::oracle::Oracle;
use crate::outcome::Outcome;
use crate::process::{self, Finished};

/// Far above what any case needs, and short enough to notice a hang.
const LIMIT: Duration = Duration::from_secs(20);

/// What real Zig says about a case, as the manifest that would expect it.
pub fn ask_oracle(oracle: &Oracle, kind: &str, case: &Case) -> Checked<Manifest> {
    let old = &case.manifest;
    let mut inputs = format!("{:?}{:?}{:?}", old.get("args"), old.get("stdin"), old.get("kind"));
    inputs.extend(old.get("trace"));
    let answer = oracle.answer(kind, &[inputs.as_bytes()], &case.files, |oracle, dir| {
        let manifest = match kind {
            "run" => {
                let exe = dir.with_file_name("program");
                let built = oracle.build_exe(dir, &exe)?;
                expect_built("real Zig", &built)?;
                run_program(&exe, dir, old)?.to_manifest(old)
            }
            "syntax" => messages_of("real Zig", &oracle.zig(dir, &["ast-check", "--color", "off", "main.zig"])?, old)?,
            _ => messages_of("real Zig", &oracle.build_exe(dir, &dir.with_file_name("program"))?, old)?,
        };
        Ok(manifest.render(kind))
    })?;
    parse_answer(&answer)
}

/// What our compiler says about a case.
pub fn ask_ours(compiler: &Path, kind: &str, case: &Case) -> Checked<Manifest> {
    let scratch = tempfile::tempdir().map_err(|e| e.to_string())?;
    let dir = scratch.path().join("case");
    unpack(case, &dir)?;
    let exe = scratch.path().join("program");
    let mut command = Command::new(compiler);
    command.args(["build-exe", "main.zig", "--color", "off", "--error-style", "short"]).current_dir(&dir);
    command.arg(format!("-femit-bin={}", exe.display()));
    let built = process::run(&mut command, b"", LIMIT)?;
    if kind == "run" {
        expect_built("the compiler", &built)?;
        return Ok(run_program(&exe, &dir, &case.manifest)?.to_manifest(&case.manifest));
    }
    messages_of("the compiler", &built, &case.manifest)
}

/// Compares an answer with the fixture's expectation.
pub fn compare(who: &str, kind: &str, expected: &Manifest, found: &Manifest) -> Checked {
    let (expected, found) = if kind == "run" {
        let (expected, found) = (Outcome::expected(expected), Outcome::expected(found));
        (expected.to_manifest(&Manifest::default()), found.to_manifest(&Manifest::default()))
    } else {
        let body = diagnostics::canonical(&expected.body);
        (Manifest { body, ..Manifest::default() }, Manifest { body: found.body.clone(), ..Manifest::default() })
    };
    if expected == found {
        return Ok(());
    }
    Err(format!("expected:\n{}\n{who}:\n{}", expected.render(kind), found.render(kind)))
}

/// Runs a built program with the inputs of a manifest.
pub fn run_program(exe: &Path, dir: &Path, manifest: &Manifest) -> Checked<Outcome> {
    let mut command = Command::new(exe);
    command.current_dir(dir);
    command.args(manifest.get("args").unwrap_or_default().split_whitespace());
    let stdin = unescape(manifest.get("stdin").unwrap_or_default());
    let finished = process::run(&mut command, stdin.as_bytes(), LIMIT)?;
    let mut outcome = Outcome::of(&finished);
    if manifest.get("trace").is_some() {
        outcome.read_trace(&finished, dir);
    }
    Ok(outcome)
}

/// The compiler that the tests drive: `COMPILER`, else the one that Cargo built beside this test.
pub fn find_compiler() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("COMPILER") {
        return Some(PathBuf::from(path));
    }
    let this = std::env::current_exe().ok()?;
    // target/debug/deps/run-<hash> → target/debug/compiler
    let path = this.parent()?.parent()?.join("compiler");
    path.is_file().then_some(path)
}

/// Replaces `\n`, `\t`, `\r`, `\\` and `\"`.
pub fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.push(match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('r') => '\r',
                Some(other) => other,
                None => '\\',
            },
            (c, false) => c,
        });
    }
    out
}

/// Fails unless a build ended well, with what the compiler said.
pub fn expect_built(who: &str, built: &Finished) -> Checked {
    if built.code == Some(0) {
        return Ok(());
    }
    Err(format!("{who} did not build it ({}):\n{}", describe(built), String::from_utf8_lossy(&built.stderr)))
}

/// The messages of a build that must have failed.
pub fn messages_of(who: &str, built: &Finished, old: &Manifest) -> Checked<Manifest> {
    let stderr = String::from_utf8_lossy(&built.stderr);
    if built.code != Some(1) {
        return Err(format!("{who} should have ended with exit code 1 ({}):\n{stderr}", describe(built)));
    }
    let body = diagnostics::to_lines(&diagnostics::parse(&stderr));
    Ok(Manifest { settings: old.settings.clone(), body })
}

fn describe(finished: &Finished) -> String {
    match (finished.code, finished.signal) {
        (Some(code), _) => format!("exit code {code}"),
        (_, Some(signal)) => format!("signal {signal}"),
        _ => "no status".to_owned(),
    }
}

/// Reads a manifest that `Manifest::render` wrote.
pub fn parse_answer(text: &str) -> Checked<Manifest> {
    let mut manifest = Manifest::default();
    let mut lines = text.lines().skip(1);
    for line in lines.by_ref().take_while(|l| *l != "//") {
        let (key, value) = line.trim_start_matches("// ").split_once('=').ok_or("damaged oracle cache")?;
        manifest.settings.push((key.to_owned(), value.to_owned()));
    }
    manifest.body = lines.map(|l| l.strip_prefix("// ").unwrap_or("").to_owned()).collect();
    Ok(manifest)
}
