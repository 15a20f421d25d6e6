//! All messages of a file that real Zig's lowering reports, in its order: those of the members,
//! and those that need their surroundings — names against the containers and locals around them,
//! and the containers' own rules. Nothing here looks beyond the file: scopes do not either.
//!
//! This is what `ast-check` prints. It costs a fraction of lowering (a few milliseconds for a
//! hundred thousand lines), so an update may simply run it again for each file that changed.

mod container;

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use syntax::{AstTree, ContainerIx, Interner, MemberIx, MemberKind, Name, NodeId, Patch, Tok};

use crate::r#gen::Failed;
use crate::r#gen::names::{pointless_discard_text, unused_text};
use crate::member::{ContainerIr, FileIr, IrMsg, LocalIr, MemberIr, NameUse, NameUseKind, Place};

/// What the check of a file found.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct FileCheck {
    /// The messages, in real Zig's order.
    pub messages: Vec<FileMsg>,
    /// By member: nothing can be said about it, because a message ended its lowering, or that of
    /// a field of a container inside it. Its readers are silent about that.
    pub failed: Vec<bool>,
    /// Strings of `@import` that are never come upon, because what they stand in failed before them: the
    /// files that they name are not part of the program. Not known of a file that is unusable as a whole.
    pub unvisited: Vec<(MemberIx, Tok)>,
    /// The file as a whole is unusable (a double name at its root, a field that fails).
    pub fatal: bool,
}

/// A message with places in the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileMsg {
    /// The member it stands in.
    pub member: MemberIx,
    /// Its text.
    pub text: String,
    /// The byte that line and column are taken from.
    pub at: u32,
    /// Text and byte of the notes.
    pub notes: Vec<(String, u32)>,
}

/// A place in some member of the file.
pub(crate) type At = (MemberIx, Place);

/// All messages of a file without syntax errors.
pub fn file_messages(tree: &AstTree, ir: &FileIr, interner: &Interner) -> Vec<FileMsg> {
    check_file(tree, ir, interner).messages
}

/// Checks a file without syntax errors.
pub fn check_file(tree: &AstTree, ir: &FileIr, interner: &Interner) -> FileCheck {
    let out = FileCheck { failed: vec![false; tree.members().len()], ..FileCheck::default() };
    let mut c = Checker { tree, ir, interner, out, nested: FxHashMap::default(), visited: FxHashSet::default() };
    let root = Env::Container { decls: c.decls(ContainerIx(0)), at: None, parent: None };
    c.out.fatal = c.container(ContainerIx(0), None, &root).is_err();
    if !c.out.fatal && c.out.failed.contains(&true) {
        let all = tree.imports().iter().map(|i| (i.member, i.path));
        c.out.unvisited = all.filter(|i| !c.visited.contains(i)).collect();
    }
    c.out
}

/// Checks a file that is a patch of one in which nothing was found: `Some` if nothing is found in
/// the changed member either, so that all stays as it was. `previous` and `ir` are the IR before
/// and after.
pub fn recheck_file(tree: &AstTree, ir: &FileIr, interner: &Interner, previous: (&FileIr, &FileCheck)) -> Option<()> {
    let Patch { member, .. } = tree.patch()?;
    let (old_ir, check) = previous;
    // Messages have places, which comments move.
    if check.fatal || !check.messages.is_empty() || ir.len() != old_ir.len() {
        return None;
    }
    let Some(at) = member else { return Some(()) };
    let others_stand = ir.iter().zip(old_ir).enumerate().all(|(i, (a, b))| i == at.0 as usize || Arc::ptr_eq(a, b));
    if !others_stand || tree.member(at).kind == MemberKind::Field {
        return None;
    }
    let out = FileCheck { failed: vec![false; tree.members().len()], ..FileCheck::default() };
    let mut c = Checker { tree, ir, interner, out, nested: FxHashMap::default(), visited: FxHashSet::default() };
    c.alone(at).ok()?;
    c.out.messages.is_empty().then_some(())
}

/// What surrounds a member, innermost first.
pub(crate) enum Env<'e> {
    /// The declarations of a container; `at` is its node.
    Container { decls: FxHashMap<Name, MemberIx>, at: Option<At>, parent: Option<&'e Env<'e>> },
    /// The locals in scope where a container stands.
    Locals { member: MemberIx, ir: &'e ContainerIr, parent: &'e Env<'e> },
}

/// Where a local is used by members of containers, and where it is discarded.
#[derive(Clone, Copy, Default)]
struct Uses {
    used: Option<At>,
    discarded: Option<At>,
}

