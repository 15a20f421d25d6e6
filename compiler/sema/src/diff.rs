//! The diff: brings the tables in line with a new tree of a file and says which sources changed.
//! Nothing else writes sites and members.

mod places;

use std::sync::Arc;

use ir::{DeclIr, MemberIr};
use rustc_hash::FxHashMap;
use syntax::{AstTree, ContainerIx, MemberIx, MemberKind, Name, Patch};

use crate::decl::{FileId, Member, MemberId, Site, SiteId};
use crate::state::Sema;
use crate::unit::Src;

pub use places::Moved;

/// What an update of a file changed, in counts (for `--time-report` and tests).
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub struct DiffCounts {
    pub kept: u32,
    pub moved: u32,
    pub body: u32,
    pub signature: u32,
    pub fields: u32,
    pub added: u32,
    pub removed: u32,
}

/// How a member is found again in a new tree.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Field(Option<Name>, u32),
    /// What a name stands for is another thing if a function becomes a constant, or that a variable: who
    /// uses the name looks it up again.
    Decl(Name, MemberKind),
    Test(Option<Name>, u32),
}

struct Diff<'a> {
    s: &'a mut Sema,
    tree: &'a AstTree,
    old_tree: Option<Arc<AstTree>>,
    irs: &'a [Arc<MemberIr>],
    failed: &'a [bool],
    changed: Vec<Src>,
    moved: Vec<Moved>,
    counts: DiffCounts,
}

impl Sema {
    /// Makes `tree` (free of syntax errors) the current tree of `file`, and marks what depends on
    /// anything that changed as outdated. `irs[i]` is the IR of the tree's member `i`; an IR that
    /// is the same `Arc` as before is unchanged by definition. `failed[i]`: the check of the file
    /// found that member unusable.
    pub fn set_tree(&mut self, file: FileId, tree: Arc<AstTree>, irs: &[Arc<MemberIr>], failed: &[bool]) -> DiffCounts {
        self.diff(file, tree, irs, failed, |d, root| d.site(root, ContainerIx(0)))
    }

    /// [`Sema::set_tree`] for a tree that is a patch of the current one.
    pub fn patch_tree(
        &mut self,
        file: FileId,
        tree: Arc<AstTree>,
        irs: &[Arc<MemberIr>],
        failed: &[bool],
        patch: Patch,
    ) -> DiffCounts {
        self.diff(file, tree, irs, failed, |d, root| {
            if patch.lines_stay {
                d.compare_places_around(file, patch.around);
            } else {
                d.compare_all_places(root);
            }
            if let Some(at) = patch.member {
                d.in_place(file, at);
            }
        })
    }

    fn diff(
        &mut self,
        file: FileId,
        tree: Arc<AstTree>,
        irs: &[Arc<MemberIr>],
        failed: &[bool],
        compare: impl FnOnce(&mut Diff<'_>, SiteId),
    ) -> DiffCounts {
        let root = self.files[file.ix()].root;
        let mut d = Diff {
            old_tree: self.files[file.ix()].tree.clone(),
            s: self,
            tree: &tree,
            irs,
            failed,
            changed: Vec::new(),
            moved: Vec::new(),
            counts: DiffCounts::default(),
        };
        compare(&mut d, root);
        let (changed, moved, counts) = (d.changed, d.moved, d.counts);
        self.moved.extend(moved);
        self.took(file, tree, changed);
        counts
    }

    /// Ends a diff: who depends on what changed is outdated.
    fn took(&mut self, file: FileId, tree: Arc<AstTree>, changed: Vec<Src>) {
        self.files[file.ix()].tree = Some(tree);
        for src in changed {
            self.graph.invalidate(src);
        }
        // Positions are read rarely (`@src`): whoever did in this file reads them again.
        for &m in self.pos_members.get(&file).into_iter().flatten() {
            self.graph.invalidate(Src::Pos(m));
        }
    }
}

impl Sema {
    /// Whether a member does something by itself when its container is live: a `comptime` block, an export.
    pub fn acts(&self, m: MemberId) -> bool {
        match &self.member(m).ir.decl {
            DeclIr::Comptime { .. } => true,
            DeclIr::Fn(f) => f.is_export,
            DeclIr::Var(v) => v.is_export,
            _ => false,
        }
    }
}

impl Diff<'_> {
    /// A member of which nothing but text and tree may differ.
    fn in_place(&mut self, file: FileId, at: MemberIx) {
        if let Some((site, id)) = self.held_as(file, at) {
            self.update(site, id, at);
        }
    }

