//! External names of an image: what the program exports, what it expects under a name, and the
//! runtime routines that stand in where it exports none.

use codegen::LibCall;
use tir::Sym;

use crate::error::LinkError;
use crate::image::Image;
use crate::relocs::{Id, lib_id, sym_id};
use crate::runtime;

impl Image {
    /// Gives a symbol an external name; also what `extern` symbols of this name resolve to.
    pub fn set_export(&mut self, name: &str, sym: Sym) -> Result<(), LinkError> {
        match self.exports.get(name) {
            Some(s) if *s == sym => return Ok(()),
            Some(_) => return Err(LinkError::DuplicateExport(name.into())),
            None => {}
        }
        self.exports.insert(name.into(), sym);
        let mut named = self.externs.get(name).cloned().unwrap_or_default();
        named.extend(LibCall::ALL.into_iter().filter(|l| l.name() == name).map(lib_id));
        self.entry_mut(sym_id(sym));
        for id in named {
            self.set_alias(id, Some(sym_id(sym)))?;
        }
        Ok(())
    }

    /// Takes an external name away.
    pub fn remove_export(&mut self, name: &str) -> Result<(), LinkError> {
        if self.exports.remove(name).is_none() {
            return Ok(());
        }
        let mut named = self.externs.get(name).cloned().unwrap_or_default();
        for l in LibCall::ALL.into_iter().filter(|l| l.name() == name) {
            if self.entries.get(lib_id(l).ix()).is_some_and(|e| !e.calls.is_empty()) {
                self.define_routine(l)?;
            }
            named.push(lib_id(l));
        }
        for id in named {
            self.set_alias(id, None)?;
        }
        Ok(())
    }

    /// Declares that a symbol is only a name: it resolves to the export of that name. A
    /// definition that it had is retired.
    pub fn set_extern(&mut self, sym: Sym, name: &str) -> Result<(), LinkError> {
        let id = sym_id(sym);
        let e = self.entry_mut(id);
        if e.is_extern && &*e.name == name {
            return Ok(());
        }
        self.retire(sym);
        let e = self.entry_mut(id);
        (e.is_extern, e.name) = (true, name.into());
        self.externs.entry(name.into()).or_default().push(id);
        let target = self.exports.get(name).map(|s| sym_id(*s));
        self.set_alias(id, target)
    }

    /// Takes back that a symbol is only a name.
    pub(crate) fn forget_extern(&mut self, id: Id) {
        let e = self.entry_mut(id);
        if !std::mem::take(&mut e.is_extern) {
            return;
        }
        let name = std::mem::take(&mut e.name);
        if let Some(list) = self.externs.get_mut(&name) {
            list.retain(|i| *i != id);
            if list.is_empty() {
                self.externs.remove(&name);
            }
        }
        self.drop_alias(id);
    }

    pub(crate) fn need_routine(&mut self, lib: LibCall) -> Result<(), LinkError> {
        let e = self.entry_mut(lib_id(lib));
        if e.slot.is_some() || e.alias_of.is_some() { Ok(()) } else { self.define_routine(lib) }
    }

    fn define_routine(&mut self, lib: LibCall) -> Result<(), LinkError> {
        if self.entry_mut(lib_id(lib)).slot.is_some() {
            return Ok(());
        }
        match runtime::routine(lib) {
            Some(code) => self.define_code(lib_id(lib), lib.name(), &code),
            None => Err(LinkError::Undefined(vec![lib.name().into()])),
        }
    }

    /// All undefined symbols that something refers to, by name.
    pub(crate) fn undefined(&mut self) -> Vec<String> {
        let mut names = Vec::new();
        let missing = std::mem::take(&mut self.missing);
        for id in missing {
            let Some(e) = self.entries.get(id.ix()) else { continue };
            if (e.calls.is_empty() && e.refs.is_empty()) || self.address(id).is_some() {
                continue;
            }
            names.push(if e.name.is_empty() { format!("symbol {}", id.sym_number()) } else { e.name.to_string() });
            self.missing.insert(id);
        }
        names.sort();
        names.dedup();
        names
    }
}
