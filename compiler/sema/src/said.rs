//! What live units have to say to the outside: exports, messages, compile logs.

use syntax::Name;
use tir::Sym;

use crate::decl::MemberId;
use crate::graph::UnitId;
use crate::msg::SemaMsg;
use crate::state::Sema;
use crate::unit::{CompileLog, UnitKey};

impl Sema {
    /// Exported names with their symbols, one each.
    pub fn exports(&self) -> Vec<(Name, Sym)> {
        let mut out: Vec<(Name, Sym)> = Vec::new();
        let mut seen: rustc_hash::FxHashMap<Name, (usize, UnitId)> = Default::default();
        for &u in &self.with_exports {
            let (true, Some(d)) = (self.graph.is_live(u), self.units.get(u.index())) else { continue };
            for &(name, sym, _) in &d.exports {
                match seen.get(&name) {
                    None => {
                        seen.insert(name, (out.len(), u));
                        out.push((name, sym));
                    }
                    Some(&(i, other)) if self.source_order(u) < self.source_order(other) => {
                        seen.insert(name, (i, u));
                        out[i].1 = sym;
                    }
                    Some(_) => {}
                }
            }
        }
        out
    }

    /// Messages about names that are exported more than once.
    pub fn export_collisions(&self) -> Vec<SemaMsg> {
        let mut first: rustc_hash::FxHashMap<Name, (Sym, crate::msg::Place)> = Default::default();
        let mut out = Vec::new();
        let mut units: Vec<UnitId> = self.with_exports.iter().copied().collect();
        let mut names =
            units.iter().filter_map(|u| self.units.get(u.index())).flat_map(|d| d.exports.iter().map(|e| e.0));
        let mut seen = rustc_hash::FxHashSet::default();
        if names.all(|n| seen.insert(n)) {
            return out;
        }
        units.sort_by_cached_key(|&u| self.source_order(u));
        for u in units {
            let (true, Some(d)) = (self.graph.is_live(u), self.units.get(u.index())) else { continue };
            for &(name, sym, place) in &d.exports {
                match first.get(&name) {
                    Some(&(_, other)) => {
                        let text = self.text(name);
                        out.push(
                            SemaMsg::new(place, format!("exported symbol collision: {text}"))
                                .note(other, "other symbol here"),
                        );
                    }
                    None => {
                        first.insert(name, (sym, place));
                    }
                }
            }
        }
        out
    }

    /// Symbols that are only names.
    pub fn extern_syms(&self) -> impl Iterator<Item = (Sym, Name)> + '_ {
        self.extern_list.iter().copied()
    }

    /// All messages of live units.
    pub fn messages(&self) -> impl Iterator<Item = (UnitId, &SemaMsg)> {
        let live = self.with_messages.iter().copied().filter(|&u| self.graph.is_live(u));
        live.flat_map(|u| self.units.get(u.index()).into_iter().flat_map(move |d| d.msgs.iter().map(move |m| (u, m))))
    }

    /// What live units printed with `@compileLog`.
    pub fn compile_logs(&self) -> impl Iterator<Item = (UnitId, &CompileLog)> {
        let live = self.with_log.iter().copied().filter(|&u| self.graph.is_live(u));
        live.filter_map(|u| self.units.get(u.index()).and_then(|d| d.log.as_deref()).map(|l| (u, l)))
    }

    /// The lowest live unit that failed, and the member that it is about. To be asked where no
    /// message is shown: whatever failed must not count as success.
    pub fn silent_failure(&self) -> Option<(UnitKey, Option<MemberId>)> {
        let live = self.failed.iter().copied().filter(|&u| self.graph.is_live(u));
        let u = live.min_by_key(|&u| (self.graph.height(u), self.source_order(u)))?;
        let key = self.units.get(u.index())?.key;
        Some((key, self.member_of(key)))
    }
}
