//! The `run` cases of `fixtures/run`: each file is one test.

use std::process::ExitCode;

fn main() -> ExitCode {
    tests::runner::cases("run")
}
