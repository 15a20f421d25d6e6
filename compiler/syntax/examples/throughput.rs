//! Measures the front of the compiler on one thread: `throughput DIR [ROUNDS]` lexes every `.zig`
//! file under a directory; lexes and parses it into one tree, in the same memory for all; into a
//! tree for each member; and lexes, splits, hashes and parses it, as a compilation does. It prints
//! the best of so many runs each, ten if it is not said. `throughput --parse DIR ROUNDS` does the
//! second only and prints the counts of files, bytes and nodes, and nanoseconds.

use std::cell::RefCell;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use syntax::{AstTree, FileTree, Interner};

fn sources(dir: PathBuf) -> std::io::Result<Vec<Arc<[u8]>>> {
    let mut dirs = vec![dir];
    let mut sources = Vec::new();
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
    Ok(sources)
}

fn best(rounds: usize, sources: &[Arc<[u8]>], run: &dyn Fn(&Arc<[u8]>)) -> Duration {
    let pass = || {
        let start = Instant::now();
        sources.iter().for_each(run);
        start.elapsed()
    };
    (0..rounds).map(|_| pass()).min().unwrap_or_default()
}

fn main() -> std::io::Result<()> {
    let mut arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let parse_only = arguments.first().is_some_and(|a| a == "--parse");
    arguments.drain(..usize::from(parse_only));
    let dir = arguments.first().map_or(PathBuf::from("."), PathBuf::from);
    let rounds = arguments.get(1).and_then(|a: &_| OsStr::to_str(a)?.parse().ok()).unwrap_or(10);
    let sources = sources(dir)?;
    let bytes: usize = sources.iter().map(|s| s.len()).sum();
    let tree = RefCell::new(FileTree::new());
    let parse = |s: &Arc<[u8]>| drop(tree.borrow_mut().parse(s));
    if parse_only {
        let nodes = |s| {
            parse(s);
            tree.borrow().node_count()
        };
        let nodes: usize = sources.iter().map(nodes).sum();
        println!("{} {bytes} {nodes} {}", sources.len(), best(rounds, &sources, &parse).as_nanos());
        return Ok(());
    }
    let interner = Interner::new();
    let report = |what: &str, run: &dyn Fn(&Arc<[u8]>)| {
        let best = best(rounds, &sources, run).as_secs_f64();
        println!("{what}: {:.1} ms, {:.0} MB/s", best * 1e3, bytes as f64 / 1e6 / best);
    };
    println!("{} files, {:.2} MB", sources.len(), bytes as f64 / 1e6);
    report("lex", &|s| drop(syntax::token::lex(s)));
    report("lex, parse into one tree", &parse);
    report("lex, parse", &|s| drop(syntax::whole_file(s)));
    report("lex, split, hash, parse", &|s| drop(AstTree::parse(s.clone(), &interner, None)));
    Ok(())
}