pub(crate) struct Checker<'a> {
    tree: &'a AstTree,
    ir: &'a FileIr,
    interner: &'a Interner,
    out: FileCheck,
    /// Last uses of locals, which what binds them stands for, by members of containers.
    nested: FxHashMap<(MemberIx, Tok), Uses>,
    /// Strings of `@import` come upon.
    visited: FxHashSet<(MemberIx, Tok)>,
}

type Res<T> = Result<T, Failed>;

impl<'a> Checker<'a> {
    // ---- places

    fn byte(&self, (member, place): At) -> u32 {
        let (tok, add) = match place {
            Place::Tok(t) => (t, 0),
            Place::Byte(t, n) => (t, n),
            Place::Node(n) => (self.main_tok(member, n), 0),
        };
        self.tree.span(member, tok).0 + add
    }
    /// Where the file as a container is: its first token, doc comments included.
    fn first_byte(&self) -> u32 {
        let source = self.tree.source();
        let mut at = 0;
        loop {
            let rest = source.get(at..).unwrap_or(&[]);
            let blank = rest.iter().take_while(|b| b.is_ascii_whitespace()).count();
            let rest = rest.get(blank..).unwrap_or(&[]);
            at += blank;
            let doc = rest.starts_with(b"//!") || (rest.starts_with(b"///") && !rest.starts_with(b"////"));
            if doc || !rest.starts_with(b"//") {
                return at as u32;
            }
            at += rest.iter().take_while(|&&b| b != b'\n').count();
        }
    }
    fn main_tok(&self, member: MemberIx, n: NodeId) -> Tok {
        self.tree.members().get(member.0 as usize).map_or(Tok(0), |m| m.ast.main_token(n))
    }
    fn text(&self, member: MemberIx, t: Tok) -> String {
        String::from_utf8_lossy(self.tree.text(member, t)).into_owned()
    }
    fn member_ir(&self, m: MemberIx) -> Option<&'a MemberIr> {
        self.ir.get(m.0 as usize).map(|i| &**i)
    }

    pub(crate) fn msg(&mut self, at: At, text: impl Into<String>, notes: Vec<(String, Option<At>)>) {
        let (member, at) = (at.0, self.byte(at));
        let notes =
            notes.into_iter().map(|(t, p)| (t, p.map_or_else(|| self.first_byte(), |p| self.byte(p)))).collect();
        self.out.messages.push(FileMsg { member, text: text.into(), at, notes });
    }
    pub(crate) fn fail<T>(&mut self, at: At, text: impl Into<String>, notes: Vec<(String, Option<At>)>) -> Res<T> {
        self.msg(at, text, notes);
        Err(Failed)
    }
    fn own(&mut self, member: MemberIx, m: &IrMsg) {
        let notes = m.notes.iter().map(|(t, p)| (t.clone(), p.map(|p| (member, p)))).collect();
        self.msg((member, m.at), m.text.clone(), notes);
    }

    /// The declared names of a container, each with its member.
    fn decls(&self, ix: ContainerIx) -> FxHashMap<Name, MemberIx> {
        let mut out = FxHashMap::default();
        for &m in self.tree.containers().get(ix.0 as usize).map_or(&[][..], |c| &c.members) {
            let Some(member) = self.tree.members().get(m.0 as usize) else { continue };
            if let (MemberKind::Const | MemberKind::Var | MemberKind::Fn, Some(n)) = (member.kind, member.name) {
                // Real Zig's table keeps the last of two.
                out.insert(n, m);
            }
        }
        out
    }

    // ---- members

    /// The messages of one member, and of what it contains, in its surroundings.
    fn alone(&mut self, m: MemberIx) -> Res<()> {
        let mut around = Vec::new();
        let mut ix = self.tree.member(m).container;
        while let Some((owner, ordinal)) = self.tree.container(ix).owner {
            around.push((owner, ordinal, ix));
            ix = self.tree.member(owner).container;
        }
        let root = Env::Container { decls: self.decls(ContainerIx(0)), at: None, parent: None };
        self.descend(m, &around, &root)
    }

    fn descend(&mut self, m: MemberIx, around: &[(MemberIx, u32, ContainerIx)], env: &Env<'_>) -> Res<()> {
        let Some((&(owner, ordinal, _), rest)) = around.split_last() else { return self.member(m, env) };
        let Some(ir) = self.member_ir(owner) else { return Err(Failed) };
        let Some(c) = ir.containers.iter().find(|c| c.ordinal == ordinal) else { return Err(Failed) };
        self.nested(owner, ir, c, env, |s, inside, _| s.descend(m, rest, inside))
    }

    /// The messages of a member, its names checked on the way.
    fn member(&mut self, m: MemberIx, env: &Env<'_>) -> Res<()> {
        let r = self.member_inner(m, env);
        if let (Err(_), Some(f)) = (&r, self.out.failed.get_mut(m.0 as usize)) {
            *f = true;
        }
        r
    }

    fn member_inner(&mut self, m: MemberIx, env: &Env<'_>) -> Res<()> {
        let Some(ir) = self.member_ir(m) else { return Ok(()) };
        let mut shown = 0;
        let mut imports = ir.imports.iter().peekable();
        for (i, u) in (0..).zip(&ir.names) {
            while let Some((t, _)) = imports.next_if(|(_, names_before)| *names_before <= i) {
                self.visited.insert((m, *t));
            }
            while shown < u.msgs_before as usize {
                if let Some(msg) = ir.messages.get(shown) {
                    self.own(m, msg);
                }
                shown += 1;
            }
            self.name_use(m, ir, u, env)?;
        }
        self.visited.extend(imports.map(|(t, _)| (m, *t)));
        for msg in ir.messages.iter().skip(shown) {
            self.own(m, msg);
        }
        if ir.failed {
            return Err(Failed);
        }
        self.unused(m, ir);
        Ok(())
    }

    /// Complains about locals that members of containers use or discard, as far as those came to it
    /// before they failed.
    fn unused(&mut self, m: MemberIx, ir: &MemberIr) {
        let mut locals: Vec<_> = ir.containers.iter().flat_map(|c| &c.locals).filter(|l| l.nested.is_some()).collect();
        // Real Zig's order: from the inside outwards.
        locals.sort_by_key(|l| std::cmp::Reverse(l.tok.0));
        locals.dedup_by_key(|l| l.tok);
        for l in locals {
            let Some(own) = l.nested else { continue };
            let nested = self.nested.get(&(m, l.tok)).copied().unwrap_or_default();
            let at = |t: Option<Tok>| t.map(|t| (m, Place::Tok(t)));
            let used = nested.used.or(at(own.used));
            match (used, nested.discarded.or(at(own.discarded))) {
                (None, None) => self.msg((m, Place::Tok(l.tok)), unused_text(l.kind), Vec::new()),
                (Some(used), Some(discarded)) => {
                    let notes = vec![("used here".to_owned(), Some(used))];
                    self.msg(discarded, pointless_discard_text(l.kind), notes);
                }
                _ => {}
            }
        }
    }

    fn note_use(&mut self, local: (MemberIx, &LocalIr), at: At, discarded: bool) {
        let (member, l) = local;
        if l.nested.is_none() {
            return;
        }
        let uses = self.nested.entry((member, l.tok)).or_default();
        *(if discarded { &mut uses.discarded } else { &mut uses.used }) = Some(at);
    }

    fn name_use(&mut self, m: MemberIx, ir: &MemberIr, u: &NameUse, env: &Env<'_>) -> Res<()> {
        match u.kind {
            NameUseKind::Container(i) => {
                let Some(c) = ir.containers.get(i as usize) else { return Ok(()) };
                self.nested(m, ir, c, env, |s, inside, at| s.container(at.0, Some(at.1), inside))
            }
            NameUseKind::Free { in_typeof, discarded, arg_of: None } => self.resolve(m, u, in_typeof, discarded, env),
            NameUseKind::Free { in_typeof, discarded, arg_of: Some(i) } => {
                let Some(c) = ir.containers.get(i as usize) else { return Ok(()) };
                self.nested(m, ir, c, env, |s, inside, _| s.resolve(m, u, in_typeof, discarded, inside))
            }
            NameUseKind::Test => self.test_name(m, u, env),
            NameUseKind::Bound(kind) => {
                let shown = self.interner.display(u.name);
                let mut cur = Some(env);
                while let Some(e) = cur {
                    match e {
                        Env::Container { decls, parent, .. } => {
                            if let Some(&d) = decls.get(&u.name) {
                                let notes = vec![("declared here".to_owned(), Some(self.decl_at(d)))];
                                let text = format!("{} shadows declaration of '{shown}'", kind.text());
                                return self.fail((m, Place::Tok(u.tok)), text, notes);
                            }
                            cur = *parent;
                        }
                        Env::Locals { member, ir, parent } => {
                            if let Some(l) = ir.locals.iter().rev().find(|l| l.name == u.name) {
                                let notes =
                                    vec![("previous declaration here".to_owned(), Some((*member, Place::Tok(l.tok))))];
                                let text =
                                    format!("{} '{shown}' shadows {} from outer scope", kind.text(), l.kind.text());
                                return self.fail((m, Place::Tok(u.tok)), text, notes);
                            }
                            cur = Some(parent);
                        }
                    }
                }
                Ok(())
            }
        }
    }

    /// Goes into a container of a member.
    fn nested(
        &mut self,
        m: MemberIx,
        ir: &MemberIr,
        c: &ContainerIr,
        env: &Env<'_>,
        f: impl FnOnce(&mut Self, &Env<'_>, (ContainerIx, (MemberIx, NodeId))) -> Res<()>,
    ) -> Res<()> {
        let containers = self.tree.members().get(m.0 as usize).map(|m| &m.containers);
        let Some(&ix) = containers.and_then(|v| v.get(c.ordinal as usize)) else { return Ok(()) };
        let node = ir.node(c.inst);
        let locals = Env::Locals { member: m, ir: c, parent: env };
        let at = Some((m, Place::Node(node)));
        let inside = Env::Container { decls: self.decls(ix), at, parent: Some(&locals) };
        f(self, &inside, (ix, (m, node)))
    }

    /// Where "declared here" points: the main token of the declaration.
    fn decl_at(&self, d: MemberIx) -> At {
        use syntax::ast::MemberRoot;
        let tok = self.tree.members().get(d.0 as usize).map(|m| match m.ast.root() {
            MemberRoot::Var { node } => m.ast.main_token(node),
            MemberRoot::Fn { proto, .. } => m.ast.main_token(proto),
            MemberRoot::Test { test_token, .. } => test_token,
            MemberRoot::Comptime { comptime_token, .. } => comptime_token,
            MemberRoot::Field(f) => container::field_tok(&m.ast, &f),
        });
        (d, Place::Tok(tok.unwrap_or(Tok(0))))
    }

    fn ambiguous<T>(&mut self, at: At, first: MemberIx, second: MemberIx) -> Res<T> {
        let notes = vec![
            ("declared here".to_owned(), Some(self.decl_at(first))),
            ("also declared here".to_owned(), Some(self.decl_at(second))),
        ];
        self.fail(at, "ambiguous reference", notes)
    }

    /// A free name, from the inside outwards.
    fn resolve(&mut self, m: MemberIx, u: &NameUse, in_typeof: bool, discarded: bool, env: &Env<'_>) -> Res<()> {
        let at = (m, Place::Tok(u.tok));
        let mut found: Option<MemberIx> = None;
        let mut boundary: Option<At> = None;
        let mut cur = Some(env);
        while let Some(e) = cur {
            match e {
                Env::Container { decls, at: node, parent, .. } => {
                    if let Some(&d) = decls.get(&u.name) {
                        if let Some(first) = found {
                            return self.ambiguous(at, first, d);
                        }
                        found = Some(d);
                    }
                    boundary = *node;
                    cur = *parent;
                }
                Env::Locals { member, ir, parent } => {
                    if let Some(l) = ir.locals.iter().rev().find(|l| l.name == u.name) {
                        self.note_use((*member, l), at, discarded);
                        if !l.is_mutable || in_typeof {
                            return Ok(());
                        }
                        let notes = vec![
                            ("declared mutable here".to_owned(), Some((*member, Place::Tok(l.tok)))),
                            ("crosses namespace boundary here".to_owned(), boundary),
                        ];
                        let text = format!("mutable '{}' not accessible from here", self.interner.display(u.name));
                        return self.fail(at, text, notes);
                    }
                    cur = Some(parent);
                }
            }
        }
        if found.is_none() {
            let text = format!("use of undeclared identifier '{}'", self.interner.display(u.name));
            return self.fail(at, text, vec![]);
        }
        Ok(())
    }

    fn test_name(&mut self, m: MemberIx, u: &NameUse, env: &Env<'_>) -> Res<()> {
        let at = (m, Place::Tok(u.tok));
        let mut found: Option<MemberIx> = None;
        let mut cur = Some(env);
        while let Some(e) = cur {
            match e {
                Env::Container { decls, parent, .. } => {
                    if let Some(&d) = decls.get(&u.name) {
                        if let Some(first) = found {
                            return self.ambiguous(at, first, d);
                        }
                        found = Some(d);
                    }
                    cur = *parent;
                }
                Env::Locals { member, ir, parent } => {
                    if let Some(l) = ir.locals.iter().rev().find(|l| l.name == u.name) {
                        self.note_use((*member, l), at, false);
                        let kind = l.kind.text();
                        let notes = vec![(format!("{kind} declared here"), Some((*member, Place::Tok(l.tok))))];
                        return self.fail(at, format!("cannot test a {kind}"), notes);
                    }
                    cur = Some(parent);
                }
            }
        }
        if found.is_none() {
            let text = format!("use of undeclared identifier '{}'", self.interner.display(u.name));
            return self.fail(at, text, vec![]);
        }
        Ok(())
    }
}
