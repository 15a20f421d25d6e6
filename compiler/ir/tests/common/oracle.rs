//! Real Zig's parser and name checker, asked about many sources in one process: see
//! `tests/support/ast_oracle.zig`, which is built once and kept under `target/oracle-cache`.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

const SOURCE: &str = include_str!("../../../../tests/support/ast_oracle.zig");

/// What real Zig says about a source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// The parser refused it.
    pub syntax: bool,
    /// `LINE:COLUMN: error: TEXT`, each followed by its notes.
    pub lines: Vec<String>,
}

pub struct Oracle {
    program: PathBuf,
    pipe: Option<(Child, ChildStdin, ChildStdout)>,
}

impl Oracle {
    /// The oracle; `None`, with a line that says so, if real Zig is not installed.
    pub fn find(test: &str) -> Option<Oracle> {
        let zig = super::zig_lib_dir()?.with_file_name("zig");
        if !zig.is_file() {
            println!("{test}: skipped, real Zig is not installed");
            return None;
        }
        let cache = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/oracle-cache");
        std::fs::create_dir_all(&cache).unwrap();
        // As good a name as any that changes with the text.
        let sum = SOURCE.bytes().fold(14695981039346656037u64, |h, b| (h ^ u64::from(b)).wrapping_mul(1099511628211));
        let program = cache.join(format!("ast-oracle-{sum:016x}"));
        if !program.is_file() {
            build(&zig, &cache, &program);
        }
        Some(Oracle { program, pipe: None })
    }

    /// What it says; `None` if it crashes.
    pub fn ask(&mut self, source: &[u8], zon: bool) -> Option<Answer> {
        let (_, stdin, stdout) = self.pipe.get_or_insert_with(|| {
            let command =
                Command::new(&self.program).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
            let mut child = command.unwrap();
            let pipes = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
            (child, pipes.0, pipes.1)
        });
        let asked = exchange(stdin, stdout, source, zon);
        let Ok(text) = asked else {
            if let Some((mut child, ..)) = self.pipe.take() {
                child.wait().unwrap();
            }
            return None;
        };
        let mut lines = text.lines().map(str::to_owned);
        Some(Answer { syntax: lines.next().unwrap() == "syntax", lines: lines.collect() })
    }
}

fn exchange(stdin: &mut ChildStdin, stdout: &mut ChildStdout, source: &[u8], zon: bool) -> std::io::Result<String> {
    let head = [&[if zon { b'n' } else { b's' }][..], &(source.len() as u32).to_le_bytes()].concat();
    stdin.write_all(&head)?;
    stdin.write_all(source)?;
    stdin.flush()?;
    let mut len = [0; 4];
    stdout.read_exact(&mut len)?;
    let mut text = vec![0; u32::from_le_bytes(len) as usize];
    stdout.read_exact(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn build(zig: &Path, cache: &Path, program: &Path) {
    let dir = tempfile::tempdir_in(cache).unwrap();
    std::fs::write(dir.path().join("ast_oracle.zig"), SOURCE).unwrap();
    // With safety checks: where its own name checker goes wrong it is to stop, not to guess.
    let status = Command::new(zig)
        .args(["build-exe", "ast_oracle.zig", "-OReleaseSafe", "-fstrip", "-femit-bin=ast_oracle"])
        .env("ZIG_LOCAL_CACHE_DIR", dir.path().join("cache"))
        .env("ZIG_GLOBAL_CACHE_DIR", cache.join("global"))
        .current_dir(dir.path())
        .status()
        .unwrap();
    assert!(status.success());
    // Renamed into place: another test may be building the same.
    std::fs::rename(dir.path().join("ast_oracle"), program).unwrap();
}
