//! Safety checks: conditions that lead to a function of the `panic` namespace when they do not
//! hold.

use tir::{Term, Val};

use super::An;
use crate::unit::R;

impl An<'_> {
    /// Goes on if `cond` holds, else calls the panic function `name`. Nothing is emitted where
    /// checks are off.
    pub fn check(&mut self, cond: Val, name: &str, args: &[Val]) -> R<()> {
        if !self.blk.safety || self.blk.is_typeof {
            return Ok(());
        }
        let (sym, sig) = self.panic_fn(name)?;
        self.bld().check(cond, sym, &sig, args);
        Ok(())
    }

    /// Ends the block in a panic; where checks are off control must not get here.
    pub fn panic_no_args(&mut self, name: &str) -> R<()> {
        self.panic_with(name, &[])
    }

    /// See [`An::panic_no_args`].
    pub fn panic_with(&mut self, name: &str, args: &[Val]) -> R<()> {
        if self.blk.safety && !self.blk.is_typeof {
            let (sym, sig) = self.panic_fn(name)?;
            self.bld().call(sym, &sig, args);
        }
        self.bld().term(Term::Trap);
        Ok(())
    }
}
