//! Names of container types. A name is an attribute of a type, not its identity: it can change while
//! the type stays, and several places may make one type under different names.

use ir::{DeclIr, Inst, NameStrategy};
use syntax::ast::ContainerKind;
use syntax::{Name, Tok};

use super::super::{An, FrameName, Opv};
use crate::decl::MemberId;
use crate::graph::{Dep, UnitId};
use crate::pool::ContId;
use crate::state::Sema;
use crate::unit::Src;

/// A name that a unit gives to a container which other units may give another name: it is made by a call whose
/// arguments are in the name and not in the type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claim {
    /// The container.
    pub cont: ContId,
    /// Where the unit makes it, as its own text goes.
    pub at: (MemberId, Tok),
    /// The name.
    pub name: String,
}

impl An<'_> {
    /// What containers made by the running frame are named after: `main.S`, `main.x`, `main.f`.
    fn frame_name(&self) -> String {
        let frame = self.frame();
        match frame.name {
            FrameName::Container => self.s.cont_name(frame.cont).to_owned(),
            FrameName::Decl(d) | FrameName::Call(d) => self.s.decl_name(d),
            FrameName::Instance(f) => self.func_name(f),
        }
    }

    /// `main.List(u8)`: the running frame with its arguments, if it is a call in place.
    fn call_name(&self) -> String {
        let frame = self.frame();
        let (FrameName::Call(d), DeclIr::Fn(f)) = (frame.name, &frame.ir.decl) else { return self.frame_name() };
        let arg = |p: &ir::ParamIr| match frame.map.get(p.inst.0 as usize) {
            Some(Opv::C(v)) => self.value_text(*v),
            _ => "[runtime value]".into(),
        };
        let args: Vec<String> = f.params.iter().map(arg).collect();
        format!("{}({})", self.s.decl_name(d), args.join(","))
    }

    /// The name of a container that the running frame makes; `number` tells those apart that have no name
    /// of their own.
    pub(in crate::analyze) fn container_name(&self, how: NameStrategy, kind: ContainerKind, number: u64) -> String {
        match how {
            NameStrategy::Parent => self.frame_name(),
            NameStrategy::Func => self.call_name(),
            NameStrategy::DbgVar(n) => format!("{}.{}", self.frame_name(), self.s.text(n)),
            NameStrategy::Anon => {
                let kind = match kind {
                    ContainerKind::Struct => "struct",
                    ContainerKind::Union => "union",
                    ContainerKind::Enum => "enum",
                    ContainerKind::Opaque => "opaque",
                };
                format!("{}__{kind}_{number}", self.frame_name())
            }
        }
    }

    /// How many instructions like that stand before the one at hand in its member: an identity that
    /// other edits of the member leave alone.
    pub(in crate::analyze) fn nth_inst(&self, like: impl Fn(&Inst) -> bool) -> usize {
        self.frame().ir.insts.iter().take(self.inst.0 as usize).filter(|i| like(i)).count()
    }

    /// Gives a container the name that the running frame has for it.
    pub(in crate::analyze) fn name_container(&mut self, c: ContId, how: NameStrategy, name: String, captured: &[Name]) {
        let frame = self.frame();
        let own = match (&frame.name, &frame.ir.decl) {
            (FrameName::Instance(f), _) if self.s.funcs[f.0 as usize].key.args.is_empty() => true,
            (FrameName::Call(_), _) if how != NameStrategy::Func => true,
            (FrameName::Call(_) | FrameName::Instance(_), DeclIr::Fn(f)) => {
                f.params.iter().all(|p| p.name.is_some_and(|n| captured.contains(&n)))
            }
            _ => true,
        };
        if own {
            self.s.rename_container(c, name);
            return;
        }
        // Seen from outside, all calls within the unit are at the outermost one.
        let at = match self.frames.iter().find_map(|f| f.call) {
            Some(call) => (call.member, call.main),
            None => (frame.member, frame.ast.main_token(frame.ir.node(self.inst))),
        };
        self.rec.claims.push(Claim { cont: c, at, name });
    }
}

impl Sema {
    /// Changes the name of a container; who read it is out of date.
    fn rename_container(&mut self, c: ContId, name: String) {
        if let Some(cont) = self.conts.get_mut(c.0 as usize)
            && cont.name != name
        {
            cont.name = name;
            self.renamed.push(c);
            self.graph.invalidate(Src::TypeName(c));
        }
    }

    /// Whether one of these dependencies is a name that has changed since `since` names had: the graph
    /// does not know yet what a unit reads that runs.
    pub(crate) fn read_old_names(&self, deps: &[Dep<Src>], since: usize) -> bool {
        let changed = self.renamed.get(since..).unwrap_or(&[]);
        !changed.is_empty() && deps.iter().any(|d| matches!(d, Dep::Source(Src::TypeName(c)) if changed.contains(c)))
    }

    /// Takes the claims that a unit now makes, in place of those that it made before.
    pub fn take_claims(&mut self, u: UnitId, claims: Vec<Claim>) {
        let Some(data) = self.units.get_mut(u.index()) else { return };
        if data.claims.is_empty() && claims.is_empty() {
            return;
        }
        let old = std::mem::replace(&mut data.claims, claims.clone().into());
        for c in old {
            if let Some(of) = self.claims.get_mut(&c.cont) {
                of.remove(&u);
            }
            self.contested.insert(c.cont);
        }
        for c in claims {
            self.claims.entry(c.cont).or_default().insert(u);
            self.contested.insert(c.cont);
        }
    }

    /// Of the names that live units give to one container, the one that comes first in the text counts, whichever
    /// unit was analysed first.
    pub fn settle_names(&mut self) {
        // Those that are left after this are under dispute: whoever dies or moves may decide it otherwise.
        for c in std::mem::take(&mut self.contested) {
            let Some(units) = self.claims.get(&c).filter(|u| !u.is_empty()) else {
                self.claims.remove(&c);
                continue;
            };
            let claims = |u: &UnitId| self.units.get(u.index()).map_or(&[][..], |d| &d.claims[..]);
            let all = || units.iter().flat_map(|u| claims(u).iter().map(|x| (*u, x))).filter(|(_, x)| x.cont == c);
            let first = all().filter(|(u, _)| self.graph.is_live(*u)).min_by_key(|(_, x)| {
                let m = self.member(x.at.0);
                let file = &self.files[self.site(m.site).file.ix()];
                (file.module, &file.sub_path, m.ix, x.at.1, &x.name)
            });
            let name = first.map(|(_, x)| x.name.clone());
            let disputed = all().zip(all().skip(1)).any(|((_, a), (_, b))| a.name != b.name);
            if disputed {
                self.contested.insert(c);
            }
            if let Some(name) = name {
                self.rename_container(c, name);
            }
        }
    }
}
