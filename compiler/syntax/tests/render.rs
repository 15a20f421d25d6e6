//! The canonical form of real Zig's library against real Zig's: the files as they are, and spoilt
//! in each of the ways of [`render_support::damage`]. A sample otherwise; all files if `FMT_ALL` is
//! set (its value is the seed).

#![allow(clippy::unwrap_used, reason = "a test may fail by it")]

mod common;
mod render_support;

use render_support::{Random, compare, damage, format, zig};

const SAMPLE: usize = 80;

fn seed() -> Option<u64> {
    std::env::var("FMT_ALL").ok().map(|s| s.parse().unwrap_or(1))
}

#[test]
fn the_library_in_every_state() {
    let Some(zig) = zig() else {
        println!("the_library_in_every_state: skipped, real Zig is not installed");
        return;
    };
    let all = seed();
    let corpus = common::corpus("the_library_in_every_state");
    let only = std::env::var("FMT_DAMAGE").ok();
    let mut failed = false;
    for (name, damage) in damage::ALL {
        if only.as_deref().is_some_and(|o| o != name) {
            continue;
        }
        let mut random = Random(all.unwrap_or(20) ^ name.len() as u64);
        let (mut labels, mut sources) = (Vec::new(), Vec::new());
        for (path, source) in &corpus {
            if all.is_none() && random.below(corpus.len()) >= SAMPLE {
                continue;
            }
            labels.push(path.display().to_string());
            sources.push(damage(source, &mut random));
        }
        let outcome = compare(&zig, &name.replace(' ', "-"), &labels, &sources);
        println!(
            "{name}: {} of {} equal ({} with other tokens), {} spoilt by real Zig alone, {} crash it, {} refused by both, {} differ",
            outcome.equal,
            sources.len(),
            outcome.lost,
            outcome.spoilt,
            outcome.crashed,
            outcome.refused,
            outcome.wrong.len()
        );
        let wrong = outcome.wrong;
        for w in wrong.iter().take(if only.is_some() { 40 } else { 3 }) {
            println!("{w}");
        }
        failed |= !wrong.is_empty();
    }
    assert!(!failed, "see above");
}

#[test]
fn what_is_canonical_stays() {
    let corpus = common::corpus("what_is_canonical_stays");
    let mut random = Random(7);
    for (path, source) in &corpus {
        if seed().is_none() && random.below(corpus.len()) >= 150 {
            continue;
        }
        let once = format(source).unwrap();
        let twice = format(&once).unwrap();
        assert!(once == twice, "{}", path.display());
    }
}
