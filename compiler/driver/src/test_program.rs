//! Running what a test has built.

use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

/// The exit code of a program; `None` if a signal ended it.
pub(crate) fn exit_code(path: &Path) -> Option<i32> {
    loop {
        match Command::new(path).status() {
            Ok(status) => return status.code(),
            // The descriptor that it was written through lives on for a moment in a child that another
            // test has just forked.
            Err(e) if e.kind() == ErrorKind::ExecutableFileBusy => std::thread::yield_now(),
            Err(e) => panic!("{}: {e}", path.display()),
        }
    }
}
