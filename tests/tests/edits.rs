//! Random edits against builds from nothing: a few hundred from a fixed seed. More of them, from a
//! seed of one's own, with `EDITS=10000 EDITS_SEED=7` (`make soak-edits`); `EDITS_ORACLE=50` puts one
//! update in 50 to real Zig, `EDITS_LIMIT=600` ends after so many seconds.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use libtest_mimic::{Arguments, Trial};
use tests::edits::soak::{self, Plan};
use tests::oracle::Oracle;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let number = |name: &str| std::env::var(name).ok().and_then(|v| v.parse::<u64>().ok());
    let Some(repository) = Path::new(env!("CARGO_MANIFEST_DIR")).parent() else { return ExitCode::FAILURE };
    let soak = number("EDITS");
    let plan = Plan {
        seed: number("EDITS_SEED").unwrap_or(1),
        edits: soak.unwrap_or(150) as usize,
        repository: repository.to_owned(),
        oracle: Oracle::find(repository).filter(|_| soak.is_some()),
        oracle_share: number("EDITS_ORACLE").unwrap_or(50) as usize,
        run_share: if soak.is_some() { 1 } else { 3 },
        limit: Duration::from_secs(number("EDITS_LIMIT").unwrap_or(3600)),
        shrink: Duration::from_secs(number("EDITS_SHRINK").unwrap_or(60)),
        keep: soak::default_keep(repository),
        failures: number("EDITS_FAILURES").unwrap_or(if soak.is_some() { 10 } else { 1 }) as usize,
        only: std::env::var("EDITS_ONLY").ok(),
    };
    // A soak is one long run; the ordinary test is two, side by side.
    let seeds = if soak.is_some() { vec![plan.seed] } else { vec![plan.seed, plan.seed + 1] };
    let trials = seeds.into_iter().map(|seed| {
        let plan = Plan { seed, ..plan.clone() };
        Trial::test(format!("seed {seed}"), move || {
            let tally = soak::run(&plan)?;
            eprintln!("seed {seed}: {tally}");
            if tally.failures.is_empty() { Ok(()) } else { Err(tally.failures.join("\n\n").into()) }
        })
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}
