//! What is left to the system's compiler driver: shared objects, and programs that use the C
//! library.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::error::LinkError;
use crate::spare::new_name;

/// What to make.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Output {
    /// A shared object.
    Shared,
    /// A program, started by the C library.
    Executable,
}

/// Links object files and archives with the system's `cc`. `args` are passed on as they are. The
/// result takes the output's name in one step; a failure leaves what was there.
pub fn link(output: Output, inputs: &[&Path], path: &Path, args: &[OsString]) -> Result<(), LinkError> {
    let temporary = new_name(path);
    let mut cc = Command::new("cc");
    cc.stdin(Stdio::null());
    if output == Output::Shared {
        cc.arg("-shared");
    }
    cc.arg("-o").arg(&temporary).args(inputs).args(args);
    let result = match cc.output() {
        Err(e) => Err(LinkError::System(format!("unable to run the system's linker 'cc': {e}"))),
        Ok(out) if !out.status.success() => {
            let text = String::from_utf8_lossy(&out.stderr);
            Err(LinkError::System(format!("the system's linker 'cc' failed: {}", text.trim_end())))
        }
        Ok(_) => fs::rename(&temporary, path)
            .map_err(|e| LinkError::System(format!("unable to write '{}': {e}", path.display()))),
    };
    if result.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    result
}
