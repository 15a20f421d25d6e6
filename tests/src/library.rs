//! `lib/std` on its own: every `run` and `error` case once more, compiled by real Zig with *our* library in place of
//! its own. What fails here is the library's fault, whatever our compiler does.
//!
//! Real Zig is given a library directory with our `std`, into which only its description of targets is
//! put, since the module `builtin` that it makes up speaks of it; `support/shim.zig` supplies what our
//! compiler would.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Checked;
use crate::case::{self, Case, Manifest};
use crate::oracle::Oracle;
use crate::outcome::Outcome;
use crate::process::Finished;
use crate::run::{compare, expect_built, messages_of, parse_answer, run_program};

/// The library as real Zig takes it, with the objects to link.
#[derive(Debug)]
pub struct Library {
    dir: tempfile::TempDir,
    /// All that the results depend on besides the case.
    contents: Vec<u8>,
}

impl Library {
    /// Puts the directory together.
    pub fn prepare(oracle: &Oracle, repository: &Path) -> Checked<Library> {
        let dir = tempfile::tempdir().map_err(|e| e.to_string())?;
        let std = dir.path().join("lib/std");
        let mut contents = Vec::new();
        copy(&repository.join("lib/std"), &std, &mut contents)?;
        let real = oracle.library();
        fs::copy(real.join("std/Target.zig"), std.join("Target.zig")).map_err(|e| e.to_string())?;
        copy(&real.join("std/Target"), &std.join("Target"), &mut Vec::new())?;
        // Real Zig has no reason to look for our entry; its symbol is for the shim.
        append(&std.join("std.zig"), "comptime {\n    _ = start;\n}\n")?;
        append(&std.join("start.zig"), "comptime {\n    @export(&_start, .{ .name = \"__std_start\" });\n}\n")?;
        let shim = repository.join("tests/support/shim.zig");
        contents.extend(fs::read(&shim).map_err(|e| e.to_string())?);
        let objects = dir.path().join("objects");
        fs::create_dir_all(&objects).map_err(|e| e.to_string())?;
        for source in [shim, real.join("compiler_rt.zig")] {
            let source = source.to_string_lossy();
            let built = oracle.zig(&objects, &["build-obj", &source, "-fno-llvm", "-fstrip", "-fno-compiler-rt"])?;
            expect_built("real Zig", &built)?;
        }
        Ok(Library { dir, contents })
    }

    /// Builds a case with our library, runs it if it is a `run` case, and compares with the fixture.
    pub fn check(&self, oracle: &Oracle, kind: &str, case: &Case) -> Checked {
        // Real Zig's debug information is not what our library reads.
        let old = &without_trace(kind, &case.manifest);
        let inputs = format!("{kind}{:?}{:?}", old.get("args"), old.get("stdin"));
        let answer = oracle.answer("library", &[&self.contents, inputs.as_bytes()], &case.files, |oracle, dir| {
            let exe = dir.with_file_name("program");
            let built = self.build_exe(oracle, dir, &exe)?;
            if kind == "run" {
                expect_built("real Zig, with our library,", &built)?;
                return Ok(run_program(&exe, dir, old)?.to_manifest(old).render(kind));
            }
            Ok(messages_of("real Zig, with our library,", &built, old)?.render(kind))
        })?;
        compare("our library", kind, old, &parse_answer(&answer)?)
    }

    fn build_exe(&self, oracle: &Oracle, dir: &Path, exe: &Path) -> Checked<Finished> {
        let emit = format!("-femit-bin={}", exe.display());
        let lib = self.path("lib");
        let (shim, runtime) = (self.path("objects/shim.o"), self.path("objects/compiler_rt.o"));
        let mut args = vec!["build-exe", "main.zig", &shim, &runtime, "--zig-lib-dir", &lib, &emit];
        args.extend(["-fno-llvm", "-fno-compiler-rt", "-fno-ubsan-rt", "-fstrip", "--color", "off"]);
        oracle.zig(dir, &args)
    }

    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_string_lossy().into_owned()
    }
}

/// A manifest that expects no stack trace.
fn without_trace(kind: &str, manifest: &Manifest) -> Manifest {
    if kind != "run" || manifest.get("trace").is_none() {
        return manifest.clone();
    }
    let mut settings = manifest.settings.clone();
    settings.retain(|(key, _)| key != "trace");
    let outcome = Outcome { trace: Vec::new(), ..Outcome::expected(manifest) };
    outcome.to_manifest(&Manifest { settings, body: Vec::new() })
}

/// Adds lines to a file.
fn append(path: &Path, lines: &str) -> Checked {
    let text = fs::read_to_string(path).map_err(|e| e.to_string())?;
    fs::write(path, text + lines).map_err(|e| e.to_string())
}

/// Copies a directory, and appends the names and bytes of its files to `contents`.
fn copy(from: &Path, to: &Path, contents: &mut Vec<u8>) -> Checked {
    fs::create_dir_all(to).map_err(|e| e.to_string())?;
    for path in case::entries(from)? {
        let name = path.file_name().map(PathBuf::from).unwrap_or_default();
        if path.is_dir() {
            copy(&path, &to.join(name), contents)?;
            continue;
        }
        let bytes = fs::read(&path).map_err(|e| e.to_string())?;
        contents.extend_from_slice(name.to_string_lossy().as_bytes());
        contents.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        contents.extend_from_slice(&bytes);
        fs::write(to.join(name), bytes).map_err(|e| e.to_string())?;
    }
    Ok(())
}
