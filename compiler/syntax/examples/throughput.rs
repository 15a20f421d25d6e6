//! Measures the front of the compiler on one thread: `throughput DIR` lexes every `.zig` file
//! under a directory; lexes and parses it as a whole; and lexes, splits, hashes and parses it, as
//! a compilation does. It prints the best of ten runs each.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use syntax::{AstTree, Interner};

fn main() -> std::io::Result<()> {
    let mut dirs: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let mut sources: Vec<Arc<[u8]>> = Vec::new();
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(dir)? {
            let path = entry?.path();
            if path.is_dir() {
                dirs.push(path);
            } else if path.extension().is_some_and(|e| e == "zig") {
                sources.push(std::fs::read(path)?.into());
            }
        }
    }
    let bytes: usize = sources.iter().map(|s| s.len()).sum();
    let report = |what: &str, run: &dyn Fn(&Arc<[u8]>)| {
        let mut best = Duration::MAX;
        for _ in 0..10 {
            let start = Instant::now();
            sources.iter().for_each(run);
            best = best.min(start.elapsed());
        }
        println!("{what}: {:.1} ms, {:.0} MB/s", best.as_secs_f64() * 1e3, bytes as f64 / 1e6 / best.as_secs_f64());
    };
    println!("{} files, {:.2} MB", sources.len(), bytes as f64 / 1e6);
    let interner = Interner::new();
    report("lex", &|s| drop(syntax::token::lex(s)));
    report("lex, parse", &|s| drop(syntax::whole_file(s)));
    report("lex, split, hash, parse", &|s| drop(AstTree::parse(s.clone(), &interner, None)));
    Ok(())
}
