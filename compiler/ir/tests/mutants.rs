//! One-token mutants of real Zig's library and of our cases against real Zig: parser, grammar and real Zig accept
//! and refuse the same; of what is refused the first error is the same, of what is accepted all
//! that can be known without types. `MUTANTS` sets how many (400 otherwise), `MUTANT_SEED` which;
//! `make oracle-syntax` prints the figures of 20,000.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::Arc;

use common::Random;
use common::oracle::Oracle;
use syntax::token::{Kind, lex};
use syntax::{AstTree, Interner};

const INSERTED: &str = "( ) { } [ ] ; , : . = == => | * ** & && ? ! - + .. ... .* .{ -> @import @ ' \" 0 name name: const var fn \
                        pub test comptime struct enum union(enum) error switch if else while for return break defer \
                        catch orelse inline extern export packed asm \t# 0x 1.e 'ab' \"\\q\" 340282366920938463463374607431768211456";
const LINES: [&str; 5] = ["\\\\ text\n", "/// doc\n", "//! doc\n", "// c\n", "\\\\ tab\t\n"];
const AFTER: [&str; 7] = [" ", "\n", "\n\n\n", "//", "///", "\r", "\x01"];

/// Deletes, doubles, replaces, swaps or inserts a token, or joins two lines; of these that mostly
/// still parse: puts one name or literal in another's place, and deletes or doubles a statement.
fn mutate(source: &[u8], r: &mut Random) -> Vec<u8> {
    let t = lex(source);
    let n = t.kinds.len() - 1;
    let i = r.below(n);
    let (start, end) = (t.starts[i] as usize, t.ends[i] as usize);
    let splice = |from: usize, to: usize, with: &[u8]| [&source[..from], with, &source[to..]].concat();
    let inserted: Vec<&str> = INSERTED.split(' ').filter(|s| !s.is_empty()).chain(LINES).collect();
    let semicolon = |from: usize| t.kinds[from..].iter().position(|k| *k == Kind::Semicolon).map(|n| from + n);
    match r.below(16) {
        8..=12 => {
            let j = r.below(n);
            let alike = (j..n).chain(0..j).find(|j| t.kinds[*j] == t.kinds[i]).unwrap_or(i);
            splice(start, end, &source[t.starts[alike] as usize..t.ends[alike] as usize])
        }
        13..=15 => {
            let Some((from, to)) = semicolon(i).and_then(|a| Some((a, semicolon(a + 1)?))) else {
                return splice(start, end, b"var");
            };
            let (from, to) = (t.ends[from] as usize, t.ends[to] as usize);
            if r.below(2) == 0 { splice(from, to, b"") } else { splice(to, to, &source[from..to]) }
        }
        0 => splice(start, end, b""),
        1 => splice(start, start, &[&source[start..end], b" "].concat()),
        2 => {
            let j = r.below(n);
            splice(start, end, &source[t.starts[j] as usize..t.ends[j] as usize])
        }
        3 if i + 1 < n => {
            let (next, stop) = (t.starts[i + 1] as usize, t.ends[i + 1] as usize);
            splice(start, stop, &[&source[next..stop], &source[end..next], &source[start..end]].concat())
        }
        4 => splice(start, end, r.of(&inserted).as_bytes()),
        5 => splice(start, start, r.of(&inserted).as_bytes()),
        6 => match source[start..].iter().position(|b| *b == b'\n') {
            Some(p) => splice(start + p, start + p + 1, b" "),
            None => splice(start, end, b""),
        },
        _ => splice(end, end, r.of(&AFTER).as_bytes()),
    }
}

#[derive(Default)]
struct Figures {
    refused: usize,
    accepted: usize,
    with_messages: usize,
    crashed: usize,
    verdict_differs: usize,
    grammar_differs: usize,
    first_error_differs: usize,
    messages_differ: usize,
}

#[test]
fn mutants_are_judged_as_by_real_zig() {
    let files = common::corpus("mutants_are_judged_as_by_real_zig");
    let Some(mut oracle) = Oracle::find("mutants_are_judged_as_by_real_zig") else { return };
    let number = |name: &str, otherwise| std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(otherwise);
    let count: usize = number("MUTANTS", 400);
    let mut r = Random(number("MUTANT_SEED", 1) as u64);
    let fits = |s: &[u8]| s.len() < 60_000 && lex(s).kinds.len() > 10;
    let library: Vec<_> = files.into_iter().filter(|(_, s)| fits(s)).collect();
    let cases: Vec<_> = common::cases().into_iter().filter(|(_, s)| fits(s)).collect();
    let kept = std::env::var_os("MUTANT_DIR").map(std::path::PathBuf::from);
    let interner = Interner::new();
    let mut figures = Figures::default();
    let mut failures = Vec::new();
    for n in 0..count {
        // The library has most forms, the cases have most errors.
        let files = if r.below(2) == 0 { &library } else { &cases };
        let (path, source) = &files[r.below(files.len())];
        let mutant = mutate(source, &mut r);
        let Some(theirs) = oracle.ask(&mutant, false) else {
            figures.crashed += 1;
            continue;
        };
        let tree = AstTree::parse(Arc::from(&mutant[..]), &interner, None);
        let (refused, lines) = common::ours(&tree, &interner);
        figures.refused += usize::from(theirs.syntax);
        figures.accepted += usize::from(!theirs.syntax);
        figures.with_messages += usize::from(!theirs.syntax && !theirs.lines.is_empty());
        let twin = grammar::verify(&tree);
        figures.grammar_differs += usize::from(twin.is_err());
        let same = if refused != theirs.syntax {
            figures.verdict_differs += 1;
            false
        } else {
            let differs = lines != theirs.lines;
            *(if refused { &mut figures.first_error_differs } else { &mut figures.messages_differ }) +=
                usize::from(differs);
            !differs
        };
        if !same || twin.is_err() {
            let name = format!("mutant-{n}.zig");
            if let Some(dir) = &kept {
                std::fs::write(dir.join(&name), &mutant).unwrap();
            }
            let of = path.file_name().unwrap_or_default().display();
            failures.push(format!(
                "{name} of {of}\n  real Zig {:?}\n  ours     {lines:?}\n  grammar  {twin:?}",
                theirs.lines
            ));
        }
    }
    let Figures { refused, accepted, with_messages, crashed, .. } = figures;
    let share = |wrong: usize, of: usize| 100.0 * (1.0 - wrong as f64 / of.max(1) as f64);
    println!(
        "{count} mutants: {refused} refused, {accepted} accepted, {with_messages} of these with messages; real Zig \
         crashed on {crashed}\n  accept/reject as real Zig: parser {:.3} %, grammar as parser {:.3} %\n  first syntax \
         error as real Zig's: {:.3} %\n  messages of ast-check as real Zig's: {:.3} %",
        share(figures.verdict_differs, count),
        share(figures.grammar_differs, count),
        share(figures.first_error_differs, refused),
        share(figures.messages_differ, accepted),
    );
    assert!(refused > count / 3 && accepted > count / 20, "the mutants are too tame or too wild");
    let failed = failures.len();
    let report = failures.join("\n");
    assert!(failed == figures.messages_differ, "{failed}:\n{report}");
    // Known: where a nested function is given up halfway, real Zig takes what the rest of it uses
    // for unused.
    assert!(failed * 1000 <= accepted, "{failed} of {accepted}:\n{report}");
    println!("{report}");
}
