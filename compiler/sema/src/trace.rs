//! Where units mention each other, and from that the "referenced by" trace of a message.

use rustc_hash::FxHashMap;
use syntax::Tok;
use tir::Sym;

use crate::analyze::An;
use crate::analyze::message::name_tok;
use crate::decl::{DeclId, MemberId};
use crate::graph::UnitId;
use crate::msg::Place;
use crate::state::Sema;
use crate::unit::UnitKey;

/// A token of a member.
type Spot = (MemberId, Tok);

/// Where a unit mentions another one.
#[derive(Clone, Debug)]
pub struct Mention {
    to: UnitId,
    at: Spot,
    /// Calls evaluated in place around the mention, innermost first: the function that is called,
    /// and where.
    calls: Box<[(MemberId, Spot)]>,
}

impl Mention {
    /// The members that it names.
    pub(crate) fn members(&self) -> impl Iterator<Item = MemberId> + '_ {
        self.calls.iter().flat_map(|&(callee, (at, _))| [callee, at]).chain([self.at.0])
    }
}

/// What was mentioned, before symbols are units.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum What {
    /// A unit.
    Unit(UnitId),
    /// A symbol.
    Sym(Sym),
}

type Found = (Spot, Box<[(MemberId, Spot)]>);

/// The mentions of a run.
#[derive(Default)]
pub struct Mentions {
    seen: FxHashMap<What, Found>,
}

impl Mentions {
    /// The unit that a symbol turned out to be of.
    pub fn settle(&mut self, s: Sym, u: UnitId) {
        if let Some(found) = self.seen.remove(&What::Sym(s)) {
            self.seen.entry(What::Unit(u)).or_insert(found);
        }
    }

    /// In the order of units.
    pub fn finish(self) -> Vec<Mention> {
        let unit = |(what, (at, calls)): (What, Found)| match what {
            What::Unit(to) => Some(Mention { to, at, calls }),
            What::Sym(_) => None,
        };
        let mut out: Vec<Mention> = self.seen.into_iter().filter_map(unit).collect();
        out.sort_by_key(|m| m.to);
        out.shrink_to_fit();
        out
    }
}

/// One line of a trace.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frame {
    /// What mentions.
    pub name: String,
    /// Where.
    pub place: Place,
    /// It is a call evaluated in place, not a unit.
    pub inlined: bool,
}

impl An<'_> {
    /// Notes where the unit mentions another one, or a symbol, for the first time.
    pub fn mention(&mut self, what: What) {
        if self.frames.is_empty() || self.rec.mentions.seen.contains_key(&what) {
            return;
        }
        let f = self.frame();
        // A member without code, such as an enum's field, has no nodes either.
        let tok = if f.ir.insts.is_empty() { name_tok(&f.ast) } else { f.ast.main_token(f.ir.node(self.inst)) };
        let at = (f.member, tok);
        let call = |f: &super::analyze::Frame| f.call.map(|p| (f.member, (p.member, p.main)));
        let calls = self.frames.iter().rev().map_while(call).collect();
        self.rec.mentions.seen.insert(what, (at, calls));
    }
}

impl Sema {
    /// The member that a unit is about.
    pub fn member_of(&self, key: UnitKey) -> Option<MemberId> {
        match key {
            UnitKey::Cont(c) | UnitKey::Fields(c) | UnitKey::Layout(c) | UnitKey::Defaults(c) => {
                self.site(self.cont(c).key.site).owner
            }
            UnitKey::ConstData(_) | UnitKey::Entry | UnitKey::ErrorNames => None,
            key => self.decl_of(key).map(|d| self.decl(d).member),
        }
    }

    fn decl_of(&self, key: UnitKey) -> Option<DeclId> {
        match key {
            UnitKey::DeclType(d) | UnitKey::DeclValue(d) | UnitKey::Block(d) | UnitKey::GlobalData(d) => Some(d),
            UnitKey::FnBody(f) => Some(self.funcs[f.0 as usize].key.decl),
            _ => None,
        }
    }

    /// The place of a member's name.
    pub fn name_place(&self, m: MemberId) -> Place {
        place((m, name_tok(&self.member(m).ast)))
    }

    /// The chain of mentions from a unit to a root, innermost first, without those that no reader
    /// of the program knows.
    pub fn trace(&self, u: UnitId) -> Vec<Frame> {
        let path = self.graph.live_path(u);
        let mut out = Vec::new();
        for pair in path.windows(2).rev() {
            let [from, to] = *pair else { continue };
            let (a, b) = (self.units[from.index()].key, self.units[to.index()].key);
            let name = match a {
                UnitKey::DeclType(d) | UnitKey::DeclValue(d) => self.own_name(self.decl(d).member),
                UnitKey::FnBody(_) | UnitKey::Block(_) => match self.member_of(a) {
                    Some(m) => self.own_name(m),
                    None => continue,
                },
                UnitKey::Fields(c) | UnitKey::Defaults(c) => self.cont(c).name.clone(),
                _ => continue,
            };
            if self.decl_of(a).is_some() && self.decl_of(a) == self.decl_of(b) {
                continue;
            }
            let mentions = &self.units[from.index()].mentions;
            let Some(m) = mentions.binary_search_by_key(&to, |m| m.to).ok().and_then(|i| mentions.get(i)) else {
                continue;
            };
            let mut at = m.at;
            for &(callee, call) in &m.calls {
                out.push(Frame { name: self.own_name(callee), place: place(at), inlined: true });
                at = call;
            }
            out.push(Frame { name, place: place(at), inlined: false });
        }
        out
    }

    fn own_name(&self, m: MemberId) -> String {
        let m = self.member(m);
        match (m.name, m.kind) {
            (Some(n), _) => self.text(n),
            (None, syntax::MemberKind::Comptime) => "comptime".into(),
            (None, _) => "test".into(),
        }
    }
}

fn place((member, main): Spot) -> Place {
    Place::tok(member, main)
}
