//! Shared by the tests of the renderer: real Zig as the oracle, and ways to spoil a layout.

pub mod damage;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use syntax::Interner;
pub use syntax::render::format;
use syntax::render::{Refused, Zon, same_tokens};

/// A small generator of numbers that look random.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 33) % n as u64) as usize
    }
}

/// Real Zig's executable, beside its library.
pub fn zig() -> Option<PathBuf> {
    let lib = super::common::zig_lib_dir()?;
    let exe = lib.parent()?.join("zig");
    exe.is_file().then_some(exe)
}

/// What real Zig makes of a source.
#[derive(Clone)]
pub enum Theirs {
    Text(Vec<u8>),
    Refused,
    Crash,
}

/// What real Zig makes of each source. One process for all. Of the
/// name `zon`, they are object notation.
pub fn zig_fmt(zig: &Path, name: &str, sources: &[Vec<u8>]) -> Vec<Theirs> {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fmt-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).unwrap();
    let path = |i: usize| dir.join(format!("{i}.zig"));
    for (i, source) in sources.iter().enumerate() {
        std::fs::write(path(i), source).unwrap();
    }
    let cache = dir.join("cache");
    let out = Command::new(zig)
        .args(["fmt", "--color", "off"])
        .args((name == "zon").then_some("--zon"))
        .arg(&dir)
        .env("ZIG_LOCAL_CACHE_DIR", &cache)
        .env("ZIG_GLOBAL_CACHE_DIR", &cache)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(!errors.contains("error: unable to"), "real Zig could not work: {errors}");
    let refused = |i: usize| {
        let name = format!("{i}.zig:");
        errors.lines().any(|l| l.split('/').next_back().is_some_and(|l| l.starts_with(&name)) && l.contains("error"))
    };
    // Some sources crash it; those that it did not come to are then still as they were.
    if out.status.code().is_none() && sources.len() > 1 {
        std::fs::remove_dir_all(&dir).unwrap();
        let (a, b) = sources.split_at(sources.len() / 2);
        return [zig_fmt(zig, name, a), zig_fmt(zig, name, b)].concat();
    }
    let crashed = out.status.code().is_none();
    let text = |i: usize| match (crashed, refused(i)) {
        (true, _) => Theirs::Crash,
        (false, true) => Theirs::Refused,
        (false, false) => Theirs::Text(std::fs::read(path(i)).unwrap()),
    };
    let result = (0..sources.len()).map(text).collect();
    if std::env::var_os("FMT_KEEP").is_none() {
        std::fs::remove_dir_all(&dir).unwrap();
    }
    if std::env::var_os("FMT_VERBOSE").is_some() {
        println!("{errors}");
    }
    result
}

/// Real Zig spoils a few sources: what it writes then has other tokens than what it read, or does
/// not parse. We differ there, and must have kept the tokens.
fn is_spoilt(source: &[u8], ours: &[u8], theirs: &[u8]) -> bool {
    (!same_tokens(source, theirs) || format(theirs).is_err())
        && same_tokens(source, ours)
        && format(ours).is_ok_and(|twice| twice == ours)
}

/// How the sources of a comparison fared.
#[derive(Default)]
pub struct Outcome {
    pub equal: usize,
    /// Equal too, but other tokens than before: nothing that may be written to a file.
    pub lost: usize,
    pub refused: usize,
    /// Real Zig lost tokens, we did not.
    pub spoilt: usize,
    /// Real Zig crashed.
    pub crashed: usize,
    pub wrong: Vec<String>,
}

/// Compares our form of each source with real Zig's; tells which differ and how many were equal.
/// Sources that real Zig refuses must be refused here.
pub fn compare(zig: &Path, name: &str, labels: &[String], sources: &[Vec<u8>]) -> Outcome {
    let mut out = Outcome::default();
    for ((label, source), theirs) in labels.iter().zip(sources).zip(zig_fmt(zig, name, sources)) {
        let ours = if name == "zon" { Zon::parse(source, &Interner::new()).render() } else { format(source) };
        match (ours, theirs) {
            (Ok(ours), Theirs::Text(theirs)) if ours == theirs => {
                out.equal += 1;
                if !same_tokens(source, &ours) {
                    out.lost += 1;
                    verbose(label, "tokens have changed");
                }
            }
            (Ok(ours), Theirs::Text(theirs)) if is_spoilt(source, &ours, &theirs) => {
                out.spoilt += 1;
                verbose(label, "spoilt by real Zig");
            }
            (_, Theirs::Crash) => out.crashed += 1,
            (Err(Refused::Syntax(_)), Theirs::Refused) => out.refused += 1,
            (ours, theirs) => out.wrong.push(difference(label, ours, theirs)),
        }
    }
    out
}

fn verbose(label: &str, what: &str) {
    if std::env::var_os("FMT_VERBOSE").is_some() {
        println!("{label}: {what}");
    }
}

fn difference(label: &str, ours: Result<Vec<u8>, Refused>, theirs: Theirs) -> String {
    let (ours, theirs) = match (ours, theirs) {
        (Ok(o), Theirs::Text(t)) => (o, t),
        (o, t) => {
            let theirs = if matches!(t, Theirs::Refused) { "an error" } else { "fine" };
            return format!("{label}: ours {:?}, real Zig's {theirs}", o.map(|_| ()));
        }
    };
    let (ours, theirs) = (String::from_utf8_lossy(&ours).into_owned(), String::from_utf8_lossy(&theirs).into_owned());
    let (a, b): (Vec<_>, Vec<_>) = (ours.lines().collect(), theirs.lines().collect());
    let at = a.iter().zip(&b).position(|(a, b)| a != b).unwrap_or(a.len().min(b.len()));
    let excerpt = |l: &[&str]| l[at.saturating_sub(2).min(l.len())..(at + 4).min(l.len())].join("\n");
    format!("{label}:{}\n--- ours\n{}\n--- real Zig\n{}\n", at + 1, excerpt(&a), excerpt(&b))
}