    /// A member of a tree whose members and containers are those of the tables, and its site.
    fn held_as(&self, file: FileId, at: MemberIx) -> Option<(SiteId, MemberId)> {
        let container = self.tree.member(at).container;
        let site = self.site_of(file, container)?;
        let i = self.tree.container(container).members.binary_search(&at).ok()?;
        Some((site, *self.s.site(site).members.get(i)?))
    }

    /// The site of a container of the tree, if the tables are in line with it.
    fn site_of(&self, file: FileId, container: ContainerIx) -> Option<SiteId> {
        let c = self.tree.container(container);
        let Some((owner, ordinal)) = c.owner else { return Some(self.s.files[file.ix()].root) };
        let (_, member) = self.held_as(file, owner)?;
        self.s.member(member).containers.get(ordinal as usize).copied()
    }

    fn site(&mut self, id: SiteId, cix: ContainerIx) {
        let tree = self.tree;
        let new = &tree.containers()[cix.0 as usize];
        let site = &mut self.s.sites[id.ix()];
        if site.fields_hash != new.fields_hash {
            site.fields_hash = new.fields_hash;
            self.changed.push(Src::Fields(id));
            self.counts.fields += 1;
        }
        let old_members = std::mem::take(&mut site.members);
        let old_decls = std::mem::take(&mut site.decls);
        let old_acting: Vec<MemberId> = old_members.iter().copied().filter(|&m| self.s.acts(m)).collect();
        let mut by_key = FxHashMap::default();
        let mut old_blocks = Vec::new();
        let (mut fields, mut tests) = (0, 0);
        for &m in &old_members {
            let member = self.s.member(m);
            match key_of(member.kind, member.name, &mut fields, &mut tests) {
                Some(k) => {
                    by_key.entry(k).or_insert(m);
                }
                None => old_blocks.push(m),
            }
        }
        let (mut fields, mut tests) = (0, 0);
        let mut members = Vec::with_capacity(new.members.len());
        let mut decls = indexmap::IndexMap::with_capacity_and_hasher(new.members.len(), Default::default());
        let mut new_blocks = Vec::new();
        for &mix in &new.members {
            let n = &tree.members()[mix.0 as usize];
            let found = match key_of(n.kind, n.name, &mut fields, &mut tests) {
                Some(k) => by_key.remove(&k),
                None => {
                    // Equal text first, then order.
                    new_blocks.push((members.len(), mix));
                    members.push(MemberId(u32::MAX));
                    continue;
                }
            };
            let m = self.member(id, found, mix);
            members.push(m);
            if let (Some(name), true) = (n.name, is_decl(n.kind)) {
                decls.entry(name).or_insert(m);
            }
        }
        let mut rest = Vec::new();
        for (at, mix) in new_blocks {
            let hash = tree.members()[mix.0 as usize].hash;
            match old_blocks.iter().position(|&m| self.s.member(m).hash == hash) {
                Some(i) => {
                    let old = old_blocks.remove(i);
                    members[at] = self.member(id, Some(old), mix);
                }
                None => rest.push((at, mix)),
            }
        }
        let mut old_blocks = old_blocks.into_iter();
        for (at, mix) in rest {
            members[at] = self.member(id, old_blocks.next(), mix);
        }

        for &m in &old_members {
            self.s.members[m.ix()].removed = true;
        }
        for &m in &members {
            self.s.members[m.ix()].removed = false;
        }

        for (name, m) in &old_decls {
            if decls.get(name) != Some(m) {
                self.changed.push(Src::Name(id, *name));
                if !decls.contains_key(name) {
                    self.counts.removed += 1;
                }
            }
        }
        for name in decls.keys() {
            if !old_decls.contains_key(name) {
                self.changed.push(Src::Name(id, *name));
            }
        }
        if !old_decls.keys().eq(decls.keys()) {
            self.changed.push(Src::Names(id));
        }
        if !members.iter().copied().filter(|&m| self.s.acts(m)).eq(old_acting) {
            self.changed.push(Src::Acting(id));
        }
        let site = &mut self.s.sites[id.ix()];
        site.members = members;
        site.decls = decls;
    }

