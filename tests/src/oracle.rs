//! Real Zig 0.15.2, the oracle: where it is, how it is run, and a cache of what it said.
//!
//! The cache under `target/oracle-cache` is keyed by everything that the answer depends on, so that a
//! second run of the suite asks only about fixtures that changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use xxhash_rust::xxh3::xxh3_128;

use crate::process::{self, Finished};
use crate::{Checked, case};

/// Changed whenever the meaning of a cached answer changes.
const CACHE_VERSION: &str = "4";
/// Real Zig, cold, on a busy machine of two cores.
const LIMIT: Duration = Duration::from_secs(300);

/// A usable real Zig.
#[derive(Debug, Clone)]
pub struct Oracle {
    zig: PathBuf,
    cache: PathBuf,
}

impl Oracle {
    /// Finds the oracle: `ORACLE_ZIG`, else what `make oracle` installed under `target/`.
    pub fn find(repository: &Path) -> Option<Oracle> {
        let target = repository.join("target");
        let zig = std::env::var_os("ORACLE_ZIG").map(PathBuf::from).or_else(|| installed(&target.join("oracle")))?;
        let cache = target.join("oracle-cache");
        fs::create_dir_all(&cache).ok()?;
        Some(Oracle { zig, cache })
    }

    /// The answer to a question given by `kind` and `files`, from the cache or else from `ask`, which gets
    /// a directory holding the files.
    pub fn answer(
        &self,
        kind: &str,
        input: &[&[u8]],
        files: &[(PathBuf, Vec<u8>)],
        ask: impl FnOnce(&Oracle, &Path) -> Checked<String>,
    ) -> Checked<String> {
        let mut key = Vec::new();
        for part in [CACHE_VERSION.as_bytes(), kind.as_bytes()].into_iter().chain(input.iter().copied()) {
            key.extend_from_slice(&(part.len() as u64).to_le_bytes());
            key.extend_from_slice(part);
        }
        for (name, bytes) in files {
            key.extend_from_slice(name.to_string_lossy().as_bytes());
            key.push(0);
            key.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
            key.extend_from_slice(bytes);
        }
        let cached = self.cache.join(format!("{:032x}", xxh3_128(&key)));
        if let Ok(answer) = fs::read_to_string(&cached) {
            return Ok(answer);
        }
        let dir = tempfile::tempdir().map_err(|e| e.to_string())?;
        let sources = dir.path().join("case");
        for (name, bytes) in files {
            case::write_file(&sources.join(name), bytes)?;
        }
        let answer = ask(self, &sources)?;
        // Written aside and renamed: another runner may be answering the same question.
        let aside = tempfile::NamedTempFile::new_in(&self.cache).map_err(|e| e.to_string())?;
        fs::write(aside.path(), &answer).map_err(|e| e.to_string())?;
        aside.persist(&cached).map_err(|e| e.to_string())?;
        Ok(answer)
    }

    /// Runs `zig ARGS` in `dir`, with its caches out of the way.
    pub fn zig(&self, dir: &Path, args: &[&str]) -> Checked<Finished> {
        let mut command = Command::new(&self.zig);
        command.args(args).current_dir(dir);
        // The local cache goes away with the case; the global one keeps what every program shares.
        command.env("ZIG_LOCAL_CACHE_DIR", dir.join("../local-cache"));
        command.env("ZIG_GLOBAL_CACHE_DIR", self.cache.join("global"));
        command.env_remove("ZIG_LIB_DIR");
        process::run(&mut command, b"", LIMIT)
    }

    /// The directory of its library.
    pub fn library(&self) -> PathBuf {
        self.zig.with_file_name("lib")
    }

    /// Builds `main.zig` of `dir` into the executable `out`.
    pub fn build_exe(&self, dir: &Path, out: &Path) -> Checked<Finished> {
        let emit = format!("-femit-bin={}", out.display());
        self.zig(dir, &["build-exe", "main.zig", "-fno-llvm", "-fno-incremental", "--color", "off", &emit])
    }
}

fn installed(dir: &Path) -> Option<PathBuf> {
    let flat = dir.join("site/ziglang/zig");
    if flat.is_file() {
        return Some(flat);
    }
    let versions = case::entries(&dir.join("lib")).ok()?;
    versions.into_iter().map(|v| v.join("site-packages/ziglang/zig")).find(|z| z.is_file())
}
