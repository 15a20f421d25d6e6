//! The `error` cases of `fixtures/error`: each file is one test.

use std::process::ExitCode;

fn main() -> ExitCode {
    tests::runner::cases("error")
}
