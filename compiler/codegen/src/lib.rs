//! Machine code: one typed function ([`tir::Func`]) in, bytes with relocations ([`Code`]) out.
//!
//! A [`Generator`] keeps everything that is worth keeping between functions (the target's
//! description, Cranelift's contexts, scratch tables); one per thread. Nothing here knows what a
//! declaration is, where a symbol lies, or how a program is laid out: that is the linker's.
//!
//! `function` walks the control-flow graph, `inst` translates instructions, `arith` those with
//! integer subtleties, `memory` stack slots and copies, `abi` signatures, calls and symbols.

mod abi;
mod arith;
mod code;
mod function;
mod inst;
mod memory;
mod options;

pub use code::{Code, LibCall, Reloc, RelocKind, RelocTarget};
pub use options::{OptLevel, Options};

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use cranelift_codegen::Context;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_frontend::FunctionBuilderContext;

/// Why a function (or the generator itself) could not be made. Always an internal problem or a
/// limit of the code generator, never the user's mistake.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CodegenError {
    /// The typed IR refers to something that is not there, or mixes scalars.
    Malformed(&'static str),
    /// All stack memory of the function together is larger than a frame may be.
    FrameTooLarge,
    /// The code generator refused; its own words.
    Backend(String),
}

impl fmt::Display for CodegenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CodegenError::Malformed(what) => write!(f, "malformed typed IR: {what}"),
            CodegenError::FrameTooLarge => f.write_str("stack frame too large"),
            CodegenError::Backend(text) => write!(f, "code generator: {text}"),
        }
    }
}

impl std::error::Error for CodegenError {}

/// Compiles functions, one after the other.
pub struct Generator {
    isa: OwnedTargetIsa,
    pic: bool,
    ctx: Context,
    builder_ctx: FunctionBuilderContext,
    ctrl: ControlPlane,
    scratch: function::Scratch,
}

impl Generator {
    /// A generator for the host's target, x86_64 Linux, with these options.
    pub fn new(options: &Options) -> Result<Generator, CodegenError> {
        Ok(Generator {
            isa: options.isa()?,
            pic: options.pic,
            ctx: Context::new(),
            builder_ctx: FunctionBuilderContext::new(),
            ctrl: ControlPlane::default(),
            scratch: function::Scratch::default(),
        })
    }

    /// Machine code of one function. A panic inside the code generator becomes an error, and the
    /// generator stays usable.
    pub fn compile(&mut self, func: &tir::Func) -> Result<Code, CodegenError> {
        self.ctx.clear();
        match catch_unwind(AssertUnwindSafe(|| self.compile_inner(func))) {
            Ok(result) => {
                if result.is_err() {
                    self.builder_ctx = FunctionBuilderContext::new();
                }
                result
            }
            Err(payload) => {
                self.ctx = Context::new();
                self.builder_ctx = FunctionBuilderContext::new();
                self.scratch = function::Scratch::default();
                let text = payload.downcast_ref::<String>().map(String::as_str);
                let text = text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("panicked");
                Err(CodegenError::Backend(text.to_owned()))
            }
        }
    }

    fn compile_inner(&mut self, func: &tir::Func) -> Result<Code, CodegenError> {
        function::translate(func, &mut self.ctx.func, &mut self.builder_ctx, &mut self.scratch, &*self.isa, self.pic)?;
        if let Err(e) = self.ctx.compile(&*self.isa, &mut self.ctrl) {
            return Err(CodegenError::Backend(format!("{:?}", e.inner)));
        }
        Code::from_context(&self.ctx, &func.places)
    }

    /// The code generator's own IR of a function, as text: for tests and for looking at.
    pub fn dump(&mut self, func: &tir::Func) -> Result<String, CodegenError> {
        self.ctx.clear();
        function::translate(func, &mut self.ctx.func, &mut self.builder_ctx, &mut self.scratch, &*self.isa, self.pic)?;
        Ok(self.ctx.func.display().to_string())
    }
}
