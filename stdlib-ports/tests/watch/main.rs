//! What a watch promises, tried on each backend. A case is a function of a [`Bed`]; the runner
//! makes one test of each case and backend. A backend that this machine cannot offer shows as
//! skipped. Cases that need a lowered limit, a mount or an unprivileged user run this very program
//! again within namespaces of its own; where there are none, they are skipped as well.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bed;
mod faults;
mod fuse;
mod inside;
mod mounts;
mod paths;
mod registry;
mod saves;

use bed::{BACKENDS, Bed};
use libtest_mimic::{Arguments, Trial};

type Case = (&'static str, fn(&Bed));

fn main() {
    if let Some(case) = std::env::var_os("WATCH_CASE") {
        return inside::run(&case.into_string().unwrap());
    }
    let mut args = Arguments::from_args();
    // They mostly wait.
    args.test_threads.get_or_insert(8);
    let mut trials = Vec::new();
    for backend in BACKENDS {
        let missing = Bed::new(backend).missing();
        for (name, case) in [saves::CASES, paths::CASES, registry::CASES, faults::CASES].into_iter().flatten() {
            let test = move || {
                case(&Bed::new(backend));
                Ok(())
            };
            let trial = Trial::test(format!("{}::{name}", Bed::new(backend).name()), test);
            trials.push(trial.with_ignored_flag(missing.is_some()));
        }
        if let Some(why) = missing {
            eprintln!("skipped: {}: {why}", Bed::new(backend).name());
        }
    }
    let missing = inside::missing();
    for (name, case) in inside::CASES {
        let test = move || inside::start(name, case).map_err(Into::into);
        let lacks = if missing.is_some() { None } else { inside::lacks(name) };
        let ignored = missing.is_some() || lacks.is_some();
        trials.push(Trial::test(format!("namespace::{name}"), test).with_ignored_flag(ignored));
        if let Some(why) = lacks {
            eprintln!("skipped: namespace::{name}: {why}");
        }
    }
    if let Some(why) = missing {
        eprintln!("skipped: namespace: {why}");
    }
    libtest_mimic::run(&args, trials).exit();
}
