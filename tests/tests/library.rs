//! The `run` and `error` cases with `lib/std` compiled by real Zig: the library without our compiler.

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
            let mut all = Vec::new();
            // Without real Zig there is nothing to test.
            if setup.oracle.is_none() {
                return Ok(all);
            }
            for kind in ["run", "error"] {
                let cases = case::load_all(&setup.fixtures(), kind)?;
                all.extend(cases.into_iter().map(|case| (format!("{kind}/{}", case.name), (kind, case))));
            }
            Ok(all)
        },
        move |setup, (kind, case): &(&str, Case)| {
            let Some(oracle) = &setup.oracle else { return Ok(()) };
            let library = library.get_or_init(|| Library::prepare(oracle, &setup.repository));
            library.as_ref().map_err(Clone::clone)?.check(oracle, kind, case)?;
            Ok(())
        },
    )
}
