//! Well-formedness of a function: run in debug builds between semantics and machine code.

use crate::{Func, Term};

/// The first violation found, or nothing.
pub fn validate(f: &Func) -> Result<(), String> {
    for (i, b) in f.blocks.iter().enumerate() {
        if b.term == Term::Open {
            return Err(format!("b{i} has no terminator"));
        }
        let targets: Vec<_> = match &b.term {
            Term::Jump(t) => vec![(t.block, t.args.len as usize)],
            Term::Br { then, els, .. } => {
                vec![(then.block, then.args.len as usize), (els.block, els.args.len as usize)]
            }
            Term::Switch { cases, default, .. } => cases.iter().map(|c| (c.1, 0)).chain([(*default, 0)]).collect(),
            _ => vec![],
        };
        for (t, n) in targets {
            match f.blocks.get(t.ix()) {
                None => return Err(format!("b{i} goes to b{}, which is not there", t.0)),
                Some(tb) if tb.params.len() != n => {
                    return Err(format!("b{i} gives {n} values to b{} with {} parameters", t.0, tb.params.len()));
                }
                _ => {}
            }
        }
    }
    Ok(())
}
