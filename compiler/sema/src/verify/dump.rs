//! Functions and data with canonical names for their symbols and places.

use std::fmt::{self, Write};
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHasher};
use tir::{Inst, Sym};

use crate::canon::Canon;
use crate::decl::MemberId;
use crate::graph::Outcome;
use crate::state::{Sema, SymKey};
use crate::unit::{Output, UnitKey};

/// A function or data object in canonical form: its symbols and places are numbered in the order
/// in which it mentions them, and named apart.
pub struct Form {
    name: String,
    body: Body,
    names: Vec<Name>,
}

/// What a number stands for.
#[derive(PartialEq, Eq, Hash, Clone)]
enum Name {
    Sym(Rc<str>),
    Member(Rc<str>),
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Name::Sym(name) | Name::Member(name) => f.write_str(name),
        }
    }
}

enum Body {
    Func(tir::Func),
    Data(tir::Data),
    None,
}

impl Form {
    /// A hash to compare by.
    pub fn hash(&self) -> u64 {
        let mut h = FxHasher::default();
        self.name.hash(&mut h);
        match &self.body {
            Body::Func(f) => f.hash(&mut h),
            Body::Data(d) => d.hash(&mut h),
            Body::None => {}
        }
        self.names.hash(&mut h);
        h.finish()
    }

    /// In full, for people.
    pub fn text(&self) -> String {
        let mut out = format!("{}\n", self.name);
        // Writing to a string does not fail.
        let _ = match &self.body {
            Body::Func(f) => {
                write!(
                    out,
                    "{f}values {:?}\nlists {:?}\nsignatures {:?}\nlocs {:?}\nplaces {:?}\n",
                    f.vals, f.lists, f.sigs, f.locs, f.places
                )
            }
            Body::Data(d) => writeln!(out, "{d:?}"),
            Body::None => Ok(()),
        };
        for (i, n) in self.names.iter().enumerate() {
            let _ = writeln!(out, "{i}: {n}");
        }
        out
    }
}

/// Numbers in the order of first mention.
#[derive(Default)]
struct Numbers {
    ids: FxHashMap<Name, u32>,
    names: Vec<Name>,
}

impl Numbers {
    fn of(&mut self, name: Name) -> u32 {
        let next = self.names.len() as u32;
        match self.ids.get(&name) {
            Some(&i) => i,
            None => {
                self.ids.insert(name.clone(), next);
                self.names.push(name);
                next
            }
        }
    }
}

impl Canon<'_> {
    /// The canonical form of a function or data object.
    pub fn form(&self, o: &Output) -> Form {
        let mut n = Numbers::default();
        let name = match o {
            Output::Func { name, .. } | Output::Data { name, .. } => name.clone(),
            Output::Retire(_) => String::new(),
        };
        let body = match o {
            Output::Func { func, .. } => {
                let mut f = tir::Func::clone(func);
                f.sym = self.number(&mut n, f.sym);
                for i in &mut f.insts {
                    if let Inst::SymAddr { sym, .. }
                    | Inst::TlsAddr { sym, .. }
                    | Inst::Call { sym, .. }
                    | Inst::Check { sym, .. } = i
                    {
                        *sym = self.number(&mut n, *sym);
                    }
                }
                for p in &mut f.places {
                    p.member = n.of(Name::Member(self.member(MemberId(p.member))));
                }
                Body::Func(f)
            }
            Output::Data { data, .. } => {
                let mut d = data.clone();
                d.sym = self.number(&mut n, d.sym);
                for r in &mut d.relocs {
                    r.sym = self.number(&mut n, r.sym);
                }
                Body::Data(d)
            }
            Output::Retire(_) => Body::None,
        };
        Form { name, body, names: n.names }
    }

    fn number(&self, n: &mut Numbers, sym: Sym) -> Sym {
        Sym(n.of(Name::Sym(self.sym(sym))))
    }
}

impl Sema {
    /// The symbols whose functions or data the program consists of: those of live units that did
    /// not fail. By symbol.
    pub fn live_symbols(&self) -> Vec<Sym> {
        let of = |key: UnitKey| {
            let key = match key {
                UnitKey::FnBody(f) => return Some(self.funcs[f.0 as usize].sym),
                UnitKey::GlobalData(d) => SymKey::Decl(d),
                UnitKey::ConstData(v) => SymKey::Const(v),
                UnitKey::ErrorNames => SymKey::ErrorNames,
                _ => return None,
            };
            self.sym_ids.get(&key).copied()
        };
        let live =
            self.graph.units().filter(|&u| self.graph.is_live(u) && self.graph.outcome(u) == Some(Outcome::Good));
        let mut syms: Vec<Sym> = live.filter_map(|u| of(self.units.get(u.index())?.key)).collect();
        syms.sort_unstable();
        syms
    }
}
