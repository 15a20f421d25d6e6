//! The `run` cases with `lib/std` compiled by real Zig: the library without our compiler.

use std::process::ExitCode;
use std::sync::OnceLock;

use tests::case::{self, Case};
use tests::library::Library;
use tests::runner;

fn main() -> ExitCode {
    let library: OnceLock<Result<Library, String>> = OnceLock::new();
    runner::suite(
        "library",
        |setup| {
            let cases = case::load_all(&setup.fixtures(), "run")?;
            Ok(cases.into_iter().map(|case| (case.name.clone(), case)).collect())
        },
        move |setup, case: &Case| {
            let Some(oracle) = &setup.oracle else { return Ok(()) };
            let library = library.get_or_init(|| Library::prepare(oracle, &setup.repository));
            library.as_ref().map_err(Clone::clone)?.check(oracle, case)?;
            Ok(())
        },
    )
}
