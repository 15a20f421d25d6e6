//! A readable dump of a function, for snapshots and `--verify-incremental`.

use std::fmt;

use crate::{Func, Term};

impl fmt::Display for Func {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "func sym{} {:?} -> {:?}", self.sym.0, self.sig.params, self.sig.rets)?;
        for (i, s) in self.slots.iter().enumerate() {
            writeln!(f, "  slot{i}: {} align {}", s.size, s.align)?;
        }
        for (i, b) in self.blocks.iter().enumerate() {
            writeln!(
                f,
                "b{i}({:?}):{}",
                b.params.iter().map(|v| v.0).collect::<Vec<_>>(),
                if b.cold { " cold" } else { "" }
            )?;
            for id in &b.insts {
                match self.insts.get(id.ix()) {
                    Some(inst) => writeln!(f, "  {inst:?}")?,
                    None => writeln!(f, "  <no such instruction {}>", id.0)?,
                }
            }
            match &b.term {
                Term::Ret(l) => writeln!(f, "  Ret {:?}", self.list_of(*l))?,
                t => writeln!(f, "  {t:?}")?,
            }
        }
        Ok(())
    }
}

impl Func {
    /// The values of a list.
    pub fn list_of(&self, l: crate::List) -> &[crate::Val] {
        self.lists.get(l.start as usize..(l.start + l.len) as usize).unwrap_or(&[])
    }
}