    /// Takes a member's new text; what changed is noted.
    fn update(&mut self, site: SiteId, id: MemberId, mix: MemberIx) {
        let n = &self.tree.members()[mix.0 as usize];
        let ir = self.irs[mix.0 as usize].clone();
        let failed = self.failed.get(mix.0 as usize).copied().unwrap_or(false);
        let acted = self.s.acts(id);
        let m = &mut self.s.members[id.ix()];
        let sig = m.hash.sig != n.hash.sig || m.failed != failed;
        // Of equal members any one's IR may have been taken, so that another object need not be another text.
        let lowered_otherwise = |m: &Member| !Arc::ptr_eq(&m.ir, &ir) && *m.ir != *ir;
        let body = m.hash.body != n.hash.body || m.failed != failed || (!sig && lowered_otherwise(m));
        let visibility = m.is_pub != n.is_pub;
        if sig {
            self.changed.push(Src::Sig(id));
            self.counts.signature += 1;
        }
        if body {
            self.changed.push(Src::Body(id));
            self.counts.body += 1;
        }
        if visibility && let Some(name) = n.name {
            self.changed.push(Src::Name(site, name));
            self.changed.push(Src::Names(site));
        }
        if !sig && !body {
            if m.ix == mix {
                self.counts.kept += 1;
            } else {
                self.counts.moved += 1;
            }
        }
        m.ix = mix;
        m.name = n.name;
        m.is_pub = n.is_pub;
        m.hash = n.hash;
        m.ast = n.ast.clone();
        m.ir = ir;
        m.failed = failed;
        if self.s.acts(id) != acted {
            self.changed.push(Src::Acting(site));
        }
    }

    fn member(&mut self, site: SiteId, old: Option<MemberId>, mix: MemberIx) -> MemberId {
        let tree = self.tree;
        let n = &tree.members()[mix.0 as usize];
        let id = match old {
            Some(id) => {
                self.compare_places(id, mix);
                self.update(site, id, mix);
                id
            }
            None => {
                let ir = self.irs[mix.0 as usize].clone();
                let failed = self.failed.get(mix.0 as usize).copied().unwrap_or(false);
                self.counts.added += 1;
                self.s.new_member(Member {
                    site,
                    ix: mix,
                    kind: n.kind,
                    name: n.name,
                    is_pub: n.is_pub,
                    hash: n.hash,
                    ast: n.ast.clone(),
                    ir,
                    containers: Vec::new(),
                    failed,
                    removed: false,
                })
            }
        };
        let old_sites = std::mem::take(&mut self.s.members[id.ix()].containers);
        let file = self.s.site(site).file;
        let mut sites = Vec::with_capacity(n.containers.len());
        for (i, &cix) in n.containers.iter().enumerate() {
            let kind = tree.containers()[cix.0 as usize].kind;
            let same = old_sites.get(i).copied().filter(|s| self.s.site(*s).kind == kind);
            let child = same.unwrap_or_else(|| self.s.new_site(Site { file, kind, owner: Some(id), ..Site::empty() }));
            self.site(child, cix);
            sites.push(child);
        }
        self.s.members[id.ix()].containers = sites;
        id
    }
}

fn is_decl(kind: MemberKind) -> bool {
    matches!(kind, MemberKind::Const | MemberKind::Var | MemberKind::Fn)
}

fn key_of(kind: MemberKind, name: Option<Name>, fields: &mut u32, tests: &mut u32) -> Option<Key> {
    match kind {
        MemberKind::Field => {
            *fields += 1;
            Some(Key::Field(name, if name.is_some() { 0 } else { *fields }))
        }
        MemberKind::Test => {
            *tests += 1;
            Some(Key::Test(name, if name.is_some() { 0 } else { *tests }))
        }
        MemberKind::Comptime => None,
        _ => name.map(|n| Key::Decl(n, kind)),
    }
}
