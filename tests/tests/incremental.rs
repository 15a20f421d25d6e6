//! The `incremental` cases of `fixtures/incremental`: each file is one test, driven through a watching compiler.

use std::process::ExitCode;

use tests::incremental::{self, Scenario};
use tests::{case, runner};

fn main() -> ExitCode {
    runner::suite(
        "incremental",
        |setup| {
            let paths = case::entries(&setup.fixtures().join("incremental"))?;
            let scenarios = paths.iter().map(|p| incremental::load(p)).collect::<Result<Vec<Scenario>, String>>()?;
            Ok(scenarios.into_iter().map(|s| (s.name.clone(), s)).collect())
        },
        |setup, scenario: &Scenario| {
            setup.check(
                "incremental",
                &scenario.name,
                |oracle| {
                    let found = incremental::ask_oracle(oracle, scenario)?;
                    if setup.bless {
                        return incremental::bless(scenario, &found);
                    }
                    incremental::compare("real Zig", scenario, &found)
                },
                |compiler| incremental::compare("the compiler", scenario, &incremental::ask_ours(compiler, scenario)?),
            )
        },
    )
}
