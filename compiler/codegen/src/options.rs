//! What the user may choose about machine code, and the settings that follow from it.

use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_codegen::settings::{self, Configurable};

use crate::CodegenError;

/// How hard to work on the code. The language's safety checks are semantics' business.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum OptLevel {
    /// Fast compilation.
    #[default]
    Debug,
    /// Fast code.
    ReleaseSafe,
    /// Fast code.
    ReleaseFast,
    /// Small code.
    ReleaseSmall,
}

/// Options of a [`crate::Generator`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Options {
    /// Speed of the compiler against speed of the code.
    pub opt: OptLevel,
    /// Position-independent code, for objects that the system's linker will place.
    pub pic: bool,
}

impl Options {
    /// The target description. Baseline x86_64: the program must run on any such machine.
    pub(crate) fn isa(&self) -> Result<OwnedTargetIsa, CodegenError> {
        let (opt_level, regalloc) = match self.opt {
            OptLevel::Debug => ("none", "single_pass"),
            OptLevel::ReleaseSafe | OptLevel::ReleaseFast => ("speed", "backtracking"),
            OptLevel::ReleaseSmall => ("speed_and_size", "backtracking"),
        };
        let pairs = [
            ("opt_level", opt_level),
            ("regalloc_algorithm", regalloc),
            ("is_pic", if self.pic { "true" } else { "false" }),
            // The verifier costs a third of the compile time; typed IR is validated before.
            ("enable_verifier", if cfg!(debug_assertions) { "true" } else { "false" }),
            ("enable_alias_analysis", "false"),
            ("unwind_info", "false"),
            ("preserve_frame_pointers", "true"),
            ("tls_model", "elf_gd"),
            // Frames above a page touch each page in order, so that a stack overflow always
            // meets the guard page.
            ("enable_probestack", "true"),
            ("probestack_strategy", "inline"),
        ];
        let mut flags = settings::builder();
        for (name, value) in pairs {
            flags.set(name, value).map_err(|e| CodegenError::Backend(format!("{name}: {e}")))?;
        }
        let triple = target_lexicon::triple!("x86_64-unknown-linux-gnu");
        let isa = cranelift_codegen::isa::lookup(triple).map_err(|e| CodegenError::Backend(e.to_string()))?;
        isa.finish(settings::Flags::new(flags)).map_err(|e| CodegenError::Backend(e.to_string()))
    }
}
