//! The command line and the two halves of a runner: the tests of one kind of fixture as a `libtest-mimic` suite.
//!
//! Besides libtest's own arguments: `--bless` rewrites expectations *from the oracle* (never from our
//! output), `--oracle-only` (or `ORACLE_ONLY=1`) leaves our compiler out, `--update-pending` rewrites
//! the lines of this kind in `fixtures/pending.txt` to the cases that fail now.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use libtest_mimic::{Arguments, Failed, Trial};

use crate::Checked;
use crate::case::{self, Case};
use crate::oracle::Oracle;
use crate::pending::Pending;
use crate::run;

/// What all tests of a run share.
#[derive(Debug)]
pub struct Setup {
    /// The repository's root.
    pub repository: PathBuf,
    /// Real Zig, unless it is missing.
    pub oracle: Option<Oracle>,
    /// Our compiler, unless it is left out.
    pub compiler: Option<PathBuf>,
    /// The cases that must fail in our half.
    pub pending: Pending,
    /// Whether to rewrite expectations.
    pub bless: bool,
    /// Where the names of failing cases gather, when the list of pending ones is to be rewritten.
    pub failing: Option<Mutex<BTreeSet<String>>>,
}

impl Setup {
    /// The directory of the fixtures.
    pub fn fixtures(&self) -> PathBuf {
        self.repository.join("fixtures")
    }

    /// One test: the oracle's half, then ours, each compared with the fixture.
    pub fn check(
        &self,
        kind: &str,
        name: &str,
        oracle: impl FnOnce(&Oracle) -> Checked,
        ours: impl FnOnce(&Path) -> Checked,
    ) -> Result<(), Failed> {
        if let Some(zig) = &self.oracle {
            oracle(zig)?;
        }
        if let Some(compiler) = &self.compiler {
            let result = ours(compiler);
            if let Some(failing) = &self.failing {
                if result.is_err() {
                    failing.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
                }
                return Ok(());
            }
            self.pending.judge(kind, name, result)?;
        }
        Ok(())
    }
}

/// Runs the suite of `run`, `error` or `syntax` cases.
pub fn cases(kind: &'static str) -> ExitCode {
    suite(
        kind,
        |setup| {
            let cases = case::load_all(&setup.fixtures(), kind)?;
            Ok(cases.into_iter().map(|case| (case.name.clone(), case)).collect())
        },
        move |setup, case: &Case| {
            setup.check(
                kind,
                &case.name,
                |oracle| {
                    let found = run::ask_oracle(oracle, kind, case)?;
                    if setup.bless {
                        return case::write_manifest(case, kind, &found);
                    }
                    run::compare("real Zig", kind, &case.manifest, &found)
                },
                |compiler| run::compare("the compiler", kind, &case.manifest, &run::ask_ours(compiler, kind, case)?),
            )
        },
    )
}

/// Runs one suite: `load` lists its cases with their names, `check` is the test of one.
pub fn suite<C: Send + Sync + 'static>(
    kind: &'static str,
    load: impl FnOnce(&Setup) -> Checked<Vec<(String, C)>>,
    check: impl Fn(&Setup, &C) -> Result<(), Failed> + Send + Sync + 'static,
) -> ExitCode {
    let mut bless = std::env::var_os("BLESS").is_some();
    let mut oracle_only = std::env::var_os("ORACLE_ONLY").is_some();
    let mut update_pending = false;
    let arguments = Arguments::from_iter(std::env::args().filter(|argument| match argument.as_str() {
        "--bless" => {
            bless = true;
            false
        }
        "--oracle-only" => {
            oracle_only = true;
            false
        }
        "--update-pending" => {
            update_pending = true;
            false
        }
        _ => true,
    }));
    let setup = match prepare(bless, oracle_only || bless, update_pending) {
        Ok(setup) => Arc::new(setup),
        Err(why) => return fail(&why),
    };
    let loaded = match load(&setup) {
        Ok(loaded) => loaded,
        Err(why) => return fail(&why),
    };
    let names: Vec<String> = loaded.iter().map(|(name, _)| name.clone()).collect();
    let unknown = setup.pending.unknown(kind, &names);
    if !unknown.is_empty() && !update_pending {
        return fail(&format!("fixtures/pending.txt names no case of {kind}: {}", unknown.join(", ")));
    }
    let check = Arc::new(check);
    let trials = loaded.into_iter().map(|(name, case)| {
        let (setup, check) = (Arc::clone(&setup), Arc::clone(&check));
        Trial::test(name, move || check(&setup, &case)).with_kind(kind)
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    if let Some(failing) = &setup.failing
        && let Err(why) =
            Pending::rewrite(&setup.fixtures(), kind, &failing.lock().unwrap_or_else(PoisonError::into_inner))
    {
        return fail(&why);
    }
    conclusion.exit_code()
}

fn prepare(bless: bool, oracle_only: bool, update_pending: bool) -> Checked<Setup> {
    let manifest_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
    let repository = manifest_dir.parent().ok_or("the tests crate has no parent directory")?.to_owned();
    let oracle = Oracle::find(&repository);
    if oracle.is_none() && oracle_only {
        return Err("real Zig 0.15.2 is not there: run `make oracle`".to_owned());
    }
    if oracle.is_none() {
        eprintln!("no real Zig 0.15.2 (`make oracle` installs it): the fixtures are not compared with it");
    }
    let compiler = if oracle_only { None } else { run::find_compiler() };
    if compiler.is_none() && !oracle_only {
        return Err("the compiler is not built: run `cargo build -p compiler`".to_owned());
    }
    let pending = Pending::load(&repository.join("fixtures"));
    let failing = update_pending.then(Mutex::default);
    Ok(Setup { repository, oracle, compiler, pending, bless, failing })
}

fn fail(why: &str) -> ExitCode {
    eprintln!("error: {why}");
    ExitCode::FAILURE
}
