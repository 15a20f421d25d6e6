//! The `syntax` cases of `fixtures/syntax`: each file is one test.

use std::process::ExitCode;

fn main() -> ExitCode {
    tests::runner::cases("syntax")
}
